//! `Program`: a compiled expression. Immutable, crosses threads, runs any number of times.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use crate::bound::{Body, Function, Op};
use crate::eval::Vm;
use crate::exception::Outcome;
use crate::host::{Host, Keys};
use crate::limits::Limits;
use crate::span::Problem;
use crate::surface::{Key, MemberId, Surface};
use crate::types::Type;
use crate::value::Value;

/// How an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `@( … )`: one expression.
    Expression,
    /// `@{ … }`: statements that return a value.
    Block,
}

/// What came of compiling a text.
#[derive(Debug)]
pub struct Compiled {
    /// The program, unless a problem is an error.
    pub program: Option<Program>,
    /// Everything the author should know, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Compiles the text between the parentheses or braces of an expression.
pub fn compile(text: &str, form: Form, surface: &Surface, keys: &mut dyn Keys) -> Compiled {
    crate::bind::compile(text, form, surface, keys)
}

/// A use of a host member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberUse {
    /// The member.
    pub member: MemberId,
    /// Its constant key, if it was interned.
    pub key: Option<Key>,
}

/// A compiled expression.
#[derive(Debug)]
pub struct Program {
    pub(crate) function: Arc<Function>,
    pub(crate) result: Type,
    pub(crate) members: Box<[MemberUse]>,
    pub(crate) surface: Surface,
}

impl Program {
    /// The static type of the value. Of a block: that of its returns if they agree, else `object`.
    pub fn result_type(&self) -> &Type {
        &self.result
    }

    /// The value, if it is the same each time and known already.
    pub fn constant(&self) -> Option<Value> {
        match &self.function.body {
            Body::Value(node) => match &node.op {
                Op::Constant(constant) => Some(constant.value()),
                _ => None,
            },
            Body::Steps(_) => None,
        }
    }

    /// Every host member it may use: tells, for instance, whether a body is read.
    pub fn members(&self) -> impl Iterator<Item = MemberUse> {
        self.members.iter().copied()
    }

    /// Evaluates it.
    pub fn run(&self, host: &mut dyn Host, limits: &Limits) -> Outcome {
        Vm::new(host, limits, &self.surface).run(&self.function)
    }
}

/// A delegate: a function with the variables it captured.
pub struct Delegate {
    ty: Type,
    function: Arc<Function>,
    captured: Box<[(usize, Rc<RefCell<Value>>)]>,
}

impl Delegate {
    pub(crate) fn new(
        ty: Type,
        function: Arc<Function>,
        captured: Box<[(usize, Rc<RefCell<Value>>)]>,
    ) -> Self {
        Self {
            ty,
            function,
            captured,
        }
    }

    /// The delegate type, such as `Func<int, int>`.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    pub(crate) fn function(&self) -> &Arc<Function> {
        &self.function
    }

    pub(crate) fn captured(&self) -> &[(usize, Rc<RefCell<Value>>)] {
        &self.captured
    }
}

impl Drop for Delegate {
    fn drop(&mut self) {
        let captured = std::mem::take(&mut self.captured).into_vec();
        crate::value::bury(
            captured
                .into_iter()
                .map(|(_, cell)| Value::Cell(cell))
                .collect(),
        );
    }
}

impl fmt::Debug for Delegate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delegate").finish_non_exhaustive()
    }
}
