//! Expressions: one method per form.

use super::Binder;
use super::operand::Operand;
use crate::ast::{BinaryOp, Expr, ExprKind, InterpolationPart, Literal, Pattern, PatternKind};
use crate::bound::{Constant, Node, Op};
use crate::lex::Number;
use crate::library::{TypeNames, registry};
use crate::relations::{can_be_null, is_value_type};
use crate::span::Span;
use crate::text::SharedText;
use crate::types::{Num, Type};

impl<'x> Binder<'_> {
    /// Binds an expression.
    pub(super) fn bind(&mut self, tree: &'x Expr) -> Operand<'x> {
        let operand = self.bind_callee(tree);
        self.settle(operand, tree.span)
    }

    /// Binds an expression that is about to be called.
    fn bind_callee(&mut self, tree: &'x Expr) -> Operand<'x> {
        if !self.charge(tree.span) {
            return Operand::invalid(tree.span);
        }
        let span = tree.span;
        match &tree.kind {
            ExprKind::Literal(literal) => Operand::Node(Self::literal(literal, span)),
            ExprKind::Name(name) => self.bind_name(name),
            ExprKind::Member(target, name) => {
                let operand = self.bind(target);
                self.bind_member(operand, name, span)
            }
            ExprKind::Call(target, arguments) => {
                if let ExprKind::Name(name) = &target.kind
                    && name.text == "nameof"
                    && let [argument] = arguments.as_slice()
                {
                    return Operand::Node(self.name_of(&argument.value, span));
                }
                let operand = self.bind_callee(target);
                self.bind_call_of(operand, arguments, span)
            }
            ExprKind::Index(target, arguments) => {
                let operand = self.bind(target);
                let receiver = self.value_of(operand, target.span);
                Operand::Node(self.bind_index_of(receiver, arguments, span))
            }
            ExprKind::ConditionalAccess(target, access) => {
                self.bind_conditional_access(target, access, span)
            }
            ExprKind::Binary(op, left, right) => {
                Operand::Node(self.bind_binary(*op, left, right, span))
            }
            ExprKind::Unary(op, operand) => Operand::Node(self.bind_unary(*op, operand, span)),
            ExprKind::Parenthesized(inner) => self.bind_callee(inner),
            ExprKind::Lambda(lambda) => Operand::Lambda(lambda, span),
            ExprKind::Cast(ty, value) => Operand::Node(self.bind_cast(ty, value, span)),
            ExprKind::Conditional(condition, yes, no) => {
                Operand::Node(self.bind_conditional(condition, yes, no, span))
            }
            _ => self.bind_rarer(tree),
        }
    }

    fn bind_rarer(&mut self, tree: &'x Expr) -> Operand<'x> {
        let span = tree.span;
        let node = match &tree.kind {
            ExprKind::Predefined(word) => {
                return match registry().named(&[word], 0) {
                    Some(ty) => Operand::Type(ty),
                    None => Operand::invalid(span),
                };
            }
            ExprKind::Default(None) => return Operand::Default(span),
            ExprKind::Throw(value) => return Operand::Throw(self.bind_throw(value, span)),
            ExprKind::ArrayItems(items) => return Operand::Items(items, span),
            ExprKind::Interpolated(parts) => self.bind_interpolated(parts, span),
            ExprKind::Assign(op, target, value) => self.bind_assign(*op, target, value, span),
            ExprKind::As(value, ty) => self.bind_as(value, ty, span),
            ExprKind::Is(value, pattern) => self.bind_is(value, pattern, span),
            ExprKind::New(ty, arguments, initializer) => {
                self.bind_new(ty, arguments, initializer.as_ref(), span)
            }
            ExprKind::NewArray { item, size, items } => {
                self.bind_new_array(item.as_ref(), size.as_deref(), items.as_deref(), span)
            }
            ExprKind::Anonymous(members) => self.bind_anonymous(members, span),
            ExprKind::Typeof(ty) => {
                let ty = self.type_of(ty);
                Node::new(Op::TypeOf(ty), Type::TYPE, span)
            }
            ExprKind::Default(Some(ty)) => {
                let ty = self.type_of(ty);
                Self::default_of(&ty, span)
            }
            ExprKind::Checked(checked, value) => self.bind_checked(*checked, value),
            ExprKind::Tuple(items) => self.bind_tuple(items, span),
            ExprKind::Query(query) => self.bind_query(query, span),
            ExprKind::Declaration(ty, name) => {
                let ty = self.type_of(ty);
                let slot = self.declare(&name.text, name.span, ty.clone(), false);
                Self::local(slot, ty, span)
            }
            ExprKind::This => {
                self.error(
                    "CS0026",
                    span,
                    "keyword `this` is not valid in an expression",
                );
                Node::invalid(span)
            }
            _ => Node::invalid(span),
        };
        Operand::Node(node)
    }

    /// Binds an expression that must be a value.
    pub(super) fn bind_value(&mut self, tree: &'x Expr) -> Node {
        let operand = self.bind(tree);
        self.value_of(operand, tree.span)
    }

    /// Binds an expression that must be of a type.
    pub(super) fn bind_as_type(&mut self, tree: &'x Expr, ty: &Type) -> Node {
        let operand = self.bind(tree);
        self.convert(operand, ty, tree.span)
    }

    /// Binds a condition.
    pub(super) fn bind_condition(&mut self, tree: &'x Expr) -> Node {
        self.bind_as_type(tree, &Type::BOOL)
    }

    /// A method group that is not called is the property of that name, if there is one.
    fn settle(&mut self, operand: Operand<'x>, span: Span) -> Operand<'x> {
        if let Operand::Methods(group) = &operand
            && let Some(node) = self.property_of(group, span)
        {
            return Operand::Node(node);
        }
        operand
    }

    // === Literals ===

    fn literal(literal: &Literal, span: Span) -> Node {
        let (constant, ty) = match literal {
            Literal::Null => (Constant::Null, Type::Null),
            Literal::Bool(value) => (Constant::Bool(*value), Type::BOOL),
            Literal::Char(unit) => (Constant::Char(*unit), Type::CHAR),
            Literal::Text(units) => (text_constant(units), Type::STRING),
            Literal::Number(number) => return number_literal(*number, span),
        };
        Node::new(Op::Constant(constant), ty, span)
    }

    fn bind_interpolated(&mut self, parts: &'x [InterpolationPart], span: Span) -> Node {
        let mut nodes = Vec::new();
        for part in parts {
            nodes.push(match part {
                InterpolationPart::Text(units) => {
                    Node::new(Op::Constant(text_constant(units)), Type::STRING, span)
                }
                InterpolationPart::Hole {
                    value,
                    alignment,
                    format,
                } => {
                    let operand = self.bind(value);
                    let value = self.value_of(operand, value.span);
                    let width = match alignment {
                        Some(tree) => self.constant_int(tree),
                        None => 0,
                    };
                    if width == 0 && format.is_none() {
                        value
                    } else {
                        let span = value.span;
                        let format = format.as_deref().map(Into::into);
                        Node::new(
                            Op::Format(Box::new(value), width, format),
                            Type::STRING,
                            span,
                        )
                    }
                }
            });
        }
        super::operator::concat(nodes, span)
    }

    fn constant_int(&mut self, tree: &'x Expr) -> i32 {
        let node = self.bind_as_type(tree, &Type::INT);
        if let Some(Constant::Int(value)) = node.constant() {
            *value
        } else {
            if !node.ty.is_unknown() {
                self.error("CS0150", tree.span, "a constant value is expected");
            }
            0
        }
    }

    fn name_of(&mut self, tree: &'x Expr, span: Span) -> Node {
        let name = match &tree.kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => Some(name.text.clone()),
            _ => None,
        };
        let bound = self.bind(tree);
        let Some(name) = name else {
            if !bound.is_invalid() {
                self.error("CS8081", tree.span, "expression does not have a name");
            }
            return Node::invalid(span);
        };
        if bound.is_invalid() {
            return Node::invalid(span);
        }
        Node::new(
            Op::Constant(Constant::Text(SharedText::literal(&name))),
            Type::STRING,
            span,
        )
    }

    // === Casts and tests ===

    fn bind_cast(&mut self, ty: &'x crate::ast::TypeRef, value: &'x Expr, span: Span) -> Node {
        let to = self.type_of(ty);
        match self.bind(value) {
            Operand::Node(node) => {
                if node.ty == Type::Void {
                    self.error("CS0030", span, "cannot convert type `void`");
                    return Node::invalid(span);
                }
                self.cast(node, &to, span)
            }
            other => self.convert(other, &to, span),
        }
    }

    fn bind_as(&mut self, value: &'x Expr, ty: &'x crate::ast::TypeRef, span: Span) -> Node {
        let value = self.bind_value(value);
        let to = self.type_of(ty);
        if value.ty.is_unknown() || to.is_unknown() {
            return Node::new(Op::Invalid, to, span);
        }
        if is_value_type(&to, self.surface) && !matches!(to, Type::Nullable(_)) {
            let message = format!(
                "the as operator must be used with a reference type or nullable type (`{}` is a \
                 non-nullable value type)",
                self.show(&to)
            );
            self.error("CS0077", span, message);
            return Node::invalid(span);
        }
        if self.explicit_reference(&value, &to) || value.ty == Type::Null {
            return Node::new(Op::As(Box::new(value), to.clone()), to, span);
        }
        let (from, to) = (self.show(&value.ty), self.show(&to));
        let message = format!("cannot convert type `{from}` to `{to}` via a reference conversion");
        self.error("CS0039", span, message);
        Node::invalid(span)
    }

    /// Whether a value could be an object of the type, user-defined conversions aside.
    fn explicit_reference(&mut self, value: &Node, to: &Type) -> bool {
        use super::conversion::Conv;
        matches!(
            self.explicit(&value.ty, None, to),
            Some(Conv::Same | Conv::Cast | Conv::Unwrap(..) | Conv::Lift(..))
        )
    }

    fn bind_is(&mut self, value: &'x Expr, pattern: &'x Pattern, span: Span) -> Node {
        let value = self.bind_value(value);
        let slot = self.temp();
        let ty = value.ty.clone();
        let test = self.bind_pattern(&Self::local(slot, ty, span), pattern);
        let store = Node::new(Op::Bind(Box::new(value), slot), Type::BOOL, span);
        Node::new(Op::All([store, test].into()), Type::BOOL, span)
    }

    /// The condition that a value matches a pattern; variables of the pattern get their values.
    pub(super) fn bind_pattern(&mut self, value: &Node, pattern: &'x Pattern) -> Node {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Type(written) => {
                // `x is Name` may be a constant after all.
                let ty = self.type_of(written);
                self.type_test(value, &ty, span)
            }
            PatternKind::Declaration(written, name) => {
                let ty = if written.is_var() {
                    value.ty.clone()
                } else {
                    self.type_of(written)
                };
                if matches!(ty, Type::Nullable(_)) && !written.is_var() {
                    let message = "it is not legal to use a nullable type in a pattern";
                    self.error("CS8116", span, message);
                }
                let test = if written.is_var() {
                    Node::new(Op::Constant(Constant::Bool(true)), Type::BOOL, span)
                } else {
                    self.type_test(value, &ty, span)
                };
                let slot = self.declare(&name.text, name.span, ty.clone(), false);
                let stored = Node {
                    ty,
                    ..value.clone()
                };
                let bind = Node::new(Op::Bind(Box::new(stored), slot), Type::BOOL, span);
                Node::new(Op::All([test, bind].into()), Type::BOOL, span)
            }
            PatternKind::Constant(tree) => self.constant_pattern(value, tree, span),
        }
    }

    fn type_test(&mut self, value: &Node, ty: &Type, span: Span) -> Node {
        if value.ty.is_unknown() || ty.is_unknown() {
            return Node::new(Op::Invalid, Type::BOOL, span);
        }
        if value.ty != Type::Null && !self.explicit_reference(value, ty) {
            let boxed = Node {
                ty: Type::OBJECT,
                ..value.clone()
            };
            if is_value_type(&value.ty, self.surface) || !self.explicit_reference(&boxed, ty) {
                let message = format!(
                    "an expression of type `{}` is never of the provided type `{}`",
                    self.show(&value.ty),
                    self.show(ty)
                );
                self.warning("CS0184", span, message);
            }
        }
        Node::new(
            Op::Is(Box::new(value.clone()), ty.clone()),
            Type::BOOL,
            span,
        )
    }

    fn constant_pattern(&mut self, value: &Node, tree: &'x Expr, span: Span) -> Node {
        let operand = self.bind(tree);
        if let Operand::Type(ty) = operand {
            return self.type_test(value, &ty, span);
        }
        let operand = self.value_of(operand, tree.span);
        let same_type = operand.ty == Type::Null || value.ty == Type::OBJECT;
        let constant = if same_type {
            operand
        } else {
            self.convert(
                Operand::Node(operand),
                &value.ty.underlying().clone(),
                tree.span,
            )
        };
        if constant.constant().is_none() {
            if !constant.ty.is_unknown() {
                self.error("CS0150", tree.span, "a constant value is expected");
            }
            return Node::new(Op::Invalid, Type::BOOL, span);
        }
        if constant.is_null() && !can_be_null(&value.ty, self.surface) {
            let message = format!(
                "cannot convert null to `{}` because it is a non-nullable value type",
                self.show(&value.ty)
            );
            self.error("CS0037", span, message);
        }
        Node::new(
            Op::ValueEqual(false, Box::new((value.clone(), constant))),
            Type::BOOL,
            span,
        )
    }

    // === Small forms ===

    fn bind_throw(&mut self, value: &'x Expr, span: Span) -> Node {
        let value = self.bind_exception(value);
        Node::new(Op::Throw(Box::new(value)), Type::Unknown, span)
    }

    /// Binds what is thrown.
    pub(super) fn bind_exception(&mut self, tree: &'x Expr) -> Node {
        let value = self.bind_value(tree);
        let derived = value.ty == Type::Null
            || value.ty.is_unknown()
            || crate::relations::is_subtype(&value.ty, &Type::EXCEPTION, self.surface);
        if !derived {
            let message = "the type caught or thrown must be derived from System.Exception";
            self.error("CS0155", tree.span, message);
        }
        value
    }

    fn bind_checked(&mut self, checked: bool, value: &'x Expr) -> Node {
        let before = (self.checked, self.unchecked);
        (self.checked, self.unchecked) = (checked, !checked);
        let node = self.bind_value(value);
        (self.checked, self.unchecked) = before;
        node
    }

    fn bind_tuple(&mut self, items: &'x [Expr], span: Span) -> Node {
        let nodes: Vec<Node> = items.iter().map(|item| self.bind_value(item)).collect();
        if nodes.iter().any(|node| node.ty.is_unknown()) {
            return Node::invalid(span);
        }
        let types = nodes.iter().map(|node| node.ty.clone()).collect();
        let ty = Type::Tuple(types);
        Node::new(Op::Record(ty.clone(), nodes.into()), ty, span)
    }

    fn bind_conditional(
        &mut self,
        condition: &'x Expr,
        yes: &'x Expr,
        no: &'x Expr,
        span: Span,
    ) -> Node {
        let condition = self.bind_condition(condition);
        let a = self.bind(yes);
        let b = self.bind(no);
        if a.is_invalid() || b.is_invalid() {
            return Node::invalid(span);
        }
        let Some(ty) = self.conditional_type(&a, &b) else {
            self.report_conditional(&a, &b, span);
            return Node::invalid(span);
        };
        let a = self.convert(a, &ty, yes.span);
        let b = self.convert(b, &ty, no.span);
        if let (Some(Constant::Bool(condition)), Some(_), Some(_)) =
            (condition.constant(), a.constant(), b.constant())
        {
            return Node {
                span,
                ..if *condition { a } else { b }
            };
        }
        Node::new(Op::Conditional(Box::new((condition, a, b))), ty, span)
    }

    /// The type of `c ? a : b`: the one that the other converts to.
    fn conditional_type(&mut self, a: &Operand<'x>, b: &Operand<'x>) -> Option<Type> {
        match (a.ty().cloned(), b.ty().cloned()) {
            (Some(left), Some(right)) if left == right => Some(left),
            (Some(left), Some(right)) => {
                let to_right = self.conversion(a, &right).is_some();
                let to_left = self.conversion(b, &left).is_some();
                match (to_right, to_left) {
                    (true, false) => Some(right),
                    (false, true) => Some(left),
                    // Constants fit both ways: the wider type wins.
                    (true, true) => match (left.num(), right.num()) {
                        (Some(from), Some(to)) if from.widens_to(to) => Some(right),
                        _ => Some(left),
                    },
                    (false, false) => None,
                }
            }
            (Some(ty), None) => self.conversion(b, &ty).map(|_| ty),
            (None, Some(ty)) => self.conversion(a, &ty).map(|_| ty),
            (None, None) => None,
        }
    }

    fn report_conditional(&mut self, a: &Operand<'x>, b: &Operand<'x>, span: Span) {
        let name = |binder: &Self, operand: &Operand<'x>| {
            operand
                .ty()
                .map_or_else(|| "<null>".to_owned(), |ty| binder.show(ty))
        };
        let (x, y) = (name(self, a), name(self, b));
        let message = format!(
            "type of conditional expression cannot be determined because there is no implicit \
             conversion between `{x}` and `{y}`"
        );
        self.error("CS0173", span, message);
    }

    /// `a ?? b`.
    pub(super) fn bind_coalesce(&mut self, left: &'x Expr, right: &'x Expr, span: Span) -> Node {
        let a = self.bind_value(left);
        let b = self.bind(right);
        if a.ty.is_unknown() || b.is_invalid() {
            return Node::invalid(span);
        }
        if !can_be_null(&a.ty, self.surface) {
            let right = b
                .ty()
                .map_or_else(|| "<null>".to_owned(), |ty| self.show(ty));
            let message = format!(
                "operator `??` cannot be applied to operands of type `{}` and `{right}`",
                self.show(&a.ty)
            );
            self.error("CS0019", span, message);
            return Node::invalid(span);
        }
        // First to `T` of `T?`, then to the left type, then to the right one.
        let mut targets = Vec::new();
        if let Type::Nullable(inner) = &a.ty {
            targets.push((**inner).clone());
        }
        if a.ty != Type::Null {
            targets.push(a.ty.clone());
        }
        let target = targets
            .into_iter()
            .find(|ty| self.conversion(&b, ty).is_some());
        if let Some(ty) = target {
            let b = self.convert(b, &ty, right.span);
            return Node::new(Op::Coalesce(Box::new((a, b))), ty, span);
        }
        if let Some(ty) = b.ty().cloned()
            && let Some(conv) = self.implicit(&a.ty.underlying().clone(), None, &ty)
        {
            return self.coalesce_to_right(a, b, &ty, &conv, span);
        }
        let right = b
            .ty()
            .map_or_else(|| "<null>".to_owned(), |ty| self.show(ty));
        let message = format!(
            "operator `??` cannot be applied to operands of type `{}` and `{right}`",
            self.show(&a.ty)
        );
        self.error("CS0019", span, message);
        Node::invalid(span)
    }

    /// `a ?? b` of `b`'s type: `a` is converted where it is not `null`.
    fn coalesce_to_right(
        &mut self,
        a: Node,
        b: Operand<'x>,
        ty: &Type,
        conv: &super::conversion::Conv,
        span: Span,
    ) -> Node {
        let slot = self.temp();
        let value = Self::local(slot, a.ty.underlying().clone(), a.span);
        let converted = self.apply(value, conv, ty);
        let b = self.convert(b, ty, span);
        let access = Op::Access(Box::new((a, converted)), slot);
        let left = Node::new(access, ty.clone(), span);
        Node::new(Op::Coalesce(Box::new((left, b))), ty.clone(), span)
    }

    /// Binary operators that are not arithmetic.
    pub(super) fn bind_binary(
        &mut self,
        op: BinaryOp,
        left: &'x Expr,
        right: &'x Expr,
        span: Span,
    ) -> Node {
        match op {
            BinaryOp::Coalesce => self.bind_coalesce(left, right, span),
            BinaryOp::AndAlso | BinaryOp::OrElse => self.bind_logical(op, left, right, span),
            _ => self.bind_operator(op, left, right, span),
        }
    }
}

/// The constant of a string literal.
pub(super) fn text_constant(units: &[u16]) -> Constant {
    match String::from_utf16(units) {
        Ok(text) => Constant::Text(SharedText::literal(&text)),
        Err(_) => Constant::Wide(units.into()),
    }
}

fn number_literal(number: Number, span: Span) -> Node {
    let (constant, ty) = match number {
        Number::Integer(value, num) => {
            let constant = Constant::of(&crate::eval::wrap(i128::from(value), num));
            (constant.unwrap_or(Constant::Null), num.ty())
        }
        Number::Float(value) => (Constant::Float(value), Type::FLOAT),
        Number::Double(value) => (Constant::Double(value), Type::DOUBLE),
        Number::Decimal(value) => (Constant::Decimal(value), Num::Decimal.ty()),
    };
    Node::new(Op::Constant(constant), ty, span)
}
