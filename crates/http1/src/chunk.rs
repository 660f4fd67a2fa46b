//! One chunk-size line: `chunk-size [ chunk-ext ]` of RFC 9112 §7.1, to the letter.

use crate::field::is_token_byte;
use crate::refusal::{CHUNK_EXTENSION, CHUNK_SIZE, Refusal};

/// What a chunk-size line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkLine {
    /// Bytes of data that follow; zero ends the body.
    pub(crate) size: u64,
    /// Bytes that the extensions take, which are checked and otherwise ignored.
    pub(crate) extensions: usize,
}

/// More digits than 64 bits have room for are refused even as leading zeros: somebody's parser wraps.
const MOST_DIGITS: usize = 16;

impl ChunkLine {
    /// Parses a line without its CRLF.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, Refusal> {
        let digits = line
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let (digits, extensions) = line.split_at_checked(digits).ok_or(CHUNK_SIZE)?;
        if digits.is_empty() || digits.len() > MOST_DIGITS {
            return Err(CHUNK_SIZE);
        }
        let size = digits
            .iter()
            .fold(0, |size, digit| size << 4 | value(*digit));
        if i64::try_from(size).is_err() {
            return Err(CHUNK_SIZE);
        }
        if !are_extensions(extensions) {
            return Err(CHUNK_EXTENSION);
        }
        Ok(Self {
            size,
            extensions: extensions.len(),
        })
    }
}

fn value(hex: u8) -> u64 {
    char::from(hex).to_digit(16).map_or(0, u64::from)
}

/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`
fn are_extensions(mut text: &[u8]) -> bool {
    while !text.is_empty() {
        let Some(rest) = extension(text) else {
            return false;
        };
        text = rest;
    }
    true
}

/// What follows one extension at the front of `text`.
fn extension(text: &[u8]) -> Option<&[u8]> {
    let name = blanks(blanks(text).strip_prefix(b";")?);
    let rest = token(name)?;
    match blanks(rest).strip_prefix(b"=") {
        None => Some(rest),
        Some(value) => match blanks(value) {
            [b'"', quoted @ ..] => quoted_string(quoted),
            value => token(value),
        },
    }
}

fn blanks(text: &[u8]) -> &[u8] {
    let blanks = text
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    text.get(blanks..).unwrap_or_default()
}

fn token(text: &[u8]) -> Option<&[u8]> {
    let size = text.iter().take_while(|byte| is_token_byte(**byte)).count();
    if size == 0 { None } else { text.get(size..) }
}

/// What follows the closing quote, given what follows the opening one.
fn quoted_string(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'"', rest @ ..] => return Some(rest),
            [b'\\', escaped, rest @ ..] if is_text(*escaped) => rest,
            [byte, rest @ ..] if is_text(*byte) && *byte != b'\\' => rest,
            _ => return None,
        };
    }
}

/// HTAB, SP, VCHAR and obs-text.
fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Result<u64, Refusal>) {
        assert_eq!(
            ChunkLine::parse(line.as_bytes()).map(|line| line.size),
            expect,
            "{line:?}"
        );
    }

    #[test]
    fn a_size_is_hexadecimal_and_fits_a_signed_number() {
        check("0", Ok(0));
        check("5", Ok(5));
        check("fF", Ok(255));
        check("0000000000000005", Ok(5));
        check("7fffffffffffffff", Ok(i64::MAX as u64));
        for line in [
            "",
            "8000000000000000",
            "ffffffffffffffff",
            "00000000000000005",
            "0x5",
            "-1",
            "+5",
            " 5",
            "\t5",
            "g",
            ";a=b",
            "\u{665}",
        ] {
            let verdict = ChunkLine::parse(line.as_bytes()).map(|line| line.size);
            assert!(
                matches!(verdict, Err(CHUNK_SIZE | CHUNK_EXTENSION)),
                "{line:?} gives {verdict:?}"
            );
        }
    }

    #[test]
    fn extensions_follow_their_grammar() {
        for line in [
            "5;a",
            "5;a=b",
            "5;a=b;c",
            "5 ;a",
            "5\t; a = b",
            "5;a=\"x y\"",
            "5;a=\"\\\"\"",
            "5;a=\"\u{e9}\";b=2",
        ] {
            check(line, Ok(5));
        }
        for line in [
            "5 ",
            "5;",
            "5;;a",
            "5;a=",
            "5;a ",
            "5;a=b ",
            "5;=b",
            "5;a b",
            "5,a",
            "5 a",
            "5;a=\"x",
            "5;a=\"x\u{1}\"",
            "5;a=\"x\r\"",
            "5;a\r",
            "5\r",
            "5;a=\"\\",
            "5;a=b\"c\"",
            "5;a=\"b\"c",
            "5;a=\"\\\u{7f}\"",
        ] {
            check(line, Err(CHUNK_EXTENSION));
        }
    }
}
