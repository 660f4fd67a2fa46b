//! Expressions from assignment down to unary operators.

use super::Parser;
use crate::ast::{
    BinaryOp, Expr, ExprKind, FunctionBody, Lambda, Name, Pattern, PatternKind, Query, QueryClause,
    TypeRef, UnaryOp,
};
use crate::lex::TokenKind;
use crate::span::Span;

/// How tightly binary operators bind; higher is tighter.
const RELATIONAL: u8 = 8;
const COALESCE: u8 = 1;

/// `=`, or an operator such as `+=`.
enum AssignOp {
    Plain,
    Compound(BinaryOp),
}

impl AssignOp {
    fn operator(self) -> Option<BinaryOp> {
        match self {
            Self::Plain => None,
            Self::Compound(op) => Some(op),
        }
    }
}

impl Parser<'_> {
    /// Reads an expression.
    pub(crate) fn expression(&mut self) -> Expr {
        self.nested(error, Self::assignment)
    }

    fn assignment(&mut self) -> Expr {
        if let Some(lambda) = self.lambda() {
            return lambda;
        }
        if self.is_query() {
            return self.query();
        }
        if self.is_keyword("throw") {
            let start = self.advance().span;
            let value = self.expression();
            let (span, height) = (start.to(value.span), value.height);
            return self.node(ExprKind::Throw(Box::new(value)), span, [height]);
        }
        let target = self.conditional();
        let Some(op) = self.assignment_operator() else {
            return target;
        };
        let value = self.expression();
        let span = target.span.to(value.span);
        let heights = [target.height, value.height];
        self.node(
            ExprKind::Assign(op.operator(), Box::new(target), Box::new(value)),
            span,
            heights,
        )
    }

    fn assignment_operator(&mut self) -> Option<AssignOp> {
        let TokenKind::Punct(punct) = *self.kind() else {
            return None;
        };
        let op = match punct {
            "=" => AssignOp::Plain,
            "+=" => AssignOp::Compound(BinaryOp::Add),
            "-=" => AssignOp::Compound(BinaryOp::Subtract),
            "*=" => AssignOp::Compound(BinaryOp::Multiply),
            "/=" => AssignOp::Compound(BinaryOp::Divide),
            "%=" => AssignOp::Compound(BinaryOp::Remainder),
            "&=" => AssignOp::Compound(BinaryOp::And),
            "|=" => AssignOp::Compound(BinaryOp::Or),
            "^=" => AssignOp::Compound(BinaryOp::Xor),
            "<<=" => AssignOp::Compound(BinaryOp::ShiftLeft),
            "??=" => {
                let span = self.span();
                self.too_new(span, "coalescing assignment");
                AssignOp::Compound(BinaryOp::Coalesce)
            }
            ">" if self.touches(0)
                && self.nth_is(1, ">")
                && self.touches(1)
                && self.nth_is(2, "=") =>
            {
                self.advance();
                self.advance();
                AssignOp::Compound(BinaryOp::ShiftRight)
            }
            _ => return None,
        };
        self.advance();
        Some(op)
    }

    fn conditional(&mut self) -> Expr {
        let condition = self.binary(COALESCE);
        if !self.is("?") {
            return condition;
        }
        self.advance();
        let yes = self.expression();
        self.expect(":");
        let no = self.expression();
        let span = condition.span.to(no.span);
        let heights = [condition.height, yes.height, no.height];
        let kind = ExprKind::Conditional(Box::new(condition), Box::new(yes), Box::new(no));
        self.node(kind, span, heights)
    }

    /// Reads operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Expr {
        let mut left = self.unary();
        loop {
            if least <= RELATIONAL && (self.is_keyword("is") || self.is_keyword("as")) {
                left = self.type_test(left);
                continue;
            }
            let Some((op, binding, tokens)) = self.binary_operator() else {
                return left;
            };
            if binding < least {
                return left;
            }
            for _ in 0..tokens {
                self.advance();
            }
            // `??` groups to the right and may be followed by `throw`.
            let right = if op == BinaryOp::Coalesce {
                if self.is_keyword("throw") {
                    self.expression()
                } else {
                    self.nested(error, |parser| parser.binary(COALESCE))
                }
            } else {
                self.nested(error, |parser| parser.binary(binding + 1))
            };
            let span = left.span.to(right.span);
            let heights = [left.height, right.height];
            left = self.node(
                ExprKind::Binary(op, Box::new(left), Box::new(right)),
                span,
                heights,
            );
        }
    }

    /// The operator that is next, how tightly it binds, and how many tokens it is.
    fn binary_operator(&self) -> Option<(BinaryOp, u8, usize)> {
        let TokenKind::Punct(punct) = self.kind() else {
            return None;
        };
        Some(match *punct {
            "??" => (BinaryOp::Coalesce, COALESCE, 1),
            "||" => (BinaryOp::OrElse, 2, 1),
            "&&" => (BinaryOp::AndAlso, 3, 1),
            "|" => (BinaryOp::Or, 4, 1),
            "^" => (BinaryOp::Xor, 5, 1),
            "&" => (BinaryOp::And, 6, 1),
            "==" => (BinaryOp::Equal, 7, 1),
            "!=" => (BinaryOp::NotEqual, 7, 1),
            "<" => (BinaryOp::Less, RELATIONAL, 1),
            "<=" => (BinaryOp::LessEqual, RELATIONAL, 1),
            "<<" => (BinaryOp::ShiftLeft, 9, 1),
            "+" => (BinaryOp::Add, 10, 1),
            "-" => (BinaryOp::Subtract, 10, 1),
            "*" => (BinaryOp::Multiply, 11, 1),
            "/" => (BinaryOp::Divide, 11, 1),
            "%" => (BinaryOp::Remainder, 11, 1),
            ">" => return self.greater(),
            _ => return None,
        })
    }

    /// `>`, `>=`, `>>`; none for `>>=`.
    fn greater(&self) -> Option<(BinaryOp, u8, usize)> {
        let touching = self.touches(0);
        if touching && self.nth_is(1, "=") {
            return Some((BinaryOp::GreaterEqual, RELATIONAL, 2));
        }
        if touching && self.nth_is(1, ">") {
            let assigns = self.touches(1) && self.nth_is(2, "=");
            return (!assigns).then_some((BinaryOp::ShiftRight, 9, 2));
        }
        Some((BinaryOp::Greater, RELATIONAL, 1))
    }

    fn type_test(&mut self, value: Expr) -> Expr {
        let height = value.height;
        if self.eat_keyword("as") {
            let ty = self.nested(TypeRef::implied, |p| {
                p.try_type(false).unwrap_or_else(|| p.type_ref())
            });
            let ty = self.nullable_suffix(ty);
            let span = value.span.to(ty.span);
            return self.node(ExprKind::As(Box::new(value), ty), span, [height]);
        }
        self.advance();
        if self.is_name("not") && !self.nth_is(1, ")") {
            let span = self.span();
            self.too_new(span, "not pattern");
            self.advance();
        }
        let pattern = self.pattern(true);
        let span = value.span.to(pattern.span);
        self.node(
            ExprKind::Is(Box::new(value), Box::new(pattern)),
            span,
            [height],
        )
    }

    /// A `?` after a type that is not the beginning of a conditional.
    fn nullable_suffix(&mut self, ty: TypeRef) -> TypeRef {
        let ends = match &self.nth(1).kind {
            TokenKind::Punct(p) => matches!(
                *p,
                ")" | ";" | "," | "]" | "}" | ":" | "==" | "!=" | "&&" | "||" | "??"
            ),
            TokenKind::End => true,
            _ => false,
        };
        if !(self.is("?") && ends) {
            return ty;
        }
        let span = ty.span.to(self.advance().span);
        TypeRef {
            kind: crate::ast::TypeRefKind::Nullable(Box::new(ty)),
            span,
        }
    }

    /// A pattern after `is` or `case`.
    pub(super) fn pattern(&mut self, after_is: bool) -> Pattern {
        let start = self.span();
        let before = self.at;
        let problems = self.problems.len();
        if self.is("{") {
            self.too_new(start, "recursive patterns");
        }
        if let Some(ty) = self.try_type(false) {
            if self.nth_is_any_name(0)
                && !self.is_name("when")
                && !self.is_name("and")
                && !self.is_name("or")
            {
                let name = self.name();
                let span = start.to(name.span);
                return Pattern {
                    kind: PatternKind::Declaration(ty, name),
                    span,
                };
            }
            let constant = matches!(&ty.kind, crate::ast::TypeRefKind::Named(_));
            if after_is && !(constant && (self.is(".") || self.is("("))) {
                let ty = self.nullable_suffix(ty);
                let span = start.to(self.previous());
                return Pattern {
                    kind: PatternKind::Type(ty),
                    span,
                };
            }
        }
        self.at = before;
        self.problems.truncate(problems);
        let value = self.nested(error, |parser| parser.binary(RELATIONAL + 1));
        let span = value.span;
        Pattern {
            kind: PatternKind::Constant(value),
            span,
        }
    }

    pub(super) fn unary(&mut self) -> Expr {
        let start = self.span();
        let op = match self.kind() {
            TokenKind::Punct(p) => match *p {
                "+" => Some(UnaryOp::Plus),
                "-" => Some(UnaryOp::Minus),
                "!" => Some(UnaryOp::Not),
                "~" => Some(UnaryOp::Complement),
                "++" => Some(UnaryOp::PreIncrement),
                "--" => Some(UnaryOp::PreDecrement),
                "^" => {
                    self.too_new(start, "index operator");
                    self.advance();
                    return self.nested(error, Self::unary);
                }
                "&" | "*" => {
                    self.error("CS0227", start, "unsafe code is not allowed");
                    self.advance();
                    return self.nested(error, Self::unary);
                }
                "(" => return self.parenthesis_or_cast(),
                _ => None,
            },
            TokenKind::Name(name) if name == "await" && self.awaits() => {
                self.error(
                    "CS4032",
                    start,
                    "`await` can only be used in an async method",
                );
                self.advance();
                return self.nested(error, Self::unary);
            }
            _ => None,
        };
        let Some(op) = op else { return self.primary() };
        self.advance();
        let operand = self.nested(error, Self::unary);
        let (span, height) = (start.to(operand.span), operand.height);
        self.node(ExprKind::Unary(op, Box::new(operand)), span, [height])
    }

    fn awaits(&self) -> bool {
        matches!(self.nth(1).kind, TokenKind::Name(_) | TokenKind::Keyword(_))
    }

    fn parenthesis_or_cast(&mut self) -> Expr {
        let start = self.span();
        let Some(ty) = self.cast_type() else {
            return self.primary();
        };
        let operand = self.nested(error, Self::unary);
        let (span, height) = (start.to(operand.span), operand.height);
        self.node(ExprKind::Cast(ty, Box::new(operand)), span, [height])
    }

    // === Lambdas ===

    /// Reads a lambda, if one begins here.
    fn lambda(&mut self) -> Option<Expr> {
        let start = self.span();
        if (self.is_name("async")) && (self.nth_is_any_name(1) || self.nth_is(1, "(")) {
            let lambda = self.nth_is(2, "=>") || self.is_lambda_list(1);
            if lambda {
                self.error("CS1983", start, "`async` is not available in expressions");
                self.advance();
            }
        }
        let params = if self.nth_is_any_name(0) && self.nth_is(1, "=>") {
            vec![(None, self.name())]
        } else if self.is("(") && self.is_lambda_list(0) {
            self.lambda_params()
        } else {
            return None;
        };
        self.advance();
        let body = if self.is("{") {
            FunctionBody::Block(self.block())
        } else {
            FunctionBody::Expr(self.expression())
        };
        let height = match &body {
            FunctionBody::Expr(value) => value.height,
            FunctionBody::Block(_) => 1,
        };
        let span = start.to(self.previous());
        Some(self.node(
            ExprKind::Lambda(Box::new(Lambda { params, body })),
            span,
            [height],
        ))
    }

    /// Whether the parenthesis at `ahead` is closed before a `=>`.
    fn is_lambda_list(&self, ahead: usize) -> bool {
        if !self.nth_is(ahead, "(") {
            return false;
        }
        let mut depth = 0_u32;
        // Parameter lists are short; looking further would be quadratic.
        for offset in ahead..ahead + 64 {
            match &self.nth(offset).kind {
                TokenKind::Punct("(") => depth += 1,
                TokenKind::Punct(")") => {
                    depth -= 1;
                    if depth == 0 {
                        return self.nth_is(offset + 1, "=>");
                    }
                }
                TokenKind::Punct("," | "." | "<" | ">" | "[" | "]" | "?") | TokenKind::Name(_) => {}
                TokenKind::Keyword(word)
                    if super::types::PREDEFINED.contains(word)
                        || matches!(*word, "ref" | "out") => {}
                _ => return false,
            }
        }
        false
    }

    fn lambda_params(&mut self) -> Vec<(Option<TypeRef>, Name)> {
        self.advance();
        let mut params = Vec::new();
        while !self.is(")") && !self.at_end() {
            let typed = !(self.nth_is_any_name(0) && (self.nth_is(1, ",") || self.nth_is(1, ")")));
            let ty = typed.then(|| self.type_ref());
            params.push((ty, self.name()));
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")");
        params
    }

    // === Queries ===

    fn is_query(&self) -> bool {
        self.is_name("from") && self.nth_is_any_name(1) && self.nth_is_keyword(2, "in")
    }

    fn query(&mut self) -> Expr {
        let start = self.advance().span;
        let variable = self.name();
        self.eat_keyword("in");
        let source = self.expression();
        let mut clauses = Vec::new();
        let mut height = source.height;
        let select = loop {
            if self.is_name("where") {
                self.advance();
                let condition = self.expression();
                height = height.max(condition.height);
                clauses.push(QueryClause::Where(condition));
            } else if self.is_name("orderby") {
                self.advance();
                let key = self.expression();
                height = height.max(key.height);
                let descending = self.is_name("descending");
                if descending || self.is_name("ascending") {
                    self.advance();
                }
                clauses.push(QueryClause::OrderBy(key, descending));
            } else if self.is_name("select") {
                self.advance();
                break self.expression();
            } else {
                self.expected(
                    "CS0742",
                    "a query body must end with a select clause or a group clause",
                );
                break error(self.span());
            }
        };
        let height =
            height.max(select.height) + u32::try_from(clauses.len()).unwrap_or(u32::MAX / 2);
        let span = start.to(select.span);
        let query = Query {
            variable,
            source,
            clauses,
            select,
        };
        self.node(ExprKind::Query(Box::new(query)), span, [height])
    }
}

/// What stands where no expression could be read.
pub(super) fn error(span: Span) -> Expr {
    Expr {
        kind: ExprKind::Error,
        span,
        height: 1,
    }
}
