//! `JsonConvert` and its settings.

use super::serialize::{Reader, to_token};
use super::token::{charge, marker};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::json::{double_text, parse_optional, primitive, quote, write_within};
use crate::library::object::enumeration;
use crate::library::{Table, TableKind, m, outside};
use crate::types::Type;
use crate::value::Value;

pub(in crate::library) static FORMATTING: Table = enumeration(
    "Newtonsoft.Json.Formatting",
    &[("None", 0), ("Indented", 1)],
);

pub(in crate::library) static JSON_CONVERTER: Table = marker("Newtonsoft.Json.JsonConverter");
pub(in crate::library) static SERIALIZER_SETTINGS: Table =
    marker("Newtonsoft.Json.JsonSerializerSettings");
pub(in crate::library) static JSON_LOAD_SETTINGS: Table =
    marker("Newtonsoft.Json.Linq.JsonLoadSettings");
pub(in crate::library) static MERGE_SETTINGS: Table =
    marker("Newtonsoft.Json.Linq.JsonMergeSettings");

pub(in crate::library) static JSON_CONVERT: Table = Table {
    name: "Newtonsoft.Json.JsonConvert",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m("static string SerializeObject(object value)", |c| {
            serialize(c, false)
        }),
        m(
            "static string SerializeObject(object value, Formatting formatting)",
            |c| {
                let indented = c.enumerated(1) == 1;
                serialize(c, indented)
            },
        ),
        m("static object DeserializeObject(string value)", |c| {
            deserialize(c, &Type::OBJECT)
        }),
        m("static T DeserializeObject<T>(string value)", |c| {
            let ty = c.type_arg(0);
            deserialize(c, &ty)
        }),
        m(
            "static object DeserializeObject(string value, Type type)",
            |c| match c.arg(1).clone() {
                Value::Type(ty) => deserialize(c, &ty),
                _ => deserialize(c, &Type::OBJECT),
            },
        ),
        m("static string ToString(object value)", to_string),
        outside(
            "static System.Xml.Linq.XDocument DeserializeXNode(string value)",
            from_json,
        ),
        outside(
            "static System.Xml.Linq.XDocument DeserializeXNode(string value, string deserializeRootElementName)",
            from_json,
        ),
        outside(
            "static string SerializeXNode(System.Xml.Linq.XObject node)",
            |c| serialize(c, false),
        ),
        outside(
            "static string SerializeXNode(System.Xml.Linq.XObject node, Formatting formatting)",
            |c| {
                let indented = c.enumerated(1) == 1;
                serialize(c, indented)
            },
        ),
    ],
};

fn serialize(c: &mut Call<'_, '_>, indented: bool) -> Outcome {
    let value = c.arg(0).clone();
    let token = to_token(c, &value)?;
    write_within(&token, indented, &mut c.vm.meter).map(Value::from)
}

/// Whether the type keeps tokens, so that dates must be recognised as JSON trees recognise them.
fn keeps_tokens(ty: &Type) -> bool {
    match ty {
        Type::Def(_) => {
            *ty == Type::OBJECT
                || crate::relations::is_subtype(ty, &Type::JTOKEN, &crate::Surface::empty())
        }
        other => other.arguments().iter().any(keeps_tokens),
    }
}

fn deserialize(c: &mut Call<'_, '_>, ty: &Type) -> Outcome {
    let text = c.required_text(0, "value")?;
    charge(c, &text)?;
    match parse_optional(&text, keeps_tokens(ty))? {
        Some(token) => Reader { from_text: true }.read(c, &token, ty, 64),
        None => Ok(Value::default_of(ty)),
    }
}

fn to_string(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::from(match c.arg(0) {
        Value::Double(n) => double_text(*n),
        Value::String(text) => quote(text),
        other => primitive(other).unwrap_or_else(|| "null".to_owned()),
    }))
}

fn from_json(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "value")?;
    c.vm.charge_bytes(text.size().saturating_mul(16))?;
    c.vm.charge_steps(text.size() / 8)?;
    let token = crate::json::parse(&text)?;
    let root = c.optional_text(1);
    let root = root.as_ref().map(crate::Text::to_str);
    crate::xml::from_json(&token, root.as_deref(), &mut c.vm.meter).map(Value::Xml)
}
