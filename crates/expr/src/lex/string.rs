//! String and character literals: regular, verbatim, interpolated.

use super::{Lexer, MAX_HOLES, Piece, TokenKind, is_newline};
use crate::span::Span;

impl Lexer<'_> {
    /// Reads a literal that begins with a quote, `@"`, `$"`, `$@"`; `None` if there is none here.
    pub(super) fn string_like(&mut self, first: char) -> Option<TokenKind> {
        let start = self.at;
        match first {
            '"' => {
                self.at += 1;
                Some(self.regular(start))
            }
            '\'' => {
                self.at += 1;
                Some(self.character(start))
            }
            '@' if self.eat("@\"") => Some(self.verbatim(start)),
            '$' if self.eat("$\"") => Some(self.interpolated(start, false)),
            '$' if self.eat("$@\"") => Some(self.interpolated(start, true)),
            '@' if self.eat("@$\"") => Some(self.interpolated(start, true)),
            _ => None,
        }
    }

    fn regular(&mut self, start: usize) -> TokenKind {
        let mut units = Vec::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    return TokenKind::Text(units);
                }
                Some('\\') => self.escape(&mut units),
                Some(c) if !is_newline(c) => {
                    self.bump();
                    push(&mut units, c);
                }
                _ => {
                    self.error("CS1010", start, "newline in constant");
                    return TokenKind::Bad;
                }
            }
        }
    }

    fn verbatim(&mut self, start: usize) -> TokenKind {
        let mut units = Vec::new();
        loop {
            if self.eat("\"\"") {
                push(&mut units, '"');
            } else if self.eat("\"") {
                return TokenKind::Text(units);
            } else if let Some(c) = self.bump() {
                push(&mut units, c);
            } else {
                self.error("CS1039", start, "unterminated string literal");
                return TokenKind::Bad;
            }
        }
    }

    fn character(&mut self, start: usize) -> TokenKind {
        let mut units = Vec::new();
        match self.peek() {
            Some('\'') => {
                self.at += 1;
                self.error("CS1011", start, "empty character literal");
                return TokenKind::Char(0);
            }
            Some('\\') => self.escape(&mut units),
            Some(c) if !is_newline(c) => {
                self.bump();
                push(&mut units, c);
            }
            _ => {
                self.error("CS1010", start, "newline in constant");
                return TokenKind::Bad;
            }
        }
        let unit = units.first().copied().unwrap_or_default();
        if self.eat("'") && units.len() == 1 {
            return TokenKind::Char(unit);
        }
        self.eat_while(|c| c != '\'' && !is_newline(c));
        self.eat("'");
        self.error("CS1012", start, "too many characters in character literal");
        TokenKind::Char(unit)
    }

    /// Reads `\…` into units.
    fn escape(&mut self, units: &mut Vec<u16>) {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.bump() else { return };
        let simple = match letter {
            '\'' | '"' | '\\' => Some(letter),
            '0' => Some('\0'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{C}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{B}'),
            _ => None,
        };
        if let Some(c) = simple {
            push(units, c);
            return;
        }
        let (least, most) = match letter {
            'u' => (4, 4),
            'U' => (8, 8),
            'x' => (1, 4),
            _ => (1, 0),
        };
        let mut count = 0;
        let digits = self.eat_while(|c| {
            count += 1;
            count <= most && c.is_ascii_hexdigit()
        });
        let value = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| digits.len() >= least);
        match (value, value.and_then(char::from_u32)) {
            (_, Some(c)) => push(units, c),
            (Some(surrogate), None) if surrogate <= 0xFFFF => {
                units.push(u16::try_from(surrogate).unwrap_or_default());
            }
            _ => self.error("CS1009", start, "unrecognized escape sequence"),
        }
    }

    fn interpolated(&mut self, start: usize, verbatim: bool) -> TokenKind {
        if self.nesting >= MAX_HOLES {
            self.error("CS8078", start, "interpolated strings are nested too deep");
            self.at = self.end;
            return TokenKind::Bad;
        }
        self.nesting += 1;
        let token = self.interpolated_pieces(start, verbatim);
        self.nesting -= 1;
        token
    }

    fn interpolated_pieces(&mut self, start: usize, verbatim: bool) -> TokenKind {
        let mut pieces = Vec::new();
        let mut units = Vec::new();
        loop {
            if self.eat("{{") {
                push(&mut units, '{');
            } else if self.eat("}}") {
                push(&mut units, '}');
            } else if self.eat("{") {
                if !units.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut units)));
                }
                match self.hole(verbatim) {
                    Some(hole) => pieces.push(hole),
                    None => return TokenKind::Bad,
                }
            } else if verbatim && self.eat("\"\"") {
                push(&mut units, '"');
            } else if self.eat("\"") {
                if !units.is_empty() {
                    pieces.push(Piece::Text(units));
                }
                return TokenKind::Interpolated(pieces);
            } else {
                match self.peek() {
                    Some('}') => {
                        self.at += 1;
                        let message = "a `}` character must be escaped (by doubling) in an \
                                       interpolated string";
                        self.error("CS8086", self.at - 1, message);
                    }
                    Some('\\') if !verbatim => self.escape(&mut units),
                    Some(c) if verbatim || !is_newline(c) => {
                        self.bump();
                        push(&mut units, c);
                    }
                    _ => {
                        self.error("CS1010", start, "newline in constant");
                        return TokenKind::Bad;
                    }
                }
            }
        }
    }

    /// Reads a hole after its `{`: the code up to the `:` or `}` that ends it, whatever brackets and
    /// strings stand between.
    fn hole(&mut self, verbatim: bool) -> Option<Piece> {
        let start = self.at;
        let mut depth = 0_u32;
        loop {
            let Some(c) = self.peek().filter(|c| verbatim || !is_newline(*c)) else {
                let message = "missing close delimiter `}` for interpolated expression";
                self.error("CS8076", start, message);
                return None;
            };
            let before = self.problems.len();
            match c {
                '}' if depth == 0 => {
                    let code = Span::new(start, self.at);
                    self.at += 1;
                    return Some(Piece::Hole { code, format: None });
                }
                ':' if depth == 0 => {
                    let code = Span::new(start, self.at);
                    self.at += 1;
                    let format = self.hole_format(verbatim)?;
                    return Some(Piece::Hole {
                        code,
                        format: Some(format),
                    });
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '"' if depth == 0 && self.ends_here() => {
                    let message = "missing close delimiter `}` for interpolated expression";
                    self.error("CS8076", start, message);
                    return None;
                }
                _ => {
                    if self.string_like(c).is_some() {
                        // The code is read again by its own lexer, which reports what is wrong.
                        self.problems.truncate(before);
                        continue;
                    }
                }
            }
            self.bump();
        }
    }

    /// Whether the quote that is next has no partner, so that it closes the interpolated string.
    fn ends_here(&self) -> bool {
        !self
            .rest()
            .chars()
            .skip(1)
            .take_while(|c| !is_newline(*c))
            .any(|c| c == '"')
    }

    fn hole_format(&mut self, verbatim: bool) -> Option<String> {
        let start = self.at;
        let mut units = Vec::new();
        loop {
            match self.peek() {
                Some('}') => {
                    self.at += 1;
                    return Some(String::from_utf16_lossy(&units));
                }
                Some('{') => {
                    self.at += 1;
                    let message = "a `{` character must be escaped (by doubling) in an \
                                   interpolated string";
                    self.error("CS8086", self.at - 1, message);
                }
                Some('\\') if !verbatim => self.escape(&mut units),
                Some(c) if c != '"' && !is_newline(c) => {
                    self.bump();
                    push(&mut units, c);
                }
                _ => {
                    let message = "missing close delimiter `}` for interpolated expression";
                    self.error("CS8076", start, message);
                    return None;
                }
            }
        }
    }
}

fn push(units: &mut Vec<u16>, c: char) {
    units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
}
