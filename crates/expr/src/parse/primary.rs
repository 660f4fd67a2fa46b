//! Primary expressions: literals, names, calls, `new`, and what hangs on them.

use super::Parser;
use super::expression::error;
use super::types::PREDEFINED;
use crate::ast::{
    Argument, ArgumentMode, Expr, ExprKind, InterpolationPart, Literal, Name, SimpleName, TypeRef,
    UnaryOp,
};
use crate::lex::{Piece, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Expr {
        let start = self.atom();
        self.suffixes(start)
    }

    /// `.a`, `(…)`, `[…]`, `++`, `?.…` after a primary expression.
    fn suffixes(&mut self, mut value: Expr) -> Expr {
        loop {
            let height = value.height;
            if self.is("?.")
                || (self.is("?") && self.nth_is(1, "[") && self.indexes_conditionally())
            {
                return self.conditional_access(value);
            }
            value = if self.eat(".") {
                let name = self.simple_name();
                let span = value.span.to(self.previous());
                self.node(ExprKind::Member(Box::new(value), name), span, [height])
            } else if self.is("(") {
                let (arguments, deep) = self.arguments("(", ")");
                let span = value.span.to(self.previous());
                self.node(
                    ExprKind::Call(Box::new(value), arguments),
                    span,
                    [height, deep],
                )
            } else if self.is("[") {
                let (arguments, deep) = self.arguments("[", "]");
                let span = value.span.to(self.previous());
                self.node(
                    ExprKind::Index(Box::new(value), arguments),
                    span,
                    [height, deep],
                )
            } else if self.is("++") || self.is("--") {
                let plus = self.is("++");
                let span = value.span.to(self.advance().span);
                let op = if plus {
                    UnaryOp::PostIncrement
                } else {
                    UnaryOp::PostDecrement
                };
                self.node(ExprKind::Unary(op, Box::new(value)), span, [height])
            } else if self.is("..") {
                let span = self.advance().span;
                self.too_new(span, "range operator");
                self.nested(error, Self::unary)
            } else if self.is("!") && !matches!(self.nth(1).kind, TokenKind::Punct("=")) {
                let span = self.advance().span;
                self.too_new(span, "nullable reference types");
                value
            } else if self.is_keyword("switch") && self.nth_is(1, "{") {
                let span = self.span();
                self.too_new(span, "recursive patterns");
                self.skip_braces();
                value
            } else {
                return value;
            };
        }
    }

    /// Whether `?[` is an index and not the beginning of `c ? [a] : b`, which C# 7 has not.
    fn indexes_conditionally(&self) -> bool {
        self.touches(0)
    }

    /// Takes what stands between braces.
    fn skip_braces(&mut self) {
        self.advance();
        let mut depth = 0_u32;
        while !self.at_end() {
            if self.is("{") {
                depth += 1;
            } else if self.is("}") {
                depth = depth.saturating_sub(1);
            }
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    /// `value?.a.b` is `value` and the access `.a.b`.
    fn conditional_access(&mut self, value: Expr) -> Expr {
        let start = self.span();
        let binding = if self.eat("?.") {
            let name = self.simple_name();
            let span = start.to(self.previous());
            self.node(ExprKind::MemberBinding(name), span, [])
        } else {
            self.advance();
            let (arguments, deep) = self.arguments("[", "]");
            let span = start.to(self.previous());
            self.node(ExprKind::ElementBinding(arguments), span, [deep])
        };
        let access = self.nested(error, |parser| parser.suffixes(binding));
        let span = value.span.to(access.span);
        let heights = [value.height, access.height];
        self.node(
            ExprKind::ConditionalAccess(Box::new(value), Box::new(access)),
            span,
            heights,
        )
    }

    fn atom(&mut self) -> Expr {
        let span = self.span();
        let literal = |literal| ExprKind::Literal(literal);
        let kind = match self.kind().clone() {
            TokenKind::Number(number) => literal(Literal::Number(number)),
            TokenKind::Text(units) => literal(Literal::Text(units)),
            TokenKind::Char(unit) => literal(Literal::Char(unit)),
            TokenKind::Interpolated(pieces) => return self.interpolated(pieces),
            TokenKind::Name(_) => {
                let name = self.simple_name();
                let span = span.to(self.previous());
                return self.node(ExprKind::Name(name), span, []);
            }
            TokenKind::Keyword(word) => return self.keyword(word),
            TokenKind::Punct("(") => return self.parenthesized(),
            TokenKind::Bad => ExprKind::Error,
            _ => {
                let what = self
                    .text
                    .get(span.start as usize..span.end as usize)
                    .unwrap_or_default();
                let message = if what.is_empty() {
                    "expression expected".to_owned()
                } else {
                    format!("invalid expression term `{what}`")
                };
                let code = if what.is_empty() { "CS1733" } else { "CS1525" };
                self.expected(code, &message);
                return error(span);
            }
        };
        self.advance();
        self.node(kind, span, [])
    }

    fn keyword(&mut self, word: &'static str) -> Expr {
        let span = self.span();
        let kind = match word {
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "null" => ExprKind::Literal(Literal::Null),
            "this" | "base" => ExprKind::This,
            "new" => return self.creation(),
            "typeof" => {
                self.advance();
                self.expect("(");
                let ty = self.type_ref();
                self.expect(")");
                let span = span.to(self.previous());
                return self.node(ExprKind::Typeof(ty), span, []);
            }
            "default" => {
                self.advance();
                let ty = self.is("(").then(|| {
                    self.advance();
                    let ty = self.type_ref();
                    self.expect(")");
                    ty
                });
                let span = span.to(self.previous());
                return self.node(ExprKind::Default(ty), span, []);
            }
            "checked" | "unchecked" => {
                self.advance();
                self.expect("(");
                let value = self.expression();
                self.expect(")");
                let (span, height) = (span.to(self.previous()), value.height);
                let kind = ExprKind::Checked(word == "checked", Box::new(value));
                return self.node(kind, span, [height]);
            }
            word if PREDEFINED.contains(&word) => ExprKind::Predefined(word),
            _ => {
                self.expected("CS1525", &format!("invalid expression term `{word}`"));
                return error(span);
            }
        };
        self.advance();
        self.node(kind, span, [])
    }

    /// `(value)` or `(a, b)` or `(int a, string b)`.
    fn parenthesized(&mut self) -> Expr {
        let start = self.advance().span;
        let first = self.tuple_element();
        if !self.is(",") {
            self.expect(")");
            let (span, height) = (start.to(self.previous()), first.height);
            return self.node(ExprKind::Parenthesized(Box::new(first)), span, [height]);
        }
        let mut items = vec![first];
        while self.eat(",") {
            items.push(self.tuple_element());
        }
        self.expect(")");
        let heights: Vec<u32> = items.iter().map(|item| item.height).collect();
        let span = start.to(self.previous());
        self.node(ExprKind::Tuple(items), span, heights)
    }

    fn tuple_element(&mut self) -> Expr {
        let (before, problems) = (self.at, self.problems.len());
        let start = self.span();
        if let Some(ty) = self.try_type(true)
            && self.nth_is_any_name(0)
            && (self.nth_is(1, ",") || self.nth_is(1, ")"))
        {
            let name = self.name();
            let span = start.to(name.span);
            return self.node(ExprKind::Declaration(ty, name), span, []);
        }
        self.at = before;
        self.problems.truncate(problems);
        if self.nth_is_any_name(0) && self.nth_is(1, ":") {
            self.advance();
            self.advance();
        }
        self.expression()
    }

    fn interpolated(&mut self, pieces: Vec<Piece>) -> Expr {
        let span = self.advance().span;
        let mut parts = Vec::new();
        let mut height = 0;
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(units) => InterpolationPart::Text(units),
                Piece::Hole { code, format } => {
                    let (value, alignment) =
                        self.nested(|span| (error(span), None), |parser| parser.part(code, hole));
                    height = height.max(value.height);
                    InterpolationPart::Hole {
                        value: Box::new(value),
                        alignment: alignment.map(Box::new),
                        format,
                    }
                }
            });
        }
        self.node(ExprKind::Interpolated(parts), span, [height])
    }

    // === Arguments ===

    /// Reads `(a, name: b, out c)`; also how high the highest is.
    pub(super) fn arguments(
        &mut self,
        open: &'static str,
        close: &'static str,
    ) -> (Vec<Argument>, u32) {
        self.expect(open);
        let mut arguments = Vec::new();
        if !self.is(close) {
            loop {
                arguments.push(self.argument());
                if !self.eat(",") {
                    break;
                }
            }
        }
        self.expect(close);
        let height = arguments.iter().map(|a| a.value.height).max().unwrap_or(0);
        (arguments, height)
    }

    fn argument(&mut self) -> Argument {
        let named = self.nth_is_any_name(0) && self.nth_is(1, ":");
        let name = named.then(|| {
            let name = self.name();
            self.advance();
            name
        });
        let mode = if self.eat_keyword("out") {
            ArgumentMode::Out
        } else if self.eat_keyword("ref") {
            ArgumentMode::Ref
        } else {
            self.eat_keyword("in");
            ArgumentMode::Value
        };
        let value = if mode == ArgumentMode::Out {
            self.out_argument()
        } else {
            self.expression()
        };
        Argument { name, mode, value }
    }

    /// `x`, `var x`, `T x` after `out`.
    fn out_argument(&mut self) -> Expr {
        let start = self.span();
        let (before, problems) = (self.at, self.problems.len());
        if let Some(ty) = self.try_type(true)
            && self.nth_is_any_name(0)
        {
            let name = self.name();
            let span = start.to(name.span);
            return self.node(ExprKind::Declaration(ty, name), span, []);
        }
        self.at = before;
        self.problems.truncate(problems);
        self.expression()
    }
}

impl SimpleName {
    /// A name without type arguments.
    pub(crate) fn plain(text: &str, span: Span) -> Self {
        Self {
            text: text.to_owned(),
            span,
            arguments: Vec::new(),
        }
    }
}

impl From<Name> for SimpleName {
    fn from(name: Name) -> Self {
        Self {
            text: name.text,
            span: name.span,
            arguments: Vec::new(),
        }
    }
}

/// Used where a type is needed for an error's sake.
impl From<Span> for TypeRef {
    fn from(span: Span) -> Self {
        Self::implied(span)
    }
}

/// The code of a hole: `value` or `value,alignment`.
fn hole(parser: &mut Parser<'_>) -> (Expr, Option<Expr>) {
    let value = parser.expression();
    let alignment = parser.eat(",").then(|| parser.expression());
    if !parser.at_end() {
        parser.expected(
            "CS8076",
            "missing close delimiter `}` for interpolated expression",
        );
    }
    (value, alignment)
}
