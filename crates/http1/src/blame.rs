//! Says what is wrong with lines that the parser refused.
//!
//! Only runs when a refusal is certain: nothing here decides whether a message is taken.

use crate::field::is_token_byte;
use crate::refusal::{
    BARE_CR, EMPTY_NAME, LEADING_SPACE, MALFORMED, METHOD, NAME, NO_COLON, OBS_FOLD, REQUEST_LINE,
    Refusal, SPACE_BEFORE_COLON, TARGET, VALUE, VERSION, VERSION_SYNTAX,
};

/// What is wrong with a head.
pub(crate) fn head(block: &[u8]) -> Refusal {
    let mut lines = lines(block);
    let first = lines.next().unwrap_or_default();
    request_line(first)
        .or_else(|| first_bad_field(lines))
        .unwrap_or(MALFORMED)
}

/// What is wrong with a trailer section.
pub(crate) fn trailers(block: &[u8]) -> Refusal {
    first_bad_field(lines(block)).unwrap_or(MALFORMED)
}

/// The lines of a block, without their ends and without the empty one.
fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    block
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r\n").unwrap_or(line))
        .take_while(|line| !line.is_empty())
}

fn request_line(line: &[u8]) -> Option<Refusal> {
    if line.contains(&b'\r') {
        return Some(BARE_CR);
    }
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Some(REQUEST_LINE);
    };
    if method.is_empty() || target.is_empty() || version.is_empty() {
        return Some(REQUEST_LINE);
    }
    if !method.iter().all(|byte| is_token_byte(*byte)) {
        return Some(METHOD);
    }
    if !target.iter().all(u8::is_ascii_graphic) {
        return Some(TARGET);
    }
    match version {
        b"HTTP/1.0" | b"HTTP/1.1" => None,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            Some(VERSION)
        }
        _ => Some(VERSION_SYNTAX),
    }
}

fn first_bad_field<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<Refusal> {
    lines
        .enumerate()
        .find_map(|(index, line)| field(index, line))
}

fn field(index: usize, line: &[u8]) -> Option<Refusal> {
    if line.contains(&b'\r') {
        return Some(BARE_CR);
    }
    if line.first().is_some_and(|byte| is_blank(*byte)) {
        return Some(if index == 0 { LEADING_SPACE } else { OBS_FOLD });
    }
    let colon = line.iter().position(|byte| *byte == b':');
    let Some((name, value)) = colon.and_then(|colon| line.split_at_checked(colon)) else {
        return Some(NO_COLON);
    };
    match name {
        [] => Some(EMPTY_NAME),
        [.., last] if is_blank(*last) => Some(SPACE_BEFORE_COLON),
        _ if !name.iter().all(|byte| is_token_byte(*byte)) => Some(NAME),
        _ if value
            .iter()
            .any(|byte| byte.is_ascii_control() && *byte != b'\t') =>
        {
            Some(VALUE)
        }
        _ => None,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
