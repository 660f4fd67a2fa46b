//! Operators of numbers and enumerations: promotions, shifts, constants.

use super::is_comparison;
use crate::ast::BinaryOp;
use crate::bind::Binder;
use crate::bound::{Arith, Constant, Convert, Node, Op};
use crate::relations::enum_type;
use crate::span::Span;
use crate::types::{Num, Type};

impl Binder<'_> {
    pub(super) fn arithmetic(
        &mut self,
        op: BinaryOp,
        left: (Node, Num),
        right: (Node, Num),
        span: Span,
    ) -> Option<Node> {
        if matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight) {
            return self.shift(op, left, right, span);
        }
        let num = promote(&left, &right)?;
        let bitwise = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if bitwise && !num.is_integral() {
            return None;
        }
        let left = self.numeric_operand(left.0, num);
        let right = self.numeric_operand(right.0, num);
        Some(self.arith_node(op, num, left, right, span))
    }

    pub(super) fn numeric_operand(&mut self, node: Node, num: Num) -> Node {
        let ty = num.ty();
        match self.implicit(&node.ty, node.constant(), &ty) {
            Some(conv) => self.apply(node, &conv, &ty),
            None => node,
        }
    }

    fn shift(
        &mut self,
        op: BinaryOp,
        left: (Node, Num),
        right: (Node, Num),
        span: Span,
    ) -> Option<Node> {
        if !left.1.is_integral() || !right.1.widens_to(Num::Int) {
            return None;
        }
        let num = left.1.max(Num::Int);
        let left = self.numeric_operand(left.0, num);
        let right = self.numeric_operand(right.0, Num::Int);
        Some(self.arith_node(op, num, left, right, span))
    }

    fn arith_node(&mut self, op: BinaryOp, num: Num, left: Node, right: Node, span: Span) -> Node {
        let ty = if is_comparison(op) {
            Type::BOOL
        } else {
            num.ty()
        };
        if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
            return self.fold(op, &a.clone(), &b.clone(), ty, span);
        }
        let zero = matches!(right.constant(), Some(c) if c.value().as_integer() == Some(0));
        if zero && num.is_integral() && matches!(op, BinaryOp::Divide | BinaryOp::Remainder) {
            self.error("CS0020", span, "division by constant zero");
        }
        let arith = Arith {
            op,
            checked: self.checked,
            left,
            right,
        };
        let op = if is_comparison(op) {
            Op::Compare(arith.into())
        } else {
            Op::Arith(arith.into())
        };
        Node::new(op, ty, span)
    }

    pub(super) fn enumeration(
        &mut self,
        op: BinaryOp,
        left: &Node,
        right: &Node,
        span: Span,
    ) -> Option<Node> {
        let of =
            enum_type(&left.ty, self.surface).or_else(|| enum_type(&right.ty, self.surface))?;
        let ty = of.ty();
        let zero = |node: &Node| matches!(node.constant(), Some(Constant::Int(0)));
        let number = |node: &Node| {
            if node.ty.num().is_some() {
                return node.clone();
            }
            if let Some(Constant::Enum(_, number)) = node.constant() {
                return Node::new(Op::Constant(Constant::Int(*number)), Type::INT, node.span);
            }
            let convert = Op::Convert(Box::new(node.clone()), Convert::FromEnum(Num::Int));
            Node::new(convert, Type::INT, node.span)
        };
        let same = (left.ty == right.ty) || zero(left) || zero(right);
        let with_int = left.ty == Type::INT || right.ty == Type::INT;
        let bitwise = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if is_comparison(op) && same {
            return Some(self.arith_node(op, Num::Int, number(left), number(right), span));
        }
        if op == BinaryOp::Subtract && left.ty == right.ty {
            return Some(self.arith_node(op, Num::Int, number(left), number(right), span));
        }
        let shifted = matches!(op, BinaryOp::Add | BinaryOp::Subtract) && with_int;
        if (bitwise && same) || shifted {
            let node = self.arith_node(op, Num::Int, number(left), number(right), span);
            if let Some(Constant::Int(value)) = node.constant() {
                return Some(Node::new(
                    Op::Constant(Constant::Enum(of, *value)),
                    ty,
                    span,
                ));
            }
            return Some(Node::new(
                Op::Convert(Box::new(node), Convert::ToEnum(of)),
                ty,
                span,
            ));
        }
        None
    }
}

/// The type in which two numbers are computed with.
fn promote(left: &(Node, Num), right: &(Node, Num)) -> Option<Num> {
    let (a, b) = (left.1, right.1);
    let has = |num: Num| a == num || b == num;
    if has(Num::Decimal) {
        return (!has(Num::Float) && !has(Num::Double)).then_some(Num::Decimal);
    }
    if has(Num::Double) {
        return Some(Num::Double);
    }
    if has(Num::Float) {
        return Some(Num::Float);
    }
    let positive = |node: &Node| {
        node.constant()
            .and_then(|c| c.value().as_integer())
            .is_some_and(|n| n >= 0)
    };
    let signed = |side: &(Node, Num)| {
        matches!(side.1, Num::SByte | Num::Short | Num::Int | Num::Long) && !positive(&side.0)
    };
    if has(Num::ULong) {
        return (!signed(left) && !signed(right)).then_some(Num::ULong);
    }
    if has(Num::Long) {
        return Some(Num::Long);
    }
    if has(Num::UInt) {
        return Some(if signed(left) || signed(right) {
            Num::Long
        } else {
            Num::UInt
        });
    }
    Some(Num::Int)
}
