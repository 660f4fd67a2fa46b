//! JSON (RFC 8259) into slots, without recursion.

use portcullis_model::diagnostic::Span;

use super::builder::Builder;
use super::{Cause, Kind, Malformed, Slot};
use crate::limits::Limits;

/// Reads one JSON value and nothing after it.
pub(super) fn read(text: &str, limits: &Limits) -> Result<(Vec<Slot>, String), Malformed> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        builder: Builder::new(limits, text.len()),
    };
    reader.document()?;
    Ok((reader.builder.slots, reader.builder.pool))
}

struct Reader<'t, 'l> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    builder: Builder<'l>,
}

/// What stands at the reader's place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A value must follow.
    Value,
    /// A container was opened: contents or its end follow.
    Opened,
    /// A value ended: a comma or an end follows.
    Ended,
}

impl Reader<'_, '_> {
    fn document(&mut self) -> Result<(), Malformed> {
        let mut place = Place::Value;
        loop {
            self.skip_space();
            place = match place {
                Place::Value => self.value()?,
                Place::Opened => self.opened()?,
                Place::Ended if self.builder.innermost().is_none() => break,
                Place::Ended => self.ended()?,
            };
        }
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the text")),
        }
    }

    fn value(&mut self) -> Result<Place, Malformed> {
        match self.peek() {
            Some(b'{') => self.open(Kind::Object),
            Some(b'[') => self.open(Kind::Array),
            Some(b'"') => self.string().map(|()| Place::Ended),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| Place::Ended),
            Some(b't') => self.word("true", Kind::Boolean),
            Some(b'f') => self.word("false", Kind::Boolean),
            Some(b'n') => self.word("null", Kind::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn open(&mut self, kind: Kind) -> Result<Place, Malformed> {
        self.builder.open(kind, self.at)?;
        self.at += 1;
        Ok(Place::Opened)
    }

    fn opened(&mut self) -> Result<Place, Malformed> {
        match (self.builder.innermost(), self.peek()) {
            (Some((_, Kind::Object)), Some(b'}')) | (Some((_, Kind::Array)), Some(b']')) => {
                Ok(self.close())
            }
            (Some((_, Kind::Object)), _) => self.name(),
            _ => Ok(Place::Value),
        }
    }

    fn ended(&mut self) -> Result<Place, Malformed> {
        let object = matches!(self.builder.innermost(), Some((_, Kind::Object)));
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                if object {
                    self.name()
                } else {
                    Ok(Place::Value)
                }
            }
            Some(b'}') if object => Ok(self.close()),
            Some(b']') if !object => Ok(self.close()),
            _ if object => Err(self.unexpected("`,` or `}`")),
            _ => Err(self.unexpected("`,` or `]`")),
        }
    }

    fn close(&mut self) -> Place {
        self.at += 1;
        self.builder.close(self.at);
        Place::Ended
    }

    /// A member's name and the colon after it.
    fn name(&mut self) -> Result<Place, Malformed> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in quotation marks"));
        }
        self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(Place::Value)
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Place, Malformed> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        let span = Span::new(self.at, end);
        self.at = end;
        self.builder.scalar(kind, span, span)?;
        Ok(Place::Ended)
    }

    fn number(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or("");
        let length =
            super::print::number_length(rest).ok_or_else(|| self.unexpected("a number"))?;
        self.at += length;
        let span = Span::new(start, self.at);
        self.builder.scalar(Kind::Number, span, span)
    }

    fn string(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        self.at += 1;
        let from = self.builder.pool.len();
        let mut copied = self.at;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.copy(copied);
                    self.escape()?;
                    copied = self.at;
                }
                Some(_) => return Err(self.unexpected("an escape instead of a control character")),
                None => {
                    let message = "a string is not closed".to_owned();
                    return Err(syntax(Span::new(start, start + 1), message));
                }
            }
        }
        let whole = Span::new(start, self.at + 1);
        if copied == start + 1 {
            let value = Span::new(copied, self.at);
            self.at += 1;
            return self.builder.scalar(Kind::String, whole, value);
        }
        self.copy(copied);
        self.at += 1;
        self.builder.pooled(whole, from)
    }

    fn skip_plain(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        let plain = rest.get(..end).unwrap_or_default();
        // The least byte is found many at a time; control characters only if there is one.
        let control = |b: &u8| *b < 0x20;
        self.at += if plain.iter().min().is_some_and(control) {
            plain.iter().position(control).unwrap_or(end)
        } else {
            end
        };
    }

    fn copy(&mut self, from: usize) {
        let plain = self.text.get(from..self.at).unwrap_or("");
        self.builder.pool.push_str(plain);
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        let meant = match self.bytes.get(start + 1) {
            Some(b'u') => return self.unicode_escape(),
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(&same @ (b'"' | b'\\' | b'/')) => char::from(same),
            _ => {
                let message = "an unknown escape in a string".to_owned();
                return Err(syntax(Span::new(start, start + 1), message));
            }
        };
        self.builder.pool.push(meant);
        self.at += 2;
        Ok(())
    }

    /// `\uXXXX`, two of them for a character beyond the first plane. Half a pair becomes U+FFFD.
    fn unicode_escape(&mut self) -> Result<(), Malformed> {
        let first = self.four_digits()?;
        let mut meant = char::from_u32(first);
        let pair_follows = self.bytes.get(self.at..self.at + 2) == Some(b"\\u");
        if (0xd800..0xdc00).contains(&first) && pair_follows {
            let before = self.at;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                meant = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            } else {
                self.at = before;
            }
        }
        self.builder
            .pool
            .push(meant.unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }

    fn four_digits(&mut self) -> Result<u32, Malformed> {
        let digits = self.text.get(self.at + 2..self.at + 6);
        let code = digits
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| {
                let message = "`\\u` is followed by four hexadecimal digits".to_owned();
                syntax(Span::new(self.at, self.at + 2), message)
            })?;
        self.at += 6;
        Ok(code)
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn unexpected(&self, expected: &str) -> Malformed {
        match self.text.get(self.at..).and_then(|t| t.chars().next()) {
            Some(found) if found.is_control() => syntax(
                Span::new(self.at, self.at + found.len_utf8()),
                format!("expected {expected}, found `{}`", found.escape_default()),
            ),
            Some(found) => syntax(
                Span::new(self.at, self.at + found.len_utf8()),
                format!("expected {expected}, found `{found}`"),
            ),
            None => syntax(
                Span::at(self.text.len()),
                format!("expected {expected}, found the end of the text"),
            ),
        }
    }
}

fn syntax(span: Span, message: String) -> Malformed {
    Malformed {
        cause: Cause::Syntax,
        span,
        message,
    }
}
