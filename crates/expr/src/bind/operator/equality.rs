//! `==` and `!=` of what is neither number, `bool` nor enumeration.

use crate::ast::BinaryOp;
use crate::bind::Binder;
use crate::bind::conversion::Conv;
use crate::bound::{Constant, Node, Op};
use crate::relations::{can_be_null, is_value_type};
use crate::span::{Problem, Span};
use crate::types::Type;

impl Binder<'_> {
    /// `== null` and `!= null`.
    pub(super) fn null_test(
        &mut self,
        op: BinaryOp,
        left: &Node,
        right: &Node,
        span: Span,
    ) -> Option<Node> {
        let negated = match op {
            BinaryOp::Equal => false,
            BinaryOp::NotEqual => true,
            _ => return None,
        };
        if !left.is_null() && !right.is_null() {
            return None;
        }
        if left.is_null() && right.is_null() {
            return Some(Node::new(
                Op::Constant(Constant::Bool(!negated)),
                Type::BOOL,
                span,
            ));
        }
        let other = if left.is_null() { right } else { left };
        if !can_be_null(&other.ty, self.surface) {
            let message = format!(
                "the result of the expression is always `{negated}` since a value of type `{}` is \
                 never equal to `null`",
                self.show(&other.ty)
            );
            self.warning("CS0472", span, message);
        }
        let pair = Box::new((left.clone(), right.clone()));
        Some(Node::new(Op::SameObject(negated, pair), Type::BOOL, span))
    }

    pub(super) fn equality(
        &mut self,
        op: BinaryOp,
        left: &Node,
        right: &Node,
        span: Span,
    ) -> Option<Node> {
        let negated = match op {
            BinaryOp::Equal => false,
            BinaryOp::NotEqual => true,
            _ => return None,
        };
        let pair = || Box::new((left.clone(), right.clone()));
        if left.ty == Type::STRING && right.ty == Type::STRING {
            if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
                let equal = crate::value::equals(&a.value(), &b.value());
                let constant = Constant::Bool(equal != negated);
                return Some(Node::new(Op::Constant(constant), Type::BOOL, span));
            }
            return Some(Node::new(Op::TextEqual(negated, pair()), Type::BOOL, span));
        }
        if is_value_type(&left.ty, self.surface) || is_value_type(&right.ty, self.surface) {
            let tuples = matches!(left.ty, Type::Tuple(_)) && left.ty == right.ty;
            return tuples.then(|| Node::new(Op::ValueEqual(negated, pair()), Type::BOOL, span));
        }
        let related =
            self.cast_exists(&left.ty, &right.ty) || self.cast_exists(&right.ty, &left.ty);
        if !related {
            return None;
        }
        let mixed = (left.ty == Type::OBJECT) != (right.ty == Type::OBJECT)
            && (left.ty == Type::STRING || right.ty == Type::STRING);
        if mixed {
            let message = "possible unintended reference comparison: `object` and `string` are \
                           compared by identity";
            let problem = Problem::warning("CS0252", span, message)
                .with_help("cast the object to `string` to compare the values");
            self.problems.push(problem);
        }
        Some(Node::new(Op::SameObject(negated, pair()), Type::BOOL, span))
    }

    /// Whether a reference of one type may be one of another.
    fn cast_exists(&mut self, from: &Type, to: &Type) -> bool {
        matches!(self.explicit(from, None, to), Some(Conv::Same | Conv::Cast))
    }
}
