//! Values ↔ the text of elements and attributes, as `XmlConvert` does it.

use std::fmt::Write as _;

use crate::calendar::{DAY, HOUR, MINUTE, SECOND, round_trip, round_trip_offset};
use crate::convert::parse_num;
use crate::exception::{Outcome, argument_null, format};
use crate::numbers::{shortest, shortest_single};
use crate::text::Text;
use crate::types::Type;
use crate::value::{Kind, TimeSpan, Value};

/// The text that a value is as content, if it needs no `ToString()` of its own.
pub(crate) fn content_text(value: &Value) -> Option<Text> {
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => Text::from(if *truth { "true" } else { "false" }),
        Value::Double(n) if n.is_infinite() => Text::from(infinity(*n > 0.0)),
        Value::Float(n) if n.is_infinite() => Text::from(infinity(*n > 0.0)),
        Value::Double(n) => Text::from(shortest(*n)),
        Value::Float(n) => Text::from(shortest_single(*n)),
        Value::Decimal(n) => Text::from(n.to_string()),
        Value::DateTime(date) => Text::from(short_fraction(&round_trip(*date))),
        Value::DateTimeOffset(date) => Text::from(short_fraction(&round_trip_offset(*date))),
        Value::TimeSpan(span) => Text::from(duration(*span)),
        _ => return None,
    })
}

fn infinity(positive: bool) -> &'static str {
    if positive { "INF" } else { "-INF" }
}

/// A time without the zeros that end its fraction.
fn short_fraction(text: &str) -> String {
    let Some((whole, rest)) = text.split_once('.') else {
        return text.to_owned();
    };
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at_checked(digits).unwrap_or((rest, ""));
    match fraction.trim_end_matches('0') {
        "" => format!("{whole}{zone}"),
        fraction => format!("{whole}.{fraction}{zone}"),
    }
}

/// `P1DT2H3M4.5S`
fn duration(span: TimeSpan) -> String {
    let ticks = span.0.unsigned_abs();
    let of = |unit: i64| unit.unsigned_abs();
    let mut out = if span.0 < 0 { "-P" } else { "P" }.to_owned();
    let part = |out: &mut String, count: u64, letter: char| {
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = write!(out, "{count}{letter}");
        }
    };
    part(&mut out, ticks / of(DAY), 'D');
    let within = ticks % of(DAY);
    if within > 0 {
        out.push('T');
        part(&mut out, within / of(HOUR), 'H');
        part(&mut out, within % of(HOUR) / of(MINUTE), 'M');
        let (seconds, fraction) = (within % of(MINUTE) / of(SECOND), within % of(SECOND));
        if fraction > 0 {
            let digits = format!("{fraction:07}");
            let _ = write!(out, "{seconds}.{}S", digits.trim_end_matches('0'));
        } else {
            part(&mut out, seconds, 'S');
        }
    } else if ticks == 0 {
        out.push_str("T0S");
    }
    out
}

/// The text of an element or attribute as a value of a type; `null` as far as the type allows it.
pub(crate) fn to_type(text: Option<&Text>, ty: &Type, parameter: &str) -> Outcome {
    let Some(text) = text else {
        let nullable = matches!(ty, Type::Nullable(_)) || *ty == Type::STRING;
        return if nullable {
            Ok(Value::Null)
        } else {
            Err(argument_null(parameter))
        };
    };
    if *ty == Type::STRING {
        return Ok(Value::String(text.clone()));
    }
    let text = text.to_str();
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let bad = || bad_text(text, ty.underlying());
    if let Some(num) = ty.underlying().num() {
        return match (text, num.ty()) {
            ("INF", Type::DOUBLE) => Ok(Value::Double(f64::INFINITY)),
            ("-INF", Type::DOUBLE) => Ok(Value::Double(f64::NEG_INFINITY)),
            _ => parse_num(text, num),
        };
    }
    match *ty.underlying() {
        Type::BOOL => match text.to_lowercase().as_str() {
            "1" | "true" => Ok(Value::Bool(true)),
            "0" | "false" => Ok(Value::Bool(false)),
            _ => Err(bad()),
        },
        Type::DATE_TIME => crate::calendar::parse(text, 0)
            .map(|parsed| {
                let date = parsed.date_time();
                let kind = if parsed.utc { Kind::Utc } else { date.kind };
                Value::DateTime(date.of_kind(kind))
            })
            .ok_or_else(bad),
        Type::DATE_TIME_OFFSET => crate::library::to_offset(&Value::string(text)),
        Type::TIME_SPAN => read_duration(text).map(Value::TimeSpan).ok_or_else(bad),
        Type::GUID => crate::library::parse_guid(text).map(Value::Guid),
        _ => Err(crate::exception::invalid_cast(
            "Specified cast is not valid.",
        )),
    }
}

fn bad_text(text: &str, ty: &Type) -> crate::exception::Exception {
    let name = crate::names::simple(ty, &crate::surface::Surface::empty());
    format(format!("The string '{text}' is not a valid {name} value."))
}

/// A duration without years and months.
fn read_duration(text: &str) -> Option<TimeSpan> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (days, clock) = match rest.strip_prefix('P')?.split_once('T') {
        Some((days, clock)) => (days, clock),
        None => (rest.strip_prefix('P')?, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let mut ticks: i64 = 0;
    let mut add = |text: &str, units: &[(char, i64)]| -> Option<()> {
        let mut rest = text;
        while !rest.is_empty() {
            let at = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let (number, after) = rest.split_at_checked(at)?;
            let letter = after.chars().next()?;
            let (_, unit) = units.iter().find(|(own, _)| *own == letter)?;
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            ticks = ticks.checked_add(whole.parse::<i64>().ok()?.checked_mul(*unit)?)?;
            if !fraction.is_empty() {
                let digits: String = fraction.chars().chain("0000000".chars()).take(7).collect();
                ticks = ticks.checked_add(digits.parse().ok()?)?;
            }
            rest = after.get(1..)?;
        }
        Some(())
    };
    add(days, &[('D', DAY)])?;
    add(clock, &[('H', HOUR), ('M', MINUTE), ('S', SECOND)])?;
    Some(TimeSpan(if negative { -ticks } else { ticks }))
}
