//! The order of any two values: `IComparable`, `Comparer<T>.Default`.

use std::cmp::Ordering;

use super::string::Comparison;
use crate::value::Value;

/// How two values are ordered; `None` if they cannot be compared.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    compare_as(a, b, Comparison::Culture)
}

/// The same with a way to compare strings.
pub(super) fn compare_as(a: &Value, b: &Value, how: Comparison) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::String(a), Value::String(b)) => how.compare(a, b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => float(f64::from(*a), f64::from(*b)),
        (Value::Double(a), Value::Double(b)) => float(*a, *b),
        (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.ticks.cmp(&b.ticks),
        (Value::DateTimeOffset(a), Value::DateTimeOffset(b)) => a.utc_ticks.cmp(&b.utc_ticks),
        (Value::TimeSpan(a), Value::TimeSpan(b)) => a.cmp(b),
        (Value::Guid(a), Value::Guid(b)) => a.cmp(b),
        (Value::Enum(x, a), Value::Enum(y, b)) if x == y => a.cmp(b),
        (Value::Record(a), Value::Record(b)) => {
            for (x, y) in a.fields().iter().zip(b.fields()) {
                match compare_as(x, y, how)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Ordering::Equal
        }
        (Value::Json(a), Value::Json(b)) => compare_as(&a.scalar()?, &b.scalar()?, how)?,
        (a, b) => a.as_integer()?.cmp(&b.as_integer()?),
    })
}

/// NaN comes before every number.
fn float(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}
