//! Tokens → syntax tree, reporting every problem it can find and going on.

mod expression;
mod initializer;
mod primary;
mod statement;
mod types;

pub(crate) use types::PREDEFINED;

use crate::ast::{Block, Expr, ExprKind, Name};
use crate::lex::{Token, TokenKind, lex, lex_part};
use crate::limits::{MAX_HEIGHT, MAX_NESTING};
use crate::span::{Problem, Span};

/// Reads the text between `@(` and `)`.
pub(crate) fn parse_expression(text: &str, problems: &mut Vec<Problem>) -> Expr {
    let tokens = lex(text, problems);
    let mut parser = Parser::new(text, tokens, problems);
    let value = parser.expression();
    if !parser.at_end() {
        parser.expected("CS1002", "`;` or the end of the expression expected");
    }
    value
}

/// Reads the text between `@{` and `}`.
pub(crate) fn parse_block(text: &str, problems: &mut Vec<Problem>) -> Block {
    let tokens = lex(text, problems);
    let mut parser = Parser::new(text, tokens, problems);
    let statements = parser.statements();
    while !parser.at_end() {
        parser.expected("CS1513", "the block ends before this");
        parser.advance();
    }
    Block {
        statements,
        span: Span::new(0, text.len()),
    }
}

/// Reads tokens one after the other.
pub(crate) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    nesting: u32,
    /// Whether a problem about nesting was reported; one is enough.
    too_deep: bool,
    problems: &'a mut Vec<Problem>,
    end: Token,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, tokens: Vec<Token>, problems: &'a mut Vec<Problem>) -> Self {
        let end = Token {
            kind: TokenKind::End,
            span: Span::new(text.len(), text.len()),
        };
        Self {
            text,
            tokens,
            at: 0,
            nesting: 0,
            too_deep: false,
            problems,
            end,
        }
    }

    // === Looking ===

    fn nth(&self, ahead: usize) -> &Token {
        self.tokens.get(self.at + ahead).unwrap_or(&self.end)
    }

    fn kind(&self) -> &TokenKind {
        &self.nth(0).kind
    }

    pub(crate) fn span(&self) -> Span {
        self.nth(0).span
    }

    /// The span of the token before.
    fn previous(&self) -> Span {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(self.end.span, |token| token.span)
    }

    pub(crate) fn at_end(&self) -> bool {
        matches!(self.kind(), TokenKind::End)
    }

    pub(crate) fn is(&self, punct: &str) -> bool {
        self.nth_is(0, punct)
    }

    fn nth_is(&self, ahead: usize, punct: &str) -> bool {
        matches!(&self.nth(ahead).kind, TokenKind::Punct(p) if *p == punct)
    }

    fn is_keyword(&self, word: &str) -> bool {
        self.nth_is_keyword(0, word)
    }

    fn nth_is_keyword(&self, ahead: usize, word: &str) -> bool {
        matches!(&self.nth(ahead).kind, TokenKind::Keyword(k) if *k == word)
    }

    fn is_name(&self, text: &str) -> bool {
        matches!(self.kind(), TokenKind::Name(n) if n == text)
    }

    fn nth_is_any_name(&self, ahead: usize) -> bool {
        matches!(self.nth(ahead).kind, TokenKind::Name(_))
    }

    /// Whether the next token follows the one before it without a gap.
    fn touches(&self, ahead: usize) -> bool {
        self.nth(ahead).span.end == self.nth(ahead + 1).span.start
    }

    // === Taking ===

    pub(crate) fn advance(&mut self) -> Token {
        let token = self.nth(0).clone();
        if self.at < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    pub(crate) fn eat(&mut self, punct: &str) -> bool {
        let found = self.is(punct);
        if found {
            self.at += 1;
        }
        found
    }

    pub(crate) fn eat_keyword(&mut self, word: &str) -> bool {
        let found = self.is_keyword(word);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes a bracket or reports that it is missing.
    fn expect(&mut self, punct: &'static str) -> bool {
        if self.eat(punct) {
            return true;
        }
        let code = match punct {
            ";" => "CS1002",
            ")" => "CS1026",
            "}" => "CS1513",
            "{" => "CS1514",
            _ => "CS1003",
        };
        self.expected(code, &format!("`{punct}` expected"));
        false
    }

    pub(crate) fn name(&mut self) -> Name {
        let span = self.span();
        if let TokenKind::Name(text) = self.kind() {
            let text = text.clone();
            self.at += 1;
            return Name { text, span };
        }
        self.expected("CS1001", "identifier expected");
        Name {
            text: String::new(),
            span,
        }
    }

    // === Reporting ===

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::error(code, span, message));
    }

    /// Reports what is missing at the next token, unless something was reported there already.
    fn expected(&mut self, code: &'static str, message: &str) {
        let span = self.span();
        let bad = matches!(self.kind(), TokenKind::Bad);
        if bad || self.problems.iter().any(|p| p.span.start == span.start) {
            if self.problems.is_empty() {
                self.error(code, span, message);
            }
            return;
        }
        self.error(code, span, message);
    }

    /// Reports a feature of a later language version.
    fn too_new(&mut self, span: Span, feature: &str) {
        let message = format!("feature `{feature}` is not available in C# 7.3");
        self.error("CS8370", span, message);
    }

    // === Nesting ===

    /// Runs a part of the grammar one level deeper; `fallback` when that is too deep.
    fn nested<T>(
        &mut self,
        fallback: impl FnOnce(Span) -> T,
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.nesting >= MAX_NESTING {
            let span = self.span();
            self.report_depth(span);
            self.at = self.tokens.len();
            return fallback(span);
        }
        self.nesting += 1;
        let result = run(self);
        self.nesting -= 1;
        result
    }

    fn report_depth(&mut self, span: Span) {
        if !self.too_deep {
            self.too_deep = true;
            self.error(
                "CS8078",
                span,
                "an expression is too long or complex to compile",
            );
        }
    }

    /// Makes an expression of parts with these heights.
    fn node(&mut self, kind: ExprKind, span: Span, parts: impl IntoIterator<Item = u32>) -> Expr {
        let height = parts.into_iter().max().unwrap_or(0) + 1;
        if height > MAX_HEIGHT {
            self.report_depth(span);
            self.at = self.tokens.len();
            return Expr {
                kind: ExprKind::Error,
                span,
                height: 1,
            };
        }
        Expr { kind, span, height }
    }

    /// Reads the code of a hole of an interpolated string.
    fn part<T>(&mut self, part: Span, read: impl FnOnce(&mut Parser<'_>) -> T) -> T {
        let tokens = lex_part(self.text, part, self.problems);
        let end = Token {
            kind: TokenKind::End,
            span: Span::new(part.end as usize, part.end as usize),
        };
        let mut parser = Parser {
            text: self.text,
            tokens,
            at: 0,
            nesting: self.nesting,
            too_deep: self.too_deep,
            problems: &mut *self.problems,
            end,
        };
        let result = read(&mut parser);
        self.too_deep = parser.too_deep;
        result
    }
}

// === For signatures ===

impl Parser<'_> {
    /// Whether the next token is that name.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.is_name(word)
    }

    /// The type parameters of a method whose signature begins here: `Result Name<T, U>(…)`.
    pub(crate) fn look_for_type_params(&mut self) -> Vec<std::sync::Arc<str>> {
        let before = self.at;
        if !self.eat_keyword("void") {
            self.type_ref();
        }
        let mut found = Vec::new();
        if self.nth_is_any_name(0) && self.nth_is(1, "<") {
            self.advance();
            self.advance();
            while self.nth_is_any_name(0) {
                found.push(self.name().text.into());
                self.eat(",");
            }
        }
        self.at = before;
        found
    }

    /// The symbol after `operator`.
    pub(crate) fn operator_symbol(&mut self) -> String {
        let mut symbol = String::new();
        while let TokenKind::Punct(punct) = *self.kind() {
            if punct == "(" {
                break;
            }
            symbol.push_str(punct);
            self.advance();
        }
        symbol
    }

    /// Whether a parameter list begins here whose first parameter is `this`.
    pub(crate) fn is_extension(&self) -> bool {
        self.is("(") && self.nth_is_keyword(1, "this")
    }
}
