//! Statements.

use super::Parser;
use crate::ast::{
    Block, Catch, Declaration, Expr, ExprKind, For, ForEach, FunctionBody, LocalFunction,
    LocalParam, Stmt, StmtKind, SwitchLabel, SwitchSection, Try, TypeRef, Using,
};
use crate::lex::TokenKind;

impl Parser<'_> {
    /// Reads statements up to a `}` or the end.
    pub(crate) fn statements(&mut self) -> Vec<Stmt> {
        let mut statements = Vec::new();
        while !self.at_end() && !self.is("}") {
            let before = self.at;
            statements.push(self.statement());
            if self.at == before {
                self.expected("CS1513", "`}` expected");
                self.advance();
            }
        }
        statements
    }

    /// Reads `{ … }`.
    pub(super) fn block(&mut self) -> Block {
        let start = self.span();
        if !self.expect("{") {
            return Block {
                statements: Vec::new(),
                span: start,
            };
        }
        let statements = self.nested(|_| Vec::new(), Self::statements);
        self.expect("}");
        Block {
            statements,
            span: start.to(self.previous()),
        }
    }

    fn statement(&mut self) -> Stmt {
        let start = self.span();
        let kind = self.nested(|_| StmtKind::Error, Self::statement_kind);
        Stmt {
            kind,
            span: start.to(self.previous()),
        }
    }

    fn boxed(&mut self) -> Box<Stmt> {
        Box::new(self.statement())
    }

    fn statement_kind(&mut self) -> StmtKind {
        match self.kind().clone() {
            TokenKind::Punct("{") => StmtKind::Block(self.block()),
            TokenKind::Punct(";") => {
                self.advance();
                StmtKind::Empty
            }
            TokenKind::Keyword(word) => self.keyword_statement(word),
            _ => self.simple_statement(),
        }
    }

    fn keyword_statement(&mut self, word: &str) -> StmtKind {
        match word {
            "if" => self.if_statement(),
            "while" => {
                self.advance();
                let condition = self.condition();
                StmtKind::While(condition, self.boxed())
            }
            "do" => self.do_statement(),
            "for" => self.for_statement(),
            "foreach" => self.foreach_statement(),
            "switch" => self.switch_statement(),
            "try" => self.try_statement(),
            "using" => self.using_statement(),
            "return" | "throw" => {
                self.advance();
                let value = (!self.is(";")).then(|| self.expression());
                self.end_of_statement();
                if word == "throw" {
                    StmtKind::Throw(value)
                } else {
                    StmtKind::Return(value)
                }
            }
            "break" | "continue" => {
                self.advance();
                self.end_of_statement();
                if word == "break" {
                    StmtKind::Break
                } else {
                    StmtKind::Continue
                }
            }
            "goto" => self.goto_statement(),
            "const" => {
                self.advance();
                let ty = self.type_ref();
                self.declaration(ty, true)
            }
            "checked" | "unchecked" if self.nth_is(1, "{") => {
                self.advance();
                StmtKind::Checked(word == "checked", self.block())
            }
            "lock" => {
                self.advance();
                let value = self.condition();
                StmtKind::Lock(value, self.boxed())
            }
            "static" => {
                let span = self.advance().span;
                self.too_new(span, "static local functions");
                self.simple_statement()
            }
            "unsafe" | "fixed" => {
                let span = self.advance().span;
                self.error("CS0227", span, "unsafe code is not allowed");
                self.statement_kind()
            }
            "void" => self.void_function(),
            _ => self.simple_statement(),
        }
    }

    fn void_function(&mut self) -> StmtKind {
        let span = self.advance().span;
        let name = self.name();
        if !self.is("(") {
            self.expect("(");
            return StmtKind::Error;
        }
        self.local_function(TypeRef::implied(span), true, name)
    }

    fn end_of_statement(&mut self) {
        if !self.expect(";") {
            // Skip to where the next statement may begin.
            while !self.at_end() && !self.is(";") && !self.is("}") && !self.is("{") {
                self.advance();
            }
            self.eat(";");
        }
    }

    /// `(condition)`
    fn condition(&mut self) -> Expr {
        self.expect("(");
        let condition = self.expression();
        self.expect(")");
        condition
    }

    fn if_statement(&mut self) -> StmtKind {
        self.advance();
        let condition = self.condition();
        let yes = self.boxed();
        let no = self.eat_keyword("else").then(|| self.boxed());
        StmtKind::If(condition, yes, no)
    }

    fn do_statement(&mut self) -> StmtKind {
        self.advance();
        let body = self.boxed();
        if !self.eat_keyword("while") {
            self.expected("CS1003", "syntax error, `while` expected");
        }
        let condition = self.condition();
        self.end_of_statement();
        StmtKind::DoWhile(body, condition)
    }

    fn for_statement(&mut self) -> StmtKind {
        self.advance();
        self.expect("(");
        let mut declaration = None;
        let mut initializers = Vec::new();
        if !self.is(";") {
            match self.declared_type() {
                Some(ty) => declaration = Some(self.declarators(ty, false)),
                None => initializers = self.expressions(";"),
            }
        }
        self.expect(";");
        let condition = (!self.is(";")).then(|| self.expression());
        self.expect(";");
        let updates = if self.is(")") {
            Vec::new()
        } else {
            self.expressions(")")
        };
        self.expect(")");
        let body = self.statement();
        StmtKind::For(Box::new(For {
            declaration,
            initializers,
            condition,
            updates,
            body,
        }))
    }

    fn expressions(&mut self, end: &str) -> Vec<Expr> {
        let mut list = Vec::new();
        while !self.is(end) && !self.at_end() {
            list.push(self.expression());
            if !self.eat(",") {
                break;
            }
        }
        list
    }

    fn foreach_statement(&mut self) -> StmtKind {
        self.advance();
        self.expect("(");
        let ty = self.type_ref();
        let name = self.name();
        if !self.eat_keyword("in") {
            self.expected("CS1515", "`in` expected");
        }
        let source = self.expression();
        self.expect(")");
        let body = self.statement();
        StmtKind::ForEach(Box::new(ForEach {
            ty,
            name,
            source,
            body,
        }))
    }

    fn switch_statement(&mut self) -> StmtKind {
        self.advance();
        let value = self.condition();
        self.expect("{");
        let mut sections = Vec::new();
        while !self.is("}") && !self.at_end() {
            let before = self.at;
            sections.push(self.switch_section());
            if self.at == before {
                self.expected("CS1513", "`}` expected");
                self.advance();
            }
        }
        self.expect("}");
        StmtKind::Switch(value, sections)
    }

    fn switch_section(&mut self) -> SwitchSection {
        let start = self.span();
        let mut labels = Vec::new();
        loop {
            let span = self.span();
            if self.eat_keyword("case") {
                let pattern = self.pattern(false);
                let filter = self.is_name("when").then(|| {
                    self.advance();
                    self.expression()
                });
                labels.push(SwitchLabel::Case(Box::new((pattern, filter))));
            } else if self.is_keyword("default") && self.nth_is(1, ":") {
                self.advance();
                labels.push(SwitchLabel::Default(span));
            } else {
                break;
            }
            self.expect(":");
        }
        let mut body = Vec::new();
        while !labels.is_empty() && !self.at_end() && !self.is("}") && !self.is_keyword("case") {
            if self.is_keyword("default") && self.nth_is(1, ":") {
                break;
            }
            let before = self.at;
            body.push(self.statement());
            if self.at == before {
                break;
            }
        }
        SwitchSection {
            labels,
            body,
            span: start.to(self.previous()),
        }
    }

    fn goto_statement(&mut self) -> StmtKind {
        let span = self.advance().span;
        let kind = if self.eat_keyword("case") {
            StmtKind::GotoCase(Some(self.expression()))
        } else if self.eat_keyword("default") {
            StmtKind::GotoCase(None)
        } else {
            let name = self.name();
            let message = format!(
                "no such label `{}` within the scope of the goto statement",
                name.text
            );
            self.error("CS0159", span.to(name.span), message);
            StmtKind::Error
        };
        self.end_of_statement();
        kind
    }

    fn try_statement(&mut self) -> StmtKind {
        let start = self.advance().span;
        let body = self.block();
        let mut catches = Vec::new();
        while self.is_keyword("catch") {
            catches.push(self.catch_clause());
        }
        let finally = self.eat_keyword("finally").then(|| self.block());
        if catches.is_empty() && finally.is_none() {
            self.error("CS1524", start, "expected catch or finally");
        }
        StmtKind::Try(Box::new(Try {
            body,
            catches,
            finally,
        }))
    }

    fn catch_clause(&mut self) -> Catch {
        let start = self.advance().span;
        let mut ty = None;
        let mut name = None;
        if self.eat("(") {
            ty = Some(self.type_ref());
            name = self.nth_is_any_name(0).then(|| self.name());
            self.expect(")");
        }
        let filter = self.is_name("when").then(|| {
            self.advance();
            self.condition()
        });
        let body = self.block();
        Catch {
            ty,
            name,
            filter,
            body,
            span: start,
        }
    }

    fn using_statement(&mut self) -> StmtKind {
        let start = self.advance().span;
        if !self.is("(") {
            self.too_new(start, "using declarations");
            return self.simple_statement();
        }
        self.advance();
        let mut declaration = None;
        let mut value = None;
        match self.declared_type() {
            Some(ty) => declaration = Some(self.declarators(ty, false)),
            None => value = Some(self.expression()),
        }
        self.expect(")");
        let body = self.statement();
        StmtKind::Using(Box::new(Using {
            declaration,
            value,
            body,
        }))
    }

    /// A type, if what follows declares a variable or a function.
    fn declared_type(&mut self) -> Option<TypeRef> {
        let (before, problems) = (self.at, self.problems.len());
        if let Some(ty) = self.try_type(true)
            && self.nth_is_any_name(0)
        {
            let declares = match &self.nth(1).kind {
                TokenKind::Punct(p) => matches!(*p, "=" | ";" | "," | "(" | ")"),
                TokenKind::End => true,
                _ => false,
            };
            if declares || matches!(ty.kind, crate::ast::TypeRefKind::Predefined(_)) || ty.is_var()
            {
                return Some(ty);
            }
        }
        self.at = before;
        self.problems.truncate(problems);
        None
    }

    fn simple_statement(&mut self) -> StmtKind {
        let start = self.span();
        if self.is_name("async") && self.nth(1).span.start > start.end && !self.nth_is(1, "=") {
            self.error("CS1983", start, "`async` is not available in expressions");
            self.advance();
        }
        if let Some(ty) = self.declared_type() {
            if self.nth_is(1, "(") {
                let name = self.name();
                return self.local_function(ty, false, name);
            }
            return self.declaration(ty, false);
        }
        let value = self.expression();
        if matches!(value.kind, ExprKind::Error) {
            self.resume();
            return StmtKind::Error;
        }
        self.end_of_statement();
        StmtKind::Expr(value)
    }

    /// After something unreadable: go on with the next statement.
    fn resume(&mut self) {
        while !self.at_end() && !self.is(";") && !self.is("}") && !self.is("{") {
            self.advance();
        }
        self.eat(";");
    }

    fn declaration(&mut self, ty: TypeRef, constant: bool) -> StmtKind {
        let declaration = self.declarators(ty, constant);
        self.end_of_statement();
        StmtKind::Declare(declaration)
    }

    /// `a = 1, b`
    fn declarators(&mut self, ty: TypeRef, constant: bool) -> Declaration {
        let mut variables = Vec::new();
        loop {
            let name = self.name();
            let value = self.eat("=").then(|| self.variable_initializer());
            variables.push((name, value));
            if !self.eat(",") {
                break;
            }
        }
        Declaration {
            constant,
            ty,
            variables,
        }
    }

    fn variable_initializer(&mut self) -> Expr {
        if !self.is("{") {
            return self.expression();
        }
        let start = self.span();
        let items = self.nested(|_| Vec::new(), Self::array_items);
        let height = items.iter().map(|item| item.height).max();
        let span = start.to(self.previous());
        self.node(ExprKind::ArrayItems(items), span, height)
    }

    fn local_function(&mut self, result: TypeRef, void: bool, name: crate::ast::Name) -> StmtKind {
        self.advance();
        let mut params = Vec::new();
        while !self.is(")") && !self.at_end() {
            let ty = self.type_ref();
            let name = self.name();
            let default = self.eat("=").then(|| self.expression());
            params.push(LocalParam { ty, name, default });
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")");
        let body = if self.eat("=>") {
            let value = self.expression();
            self.end_of_statement();
            FunctionBody::Expr(value)
        } else {
            FunctionBody::Block(self.block())
        };
        StmtKind::LocalFunction(Box::new(LocalFunction {
            result,
            void,
            name,
            params,
            body,
        }))
    }
}
