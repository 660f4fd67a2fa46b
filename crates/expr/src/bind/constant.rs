//! Constant folding.

use super::Binder;
use super::operator::is_comparison;
use crate::ast::BinaryOp;
use crate::bound::{Constant, Node, Op};
use crate::eval::{arith, compare};
use crate::exception::Outcome;
use crate::span::Span;
use crate::types::Type;
use crate::value::Value;

impl Binder<'_> {
    /// Computes an operator of two constants now.
    pub(super) fn fold(
        &mut self,
        op: BinaryOp,
        left: &Constant,
        right: &Constant,
        ty: Type,
        span: Span,
    ) -> Node {
        let (a, b) = (left.value(), right.value());
        if is_comparison(op) {
            let value = compare(op, &a, &b);
            return Node::new(Op::Constant(Constant::Bool(value)), Type::BOOL, span);
        }
        self.folded(arith(op, !self.unchecked, &a, &b), ty, span)
    }

    /// The node of a value that was computed now, or the report that it could not be.
    pub(super) fn folded(&mut self, value: Outcome<Value>, ty: Type, span: Span) -> Node {
        match value {
            Ok(value) => match Constant::of(&value) {
                Some(constant) => Node::new(Op::Constant(constant), ty, span),
                None => Node::invalid(span),
            },
            Err(error) if error.type_name() == "System.DivideByZeroException" => {
                self.error("CS0020", span, "division by constant zero");
                Node::new(Op::Invalid, ty, span)
            }
            Err(_) => {
                let message = "the operation overflows at compile time in checked mode";
                self.error("CS0220", span, message);
                Node::new(Op::Invalid, ty, span)
            }
        }
    }
}
