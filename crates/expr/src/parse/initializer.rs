//! `new …` and what stands in the braces after it.

use super::Parser;
use super::expression::error;
use crate::ast::{Expr, ExprKind, InitTarget, InitValue, Initializer, TypeRef, TypeRefKind};
use crate::span::Span;

impl Parser<'_> {
    /// Reads what begins with `new`.
    pub(super) fn creation(&mut self) -> Expr {
        let start = self.advance().span;
        if self.is("{") {
            return self.anonymous(start);
        }
        if self.is("[") && self.nth_is(1, "]") {
            self.advance();
            self.advance();
            let items = self.array_items();
            return self.array(start, None, None, Some(items));
        }
        if self.is("(") {
            self.too_new(start, "target-typed object creation");
            let (_, height) = self.arguments("(", ")");
            let span = start.to(self.previous());
            return self.node(ExprKind::Error, span, [height]);
        }
        let ty = self.type_ref();
        self.creation_of(start, ty)
    }

    fn creation_of(&mut self, start: Span, ty: TypeRef) -> Expr {
        if let TypeRefKind::Array(item) = ty.kind {
            if !self.is("{") {
                self.error(
                    "CS1586",
                    ty.span,
                    "array creation must have array size or array initializer",
                );
                return error(ty.span);
            }
            let items = self.array_items();
            return self.array(start, Some(*item), None, Some(items));
        }
        if self.is("[") {
            return self.sized_array(start, ty);
        }
        let mut height = 0;
        let mut arguments = Vec::new();
        let has_arguments = self.is("(");
        if has_arguments {
            (arguments, height) = self.arguments("(", ")");
        }
        let initializer = self.is("{").then(|| self.initializer());
        if !has_arguments && initializer.is_none() {
            self.expected(
                "CS1526",
                "a new expression requires `()`, `[]` or `{}` after the type",
            );
        }
        let height = height.max(initializer.as_ref().map_or(0, Initializer::height));
        let span = start.to(self.previous());
        self.node(ExprKind::New(ty, arguments, initializer), span, [height])
    }

    /// `new T[n]`, `new T[n][]`, `new T[n] {…}`.
    fn sized_array(&mut self, start: Span, mut item: TypeRef) -> Expr {
        self.advance();
        let size = self.expression();
        if self.is(",") {
            let span = self.span();
            self.error(
                "CS0178",
                span,
                "arrays of more than one dimension are not supported",
            );
        }
        self.expect("]");
        while self.is("[") {
            self.advance();
            if !self.is("]") {
                let span = self.span();
                self.error(
                    "CS0178",
                    span,
                    "invalid rank specifier: expected `,` or `]`",
                );
                self.expression();
            }
            self.expect("]");
            let span = item.span;
            item = TypeRef {
                kind: TypeRefKind::Array(Box::new(item)),
                span,
            };
        }
        let items = self.is("{").then(|| self.array_items());
        self.array(start, Some(item), Some(size), items)
    }

    fn array(
        &mut self,
        start: Span,
        item: Option<TypeRef>,
        size: Option<Expr>,
        items: Option<Vec<Expr>>,
    ) -> Expr {
        let heights = items.iter().flatten().chain(&size).map(|e| e.height).max();
        let span = start.to(self.previous());
        let kind = ExprKind::NewArray {
            item,
            size: size.map(Box::new),
            items,
        };
        self.node(kind, span, heights)
    }

    /// `{ a, b, { c } }`: the items of an array.
    pub(super) fn array_items(&mut self) -> Vec<Expr> {
        self.expect("{");
        let mut items = Vec::new();
        while !self.is("}") && !self.at_end() {
            items.push(self.array_item());
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}");
        items
    }

    fn array_item(&mut self) -> Expr {
        if !self.is("{") {
            return self.expression();
        }
        let span = self.span();
        self.error(
            "CS0623",
            span,
            "array initializers can only be used in a variable initializer",
        );
        self.nested(error, |parser| {
            parser.array_items();
            error(span)
        })
    }

    fn anonymous(&mut self, start: Span) -> Expr {
        self.expect("{");
        let mut members = Vec::new();
        while !self.is("}") && !self.at_end() {
            let name = (self.nth_is_any_name(0) && self.nth_is(1, "=")).then(|| {
                let name = self.name();
                self.advance();
                name.text
            });
            members.push((name, self.expression()));
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}");
        let heights: Vec<u32> = members.iter().map(|(_, value)| value.height).collect();
        let span = start.to(self.previous());
        self.node(ExprKind::Anonymous(members), span, heights)
    }

    /// `{ P = v }`, `{ ["k"] = v }`, `{ a, b }`, `{ { k, v } }`.
    pub(super) fn initializer(&mut self) -> Initializer {
        self.nested(|_| Initializer::Object(Vec::new()), Self::initializer_list)
    }

    fn initializer_list(&mut self) -> Initializer {
        self.expect("{");
        let sets = self.is("[") || (self.nth_is_any_name(0) && self.nth_is(1, "=")) || self.is("}");
        let initializer = if sets {
            Initializer::Object(self.sets())
        } else {
            Initializer::Collection(self.elements())
        };
        self.expect("}");
        initializer
    }

    fn sets(&mut self) -> Vec<(InitTarget, InitValue)> {
        let mut sets = Vec::new();
        while !self.is("}") && !self.at_end() {
            let target = if self.is("[") {
                let start = self.span();
                let (arguments, _) = self.arguments("[", "]");
                InitTarget::Index(arguments, start.to(self.previous()))
            } else {
                InitTarget::Member(self.name())
            };
            self.expect("=");
            let value = if self.is("{") {
                InitValue::Nested(self.initializer())
            } else {
                InitValue::Expr(self.expression())
            };
            sets.push((target, value));
            if !self.eat(",") {
                break;
            }
        }
        sets
    }

    fn elements(&mut self) -> Vec<Vec<Expr>> {
        let mut elements = Vec::new();
        while !self.is("}") && !self.at_end() {
            elements.push(if self.is("{") {
                self.array_items()
            } else {
                vec![self.expression()]
            });
            if !self.eat(",") {
                break;
            }
        }
        elements
    }
}

impl Initializer {
    /// How high the highest expression in it is.
    fn height(&self) -> u32 {
        match self {
            Self::Object(sets) => sets
                .iter()
                .map(|(target, value)| {
                    let key = match target {
                        InitTarget::Member(_) => 0,
                        InitTarget::Index(arguments, _) => {
                            arguments.iter().map(|a| a.value.height).max().unwrap_or(0)
                        }
                    };
                    let value = match value {
                        InitValue::Expr(value) => value.height,
                        InitValue::Nested(nested) => nested.height(),
                    };
                    key.max(value) + 1
                })
                .max()
                .unwrap_or(0),
            Self::Collection(elements) => elements
                .iter()
                .flatten()
                .map(|e| e.height)
                .max()
                .unwrap_or(0),
        }
    }
}
