//! How types relate: parents, subtypes, value and reference types. The binder and the run-time checks
//! of casts ask the same questions here.

use crate::library::{TableKind, registry};
use crate::surface::Surface;
use crate::types::{DefId, Type};

/// Whether values of the type are copied and cannot be `null`.
pub(crate) fn is_value_type(ty: &Type, surface: &Surface) -> bool {
    match ty {
        Type::Def(def) | Type::Generic(def, _) => {
            matches!(
                registry().definition(*def).kind,
                TableKind::Struct | TableKind::Enum { .. }
            )
        }
        Type::Nullable(_) | Type::Tuple(_) => true,
        Type::Host(host) => surface.host(*host).is_some_and(|def| def.values.is_some()),
        _ => false,
    }
}

/// Whether a variable of the type can hold `null`.
pub(crate) fn can_be_null(ty: &Type, surface: &Surface) -> bool {
    matches!(ty, Type::Nullable(_) | Type::Null | Type::Unknown) || !is_value_type(ty, surface)
}

/// Whether it is an enumeration.
pub(crate) fn is_enum(ty: &Type, surface: &Surface) -> bool {
    match ty {
        Type::Def(def) => registry().definition(*def).is_enum(),
        Type::Host(host) => surface.host(*host).is_some_and(|def| def.values.is_some()),
        _ => false,
    }
}

/// The enumeration it is.
pub(crate) fn enum_type(ty: &Type, surface: &Surface) -> Option<crate::value::EnumType> {
    if !is_enum(ty, surface) {
        return None;
    }
    match ty {
        Type::Def(def) => Some(crate::value::EnumType::Def(*def)),
        Type::Host(host) => Some(crate::value::EnumType::Host(*host)),
        _ => None,
    }
}

/// Whether it is an interface. Host types count: an object may implement any of them.
pub(crate) fn is_interface(ty: &Type) -> bool {
    match ty {
        Type::Def(def) | Type::Generic(def, _) => {
            matches!(registry().definition(*def).kind, TableKind::Interface)
        }
        _ => false,
    }
}

/// The base class and interfaces that are declared for a type, `object` left out.
pub(crate) fn parents(ty: &Type, surface: &Surface) -> Vec<Type> {
    match ty {
        Type::Def(def) => {
            let definition = registry().definition(*def);
            match definition.kind {
                TableKind::Enum { .. } => vec![Type::ENUM],
                _ => definition.parents.clone(),
            }
        }
        Type::Generic(def, arguments) => {
            let definition = registry().definition(*def);
            definition
                .parents
                .iter()
                .map(|parent| parent.substitute(arguments))
                .collect()
        }
        Type::Array(item) => {
            let of = |def| Type::generic(def, [(**item).clone()]);
            vec![
                Type::ARRAY,
                of(DefId::LIST_INTERFACE),
                of(DefId::READ_ONLY_LIST),
            ]
        }
        Type::Host(host) => surface
            .host(*host)
            .map(|def| def.parents.clone())
            .unwrap_or_default(),
        Type::Nullable(_) | Type::Tuple(_) => vec![Type::VALUE_TYPE],
        _ => Vec::new(),
    }
}

/// A type and everything above it, nearest first, each once.
pub(crate) fn lineage(ty: &Type, surface: &Surface) -> Vec<Type> {
    let mut found = vec![ty.clone()];
    let mut next = 0;
    while let Some(current) = found.get(next).cloned() {
        next += 1;
        for parent in parents(&current, surface) {
            if !found.contains(&parent) {
                found.push(parent);
            }
        }
    }
    if !found.contains(&Type::OBJECT) {
        found.push(Type::OBJECT);
    }
    found
}

/// Whether every object of `from` is one of `to`: identity, inheritance, interfaces, variance.
/// Boxing counts too.
pub(crate) fn is_subtype(from: &Type, to: &Type, surface: &Surface) -> bool {
    if from == to || *to == Type::OBJECT {
        return !matches!(from, Type::Void);
    }
    if matches!(to, Type::Def(def) if registry().definition(*def).is_enum()) {
        return false;
    }
    if let (Type::Array(a), Type::Array(b)) = (from, to) {
        return !is_value_type(a, surface)
            && !is_value_type(b, surface)
            && is_subtype(a, b, surface);
    }
    let lineage = lineage(from, surface);
    lineage.contains(to)
        || lineage
            .iter()
            .any(|ancestor| is_variant(ancestor, to, surface))
}

/// Whether `from` is `to` by variance of the type arguments.
fn is_variant(from: &Type, to: &Type, surface: &Surface) -> bool {
    let (Type::Generic(a, from), Type::Generic(b, to)) = (from, to) else {
        return false;
    };
    if a != b {
        return false;
    }
    let definition = registry().definition(*a);
    let flag = |flags: &[bool], index: usize| flags.get(index).copied().unwrap_or(false);
    from.iter()
        .zip(to.iter())
        .enumerate()
        .all(|(index, (x, y))| {
            let reference = || !is_value_type(x, surface) && !is_value_type(y, surface);
            x == y
                || (flag(&definition.covariant, index) && reference() && is_subtype(x, y, surface))
                || (flag(&definition.contravariant, index)
                    && reference()
                    && is_subtype(y, x, surface))
        })
}

/// The type arguments with which a type implements a generic definition.
pub(crate) fn implementation(ty: &Type, def: DefId, surface: &Surface) -> Option<Vec<Type>> {
    lineage(ty, surface)
        .into_iter()
        .find_map(|ancestor| match ancestor {
            Type::Generic(found, arguments) if found == def => Some(arguments.to_vec()),
            _ => None,
        })
}

/// The type of the items that `foreach` finds in a type.
pub(crate) fn item_type(ty: &Type, surface: &Surface) -> Option<Type> {
    match ty {
        Type::Array(item) => return Some((**item).clone()),
        Type::Def(DefId::STRING) => return Some(Type::CHAR),
        Type::Unknown => return Some(Type::Unknown),
        _ => {}
    }
    if let Some(arguments) = implementation(ty, DefId::ENUMERABLE_OF, surface) {
        return arguments.into_iter().next();
    }
    lineage(ty, surface)
        .contains(&Type::ENUMERABLE)
        .then_some(Type::OBJECT)
}

/// The parameters and the result of a delegate type.
pub(crate) fn delegate_signature(ty: &Type) -> Option<(Vec<Type>, Type)> {
    let def = ty.def()?;
    let definition = registry().definition(def);
    if !matches!(definition.kind, TableKind::Delegate) {
        return None;
    }
    let invoke = definition.invoke()?;
    let arguments = ty.arguments();
    let params = invoke
        .params
        .iter()
        .map(|p| p.ty.substitute(arguments))
        .collect();
    Some((params, invoke.result.substitute(arguments)))
}
