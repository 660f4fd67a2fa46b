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
    let keys = |text: &Text| -> Vec<(u32, u32, u32)> {
        text.to_str()
            .chars()
            .filter(|c| !is_ignorable(*c))
            .map(weights)
            .collect()
    };
    let (a, b) = (keys(a), keys(b));
    let level = |pick: fn(&(u32, u32, u32)) -> u32| a.iter().map(pick).cmp(b.iter().map(pick));
    level(|w| w.0).then_with(|| level(|w| w.1)).then_with(|| {
        if ignore_case {
            Ordering::Equal
        } else {
            level(|w| w.2)
        }
    })
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
