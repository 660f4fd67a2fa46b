//! Upper and lower case as .NET's invariant culture has it: one unit to one unit.

use std::cmp::Ordering;

use crate::text::Text;

/// The upper case of a character, if that is one character.
pub(crate) fn upper_char(c: char) -> char {
    // The dotless i has no upper case of its own in the invariant culture.
    if c == '\u{131}' {
        return c;
    }
    single(c, c.to_uppercase())
}

/// The lower case of a character, if that is one character.
pub(crate) fn lower_char(c: char) -> char {
    single(c, c.to_lowercase())
}

fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// The upper case of a unit.
pub(crate) fn upper_unit(unit: u16) -> u16 {
    map_unit(unit, upper_char)
}

/// The lower case of a unit.
pub(crate) fn lower_unit(unit: u16) -> u16 {
    map_unit(unit, lower_char)
}

fn map_unit(unit: u16, map: fn(char) -> char) -> u16 {
    char::from_u32(u32::from(unit))
        .and_then(|c| u16::try_from(u32::from(map(c))).ok())
        .unwrap_or(unit)
}

/// `ToUpperInvariant`.
pub(crate) fn upper(text: &Text) -> Text {
    map(text, str::to_ascii_uppercase, upper_char)
}

/// `ToLowerInvariant`.
pub(crate) fn lower(text: &Text) -> Text {
    map(text, str::to_ascii_lowercase, lower_char)
}

fn map(text: &Text, ascii: fn(&str) -> String, each: fn(char) -> char) -> Text {
    if let Some(text) = text.as_ascii() {
        return Text::from(ascii(text));
    }
    if let Some(text) = text.as_str() {
        Text::from(text.chars().map(each).collect::<String>())
    } else {
        let units: Vec<u16> = text.to_units().iter().map(|u| map_unit(*u, each)).collect();
        Text::from_units(&units)
    }
}

/// `StringComparison.OrdinalIgnoreCase`.
pub(crate) fn equal_ignoring_case(a: &Text, b: &Text) -> bool {
    match (a.as_ascii(), b.as_ascii()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.chars().map(upper_char).eq(b.chars().map(upper_char)),
            _ => upper(a) == upper(b),
        },
    }
}

/// The order of two texts by the upper case of their units, which are mapped only as far as they are
/// compared.
pub(crate) fn compare_ignoring_case(a: &Text, b: &Text) -> Ordering {
    match (a.as_ascii(), b.as_ascii()) {
        (Some(a), Some(b)) => {
            let upper = |byte: u8| byte.to_ascii_uppercase();
            a.bytes().map(upper).cmp(b.bytes().map(upper))
        }
        _ => upper_units(a).cmp(upper_units(b)),
    }
}

fn upper_units(text: &Text) -> Box<dyn Iterator<Item = u16> + '_> {
    match text.as_str() {
        Some(text) => Box::new(text.chars().map(upper_char).flat_map(|c| {
            let mut units = [0; 2];
            let count = c.encode_utf16(&mut units).len();
            units.into_iter().take(count)
        })),
        None => Box::new(text.wide().iter().copied().map(upper_unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_one_to_one() {
        for (text, up, low) in [
            ("straße", "STRAßE", "straße"),
            ("ıİ", "ıİ", "ıİ"),
            ("ΣΊΣΥΦΟΣ", "ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("ŉﬁ", "ŉﬁ", "ŉﬁ"),
            ("ÆØÅ", "ÆØÅ", "æøå"),
        ] {
            assert_eq!(upper(&Text::from(text)), Text::from(up), "{text}");
            assert_eq!(lower(&Text::from(text)), Text::from(low), "{text}");
        }
    }
}
