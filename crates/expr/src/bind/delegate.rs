//! Methods and local functions as delegates.

use std::sync::Arc;

use super::Binder;
use super::operand::{MethodGroup, Operand};
use super::overload::Arg;
use super::scope::{LocalSignature, Returns};
use crate::ast::ArgumentMode;
use crate::bound::{Function, LambdaNode, Node, Op, Place};
use crate::relations::delegate_signature;
use crate::span::Span;
use crate::types::Type;

impl Binder<'_> {
    /// Whether a method of the group can be the delegate.
    pub(super) fn group_converts(&mut self, group: &MethodGroup, to: &Type) -> bool {
        let Some((params, result)) = delegate_signature(to) else {
            return false;
        };
        match self.group_result(group, &params) {
            Some(own) => result == Type::Void || self.implicit(&own, None, &result).is_some(),
            None => false,
        }
    }

    /// What the group's method gives for arguments of these types.
    pub(super) fn group_result(&mut self, group: &MethodGroup, params: &[Type]) -> Option<Type> {
        let args = typed_args(params);
        let (choice, _) = self.resolve_group(group, &args).ok()?;
        Some(choice.member.result.substitute(&choice.types))
    }

    /// A method as a delegate: a lambda that calls it.
    pub(super) fn group_as(&mut self, group: &MethodGroup, to: &Type, span: Span) -> Node {
        let Some((params, result)) = delegate_signature(to) else {
            let message = format!(
                "cannot convert method group `{}` to `{}`",
                group.name,
                self.show(to)
            );
            self.error("CS0428", span, message);
            return Node::invalid(span);
        };
        let receiver = group
            .receiver
            .as_deref()
            .map(|receiver| (self.temp(), receiver.clone()));
        let mut inner = group.clone();
        let (function, captures) = self.in_function(Returns::Of(result.clone()), |binder| {
            for _ in &params {
                binder.temp();
            }
            if let Some((outer, receiver)) = &receiver {
                let own = binder.temp();
                binder.function().captures.push((*outer, own));
                inner.receiver = Some(Box::new(Self::local(
                    own,
                    receiver.ty.clone(),
                    receiver.span,
                )));
            }
            let args = typed_args(&params);
            let call = if let Ok((choice, args)) = binder.resolve_group(&inner, &args) {
                binder.call_node(&inner, &choice, args, span)
            } else {
                let message = format!("no overload for `{}` matches the delegate", inner.name);
                binder.error("CS0123", span, message);
                Node::invalid(span)
            };
            if result == Type::Void {
                call
            } else {
                binder.convert(Operand::Node(call), &result, span)
            }
        });
        let code = Function {
            params: params.len(),
            ..function
        };
        let lambda = LambdaNode {
            function: Arc::new(code),
            captures,
        };
        let node = Node::new(Op::Lambda(to.clone(), Box::new(lambda)), to.clone(), span);
        match receiver {
            None => node,
            Some((slot, receiver)) => {
                let ty = receiver.ty.clone();
                let store = Op::Assign(Box::new((Place::Local(slot), receiver)));
                let store = Node::new(store, ty, span);
                Node::new(Op::Sequence([store, node].into()), to.clone(), span)
            }
        }
    }

    /// Whether a local function can be the delegate.
    pub(super) fn function_converts(&mut self, function: &LocalSignature, to: &Type) -> bool {
        let Some((params, result)) = delegate_signature(to) else {
            return false;
        };
        params.len() == function.params.len()
            && params
                .iter()
                .zip(&function.params)
                .all(|(given, (_, own, _))| given == own)
            && (result == Type::Void || self.implicit(&function.result, None, &result).is_some())
    }

    /// A local function as a delegate.
    pub(super) fn function_as(
        &mut self,
        function: &Arc<LocalSignature>,
        to: &Type,
        span: Span,
    ) -> Node {
        if !self.function_converts(function, to) {
            let message = format!("no overload for `{}` matches the delegate", function.name);
            self.error("CS0123", span, message);
            return Node::invalid(span);
        }
        Self::local(function.slot, to.clone(), span)
    }
}

/// Arguments that are the parameters of the function that is being made.
fn typed_args<'x>(params: &[Type]) -> Vec<Arg<'x>> {
    params
        .iter()
        .enumerate()
        .map(|(slot, ty)| Arg {
            name: None,
            mode: ArgumentMode::Value,
            operand: Operand::Node(Node::new(Op::Local(slot), ty.clone(), Span::default())),
            declares: None,
            span: Span::default(),
        })
        .collect()
}
