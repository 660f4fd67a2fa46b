//! The entities that a policy document may use: the five predefined ones and character numbers.

/// What an `&` at the start of `text` stands for, and the bytes it takes.
pub(super) fn decode(text: &str) -> Option<(char, usize)> {
    /// `&#x10FFFF;` is the longest that means something; leading zeros are tolerated up to here.
    const LONGEST: usize = 16;
    let rest = text.strip_prefix('&')?;
    let end = rest.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = rest.get(..end)?;
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => numbered(name.strip_prefix('#')?)?,
    };
    Some((character, end + 2))
}

/// The character of `38` or `x26`, if XML allows it in a text.
fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16),
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse(),
        _ => return None,
    };
    let character = char::from_u32(code.ok()?)?;
    is_xml(character).then_some(character)
}

/// Whether XML 1.0 allows the character at all.
pub(super) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_predefined_entities_and_character_numbers_mean_something() {
        let table = [
            ("&lt;x", Some(('<', 4))),
            ("&quot;", Some(('"', 6))),
            ("&apos;", Some(('\'', 6))),
            ("&#38;", Some(('&', 5))),
            ("&#xA;", Some(('\n', 5))),
            ("&#0;", None),
            ("&#xD800;", None),
            ("&#+38;", None),
            ("&nbsp;", None),
            ("& b", None),
            ("&lt", None),
            ("&é;", None),
        ];
        for (text, expected) in table {
            assert_eq!(decode(text), expected, "{text}");
        }
    }
}
