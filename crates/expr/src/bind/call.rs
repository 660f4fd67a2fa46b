//! Calls: of methods, delegates and local functions, and methods as delegates.

use std::sync::Arc;

use super::Binder;
use super::operand::{Candidate, MethodGroup, Operand};
use super::overload::{Arg, Choice, Resolution, Slot};
use super::scope::{LocalSignature, Returns};
use crate::ast::{Argument, ArgumentMode, ExprKind};
use crate::bound::{Constant, HostInvocation, LambdaNode, NativeCall, Node, Op, Place};
use crate::member::{Body, MemberKind, ParamMode};
use crate::relations::delegate_signature;
use crate::span::Span;
use crate::surface::{Key, MemberId};
use crate::types::Type;

/// Why no method was chosen, the arguments, and how many of them are not written as such.
type Unresolved<'x> = (Resolution, Vec<Arg<'x>>, usize);

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

    /// Binds the arguments of a call.
    pub(super) fn bind_arguments(&mut self, arguments: &'x [Argument]) -> Vec<Arg<'x>> {
        arguments
            .iter()
            .map(|argument| self.bind_argument(argument))
            .collect()
    }

    fn bind_argument(&mut self, argument: &'x Argument) -> Arg<'x> {
        let span = argument.value.span;
        let mut declares = None;
        let operand = match (&argument.value.kind, argument.mode) {
            (ExprKind::Declaration(ty, name), ArgumentMode::Out) if ty.is_var() => {
                declares = Some(name);
                Operand::Default(span)
            }
            (ExprKind::Name(name), ArgumentMode::Out)
                if name.text == "_" && self.find_local("_").is_none() =>
            {
                Operand::Default(span)
            }
            _ => self.bind(&argument.value),
        };
        if let Operand::Node(node) = &operand
            && node.ty == Type::Void
        {
            self.error("CS1503", span, "an argument of type `void` has no value");
            let operand = Operand::invalid(span);
            return Arg {
                name: None,
                mode: argument.mode,
                operand,
                declares,
                span,
            };
        }
        let name = argument.name.as_ref().map(|name| name.text.as_str());
        Arg {
            name,
            mode: argument.mode,
            operand,
            declares,
            span,
        }
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
    fn resolve_group(
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
                    first.closer(Resolution::None(super::overload::Misfit::TooMany)),
                    args.to_vec(),
                    0,
                ))
            }
        }
    }

    /// The node of a call that was resolved.
    fn call_node(
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

    /// The arguments in the order of the parameters, converted.
    pub(super) fn argument_nodes(
        &mut self,
        choice: &Choice,
        args: Vec<Arg<'x>>,
        outs: &mut Vec<(usize, usize)>,
    ) -> Vec<Node> {
        let mut args: Vec<Option<Arg<'x>>> = args.into_iter().map(Some).collect();
        let mut nodes = Vec::with_capacity(choice.slots.len());
        let member = choice.member.clone();
        for (param, slot) in member.params.iter().zip(&choice.slots) {
            let ty = param.ty.substitute(&choice.types);
            let node = match slot {
                Slot::Arg(index) => match args.get_mut(*index).and_then(Option::take) {
                    Some(arg) if matches!(param.mode, ParamMode::Out | ParamMode::Ref) => {
                        let position = nodes.len();
                        self.out_argument(arg, &ty, position, outs)
                    }
                    Some(arg) => self.convert(arg.operand, &ty, arg.span),
                    None => Node::invalid(Span::default()),
                },
                Slot::Default => match &param.default {
                    Some(Constant::Null) | None => Self::default_of(&ty, Span::default()),
                    Some(constant) => {
                        Node::new(Op::Constant(constant.clone()), ty, Span::default())
                    }
                },
                Slot::Items(items) => {
                    let item = ty.arguments().first().cloned().unwrap_or(Type::OBJECT);
                    let values: Vec<Node> = items
                        .iter()
                        .filter_map(|index| args.get_mut(*index).and_then(Option::take))
                        .map(|arg| self.convert(arg.operand, &item, arg.span))
                        .collect();
                    Node::new(Op::NewArray(item, values.into()), ty, Span::default())
                }
            };
            nodes.push(node);
        }
        nodes
    }

    fn out_argument(
        &mut self,
        arg: Arg<'x>,
        ty: &Type,
        position: usize,
        outs: &mut Vec<(usize, usize)>,
    ) -> Node {
        let null = Node::new(Op::Constant(Constant::Null), ty.clone(), arg.span);
        if let Some(name) = arg.declares {
            let slot = self.declare(&name.text, name.span, ty.clone(), false);
            outs.push((position, slot));
            return null;
        }
        match arg.operand {
            Operand::Default(_) => {
                let slot = self.temp();
                outs.push((position, slot));
                null
            }
            Operand::Node(node) => {
                if let Op::Local(slot) = node.op {
                    outs.push((position, slot));
                    if arg.mode == ArgumentMode::Ref {
                        Node {
                            op: Op::Local(slot),
                            ..node
                        }
                    } else {
                        null
                    }
                } else {
                    let message = "a ref or out value must be an assignable variable";
                    self.error("CS1510", arg.span, message);
                    null
                }
            }
            other => self.value_of(other, arg.span),
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

    // === Methods as delegates ===

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
        let code = crate::bound::Function {
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
