//! `System.Boolean`.

use super::{Table, TableKind, m, outside};
use crate::convert::{parse_bool, try_parse_bool};
use crate::value::Value;

pub(super) static BOOLEAN: Table = Table {
    name: "System.Boolean",
    kind: TableKind::Struct,
    parents: &["System.ValueType", "IComparable"],
    documented: true,
    members: &[
        m("static string TrueString", |_| Ok(Value::from("True"))),
        m("static string FalseString", |_| Ok(Value::from("False"))),
        m("static bool Parse(string value)", |c| {
            let text = c.required_text(0, "value")?;
            parse_bool(&text.to_str()).map(Value::Bool)
        }),
        m("static bool TryParse(string value, out bool result)", |c| {
            let parsed = c
                .optional_text(0)
                .and_then(|text| try_parse_bool(&text.to_str()));
            c.put(1, Value::Bool(parsed.unwrap_or(false)));
            Ok(Value::Bool(parsed.is_some()))
        }),
        m("bool Equals(bool obj)", |c| {
            Ok(Value::Bool(c.bool(0)? == c.bool(1)?))
        }),
        m("int CompareTo(bool value)", |c| {
            Ok(Value::Int(i32::from(c.bool(0)?) - i32::from(c.bool(1)?)))
        }),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(3))),
    ],
};
