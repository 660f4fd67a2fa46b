//! Operators of `bool`: `&&`, `||`, `!`, `&`, `|`, `^` and equality.

use crate::ast::{BinaryOp, Expr, ExprKind};
use crate::bind::Binder;
use crate::bound::{Constant, Node, Op};
use crate::span::Span;
use crate::types::Type;

impl<'x> Binder<'_> {
    /// `a && b`, `a || b`.
    pub(in crate::bind) fn bind_logical(
        &mut self,
        op: BinaryOp,
        left: &'x Expr,
        right: &'x Expr,
        span: Span,
    ) -> Node {
        let mut operands = vec![right];
        let mut first = left;
        while let ExprKind::Binary(inner, left, right) = &first.kind {
            if *inner != op {
                break;
            }
            operands.push(right);
            first = left;
        }
        operands.push(first);
        let mut nodes: Vec<Node> = Vec::new();
        for tree in operands.into_iter().rev() {
            if !self.charge(tree.span) {
                return Node::invalid(span);
            }
            let node = self.bind_value(tree);
            let other = nodes_type(&nodes);
            nodes.push(self.logical_operand(op, node, &other));
        }
        let constants: Option<Vec<bool>> = nodes.iter().map(constant_bool).collect();
        let and = op == BinaryOp::AndAlso;
        if let Some(values) = constants {
            let value = if and {
                values.iter().all(|v| *v)
            } else {
                values.iter().any(|v| *v)
            };
            return Node::new(Op::Constant(Constant::Bool(value)), Type::BOOL, span);
        }
        let op = if and {
            Op::All(nodes.into())
        } else {
            Op::Any(nodes.into())
        };
        Node::new(op, Type::BOOL, span)
    }

    fn logical_operand(&mut self, op: BinaryOp, node: Node, other: &Type) -> Node {
        if node.ty == Type::BOOL || node.ty.is_unknown() {
            return node;
        }
        if let Some(conv) = self.implicit(&node.ty, node.constant(), &Type::BOOL) {
            return self.apply(node, &conv, &Type::BOOL);
        }
        let span = node.span;
        self.no_operator(op, other, &node.ty, span);
        Node {
            ty: Type::Unknown,
            ..node
        }
    }
}

pub(super) fn boolean(op: BinaryOp, left: &Node, right: &Node, span: Span) -> Option<Node> {
    let pair = Box::new((left.clone(), right.clone()));
    let node = match op {
        BinaryOp::Equal => Op::ValueEqual(false, pair),
        BinaryOp::NotEqual => Op::ValueEqual(true, pair),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => Op::Logic(op, pair),
        _ => return None,
    };
    if let (Some(a), Some(b)) = (constant_bool(left), constant_bool(right)) {
        let value = match op {
            BinaryOp::Equal => a == b,
            BinaryOp::And => a && b,
            BinaryOp::Or => a || b,
            _ => a != b,
        };
        return Some(Node::new(
            Op::Constant(Constant::Bool(value)),
            Type::BOOL,
            span,
        ));
    }
    Some(Node::new(node, Type::BOOL, span))
}

pub(super) fn negation(node: Node, span: Span) -> Node {
    match constant_bool(&node) {
        Some(value) => Node::new(Op::Constant(Constant::Bool(!value)), Type::BOOL, span),
        None => Node::new(Op::Not(Box::new(node)), Type::BOOL, span),
    }
}

fn constant_bool(node: &Node) -> Option<bool> {
    match node.constant() {
        Some(Constant::Bool(value)) => Some(*value),
        _ => None,
    }
}

/// The type that a chain of `&&` has so far, for messages.
fn nodes_type(nodes: &[Node]) -> Type {
    nodes.last().map_or(Type::BOOL, |node| node.ty.clone())
}
