//! Operators that types declare.

use std::sync::Arc;

use super::lifted::lift;
use crate::ast::BinaryOp;
use crate::bind::Binder;
use crate::bind::operand::Operand;
use crate::bound::{NativeCall, Node, Op};
use crate::member::{Body, Member};
use crate::relations::lineage;
use crate::span::Span;
use crate::types::Type;

impl Binder<'_> {
    pub(super) fn user_operator(
        &mut self,
        op: BinaryOp,
        left: &Node,
        right: &Node,
        span: Span,
    ) -> Option<Node> {
        let members = self.operators(op.symbol(), &[&left.ty, &right.ty], 2);
        if members.is_empty() {
            return None;
        }
        let direct = self.best_operator(&members, &[left, right]);
        if let Some(member) = direct {
            return Some(self.operator_call(&member, vec![left.clone(), right.clone()], span));
        }
        // Over `T?`.
        let nullable = |node: &Node| matches!(node.ty, Type::Nullable(_));
        if !nullable(left) && !nullable(right) {
            return None;
        }
        if left.is_null() || right.is_null() {
            return None;
        }
        let (a, b) = (self.temp(), self.temp());
        let x = Self::local(a, left.ty.underlying().clone(), left.span);
        let y = Self::local(b, right.ty.underlying().clone(), right.span);
        let member = self.best_operator(&members, &[&x, &y])?;
        let body = self.operator_call(&member, vec![x, y], span);
        let operands = [(a, left.clone()), (b, right.clone())];
        Some(lift(op, operands, body, span))
    }

    /// The operators of a symbol that the operand types and their bases declare.
    pub(super) fn operators(
        &self,
        symbol: &str,
        types: &[&Type],
        params: usize,
    ) -> Vec<Arc<Member>> {
        let mut found: Vec<Arc<Member>> = Vec::new();
        for ty in types {
            if ty.num().is_some()
                || matches!(**ty, Type::STRING | Type::BOOL | Type::OBJECT | Type::Null)
            {
                continue;
            }
            for ancestor in lineage(ty.underlying(), self.surface) {
                for member in self.own_members(&ancestor, symbol) {
                    let known = found.iter().any(|m| Arc::ptr_eq(m, member));
                    if member.params.len() == params && !known {
                        found.push(member.clone());
                    }
                }
            }
        }
        found
    }

    /// The operator whose parameters the operands fit best.
    pub(super) fn best_operator(
        &mut self,
        members: &[Arc<Member>],
        operands: &[&Node],
    ) -> Option<Arc<Member>> {
        let mut best: Option<(usize, Arc<Member>)> = None;
        for member in members {
            let fits = member.params.iter().zip(operands).all(|(param, node)| {
                self.implicit(&node.ty, node.constant(), &param.ty)
                    .is_some()
            });
            if !fits {
                continue;
            }
            let inexact = member
                .params
                .iter()
                .zip(operands)
                .filter(|(p, node)| p.ty != node.ty)
                .count();
            if best.as_ref().is_none_or(|(least, _)| inexact < *least) {
                best = Some((inexact, member.clone()));
            }
        }
        best.map(|(_, member)| member)
    }

    pub(super) fn operator_call(
        &mut self,
        member: &Arc<Member>,
        operands: Vec<Node>,
        span: Span,
    ) -> Node {
        let Body::Native(run) = member.body else {
            return Node::invalid(span);
        };
        let mut args = Vec::new();
        for (param, node) in member.params.iter().zip(operands) {
            let node_span = node.span;
            args.push(self.convert(Operand::Node(node), &param.ty, node_span));
        }
        let call = NativeCall {
            run,
            instance: false,
            args: args.into(),
            outs: Box::default(),
            types: Box::default(),
        };
        Node::new(Op::Native(Box::new(call)), member.result.clone(), span)
    }
}
