//! `System.Convert`: conversions between the simple types by value.

use crate::calendar;
use crate::eval::{convert_num, is_instance};
use crate::exception::{Exception, Outcome, format, invalid_cast, overflow};
use crate::names::{full, simple};
use crate::numbers::{parse_decimal, parse_double, parse_integer};
use crate::surface::Surface;
use crate::text::Text;
use crate::types::{Num, Type};
use crate::value::{DateTime, Value};

/// The type's name with its article, as messages of overflows have it.
pub(crate) fn named(num: Num) -> &'static str {
    match num {
        Num::SByte => "a signed byte",
        Num::Byte => "an unsigned byte",
        Num::Char => "a character",
        Num::Short => "an Int16",
        Num::UShort => "a UInt16",
        Num::Int => "an Int32",
        Num::UInt => "a UInt32",
        Num::Long => "an Int64",
        Num::ULong => "a UInt64",
        Num::Float => "a Single",
        Num::Double => "a Double",
        Num::Decimal => "a Decimal",
    }
}

fn too_large(num: Num) -> Exception {
    overflow(format!(
        "Value was either too large or too small for {}.",
        named(num)
    ))
}

/// `Parse` of a numeric type.
pub(crate) fn parse_num(text: &str, num: Num) -> Outcome {
    let failed = |failure: crate::numbers::Failure| failure.exception(named(num));
    match num {
        Num::Float => parse_double(text).map(narrow).map_err(failed),
        Num::Double => parse_double(text).map(Value::Double).map_err(failed),
        Num::Decimal => parse_decimal(text, false)
            .map(Value::Decimal)
            .map_err(failed),
        _ => {
            let range = num.range().unwrap_or((0, 0));
            let number = parse_integer(text, range).map_err(failed)?;
            Ok(crate::eval::wrap(number, num))
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float is what is asked for"
)]
fn narrow(n: f64) -> Value {
    Value::Float(n as f32)
}

/// `Convert.ToInt32(value)` and its like; `null` is zero.
pub(crate) fn to_num(value: &Value, num: Num) -> Outcome {
    match value {
        Value::Null => convert_num(&Value::Int(0), num, false),
        Value::String(text) if num == Num::Char => to_char(text),
        Value::String(text) => parse_num(&text.to_str(), num),
        Value::Bool(value) if num != Num::Char => {
            convert_num(&Value::Int(i32::from(*value)), num, false)
        }
        Value::Enum(_, number) => convert_num(&Value::Int(*number), num, true),
        Value::Float(_) | Value::Double(_) | Value::Decimal(_) if num.is_integral() => {
            if num == Num::Char {
                return Err(no_conversion(value, num));
            }
            rounded(value, num)
        }
        Value::Char(_) if !num.is_integral() => Err(no_conversion(value, num)),
        Value::Float(_) | Value::Double(_) | Value::Decimal(_) => convert_num(value, num, true),
        Value::Native(_) => match value.as_native::<crate::json::BigInteger>() {
            Some(big) => parse_num(&big.0, num),
            None => Err(not_convertible(value)),
        },
        other => match other.as_integer() {
            Some(number) => match num.range() {
                Some((min, max)) if number < min || number > max => Err(too_large(num)),
                _ => convert_num(other, num, true),
            },
            None if is_simple(other) => Err(no_conversion(value, num)),
            None => Err(not_convertible(value)),
        },
    }
}

/// To the nearest whole number, half to even.
fn rounded(value: &Value, num: Num) -> Outcome {
    let whole = match value {
        Value::Decimal(n) => Value::Decimal(n.round()),
        Value::Double(n) => Value::Double(n.round_ties_even()),
        Value::Float(n) => Value::Double(f64::from(*n).round_ties_even()),
        other => other.clone(),
    };
    convert_num(&whole, num, true).map_err(|_| too_large(num))
}

fn to_char(text: &Text) -> Outcome {
    match (text.unit(0), text.length()) {
        (Some(unit), 1) => Ok(Value::Char(unit)),
        _ => Err(format("String must be exactly one character long.")),
    }
}

/// The types that implement `IConvertible` and are no numbers.
fn is_simple(value: &Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::DateTime(_) | Value::String(_)
    )
}

fn no_conversion(value: &Value, num: Num) -> Exception {
    let surface = Surface::empty();
    let from = simple(&value.runtime_type(), &surface);
    let to = simple(&num.ty(), &surface);
    invalid_cast(format!("Invalid cast from '{from}' to '{to}'."))
}

fn not_convertible(value: &Value) -> Exception {
    let from = full(&value.runtime_type(), &Surface::empty());
    invalid_cast(format!(
        "Unable to cast object of type '{from}' to type 'System.IConvertible'."
    ))
}

/// `Convert.ToBoolean(value)`.
pub(crate) fn to_bool(value: &Value) -> Outcome<bool> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(value) => Ok(*value),
        Value::String(text) => parse_bool(&text.to_str()),
        Value::Float(n) => Ok(*n != 0.0),
        Value::Double(n) => Ok(*n != 0.0),
        Value::Decimal(n) => Ok(!n.is_zero()),
        Value::Char(_) => Err(invalid_cast("Invalid cast from 'Char' to 'Boolean'.")),
        Value::DateTime(_) => Err(invalid_cast("Invalid cast from 'DateTime' to 'Boolean'.")),
        other => other
            .as_integer()
            .map(|n| n != 0)
            .ok_or_else(|| not_convertible(value)),
    }
}

/// `bool.TryParse`.
pub(crate) fn try_parse_bool(text: &str) -> Option<bool> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// `bool.Parse`.
pub(crate) fn parse_bool(text: &str) -> Outcome<bool> {
    try_parse_bool(text).ok_or_else(|| {
        format(format!(
            "String '{text}' was not recognized as a valid Boolean."
        ))
    })
}

/// The exception of a text that is no date.
pub(crate) fn no_date(text: &str) -> Exception {
    if text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.contains(|c: char| c.is_ascii_digit())
    {
        return format(format!(
            "The string '{text}' was not recognized as a valid DateTime. There is an unknown word \
             starting at index '0'."
        ));
    }
    format(format!(
        "String '{text}' was not recognized as a valid DateTime."
    ))
}

/// `Convert.ToDateTime(value)`.
pub(crate) fn to_date_time(value: &Value) -> Outcome<DateTime> {
    match value {
        Value::Null => Ok(DateTime::MIN),
        Value::DateTime(date) => Ok(*date),
        Value::String(text) => {
            let text = text.to_str();
            calendar::parse(&text, 0)
                .map(calendar::Parsed::date_time)
                .ok_or_else(|| no_date(&text))
        }
        other => {
            let from = simple(&other.runtime_type(), &Surface::empty());
            Err(invalid_cast(format!(
                "Invalid cast from '{from}' to 'DateTime'."
            )))
        }
    }
}

/// `Convert.ChangeType(value, type)`.
pub(crate) fn change_type(value: &Value, ty: &Type, surface: &Surface) -> Outcome {
    if value.is_null() {
        return if crate::relations::can_be_null(ty, surface) {
            Ok(Value::Null)
        } else {
            Err(invalid_cast(
                "Null object cannot be converted to a value type.",
            ))
        };
    }
    let target = ty.underlying();
    if is_instance(value, target, surface) {
        return Ok(value.clone());
    }
    if let Some(num) = target.num() {
        return to_num(value, num);
    }
    match *target {
        Type::BOOL => to_bool(value).map(Value::Bool),
        Type::STRING => Ok(Value::String(crate::display::plain_text(value, surface))),
        Type::DATE_TIME => to_date_time(value).map(Value::DateTime),
        _ => {
            let from = full(&value.runtime_type(), surface);
            Err(invalid_cast(format!(
                "Invalid cast from '{from}' to '{}'.",
                full(target, surface)
            )))
        }
    }
}
