//! `System.Nullable<T>`.

use super::{Table, TableKind, m};
use crate::display::to_text;
use crate::exception::invalid_operation;
use crate::text::Text;
use crate::value::{Value, equals};

pub(super) static NULLABLE: Table = Table {
    name: "System.Nullable<T>",
    kind: TableKind::Struct,
    parents: &["System.ValueType"],
    documented: true,
    members: &[
        m("bool HasValue", |c| Ok(Value::Bool(!c.arg(0).is_null()))),
        m("T Value", |c| match c.arg(0) {
            Value::Null => Err(invalid_operation("Nullable object must have a value.")),
            value => Ok(value.clone()),
        }),
        m("T GetValueOrDefault()", |c| match c.arg(0) {
            Value::Null => Ok(Value::default_of(&c.type_arg(0))),
            value => Ok(value.clone()),
        }),
        m("T GetValueOrDefault(T defaultValue)", |c| match c.arg(0) {
            Value::Null => Ok(c.arg(1).clone()),
            value => Ok(value.clone()),
        }),
        m("string ToString()", |c| match c.arg(0).clone() {
            Value::Null => Ok(Value::String(Text::empty())),
            value => to_text(c.vm, &value).map(Value::String),
        }),
        m("bool Equals(object other)", |c| {
            Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
        }),
        m("int GetHashCode()", |c| match c.arg(0) {
            Value::Null => Ok(Value::Int(0)),
            _ => super::object::hash_code(c),
        }),
    ],
};
