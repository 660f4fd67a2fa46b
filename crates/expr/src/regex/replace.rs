//! Replacement patterns, and escaping.

use super::{Captured, Found, Regex};
use crate::exception::Outcome;
use crate::text::Text;

/// A piece of a replacement.
enum Piece {
    Units(Vec<u16>),
    Group(usize),
    Before,
    After,
    LastGroup,
    Whole,
}

/// `$1`, `${name}`, `$&`, `$$`, …
pub(crate) struct Replacement(Vec<Piece>);

impl Replacement {
    /// Reads a replacement pattern; what is no reference stays as it is.
    pub(crate) fn parse(regex: &Regex, text: &Text) -> Self {
        let units = text.to_units();
        let at = |index: usize| {
            units
                .get(index)
                .map(|u| char::from_u32(u32::from(*u)).unwrap_or('\u{FFFD}'))
        };
        let mut pieces = Vec::new();
        let mut plain: Vec<u16> = Vec::new();
        let mut index = 0;
        while let Some(unit) = units.get(index) {
            let (piece, length) = match (at(index), at(index + 1)) {
                (Some('$'), Some('$')) => (Some(Piece::Units(vec![36])), 2),
                (Some('$'), Some('&')) => (Some(Piece::Group(0)), 2),
                (Some('$'), Some('`')) => (Some(Piece::Before), 2),
                (Some('$'), Some('\'')) => (Some(Piece::After), 2),
                (Some('$'), Some('+')) => (Some(Piece::LastGroup), 2),
                (Some('$'), Some('_')) => (Some(Piece::Whole), 2),
                (Some('$'), Some('{')) => {
                    let name: String = (index + 2..)
                        .map_while(&at)
                        .take_while(|c| *c != '}')
                        .collect();
                    let closed = at(index + 2 + name.chars().count()) == Some('}');
                    let group = regex.group_number(&name).filter(|_| closed);
                    (group.map(Piece::Group), 3 + name.chars().count())
                }
                (Some('$'), Some(c)) if c.is_ascii_digit() => number(regex, index + 1, &at),
                _ => (None, 1),
            };
            if let Some(piece) = piece {
                if !plain.is_empty() {
                    pieces.push(Piece::Units(std::mem::take(&mut plain)));
                }
                pieces.push(piece);
                index += length;
            } else {
                plain.push(*unit);
                index += 1;
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Units(plain));
        }
        Self(pieces)
    }

    /// Appends what takes the place of a match.
    pub(crate) fn expand(&self, found: &Found, input: &[u16], out: &mut Vec<u16>) {
        let whole = found.whole();
        for piece in &self.0 {
            let part = match piece {
                Piece::Units(units) => {
                    out.extend_from_slice(units);
                    continue;
                }
                Piece::Group(group) => found.group(*group),
                Piece::Before => Some(Captured {
                    start: 0,
                    end: whole.start,
                }),
                Piece::After => Some(Captured {
                    start: whole.end,
                    end: input.len(),
                }),
                Piece::LastGroup => found.group(found.groups.len().saturating_sub(1)),
                Piece::Whole => Some(Captured {
                    start: 0,
                    end: input.len(),
                }),
            };
            if let Some(part) = part {
                out.extend_from_slice(input.get(part.start..part.end).unwrap_or_default());
            }
        }
    }
}

/// `$12`: the longest number that is a group's.
fn number(
    regex: &Regex,
    start: usize,
    at: &impl Fn(usize) -> Option<char>,
) -> (Option<Piece>, usize) {
    let digits: Vec<u32> = (start..)
        .map_while(at)
        .map_while(|c| c.to_digit(10))
        .take(5)
        .collect();
    for length in (1..=digits.len()).rev() {
        let value = digits
            .iter()
            .take(length)
            .fold(0_usize, |sum, d| sum * 10 + *d as usize);
        if regex.groups().iter().any(|(number, _)| *number == value) {
            return (Some(Piece::Group(value)), 1 + length);
        }
    }
    (None, 1)
}

/// `Regex.Escape`.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{C}' => out.push_str("\\f"),
            c => out.push(c),
        }
    }
    out
}

/// `Regex.Unescape`.
pub(crate) fn unescape(text: &str) -> Outcome<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let invalid = || {
            crate::exception::argument_plain(format!(
                "Invalid pattern '{text}' at offset {}. Unrecognized escape sequence.",
                text.len() - after.len() + 1
            ))
        };
        let letter = after.chars().next().ok_or_else(invalid)?;
        let hex = |length: usize| {
            after
                .get(1..=length)
                .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                .and_then(char::from_u32)
        };
        let (c, length) = match letter {
            'a' => ('\u{7}', 1),
            'e' => ('\u{1B}', 1),
            'f' => ('\u{C}', 1),
            'n' => ('\n', 1),
            'r' => ('\r', 1),
            't' => ('\t', 1),
            'v' => ('\u{B}', 1),
            'x' => (hex(2).ok_or_else(invalid)?, 3),
            'u' => (hex(4).ok_or_else(invalid)?, 5),
            c if c.is_alphanumeric() => return Err(invalid()),
            c => (c, c.len_utf8()),
        };
        out.push(c);
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(out)
}
