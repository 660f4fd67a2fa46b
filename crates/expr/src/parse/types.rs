//! Types: `int`, `List<string>`, `JObject[]`, `int?`, `(int, string)`.

use super::Parser;
use crate::ast::{SimpleName, TypeRef, TypeRefKind};
use crate::lex::TokenKind;
use crate::span::Span;

/// The keywords that are types.
pub(crate) const PREDEFINED: &[&str] = &[
    "bool", "byte", "char", "decimal", "double", "float", "int", "long", "object", "sbyte",
    "short", "string", "uint", "ulong", "ushort",
];

impl Parser<'_> {
    /// Reads a type, reporting what is wrong with it.
    pub(crate) fn type_ref(&mut self) -> TypeRef {
        let start = self.span();
        if let Some(ty) = self.try_type(true) {
            ty
        } else {
            self.expected("CS1031", "type expected");
            TypeRef {
                kind: TypeRefKind::Named(Vec::new()),
                span: start,
            }
        }
    }

    /// Reads a type if there is one; takes nothing otherwise. `nullable` says whether a `?` after it
    /// belongs to it.
    pub(crate) fn try_type(&mut self, nullable: bool) -> Option<TypeRef> {
        let before = self.at;
        let ty = self.nested(|_| None, |parser| parser.type_suffixes(nullable));
        if ty.is_none() {
            self.at = before;
        }
        ty
    }

    fn type_suffixes(&mut self, nullable: bool) -> Option<TypeRef> {
        let start = self.span();
        let mut ty = self.type_core()?;
        let mut suffixes = 0;
        loop {
            suffixes += 1;
            if suffixes > 16 {
                return None;
            }
            let kind = if nullable && self.is("?") {
                self.advance();
                TypeRefKind::Nullable(Box::new(ty))
            } else if self.is("[") && self.nth_is(1, "]") {
                self.advance();
                self.advance();
                TypeRefKind::Array(Box::new(ty))
            } else {
                return Some(ty);
            };
            ty = TypeRef {
                kind,
                span: start.to(self.previous()),
            };
        }
    }

    fn type_core(&mut self) -> Option<TypeRef> {
        let span = self.span();
        let kind = match self.kind().clone() {
            TokenKind::Keyword(word) if PREDEFINED.contains(&word) => {
                self.advance();
                TypeRefKind::Predefined(word)
            }
            TokenKind::Name(name) if name == "var" && !self.nth_is(1, ".") => {
                self.advance();
                TypeRefKind::Var
            }
            TokenKind::Name(_) => TypeRefKind::Named(self.qualified_name()?),
            TokenKind::Punct("(") => TypeRefKind::Tuple(self.tuple_types()?),
            _ => return None,
        };
        Some(TypeRef {
            kind,
            span: span.to(self.previous()),
        })
    }

    fn qualified_name(&mut self) -> Option<Vec<SimpleName>> {
        let mut path = Vec::new();
        loop {
            let TokenKind::Name(text) = self.kind().clone() else {
                return None;
            };
            let span = self.advance().span;
            let arguments = self.type_arguments().unwrap_or_default();
            path.push(SimpleName {
                text,
                span,
                arguments,
            });
            let more = (self.is(".") || self.is("::")) && self.nth_is_any_name(1);
            if !more {
                return Some(path);
            }
            self.advance();
        }
    }

    /// `<A, B>`, if that is what follows; `<>` gives omitted arguments.
    pub(crate) fn type_arguments(&mut self) -> Option<Vec<TypeRef>> {
        if !self.is("<") {
            return None;
        }
        let before = self.at;
        let span = self.advance().span;
        if self.eat(">") {
            return Some(vec![TypeRef {
                kind: TypeRefKind::Omitted,
                span: span.to(self.previous()),
            }]);
        }
        let mut arguments = Vec::new();
        while let Some(ty) = self.try_type(true) {
            arguments.push(ty);
            if self.eat(">") {
                return Some(arguments);
            }
            if !self.eat(",") {
                break;
            }
        }
        self.at = before;
        None
    }

    /// `(int a, string b)`; the names are dropped.
    fn tuple_types(&mut self) -> Option<Vec<TypeRef>> {
        self.advance();
        let mut types = Vec::new();
        loop {
            types.push(self.try_type(true)?);
            if self.nth_is_any_name(0) {
                self.advance();
            }
            if self.eat(")") {
                return (types.len() > 1).then_some(types);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    /// `name<A, B>` in an expression: the arguments only if what follows says that `<` is no
    /// comparison (C# 7.3, §12.7.6.2 of the grammar ambiguities).
    pub(super) fn simple_name(&mut self) -> SimpleName {
        let name = self.name();
        let before = self.at;
        let problems = self.problems.len();
        let mut arguments = self.type_arguments().unwrap_or_default();
        if !arguments.is_empty() && !self.after_type_arguments() {
            self.at = before;
            self.problems.truncate(problems);
            arguments = Vec::new();
        }
        SimpleName {
            text: name.text,
            span: name.span,
            arguments,
        }
    }

    fn after_type_arguments(&self) -> bool {
        match self.kind() {
            TokenKind::Punct(p) => matches!(
                *p,
                "(" | ")"
                    | "]"
                    | "}"
                    | ":"
                    | ";"
                    | ","
                    | "."
                    | "?"
                    | "?."
                    | "=="
                    | "!="
                    | "|"
                    | "^"
                    | "&&"
                    | "||"
                    | "&"
                    | "["
                    | "=>"
            ),
            TokenKind::End => true,
            _ => false,
        }
    }

    /// A type between `(` and `)` and what follows, if that makes a cast.
    pub(super) fn cast_type(&mut self) -> Option<TypeRef> {
        let before = self.at;
        let problems = self.problems.len();
        self.advance();
        let ty = self.try_type(true);
        if let Some(ty) = ty
            && self.eat(")")
            && self.is_cast(&ty)
        {
            return Some(ty);
        }
        self.at = before;
        self.problems.truncate(problems);
        None
    }

    fn is_cast(&self, ty: &TypeRef) -> bool {
        let sure = match &ty.kind {
            TypeRefKind::Named(_) | TypeRefKind::Var => false,
            TypeRefKind::Tuple(_) => return false,
            _ => true,
        };
        match self.kind() {
            TokenKind::Name(_)
            | TokenKind::Number(_)
            | TokenKind::Text(_)
            | TokenKind::Char(_)
            | TokenKind::Interpolated(_) => true,
            TokenKind::Keyword(word) => !matches!(*word, "is" | "as"),
            TokenKind::Punct(p) => {
                matches!(*p, "(" | "!" | "~") || (sure && matches!(*p, "-" | "+" | "++" | "--"))
            }
            TokenKind::Bad | TokenKind::End => false,
        }
    }
}

impl TypeRef {
    /// `var`.
    pub(crate) fn is_var(&self) -> bool {
        matches!(self.kind, TypeRefKind::Var)
    }

    /// A type that is not written.
    pub(crate) fn implied(span: Span) -> Self {
        Self {
            kind: TypeRefKind::Var,
            span,
        }
    }
}
