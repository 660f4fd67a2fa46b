//! Written types → types.

use super::Binder;
use crate::ast::{SimpleName, TypeRef, TypeRefKind};
use crate::library::{TypeNames, registry};
use crate::relations::is_value_type;
use crate::span::Span;
use crate::types::{DefId, Type};

impl Binder<'_> {
    /// The type that is written; reports what cannot be found.
    pub(super) fn type_of(&mut self, written: &TypeRef) -> Type {
        match &written.kind {
            TypeRefKind::Var => {
                self.error(
                    "CS0825",
                    written.span,
                    "`var` may only stand in a variable declaration",
                );
                Type::Unknown
            }
            TypeRefKind::Omitted => {
                self.error(
                    "CS7003",
                    written.span,
                    "unexpected use of an unbound generic name",
                );
                Type::Unknown
            }
            TypeRefKind::Predefined(word) => registry().named(&[word], 0).unwrap_or(Type::Unknown),
            TypeRefKind::Array(item) => {
                let item = self.type_of(item);
                if item.is_unknown() {
                    Type::Unknown
                } else {
                    Type::array(item)
                }
            }
            TypeRefKind::Nullable(inner) => {
                let ty = self.type_of(inner);
                self.nullable_of(ty, written.span)
            }
            TypeRefKind::Tuple(items) => {
                Type::Tuple(items.iter().map(|item| self.type_of(item)).collect())
            }
            TypeRefKind::Named(path) => self.named_type(path, written.span),
        }
    }

    fn nullable_of(&mut self, ty: Type, span: Span) -> Type {
        if ty.is_unknown() {
            return Type::Unknown;
        }
        if matches!(ty, Type::Nullable(_)) || !is_value_type(&ty, self.surface) {
            let message = "feature `nullable reference types` is not available in C# 7.3";
            self.error("CS8370", span, message);
            return ty;
        }
        Type::nullable(ty)
    }

    fn named_type(&mut self, path: &[SimpleName], span: Span) -> Type {
        let Some(last) = path.last() else {
            return Type::Unknown;
        };
        if path
            .iter()
            .rev()
            .skip(1)
            .any(|name| !name.arguments.is_empty())
        {
            self.error("CS0246", span, "nested generic types are not supported");
            return Type::Unknown;
        }
        let words: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let arguments: Vec<Type> = last.arguments.iter().map(|a| self.type_of(a)).collect();
        if arguments.iter().any(Type::is_unknown) {
            return Type::Unknown;
        }
        match self.find_type(&words, &arguments) {
            Some(Type::Generic(DefId::NULLABLE, types)) => match types.first() {
                Some(inner) => self.nullable_of(inner.clone(), span),
                None => Type::Unknown,
            },
            Some(ty) => {
                self.check_documented(&ty, span);
                ty
            }
            None => {
                self.unknown_type(&words, span);
                Type::Unknown
            }
        }
    }

    fn unknown_type(&mut self, words: &[&str], span: Span) {
        let name = words.join(".");
        if words.len() > 1 {
            let message = format!("the type or namespace name `{name}` does not exist");
            self.error("CS0234", span, message);
            return;
        }
        let help = super::access::nearest(&name, registry().type_names())
            .map(|near| format!("did you mean `{near}`?"));
        let message = format!("the type or namespace name `{name}` could not be found");
        self.error_with_help("CS0246", span, message, help);
    }

    /// The type of a name with type arguments, if there is one.
    pub(super) fn find_type(&self, words: &[&str], arguments: &[Type]) -> Option<Type> {
        let open = self.surface.named(words, arguments.len())?;
        if let (Type::Def(def) | Type::Generic(def, _), [_]) = (&open, words)
            && !is_imported(registry().definition(*def).namespace)
        {
            return None;
        }
        Some(match open {
            Type::Generic(def, _) => Type::generic(def, arguments.to_vec()),
            other => other,
        })
    }

    /// Warns of a type that Azure does not document.
    pub(super) fn check_documented(&mut self, ty: &Type, span: Span) {
        if let Some(def) = ty.def()
            && !registry().definition(def).documented
        {
            let name = self.show(ty);
            let message = format!("type `{name}` is outside what Azure documents for expressions");
            self.warning("outside-azure", span, message);
        }
    }
}

/// The namespaces whose types need no qualification.
fn is_imported(namespace: &str) -> bool {
    matches!(
        namespace,
        "System"
            | "System.Collections.Generic"
            | "System.IO"
            | "System.Linq"
            | "System.Net"
            | "System.Text"
            | "System.Text.RegularExpressions"
            | "System.Security.Cryptography"
            | "System.Security.Cryptography.X509Certificates"
            | "System.Xml.Linq"
            | "Newtonsoft.Json"
            | "Newtonsoft.Json.Linq"
    )
}
