//! Operators with one operand.

use super::logic::negation;
use crate::ast::{Expr, ExprKind, Literal, UnaryOp};
use crate::bind::Binder;
use crate::bound::{Constant, Convert, Lifted, Node, Op, WhenNull};
use crate::lex::Number;
use crate::relations::enum_type;
use crate::span::Span;
use crate::types::{Num, Type};

impl<'x> Binder<'_> {
    /// `op a`, `a++`.
    pub(in crate::bind) fn bind_unary(
        &mut self,
        op: UnaryOp,
        operand: &'x Expr,
        span: Span,
    ) -> Node {
        match op {
            UnaryOp::PreIncrement
            | UnaryOp::PreDecrement
            | UnaryOp::PostIncrement
            | UnaryOp::PostDecrement => return self.bind_increment(op, operand, span),
            UnaryOp::Minus => {
                if let Some(node) = smallest_integer(operand, span) {
                    return node;
                }
            }
            _ => {}
        }
        let node = self.bind_value(operand);
        self.unary(op, node, span)
    }

    fn unary(&mut self, op: UnaryOp, node: Node, span: Span) -> Node {
        if node.ty.is_unknown() {
            let ty = if op == UnaryOp::Not {
                Type::BOOL
            } else {
                Type::Unknown
            };
            return Node::new(Op::Invalid, ty, span);
        }
        let members = self.operators(op.symbol(), &[&node.ty], 1);
        if let Some(member) = self.best_operator(&members, &[&node]) {
            return self.operator_call(&member, vec![node], span);
        }
        if let Type::Nullable(inner) = &node.ty {
            let slot = self.temp();
            let value = Self::local(slot, (**inner).clone(), node.span);
            let body = self.unary(op, value, span);
            if body.ty.is_unknown() {
                return body;
            }
            let ty = Type::nullable(body.ty.clone());
            let operands = [(slot, node)].into();
            let lifted = Lifted {
                operands,
                body,
                when_null: WhenNull::Null,
            };
            return Node::new(Op::Lifted(Box::new(lifted)), ty, span);
        }
        let done = match op {
            UnaryOp::Not => (node.ty == Type::BOOL).then(|| negation(node.clone(), span)),
            UnaryOp::Complement => self.complement(&node, span),
            UnaryOp::Minus => self.minus(&node, span),
            _ => node
                .ty
                .num()
                .map(|num| self.numeric_operand(node.clone(), num.max(Num::Int))),
        };
        done.unwrap_or_else(|| {
            let message = format!(
                "operator `{}` cannot be applied to operand of type `{}`",
                op.symbol(),
                self.show(&node.ty)
            );
            self.error("CS0023", span, message);
            Node::new(
                Op::Invalid,
                if op == UnaryOp::Not {
                    Type::BOOL
                } else {
                    Type::Unknown
                },
                span,
            )
        })
    }

    fn minus(&mut self, node: &Node, span: Span) -> Option<Node> {
        let num = match node.ty.num()? {
            Num::ULong => return None,
            Num::UInt => Num::Long,
            num => num.max(Num::Int),
        };
        let operand = self.numeric_operand(node.clone(), num);
        let checked = self.checked;
        if let Some(constant) = operand.constant() {
            let negated = crate::eval::negate(&constant.value(), !self.unchecked);
            return Some(self.folded(negated, num.ty(), span));
        }
        Some(Node::new(
            Op::Negate(Box::new(operand), checked),
            num.ty(),
            span,
        ))
    }

    fn complement(&mut self, node: &Node, span: Span) -> Option<Node> {
        if let Some(of) = enum_type(&node.ty, self.surface) {
            let number = Op::Convert(Box::new(node.clone()), Convert::FromEnum(Num::Int));
            let number = Node::new(number, Type::INT, span);
            let op = Op::Complement(Box::new(number));
            let node = Node::new(op, Type::INT, span);
            return Some(Node::new(
                Op::Convert(Box::new(node), Convert::ToEnum(of)),
                of.ty(),
                span,
            ));
        }
        let num = node.ty.num().filter(|num| num.is_integral())?.max(Num::Int);
        let operand = self.numeric_operand(node.clone(), num);
        if let Some(constant) = operand.constant() {
            let value = crate::eval::complement(&constant.value());
            return Some(self.folded(value, num.ty(), span));
        }
        Some(Node::new(Op::Complement(Box::new(operand)), num.ty(), span))
    }
}

/// `-2147483648` and `-9223372036854775808`: the number alone would not fit.
fn smallest_integer(operand: &Expr, span: Span) -> Option<Node> {
    let ExprKind::Literal(Literal::Number(Number::Integer(value, _))) = operand.kind else {
        return None;
    };
    let (constant, ty) = match value {
        2_147_483_648 => (Constant::Int(i32::MIN), Type::INT),
        9_223_372_036_854_775_808 => (Constant::Long(i64::MIN), Type::LONG),
        _ => return None,
    };
    Some(Node::new(Op::Constant(constant), ty, span))
}
