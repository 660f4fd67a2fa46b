//! Equality and order.

use std::cmp::Ordering;

use super::index;
use crate::casing::{compare_ignoring_case, equal_ignoring_case};
use crate::collation;
use crate::eval::Call;
use crate::exception::{Outcome, argument, argument_plain, out_of_range};
use crate::text::Text;
use crate::value::Value;

/// How two strings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::library) enum Comparison {
    Ordinal,
    OrdinalIgnoreCase,
    Culture,
    CultureIgnoreCase,
}

impl Comparison {
    /// The `StringComparison` that an argument is.
    pub(in crate::library) fn of(c: &Call<'_, '_>, at: usize) -> Outcome<Self> {
        Ok(match c.enumerated(at) {
            0 | 2 => Self::Culture,
            1 | 3 => Self::CultureIgnoreCase,
            4 => Self::Ordinal,
            5 => Self::OrdinalIgnoreCase,
            _ => {
                return Err(argument(
                    "The string comparison type passed in is currently not supported.",
                    "comparisonType",
                ));
            }
        })
    }

    pub(in crate::library) fn compare(self, a: &Text, b: &Text) -> Ordering {
        match self {
            Self::Ordinal => a.cmp(b),
            Self::OrdinalIgnoreCase => compare_ignoring_case(a, b),
            Self::Culture => collation::compare(a, b, false),
            Self::CultureIgnoreCase => collation::compare(a, b, true),
        }
    }

    pub(super) fn ignores_case(self) -> bool {
        matches!(self, Self::OrdinalIgnoreCase | Self::CultureIgnoreCase)
    }

    pub(super) fn is_linguistic(self) -> bool {
        matches!(self, Self::Culture | Self::CultureIgnoreCase)
    }
}

pub(super) fn equals_as(c: &mut Call<'_, '_>) -> Outcome {
    let how = Comparison::of(c, 2)?;
    let equal = match (c.arg(0), c.arg(1)) {
        (Value::String(a), Value::String(b)) => match how {
            Comparison::Ordinal => a == b,
            Comparison::OrdinalIgnoreCase => equal_ignoring_case(a, b),
            Comparison::Culture => collation::compare(a, b, false).is_eq(),
            Comparison::CultureIgnoreCase => collation::compare(a, b, true).is_eq(),
        },
        (a, b) => a.is_null() && b.is_null(),
    };
    Ok(Value::Bool(equal))
}

/// The order of two strings, either of which may be `null`.
pub(in crate::library) fn order(a: &Value, b: &Value, how: Comparison) -> i32 {
    match (a, b) {
        (Value::String(a), Value::String(b)) => how.compare(a, b) as i32,
        (a, b) => i32::from(!a.is_null()) - i32::from(!b.is_null()),
    }
}

pub(super) fn compare(c: &mut Call<'_, '_>, how: Comparison) -> Outcome {
    Ok(Value::Int(order(c.arg(0), c.arg(1), how)))
}

pub(super) fn compare_parts(c: &mut Call<'_, '_>) -> Outcome {
    let part = |text: usize, at: usize| -> Outcome {
        let whole = match c.arg(text) {
            Value::Null => return Ok(Value::Null),
            _ => c.text(text)?,
        };
        let start = index(c, at, "indexA")?;
        let length = index(c, 4, "length")?;
        let rest = whole.length().checked_sub(start);
        let rest = rest.ok_or_else(|| out_of_range("Index was out of range.", "indexA"))?;
        Ok(whole.slice(start, length.min(rest)).into())
    };
    let (a, b) = (part(0, 1)?, part(2, 3)?);
    Ok(Value::Int(order(&a, &b, Comparison::Culture)))
}

pub(super) fn compare_to_object(c: &mut Call<'_, '_>) -> Outcome {
    match c.arg(1) {
        Value::Null | Value::String(_) => compare(c, Comparison::Culture),
        _ => Err(argument_plain("Object must be of type String.")),
    }
}
