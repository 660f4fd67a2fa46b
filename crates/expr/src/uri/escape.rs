//! Percent escapes.

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_reserved(byte: u8) -> bool {
    matches!(
        byte,
        b':' | b'/'
            | b'?'
            | b'#'
            | b'['
            | b']'
            | b'@'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
    )
}

fn escape(text: &str, keep: impl Fn(&[u8], usize, u8) -> bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if keep(bytes, index, *byte) {
            out.push(char::from(*byte));
        } else {
            let hex = format!("%{byte:02X}");
            out.push_str(&hex);
        }
    }
    out
}

/// `Uri.EscapeDataString`.
pub(crate) fn escape_data(text: &str) -> String {
    escape(text, |_, _, byte| is_unreserved(byte))
}

/// Escapes what may not stand in a URI; valid escapes stay.
pub(crate) fn escape_uri(text: &str) -> String {
    escape(text, |bytes, index, byte| {
        let escaped = byte == b'%'
            && bytes
                .get(index + 1..index + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        escaped || is_unreserved(byte) || is_reserved(byte)
    })
}

/// `Uri.EscapeUriString`: as [`escape_uri`], but every `%` is escaped.
pub(crate) fn escape_uri_string(text: &str) -> String {
    escape(text, |_, _, byte| is_unreserved(byte) || is_reserved(byte))
}

/// `Uri.UnescapeDataString`: what is no valid escape, or no UTF-8, stays.
pub(crate) fn unescape_data(text: &str) -> String {
    unescape(text, |_| true)
}

/// `Uri.ToString()`: escapes of reserved characters, spaces' kin and controls stay.
pub(super) fn unescape_safe(text: &str) -> String {
    unescape(text, |c| {
        !(c.is_control()
            || c == '%'
            || u8::try_from(c).is_ok_and(|byte| {
                is_reserved(byte)
                    || matches!(
                        byte,
                        b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}'
                    )
            }))
    })
}

fn unescape(text: &str, accept: impl Fn(char) -> bool) -> String {
    let bytes = text.as_bytes();
    let escaped = |at: usize| {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|_| bytes.get(at) == Some(&b'%'))?;
        let hex = std::str::from_utf8(hex)
            .ok()
            .filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u8::from_str_radix(hex, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        // A run of escapes that is one character.
        let run: Vec<u8> = (0..4).map_while(|index| escaped(at + index * 3)).collect();
        let decoded = (1..=run.len()).find_map(|length| {
            let part = std::str::from_utf8(run.get(..length)?).ok()?;
            let c = part.chars().next()?;
            Some((c, length))
        });
        match decoded {
            Some((c, length)) if accept(c) => {
                out.push(c);
                at += length * 3;
            }
            _ => {
                let c = text
                    .get(at..)
                    .and_then(|rest| rest.chars().next())
                    .unwrap_or('\u{FFFD}');
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_unescapes() {
        assert_eq!(escape_data("-_.~!*'()"), "-_.~%21%2A%27%28%29");
        assert_eq!(escape_uri("a b%20%zz"), "a%20b%20%25zz");
        for (text, expect) in [
            ("100%", "100%"),
            ("%zz%41", "%zzA"),
            ("%C3", "%C3"),
            ("%C3%A6", "æ"),
        ] {
            assert_eq!(unescape_data(text), expect);
        }
        assert_eq!(unescape_safe("a%2Fb%20c"), "a%2Fb c");
    }
}
