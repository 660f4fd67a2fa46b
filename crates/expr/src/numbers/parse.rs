//! Text → numbers.

use crate::exception::{Exception, bad_format, overflow};
use crate::value::Decimal;

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Format,
    Overflow,
}

impl Failure {
    /// As an exception; `name` is the type's, with its article.
    pub(crate) fn exception(self, name: &str) -> Exception {
        match self {
            Self::Format => bad_format(),
            Self::Overflow => overflow(format!(
                "Value was either too large or too small for {name}."
            )),
        }
    }
}

/// White space that .NET allows around a number; trailing NULs too.
fn trim(text: &str) -> &str {
    let space = |c: char| matches!(c, '\t'..='\r' | ' ');
    text.trim_end_matches('\0').trim_matches(space)
}

/// `NumberStyles.Integer`.
pub(crate) fn parse_integer(text: &str, range: (i128, i128)) -> Result<i128, Failure> {
    let text = trim(text);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)),
        Some(b'+') => (false, text.get(1..)),
        _ => (false, Some(text)),
    };
    let digits = digits.unwrap_or_default();
    // `5.0` is not an integer here; `5.` neither.
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Failure::Format);
    }
    let value: i128 = match digits.trim_start_matches('0') {
        "" => 0,
        digits => digits.parse().map_err(|_| Failure::Overflow)?,
    };
    let value = if negative { -value } else { value };
    if value < range.0 || value > range.1 {
        Err(Failure::Overflow)
    } else {
        Ok(value)
    }
}

/// A number with thousands, a fraction and perhaps an exponent, as plain digits.
fn plain(text: &str, exponent: bool) -> Option<String> {
    let mut text = trim(text);
    let mut negative = false;
    // A sign may come first or last, not both.
    if let Some(rest) = text.strip_prefix('-') {
        negative = true;
        text = rest;
    } else if let Some(rest) = text.strip_prefix('+') {
        text = rest;
    } else if let Some(rest) = text.strip_suffix('-').filter(|_| !exponent) {
        negative = true;
        text = rest;
    } else if let Some(rest) = text.strip_suffix('+').filter(|_| !exponent) {
        text = rest;
    }
    let text = trim(text);
    let (mantissa, power) = match text.find(['e', 'E']).filter(|_| exponent) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let whole_digits: String = whole.chars().filter(|c| *c != ',').collect();
    if whole.starts_with(',') || !digits(&whole_digits) || !digits(fraction) {
        return None;
    }
    if whole_digits.is_empty() && fraction.is_empty() {
        return None;
    }
    let power_digits = power.trim_start_matches(['+', '-']);
    if power.len() - power_digits.len() > 1 || !digits(power_digits) {
        return None;
    }
    if text.contains(['e', 'E']) && power_digits.is_empty() {
        return None;
    }
    let sign = if negative { "-" } else { "" };
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    let power = if power.is_empty() {
        String::new()
    } else {
        format!("e{power}")
    };
    Some(format!("{sign}0{whole_digits}.{fraction}{power}"))
}

/// `NumberStyles.Float | NumberStyles.AllowThousands`.
pub(crate) fn parse_double(text: &str) -> Result<f64, Failure> {
    let trimmed = trim(text);
    for (word, value) in [
        ("Infinity", f64::INFINITY),
        ("-Infinity", f64::NEG_INFINITY),
        ("+Infinity", f64::INFINITY),
        ("NaN", f64::NAN),
        ("-NaN", f64::NAN),
        ("+NaN", f64::NAN),
        ("∞", f64::INFINITY),
        ("-∞", f64::NEG_INFINITY),
    ] {
        if trimmed.eq_ignore_ascii_case(word) {
            return Ok(value);
        }
    }
    plain(text, true)
        .and_then(|text| text.parse().ok())
        .ok_or(Failure::Format)
}

/// `NumberStyles.Number`; with `float`, an exponent too.
pub(crate) fn parse_decimal(text: &str, float: bool) -> Result<Decimal, Failure> {
    let written = plain(text, float).ok_or(Failure::Format)?;
    let has_fraction = trim(text).contains('.');
    let written = if has_fraction {
        written
    } else {
        written.replacen(".0", "", 1)
    };
    let parsed = if written.contains('e') {
        Decimal::from_scientific(&written)
    } else {
        Decimal::from_str_exact(&written).or_else(|_| written.parse())
    };
    parsed.map_err(|_| Failure::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_integers() {
        let int = (i128::from(i32::MIN), i128::from(i32::MAX));
        for (text, expect) in [
            (" 42 ", Ok(42)),
            ("+42", Ok(42)),
            ("-2147483648", Ok(-2_147_483_648)),
            ("4,200", Err(Failure::Format)),
            ("", Err(Failure::Format)),
            ("5-", Err(Failure::Format)),
            ("99999999999999999999", Err(Failure::Overflow)),
        ] {
            assert_eq!(parse_integer(text, int), expect, "{text:?}");
        }
    }

    #[test]
    fn parses_reals() {
        for (text, expect) in [
            ("-1.5E-2", Ok(-0.015)),
            ("1,234.5", Ok(1234.5)),
            (" 2.5 ", Ok(2.5)),
            ("5.", Ok(5.0)),
            ("Infinity", Ok(f64::INFINITY)),
            ("", Err(Failure::Format)),
            ("0x1", Err(Failure::Format)),
            ("1e", Err(Failure::Format)),
        ] {
            assert_eq!(parse_double(text), expect, "{text:?}");
        }
        assert_eq!(
            parse_decimal("1.50", false).map(|d| d.to_string()),
            Ok("1.50".to_owned())
        );
    }
}
