//! `new`: objects, arrays, anonymous objects; and queries.

use std::sync::Arc;

use super::Binder;
use super::operand::Operand;
use crate::ast::{
    Argument, ArgumentMode, Expr, ExprKind, FunctionBody, Initializer, Lambda, Query, QueryClause,
    SimpleName, TypeRef,
};
use crate::bound::{Constant, Node, Op};
use crate::library::{TableKind, registry};
use crate::relations::{delegate_signature, is_value_type};
use crate::span::Span;
use crate::types::{Shape, Type};

impl<'x> Binder<'_> {
    /// `new T(…) {…}`.
    pub(super) fn bind_new(
        &mut self,
        written: &'x TypeRef,
        arguments: &'x [Argument],
        initializer: Option<&'x Initializer>,
        span: Span,
    ) -> Node {
        let ty = self.type_of(written);
        if ty.is_unknown() {
            self.bind_arguments(arguments);
            return Node::invalid(span);
        }
        let object = self.bind_construction(&ty, arguments, span);
        match initializer {
            Some(initializer) if !object.ty.is_unknown() => {
                self.bind_initializer(object, initializer, span)
            }
            _ => object,
        }
    }

    fn bind_construction(&mut self, ty: &Type, arguments: &'x [Argument], span: Span) -> Node {
        if delegate_signature(ty).is_some() {
            return if let [argument] = arguments {
                self.bind_as_type(&argument.value, ty)
            } else {
                self.error("CS0149", span, "method name expected");
                Node::invalid(span)
            };
        }
        let kind = ty.def().map(|def| registry().definition(def).kind);
        if matches!(kind, Some(TableKind::Interface)) || matches!(ty, Type::Host(_)) {
            let message = format!(
                "cannot create an instance of the abstract type or interface `{}`",
                self.show(ty)
            );
            self.error("CS0144", span, message);
            return Node::invalid(span);
        }
        if matches!(kind, Some(TableKind::Static)) {
            let message = format!(
                "cannot create an instance of the static class `{}`",
                self.show(ty)
            );
            self.error("CS0712", span, message);
            return Node::invalid(span);
        }
        if arguments.is_empty() && is_value_type(ty, self.surface) {
            return Self::default_of(ty, span);
        }
        if let (Type::Nullable(inner), [argument]) = (ty, arguments) {
            let value = self.bind_as_type(&argument.value, inner);
            return Node {
                ty: ty.clone(),
                ..value
            };
        }
        self.call_constructor(ty, arguments, span)
    }

    /// `new { a, b = 1 }`.
    pub(super) fn bind_anonymous(
        &mut self,
        members: &'x [(Option<String>, Expr)],
        span: Span,
    ) -> Node {
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut nodes = Vec::new();
        for (name, tree) in members {
            let name = name.clone().or_else(|| implied_name(tree));
            let Some(name) = name else {
                let message = "invalid anonymous type member declarator: a name is needed";
                self.error("CS0746", tree.span, message);
                continue;
            };
            if names.iter().any(|known| **known == *name) {
                let message =
                    format!("an anonymous type cannot have two properties named `{name}`");
                self.error("CS0833", tree.span, message);
            }
            let node = self.bind_value(tree);
            if node.ty == Type::Null {
                let message = "cannot assign <null> to an anonymous type property";
                self.error("CS0828", tree.span, message);
            }
            names.push(name.into());
            nodes.push(node);
        }
        let types = nodes.iter().map(|node| node.ty.clone()).collect();
        let ty = Type::Anonymous(Arc::new(Shape {
            names: names.into(),
            types,
        }));
        Node::new(Op::Record(ty.clone(), nodes.into()), ty, span)
    }

    /// `new T[n] {…}`, `new[] {…}`.
    pub(super) fn bind_new_array(
        &mut self,
        item: Option<&'x TypeRef>,
        size: Option<&'x Expr>,
        items: Option<&'x [Expr]>,
        span: Span,
    ) -> Node {
        let Some(item) = item else {
            return self.implicit_array(items.unwrap_or_default(), span);
        };
        let item = self.type_of(item);
        if item.is_unknown() {
            return Node::invalid(span);
        }
        let size = size.map(|tree| self.bind_as_type(tree, &Type::INT));
        let Some(items) = items else {
            return match size {
                Some(size) => {
                    let op = Op::NewArraySized(item.clone(), Box::new(size));
                    Node::new(op, Type::array(item), span)
                }
                None => Node::invalid(span),
            };
        };
        if let Some(size) = size {
            let count = i32::try_from(items.len()).unwrap_or(i32::MAX);
            let fits = matches!(size.constant(), Some(Constant::Int(n)) if *n == count);
            if !fits && !size.ty.is_unknown() {
                let message = format!("an array initializer of length {count} is expected");
                self.error("CS0847", span, message);
            }
        }
        self.array_of(&item, items, span)
    }

    /// An array of that item type.
    pub(super) fn array_of(&mut self, item: &Type, items: &'x [Expr], span: Span) -> Node {
        let nodes: Vec<Node> = items
            .iter()
            .map(|tree| self.bind_as_type(tree, item))
            .collect();
        Node::new(
            Op::NewArray(item.clone(), nodes.into()),
            Type::array(item.clone()),
            span,
        )
    }

    fn implicit_array(&mut self, items: &'x [Expr], span: Span) -> Node {
        let mut operands = Vec::new();
        for tree in items {
            operands.push(self.bind(tree));
        }
        if operands.iter().any(Operand::is_invalid) {
            return Node::invalid(span);
        }
        let Some(item) = self.best_common_type(&operands) else {
            self.error(
                "CS0826",
                span,
                "no best type found for implicitly-typed array",
            );
            return Node::invalid(span);
        };
        let nodes: Vec<Node> = operands
            .into_iter()
            .zip(items)
            .map(|(operand, tree)| self.convert(operand, &item, tree.span))
            .collect();
        Node::new(
            Op::NewArray(item.clone(), nodes.into()),
            Type::array(item),
            span,
        )
    }

    /// `from x in source where … orderby … select …`, as the calls it stands for.
    pub(super) fn bind_query(&mut self, query: &'x Query, span: Span) -> Node {
        let mut current = self.bind_value(&query.source);
        for clause in &query.clauses {
            let (name, body) = match clause {
                QueryClause::Where(condition) => ("Where", condition),
                QueryClause::OrderBy(key, false) => ("OrderBy", key),
                QueryClause::OrderBy(key, true) => ("OrderByDescending", key),
            };
            current = self.query_call(current, name, query, body, span);
        }
        let same = matches!(&query.select.kind, ExprKind::Name(n) if n.text == query.variable.text);
        if same && !query.clauses.is_empty() {
            return current;
        }
        self.query_call(current, "Select", query, &query.select, span)
    }

    fn query_call(
        &mut self,
        source: Node,
        method: &str,
        query: &'x Query,
        body: &'x Expr,
        span: Span,
    ) -> Node {
        if source.ty.is_unknown() {
            return source;
        }
        // The lambda is not part of the tree, so the call is bound with its argument made by hand.
        let lambda = Lambda {
            params: vec![(None, query.variable.clone())],
            body: FunctionBody::Expr(body.clone()),
        };
        let name = SimpleName::plain(method, span);
        let Operand::Methods(group) = self.member_of(source, &name, span) else {
            return Node::invalid(span);
        };
        let argument = Argument {
            name: None,
            mode: ArgumentMode::Value,
            value: Expr {
                kind: ExprKind::Lambda(Box::new(lambda)),
                span,
                height: 1,
            },
        };
        let arguments = [argument];
        self.call_detached(&group, &arguments, span)
    }

    /// Calls a method with arguments that do not live as long as the tree.
    fn call_detached(
        &mut self,
        group: &super::operand::MethodGroup,
        arguments: &[Argument],
        span: Span,
    ) -> Node {
        self.call_group(group, arguments, span)
    }
}

/// The name that `new { x.Name }` gives its member.
fn implied_name(tree: &Expr) -> Option<String> {
    match &tree.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) | ExprKind::MemberBinding(name) => {
            Some(name.text.clone())
        }
        ExprKind::ConditionalAccess(_, access) => implied_name(access),
        ExprKind::Parenthesized(inner) => implied_name(inner),
        _ => None,
    }
}
