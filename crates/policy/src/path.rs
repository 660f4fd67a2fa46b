//! The one normal form of a path, shared by routing, policies and the request to the backend.
//!
//! A path that a router reads one way and a backend another way is how access control is bypassed,
//! so there is one reading (RFC 3986 §6.2.2), and what could be read two ways is refused:
//!
//! 1. The path starts with `/`; raw control characters, spaces, `\` and non-ASCII are refused.
//! 2. Percent-encoding is complete (`%` and two hexadecimal digits), else refused.
//! 3. `%00`, other encoded control characters, `%2F` (`/`) and `%5C` (`\`) are refused: backends
//!    disagree about them. So is what becomes one of these, `.` or `;` when it is decoded once more
//!    (`%252F`).
//! 4. Encoded unreserved characters (letters, digits, `-._~`) are decoded; other encodings keep
//!    their form with upper-case digits.
//! 5. After that, `.` segments are dropped and `..` segments take their parent with them; a `..`
//!    above the root is refused.
//! 6. What becomes a segment of dots to those who strip parameters or blanks, or who decode before
//!    they look for a query (`..;x`, `..%20`, `..%3Fx`), is refused.
//! 7. Empty segments stay: `//a` is not `/a`.
//! 8. What is encoded must be UTF-8, without overlong forms.
//!
//! What is left that servers read in different ways without leading elsewhere by itself (`;x`, `//`,
//! `%20`, `%2561`) keeps its spelling; [`readings`] lists what they make of it, and routing refuses
//! what they would not take for one operation. Look-alikes (full-width letters, composed and
//! decomposed accents) are different characters, and stay so.

mod reading;

use std::borrow::Cow;

use bytes::Bytes;

pub use reading::{Cuts, Reading, Readings, TooMany, is_unmistakable, readings};

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
    let normal = remove_dot_segments(&decoded)?;
    refuse_disguises(&normal)?;
    Ok(normal.into())
}

/// The normal form of a path that was put together here, of which no part may lead anywhere else: a
/// `.` or `..` segment in it, however encoded, came in with a value.
pub(crate) fn without_dot_segments(path: &Bytes) -> Result<Bytes, AmbiguousPath> {
    let decoded = unify_encoding(path)?;
    let leads_elsewhere = |segment: &[u8]| matches!(segment, b"." | b"..");
    if decoded.split(|b| *b == b'/').any(leads_elsewhere) {
        return Err(AmbiguousPath(
            "a path that is put together from values must not have `.` or `..` segments",
        ));
    }
    normalize(path)
}

/// Refuses what turns into something that leads elsewhere if a server does more than it should:
/// decodes twice, strips parameters, drops blanks, ends the path at an encoded `?` or `#`.
fn refuse_disguises(path: &[u8]) -> Result<(), AmbiguousPath> {
    for segment in path.split(|byte| *byte == b'/') {
        if !segment.iter().any(|byte| matches!(byte, b'%' | b';')) {
            continue;
        }
        // Encoded octets are UTF-8 by now.
        let segment = String::from_utf8_lossy(segment);
        let fully = reading::decode_fully(&segment);
        if fully.hides_structure {
            return Err(AmbiguousPath(
                "the path has a delimiter, dot or control character that is encoded twice",
            ));
        }
        // Whichever of them is cut off first, what is left begins the segment and has none of them.
        let bare = fully.text.split([';', '?', '#']).next();
        let bare = bare.unwrap_or_default().trim();
        if bare.contains('.') && bare.chars().all(|c| c == '.' || c.is_whitespace()) {
            return Err(AmbiguousPath(
                "a segment of the path becomes `.` or `..` without its parameters, blanks or what looks \
                 like a query",
            ));
        }
    }
    Ok(())
}

/// Whether nothing in the path needs a second look: no `%`, no segment that starts with a dot (nor,
/// so, one that becomes dots without its parameters).
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

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// What two hexadecimal digits stand for.
fn octet(high: u8, low: u8) -> u8 {
    hex(high).unwrap_or_default() << 4 | hex(low).unwrap_or_default()
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
mod tests;
