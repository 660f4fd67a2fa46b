//! `{ P = v, ["k"] = v }` and `{ a, { k, v } }` after `new T(…)`.

use super::Binder;
use super::operand::{MethodGroup, Operand};
use crate::ast::{Argument, ArgumentMode, Expr, InitTarget, InitValue, Initializer, SimpleName};
use crate::bound::{Node, Op};
use crate::relations::item_type;
use crate::span::Span;
use crate::types::Type;

impl<'x> Binder<'_> {
    /// An object with its initializer.
    pub(super) fn bind_initializer(
        &mut self,
        object: Node,
        initializer: &'x Initializer,
        span: Span,
    ) -> Node {
        let slot = self.temp();
        let ty = object.ty.clone();
        let target = Self::local(slot, ty.clone(), span);
        let effects = self.effects(&target, initializer, span);
        Node::new(
            Op::Initialize(Box::new(object), slot, effects.into()),
            ty,
            span,
        )
    }

    fn effects(&mut self, target: &Node, initializer: &'x Initializer, span: Span) -> Vec<Node> {
        match initializer {
            Initializer::Object(sets) => sets
                .iter()
                .map(|(to, value)| self.set_effect(target, to, value, span))
                .collect(),
            Initializer::Collection(elements) => {
                if item_type(&target.ty, self.surface).is_none() {
                    let message = format!(
                        "cannot initialize type `{}` with a collection initializer because it is no \
                         sequence",
                        self.show(&target.ty)
                    );
                    self.error("CS1922", span, message);
                    return Vec::new();
                }
                elements
                    .iter()
                    .map(|element| self.add_effect(target, element, span))
                    .collect()
            }
        }
    }

    fn set_effect(
        &mut self,
        target: &Node,
        to: &'x InitTarget,
        value: &'x InitValue,
        span: Span,
    ) -> Node {
        let nested = |binder: &mut Self, read: Node, initializer: &'x Initializer| {
            let slot = binder.temp();
            let ty = read.ty.clone();
            let inner = Self::local(slot, ty.clone(), span);
            let effects = binder.effects(&inner, initializer, span);
            Node::new(
                Op::Initialize(Box::new(read), slot, effects.into()),
                ty,
                span,
            )
        };
        match (to, value) {
            (InitTarget::Member(name), InitValue::Expr(tree)) => {
                let simple: SimpleName = name.clone().into();
                self.assign_member(target.clone(), &simple, tree, span)
            }
            (InitTarget::Index(arguments, at), InitValue::Expr(tree)) => {
                self.assign_index(target.clone(), arguments, tree, *at)
            }
            (InitTarget::Member(name), InitValue::Nested(initializer)) => {
                let simple: SimpleName = name.clone().into();
                let operand = self.member_of(target.clone(), &simple, name.span);
                let read = self.value_of(operand, name.span);
                nested(self, read, initializer)
            }
            (InitTarget::Index(arguments, at), InitValue::Nested(initializer)) => {
                let read = self.bind_index_of(target.clone(), arguments, *at);
                nested(self, read, initializer)
            }
        }
    }

    /// `Add(…)` with the values of an element.
    fn add_effect(&mut self, target: &Node, element: &'x [Expr], span: Span) -> Node {
        let name = SimpleName::plain("Add", span);
        let Operand::Methods(group) = self.member_of(target.clone(), &name, span) else {
            return Node::invalid(span);
        };
        let mark = self.problems.len();
        let node = self.add_call(&group, element, span);
        if node.ty == Type::Unknown && self.failed_since(mark) {
            let message = format!(
                "the best overloaded Add method of `{}` for the collection initializer has some \
                 invalid arguments",
                self.show(&target.ty)
            );
            self.error("CS1950", span, message);
        }
        node
    }

    fn add_call(&mut self, group: &MethodGroup, element: &'x [Expr], span: Span) -> Node {
        let arguments: Vec<Argument> = element
            .iter()
            .map(|value| Argument {
                name: None,
                mode: ArgumentMode::Value,
                value: value.clone(),
            })
            .collect();
        self.call_group(group, &arguments, span)
    }
}
