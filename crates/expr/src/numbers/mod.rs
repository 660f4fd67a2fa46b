//! Numbers as text, as .NET Core 3.1 formats and parses them in the invariant culture.

mod custom;
mod parse;
mod standard;

pub(crate) use parse::{Failure, parse_decimal, parse_double, parse_integer};

use crate::exception::{Outcome, format};
use crate::value::{Decimal, Value};

/// The shortest text that reads back as the same `double`: what `ToString()` gives.
pub(crate) fn shortest(n: f64) -> String {
    match special(n) {
        Some(text) => text.to_owned(),
        None => standard::general(&Digits::shortest(n), 16, 'E'),
    }
}

/// The same for a `float`.
pub(crate) fn shortest_single(n: f32) -> String {
    match special(f64::from(n)) {
        Some(text) => text.to_owned(),
        None => standard::general(&Digits::shortest_single(n), 8, 'E'),
    }
}

fn special(n: f64) -> Option<&'static str> {
    if n.is_nan() {
        Some("NaN")
    } else if n.is_infinite() {
        Some(if n > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        None
    }
}

/// The decimal digits of a number: `0.d1d2d3… × 10^point`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Digits {
    negative: bool,
    /// Without leading or trailing zeros; empty for zero.
    significant: Vec<u8>,
    point: i32,
}

impl Digits {
    fn new(negative: bool, digits: &str, point: i32) -> Self {
        let leading = digits.bytes().take_while(|b| *b == b'0').count();
        let digits: Vec<u8> = digits.trim_matches('0').bytes().map(|b| b - b'0').collect();
        let leading = i32::try_from(leading).unwrap_or(0);
        let point = if digits.is_empty() {
            0
        } else {
            point - leading
        };
        Self {
            negative,
            significant: digits,
            point,
        }
    }

    fn integer(n: i128) -> Self {
        let text = n.unsigned_abs().to_string();
        let point = i32::try_from(text.len()).unwrap_or(0);
        Self::new(n < 0, &text, point)
    }

    fn decimal(n: Decimal) -> Self {
        let text = n.mantissa().unsigned_abs().to_string();
        let point = i32::try_from(text.len()).unwrap_or(0) - i32::try_from(n.scale()).unwrap_or(0);
        Self::new(n.is_sign_negative(), &text, point)
    }

    fn shortest(n: f64) -> Self {
        Self::scientific(n.is_sign_negative(), &format!("{:e}", n.abs()))
    }

    fn shortest_single(n: f32) -> Self {
        Self::scientific(n.is_sign_negative(), &format!("{:e}", n.abs()))
    }

    /// So many significant digits, exactly rounded except that a tie is not told from a number a hair
    /// above it; .NET rounds both up.
    fn exact(n: f64, digits: usize) -> Self {
        Self::scientific(n.is_sign_negative(), &format!("{:.*e}", digits, n.abs()))
    }

    /// Reads `1.25e3`.
    fn scientific(negative: bool, text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        Self::new(negative, &mantissa.replace('.', ""), exponent + 1)
    }

    /// Rounds to so many digits after the decimal point, half away from zero.
    fn round_to(&mut self, places: i32) {
        self.keep(self.point.saturating_add(places));
    }

    /// Keeps so many significant digits, rounding half away from zero.
    fn keep(&mut self, count: i32) {
        let Ok(count) = usize::try_from(count) else {
            self.significant.clear();
            self.point = 0;
            return;
        };
        if count >= self.significant.len() {
            return;
        }
        let up = self.significant.get(count).is_some_and(|digit| *digit >= 5);
        self.significant.truncate(count);
        if up {
            self.increment();
        }
        while self.significant.last() == Some(&0) {
            self.significant.pop();
        }
        if self.significant.is_empty() {
            self.point = 0;
        }
    }

    fn increment(&mut self) {
        for digit in self.significant.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.significant.insert(0, 1);
        self.point += 1;
    }

    fn is_zero(&self) -> bool {
        self.significant.is_empty()
    }

    /// The digit with this weight: 0 is the one before the decimal point.
    fn at(&self, weight: i32) -> u8 {
        let index = self.point - 1 - weight;
        usize::try_from(index)
            .ok()
            .and_then(|i| self.significant.get(i))
            .copied()
            .unwrap_or(0)
    }

    /// The whole part.
    fn whole(&self) -> String {
        if self.point <= 0 {
            return "0".to_owned();
        }
        (0..self.point)
            .rev()
            .map(|weight| char::from(b'0' + self.at(weight)))
            .collect()
    }

    /// So many digits after the decimal point.
    fn fraction(&self, places: i32) -> String {
        (1..=places)
            .map(|place| char::from(b'0' + self.at(-place)))
            .collect()
    }
}

/// How many digits a `double` format can need beyond what is asked for, to round it as .NET does.
const SPARE: usize = 30;

/// `number.ToString(format)`; `None` if the value is no number.
pub(crate) fn format_number(value: &Value, pattern: &str) -> Option<Outcome<String>> {
    let number = Number::of(value)?;
    Some(number.format(pattern))
}

/// A number to be formatted.
enum Number {
    Integer { value: i128, bits: u32 },
    Single(f32),
    Double(f64),
    Decimal(Decimal),
}

impl Number {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Float(n) => Self::Single(*n),
            Value::Double(n) => Self::Double(*n),
            Value::Decimal(n) => Self::Decimal(*n),
            Value::Char(_) => return None,
            other => Self::Integer {
                value: other.as_integer()?,
                bits: match other {
                    Value::SByte(_) | Value::Byte(_) => 8,
                    Value::Short(_) | Value::UShort(_) => 16,
                    Value::Int(_) | Value::UInt(_) => 32,
                    _ => 64,
                },
            },
        })
    }

    fn float(&self) -> Option<f64> {
        match self {
            Self::Single(n) => Some(f64::from(*n)),
            Self::Double(n) => Some(*n),
            _ => None,
        }
    }

    fn format(&self, pattern: &str) -> Outcome<String> {
        if let Some(text) = self.float().and_then(special) {
            return Ok(text.to_owned());
        }
        match specifier(pattern) {
            Some((letter, precision)) => self.standard(letter, precision),
            None => Ok(custom::format(pattern, &self.digits_for_custom())),
        }
    }

    fn digits_for_custom(&self) -> Digits {
        match self {
            Self::Integer { value, .. } => Digits::integer(*value),
            Self::Decimal(n) => Digits::decimal(*n),
            Self::Single(n) => {
                let mut digits = Digits::exact(f64::from(*n), 7 + SPARE);
                digits.keep(7);
                digits
            }
            Self::Double(n) => {
                let mut digits = Digits::exact(*n, 15 + SPARE);
                digits.keep(15);
                digits
            }
        }
    }

    /// Enough digits for so many places after the point.
    fn digits_for(&self, places: usize) -> Digits {
        match self {
            Self::Integer { value, .. } => Digits::integer(*value),
            Self::Decimal(n) => Digits::decimal(*n),
            Self::Single(n) => Digits::exact(f64::from(*n), places + 40 + SPARE),
            Self::Double(n) => Digits::exact(*n, places + 310 + SPARE),
        }
    }

    fn standard(&self, letter: char, precision: Option<usize>) -> Outcome<String> {
        let bad = || Err(format("Format specifier was invalid."));
        let places = precision.unwrap_or(2);
        Ok(match (letter.to_ascii_uppercase(), self) {
            ('D', Self::Integer { value, .. }) => standard::decimal(*value, precision.unwrap_or(0)),
            ('X', Self::Integer { value, bits }) => {
                standard::hexadecimal(*value, *bits, letter == 'X', precision.unwrap_or(0))
            }
            ('C', _) => standard::currency(self.digits_for(places), places),
            ('F', _) => standard::fixed(self.digits_for(places), places, false),
            ('N', _) => standard::fixed(self.digits_for(places), places, true),
            ('P', _) => standard::percent(self.digits_for(places + 2), places),
            ('E', _) => {
                let places = precision.unwrap_or(6);
                standard::exponential(self.digits_for(places), places, letter)
            }
            ('R', Self::Integer { .. } | Self::Decimal(_)) => return bad(),
            ('G', _) => self.general(letter, precision.filter(|p| *p > 0)),
            ('R', _) => self.general('G', None),
            _ => return bad(),
        })
    }

    fn general(&self, letter: char, precision: Option<usize>) -> String {
        let exponent = if letter == 'g' { 'e' } else { 'E' };
        let Some(precision) = precision else {
            return match self {
                Self::Integer { value, .. } => value.to_string(),
                Self::Decimal(n) => n.to_string(),
                Self::Single(n) => shortest_single(*n),
                Self::Double(n) => shortest(*n),
            };
        };
        let mut digits = match self {
            Self::Single(n) => Digits::exact(f64::from(*n), precision + SPARE),
            Self::Double(n) => Digits::exact(*n, precision + SPARE),
            other => other.digits_for(0),
        };
        let precision = i32::try_from(precision).unwrap_or(i32::MAX);
        digits.keep(precision);
        standard::general(&digits, precision, exponent)
    }
}

/// `F2` → (`F`, 2). Anything else is a custom format.
fn specifier(pattern: &str) -> Option<(char, Option<usize>)> {
    let mut chars = pattern.chars();
    let Some(letter) = chars.next() else {
        return Some(('G', None));
    };
    let rest = chars.as_str();
    let standard =
        letter.is_ascii_alphabetic() && rest.len() <= 2 && rest.bytes().all(|b| b.is_ascii_digit());
    standard.then(|| (letter, rest.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_dotnet() {
        for (value, pattern, expect) in [
            (Value::Int(5), "D3", "005"),
            (Value::Int(-42), "D5", "-00042"),
            (Value::Int(-1), "x8", "ffffffff"),
            (Value::SByte(-1), "x2", "ff"),
            (Value::Double(1_234_567.5), "N0", "1,234,568"),
            (Value::Double(3.5), "F0", "4"),
            (Value::Double(0.135), "F2", "0.14"),
            (Value::Double(1.005), "F2", "1.00"),
            (Value::Double(12345.678), "E2", "1.23E+004"),
            (Value::Double(0.1234), "P", "12.34 %"),
            (Value::Double(1234.5), "C", "¤1,234.50"),
            (Value::Double(123.456), "G2", "1.2E+02"),
            (Value::Double(0.000_012_34), "G2", "1.2E-05"),
            (Value::Double(0.1), "G17", "0.10000000000000001"),
            (Value::Double(0.1), "F20", "0.10000000000000000555"),
            (Value::Double(-0.4), "F0", "-0"),
            (Value::Double(0.1), "", "0.1"),
            (Value::Double(1e20), "", "1E+20"),
            (Value::Double(1.23e-5), "", "1.23E-05"),
            (Value::Double(1.5), "0.00", "1.50"),
            (Value::Double(1_234_567.891), "#,##0.00", "1,234,567.89"),
            (Value::Int(1234), "##-##", "12-34"),
            (Value::Int(12_345_678), "0,.0", "12345.7"),
            (Value::Int(123_456_789), "0,,.00M", "123.46M"),
            (Value::Int(-5), "0;neg 0;zero", "neg 5"),
            (Value::Int(0), "0;neg;zero", "zero"),
            (Value::Double(0.12345), "0.00%", "12.35%"),
            (Value::Double(0.456), "#.#", ".5"),
            (Value::Double(-0.4), "0", "-0"),
        ] {
            let got = format_number(&value, pattern).unwrap().unwrap();
            assert_eq!(got, expect, "{value:?} {pattern}");
        }
    }
}
