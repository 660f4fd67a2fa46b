//! The standard formats: `D`, `X`, `F`, `N`, `P`, `C`, `E`, `G`.

use super::Digits;

fn int(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// `D`.
pub(super) fn decimal(n: i128, width: usize) -> String {
    let digits = n.unsigned_abs();
    format!("{}{digits:0width$}", if n < 0 { "-" } else { "" })
}

/// `X`: two's complement of the type's width.
pub(super) fn hexadecimal(n: i128, bits: u32, upper: bool, width: usize) -> String {
    let mask = (1_u128 << bits) - 1;
    let bits = n.cast_unsigned() & mask;
    if upper {
        format!("{bits:0width$X}")
    } else {
        format!("{bits:0width$x}")
    }
}

/// `F` and, with groups of three, `N`.
pub(super) fn fixed(mut digits: Digits, places: usize, grouped: bool) -> String {
    digits.round_to(int(places));
    let sign = if digits.negative { "-" } else { "" };
    format!("{sign}{}", unsigned(&digits, places, grouped))
}

fn unsigned(digits: &Digits, places: usize, grouped: bool) -> String {
    let whole = digits.whole();
    let whole = if grouped { group(&whole) } else { whole };
    if places == 0 {
        whole
    } else {
        format!("{whole}.{}", digits.fraction(int(places)))
    }
}

/// `1234567` → `1,234,567`.
pub(super) fn group(whole: &str) -> String {
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `C` in the invariant culture.
pub(super) fn currency(mut digits: Digits, places: usize) -> String {
    digits.round_to(int(places));
    let text = unsigned(&digits, places, true);
    if digits.negative && !digits.is_zero() {
        format!("(¤{text})")
    } else {
        format!("¤{text}")
    }
}

/// `P` in the invariant culture.
pub(super) fn percent(mut digits: Digits, places: usize) -> String {
    if !digits.is_zero() {
        digits.point += 2;
    }
    format!("{} %", fixed(digits, places, true))
}

/// `E`.
pub(super) fn exponential(mut digits: Digits, places: usize, letter: char) -> String {
    digits.keep(int(places).saturating_add(1));
    scientific(&digits, Some(places), letter, 3)
}

fn scientific(digits: &Digits, places: Option<usize>, letter: char, width: usize) -> String {
    let exponent = if digits.is_zero() {
        0
    } else {
        digits.point - 1
    };
    let mut text: Vec<u8> = digits.significant.clone();
    let count = places.map_or(text.len(), |places| places + 1).max(1);
    text.resize(count, 0);
    let text: String = text.iter().map(|d| char::from(b'0' + d)).collect();
    let (first, rest) = text.split_at_checked(1).unwrap_or((&text, ""));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if digits.negative { "-" } else { "" };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{sign}{first}{point}{rest}{letter}{exponent_sign}{:0width$}",
        exponent.abs()
    )
}

/// `G`: fixed unless the exponent is below -5 or not below the precision.
pub(super) fn general(digits: &Digits, precision: i32, letter: char) -> String {
    if digits.point > precision || digits.point < -3 {
        return scientific(digits, None, letter, 2);
    }
    let sign = if digits.negative { "-" } else { "" };
    let places = int(digits.significant.len()) - digits.point;
    let whole = digits.whole();
    if places <= 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{}", digits.fraction(places))
    }
}
