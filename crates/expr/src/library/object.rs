//! `System.Object`, `System.ValueType`, `System.Type`.

use super::{Table, TableKind, m, outside};
use crate::display::to_text;
use crate::eval::Call;
use crate::exception::Outcome;
use crate::names::{full, simple};
use crate::value::{Value, equals, hash, same};

pub(super) static OBJECT: Table = Table {
    name: "System.Object",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new()", |_| Ok(Value::native(PlainObject))),
        m("string ToString()", to_string),
        m("bool Equals(object obj)", |c| {
            Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
        }),
        m("static bool Equals(object objA, object objB)", |c| {
            Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
        }),
        m(
            "static bool ReferenceEquals(object objA, object objB)",
            |c| Ok(Value::Bool(same(c.arg(0), c.arg(1)))),
        ),
        m("int GetHashCode()", hash_code),
        m("Type GetType()", |c| {
            Ok(Value::Type(c.arg(0).runtime_type().into()))
        }),
    ],
};

/// `new object()`.
#[derive(Debug)]
struct PlainObject;

impl crate::value::NativeObject for PlainObject {
    fn ty(&self) -> crate::types::Type {
        crate::types::Type::OBJECT
    }
}

pub(super) fn to_string(c: &mut Call<'_, '_>) -> Outcome {
    let value = c.arg(0).clone();
    to_text(c.vm, &value).map(Value::String)
}

#[expect(clippy::cast_possible_truncation, reason = "a hash may be any number")]
pub(super) fn hash_code(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Int((hash(c.arg(0)) as u32).cast_signed()))
}

pub(super) static VALUE_TYPE: Table = Table {
    name: "System.ValueType",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[],
};

pub(super) static TYPE: Table = Table {
    name: "System.Type",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("string Name", |c| type_text(c, simple)),
        m("string FullName", |c| type_text(c, full)),
        outside("string Namespace", |c| {
            type_text(c, |ty, surface| {
                let name = full(ty, surface);
                name.rsplit_once('.')
                    .map(|(space, _)| space.to_owned())
                    .unwrap_or_default()
            })
        }),
        outside("static bool operator ==(Type left, Type right)", |c| {
            Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
        }),
        outside("static bool operator !=(Type left, Type right)", |c| {
            Ok(Value::Bool(!equals(c.arg(0), c.arg(1))))
        }),
    ],
};

fn type_text(
    c: &mut Call<'_, '_>,
    name: fn(&crate::types::Type, &crate::surface::Surface) -> String,
) -> Outcome {
    match c.arg(0) {
        Value::Type(ty) => Ok(Value::from(name(ty, c.vm.surface))),
        _ => Err(crate::exception::null_reference()),
    }
}

/// A table without members.
pub(super) const fn bare(
    name: &'static str,
    kind: TableKind,
    parents: &'static [&'static str],
) -> Table {
    Table {
        name,
        kind,
        parents,
        documented: true,
        members: &[],
    }
}

/// An enumeration.
pub(super) const fn enumeration(
    name: &'static str,
    values: &'static [(&'static str, i32)],
) -> Table {
    Table {
        name,
        kind: TableKind::Enum {
            values,
            flags: false,
        },
        parents: &[],
        documented: true,
        members: &[],
    }
}

/// An enumeration whose members can be combined.
pub(super) const fn flags(name: &'static str, values: &'static [(&'static str, i32)]) -> Table {
    Table {
        name,
        kind: TableKind::Enum {
            values,
            flags: true,
        },
        parents: &[],
        documented: true,
        members: &[],
    }
}
