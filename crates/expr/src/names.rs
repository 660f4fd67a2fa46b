//! The names of types: as C# shows them and as .NET does.

use crate::library::{keyword_of, registry};
use crate::surface::Surface;
use crate::types::{DefId, Type};

/// `List<int>`, `string[]`, `int?`: as messages and results show a type.
pub(crate) fn shown(ty: &Type, surface: &Surface) -> String {
    joined(ty, surface, ", ")
}

/// The same without spaces, as results are rendered.
pub(crate) fn compact(ty: &Type, surface: &Surface) -> String {
    joined(ty, surface, ",")
}

fn joined(ty: &Type, surface: &Surface, comma: &str) -> String {
    let list = |types: &[Type]| {
        types
            .iter()
            .map(|t| joined(t, surface, comma))
            .collect::<Vec<_>>()
            .join(comma)
    };
    match ty {
        Type::Unknown => "?".to_owned(),
        Type::Void => "void".to_owned(),
        Type::Null => "<null>".to_owned(),
        Type::Def(def) => match keyword_of(*def) {
            Some(word) => word.to_owned(),
            None => registry().definition(*def).name.to_owned(),
        },
        Type::Generic(def, arguments) => {
            format!("{}<{}>", registry().definition(*def).name, list(arguments))
        }
        Type::Array(item) => format!("{}[]", joined(item, surface, comma)),
        Type::Nullable(inner) => format!("{}?", joined(inner, surface, comma)),
        Type::Host(host) => surface.shown_name(*host).to_owned(),
        Type::Anonymous(shape) => {
            let members: Vec<String> = shape
                .types
                .iter()
                .zip(&shape.names)
                .map(|(ty, name)| format!("{} {name}", joined(ty, surface, comma)))
                .collect();
            format!("<anonymous type: {}>", members.join(comma))
        }
        Type::Tuple(items) => format!("({})", list(items)),
        Type::Param(index) => format!("T{index}"),
    }
}

/// `System.Collections.Generic.List`1[System.Int32]`: what `ToString()` of a type gives.
pub(crate) fn full(ty: &Type, surface: &Surface) -> String {
    let list = |types: &[Type]| {
        types
            .iter()
            .map(|t| full(t, surface))
            .collect::<Vec<_>>()
            .join(",")
    };
    match ty {
        Type::Def(def) => full_of(*def),
        Type::Generic(def, arguments) => {
            format!("{}`{}[{}]", full_of(*def), arguments.len(), list(arguments))
        }
        Type::Array(item) => format!("{}[]", full(item, surface)),
        Type::Nullable(inner) => format!("System.Nullable`1[{}]", full(inner, surface)),
        Type::Host(host) => surface.full_name(*host).to_owned(),
        Type::Tuple(items) => format!("System.ValueTuple`{}[{}]", items.len(), list(items)),
        Type::Anonymous(shape) => format!("<>f__AnonymousType0`{}", shape.names.len()),
        other => shown(other, surface),
    }
}

fn full_of(def: DefId) -> String {
    let definition = registry().definition(def);
    format!("{}.{}", definition.namespace, definition.name)
}

/// `Int32`, `List`1`: what `Type.Name` gives.
pub(crate) fn simple(ty: &Type, surface: &Surface) -> String {
    match ty {
        Type::Generic(def, arguments) => {
            format!("{}`{}", registry().definition(*def).name, arguments.len())
        }
        Type::Def(def) => registry().definition(*def).name.to_owned(),
        Type::Array(item) => format!("{}[]", simple(item, surface)),
        Type::Nullable(_) => "Nullable`1".to_owned(),
        other => full(other, surface),
    }
}
