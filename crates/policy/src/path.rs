//! The one normal form of a path, shared by routing, policies and the request to the backend.
//!
//! A path that a router reads one way and a backend another way is how access control is bypassed,
//! so there is one reading (RFC 3986 §6.2.2), and what could be read two ways is refused:
//!
//! 1. The path starts with `/`; raw control characters, spaces, `\` and non-ASCII are refused.
//! 2. Percent-encoding is complete (`%` and two hexadecimal digits), else refused.
//! 3. `%00`, other encoded control characters, `%2F` (`/`) and `%5C` (`\`) are refused: backends
//!    disagree about them.
//! 4. Encoded unreserved characters (letters, digits, `-._~`) are decoded; other encodings keep
//!    their form with upper-case digits.
//! 5. After that, `.` segments are dropped and `..` segments take their parent with them; a `..`
//!    above the root is refused.
//! 6. Empty segments stay: `//a` is not `/a`.
//! 7. What is encoded must be UTF-8, without overlong forms.

use std::borrow::Cow;

use bytes::Bytes;

/// A path that could be read in two ways; the text says which rule it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AmbiguousPath(pub &'static str);

/// The normal form of `path`; the same bytes, without copying, when it has that form already.
pub fn normalize(path: &Bytes) -> Result<Bytes, AmbiguousPath> {
    if path.first() != Some(&b'/') {
        return Err(AmbiguousPath("a path starts with `/`"));
    }
    if is_plain(path) {
        return Ok(path.clone());
    }
    let decoded = unify_encoding(path)?;
    remove_dot_segments(&decoded).map(Bytes::from)
}

/// Whether nothing in the path needs a second look: no `%`, no segment that starts with a dot.
fn is_plain(path: &[u8]) -> bool {
    let mut previous = 0;
    path.iter().all(|&byte| {
        let plain = is_path_byte(byte) && byte != b'%' && !(byte == b'.' && previous == b'/');
        previous = byte;
        plain
    })
}

/// The characters that may stand in a path unencoded (RFC 3986 §3.3), and a few that clients send.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'?' | b'#')
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|d| u8::try_from(d).ok())
}

fn unify_encoding(path: &[u8]) -> Result<Vec<u8>, AmbiguousPath> {
    let mut out = Vec::with_capacity(path.len());
    let mut octets = Vec::new();
    let mut bytes = path.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            if !is_path_byte(byte) {
                return Err(AmbiguousPath(
                    "a path has a character that must be percent-encoded",
                ));
            }
            check_utf8(&mut octets)?;
            out.push(byte);
            continue;
        }
        let digits = (bytes.next().and_then(hex), bytes.next().and_then(hex));
        let (Some(high), Some(low)) = digits else {
            return Err(AmbiguousPath(
                "a `%` in the path is not followed by two hexadecimal digits",
            ));
        };
        let octet = high << 4 | low;
        if octet < 0x80 {
            check_utf8(&mut octets)?;
        } else {
            octets.push(octet);
        }
        match octet {
            0..=0x1f | 0x7f => {
                return Err(AmbiguousPath("the path has an encoded control character"));
            }
            b'/' | b'\\' => {
                return Err(AmbiguousPath("the path has an encoded slash or backslash"));
            }
            _ if is_unreserved(octet) => out.push(octet),
            _ => out.extend_from_slice(&encoded(octet)),
        }
    }
    check_utf8(&mut octets)?;
    Ok(out)
}

/// A run of encoded octets above ASCII must be UTF-8 as a whole.
fn check_utf8(octets: &mut Vec<u8>) -> Result<(), AmbiguousPath> {
    if octets.is_empty() {
        return Ok(());
    }
    let checked = std::str::from_utf8(octets).map(|_| ());
    octets.clear();
    checked.map_err(|_| AmbiguousPath("the path's percent-encoding is not UTF-8"))
}

fn encoded(octet: u8) -> [u8; 3] {
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'A' + n - 10 };
    [b'%', digit(octet >> 4), digit(octet & 0xf)]
}

fn remove_dot_segments(path: &[u8]) -> Result<Vec<u8>, AmbiguousPath> {
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    let mut segments = path.split(|b| *b == b'/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            b"." => {}
            b".." => {
                let parent = out.iter().rposition(|b| *b == b'/');
                out.truncate(parent.ok_or(AmbiguousPath("the path leads above its root"))?);
            }
            _ => {
                out.push(b'/');
                out.extend_from_slice(segment);
                continue;
            }
        }
        if last {
            out.push(b'/');
        }
    }
    if out.is_empty() {
        out.push(b'/');
    }
    Ok(out)
}

/// Decodes a segment of a normal path, for comparing it and for template parameters; without
/// copying where nothing is encoded.
pub fn decode_segment(segment: &str) -> Cow<'_, str> {
    if segment.as_bytes().contains(&b'%') {
        percent_encoding::percent_decode_str(segment).decode_utf8_lossy()
    } else {
        Cow::Borrowed(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &'static str, expect: Result<&str, &str>) {
        let got = normalize(&Bytes::from_static(path.as_bytes()));
        match (got, expect) {
            (Ok(got), Ok(expect)) => assert_eq!(got, expect, "{path}"),
            (Err(AmbiguousPath(why)), Err(part)) => assert!(why.contains(part), "{path}: {why}"),
            (got, expect) => panic!("{path}: {got:?} instead of {expect:?}"),
        }
    }

    #[test]
    fn every_spelling_of_a_path_has_one_form() {
        check("/a/b", Ok("/a/b"));
        check("/a/./b", Ok("/a/b"));
        check("/a/../b", Ok("/b"));
        check("/a/%2e%2E/b", Ok("/b"));
        check("/a/.%2e/b", Ok("/b"));
        check("/a/..", Ok("/"));
        check("/a/b/.", Ok("/a/b/"));
        check("/%61dmin", Ok("/admin"));
        check("/a%20b", Ok("/a%20b"));
        check("/a%c3%a9", Ok("/a%C3%A9"));
        check("/.well-known/x", Ok("/.well-known/x"));
        check("/...", Ok("/..."));
        check("//a", Ok("//a"));
        check("/a//..//b", Ok("/a//b"));
        check("/", Ok("/"));
        check("/a%7Eb", Ok("/a~b"));
        check("/a;v=1/b", Ok("/a;v=1/b"));
    }

    #[test]
    fn what_could_be_read_two_ways_is_refused() {
        check("a", Err("starts with"));
        check("/..", Err("above its root"));
        check("/a/../../b", Err("above its root"));
        check("/%2e%2e/x", Err("above its root"));
        check("/a%2fb", Err("slash"));
        check("/a%5Cb", Err("slash"));
        check("/a\\b", Err("must be percent-encoded"));
        check("/a%00", Err("control"));
        check("/a%0d%0a", Err("control"));
        check("/a%", Err("two hexadecimal"));
        check("/a%zz", Err("two hexadecimal"));
        check("/a%4", Err("two hexadecimal"));
        check("/%c0%ae%c0%ae/x", Err("UTF-8"));
        check("/%ff", Err("UTF-8"));
        check("/%c3a", Err("UTF-8"));
        check("/a b", Err("must be percent-encoded"));
    }

    #[test]
    fn the_form_is_a_fixed_point() {
        for path in ["/a/%2e./b%3f", "/x/./y/../z", "/%7e/%41%20"] {
            let once = normalize(&Bytes::from_static(path.as_bytes())).unwrap();
            assert_eq!(normalize(&once).unwrap(), once);
        }
    }
}
