//! What a filter compares.

use std::cmp::Ordering;

use super::Op;
use crate::exception::Outcome;
use crate::limits::Meter;
use crate::text::Text;
use crate::types::Num;
use crate::value::Value;

/// Whether `left op right` holds.
pub(super) fn compares(left: &Value, op: Op, right: &Value, meter: &mut Meter) -> Outcome<bool> {
    meter.ticks(1)?;
    if let (Value::Json(a), Value::Json(b)) = (left, right) {
        a.charge_walk(meter)?;
        return Ok(match op {
            Op::Equal | Op::StrictEqual => a.deep_equals(b),
            Op::NotEqual | Op::StrictNotEqual => !a.deep_equals(b),
            _ => false,
        });
    }
    let order = match (number(left), number(right)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => match (text(left), text(right)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ if crate::value::equals(left, right) => Some(Ordering::Equal),
            _ => None,
        },
    };
    Ok(match op {
        Op::Equal | Op::StrictEqual => order.is_some_and(Ordering::is_eq),
        Op::NotEqual | Op::StrictNotEqual => !order.is_some_and(Ordering::is_eq),
        Op::Less => order.is_some_and(Ordering::is_lt),
        Op::LessEqual => order.is_some_and(Ordering::is_le),
        Op::Greater => order.is_some_and(Ordering::is_gt),
        Op::GreaterEqual => order.is_some_and(Ordering::is_ge),
        Op::Matches => false,
    })
}

/// Whether a text matches the pattern; what is no text does not.
pub(super) fn matches_pattern(
    value: &Value,
    pattern: &str,
    ignore_case: bool,
    meter: &mut Meter,
) -> Outcome<bool> {
    let Some(input) = value.as_text() else {
        return Ok(false);
    };
    crate::regex::is_match(input, pattern, ignore_case, meter)
}

fn number(value: &Value) -> Option<f64> {
    match crate::convert::to_num(value, Num::Double) {
        Ok(Value::Double(n))
            if !matches!(value, Value::String(_) | Value::Null | Value::Bool(_)) =>
        {
            Some(n)
        }
        _ => None,
    }
}

fn text(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::DateTime(date) => Some(Text::from(crate::json::date_text(*date))),
        Value::Guid(guid) => Some(Text::from(guid.hyphenated())),
        Value::TimeSpan(span) => Some(Text::from(crate::calendar::span_text(*span))),
        _ => None,
    }
}
