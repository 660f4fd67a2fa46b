//! Assignments, `+=` and its like, `++` and `--`.

use super::Binder;
use super::operand::{Candidate, MethodGroup, Operand};
use crate::ast::{Argument, BinaryOp, Expr, ExprKind, SimpleName, UnaryOp};
use crate::bound::{Constant, Node, Op, Place, Update};
use crate::library::Native;
use crate::member::{Body, INDEXER, Member, MemberKind};
use crate::relations::enum_type;
use crate::span::Span;
use crate::types::{Num, Type};

/// What can be assigned to, with its type.
struct Target {
    place: Place,
    ty: Type,
}

impl<'x> Binder<'_> {
    /// `target = value`, `target op= value`.
    pub(super) fn bind_assign(
        &mut self,
        op: Option<BinaryOp>,
        target: &'x Expr,
        value: &'x Expr,
        span: Span,
    ) -> Node {
        if let ExprKind::Tuple(parts) = &target.kind
            && op.is_none()
        {
            return self.bind_deconstruction(parts, value, span);
        }
        if let ExprKind::Name(name) = &target.kind
            && name.text == "_"
            && op.is_none()
            && self.find_local("_").is_none()
        {
            let value = self.bind_value(value);
            let ty = value.ty.clone();
            return Node::new(Op::Assign(Box::new((Place::Discard, value))), ty, span);
        }
        let Some(target) = self.bind_target(target) else {
            self.bind(value);
            return Node::invalid(span);
        };
        match op {
            None => {
                let value = self.bind_as_type(value, &target.ty);
                Node::new(Op::Assign(Box::new((target.place, value))), target.ty, span)
            }
            Some(op) => {
                let right = self.bind_value(value);
                self.compound(op, target, right, false, span)
            }
        }
    }

    /// The update of a place by an operator.
    fn compound(
        &mut self,
        op: BinaryOp,
        target: Target,
        right: Node,
        post: bool,
        span: Span,
    ) -> Node {
        let slot = self.temp();
        let current = Self::local(slot, target.ty.clone(), span);
        let right_type = right.ty.clone();
        let value = self.binary(op, current, right, span);
        if value.ty.is_unknown() {
            return Node::invalid(span);
        }
        let value = self.narrowed(value, &target.ty, &right_type, span);
        let update = Update {
            place: target.place,
            slot,
            value,
            post,
        };
        Node::new(Op::Update(Box::new(update)), target.ty, span)
    }

    /// The result of `a op b` as `a`'s type: `byte b; b += 1` converts back.
    fn narrowed(&mut self, value: Node, to: &Type, right: &Type, span: Span) -> Node {
        if self.implicit(&value.ty, None, to).is_some() {
            return self.convert(Operand::Node(value), to, span);
        }
        let predefined = value.ty.underlying().num().is_some() && to.underlying().num().is_some();
        let right_fits = right.underlying().num().is_some();
        if predefined && right_fits {
            let before = (self.checked, self.unchecked);
            self.unchecked = true;
            let node = self.cast(value, to, span);
            (self.checked, self.unchecked) = before;
            return node;
        }
        self.convert(Operand::Node(value), to, span)
    }

    // === `++` and `--` ===

    /// `a++`, `--a`.
    pub(super) fn bind_increment(&mut self, op: UnaryOp, operand: &'x Expr, span: Span) -> Node {
        let assignable = matches!(
            operand.kind,
            ExprKind::Name(_)
                | ExprKind::Member(..)
                | ExprKind::Index(..)
                | ExprKind::Parenthesized(_)
                | ExprKind::Error
        );
        if !assignable {
            let message = "the operand of an increment or decrement operator must be a variable, property or \
                 indexer";
            self.error("CS1059", span, message);
            return Node::invalid(span);
        }
        let Some(target) = self.bind_target(operand) else {
            return Node::invalid(span);
        };
        let post = matches!(op, UnaryOp::PostIncrement | UnaryOp::PostDecrement);
        let plus = matches!(op, UnaryOp::PreIncrement | UnaryOp::PostIncrement);
        let inner = target.ty.underlying();
        let numeric = inner.num().is_some() || enum_type(inner, self.surface).is_some();
        if !numeric {
            if !target.ty.is_unknown() {
                let message = format!(
                    "operator `{}` cannot be applied to operand of type `{}`",
                    op.symbol(),
                    self.show(&target.ty)
                );
                self.error("CS0023", span, message);
            }
            return Node::invalid(span);
        }
        let one = Node::new(Op::Constant(one_of(inner)), one_type(inner), span);
        let op = if plus {
            BinaryOp::Add
        } else {
            BinaryOp::Subtract
        };
        self.compound(op, target, one, post, span)
    }

    // === Places ===

    fn bind_target(&mut self, tree: &'x Expr) -> Option<Target> {
        match &tree.kind {
            ExprKind::Parenthesized(inner) => self.bind_target(inner),
            ExprKind::Member(target, name) => {
                let operand = self.bind(target);
                match operand {
                    Operand::Node(receiver) => self.member_target(receiver, name, tree.span),
                    Operand::Methods(_) => {
                        let receiver = self.value_of(operand, target.span);
                        self.member_target(receiver, name, tree.span)
                    }
                    other => {
                        let bound = self.bind_member(other, name, tree.span);
                        if !bound.is_invalid() {
                            self.not_assignable(tree.span);
                        }
                        None
                    }
                }
            }
            ExprKind::Index(target, arguments) => {
                let operand = self.bind(target);
                let receiver = self.value_of(operand, target.span);
                self.index_target(receiver, arguments, tree.span)
            }
            _ => {
                let node = self.bind_value(tree);
                match node.op {
                    Op::Local(slot) => Some(Target {
                        place: Place::Local(slot),
                        ty: node.ty,
                    }),
                    _ if node.ty.is_unknown() => None,
                    _ => {
                        self.not_assignable(tree.span);
                        None
                    }
                }
            }
        }
    }

    fn not_assignable(&mut self, span: Span) {
        let message = "the left-hand side of an assignment must be a variable, property or indexer";
        self.error("CS0131", span, message);
    }

    fn member_target(&mut self, receiver: Node, name: &SimpleName, span: Span) -> Option<Target> {
        if receiver.ty.is_unknown() {
            return None;
        }
        let setters = self.candidates(&receiver.ty, &Member::setter_name(&name.text));
        let setter = setters
            .into_iter()
            .find(|c| c.member.kind == MemberKind::PropertySetter);
        let Some(setter) = setter else {
            // Reading it says whether it is there at all.
            let owner = self.show(&receiver.ty);
            let bound = self.member_of(receiver, name, span);
            if !bound.is_invalid() {
                let message = format!(
                    "property or indexer `{owner}.{}` cannot be assigned to: it is read only",
                    name.text
                );
                self.error("CS0200", span, message);
            }
            return None;
        };
        let read = self
            .candidates(&receiver.ty, &name.text)
            .into_iter()
            .find(|c| c.member.kind == MemberKind::Property)
            .and_then(|c| native(&c));
        let write = native(&setter)?;
        let ty = setter.member.result.substitute(&setter.owner);
        let types = setter.owner.into();
        Some(Target {
            place: Place::Property {
                args: [receiver].into(),
                read,
                write,
                types,
            },
            ty,
        })
    }

    fn index_target(
        &mut self,
        receiver: Node,
        arguments: &'x [Argument],
        span: Span,
    ) -> Option<Target> {
        if receiver.ty.is_unknown() {
            self.bind_arguments(arguments);
            return None;
        }
        if let Type::Array(item) = receiver.ty.clone() {
            return match self.bind_index_of(receiver, arguments, span).op {
                Op::ArrayGet(pair) => Some(Target {
                    place: Place::Item(pair.0, pair.1),
                    ty: (*item).clone(),
                }),
                _ => None,
            };
        }
        let setters = self.candidates(&receiver.ty, &Member::setter_name(INDEXER));
        if setters.is_empty() {
            let owner = self.show(&receiver.ty);
            let node = self.bind_index_of(receiver, arguments, span);
            if !node.ty.is_unknown() {
                let message = format!(
                    "property or indexer `{owner}.this[]` cannot be assigned to: it is read only"
                );
                self.error("CS0200", span, message);
            }
            return None;
        }
        let getters = self.candidates(&receiver.ty, INDEXER);
        let args = self.bind_arguments(arguments);
        let choice = match self.resolve(&setters, &[], &args) {
            Ok(choice) => choice,
            Err(resolution) => {
                let group = MethodGroup {
                    name: "this".to_owned(),
                    name_span: span,
                    receiver: None,
                    ty: receiver.ty.clone(),
                    candidates: setters,
                    extensions: Vec::new(),
                    type_arguments: Vec::new(),
                };
                if !args.iter().any(|arg| arg.operand.is_invalid()) {
                    self.report_resolution(&resolution, &group, &args, 0, span);
                }
                return None;
            }
        };
        let read = self.resolve(&getters, &[], &args).ok().and_then(|getter| {
            native(&Candidate {
                member: getter.member,
                owner: Vec::new(),
            })
        });
        let write = native(&Candidate {
            member: choice.member.clone(),
            owner: Vec::new(),
        })?;
        let ty = choice.member.result.substitute(&choice.types);
        let types = choice.types.clone().into();
        let mut outs = Vec::new();
        let mut nodes = vec![receiver];
        nodes.extend(self.argument_nodes(&choice, args, &mut outs));
        Some(Target {
            place: Place::Property {
                args: nodes.into(),
                read,
                write,
                types,
            },
            ty,
        })
    }

    // === For initializers ===

    /// `receiver.name = value`.
    pub(super) fn assign_member(
        &mut self,
        receiver: Node,
        name: &SimpleName,
        value: &'x Expr,
        span: Span,
    ) -> Node {
        if let Some(target) = self.member_target(receiver, name, name.span) {
            let value = self.bind_as_type(value, &target.ty);
            Node::new(Op::Assign(Box::new((target.place, value))), target.ty, span)
        } else {
            self.bind(value);
            Node::invalid(span)
        }
    }

    /// `receiver[arguments] = value`.
    pub(super) fn assign_index(
        &mut self,
        receiver: Node,
        arguments: &'x [Argument],
        value: &'x Expr,
        span: Span,
    ) -> Node {
        if let Some(target) = self.index_target(receiver, arguments, span) {
            let value = self.bind_as_type(value, &target.ty);
            Node::new(Op::Assign(Box::new((target.place, value))), target.ty, span)
        } else {
            self.bind(value);
            Node::invalid(span)
        }
    }

    // === Deconstruction ===

    /// `(int a, b) = value` of a tuple.
    fn bind_deconstruction(&mut self, parts: &'x [Expr], value: &'x Expr, span: Span) -> Node {
        let value = self.bind_value(value);
        let types = match &value.ty {
            Type::Tuple(types) if types.len() == parts.len() => types.clone(),
            ty => {
                if !ty.is_unknown() {
                    let message = format!(
                        "cannot deconstruct `{}` into {} variables",
                        self.show(ty),
                        parts.len()
                    );
                    self.error("CS8129", span, message);
                }
                return Node::invalid(span);
            }
        };
        let ty = value.ty.clone();
        let slot = self.temp();
        let store = Op::Assign(Box::new((Place::Local(slot), value)));
        let mut steps = vec![Node::new(store, ty.clone(), span)];
        for (index, (part, item)) in parts.iter().zip(types.iter()).enumerate() {
            let tuple = Self::local(slot, ty.clone(), span);
            let field = Node::new(Op::Field(Box::new(tuple), index), item.clone(), span);
            let target = match &part.kind {
                ExprKind::Declaration(written, name) => {
                    let declared = if written.is_var() {
                        item.clone()
                    } else {
                        self.type_of(written)
                    };
                    let slot = self.declare(&name.text, name.span, declared.clone(), false);
                    Some(Target {
                        place: Place::Local(slot),
                        ty: declared,
                    })
                }
                _ => self.bind_target(part),
            };
            let Some(target) = target else {
                return Node::invalid(span);
            };
            let value = self.convert(Operand::Node(field), &target.ty, part.span);
            steps.push(Node::new(
                Op::Assign(Box::new((target.place, value))),
                target.ty,
                part.span,
            ));
        }
        steps.push(Self::local(slot, ty.clone(), span));
        Node::new(Op::Sequence(steps.into()), ty, span)
    }
}

fn native(candidate: &Candidate) -> Option<Native> {
    match candidate.member.body {
        Body::Native(run) => Some(run),
        _ => None,
    }
}

/// One, as the type that an increment is computed in.
fn one_of(ty: &Type) -> Constant {
    match ty.num() {
        Some(Num::Float) => Constant::Float(1.0),
        Some(Num::Double) => Constant::Double(1.0),
        Some(Num::Decimal) => Constant::Decimal(crate::value::Decimal::ONE),
        _ => Constant::Int(1),
    }
}

fn one_type(ty: &Type) -> Type {
    match ty.num() {
        Some(num @ (Num::Float | Num::Double | Num::Decimal)) => num.ty(),
        _ => Type::INT,
    }
}
