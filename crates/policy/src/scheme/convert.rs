//! What the result of an expression becomes where a policy wants a text, a truth value or a number.

use portcullis_expr::Value;

use crate::flow::Fault;

/// What `ToString()` gives; `None` for `null`.
pub(crate) fn to_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.to_str().into_owned()),
        other => Some(other.display(super::surface()).to_str().into_owned()),
    }
}

/// A truth value: a `bool`, or its name as a text.
pub(crate) fn to_bool(value: &Value) -> Result<bool, Fault> {
    let unexpected = || unexpected("a truth value: `true` or `false`", value);
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::Null => Err(unexpected()),
        other => {
            let text = plain_text(other).ok_or_else(unexpected)?;
            let text = text.trim();
            if text.eq_ignore_ascii_case("true") {
                Ok(true)
            } else if text.eq_ignore_ascii_case("false") {
                Ok(false)
            } else {
                Err(unexpected())
            }
        }
    }
}

/// A whole number: an integer of any width, or its digits as a text.
pub(crate) fn to_int(value: &Value) -> Result<i64, Fault> {
    let unexpected = || unexpected("a whole number", value);
    if let (Some(number), false) = (value.as_integer(), matches!(value, Value::Char(_))) {
        return i64::try_from(number).map_err(|_| unexpected());
    }
    let text = plain_text(value).ok_or_else(unexpected)?;
    match text.trim().parse::<i64>() {
        Ok(number) => Ok(number),
        Err(_) => text
            .trim()
            .parse()
            .ok()
            .and_then(whole)
            .ok_or_else(unexpected),
    }
}

/// The text of a value that is written in one piece: a text, a number, a JSON scalar.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(_) | Value::Double(_) | Value::Float(_) | Value::Decimal(_) => to_text(value),
        Value::Json(token) => to_text(&token.scalar()?),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the range and the fraction are checked"
)]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

fn unexpected(expected: &str, value: &Value) -> Fault {
    /// As much as a message shows of a value.
    const SHOWN: usize = 100;
    let text = to_text(value).unwrap_or_else(|| "null".to_owned());
    let shown: String = text.chars().take(SHOWN).collect();
    Fault::expression(&format!("the value `{shown}` is not {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_values_are_read_from_texts_too() {
        for (value, expect) in [
            (Value::Bool(true), Some(true)),
            ("True".into(), Some(true)),
            (" false ".into(), Some(false)),
            ("1".into(), None),
            (Value::Int(1), None),
            (Value::Null, None),
        ] {
            assert_eq!(to_bool(&value).ok(), expect, "{value:?}");
        }
    }

    #[test]
    fn numbers_are_read_from_texts_too() {
        for (value, expect) in [
            (Value::Int(7), Some(7)),
            (Value::Long(-7), Some(-7)),
            (Value::Double(3.0), Some(3)),
            (Value::Double(3.5), None),
            ("42".into(), Some(42)),
            (" 42 ".into(), Some(42)),
            ("4x".into(), None),
            (Value::Bool(true), None),
            (Value::Null, None),
        ] {
            assert_eq!(to_int(&value).ok(), expect, "{value:?}");
        }
    }

    #[test]
    fn a_fault_names_the_value_and_what_was_expected() {
        let fault = to_int(&"ten".into()).unwrap_err();
        assert_eq!(
            fault.detail.message,
            "Expression evaluation failed. the value `ten` is not a whole number"
        );
    }
}
