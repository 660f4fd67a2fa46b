//! Linguistic comparison, as the invariant culture does it with ICU: first the letters, then the
//! accents, then the case.

use std::cmp::Ordering;

use crate::text::Text;

/// Punctuation and symbols of ASCII in their order; digits and letters follow.
const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// Latin letters with their base letter: what has an accent sorts with the letter that bears it.
const BASES: &[(&str, char)] = &[
    ("àáâãäåāăą", 'a'),
    ("çćĉċč", 'c'),
    ("ďđ", 'd'),
    ("èéêëēĕėęě", 'e'),
    ("ĝğġģ", 'g'),
    ("ĥħ", 'h'),
    ("ìíîïĩīĭįı", 'i'),
    ("ĵ", 'j'),
    ("ķ", 'k'),
    ("ĺļľŀł", 'l'),
    ("ñńņňŉ", 'n'),
    ("òóôõöøōŏő", 'o'),
    ("ŕŗř", 'r'),
    ("śŝşš", 's'),
    ("ţťŧ", 't'),
    ("ùúûüũūŭůűų", 'u'),
    ("ŵ", 'w'),
    ("ýÿŷ", 'y'),
    ("źżž", 'z'),
];

/// Characters that linguistic comparison does not see.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\0')
}

/// The weights of the characters that count.
fn seen(chars: impl Iterator<Item = char>) -> impl Iterator<Item = (u32, u32, u32)> {
    chars.filter(|c| !is_ignorable(*c)).map(weights)
}

/// The weights of a character: letter, accent, case.
fn weights(c: char) -> (u32, u32, u32) {
    let lower = crate::casing::lower_char(c);
    let case = u32::from(lower != c);
    if let Some(at) = PUNCTUATION.find(lower) {
        return (100 + u32::try_from(at).unwrap_or(0), 0, 0);
    }
    if lower.is_whitespace() {
        return (50, u32::from(lower), 0);
    }
    if lower.is_ascii_digit() {
        return (300 + u32::from(lower), 0, 0);
    }
    for (letters, base) in BASES {
        if let Some(at) = letters.find(lower) {
            return (
                1000 + u32::from(*base),
                1 + u32::try_from(at).unwrap_or(0),
                case,
            );
        }
    }
    match lower {
        'æ' => (1000 + u32::from('a'), 50, case),
        'ß' => (1000 + u32::from('s'), 50, case),
        _ => (1000 + u32::from(lower), 0, case),
    }
}

/// `string.Compare` with a culture: negative, zero or positive as -1, 0, 1.
pub(crate) fn compare(a: &Text, b: &Text, ignore_case: bool) -> Ordering {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => order(a.chars(), b.chars(), ignore_case),
        _ => order(chars(a), chars(b), ignore_case),
    }
}

/// The characters, each lone surrogate as U+FFFD.
fn chars(text: &Text) -> Box<dyn Iterator<Item = char> + '_> {
    match text.as_str() {
        Some(text) => Box::new(text.chars()),
        None => Box::new(
            char::decode_utf16(text.wide().iter().copied()).map(|c| c.unwrap_or('\u{FFFD}')),
        ),
    }
}

fn order(
    a: impl Iterator<Item = char>,
    b: impl Iterator<Item = char>,
    ignore_case: bool,
) -> Ordering {
    let mut order = (Ordering::Equal, Ordering::Equal);
    let mut keys = (seen(a), seen(b));
    // Weights are computed as far as they are needed: a short text must not cost as much as a long one.
    loop {
        let (x, y) = match (keys.0.next(), keys.1.next()) {
            (Some(x), Some(y)) => (x, y),
            (None, None) => break,
            // The shorter is less, whatever its accents.
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
        };
        if x.0 != y.0 {
            return x.0.cmp(&y.0);
        }
        order.0 = order.0.then(x.1.cmp(&y.1));
        order.1 = order.1.then(x.2.cmp(&y.2));
    }
    match (order, ignore_case) {
        ((accent, _), true) => accent,
        ((accent, case), false) => accent.then(case),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_letters_before_accents_before_case() {
        for (a, b, expect) in [
            ("a", "b", Ordering::Less),
            ("a", "A", Ordering::Less),
            ("a b", "ab", Ordering::Less),
            ("1.10", "1.9", Ordering::Less),
            ("Item1", "item10", Ordering::Less),
            ("e", "é", Ordering::Less),
            ("é", "z", Ordering::Less),
            ("co\u{AD}op", "coop", Ordering::Equal),
        ] {
            assert_eq!(
                compare(&Text::from(a), &Text::from(b), false),
                expect,
                "{a} {b}"
            );
        }
        assert_eq!(
            compare(&Text::from("A"), &Text::from("a"), true),
            Ordering::Equal
        );
    }
}
