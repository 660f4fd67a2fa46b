//! What a backslash begins: assertions, references to groups, single characters.

use super::{Assertion, Node, Parse, Parser};
use crate::regex::Options;

impl Parser<'_> {
    pub(super) fn escape(&mut self) -> Parse<Node> {
        let Some(c) = self.peek() else {
            return Err(self.invalid("Illegal \\ at end of pattern."));
        };
        let assertion = match c {
            'A' => Some(Assertion::Start),
            'z' => Some(Assertion::End),
            'Z' => Some(Assertion::EndOrFinalNewline),
            'G' => Some(Assertion::Continue),
            'b' => Some(Assertion::Boundary(false, self.options.has(Options::ECMA))),
            'B' => Some(Assertion::Boundary(true, self.options.has(Options::ECMA))),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.at += 1;
            return Ok(Node::Assert(assertion));
        }
        if let Some(class) = self.named_class()? {
            return Ok(Node::Class(class));
        }
        if c == 'k' {
            return self.named_backreference();
        }
        if c.is_ascii_digit() && c != '0' {
            return self.backreference();
        }
        let unit = self.escaped_unit(false)?;
        Ok(self.literal(unit))
    }

    fn backreference(&mut self) -> Parse<Node> {
        let before = self.at;
        let number = self.number().unwrap_or(0) as usize;
        if self.group_number(&number.to_string()).is_some() {
            return Ok(Node::Backreference(number, self.ignore_case()));
        }
        if number > 9 {
            // Too large for a group: an octal escape.
            self.at = before;
            let unit = self.octal();
            return Ok(self.literal(unit));
        }
        Err(self.invalid("Reference to undefined group number."))
    }

    fn named_backreference(&mut self) -> Parse<Node> {
        self.at += 1;
        let close = if self.eat('<') {
            '>'
        } else if self.eat('\'') {
            '\''
        } else {
            return Err(self.invalid("Malformed \\k<...> named back reference."));
        };
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| *c != close) {
            name.push(c);
            self.at += 1;
        }
        self.eat(close);
        match self.group_number(&name) {
            Some(number) => Ok(Node::Backreference(number, self.ignore_case())),
            None => Err(self.invalid("Reference to undefined group name.")),
        }
    }

    fn octal(&mut self) -> u16 {
        let mut value: u16 = 0;
        for _ in 0..3 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            self.at += 1;
            value = value * 8 + u16::try_from(digit).unwrap_or(0);
        }
        value & 0xFF
    }

    fn hex(&mut self, digits: usize) -> Parse<u16> {
        let mut value: u32 = 0;
        for _ in 0..digits {
            let digit = self.peek().and_then(|c| c.to_digit(16));
            let Some(digit) = digit else {
                return Err(self.invalid("Insufficient hexadecimal digits."));
            };
            self.at += 1;
            value = value * 16 + digit;
        }
        Ok(u16::try_from(value).unwrap_or(0))
    }

    /// A single character after a backslash.
    pub(super) fn escaped_unit(&mut self, in_class: bool) -> Parse<u16> {
        let Some(c) = self.peek() else {
            return Err(self.invalid("Illegal \\ at end of pattern."));
        };
        if c == '0' || (in_class && c.is_digit(8)) {
            return Ok(self.octal());
        }
        let unit = self.bump().unwrap_or(0);
        Ok(match c {
            'a' => 7,
            'b' if in_class => 8,
            'e' => 27,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            'c' => {
                let letter = self.bump().unwrap_or(0);
                let upper = crate::casing::upper_unit(letter);
                if !(64..96).contains(&upper) {
                    return Err(self.invalid("Unrecognized control character."));
                }
                upper - 64
            }
            c if c.is_alphanumeric() || c == '_' => {
                return Err(self.invalid("Unrecognized escape sequence."));
            }
            _ => unit,
        })
    }
}
