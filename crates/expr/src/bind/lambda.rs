//! Lambdas and the functions that are made of them.

use std::sync::Arc;

use super::Binder;
use super::operand::Operand;
use super::scope::Returns;
use super::{Ended, common_result, returning};
use crate::ast::{Expr, ExprKind, FunctionBody, Lambda, UnaryOp};
use crate::bound::{Body, Function as Code, LambdaNode, Node, Op, Step};
use crate::relations::delegate_signature;
use crate::span::Span;
use crate::types::Type;

impl<'x> Binder<'_> {
    /// Binds something as the body of a new function.
    pub(super) fn in_function(
        &mut self,
        returns: Returns,
        body: impl FnOnce(&mut Self) -> Node,
    ) -> (Code, Box<[(usize, usize)]>) {
        self.begin(returns);
        let value = body(self);
        let ended = self.end(Body::Value(value), 0);
        (ended.code, ended.captures)
    }

    /// Binds a lambda's parameters and body.
    fn lambda_code(&mut self, lambda: &'x Lambda, params: &[Type], returns: Returns) -> Ended {
        let result = match &returns {
            Returns::Of(ty) => Some(ty.clone()),
            Returns::Infer(_) | Returns::Program(_) => None,
        };
        self.begin(returns);
        for ((_, name), ty) in lambda.params.iter().zip(params) {
            self.declare(&name.text, name.span, ty.clone(), true);
        }
        let body = match &lambda.body {
            FunctionBody::Expr(tree) => self.lambda_expression(tree, result.as_ref()),
            FunctionBody::Block(block) => {
                let before = self.problems.len();
                let step = self.block(block);
                let must_return = result.as_ref().is_some_and(|ty| *ty != Type::Void);
                if must_return && !self.failed_since(before) && super::flow::falls_through(&step) {
                    let message = "not all code paths return a value in lambda expression";
                    self.error("CS1643", block.span, message);
                }
                Body::Steps(step)
            }
        };
        self.end(body, lambda.params.len())
    }

    fn lambda_expression(&mut self, tree: &'x Expr, result: Option<&Type>) -> Body {
        let operand = self.bind(tree);
        match result {
            None => {
                let value = match operand {
                    Operand::Node(node) => node,
                    // A lambda that gives a lambda has no type of its own.
                    Operand::Lambda(..) => Node::invalid(tree.span),
                    other => self.value_of(other, tree.span),
                };
                if let Returns::Infer(types) = &mut self.function().returns {
                    types.push(value.ty.clone());
                }
                Body::Value(value)
            }
            Some(Type::Void) => {
                let value = match operand {
                    Operand::Node(node) => node,
                    other => self.value_of(other, tree.span),
                };
                self.check_statement_expression(tree);
                Body::Steps(Step::Expr(value))
            }
            Some(ty) => Body::Value(self.convert(operand, ty, tree.span)),
        }
    }

    /// Only some expressions can stand for their effect alone.
    pub(super) fn check_statement_expression(&mut self, tree: &Expr) {
        let effect = match &tree.kind {
            ExprKind::Call(..) | ExprKind::Assign(..) | ExprKind::New(..) | ExprKind::Error => true,
            ExprKind::Unary(op, _) => matches!(
                op,
                UnaryOp::PreIncrement
                    | UnaryOp::PreDecrement
                    | UnaryOp::PostIncrement
                    | UnaryOp::PostDecrement
            ),
            ExprKind::ConditionalAccess(_, access) => matches!(access.kind, ExprKind::Call(..)),
            _ => false,
        };
        if !effect {
            let message = "only assignment, call, increment, decrement, and new object expressions \
                           can be used as a statement";
            self.error("CS0201", tree.span, message);
        }
    }

    /// A lambda as a delegate.
    pub(super) fn bind_lambda_as(&mut self, lambda: &'x Lambda, to: &Type, span: Span) -> Node {
        let Some((params, result)) = delegate_signature(to) else {
            let message = format!(
                "cannot convert lambda expression to type `{}` because it is not a delegate type",
                self.show(to)
            );
            self.error("CS1660", span, message);
            return Node::invalid(span);
        };
        if params.len() != lambda.params.len() {
            let message = format!(
                "delegate `{}` does not take {} arguments",
                self.show(to),
                lambda.params.len()
            );
            self.error("CS1593", span, message);
            return Node::invalid(span);
        }
        for ((written, name), ty) in lambda.params.iter().zip(&params) {
            if let Some(written) = written {
                let own = self.type_of(written);
                if own != *ty && !own.is_unknown() {
                    let message = format!(
                        "parameter `{}` is declared as type `{}` but should be `{}`",
                        name.text,
                        self.show(&own),
                        self.show(ty)
                    );
                    self.error("CS1678", name.span, message);
                }
            }
        }
        let ended = self.lambda_code(lambda, &params, Returns::Of(result));
        let node = LambdaNode {
            function: Arc::new(ended.code),
            captures: ended.captures,
        };
        Node::new(Op::Lambda(to.clone(), Box::new(node)), to.clone(), span)
    }

    /// Whether a lambda can be the delegate.
    pub(super) fn lambda_converts(&mut self, lambda: &'x Lambda, span: Span, to: &Type) -> bool {
        let Some((params, _)) = delegate_signature(to) else {
            return false;
        };
        if params.len() != lambda.params.len() || params.iter().any(Type::is_open) {
            return false;
        }
        self.speculate(|binder| binder.bind_lambda_as(lambda, to, span))
            .1
    }

    /// The type that a lambda gives for parameters of these types.
    pub(super) fn infer_lambda_result(
        &mut self,
        lambda: &'x Lambda,
        params: &[Type],
    ) -> Option<Type> {
        if params.len() != lambda.params.len() {
            return None;
        }
        let (ended, _) =
            self.speculate(|binder| binder.lambda_code(lambda, params, Returns::Infer(Vec::new())));
        let Returns::Infer(types) = ended.returns else {
            return None;
        };
        let known: Vec<Type> = types.into_iter().filter(|ty| !ty.is_unknown()).collect();
        match known.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            many => {
                let operands: Vec<Operand<'x>> = many
                    .iter()
                    .map(|ty| {
                        Operand::Node(Node::new(
                            Op::Default(ty.clone()),
                            ty.clone(),
                            Span::default(),
                        ))
                    })
                    .collect();
                self.best_common_type(&operands)
                    .or_else(|| Some(common_result(many)))
            }
        }
    }

    /// Reports what is wrong inside a lambda that fits no overload; false if nothing is.
    pub(super) fn report_lambda(&mut self, lambda: &'x Lambda, _span: Span) -> bool {
        let mark = self.problems.len();
        let params: Vec<Type> = lambda.params.iter().map(|_| Type::Unknown).collect();
        self.lambda_code(lambda, &params, Returns::Infer(Vec::new()));
        self.failed_since(mark)
    }

    /// The code of a local function.
    pub(super) fn local_function_code(
        &mut self,
        function: &'x crate::ast::LocalFunction,
        signature: &super::scope::LocalSignature,
    ) -> LambdaNode {
        self.begin(Returns::Of(signature.result.clone()));
        for ((_, ty, _), param) in signature.params.iter().zip(&function.params) {
            self.declare(&param.name.text, param.name.span, ty.clone(), true);
        }
        let body = match &function.body {
            FunctionBody::Expr(tree) => {
                match self.lambda_expression(tree, Some(&signature.result)) {
                    Body::Value(value) => Body::Steps(returning(value)),
                    steps @ Body::Steps(_) => steps,
                }
            }
            FunctionBody::Block(block) => {
                let before = self.problems.len();
                let step = self.block(block);
                let must_return = signature.result != Type::Void;
                if must_return && !self.failed_since(before) && super::flow::falls_through(&step) {
                    let message =
                        format!("`{}`: not all code paths return a value", signature.name);
                    self.error("CS0161", function.name.span, message);
                }
                Body::Steps(step)
            }
        };
        let ended = self.end(body, signature.params.len());
        LambdaNode {
            function: Arc::new(ended.code),
            captures: ended.captures,
        }
    }
}
