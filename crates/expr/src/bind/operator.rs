//! Operators: promotions, string concatenation, equality, lifting, user-defined operators.

use std::sync::Arc;

use super::Binder;
use super::operand::Operand;
use crate::ast::{BinaryOp, Expr, ExprKind, Literal, UnaryOp};
use crate::bound::{Arith, Constant, Convert, Lifted, NativeCall, Node, Op, WhenNull};
use crate::lex::Number;
use crate::member::{Body, Member};
use crate::relations::{enum_type, is_enum, is_value_type, lineage};
use crate::span::Span;
use crate::text::SharedText;
use crate::types::{Num, Type};

impl<'x> Binder<'_> {
    /// `a op b`. A chain of operators that group to the left is bound without recursion.
    pub(super) fn bind_operator(
        &mut self,
        op: BinaryOp,
        left: &'x Expr,
        right: &'x Expr,
        span: Span,
    ) -> Node {
        let mut chain = vec![(op, right, span)];
        let mut first = left;
        while let ExprKind::Binary(op, left, right) = &first.kind {
            if matches!(
                op,
                BinaryOp::AndAlso | BinaryOp::OrElse | BinaryOp::Coalesce
            ) {
                break;
            }
            chain.push((*op, right, first.span));
            first = left;
        }
        let mut node = self.bind_value(first);
        for (op, right, span) in chain.into_iter().rev() {
            if !self.charge(span) {
                return Node::invalid(span);
            }
            let right = self.bind_value(right);
            node = self.binary(op, node, right, span);
        }
        node
    }

    /// `a && b`, `a || b`.
    pub(super) fn bind_logical(
        &mut self,
        op: BinaryOp,
        left: &'x Expr,
        right: &'x Expr,
        span: Span,
    ) -> Node {
        let mut operands = vec![right];
        let mut first = left;
        while let ExprKind::Binary(inner, left, right) = &first.kind {
            if *inner != op {
                break;
            }
            operands.push(right);
            first = left;
        }
        operands.push(first);
        let mut nodes: Vec<Node> = Vec::new();
        for tree in operands.into_iter().rev() {
            if !self.charge(tree.span) {
                return Node::invalid(span);
            }
            let node = self.bind_value(tree);
            let other = nodes_type(&nodes);
            nodes.push(self.logical_operand(op, node, &other));
        }
        let constants: Option<Vec<bool>> = nodes.iter().map(constant_bool).collect();
        let and = op == BinaryOp::AndAlso;
        if let Some(values) = constants {
            let value = if and {
                values.iter().all(|v| *v)
            } else {
                values.iter().any(|v| *v)
            };
            return Node::new(Op::Constant(Constant::Bool(value)), Type::BOOL, span);
        }
        let op = if and {
            Op::All(nodes.into())
        } else {
            Op::Any(nodes.into())
        };
        Node::new(op, Type::BOOL, span)
    }

    fn logical_operand(&mut self, op: BinaryOp, node: Node, other: &Type) -> Node {
        if node.ty == Type::BOOL || node.ty.is_unknown() {
            return node;
        }
        if let Some(conv) = self.implicit(&node.ty, node.constant(), &Type::BOOL) {
            return self.apply(node, &conv, &Type::BOOL);
        }
        let span = node.span;
        self.no_operator(op, other, &node.ty, span);
        Node {
            ty: Type::Unknown,
            ..node
        }
    }

    fn no_operator(&mut self, op: BinaryOp, left: &Type, right: &Type, span: Span) {
        let message = format!(
            "operator `{}` cannot be applied to operands of type `{}` and `{}`",
            op.symbol(),
            self.show(left),
            self.show(right)
        );
        let json = *left == Type::JTOKEN || *right == Type::JTOKEN;
        let object = *left == Type::OBJECT || *right == Type::OBJECT;
        let help = (json || object).then(|| {
            "cast the value to the type you expect first, for instance `(string)` or `(int)`"
                .to_owned()
        });
        self.error_with_help("CS0019", span, message, help);
    }

    /// `left op right` of bound operands.
    pub(super) fn binary(&mut self, op: BinaryOp, left: Node, right: Node, span: Span) -> Node {
        if left.ty.is_unknown() || right.ty.is_unknown() {
            let ty = if is_comparison(op) {
                Type::BOOL
            } else {
                Type::Unknown
            };
            return Node::new(Op::Invalid, ty, span);
        }
        if left.ty == Type::Void || right.ty == Type::Void {
            self.no_operator(op, &left.ty, &right.ty, span);
            return Node::invalid(span);
        }
        if let Some(node) = self.user_operator(op, &left, &right, span) {
            return node;
        }
        if op == BinaryOp::Add && (left.ty == Type::STRING || right.ty == Type::STRING) {
            return concat(vec![left, right], span);
        }
        if let Some(node) = self.null_test(op, &left, &right, span) {
            return node;
        }
        if matches!(left.ty, Type::Nullable(_)) || matches!(right.ty, Type::Nullable(_)) {
            return self.lifted(op, left, right, span);
        }
        let node = if let (Some(a), Some(b)) = (left.ty.num(), right.ty.num()) {
            self.arithmetic(op, (left.clone(), a), (right.clone(), b), span)
        } else if left.ty == Type::BOOL && right.ty == Type::BOOL {
            boolean(op, &left, &right, span)
        } else if is_enum(&left.ty, self.surface) || is_enum(&right.ty, self.surface) {
            self.enumeration(op, &left, &right, span)
        } else {
            self.equality(op, &left, &right, span)
        };
        node.unwrap_or_else(|| {
            self.no_operator(op, &left.ty, &right.ty, span);
            Node::new(
                Op::Invalid,
                if is_comparison(op) {
                    Type::BOOL
                } else {
                    Type::Unknown
                },
                span,
            )
        })
    }

    // === Numbers ===

    fn arithmetic(
        &mut self,
        op: BinaryOp,
        left: (Node, Num),
        right: (Node, Num),
        span: Span,
    ) -> Option<Node> {
        if matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight) {
            return self.shift(op, left, right, span);
        }
        let num = promote(&left, &right)?;
        let bitwise = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if bitwise && !num.is_integral() {
            return None;
        }
        let left = self.numeric_operand(left.0, num);
        let right = self.numeric_operand(right.0, num);
        Some(self.arith_node(op, num, left, right, span))
    }

    fn numeric_operand(&mut self, node: Node, num: Num) -> Node {
        let ty = num.ty();
        match self.implicit(&node.ty, node.constant(), &ty) {
            Some(conv) => self.apply(node, &conv, &ty),
            None => node,
        }
    }

    fn shift(
        &mut self,
        op: BinaryOp,
        left: (Node, Num),
        right: (Node, Num),
        span: Span,
    ) -> Option<Node> {
        if !left.1.is_integral() || !right.1.widens_to(Num::Int) {
            return None;
        }
        let num = left.1.max(Num::Int);
        let left = self.numeric_operand(left.0, num);
        let right = self.numeric_operand(right.0, Num::Int);
        Some(self.arith_node(op, num, left, right, span))
    }

    fn arith_node(&mut self, op: BinaryOp, num: Num, left: Node, right: Node, span: Span) -> Node {
        let ty = if is_comparison(op) {
            Type::BOOL
        } else {
            num.ty()
        };
        if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
            return self.fold(op, &a.clone(), &b.clone(), ty, span);
        }
        let zero = matches!(right.constant(), Some(c) if c.value().as_integer() == Some(0));
        if zero && num.is_integral() && matches!(op, BinaryOp::Divide | BinaryOp::Remainder) {
            self.error("CS0020", span, "division by constant zero");
        }
        let arith = Arith {
            op,
            checked: self.checked,
            left,
            right,
        };
        let op = if is_comparison(op) {
            Op::Compare(arith.into())
        } else {
            Op::Arith(arith.into())
        };
        Node::new(op, ty, span)
    }

    // === bool, enumerations, equality ===

    fn enumeration(&mut self, op: BinaryOp, left: &Node, right: &Node, span: Span) -> Option<Node> {
        let of =
            enum_type(&left.ty, self.surface).or_else(|| enum_type(&right.ty, self.surface))?;
        let ty = of.ty();
        let zero = |node: &Node| matches!(node.constant(), Some(Constant::Int(0)));
        let number = |node: &Node| {
            if node.ty.num().is_some() {
                return node.clone();
            }
            if let Some(Constant::Enum(_, number)) = node.constant() {
                return Node::new(Op::Constant(Constant::Int(*number)), Type::INT, node.span);
            }
            let convert = Op::Convert(Box::new(node.clone()), Convert::FromEnum(Num::Int));
            Node::new(convert, Type::INT, node.span)
        };
        let same = (left.ty == right.ty) || zero(left) || zero(right);
        let with_int = left.ty == Type::INT || right.ty == Type::INT;
        let bitwise = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if is_comparison(op) && same {
            return Some(self.arith_node(op, Num::Int, number(left), number(right), span));
        }
        if op == BinaryOp::Subtract && left.ty == right.ty {
            return Some(self.arith_node(op, Num::Int, number(left), number(right), span));
        }
        let shifted = matches!(op, BinaryOp::Add | BinaryOp::Subtract) && with_int;
        if (bitwise && same) || shifted {
            let node = self.arith_node(op, Num::Int, number(left), number(right), span);
            if let Some(Constant::Int(value)) = node.constant() {
                return Some(Node::new(
                    Op::Constant(Constant::Enum(of, *value)),
                    ty,
                    span,
                ));
            }
            return Some(Node::new(
                Op::Convert(Box::new(node), Convert::ToEnum(of)),
                ty,
                span,
            ));
        }
        None
    }

    /// `== null` and `!= null`.
    fn null_test(&mut self, op: BinaryOp, left: &Node, right: &Node, span: Span) -> Option<Node> {
        let negated = match op {
            BinaryOp::Equal => false,
            BinaryOp::NotEqual => true,
            _ => return None,
        };
        if !left.is_null() && !right.is_null() {
            return None;
        }
        if left.is_null() && right.is_null() {
            return Some(Node::new(
                Op::Constant(Constant::Bool(!negated)),
                Type::BOOL,
                span,
            ));
        }
        let other = if left.is_null() { right } else { left };
        if !crate::relations::can_be_null(&other.ty, self.surface) {
            let message = format!(
                "the result of the expression is always `{negated}` since a value of type `{}` is \
                 never equal to `null`",
                self.show(&other.ty)
            );
            self.warning("CS0472", span, message);
        }
        let pair = Box::new((left.clone(), right.clone()));
        Some(Node::new(Op::SameObject(negated, pair), Type::BOOL, span))
    }

    fn equality(&mut self, op: BinaryOp, left: &Node, right: &Node, span: Span) -> Option<Node> {
        let negated = match op {
            BinaryOp::Equal => false,
            BinaryOp::NotEqual => true,
            _ => return None,
        };
        let pair = || Box::new((left.clone(), right.clone()));
        if left.ty == Type::STRING && right.ty == Type::STRING {
            if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
                let equal = crate::value::equals(&a.value(), &b.value());
                let constant = Constant::Bool(equal != negated);
                return Some(Node::new(Op::Constant(constant), Type::BOOL, span));
            }
            return Some(Node::new(Op::TextEqual(negated, pair()), Type::BOOL, span));
        }
        if is_value_type(&left.ty, self.surface) || is_value_type(&right.ty, self.surface) {
            let tuples = matches!(left.ty, Type::Tuple(_)) && left.ty == right.ty;
            return tuples.then(|| Node::new(Op::ValueEqual(negated, pair()), Type::BOOL, span));
        }
        let related =
            self.cast_exists(&left.ty, &right.ty) || self.cast_exists(&right.ty, &left.ty);
        if !related {
            return None;
        }
        let mixed = (left.ty == Type::OBJECT) != (right.ty == Type::OBJECT)
            && (left.ty == Type::STRING || right.ty == Type::STRING);
        if mixed {
            let message = "possible unintended reference comparison: `object` and `string` are \
                           compared by identity";
            let problem = crate::span::Problem::warning("CS0252", span, message)
                .with_help("cast the object to `string` to compare the values");
            self.problems.push(problem);
        }
        Some(Node::new(Op::SameObject(negated, pair()), Type::BOOL, span))
    }

    /// Whether a reference of one type may be one of another.
    fn cast_exists(&mut self, from: &Type, to: &Type) -> bool {
        use super::conversion::Conv;
        matches!(self.explicit(from, None, to), Some(Conv::Same | Conv::Cast))
    }

    // === Lifting ===

    fn lifted(&mut self, op: BinaryOp, left: Node, right: Node, span: Span) -> Node {
        let logic = matches!(op, BinaryOp::And | BinaryOp::Or);
        if logic && *left.ty.underlying() == Type::BOOL && *right.ty.underlying() == Type::BOOL {
            let ty = Type::nullable(Type::BOOL);
            return Node::new(Op::Logic(op, Box::new((left, right))), ty, span);
        }
        let (a, b) = (self.temp(), self.temp());
        // A constant stays where it is, so that it can still fit the other operand's type.
        let stand_in = |slot: usize, node: &Node| match node.constant() {
            Some(_) => node.clone(),
            None => Self::local(slot, node.ty.underlying().clone(), node.span),
        };
        let (x, y) = (stand_in(a, &left), stand_in(b, &right));
        let body = self.binary(op, x, y, span);
        if body.ty.is_unknown() {
            return body;
        }
        let when_null = match op {
            BinaryOp::Equal => WhenNull::Equality(false),
            BinaryOp::NotEqual => WhenNull::Equality(true),
            _ if is_comparison(op) => WhenNull::False,
            _ => WhenNull::Null,
        };
        let ty = if when_null == WhenNull::Null {
            Type::nullable(body.ty.clone())
        } else {
            Type::BOOL
        };
        let operands = [(a, left), (b, right)].into();
        Node::new(
            Op::Lifted(Box::new(Lifted {
                operands,
                body,
                when_null,
            })),
            ty,
            span,
        )
    }

    // === User-defined operators ===

    fn user_operator(
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
        let when_null = match op {
            BinaryOp::Equal => WhenNull::Equality(false),
            BinaryOp::NotEqual => WhenNull::Equality(true),
            _ if is_comparison(op) => WhenNull::False,
            _ => WhenNull::Null,
        };
        let ty = if when_null == WhenNull::Null {
            Type::nullable(body.ty.clone())
        } else {
            Type::BOOL
        };
        let operands = [(a, left.clone()), (b, right.clone())].into();
        Some(Node::new(
            Op::Lifted(Box::new(Lifted {
                operands,
                body,
                when_null,
            })),
            ty,
            span,
        ))
    }

    /// The operators of a symbol that the operand types and their bases declare.
    fn operators(&self, symbol: &str, types: &[&Type], params: usize) -> Vec<Arc<Member>> {
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
    fn best_operator(
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

    fn operator_call(&mut self, member: &Arc<Member>, operands: Vec<Node>, span: Span) -> Node {
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

    // === One operand ===

    /// `op a`, `a++`.
    pub(super) fn bind_unary(&mut self, op: UnaryOp, operand: &'x Expr, span: Span) -> Node {
        match op {
            UnaryOp::PreIncrement
            | UnaryOp::PreDecrement
            | UnaryOp::PostIncrement
            | UnaryOp::PostDecrement => return self.bind_increment(op, operand, span),
            UnaryOp::Minus => {
                if let Some(node) = smallest_integer(operand, span) {
                    return node;
                }
            }
            _ => {}
        }
        let node = self.bind_value(operand);
        self.unary(op, node, span)
    }

    fn unary(&mut self, op: UnaryOp, node: Node, span: Span) -> Node {
        if node.ty.is_unknown() {
            let ty = if op == UnaryOp::Not {
                Type::BOOL
            } else {
                Type::Unknown
            };
            return Node::new(Op::Invalid, ty, span);
        }
        let members = self.operators(op.symbol(), &[&node.ty], 1);
        if let Some(member) = self.best_operator(&members, &[&node]) {
            return self.operator_call(&member, vec![node], span);
        }
        if let Type::Nullable(inner) = &node.ty {
            let slot = self.temp();
            let value = Self::local(slot, (**inner).clone(), node.span);
            let body = self.unary(op, value, span);
            if body.ty.is_unknown() {
                return body;
            }
            let ty = Type::nullable(body.ty.clone());
            let operands = [(slot, node)].into();
            let lifted = Lifted {
                operands,
                body,
                when_null: WhenNull::Null,
            };
            return Node::new(Op::Lifted(Box::new(lifted)), ty, span);
        }
        let done = match op {
            UnaryOp::Not => (node.ty == Type::BOOL).then(|| negation(node.clone(), span)),
            UnaryOp::Complement => self.complement(&node, span),
            UnaryOp::Minus => self.minus(&node, span),
            _ => node
                .ty
                .num()
                .map(|num| self.numeric_operand(node.clone(), num.max(Num::Int))),
        };
        done.unwrap_or_else(|| {
            let message = format!(
                "operator `{}` cannot be applied to operand of type `{}`",
                op.symbol(),
                self.show(&node.ty)
            );
            self.error("CS0023", span, message);
            Node::new(
                Op::Invalid,
                if op == UnaryOp::Not {
                    Type::BOOL
                } else {
                    Type::Unknown
                },
                span,
            )
        })
    }

    fn minus(&mut self, node: &Node, span: Span) -> Option<Node> {
        let num = match node.ty.num()? {
            Num::ULong => return None,
            Num::UInt => Num::Long,
            num => num.max(Num::Int),
        };
        let operand = self.numeric_operand(node.clone(), num);
        let checked = self.checked;
        if let Some(constant) = operand.constant() {
            let negated = crate::eval::negate(&constant.value(), !self.unchecked);
            return Some(self.folded(negated, num.ty(), span));
        }
        Some(Node::new(
            Op::Negate(Box::new(operand), checked),
            num.ty(),
            span,
        ))
    }

    fn complement(&mut self, node: &Node, span: Span) -> Option<Node> {
        if let Some(of) = enum_type(&node.ty, self.surface) {
            let number = Op::Convert(Box::new(node.clone()), Convert::FromEnum(Num::Int));
            let number = Node::new(number, Type::INT, span);
            let op = Op::Complement(Box::new(number));
            let node = Node::new(op, Type::INT, span);
            return Some(Node::new(
                Op::Convert(Box::new(node), Convert::ToEnum(of)),
                of.ty(),
                span,
            ));
        }
        let num = node.ty.num().filter(|num| num.is_integral())?.max(Num::Int);
        let operand = self.numeric_operand(node.clone(), num);
        if let Some(constant) = operand.constant() {
            let value = crate::eval::complement(&constant.value());
            return Some(self.folded(value, num.ty(), span));
        }
        Some(Node::new(Op::Complement(Box::new(operand)), num.ty(), span))
    }
}

/// The type that a chain of `&&` has so far, for messages.
fn nodes_type(nodes: &[Node]) -> Type {
    nodes.last().map_or(Type::BOOL, |node| node.ty.clone())
}

fn constant_bool(node: &Node) -> Option<bool> {
    match node.constant() {
        Some(Constant::Bool(value)) => Some(*value),
        _ => None,
    }
}

fn negation(node: Node, span: Span) -> Node {
    match constant_bool(&node) {
        Some(value) => Node::new(Op::Constant(Constant::Bool(!value)), Type::BOOL, span),
        None => Node::new(Op::Not(Box::new(node)), Type::BOOL, span),
    }
}

/// `-2147483648` and `-9223372036854775808`: the number alone would not fit.
fn smallest_integer(operand: &Expr, span: Span) -> Option<Node> {
    let ExprKind::Literal(Literal::Number(Number::Integer(value, _))) = operand.kind else {
        return None;
    };
    let (constant, ty) = match value {
        2_147_483_648 => (Constant::Int(i32::MIN), Type::INT),
        9_223_372_036_854_775_808 => (Constant::Long(i64::MIN), Type::LONG),
        _ => return None,
    };
    Some(Node::new(Op::Constant(constant), ty, span))
}

/// Whether the operator gives a `bool`.
pub(super) fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
    )
}

/// The type in which two numbers are computed with.
fn promote(left: &(Node, Num), right: &(Node, Num)) -> Option<Num> {
    let (a, b) = (left.1, right.1);
    let has = |num: Num| a == num || b == num;
    if has(Num::Decimal) {
        return (!has(Num::Float) && !has(Num::Double)).then_some(Num::Decimal);
    }
    if has(Num::Double) {
        return Some(Num::Double);
    }
    if has(Num::Float) {
        return Some(Num::Float);
    }
    let positive = |node: &Node| {
        node.constant()
            .and_then(|c| c.value().as_integer())
            .is_some_and(|n| n >= 0)
    };
    let signed = |side: &(Node, Num)| {
        matches!(side.1, Num::SByte | Num::Short | Num::Int | Num::Long) && !positive(&side.0)
    };
    if has(Num::ULong) {
        return (!signed(left) && !signed(right)).then_some(Num::ULong);
    }
    if has(Num::Long) {
        return Some(Num::Long);
    }
    if has(Num::UInt) {
        return Some(if signed(left) || signed(right) {
            Num::Long
        } else {
            Num::UInt
        });
    }
    Some(Num::Int)
}

fn boolean(op: BinaryOp, left: &Node, right: &Node, span: Span) -> Option<Node> {
    let pair = Box::new((left.clone(), right.clone()));
    let node = match op {
        BinaryOp::Equal => Op::ValueEqual(false, pair),
        BinaryOp::NotEqual => Op::ValueEqual(true, pair),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => Op::Logic(op, pair),
        _ => return None,
    };
    if let (Some(a), Some(b)) = (constant_bool(left), constant_bool(right)) {
        let value = match op {
            BinaryOp::Equal => a == b,
            BinaryOp::And => a && b,
            BinaryOp::Or => a || b,
            _ => a != b,
        };
        return Some(Node::new(
            Op::Constant(Constant::Bool(value)),
            Type::BOOL,
            span,
        ));
    }
    Some(Node::new(node, Type::BOOL, span))
}

/// Strings put together; neighbouring literals become one.
pub(super) fn concat(parts: Vec<Node>, span: Span) -> Node {
    let mut flat: Vec<Node> = Vec::new();
    for part in parts {
        match part.op {
            Op::Concat(inner) => flat.extend(inner),
            _ if part.is_null() => {}
            _ => push_part(&mut flat, part),
        }
    }
    match flat.as_slice() {
        [] => {
            let empty = Constant::Text(SharedText::literal(""));
            Node::new(Op::Constant(empty), Type::STRING, span)
        }
        [only] if only.constant().is_some() && only.ty == Type::STRING => Node {
            span,
            ..only.clone()
        },
        _ => Node::new(Op::Concat(flat.into()), Type::STRING, span),
    }
}

fn push_part(flat: &mut Vec<Node>, part: Node) {
    if let (Some(last), Some(Constant::Text(next))) = (flat.last_mut(), part.constant())
        && let Op::Constant(Constant::Text(text)) = &last.op
    {
        let joined = format!("{}{}", text.as_str(), next.as_str());
        last.op = Op::Constant(Constant::Text(SharedText::literal(&joined)));
        return;
    }
    flat.push(part);
}
