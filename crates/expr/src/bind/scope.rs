//! Variables: where a name is declared, what it stands for, and which lambdas capture it.

use std::ops::Range;

use super::Binder;
use crate::bound::{Constant, Node, Op};
use crate::span::Span;
use crate::types::Type;

/// A function that is being bound.
pub(super) struct Function {
    variables: Vec<Variable>,
    scopes: Vec<Scope>,
    /// Slots of the enclosing function and the slots they have here.
    pub(super) captures: Vec<(usize, usize)>,
    pub(super) returns: Returns,
    pub(super) loops: u32,
    pub(super) switches: Vec<super::switch::Labels>,
    pub(super) in_catch: Vec<usize>,
}

/// What `return` means.
pub(super) enum Returns {
    /// The program itself: anything is returned; the types are collected.
    Program(Vec<Type>),
    /// A function of that type.
    Of(Type),
    /// A lambda whose type is being found out.
    Infer(Vec<Type>),
}

struct Variable {
    ty: Type,
    captured: bool,
    /// Whether it may be read before it has a value, so that this must be checked.
    watched: Option<Box<str>>,
}

#[derive(Default)]
struct Scope {
    names: Vec<(Box<str>, Symbol)>,
    /// The first slot that was made within it.
    first_slot: usize,
}

/// What a local name stands for.
#[derive(Debug, Clone)]
pub(super) enum Symbol {
    Variable(usize),
    Constant(Constant, Type),
    Function(std::sync::Arc<LocalSignature>),
}

/// A local function, as its callers see it.
#[derive(Debug)]
pub(super) struct LocalSignature {
    pub(super) slot: usize,
    pub(super) params: Vec<(Box<str>, Type, Option<Constant>)>,
    pub(super) result: Type,
    pub(super) name: Box<str>,
}

impl Function {
    pub(super) fn new(returns: Returns) -> Self {
        Self {
            variables: Vec::new(),
            scopes: vec![Scope::default()],
            captures: Vec::new(),
            returns,
            loops: 0,
            switches: Vec::new(),
            in_catch: Vec::new(),
        }
    }

    /// How many slots it has.
    pub(super) fn slots(&self) -> usize {
        self.variables.len()
    }

    /// A slot that no name stands for.
    pub(super) fn hidden(&mut self) -> usize {
        self.slot(Type::OBJECT, None)
    }

    fn slot(&mut self, ty: Type, watched: Option<Box<str>>) -> usize {
        self.variables.push(Variable {
            ty,
            captured: false,
            watched,
        });
        self.variables.len() - 1
    }

    /// The captured slots in a range.
    pub(super) fn captured(&self, range: Range<usize>) -> Box<[usize]> {
        let imported = |slot: usize| self.captures.iter().any(|(_, inner)| *inner == slot);
        self.variables
            .iter()
            .enumerate()
            .filter(|(slot, v)| v.captured && range.contains(slot) && !imported(*slot))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// The names of variables that must be checked for a value.
    pub(super) fn watched(&self) -> Vec<Option<Box<str>>> {
        self.variables.iter().map(|v| v.watched.clone()).collect()
    }

    fn find(&self, name: &str) -> Option<&Symbol> {
        self.scopes.iter().rev().find_map(|scope| scope.find(name))
    }
}

impl Scope {
    fn find(&self, name: &str) -> Option<&Symbol> {
        self.names
            .iter()
            .rev()
            .find(|(own, _)| **own == *name)
            .map(|(_, symbol)| symbol)
    }
}

impl Binder<'_> {
    /// Opens a scope.
    pub(super) fn enter_scope(&mut self) {
        let first_slot = self.function().slots();
        self.function().scopes.push(Scope {
            names: Vec::new(),
            first_slot,
        });
    }

    /// Closes a scope; gives the variables declared in it that lambdas captured.
    pub(super) fn leave_scope(&mut self) -> Box<[usize]> {
        let function = self.function();
        let first = function.scopes.pop().map_or(0, |scope| scope.first_slot);
        let cells = function.captured(first..usize::MAX);
        // An inner scope has made cells of its own variables already.
        for slot in &cells {
            if let Some(variable) = function.variables.get_mut(*slot) {
                variable.captured = false;
            }
        }
        cells
    }

    /// Checks that a name is free.
    fn check_free(&mut self, name: &str, span: Span) {
        let here = self
            .function()
            .scopes
            .last()
            .is_some_and(|scope| scope.find(name).is_some());
        if here {
            let message = format!(
                "a local variable or function named `{name}` is already defined in this scope"
            );
            self.error("CS0128", span, message);
        } else if self.levels().any(|function| function.find(name).is_some()) {
            let message = format!(
                "a local or parameter named `{name}` cannot be declared in this scope because that \
                 name is used in an enclosing local scope"
            );
            self.error("CS0136", span, message);
        }
    }

    fn enter_name(&mut self, name: &str, symbol: Symbol) {
        if let Some(scope) = self.function().scopes.last_mut() {
            scope.names.push((name.into(), symbol));
        }
    }

    /// Declares a variable. `assigned` says whether it has a value from the start.
    pub(super) fn declare(&mut self, name: &str, span: Span, ty: Type, assigned: bool) -> usize {
        if name == "_"
            && self
                .function()
                .scopes
                .last()
                .is_some_and(|s| s.find("_").is_some())
        {
            return self.function().hidden();
        }
        self.check_free(name, span);
        let watched = (!assigned).then(|| name.into());
        let slot = self.function().slot(ty, watched);
        self.enter_name(name, Symbol::Variable(slot));
        slot
    }

    /// Declares a constant.
    pub(super) fn declare_constant(&mut self, name: &str, span: Span, value: Constant, ty: Type) {
        self.check_free(name, span);
        self.enter_name(name, Symbol::Constant(value, ty));
    }

    /// Declares a local function.
    pub(super) fn declare_function(&mut self, span: Span, mut signature: LocalSignature) {
        self.check_free(&signature.name, span);
        signature.slot = self.function().hidden();
        let name = signature.name.clone();
        self.enter_name(&name, Symbol::Function(signature.into()));
    }

    /// Gives a variable its type, once it is known.
    pub(super) fn set_type(&mut self, slot: usize, ty: Type) {
        if let Some(variable) = self.function().variables.get_mut(slot) {
            variable.ty = ty;
        }
    }

    /// What a local name stands for in the function that is being bound.
    pub(super) fn find_local(&mut self, name: &str) -> Option<Symbol> {
        let depth = self.outer.len() + 1;
        for level in (0..depth).rev() {
            let found = self.level(level).and_then(|f| f.find(name).cloned());
            let Some(symbol) = found else { continue };
            return Some(match symbol {
                Symbol::Variable(slot) => Symbol::Variable(self.import(slot, level, depth)),
                Symbol::Function(signature) => {
                    let slot = self.import(signature.slot, level, depth);
                    Symbol::Function(
                        LocalSignature {
                            slot,
                            params: signature.params.clone(),
                            result: signature.result.clone(),
                            name: signature.name.clone(),
                        }
                        .into(),
                    )
                }
                constant @ Symbol::Constant(..) => constant,
            });
        }
        None
    }

    /// The slot, in the innermost function, of a variable of the function at `level`.
    fn import(&mut self, slot: usize, level: usize, depth: usize) -> usize {
        let mut slot = slot;
        for inner in level + 1..depth {
            let ty = match self
                .level(inner - 1)
                .and_then(|f| f.variables.get_mut(slot))
            {
                Some(variable) => {
                    variable.captured = true;
                    variable.ty.clone()
                }
                None => Type::Unknown,
            };
            let Some(function) = self.level(inner) else {
                return slot;
            };
            let known = function
                .captures
                .iter()
                .find(|(outer, _)| *outer == slot)
                .map(|(_, i)| *i);
            slot = known.unwrap_or_else(|| {
                let own = function.slot(ty, None);
                function.captures.push((slot, own));
                own
            });
        }
        slot
    }

    /// All functions, outermost first.
    fn levels(&self) -> impl Iterator<Item = &Function> {
        self.outer.iter().chain(std::iter::once(&self.current))
    }

    /// One of them.
    fn level(&mut self, level: usize) -> Option<&mut Function> {
        if level == self.outer.len() {
            Some(&mut self.current)
        } else {
            self.outer.get_mut(level)
        }
    }

    /// The type of a variable.
    pub(super) fn variable_type(&mut self, slot: usize) -> Type {
        self.function()
            .variables
            .get(slot)
            .map_or(Type::Unknown, |v| v.ty.clone())
    }

    /// Reads a variable.
    pub(super) fn read_variable(&mut self, slot: usize, span: Span) -> Node {
        let ty = self.variable_type(slot);
        Node::new(Op::Local(slot), ty, span)
    }

    /// The names in scope, for suggestions.
    pub(super) fn local_names(&self) -> Vec<String> {
        self.levels()
            .flat_map(|f| &f.scopes)
            .flat_map(|s| &s.names)
            .map(|(name, _)| name.to_string())
            .collect()
    }
}
