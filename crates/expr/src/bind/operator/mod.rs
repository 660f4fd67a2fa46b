//! Operators: which one is meant, and what must happen to its operands before.
//!
//! [`Binder::binary`] asks in the order of the language: operators that types declare ([`user`]), strings
//! put together, tests for `null`, operators over `T?` ([`lifted`]), then [`number`]s, `bool`
//! ([`logic`]), enumerations and [`equality`]. Operators with one operand stand in [`unary`].

mod concat;
mod equality;
mod lifted;
mod logic;
mod number;
mod unary;
mod user;

use super::Binder;
use crate::ast::{BinaryOp, Expr, ExprKind};
use crate::bound::{Node, Op};
use crate::relations::is_enum;
use crate::span::Span;
use crate::types::Type;

pub(super) use concat::concat;

impl<'x> Binder<'_> {
    /// `a op b`. A chain of operators that group to the left is bound without recursion.
    pub(super) fn bind_operator(
        &mut self,
        op: BinaryOp,
        left: &'x Expr,
        right: &'x Expr,
        span: Span,
    ) -> Node {
        let mut chain = vec![(op, right, span)];
        let mut first = left;
        while let ExprKind::Binary(op, left, right) = &first.kind {
            if matches!(
                op,
                BinaryOp::AndAlso | BinaryOp::OrElse | BinaryOp::Coalesce
            ) {
                break;
            }
            chain.push((*op, right, first.span));
            first = left;
        }
        let mut node = self.bind_value(first);
        for (op, right, span) in chain.into_iter().rev() {
            if !self.charge(span) {
                return Node::invalid(span);
            }
            let right = self.bind_value(right);
            node = self.binary(op, node, right, span);
        }
        node
    }

    /// `left op right` of bound operands.
    pub(super) fn binary(&mut self, op: BinaryOp, left: Node, right: Node, span: Span) -> Node {
        if left.ty.is_unknown() || right.ty.is_unknown() {
            return broken(op, span);
        }
        if left.ty == Type::Void || right.ty == Type::Void {
            self.no_operator(op, &left.ty, &right.ty, span);
            return Node::invalid(span);
        }
        if let Some(node) = self.user_operator(op, &left, &right, span) {
            return node;
        }
        if op == BinaryOp::Add && (left.ty == Type::STRING || right.ty == Type::STRING) {
            return concat(vec![left, right], span);
        }
        if let Some(node) = self.null_test(op, &left, &right, span) {
            return node;
        }
        if matches!(left.ty, Type::Nullable(_)) || matches!(right.ty, Type::Nullable(_)) {
            return self.lifted(op, left, right, span);
        }
        let node = if let (Some(a), Some(b)) = (left.ty.num(), right.ty.num()) {
            self.arithmetic(op, (left.clone(), a), (right.clone(), b), span)
        } else if left.ty == Type::BOOL && right.ty == Type::BOOL {
            logic::boolean(op, &left, &right, span)
        } else if is_enum(&left.ty, self.surface) || is_enum(&right.ty, self.surface) {
            self.enumeration(op, &left, &right, span)
        } else {
            self.equality(op, &left, &right, span)
        };
        node.unwrap_or_else(|| {
            self.no_operator(op, &left.ty, &right.ty, span);
            broken(op, span)
        })
    }

    fn no_operator(&mut self, op: BinaryOp, left: &Type, right: &Type, span: Span) {
        let message = format!(
            "operator `{}` cannot be applied to operands of type `{}` and `{}`",
            op.symbol(),
            self.show(left),
            self.show(right)
        );
        let json = *left == Type::JTOKEN || *right == Type::JTOKEN;
        let object = *left == Type::OBJECT || *right == Type::OBJECT;
        let help = (json || object).then(|| {
            "cast the value to the type you expect first, for instance `(string)` or `(int)`"
                .to_owned()
        });
        self.error_with_help("CS0019", span, message, help);
    }
}

/// What stands for an operator that cannot be applied: the type of a comparison is known all the same.
fn broken(op: BinaryOp, span: Span) -> Node {
    let ty = if is_comparison(op) {
        Type::BOOL
    } else {
        Type::Unknown
    };
    Node::new(Op::Invalid, ty, span)
}

/// Whether the operator gives a `bool`.
pub(super) fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
    )
}
