//! Operators over `T?`: null if an operand is, or what a comparison gives then.

use super::is_comparison;
use crate::ast::BinaryOp;
use crate::bind::Binder;
use crate::bound::{Lifted, Node, Op, WhenNull};
use crate::span::Span;
use crate::types::Type;

impl Binder<'_> {
    /// `left op right` where an operand is of a type `T?`.
    pub(super) fn lifted(&mut self, op: BinaryOp, left: Node, right: Node, span: Span) -> Node {
        let logic = matches!(op, BinaryOp::And | BinaryOp::Or);
        if logic && *left.ty.underlying() == Type::BOOL && *right.ty.underlying() == Type::BOOL {
            let ty = Type::nullable(Type::BOOL);
            return Node::new(Op::Logic(op, Box::new((left, right))), ty, span);
        }
        let (a, b) = (self.temp(), self.temp());
        // A constant stays where it is, so that it can still fit the other operand's type.
        let stand_in = |slot: usize, node: &Node| match node.constant() {
            Some(_) => node.clone(),
            None => Self::local(slot, node.ty.underlying().clone(), node.span),
        };
        let (x, y) = (stand_in(a, &left), stand_in(b, &right));
        let body = self.binary(op, x, y, span);
        if body.ty.is_unknown() {
            return body;
        }
        lift(op, [(a, left), (b, right)], body, span)
    }
}

/// The operator over operands that may be null: `body` reads their values from the slots.
pub(super) fn lift(op: BinaryOp, operands: [(usize, Node); 2], body: Node, span: Span) -> Node {
    let when_null = match op {
        BinaryOp::Equal => WhenNull::Equality(false),
        BinaryOp::NotEqual => WhenNull::Equality(true),
        _ if is_comparison(op) => WhenNull::False,
        _ => WhenNull::Null,
    };
    let ty = if when_null == WhenNull::Null {
        Type::nullable(body.ty.clone())
    } else {
        Type::BOOL
    };
    let lifted = Lifted {
        operands: operands.into(),
        body,
        when_null,
    };
    Node::new(Op::Lifted(Box::new(lifted)), ty, span)
}
