//! Conversions: which there are between two types, and the nodes that perform them.

use std::sync::Arc;

use super::Binder;
use crate::bound::{Constant, Convert, Lifted, NativeCall, Node, Op, WhenNull};
use crate::eval::convert_num;
use crate::member::{Body, EXPLICIT, IMPLICIT, Member};
use crate::relations::{enum_type, is_enum, is_interface, is_subtype, is_value_type, lineage};
use crate::span::Span;
use crate::types::{DefId, Num, Type};

/// A conversion.
#[derive(Debug, Clone)]
pub(super) enum Conv {
    /// Nothing happens: identity, to a base type, boxing, `null`.
    Same,
    /// Of something without a type of its own: a lambda, a method, `default`.
    Untyped,
    Numeric(Num),
    /// A constant that fits the smaller type.
    Constant(Constant),
    /// From `T?`: `null` stays `null`.
    Lift(Box<Conv>, Type),
    /// From `T?` to `U`: `null` fails.
    Unwrap(Box<Conv>, Type),
    /// Between an enumeration and a number.
    ToEnum,
    FromEnum(Num),
    /// A reference conversion or unboxing that is checked when it runs.
    Cast,
    User(Box<UserConv>),
}

/// A user-defined conversion with what comes before and after it.
#[derive(Debug, Clone)]
pub(super) struct UserConv {
    member: Arc<Member>,
    source: Type,
    before: Conv,
    after: Conv,
}

impl Binder<'_> {
    /// The implicit conversion between two types.
    pub(super) fn implicit(
        &mut self,
        from: &Type,
        constant: Option<&Constant>,
        to: &Type,
    ) -> Option<Conv> {
        self.standard_implicit(from, constant, to)
            .or_else(|| self.user_defined(from, constant, to, false))
    }

    fn standard_implicit(
        &self,
        from: &Type,
        constant: Option<&Constant>,
        to: &Type,
    ) -> Option<Conv> {
        if from == to || from.is_unknown() || to.is_unknown() {
            return Some(Conv::Same);
        }
        if *from == Type::Void || *to == Type::Void {
            return None;
        }
        if *from == Type::Null {
            return crate::relations::can_be_null(to, self.surface).then_some(Conv::Same);
        }
        if let (Some(a), Some(b)) = (from.num(), to.num()) {
            if a.widens_to(b) {
                return Some(Conv::Numeric(b));
            }
            return constant.and_then(|c| fit(c, a, b)).map(Conv::Constant);
        }
        if let Some(ty) = enum_type(to, self.surface)
            && matches!(constant, Some(Constant::Int(0)))
        {
            return Some(Conv::Constant(Constant::Enum(ty, 0)));
        }
        if let Type::Nullable(inner) = to {
            return self.to_nullable(from, constant, inner);
        }
        if let Type::Tuple(items) = to {
            let Type::Tuple(own) = from else { return None };
            return (own == items).then_some(Conv::Same);
        }
        let from_inner = from.underlying();
        if is_value_type(from, self.surface) {
            // Boxing; a `T?` boxes as its value.
            return (!is_value_type(to, self.surface) && is_subtype(from_inner, to, self.surface))
                .then_some(Conv::Same);
        }
        let reference = !is_value_type(to, self.surface) && is_subtype(from, to, self.surface);
        reference.then_some(Conv::Same)
    }

    fn to_nullable(&self, from: &Type, constant: Option<&Constant>, inner: &Type) -> Option<Conv> {
        if let Type::Nullable(from_inner) = from {
            return match self.standard_implicit(from_inner, None, inner)? {
                Conv::Same => Some(Conv::Same),
                conv => Some(Conv::Lift(Box::new(conv), (**from_inner).clone())),
            };
        }
        if !is_value_type(from, self.surface) {
            return None;
        }
        self.standard_implicit(from, constant, inner)
    }

    /// The explicit conversion between two types, implicit ones included.
    pub(super) fn explicit(
        &mut self,
        from: &Type,
        constant: Option<&Constant>,
        to: &Type,
    ) -> Option<Conv> {
        self.standard_implicit(from, constant, to)
            .or_else(|| self.standard_explicit(from, to))
            .or_else(|| self.user_defined(from, constant, to, false))
            .or_else(|| self.user_defined(from, constant, to, true))
    }

    fn standard_explicit(&self, from: &Type, to: &Type) -> Option<Conv> {
        if *from == Type::Void || *to == Type::Void || *from == Type::Null {
            return None;
        }
        if let Some(num) = to.num() {
            if from.num().is_some() {
                return Some(Conv::Numeric(num));
            }
            if is_enum(from, self.surface) {
                return Some(Conv::FromEnum(num));
            }
        }
        if is_enum(to, self.surface) && (from.num().is_some() || is_enum(from, self.surface)) {
            return Some(Conv::ToEnum);
        }
        if let Type::Nullable(inner) = from {
            let target = to.underlying();
            let conv = self
                .standard_implicit(inner, None, target)
                .or_else(|| self.standard_explicit(inner, target))?;
            let inner = (**inner).clone();
            return Some(match to {
                Type::Nullable(_) => Conv::Lift(Box::new(conv), inner),
                _ => Conv::Unwrap(Box::new(conv), inner),
            });
        }
        if let Type::Nullable(inner) = to
            && is_value_type(from, self.surface)
        {
            return self.standard_explicit(from, inner);
        }
        self.downcast(from, to)
    }

    /// Unboxing, and reference conversions that are checked when they run.
    fn downcast(&self, from: &Type, to: &Type) -> Option<Conv> {
        if is_value_type(from, self.surface) {
            return None;
        }
        if is_value_type(to, self.surface) {
            let base = matches!(*from, Type::OBJECT | Type::VALUE_TYPE)
                || (is_interface(from) && is_subtype(to.underlying(), from, self.surface))
                || (*from == Type::ENUM && is_enum(to, self.surface));
            return base.then_some(Conv::Cast);
        }
        let related = is_subtype(to, from, self.surface)
            || (is_interface(from) && !is_sealed(to))
            || (is_interface(to) && !is_sealed(from))
            || host_related(from, to)
            || self.arrays_related(from, to);
        related.then_some(Conv::Cast)
    }

    fn arrays_related(&self, from: &Type, to: &Type) -> bool {
        match (from, to) {
            (Type::Array(a), Type::Array(b)) => {
                !is_value_type(a, self.surface) && self.downcast(a, b).is_some()
            }
            _ => false,
        }
    }

    // === User-defined ===

    /// An `implicit operator` or `explicit operator` of either type or their bases.
    fn user_defined(
        &mut self,
        from: &Type,
        constant: Option<&Constant>,
        to: &Type,
        explicit: bool,
    ) -> Option<Conv> {
        if from.is_unknown() || *from == Type::Null || *from == Type::OBJECT || is_interface(from) {
            return None;
        }
        if *to == Type::OBJECT || is_interface(to) {
            return None;
        }
        let mut best: Option<(u32, UserConv)> = None;
        for member in self.operators_between(from, to, explicit) {
            let Some(param) = member.params.first() else {
                continue;
            };
            let source = param.ty.clone();
            let before = self.standard_implicit(from, constant, &source).or_else(|| {
                explicit
                    .then(|| self.standard_explicit(from, &source))
                    .flatten()
            });
            let after = self
                .standard_implicit(&member.result, None, to)
                .or_else(|| {
                    explicit
                        .then(|| self.standard_explicit(&member.result, to))
                        .flatten()
                });
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            let cost = cost(&before, from == &source) + cost(&after, &member.result == to);
            let better = best.as_ref().is_none_or(|(least, _)| cost < *least);
            if better {
                best = Some((
                    cost,
                    UserConv {
                        member,
                        source,
                        before,
                        after,
                    },
                ));
            }
        }
        best.map(|(_, conv)| Conv::User(Box::new(conv)))
    }

    fn operators_between(&self, from: &Type, to: &Type, explicit: bool) -> Vec<Arc<Member>> {
        let names: &[&str] = if explicit {
            &[EXPLICIT, IMPLICIT]
        } else {
            &[IMPLICIT]
        };
        let mut found: Vec<Arc<Member>> = Vec::new();
        for side in [from.underlying(), to.underlying()] {
            for ty in lineage(side, self.surface) {
                for name in names {
                    for member in self.own_members(&ty, name) {
                        if !found.iter().any(|known| Arc::ptr_eq(known, member)) {
                            found.push(member.clone());
                        }
                    }
                }
            }
        }
        found
    }

    // === Applying ===

    /// The node that performs a conversion.
    pub(super) fn apply(&mut self, node: Node, conv: &Conv, to: &Type) -> Node {
        let span = node.span;
        match conv {
            Conv::Same | Conv::Untyped => Node {
                ty: to.clone(),
                ..node
            },
            Conv::Constant(constant) => Node::new(Op::Constant(constant.clone()), to.clone(), span),
            Conv::Numeric(num) => self.numeric(node, *num, to),
            Conv::Lift(inner, from) => {
                let slot = self.temp();
                let value = Self::local(slot, from.clone(), span);
                let body = self.apply(value, inner, to.underlying());
                let operands = [(slot, node)].into();
                let lifted = Lifted {
                    operands,
                    body,
                    when_null: WhenNull::Null,
                };
                Node::new(Op::Lifted(Box::new(lifted)), to.clone(), span)
            }
            Conv::Unwrap(inner, from) => {
                let value = Node::new(
                    Op::Convert(Box::new(node), Convert::Unwrap),
                    from.clone(),
                    span,
                );
                self.apply(value, inner, to)
            }
            Conv::ToEnum => match enum_type(to.underlying(), self.surface) {
                Some(ty) => {
                    if let Some(Constant::Int(number)) = node.constant() {
                        let constant = Constant::Enum(ty, *number);
                        return Node::new(Op::Constant(constant), to.clone(), span);
                    }
                    Node::new(
                        Op::Convert(Box::new(node), Convert::ToEnum(ty)),
                        to.clone(),
                        span,
                    )
                }
                None => Node::invalid(span),
            },
            Conv::FromEnum(num) => {
                if let Some(Constant::Enum(_, number)) = node.constant() {
                    let number = Node::new(Op::Constant(Constant::Int(*number)), Type::INT, span);
                    return self.numeric(number, *num, to);
                }
                Node::new(
                    Op::Convert(Box::new(node), Convert::FromEnum(*num)),
                    to.clone(),
                    span,
                )
            }
            Conv::Cast => Node::new(
                Op::Convert(Box::new(node), Convert::Cast(to.clone())),
                to.clone(),
                span,
            ),
            Conv::User(user) => self.apply_user(node, user, to),
        }
    }

    fn numeric(&mut self, node: Node, num: Num, to: &Type) -> Node {
        let span = node.span;
        if node.ty.num() == Some(num) {
            return Node {
                ty: to.clone(),
                ..node
            };
        }
        if let Some(constant) = node.constant() {
            return self.constant_conversion(&constant.clone(), num, to, span);
        }
        let checked = self.checked;
        let convert = Convert::Numeric { to: num, checked };
        Node::new(Op::Convert(Box::new(node), convert), to.clone(), span)
    }

    fn constant_conversion(
        &mut self,
        constant: &Constant,
        num: Num,
        to: &Type,
        span: Span,
    ) -> Node {
        let value = constant.value();
        let converted = convert_num(&value, num, !self.unchecked && num.is_integral());
        if let Some(constant) = converted.ok().as_ref().and_then(Constant::of) {
            Node::new(Op::Constant(constant), to.clone(), span)
        } else {
            let shown = crate::display::plain_text(&value, self.surface);
            let message = format!(
                "constant value `{shown}` cannot be converted to a `{}`",
                self.show(to)
            );
            let help = Some("write `unchecked((T)value)` to override".to_owned());
            self.error_with_help("CS0221", span, message, help);
            Node::invalid(span)
        }
    }

    fn apply_user(&mut self, node: Node, user: &UserConv, to: &Type) -> Node {
        let span = node.span;
        // A conversion from `T` serves `T?` too: `null` stays `null` or fails.
        let argument = self.apply(node, &user.before, &user.source);
        let Body::Native(run) = user.member.body else {
            return Node::invalid(span);
        };
        let result = user.member.result.clone();
        let call = NativeCall {
            run,
            instance: false,
            args: [argument].into(),
            outs: Box::default(),
            types: [result.clone()].into(),
        };
        let value = Node::new(Op::Native(Box::new(call)), result, span);
        self.apply(value, &user.after, to)
    }

    /// `(T)value`.
    pub(super) fn cast(&mut self, node: Node, to: &Type, span: Span) -> Node {
        if node.ty.is_unknown() || to.is_unknown() {
            return Node {
                ty: to.clone(),
                span,
                ..node
            };
        }
        let Some(conv) = self.explicit(&node.ty, node.constant(), to) else {
            if node.is_null() {
                let to = self.show(to);
                let message = format!(
                    "cannot convert null to `{to}` because it is a non-nullable value type"
                );
                self.error("CS0037", span, message);
                return Node::invalid(span);
            }
            let (from, to) = (self.show(&node.ty), self.show(to));
            let message = format!("cannot convert type `{from}` to `{to}`");
            self.error("CS0030", span, message);
            return Node::invalid(span);
        };
        let mut node = self.apply(node, &conv, to);
        node.span = span;
        node
    }
}

/// How far a standard conversion is: user-defined conversions with the least sum win.
fn cost(conv: &Conv, identity: bool) -> u32 {
    match conv {
        _ if identity => 0,
        Conv::Same => 1,
        Conv::Numeric(num) => 2 + *num as u32,
        Conv::Constant(_) => 3,
        Conv::Lift(..) => 20,
        Conv::Unwrap(..) => 21,
        _ => 30,
    }
}

/// A constant of an integral type that fits a smaller one.
fn fit(constant: &Constant, from: Num, to: Num) -> Option<Constant> {
    let convertible = match from {
        Num::Int => matches!(
            to,
            Num::SByte | Num::Byte | Num::Short | Num::UShort | Num::UInt | Num::ULong
        ),
        Num::Long => to == Num::ULong,
        _ => false,
    };
    if !convertible {
        return None;
    }
    convert_num(&constant.value(), to, true)
        .ok()
        .as_ref()
        .and_then(Constant::of)
}

/// Types that nothing derives from.
fn is_sealed(ty: &Type) -> bool {
    matches!(*ty, Type::STRING) || matches!(ty, Type::Array(_))
}

/// An object of one host type may well be of another, when one of them is only an interface.
fn host_related(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Host(_), Type::Host(_)) => true,
        (Type::Host(_), other) | (other, Type::Host(_)) => {
            is_interface(other) || matches!(other, Type::Generic(DefId::ENUMERABLE_OF, _))
        }
        _ => false,
    }
}
