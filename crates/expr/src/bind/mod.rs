//! Syntax tree → bound tree: every name gets its meaning, every expression its type.
//!
//! [`Binder`] keeps one [`scope::Function`] per function that is being bound. Lambdas
//! may be bound several times, once per overload that could take them; what was reported meanwhile is
//! taken back.

mod access;
mod argument;
mod assign;
mod call;
mod constant;
mod conversion;
mod creation;
mod delegate;
mod expression;
mod flow;
mod infer;
mod initializer;
mod lambda;
mod operand;
mod operator;
mod overload;
mod scope;
mod statement;
mod switch;
mod types;

use std::sync::Arc;

use crate::ast::{Block, Expr};
use crate::bound::{Body, Function as Code, Node, Op, Step};
use crate::host::Keys;
use crate::limits::{MAX_BINDING, MAX_SOURCE};
use crate::names::shown;
use crate::parse::{parse_block, parse_expression};
use crate::program::{Compiled, Form, MemberUse, Program};
use crate::span::{Problem, Severity, Span};
use crate::surface::Surface;
use crate::types::Type;

use operand::Operand;
use scope::{Function, Returns};

/// Compiles a text.
pub(crate) fn compile(text: &str, form: Form, surface: &Surface, keys: &mut dyn Keys) -> Compiled {
    let mut problems = Vec::new();
    if text.len() > MAX_SOURCE {
        let span = Span::new(0, text.len());
        let message = format!("the expression is longer than {MAX_SOURCE} bytes");
        problems.push(Problem::error("X0001", span, message));
        return Compiled {
            program: None,
            problems,
        };
    }
    let mut binder = Binder::new(surface, keys, Vec::new());
    let (function, result) = match form {
        Form::Expression => {
            let tree = parse_expression(text, &mut problems);
            binder.problems = problems;
            binder.program_of_expression(&tree)
        }
        Form::Block => {
            let tree = parse_block(text, &mut problems);
            binder.problems = problems;
            binder.program_of_block(&tree)
        }
    };
    binder.finish(function, result)
}

/// A function that was bound.
struct Ended {
    code: Code,
    captures: Box<[(usize, usize)]>,
    returns: Returns,
}

/// Gives names their meaning.
pub(crate) struct Binder<'a> {
    surface: &'a Surface,
    keys: &'a mut dyn Keys,
    problems: Vec<Problem>,
    /// The functions around the one that is being bound, outermost first.
    outer: Vec<Function>,
    current: Function,
    members: Vec<MemberUse>,
    /// How many more nodes are bound before the expression counts as too complex.
    work: u32,
    /// Whether arithmetic is checked here.
    checked: bool,
    /// Whether `unchecked` was asked for: constants may overflow.
    unchecked: bool,
}

impl<'a> Binder<'a> {
    fn new(surface: &'a Surface, keys: &'a mut dyn Keys, problems: Vec<Problem>) -> Self {
        Self {
            surface,
            keys,
            problems,
            outer: Vec::new(),
            current: Function::new(Returns::Program(Vec::new())),
            members: Vec::new(),
            work: MAX_BINDING,
            checked: false,
            unchecked: false,
        }
    }

    fn program_of_expression(&mut self, tree: &Expr) -> (Code, Type) {
        let operand = self.bind(tree);
        let value = self.result_value(operand, tree.span);
        let result = value.ty.clone();
        let function = Code {
            slots: self.function().slots(),
            params: 0,
            cells: self.function().captured(0..usize::MAX),
            body: Body::Value(value),
        };
        (function, result)
    }

    /// What is returned must be a value that has a type.
    fn result_value(&mut self, operand: Operand<'_>, span: Span) -> Node {
        match operand {
            Operand::Node(node) if node.ty == Type::Void => {
                self.error(
                    "CS0029",
                    span,
                    "cannot implicitly convert type `void` to `object`",
                );
                Node::invalid(span)
            }
            Operand::Node(node) => node,
            other => self.convert(other, &Type::OBJECT, span),
        }
    }

    fn program_of_block(&mut self, tree: &Block) -> (Code, Type) {
        let body = self.block(tree);
        let result = match &self.function().returns {
            Returns::Program(types) => common_result(types),
            _ => Type::OBJECT,
        };
        let function = Code {
            slots: self.function().slots(),
            params: 0,
            cells: Box::default(),
            body: Body::Steps(body),
        };
        (function, result)
    }

    fn finish(mut self, function: Code, result: Type) -> Compiled {
        if !self.has_errors() {
            let watched = self.function().watched();
            flow::check(&function, &watched, &mut self.problems);
        }
        self.problems.sort_by_key(|p| (p.span.start, p.span.end));
        self.problems.dedup();
        let mut members = std::mem::take(&mut self.members);
        members.sort_by_key(|m| (m.member, m.key));
        members.dedup();
        let program = (!self.has_errors()).then(|| Program {
            function: Arc::new(function),
            result,
            members: members.into(),
            surface: self.surface.clone(),
        });
        Compiled {
            program,
            problems: self.problems,
        }
    }

    // === The function that is being bound ===

    fn function(&mut self) -> &mut Function {
        &mut self.current
    }

    /// Begins a function within the current one.
    fn begin(&mut self, returns: Returns) {
        let outer = std::mem::replace(&mut self.current, Function::new(returns));
        self.outer.push(outer);
    }

    /// Ends the current function.
    fn end(&mut self, body: Body, params: usize) -> Ended {
        let outer = self
            .outer
            .pop()
            .unwrap_or_else(|| Function::new(Returns::Of(Type::Void)));
        let function = std::mem::replace(&mut self.current, outer);
        let code = Code {
            slots: function.slots(),
            params,
            cells: function.captured(0..usize::MAX),
            body,
        };
        Ended {
            code,
            captures: function.captures.into(),
            returns: function.returns,
        }
    }

    // === Reporting ===

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::error(code, span, message));
    }

    fn error_with_help(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let problem = Problem::error(code, span, message);
        self.problems.push(match help {
            Some(help) => problem.with_help(help),
            None => problem,
        });
    }

    fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::warning(code, span, message));
    }

    fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }

    /// Whether an error was reported since `mark`.
    fn failed_since(&self, mark: usize) -> bool {
        self.problems
            .get(mark..)
            .is_some_and(|new| new.iter().any(|p| p.severity == Severity::Error))
    }

    /// A type as messages show it.
    fn show(&self, ty: &Type) -> String {
        shown(ty, self.surface)
    }

    /// Tries something and takes back what it reported.
    fn speculate<T>(&mut self, attempt: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let mark = self.problems.len();
        let result = attempt(self);
        let clean = !self.failed_since(mark);
        self.problems.truncate(mark);
        (result, clean)
    }

    /// Counts one node; false when there were too many.
    fn charge(&mut self, span: Span) -> bool {
        if let Some(left) = self.work.checked_sub(1) {
            self.work = left;
            true
        } else {
            let reported = self.problems.iter().any(|p| p.code == "CS8078");
            if !reported {
                let message = "an expression is too long or complex to compile";
                self.error("CS8078", span, message);
            }
            false
        }
    }

    /// Stores a node in a new hidden slot, to be read again.
    fn temp(&mut self) -> usize {
        self.function().hidden()
    }

    /// Reads a slot.
    fn local(slot: usize, ty: Type, span: Span) -> Node {
        Node::new(Op::Local(slot), ty, span)
    }
}

/// The type of a block: that of its returns if they agree.
fn common_result(types: &[Type]) -> Type {
    let mut known = types.iter().filter(|ty| **ty != Type::Null);
    match known.next() {
        None => Type::Null,
        Some(first) if known.all(|ty| ty == first) => first.clone(),
        Some(_) => Type::OBJECT,
    }
}

/// The steps of a function body that is one expression.
fn returning(value: Node) -> Step {
    Step::Return(Some(value))
}
