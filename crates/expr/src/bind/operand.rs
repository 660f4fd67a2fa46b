//! `Operand`: what an expression can be before the place where it stands gives it a type.

use std::sync::Arc;

use super::Binder;
use super::conversion::Conv;
use crate::ast::{Expr, Lambda};
use crate::bound::{Constant, Node, Op};
use crate::member::Member;
use crate::relations::can_be_null;
use crate::span::Span;
use crate::types::Type;

/// A bound expression, or what becomes one when it is converted.
#[derive(Debug, Clone)]
pub(super) enum Operand<'x> {
    Node(Node),
    Type(Type),
    Namespace(String),
    Methods(MethodGroup),
    Lambda(&'x Lambda, Span),
    /// `default`
    Default(Span),
    /// `throw e`
    Throw(Node),
    /// `{ 1, 2 }` of an array variable.
    Items(&'x [Expr], Span),
    /// A local function's name.
    Function(Arc<super::scope::LocalSignature>),
}

/// Methods of one name.
#[derive(Debug, Clone)]
pub(super) struct MethodGroup {
    pub(super) name: String,
    pub(super) name_span: Span,
    /// The object, or nothing for a static group.
    pub(super) receiver: Option<Box<Node>>,
    /// The type in which they were found.
    pub(super) ty: Type,
    pub(super) candidates: Vec<Candidate>,
    pub(super) extensions: Vec<Arc<Member>>,
    pub(super) type_arguments: Vec<Type>,
}

/// A member with the type arguments of the type it was found in.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) member: Arc<Member>,
    pub(super) owner: Vec<Type>,
}

impl Operand<'_> {
    /// Nothing sensible; a problem has been reported.
    pub(super) fn invalid(span: Span) -> Self {
        Operand::Node(Node::invalid(span))
    }

    /// The type it has of itself.
    pub(super) fn ty(&self) -> Option<&Type> {
        match self {
            Operand::Node(node) if node.ty != Type::Null => Some(&node.ty),
            _ => None,
        }
    }

    /// Whether a problem about it has been reported.
    pub(super) fn is_invalid(&self) -> bool {
        matches!(self, Operand::Node(node) if node.ty.is_unknown())
    }
}

impl Binder<'_> {
    /// The value of an operand that must have one of its own.
    pub(super) fn value_of(&mut self, operand: Operand<'_>, span: Span) -> Node {
        match operand {
            Operand::Node(node) => {
                if node.ty == Type::Void {
                    self.error("CS0019", span, "an expression of type `void` has no value");
                    return Node::invalid(span);
                }
                node
            }
            Operand::Type(ty) => {
                let message = format!("`{}` is a type but is used like a variable", self.show(&ty));
                self.error("CS0119", span, message);
                Node::invalid(span)
            }
            Operand::Namespace(name) => {
                let message = format!("`{name}` is a namespace but is used like a variable");
                self.error("CS0118", span, message);
                Node::invalid(span)
            }
            Operand::Methods(group) => {
                if let Some(node) = self.property_of(&group, span) {
                    return node;
                }
                let message = format!(
                    "`{}` is a method and cannot be used as a value; call it with `()`",
                    group.name
                );
                self.error("CS0428", span, message);
                Node::invalid(span)
            }
            Operand::Function(function) => {
                let message = format!(
                    "`{}` is a function and cannot be used as a value",
                    function.name
                );
                self.error("CS0428", span, message);
                Node::invalid(span)
            }
            Operand::Lambda(..) => {
                self.error(
                    "CS1660",
                    span,
                    "cannot use a lambda expression here: it has no type",
                );
                Node::invalid(span)
            }
            Operand::Default(_) => {
                self.error(
                    "CS8716",
                    span,
                    "there is no target type for the default literal",
                );
                Node::invalid(span)
            }
            Operand::Throw(_) => {
                let message = "a throw expression is not allowed in this context";
                self.error("CS8115", span, message);
                Node::invalid(span)
            }
            Operand::Items(..) => {
                self.error(
                    "CS0622",
                    span,
                    "an array initializer can only be assigned to an array",
                );
                Node::invalid(span)
            }
        }
    }

    /// The implicit conversion of an operand to a type, if there is one.
    pub(super) fn conversion(&mut self, operand: &Operand<'_>, to: &Type) -> Option<Conv> {
        match operand {
            Operand::Node(node) => self.implicit(&node.ty, node.constant(), to),
            Operand::Lambda(lambda, span) => self
                .lambda_converts(lambda, *span, to)
                .then_some(Conv::Untyped),
            Operand::Methods(group) => self.group_converts(group, to).then_some(Conv::Untyped),
            Operand::Function(function) => self
                .function_converts(function, to)
                .then_some(Conv::Untyped),
            Operand::Default(_) | Operand::Throw(_) => Some(Conv::Untyped),
            Operand::Items(..) => matches!(to, Type::Array(_)).then_some(Conv::Untyped),
            Operand::Type(_) | Operand::Namespace(_) => None,
        }
    }

    /// Converts an operand implicitly; reports when that cannot be done.
    pub(super) fn convert(&mut self, operand: Operand<'_>, to: &Type, span: Span) -> Node {
        if to.is_unknown() || operand.is_invalid() {
            if let Operand::Node(node) = operand {
                return Node {
                    ty: to.clone(),
                    ..node
                };
            }
            return Node::invalid(span);
        }
        match operand {
            Operand::Node(node) => {
                if let Some(conv) = self.implicit(&node.ty, node.constant(), to) {
                    self.apply(node, &conv, to)
                } else {
                    self.report_no_conversion(&node, to, span);
                    Node::invalid(span)
                }
            }
            Operand::Lambda(lambda, span) => self.bind_lambda_as(lambda, to, span),
            Operand::Methods(group) => self.group_as(&group, to, span),
            Operand::Function(function) => self.function_as(&function, to, span),
            Operand::Default(span) => Self::default_of(to, span),
            Operand::Throw(node) => Node {
                ty: to.clone(),
                ..node
            },
            Operand::Items(items, span) => match to {
                Type::Array(item) => self.array_of(item, items, span),
                _ => self.value_of(Operand::Items(items, span), span),
            },
            other => self.value_of(other, span),
        }
    }

    /// `default(T)`.
    pub(super) fn default_of(ty: &Type, span: Span) -> Node {
        let op = match Constant::of(&crate::value::Value::default_of(ty)) {
            Some(constant) if !matches!(ty, Type::Host(_)) => Op::Constant(constant),
            _ => Op::Default(ty.clone()),
        };
        Node::new(op, ty.clone(), span)
    }

    fn report_no_conversion(&mut self, node: &Node, to: &Type, span: Span) {
        let to_name = self.show(to);
        if node.is_null() && !can_be_null(to, self.surface) {
            let message = format!(
                "cannot convert null to `{to_name}` because it is a non-nullable value type"
            );
            self.error("CS0037", span, message);
            return;
        }
        let from = self.show(&node.ty);
        if let (Some(Constant::Double(_)), Type::FLOAT | Type::DECIMAL) =
            (node.constant(), to.clone())
        {
            let suffix = if *to == Type::FLOAT { "F" } else { "M" };
            let message = format!(
                "literal of type double cannot be implicitly converted to type `{to_name}`; use an \
                 `{suffix}` suffix to create a literal of this type"
            );
            self.error("CS0664", span, message);
            return;
        }
        let explicit = self.explicit(&node.ty, node.constant(), to).is_some();
        if explicit && node.constant().is_some() && node.ty.num().is_some() && to.num().is_some() {
            let message = format!("a constant value cannot be converted to a `{to_name}`");
            self.error("CS0031", span, message);
        } else if explicit {
            let message = format!(
                "cannot implicitly convert type `{from}` to `{to_name}`; an explicit conversion exists"
            );
            let help = Some(format!(
                "write `({to_name})` before the value if that is what you mean"
            ));
            self.error_with_help("CS0266", span, message, help);
        } else {
            let message = format!("cannot implicitly convert type `{from}` to `{to_name}`");
            self.error("CS0029", span, message);
        }
    }
}
