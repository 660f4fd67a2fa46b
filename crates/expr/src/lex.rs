//! Text → tokens, as C# 7.3 splits it.
//!
//! `>` is always its own token; the parser joins `>>` and `>=` where an operator may stand, so that
//! `List<List<int>>` needs no tricks.

mod number;
mod string;

use crate::span::{Problem, Span};
use crate::types::Num;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// A name; `@` of a verbatim name is gone.
    Name(String),
    /// A reserved word.
    Keyword(&'static str),
    /// A number with its type.
    Number(Number),
    /// A string literal as UTF-16, for `\uD83D` may stand alone.
    Text(Vec<u16>),
    /// A character literal.
    Char(u16),
    /// `$"…"`.
    Interpolated(Vec<Piece>),
    /// An operator or a bracket.
    Punct(&'static str),
    /// Something that is no token; reported already.
    Bad,
    /// The end.
    End,
}

/// A piece of an interpolated string.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// Literal text, escapes resolved.
    Text(Vec<u16>),
    /// `{code,alignment:format}`: where the code (with the alignment) stands, and the format.
    Hole { code: Span, format: Option<String> },
}

/// The value of a numeric literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Integer(u64, Num),
    Float(f32),
    Double(f64),
    Decimal(rust_decimal::Decimal),
}

/// The reserved words of C# 7.3.
const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "base",
    "bool",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "checked",
    "class",
    "const",
    "continue",
    "decimal",
    "default",
    "delegate",
    "do",
    "double",
    "else",
    "enum",
    "event",
    "explicit",
    "extern",
    "false",
    "finally",
    "fixed",
    "float",
    "for",
    "foreach",
    "goto",
    "if",
    "implicit",
    "in",
    "int",
    "interface",
    "internal",
    "is",
    "lock",
    "long",
    "namespace",
    "new",
    "null",
    "object",
    "operator",
    "out",
    "override",
    "params",
    "private",
    "protected",
    "public",
    "readonly",
    "ref",
    "return",
    "sbyte",
    "sealed",
    "short",
    "sizeof",
    "stackalloc",
    "static",
    "string",
    "struct",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "uint",
    "ulong",
    "unchecked",
    "unsafe",
    "ushort",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
];

/// Operators and brackets, longest first. `>`-compounds are missing on purpose.
const PUNCTUATION: &[&str] = &[
    "<<=", "??=", "...", "=>", "==", "!=", "<=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=",
    "%=", "&=", "|=", "^=", "->", "??", "?.", "::", "..", "<<", "(", ")", "[", "]", "{", "}", ".",
    ",", ";", ":", "?", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "=", "<", ">", "#",
];

/// How deep interpolated strings may nest.
const MAX_HOLES: u32 = 8;

/// Splits a text. The last token is [`TokenKind::End`].
pub(crate) fn lex(text: &str, problems: &mut Vec<Problem>) -> Vec<Token> {
    lex_part(text, Span::new(0, text.len()), problems)
}

/// Splits a part of a text; positions stay those of the whole.
pub(crate) fn lex_part(text: &str, part: Span, problems: &mut Vec<Problem>) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        at: part.start as usize,
        end: part.end as usize,
        problems,
        tokens: Vec::new(),
        nesting: 0,
    };
    while lexer.next_token() {}
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    problems: &'a mut Vec<Problem>,
    tokens: Vec<Token>,
    /// How many interpolated strings are open.
    nesting: u32,
}

impl Lexer<'_> {
    /// What has not been read.
    fn rest(&self) -> &str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes `text` if it is next.
    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn eat_while(&mut self, mut accept: impl FnMut(char) -> bool) -> &str {
        let rest = self.text.get(self.at..self.end).unwrap_or_default();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn error(&mut self, code: &'static str, start: usize, message: &str) {
        let span = Span::new(start, self.at);
        self.problems.push(Problem::error(code, span, message));
    }

    fn push(&mut self, start: usize, kind: TokenKind) {
        self.tokens.push(Token {
            kind,
            span: Span::new(start, self.at),
        });
    }

    /// Reads one token; false after the last.
    fn next_token(&mut self) -> bool {
        self.skip_space();
        let start = self.at;
        let Some(first) = self.peek() else {
            self.push(start, TokenKind::End);
            return false;
        };
        let kind = if first.is_ascii_digit() || self.is_fraction() {
            self.number()
        } else if let Some(kind) = self.string_like(first) {
            kind
        } else if is_name_start(first) || self.rest().starts_with("\\u") {
            self.name()
        } else if first == '@' {
            self.bump();
            match self.peek() {
                Some(c) if is_name_start(c) => {
                    TokenKind::Name(self.eat_while(is_name_part).to_owned())
                }
                _ => self.bad(start),
            }
        } else if let Some(punct) = PUNCTUATION.iter().find(|p| self.rest().starts_with(**p)) {
            self.punct(punct)
        } else {
            self.bump();
            self.bad(start)
        };
        self.push(start, kind);
        true
    }

    /// `.5`
    fn is_fraction(&self) -> bool {
        let mut chars = self.rest().chars();
        chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_digit())
    }

    /// `a?.5:b` is a conditional, not a conditional access.
    fn punct(&mut self, punct: &'static str) -> TokenKind {
        let fraction = punct == "?."
            && self
                .rest()
                .chars()
                .nth(2)
                .is_some_and(|c| c.is_ascii_digit());
        let punct = if fraction { "?" } else { punct };
        self.at += punct.len();
        TokenKind::Punct(punct)
    }

    fn bad(&mut self, start: usize) -> TokenKind {
        let found = self.text.get(start..self.at).unwrap_or_default().to_owned();
        self.error("CS1056", start, &format!("unexpected character `{found}`"));
        TokenKind::Bad
    }

    fn skip_space(&mut self) {
        loop {
            self.eat_while(|c| c.is_whitespace() || c == '\u{FEFF}');
            if self.eat("//") {
                self.eat_while(|c| !is_newline(c));
            } else if self.rest().starts_with("/*") {
                let start = self.at;
                let length = self.rest().find("*/");
                self.at = length.map_or(self.end, |n| self.at + n + 2);
                if length.is_none() {
                    self.error("CS1035", start, "end-of-file found, `*/` expected");
                }
            } else {
                return;
            }
        }
    }

    fn name(&mut self) -> TokenKind {
        let mut name = String::new();
        loop {
            name.push_str(self.eat_while(is_name_part));
            if !self.rest().starts_with("\\u") {
                break;
            }
            self.at += 2;
            let digits = self.rest().get(..4).unwrap_or_default().to_owned();
            match u32::from_str_radix(&digits, 16)
                .ok()
                .and_then(char::from_u32)
            {
                Some(c) => name.push(c),
                None => self.error("CS1009", self.at, "unrecognized escape sequence"),
            }
            self.at += digits.len();
        }
        match KEYWORDS.iter().find(|k| **k == name) {
            Some(keyword) => TokenKind::Keyword(keyword),
            None => TokenKind::Name(name),
        }
    }
}

/// The characters that end a line in C#.
fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_name_part(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let mut problems = Vec::new();
        let mut out: Vec<String> = lex(text, &mut problems)
            .into_iter()
            .map(|token| match token.kind {
                TokenKind::Name(name) => format!("n:{name}"),
                TokenKind::Keyword(word) => format!("k:{word}"),
                TokenKind::Number(number) => format!("{number:?}"),
                TokenKind::Text(units) => format!("{:?}", String::from_utf16_lossy(&units)),
                TokenKind::Char(unit) => format!("'{unit}'"),
                TokenKind::Interpolated(pieces) => format!("${}", pieces.len()),
                TokenKind::Punct(punct) => punct.to_owned(),
                TokenKind::Bad => "bad".to_owned(),
                TokenKind::End => ".end".to_owned(),
            })
            .collect();
        out.pop();
        out.extend(problems.iter().map(|p| format!("!{}", p.code)));
        out.join(" ")
    }

    #[test]
    fn splits_tokens() {
        for (text, expect) in [
            ("a.b?.c", "n:a . n:b ?. n:c"),
            ("a?.5:b", "n:a ? Double(0.5) : n:b"),
            ("x >>= y", "n:x > > = n:y"),
            (
                "1_000 0xFFu 1L 2.5 3m",
                "Integer(1000, Int) Integer(255, UInt) Integer(1, Long) Double(2.5) Decimal(3)",
            ),
            ("// c\n/* d */ e", "n:e"),
            ("@class", "n:class"),
            (r#""a\n" 'c' @"b""c""#, r#""a\n" '99' "b\"c""#),
            (r#"$"x{a["k"]:F2}y{{z}}""#, "$3"),
            ("\"abc", "bad !CS1010"),
            ("5.ToString()", "Integer(5, Int) . n:ToString ( )"),
            ("1..2", "Integer(1, Int) .. Integer(2, Int)"),
        ] {
            assert_eq!(show(text), expect, "{text}");
        }
    }
}
