//! Names and members: `a`, `a.b`, `T.b`, `a?.b`, `a[i]`.

use std::sync::Arc;

use super::Binder;
use super::operand::{Candidate, MethodGroup, Operand};
use super::scope::Symbol;
use crate::ast::{Argument, Expr, ExprKind, SimpleName};
use crate::bound::{HostInvocation, NativeCall, Node, Op};
use crate::library::{Definition, TableKind, registry};
use crate::member::{Body, INDEXER, Member, MemberKind};
use crate::program::MemberUse;
use crate::relations::{enum_type, is_value_type, lineage};
use crate::span::Span;
use crate::surface::HostDef;
use crate::types::{DefId, Type};
use crate::value::EnumType;

impl<'x> Binder<'_> {
    // === Look-up ===

    /// The members that a type itself declares.
    pub(super) fn own_members(&self, ty: &Type, name: &str) -> &[Arc<Member>] {
        match ty {
            Type::Host(host) => self
                .surface
                .host(*host)
                .map_or(&[], |def| def.members(name)),
            other => match other.def() {
                Some(def) => registry().definition(def).members(name),
                None => &[],
            },
        }
    }

    /// The members of a name in a type and its bases. What a derived type declares hides the same
    /// declaration of a base.
    pub(super) fn candidates(&self, ty: &Type, name: &str) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        for ancestor in lineage(ty, self.surface) {
            for member in self.own_members(&ancestor, name) {
                let owner = ancestor.arguments().to_vec();
                let hidden = found.iter().any(|known| {
                    known.member.params.len() == member.params.len()
                        && known.member.type_params.len() == member.type_params.len()
                        && known
                            .member
                            .params
                            .iter()
                            .zip(&member.params)
                            .all(|(a, b)| a.ty.substitute(&known.owner) == b.ty.substitute(&owner))
                });
                if !hidden && !member.extension {
                    found.push(Candidate {
                        member: member.clone(),
                        owner,
                    });
                }
            }
        }
        found
    }

    fn extensions(&self, name: &str) -> Vec<Arc<Member>> {
        let mut found = self.surface.extensions(name).to_vec();
        found.extend(registry().extensions(name).iter().cloned());
        found
    }

    // === Names ===

    /// A simple name.
    pub(super) fn bind_name(&mut self, name: &SimpleName) -> Operand<'x> {
        if name.arguments.is_empty()
            && let Some(symbol) = self.find_local(&name.text)
        {
            return match symbol {
                Symbol::Variable(slot) => Operand::Node(self.read_variable(slot, name.span)),
                Symbol::Constant(value, ty) => {
                    Operand::Node(Node::new(Op::Constant(value), ty, name.span))
                }
                Symbol::Function(signature) => Operand::Function(signature),
            };
        }
        if let Some(object) = self.surface.root(&name.text) {
            return Operand::Node(Node::new(
                Op::Root(object),
                Type::Host(object.kind),
                name.span,
            ));
        }
        let arguments: Vec<Type> = name.arguments.iter().map(|a| self.type_of(a)).collect();
        if let Some(ty) = self.find_type(&[&name.text], &arguments) {
            self.check_documented(&ty, name.span);
            return Operand::Type(ty);
        }
        if registry().is_namespace(&name.text) {
            return Operand::Namespace(name.text.clone());
        }
        self.unknown_name(name);
        Operand::invalid(name.span)
    }

    fn unknown_name(&mut self, name: &SimpleName) {
        let locals = self.local_names();
        let names = locals
            .iter()
            .map(String::as_str)
            .chain(self.surface.root_names())
            .chain(registry().type_names());
        let help = nearest(&name.text, names).map(|near| format!("did you mean `{near}`?"));
        let message = format!(
            "the name `{}` does not exist in the current context",
            name.text
        );
        self.error_with_help("CS0103", name.span, message, help);
    }

    // === Members ===

    /// `target.name`.
    pub(super) fn bind_member(
        &mut self,
        target: Operand<'x>,
        name: &SimpleName,
        span: Span,
    ) -> Operand<'x> {
        match target {
            Operand::Namespace(namespace) => self.in_namespace(&namespace, name, span),
            Operand::Type(ty) => self.static_member(&ty, name, span),
            other => {
                let receiver = self.value_of(other, span);
                self.member_of(receiver, name, span)
            }
        }
    }

    fn in_namespace(&mut self, namespace: &str, name: &SimpleName, span: Span) -> Operand<'x> {
        let arguments: Vec<Type> = name.arguments.iter().map(|a| self.type_of(a)).collect();
        let path = format!("{namespace}.{}", name.text);
        let words: Vec<&str> = path.split('.').collect();
        if let Some(ty) = self.find_type(&words, &arguments) {
            self.check_documented(&ty, span);
            return Operand::Type(ty);
        }
        if registry().is_namespace(&path) {
            return Operand::Namespace(path);
        }
        let message = format!(
            "the type or namespace name `{}` does not exist in the namespace `{namespace}`",
            name.text
        );
        self.error("CS0234", name.span, message);
        Operand::invalid(span)
    }

    fn static_member(&mut self, ty: &Type, name: &SimpleName, span: Span) -> Operand<'x> {
        if let Some(node) = self.enum_member(ty, &name.text, span) {
            return Operand::Node(node);
        }
        let mut candidates = self.candidates(ty, &name.text);
        if let [only] = candidates.as_slice()
            && only.member.kind == MemberKind::Property
        {
            let only = only.clone();
            if !only.member.is_static {
                self.needs_object(ty, &name.text, name.span);
                return Operand::invalid(span);
            }
            return Operand::Node(self.read_member(None, &only, span));
        }
        // Extension methods can be called as what they are: static methods.
        if let Some(def) = ty.def() {
            let own = registry().definition(def).members(&name.text);
            let extensions = own.iter().filter(|m| m.extension);
            candidates.extend(extensions.map(|m| Candidate {
                member: m.clone(),
                owner: ty.arguments().to_vec(),
            }));
        }
        if candidates.is_empty() {
            self.no_such_member(ty, name, "CS0117");
            return Operand::invalid(span);
        }
        Operand::Methods(MethodGroup {
            name: name.text.clone(),
            name_span: name.span,
            receiver: None,
            ty: ty.clone(),
            candidates,
            extensions: Vec::new(),
            type_arguments: name.arguments.iter().map(|a| self.type_of(a)).collect(),
        })
    }

    pub(super) fn needs_object(&mut self, ty: &Type, name: &str, span: Span) {
        let message = format!(
            "an object reference is required for the non-static member `{}.{name}`",
            self.show(ty)
        );
        self.error("CS0120", span, message);
    }

    fn enum_member(&mut self, ty: &Type, name: &str, span: Span) -> Option<Node> {
        let of = enum_type(ty, self.surface)?;
        let values = match of {
            EnumType::Def(def) => match registry().definition(def).kind {
                TableKind::Enum { values, .. } => values,
                _ => return None,
            },
            EnumType::Host(host) => self.surface.host(host)?.values?,
        };
        let (_, number) = values.iter().find(|(own, _)| *own == name)?;
        let constant = crate::bound::Constant::Enum(of, *number);
        Some(Node::new(Op::Constant(constant), ty.clone(), span))
    }

    /// `receiver.name` of a value.
    pub(super) fn member_of(
        &mut self,
        receiver: Node,
        name: &SimpleName,
        span: Span,
    ) -> Operand<'x> {
        if receiver.ty.is_unknown() {
            return Operand::invalid(span);
        }
        if receiver.ty == Type::Null {
            let message = "operator `.` cannot be applied to operand of type `<null>`";
            self.error("CS0023", span, message);
            return Operand::invalid(span);
        }
        if let Some(node) = Self::record_field(&receiver, &name.text, span) {
            return Operand::Node(node);
        }
        let candidates = self.candidates(&receiver.ty, &name.text);
        let property = candidates
            .iter()
            .find(|c| c.member.kind == MemberKind::Property);
        let extensions = self.extensions(&name.text);
        if let Some(property) = property {
            let property = property.clone();
            if property.member.is_static {
                let message = format!(
                    "member `{}.{}` cannot be accessed with an instance; qualify it with its type",
                    self.show(&receiver.ty),
                    name.text
                );
                self.error("CS0176", name.span, message);
                return Operand::invalid(span);
            }
            let has_methods = candidates
                .iter()
                .any(|c| c.member.kind == MemberKind::Method);
            if extensions.is_empty() && !has_methods {
                return Operand::Node(self.read_member(Some(receiver), &property, span));
            }
        }
        if candidates.is_empty() && extensions.is_empty() {
            self.no_such_member(&receiver.ty, name, "CS1061");
            return Operand::invalid(span);
        }
        Operand::Methods(MethodGroup {
            name: name.text.clone(),
            name_span: name.span,
            ty: receiver.ty.clone(),
            receiver: Some(Box::new(receiver)),
            candidates,
            extensions,
            type_arguments: name.arguments.iter().map(|a| self.type_of(a)).collect(),
        })
    }

    /// A property of the same name as an extension method (`JArray.First`) that is not called.
    pub(super) fn property_of(&mut self, group: &MethodGroup, span: Span) -> Option<Node> {
        let property = group
            .candidates
            .iter()
            .find(|c| c.member.kind == MemberKind::Property)
            .cloned()?;
        let receiver = group.receiver.as_deref().cloned();
        Some(self.read_member(receiver, &property, span))
    }

    /// A field of an anonymous object or a tuple.
    fn record_field(receiver: &Node, name: &str, span: Span) -> Option<Node> {
        let (index, ty) = match &receiver.ty {
            Type::Anonymous(shape) => {
                let index = shape.names.iter().position(|own| **own == *name)?;
                (index, shape.types.get(index)?.clone())
            }
            Type::Tuple(items) => {
                let number: usize = name.strip_prefix("Item")?.parse().ok()?;
                let index = number.checked_sub(1)?;
                (index, items.get(index)?.clone())
            }
            _ => return None,
        };
        Some(Node::new(
            Op::Field(Box::new(receiver.clone()), index),
            ty,
            span,
        ))
    }

    /// Reports that a type has no such member.
    fn no_such_member(&mut self, ty: &Type, name: &SimpleName, code: &'static str) {
        let mut names: Vec<String> = Vec::new();
        for ancestor in lineage(ty, self.surface) {
            match &ancestor {
                Type::Host(host) => {
                    let def = self.surface.host(*host);
                    names.extend(
                        def.into_iter()
                            .flat_map(HostDef::member_names)
                            .map(str::to_owned),
                    );
                }
                other => {
                    let def = other.def().map(|def| registry().definition(def));
                    names.extend(
                        def.into_iter()
                            .flat_map(Definition::member_names)
                            .map(str::to_owned),
                    );
                }
            }
        }
        let help = nearest(&name.text, names.iter().map(String::as_str))
            .map(|near| format!("did you mean `{near}`?"));
        let message = format!(
            "`{}` does not contain a definition for `{}`",
            self.show(ty),
            name.text
        );
        self.error_with_help(code, name.span, message, help);
    }

    // === Reading ===

    /// The node that reads a property.
    pub(super) fn read_member(
        &mut self,
        receiver: Option<Node>,
        candidate: &Candidate,
        span: Span,
    ) -> Node {
        let member = &candidate.member;
        let ty = member.result.substitute(&candidate.owner);
        self.note_use(member, None, span);
        match (&member.body, receiver) {
            (Body::Constant(constant), _) => Node::new(Op::Constant(constant.clone()), ty, span),
            (Body::Host { id, .. }, Some(receiver)) => {
                self.members.push(MemberUse {
                    member: *id,
                    key: None,
                });
                Node::new(Op::HostGet(Box::new(receiver), *id), ty, span)
            }
            (Body::Host { .. }, None) => Node::invalid(span),
            (Body::Native(run), receiver) => {
                let instance = receiver.is_some() && !Self::takes_null(candidate);
                let call = NativeCall {
                    run: *run,
                    instance,
                    args: receiver.into_iter().collect(),
                    outs: Box::default(),
                    types: candidate.owner.clone().into(),
                };
                Node::new(Op::Native(Box::new(call)), ty, span)
            }
        }
    }

    /// Whether the receiver of a member may be `null`: a `T?` is a value even without one.
    pub(super) fn takes_null(candidate: &Candidate) -> bool {
        candidate.member.owner.def() == Some(DefId::NULLABLE)
    }

    /// Warns of a member that Azure does not document.
    pub(super) fn note_use(&mut self, member: &Member, shown: Option<&str>, span: Span) {
        if !member.documented {
            let owner_documented = member
                .owner
                .def()
                .is_none_or(|def| registry().definition(def).documented);
            if owner_documented {
                let name = shown.map_or_else(
                    || format!("{}.{}", self.show(&member.owner), member.name),
                    str::to_owned,
                );
                let message = format!("`{name}` is outside what Azure documents for expressions");
                self.warning("outside-azure", span, message);
            }
        }
    }

    // === `?.` ===

    /// `target?.access`.
    pub(super) fn bind_conditional_access(
        &mut self,
        target: &'x Expr,
        access: &'x Expr,
        span: Span,
    ) -> Operand<'x> {
        let operand = self.bind(target);
        let receiver = self.value_of(operand, target.span);
        if receiver.ty.is_unknown() {
            return Operand::invalid(span);
        }
        let nullable = match &receiver.ty {
            Type::Nullable(inner) => (**inner).clone(),
            Type::Null => {
                let message = "operator `?` cannot be applied to operand of type `<null>`";
                self.error("CS0023", span, message);
                return Operand::invalid(span);
            }
            ty if is_value_type(ty, self.surface) => {
                let message = format!(
                    "operator `?` cannot be applied to operand of type `{}`",
                    self.show(ty)
                );
                self.error("CS0023", span, message);
                return Operand::invalid(span);
            }
            ty => ty.clone(),
        };
        let slot = self.temp();
        let bound = self.bind_binding(access, &Self::local(slot, nullable, target.span));
        let value = match bound {
            Operand::Node(node) if node.ty == Type::Void => node,
            other => self.value_of(other, access.span),
        };
        let ty = match &value.ty {
            Type::Void | Type::Unknown => value.ty.clone(),
            ty if is_value_type(ty, self.surface) && !matches!(ty, Type::Nullable(_)) => {
                Type::nullable(ty.clone())
            }
            ty => ty.clone(),
        };
        Operand::Node(Node::new(
            Op::Access(Box::new((receiver, value)), slot),
            ty,
            span,
        ))
    }

    /// Binds the access of a `?.` with what stands for its receiver.
    fn bind_binding(&mut self, access: &'x Expr, receiver: &Node) -> Operand<'x> {
        if !self.charge(access.span) {
            return Operand::invalid(access.span);
        }
        let span = access.span;
        match &access.kind {
            ExprKind::MemberBinding(name) => self.member_of(receiver.clone(), name, span),
            ExprKind::ElementBinding(arguments) => {
                Operand::Node(self.bind_index_of(receiver.clone(), arguments, span))
            }
            ExprKind::Member(target, name) => {
                let target = self.bind_binding(target, receiver);
                self.bind_member(target, name, span)
            }
            ExprKind::Index(target, arguments) => {
                let operand = self.bind_binding(target, receiver);
                let target = self.value_of(operand, target.span);
                Operand::Node(self.bind_index_of(target, arguments, span))
            }
            ExprKind::Call(target, arguments) => {
                let target = self.bind_binding(target, receiver);
                self.bind_call_of(target, arguments, span)
            }
            ExprKind::ConditionalAccess(target, inner) => {
                let operand = self.bind_binding(target, receiver);
                let target = self.value_of(operand, target.span);
                self.conditional_on(target, inner, span)
            }
            _ => self.bind(access),
        }
    }

    fn conditional_on(&mut self, receiver: Node, access: &'x Expr, span: Span) -> Operand<'x> {
        let inner = receiver.ty.underlying().clone();
        let slot = self.temp();
        let bound = self.bind_binding(access, &Self::local(slot, inner, span));
        let value = self.value_of(bound, access.span);
        let ty = if is_value_type(&value.ty, self.surface) && !matches!(value.ty, Type::Nullable(_))
        {
            Type::nullable(value.ty.clone())
        } else {
            value.ty.clone()
        };
        Operand::Node(Node::new(
            Op::Access(Box::new((receiver, value)), slot),
            ty,
            span,
        ))
    }

    // === Indexing ===

    /// `target[…]`.
    pub(super) fn bind_index_of(
        &mut self,
        receiver: Node,
        arguments: &'x [Argument],
        span: Span,
    ) -> Node {
        if receiver.ty.is_unknown() {
            for argument in arguments {
                self.bind(&argument.value);
            }
            return Node::invalid(span);
        }
        if let Type::Array(item) = receiver.ty.clone() {
            return self.array_item(receiver, &item, arguments, span);
        }
        let candidates = self.candidates(&receiver.ty, INDEXER);
        if candidates.is_empty() {
            let message = format!(
                "cannot apply indexing with [] to an expression of type `{}`",
                self.show(&receiver.ty)
            );
            self.error("CS0021", span, message);
            return Node::invalid(span);
        }
        let group = MethodGroup {
            name: "this".to_owned(),
            name_span: span,
            ty: receiver.ty.clone(),
            receiver: Some(Box::new(receiver)),
            candidates,
            extensions: Vec::new(),
            type_arguments: Vec::new(),
        };
        self.call_group(&group, arguments, span)
    }

    fn array_item(
        &mut self,
        array: Node,
        item: &Type,
        arguments: &'x [Argument],
        span: Span,
    ) -> Node {
        let [argument] = arguments else {
            self.error(
                "CS0022",
                span,
                "wrong number of indices inside []; expected 1",
            );
            return Node::invalid(span);
        };
        let index = self.bind(&argument.value);
        let index = self.value_of(index, argument.value.span);
        let wide = matches!(index.ty.num(), Some(num) if num.is_integral() && !num.widens_to(crate::types::Num::Int));
        let index = if wide {
            index
        } else {
            self.convert(Operand::Node(index), &Type::INT, argument.value.span)
        };
        Node::new(Op::ArrayGet(Box::new((array, index))), item.clone(), span)
    }

    /// The node of a call of a host member.
    pub(super) fn host_node(&mut self, invocation: HostInvocation, ty: Type, span: Span) -> Node {
        self.members.push(MemberUse {
            member: invocation.member,
            key: invocation.key,
        });
        Node::new(Op::HostCall(Box::new(invocation)), ty, span)
    }
}

/// The name most like `wanted`, if one is like it.
pub(super) fn nearest<'n>(
    wanted: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<String> {
    names
        .into_iter()
        .filter(|name| {
            !name.starts_with("op_") && !name.starts_with('.') && !name.starts_with("set_")
        })
        .map(|name| {
            (
                strsim::damerau_levenshtein(&wanted.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= (name.len().min(wanted.len()) / 3).max(1))
        .min_by_key(|(distance, name)| (*distance, name.len()))
        .map(|(_, name)| name.to_owned())
}
