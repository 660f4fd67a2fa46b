//! Statements.

use super::Binder;
use super::operand::Operand;
use super::scope::{LocalSignature, Returns};
use crate::ast::{
    Block, Catch, Declaration, Expr, For, ForEach, LocalFunction, Stmt, StmtKind, Try, Using,
};
use crate::bound::{
    BlockSteps, CatchSteps, Constant, Each, LambdaNode, Loop, NativeCall, Node, Op, Step, TrySteps,
};
use crate::relations::{is_subtype, item_type};
use crate::span::Span;
use crate::types::Type;

impl<'x> Binder<'_> {
    /// Binds a block in a scope of its own.
    pub(super) fn block(&mut self, block: &'x Block) -> Step {
        self.enter_scope();
        let (steps, functions) = self.statements(&block.statements);
        let cells = self.leave_scope();
        steps_of(cells, functions, steps)
    }

    /// Binds statements in the current scope.
    pub(super) fn statements(
        &mut self,
        statements: &'x [Stmt],
    ) -> (Vec<Step>, Vec<(usize, LambdaNode, Type)>) {
        let mut functions = Vec::new();
        for statement in statements {
            if let StmtKind::LocalFunction(function) = &statement.kind {
                functions.push((&**function, self.declare_local_function(function)));
            }
        }
        let steps = statements
            .iter()
            .map(|statement| self.statement(statement))
            .collect();
        // Bodies come last: they may use variables that are declared after them.
        let functions = functions
            .into_iter()
            .filter_map(|(function, slot)| self.local_function(function, slot))
            .collect();
        (steps, functions)
    }

    fn declare_local_function(&mut self, function: &'x LocalFunction) -> usize {
        let result = if function.void {
            Type::Void
        } else {
            self.type_of(&function.result)
        };
        let mut params = Vec::new();
        for param in &function.params {
            let ty = self.type_of(&param.ty);
            let default = param
                .default
                .as_ref()
                .map(|tree| self.default_value(tree, &ty));
            params.push((param.name.text.as_str().into(), ty, default));
        }
        let name = function.name.text.as_str().into();
        self.declare_function(
            function.name.span,
            LocalSignature {
                slot: 0,
                params,
                result,
                name,
            },
        );
        self.function().slots() - 1
    }

    fn default_value(&mut self, tree: &'x Expr, ty: &Type) -> Constant {
        let node = self.bind_as_type(tree, ty);
        if let Some(constant) = node.constant() {
            constant.clone()
        } else {
            if !node.ty.is_unknown() {
                self.error("CS1736", tree.span, "a default value must be a constant");
            }
            Constant::Null
        }
    }

    fn local_function(
        &mut self,
        function: &'x LocalFunction,
        slot: usize,
    ) -> Option<(usize, LambdaNode, Type)> {
        let super::scope::Symbol::Function(signature) = self.find_local(&function.name.text)?
        else {
            return None;
        };
        let code = self.local_function_code(function, &signature);
        Some((slot, code, Type::DELEGATE))
    }

    /// Binds a statement that is the body of another: in a scope of its own.
    pub(super) fn embedded(&mut self, statement: &'x Stmt) -> Step {
        self.enter_scope();
        let step = self.statement(statement);
        let cells = self.leave_scope();
        steps_of(cells, Vec::new(), vec![step])
    }

    fn statement(&mut self, statement: &'x Stmt) -> Step {
        if !self.charge(statement.span) {
            return Step::Nothing;
        }
        match &statement.kind {
            StmtKind::Empty | StmtKind::LocalFunction(_) | StmtKind::Error => Step::Nothing,
            StmtKind::Expr(tree) => self.expression_statement(tree),
            StmtKind::Declare(declaration) => self.declaration(declaration),
            StmtKind::Block(block) => self.block(block),
            StmtKind::If(condition, yes, no) => {
                let condition = self.bind_condition(condition);
                let yes = self.embedded(yes);
                let no = no.as_ref().map_or(Step::Nothing, |no| self.embedded(no));
                Step::If(Box::new((condition, yes, no)))
            }
            StmtKind::While(condition, body) => self.while_statement(condition, body),
            StmtKind::DoWhile(body, condition) => {
                self.function().loops += 1;
                let body = self.embedded(body);
                self.function().loops -= 1;
                let condition = self.bind_condition(condition);
                let updates = Box::default();
                Step::Loop(Box::new(Loop {
                    check_first: false,
                    condition: Some(condition),
                    updates,
                    body,
                }))
            }
            StmtKind::For(parts) => self.for_statement(parts),
            StmtKind::ForEach(parts) => self.foreach_statement(parts),
            StmtKind::Switch(value, sections) => self.switch_statement(value, sections),
            StmtKind::Try(parts) => self.try_statement(parts),
            StmtKind::Throw(value) => self.throw_statement(value.as_ref(), statement.span),
            StmtKind::Return(value) => self.return_statement(value.as_ref(), statement.span),
            StmtKind::Break => self.jump(Step::Break, statement.span),
            StmtKind::Continue => self.jump(Step::Continue, statement.span),
            StmtKind::GotoCase(label) => self.goto_case(label.as_ref(), statement.span),
            StmtKind::Using(parts) => self.using_statement(parts),
            StmtKind::Checked(checked, block) => {
                let before = (self.checked, self.unchecked);
                (self.checked, self.unchecked) = (*checked, !checked);
                let step = self.block(block);
                (self.checked, self.unchecked) = before;
                step
            }
            StmtKind::Lock(value, body) => {
                self.bind_value(value);
                let message = "`lock` is not available in expressions";
                self.error("X0002", statement.span, message);
                self.embedded(body)
            }
        }
    }

    fn expression_statement(&mut self, tree: &'x Expr) -> Step {
        let operand = self.bind(tree);
        let node = match operand {
            Operand::Node(node) => node,
            Operand::Throw(node) => return Step::Throw(thrown(node)),
            other => self.value_of(other, tree.span),
        };
        if !node.ty.is_unknown() {
            self.check_statement_expression(tree);
        }
        Step::Expr(node)
    }

    // === Declarations ===

    fn declaration(&mut self, declaration: &'x Declaration) -> Step {
        let ty = (!declaration.ty.is_var()).then(|| self.type_of(&declaration.ty));
        if ty.is_none() && declaration.variables.len() > 1 {
            let message = "implicitly-typed variables cannot have multiple declarators";
            self.error("CS0819", declaration.ty.span, message);
        }
        let mut steps = Vec::new();
        for (name, value) in &declaration.variables {
            if declaration.constant {
                self.constant(name, value.as_ref(), ty.as_ref());
                continue;
            }
            steps.push(self.variable(name, value.as_ref(), ty.as_ref()));
        }
        match steps.len() {
            1 => steps.remove(0),
            _ => steps_of(Box::default(), Vec::new(), steps),
        }
    }

    fn variable(
        &mut self,
        name: &'x crate::ast::Name,
        value: Option<&'x Expr>,
        ty: Option<&Type>,
    ) -> Step {
        let Some(tree) = value else {
            if ty.is_none() {
                let message = "implicitly-typed variables must be initialized";
                self.error("CS0818", name.span, message);
            }
            let ty = ty.cloned().unwrap_or(Type::Unknown);
            self.declare(&name.text, name.span, ty, false);
            return Step::Nothing;
        };
        // The variable is in scope in its own initializer, for lambdas that call themselves.
        let slot = self.declare(
            &name.text,
            name.span,
            ty.cloned().unwrap_or(Type::Unknown),
            false,
        );
        let value = if let Some(ty) = ty {
            self.bind_as_type(tree, ty)
        } else {
            let value = self.implied_value(tree);
            self.set_type(slot, value.ty.clone());
            value
        };
        Step::Set(slot, value)
    }

    /// The value of a `var`.
    fn implied_value(&mut self, tree: &'x Expr) -> Node {
        let operand = self.bind(tree);
        let what = match &operand {
            Operand::Node(node) if node.ty == Type::Null => "<null>",
            Operand::Node(node) if node.ty == Type::Void => "void",
            Operand::Lambda(..) => "lambda expression",
            Operand::Methods(_) => "method group",
            Operand::Items(..) => "array initializer",
            _ => return self.value_of(operand, tree.span),
        };
        let message = format!("cannot assign {what} to an implicitly-typed variable");
        self.error("CS0815", tree.span, message);
        Node::invalid(tree.span)
    }

    fn constant(&mut self, name: &'x crate::ast::Name, value: Option<&'x Expr>, ty: Option<&Type>) {
        let Some(tree) = value else {
            self.error(
                "CS0145",
                name.span,
                "a const field requires a value to be provided",
            );
            return;
        };
        let ty = ty.cloned().unwrap_or_else(|| {
            self.error(
                "CS0822",
                name.span,
                "implicitly-typed variables cannot be constant",
            );
            Type::Unknown
        });
        let node = self.bind_as_type(tree, &ty);
        let constant = if let Some(constant) = node.constant() {
            constant.clone()
        } else {
            if !node.ty.is_unknown() {
                let message = format!(
                    "the expression being assigned to `{}` must be constant",
                    name.text
                );
                self.error("CS0133", tree.span, message);
            }
            Constant::Null
        };
        self.declare_constant(&name.text, name.span, constant, ty);
    }

    // === Loops ===

    fn while_statement(&mut self, condition: &'x Expr, body: &'x Stmt) -> Step {
        self.enter_scope();
        let condition = self.bind_condition(condition);
        self.function().loops += 1;
        let body = self.embedded(body);
        self.function().loops -= 1;
        let cells = self.leave_scope();
        let updates = Box::default();
        let step = Step::Loop(Box::new(Loop {
            check_first: true,
            condition: Some(condition),
            updates,
            body,
        }));
        steps_of(cells, Vec::new(), vec![step])
    }

    fn for_statement(&mut self, parts: &'x For) -> Step {
        self.enter_scope();
        let mut steps = Vec::new();
        if let Some(declaration) = &parts.declaration {
            steps.push(self.declaration(declaration));
        }
        for tree in &parts.initializers {
            steps.push(self.expression_statement(tree));
        }
        let condition = parts
            .condition
            .as_ref()
            .map(|tree| self.bind_condition(tree));
        self.function().loops += 1;
        let body = self.embedded(&parts.body);
        self.function().loops -= 1;
        let updates = parts
            .updates
            .iter()
            .filter_map(|tree| match self.expression_statement(tree) {
                Step::Expr(node) => Some(node),
                _ => None,
            })
            .collect();
        steps.push(Step::Loop(Box::new(Loop {
            check_first: true,
            condition,
            updates,
            body,
        })));
        let cells = self.leave_scope();
        steps_of(cells, Vec::new(), steps)
    }

    fn foreach_statement(&mut self, parts: &'x ForEach) -> Step {
        let source = as_pairs(self.bind_value(&parts.source));
        let item = item_type(&source.ty, self.surface);
        if item.is_none() && !source.ty.is_unknown() {
            let message = format!(
                "foreach statement cannot operate on variables of type `{}`: it is no sequence",
                self.show(&source.ty)
            );
            self.error("CS1579", parts.source.span, message);
        }
        let item = item.unwrap_or(Type::Unknown);
        self.enter_scope();
        let ty = if parts.ty.is_var() {
            item.clone()
        } else {
            self.type_of(&parts.ty)
        };
        let slot = self.declare(&parts.name.text, parts.name.span, ty.clone(), true);
        // The item goes through a slot of its own: the variable may be captured or converted.
        let raw = self.temp();
        let read = Self::local(raw, item, parts.source.span);
        let value = self.cast(read, &ty, parts.ty.span);
        self.function().loops += 1;
        let body = self.embedded(&parts.body);
        self.function().loops -= 1;
        let cells = self.leave_scope();
        let direct = matches!(value.op, Op::Local(_)) && cells.is_empty();
        let (slot, body) = if direct {
            (slot, body)
        } else {
            (
                raw,
                steps_of(cells, Vec::new(), vec![Step::Set(slot, value), body]),
            )
        };
        Step::ForEach(Box::new(Each { slot, source, body }))
    }

    // === Jumps ===

    fn jump(&mut self, step: Step, span: Span) -> Step {
        let function = self.function();
        let allowed = match step {
            Step::Break => function.loops > 0 || !function.switches.is_empty(),
            _ => function.loops > 0,
        };
        if !allowed {
            self.error(
                "CS0139",
                span,
                "no enclosing loop out of which to break or continue",
            );
        }
        step
    }

    fn throw_statement(&mut self, value: Option<&'x Expr>, span: Span) -> Step {
        match value {
            Some(tree) => Step::Throw(self.bind_exception(tree)),
            None => {
                if let Some(slot) = self.function().in_catch.last().copied() {
                    Step::Throw(Self::local(slot, Type::EXCEPTION, span))
                } else {
                    let message = "a throw statement with no arguments is not allowed outside of a catch clause";
                    self.error("CS0156", span, message);
                    Step::Nothing
                }
            }
        }
    }

    fn return_statement(&mut self, value: Option<&'x Expr>, span: Span) -> Step {
        let expected = match &self.function().returns {
            Returns::Of(ty) => Some(ty.clone()),
            Returns::Program(_) | Returns::Infer(_) => None,
        };
        let Some(tree) = value else {
            match &self.function().returns {
                Returns::Of(Type::Void) => {}
                Returns::Infer(_) => {
                    if let Returns::Infer(types) = &mut self.function().returns {
                        types.push(Type::Void);
                    }
                }
                _ => {
                    let message = "an object of a type convertible to the return type is required";
                    self.error("CS0126", span, message);
                }
            }
            return Step::Return(None);
        };
        let operand = self.bind(tree);
        let node = match expected {
            Some(Type::Void) => {
                let message =
                    "since this returns void, a return keyword must not be followed by a value";
                self.error("CS0127", span, message);
                Node::invalid(span)
            }
            Some(ty) => self.convert(operand, &ty, tree.span),
            None => self.result_value(operand, tree.span),
        };
        let ty = node.ty.clone();
        if let Returns::Program(types) | Returns::Infer(types) = &mut self.function().returns {
            types.push(ty);
        }
        Step::Return(Some(node))
    }

    // === try, using ===

    fn try_statement(&mut self, parts: &'x Try) -> Step {
        let body = self.block(&parts.body);
        let mut caught: Vec<Type> = Vec::new();
        let mut catches = Vec::new();
        for catch in &parts.catches {
            catches.push(self.catch_clause(catch, &mut caught));
        }
        let finally = parts.finally.as_ref().map(|block| self.block(block));
        Step::Try(Box::new(TrySteps {
            body,
            catches: catches.into(),
            finally,
        }))
    }

    fn catch_clause(&mut self, catch: &'x Catch, caught: &mut Vec<Type>) -> CatchSteps {
        let ty = match &catch.ty {
            Some(written) => self.type_of(written),
            None => Type::EXCEPTION,
        };
        if !ty.is_unknown() && !is_subtype(&ty, &Type::EXCEPTION, self.surface) {
            let message = "the type caught or thrown must be derived from System.Exception";
            self.error("CS0155", catch.span, message);
        }
        let shadowed = caught
            .iter()
            .find(|known| is_subtype(&ty, known, self.surface))
            .cloned();
        if let Some(known) = shadowed
            && catch.ty.is_some()
        {
            let message = format!(
                "a previous catch clause already catches all exceptions of this or of a super type \
                 (`{}`)",
                self.show(&known)
            );
            self.error("CS0160", catch.span, message);
        }
        if catch.filter.is_none() {
            caught.push(ty.clone());
        }
        self.enter_scope();
        let slot = match &catch.name {
            Some(name) => self.declare(&name.text, name.span, ty.clone(), true),
            None => self.temp(),
        };
        let filter = catch.filter.as_ref().map(|tree| self.bind_condition(tree));
        self.function().in_catch.push(slot);
        let body = self.block(&catch.body);
        self.function().in_catch.pop();
        let cells = self.leave_scope();
        let cell = cells.contains(&slot);
        CatchSteps {
            ty,
            slot,
            cell,
            filter,
            body,
        }
    }

    /// `using`: what is disposed of here are the library's own objects, which need no disposing.
    fn using_statement(&mut self, parts: &'x Using) -> Step {
        self.enter_scope();
        let mut steps = Vec::new();
        if let Some(declaration) = &parts.declaration {
            steps.push(self.declaration(declaration));
        }
        if let Some(tree) = &parts.value {
            steps.push(Step::Expr(self.bind_value(tree)));
        }
        steps.push(self.embedded(&parts.body));
        let cells = self.leave_scope();
        steps_of(cells, Vec::new(), steps)
    }
}

/// What a throw expression throws.
fn thrown(node: Node) -> Node {
    match node.op {
        Op::Throw(value) => *value,
        _ => node,
    }
}

/// Statements as one.
pub(super) fn steps_of(
    cells: Box<[usize]>,
    functions: Vec<(usize, LambdaNode, Type)>,
    mut steps: Vec<Step>,
) -> Step {
    if cells.is_empty() && functions.is_empty() && steps.len() == 1 {
        return steps.remove(0);
    }
    Step::Block(Box::new(BlockSteps {
        cells,
        functions: functions.into(),
        steps: steps.into(),
    }))
}

/// `foreach` sees the properties of a `JObject` as pairs, though it is a sequence of tokens too.
fn as_pairs(source: Node) -> Node {
    if source.ty != Type::JOBJECT {
        return source;
    }
    let span = source.span;
    let call = NativeCall {
        run: crate::library::json_pairs,
        instance: true,
        args: [source].into(),
        outs: Box::default(),
        types: Box::default(),
    };
    let pair = Type::pair(Type::STRING, Type::JTOKEN);
    Node::new(Op::Native(call.into()), Type::enumerable(pair), span)
}
