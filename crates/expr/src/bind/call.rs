//! Calls: of methods, constructors, delegates and local functions.

use std::sync::Arc;

use super::Binder;
use super::operand::{Candidate, MethodGroup, Operand};
use super::overload::{Arg, Choice, Misfit, Resolution};
use super::scope::LocalSignature;
use crate::ast::{Argument, ArgumentMode};
use crate::bound::{Constant, HostInvocation, NativeCall, Node, Op};
use crate::member::{Body, MemberKind};
use crate::relations::delegate_signature;
use crate::span::Span;
use crate::surface::{Key, MemberId};
use crate::types::Type;

/// Why no method was chosen, the arguments, and how many of them are not written as such.
pub(super) type Unresolved<'x> = (Resolution, Vec<Arg<'x>>, usize);

impl<'x> Binder<'_> {
    /// `operand(arguments)`.
    pub(super) fn bind_call_of(
        &mut self,
        operand: Operand<'x>,
        arguments: &'x [Argument],
        span: Span,
    ) -> Operand<'x> {
        Operand::Node(match operand {
            Operand::Methods(group) => self.call_group(&group, arguments, span),
            Operand::Function(function) => self.call_function(&function, arguments, span),
            Operand::Node(node) if node.ty.is_unknown() => {
                self.bind_arguments(arguments);
                Node::invalid(span)
            }
            Operand::Node(node) => self.call_value(node, arguments, span),
            Operand::Type(ty) => {
                let message = format!(
                    "non-invocable member `{}` cannot be used like a method",
                    self.show(&ty)
                );
                self.error("CS1955", span, message);
                Node::invalid(span)
            }
            other => self.value_of(other, span),
        })
    }

    // === Methods ===

    /// Calls a method of a group.
    pub(super) fn call_group(
        &mut self,
        group: &MethodGroup,
        arguments: &'x [Argument],
        span: Span,
    ) -> Node {
        let args = self.bind_arguments(arguments);
        let broken = args.iter().any(|arg| arg.operand.is_invalid());
        if broken || group.type_arguments.iter().any(Type::is_unknown) {
            // What the call gives is often known all the same; it saves errors that only follow.
            return Self::broken_call(group, &args, span);
        }
        match self.resolve_group(group, &args) {
            Ok((choice, args)) => self.call_node(group, &choice, args, span),
            Err((resolution, args, offset)) => {
                if self.is_property_called(group, span) {
                    return Node::invalid(span);
                }
                self.report_resolution(&resolution, group, &args, offset, span);
                Node::invalid(span)
            }
        }
    }

    fn is_property_called(&mut self, group: &MethodGroup, span: Span) -> bool {
        let only_properties = group
            .candidates
            .iter()
            .all(|c| c.member.kind == MemberKind::Property)
            && !group.candidates.is_empty()
            && group.extensions.is_empty();
        if only_properties {
            let message = format!(
                "non-invocable member `{}.{}` cannot be used like a method",
                self.show(&group.ty),
                group.name
            );
            self.error("CS1955", span, message);
        }
        only_properties
    }

    fn broken_call(group: &MethodGroup, args: &[Arg<'x>], span: Span) -> Node {
        let same_count: Vec<&Candidate> = group
            .candidates
            .iter()
            .filter(|c| c.member.params.len() == args.len() && c.member.type_params.is_empty())
            .collect();
        match same_count.as_slice() {
            [only] => {
                let ty = only.member.result.substitute(&only.owner);
                Node::new(Op::Invalid, ty, span)
            }
            _ => Node::invalid(span),
        }
    }

    /// Chooses the method: instance methods first, then extensions.
    pub(super) fn resolve_group(
        &mut self,
        group: &MethodGroup,
        args: &[Arg<'x>],
    ) -> Result<(Choice, Vec<Arg<'x>>), Unresolved<'x>> {
        let methods: Vec<Candidate> = group
            .candidates
            .iter()
            .filter(|c| c.member.kind != MemberKind::Property)
            .cloned()
            .collect();
        let first = match self.resolve(&methods, &group.type_arguments, args) {
            Ok(choice) => return Ok((choice, args.to_vec())),
            Err(resolution) => resolution,
        };
        let Some(receiver) = group.receiver.as_deref() else {
            return Err((first, args.to_vec(), 0));
        };
        if group.extensions.is_empty() || matches!(first, Resolution::Ambiguous(_)) {
            return Err((first, args.to_vec(), 0));
        }
        let mut extended = vec![Arg {
            name: None,
            mode: ArgumentMode::Value,
            operand: Operand::Node(receiver.clone()),
            declares: None,
            span: receiver.span,
        }];
        extended.extend(args.iter().cloned());
        let extensions: Vec<Candidate> = group
            .extensions
            .iter()
            .map(|member| Candidate {
                member: member.clone(),
                owner: Vec::new(),
            })
            .collect();
        match self.resolve(&extensions, &group.type_arguments, &extended) {
            Ok(choice) => Ok((choice, extended)),
            Err(second) if methods.is_empty() => Err((second, extended, 1)),
            Err(second) => {
                let extension_closer = matches!(&second, Resolution::Ambiguous(_));
                if extension_closer {
                    return Err((second, extended, 1));
                }
                Err((
                    first.closer(Resolution::None(Misfit::TooMany)),
                    args.to_vec(),
                    0,
                ))
            }
        }
    }

    /// The node of a call that was resolved.
    pub(super) fn call_node(
        &mut self,
        group: &MethodGroup,
        choice: &Choice,
        args: Vec<Arg<'x>>,
        span: Span,
    ) -> Node {
        let member = choice.member.clone();
        let instance = !member.is_static;
        if instance && group.receiver.is_none() && member.kind != MemberKind::Constructor {
            self.needs_object(&group.ty, &group.name, group.name_span);
            return Node::invalid(span);
        }
        if !instance && group.receiver.is_some() && !member.extension {
            let message = format!(
                "member `{}.{}` cannot be accessed with an instance; qualify it with its type",
                self.show(&group.ty),
                group.name
            );
            self.error("CS0176", group.name_span, message);
            return Node::invalid(span);
        }
        self.note_use(&member, None, group.name_span);
        let result = member.result.substitute(&choice.types);
        let mut outs = Vec::new();
        let mut nodes = self.argument_nodes(choice, args, &mut outs);
        match &member.body {
            Body::Host { id, keyed } => {
                let key = keyed
                    .then(|| self.intern_key(*id, choice, &nodes))
                    .flatten();
                let receiver = match group.receiver.as_deref() {
                    Some(receiver) if instance => receiver.clone(),
                    _ if nodes.is_empty() => return Node::invalid(span),
                    _ => {
                        for (arg, _) in &mut outs {
                            *arg = arg.saturating_sub(1);
                        }
                        nodes.remove(0)
                    }
                };
                let types = choice.types.clone().into();
                let invocation = HostInvocation {
                    receiver,
                    instance,
                    member: *id,
                    key,
                    types,
                    args: nodes.into(),
                    outs: outs.into(),
                };
                self.host_node(invocation, result, span)
            }
            Body::Native(run) => {
                let mut null_checked = false;
                if let Some(receiver) = group.receiver.as_deref().filter(|_| instance) {
                    let candidate = Candidate {
                        member: member.clone(),
                        owner: choice.types.clone(),
                    };
                    null_checked = !Self::takes_null(&candidate);
                    nodes.insert(0, receiver.clone());
                    for (arg, _) in &mut outs {
                        *arg += 1;
                    }
                }
                let call = NativeCall {
                    run: *run,
                    instance: null_checked,
                    args: nodes.into(),
                    outs: outs.into(),
                    types: choice.types.clone().into(),
                };
                Node::new(Op::Native(Box::new(call)), result, span)
            }
            Body::Constant(_) => Node::invalid(span),
        }
    }

    /// The literal that stands for the first string parameter, interned.
    fn intern_key(&mut self, id: MemberId, choice: &Choice, nodes: &[Node]) -> Option<Key> {
        let skip = usize::from(choice.member.extension);
        let position = choice
            .member
            .params
            .iter()
            .skip(skip)
            .position(|param| param.ty == Type::STRING)?;
        match nodes.get(position + skip)?.constant()? {
            Constant::Text(text) => self.keys.intern(id, text.as_str()),
            _ => None,
        }
    }

    // === Constructors ===

    /// `new T(arguments)`.
    pub(super) fn call_constructor(
        &mut self,
        ty: &Type,
        arguments: &'x [Argument],
        span: Span,
    ) -> Node {
        let candidates = self
            .own_members(ty, crate::member::CONSTRUCTOR)
            .iter()
            .map(|member| Candidate {
                member: member.clone(),
                owner: ty.arguments().to_vec(),
            })
            .collect();
        let group = MethodGroup {
            name: crate::member::CONSTRUCTOR.to_owned(),
            name_span: span,
            receiver: None,
            ty: ty.clone(),
            candidates,
            extensions: Vec::new(),
            type_arguments: Vec::new(),
        };
        self.call_group(&group, arguments, span)
    }

    // === Delegates and local functions ===

    fn call_value(&mut self, node: Node, arguments: &'x [Argument], span: Span) -> Node {
        let Some((params, result)) = delegate_signature(&node.ty) else {
            let args = self.bind_arguments(arguments);
            if !args.iter().any(|arg| arg.operand.is_invalid()) {
                let message = "this cannot be used like a method";
                self.error("CS1955", span, message);
            }
            return Node::invalid(span);
        };
        let args = self.bind_arguments(arguments);
        if args.len() != params.len() {
            let message = format!(
                "delegate `{}` does not take {} arguments",
                self.show(&node.ty),
                args.len()
            );
            self.error("CS1593", span, message);
            return Node::invalid(span);
        }
        let nodes: Vec<Node> = args
            .into_iter()
            .zip(&params)
            .map(|(arg, param)| self.convert(arg.operand, param, arg.span))
            .collect();
        Node::new(Op::Invoke(Box::new(node), nodes.into()), result, span)
    }

    fn call_function(
        &mut self,
        function: &Arc<LocalSignature>,
        arguments: &'x [Argument],
        span: Span,
    ) -> Node {
        let args = self.bind_arguments(arguments);
        let mut placed: Vec<Option<Arg<'x>>> = function.params.iter().map(|_| None).collect();
        for (index, arg) in args.into_iter().enumerate() {
            let position = match arg.name {
                Some(name) => function.params.iter().position(|(own, ..)| **own == *name),
                None => Some(index),
            };
            if let Some(place @ None) = position.and_then(|p| placed.get_mut(p)) {
                *place = Some(arg);
            } else {
                let message = format!(
                    "no overload for method `{}` takes these arguments",
                    function.name
                );
                self.error("CS1501", span, message);
                return Node::invalid(span);
            }
        }
        let mut nodes = Vec::new();
        for (arg, (name, ty, default)) in placed.into_iter().zip(&function.params) {
            nodes.push(match (arg, default) {
                (Some(arg), _) => self.convert(arg.operand, ty, arg.span),
                (None, Some(constant)) => {
                    Node::new(Op::Constant(constant.clone()), ty.clone(), span)
                }
                (None, None) => {
                    let message = format!(
                        "there is no argument given for the required parameter `{name}` of `{}`",
                        function.name
                    );
                    self.error("CS7036", span, message);
                    Node::invalid(span)
                }
            });
        }
        let callee = Self::local(function.slot, Type::DELEGATE, span);
        Node::new(
            Op::Invoke(Box::new(callee), nodes.into()),
            function.result.clone(),
            span,
        )
    }
}
