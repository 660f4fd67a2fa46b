//! Arguments: bound before the method is chosen, put in the order of its parameters after.

use super::Binder;
use super::operand::Operand;
use super::overload::{Arg, Choice, Slot};
use crate::ast::{Argument, ArgumentMode, ExprKind};
use crate::bound::{Constant, Node, Op};
use crate::member::ParamMode;
use crate::span::Span;
use crate::types::Type;

impl<'x> Binder<'_> {
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
}
