//! `JProperty`, `JValue`, `JRaw`.

use super::containers::add_content;
use super::token::marker;
use super::{argument, content, copied, copy, is_multi, token_or_null};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::json::{JToken, JsonKind, kind_of, write_within};
use crate::library::{Table, TableKind, m};
use crate::text::Text;
use crate::value::Value;

pub(in crate::library) static JPROPERTY: Table = Table {
    name: "Newtonsoft.Json.Linq.JProperty",
    kind: TableKind::Class,
    parents: &["JContainer"],
    documented: true,
    members: &[
        m("new(JProperty other)", copied),
        m("new(string name, object content)", create),
        m("new(string name, params object[] content)", create),
        m("string Name", |c| Ok(c.json(0)?.name().into())),
        m("JToken Value", |c| Ok(token_or_null(c.json(0)?.child(0)))),
        m("set JToken Value", |c| {
            let value = argument(c, 1)?;
            c.json(0)?.replace(0, value)?;
            Ok(Value::Null)
        }),
    ],
};

pub(in crate::library) static JVALUE: Table = Table {
    name: "Newtonsoft.Json.Linq.JValue",
    kind: TableKind::Class,
    parents: &["JToken", "IFormattable", "IComparable"],
    documented: true,
    members: &[
        m("new(JValue other)", copied),
        m("new(long value)", |c| scalar(c, JsonKind::Integer)),
        m("new(ulong value)", |c| scalar(c, JsonKind::Integer)),
        m("new(decimal value)", |c| scalar(c, JsonKind::Float)),
        m("new(double value)", |c| scalar(c, JsonKind::Float)),
        m("new(float value)", |c| scalar(c, JsonKind::Float)),
        m("new(bool value)", |c| scalar(c, JsonKind::Boolean)),
        m("new(char value)", |c| {
            let text = Text::from_units(&[c.char(0)?]);
            Ok(Value::Json(JToken::value(
                JsonKind::String,
                Value::String(text),
            )))
        }),
        m("new(string value)", |c| scalar(c, JsonKind::String)),
        m("new(DateTime value)", |c| scalar(c, JsonKind::Date)),
        m("new(DateTimeOffset value)", |c| scalar(c, JsonKind::Date)),
        m("new(Guid value)", |c| scalar(c, JsonKind::Guid)),
        m("new(TimeSpan value)", |c| scalar(c, JsonKind::TimeSpan)),
        m("new(Uri value)", |c| scalar(c, JsonKind::Uri)),
        m("new(object value)", |c| {
            let value = c.arg(0).clone();
            if let Value::Json(token) = &value {
                return copy(c, token).map(Value::Json);
            }
            content(c, &value).map(Value::Json)
        }),
        m("static JValue CreateNull()", |_| {
            Ok(Value::Json(JToken::null()))
        }),
        m("static JValue CreateUndefined()", |_| {
            Ok(Value::Json(JToken::value(JsonKind::Undefined, Value::Null)))
        }),
        m("static JValue CreateString(string value)", |c| {
            scalar(c, JsonKind::String)
        }),
        m("object Value", |c| {
            Ok(c.json(0)?.scalar().unwrap_or_default())
        }),
        m("set object Value", |c| {
            let value = c.arg(1).clone();
            let kind = kind_of(&value).unwrap_or(JsonKind::String);
            c.json(0)?.set_scalar(kind, value);
            Ok(Value::Null)
        }),
        m(
            "string ToString(string format)",
            crate::library::integer::to_string,
        ),
        m(
            "string ToString(IFormatProvider formatProvider)",
            crate::library::object::to_string,
        ),
        m(
            "string ToString(string format, IFormatProvider formatProvider)",
            crate::library::integer::to_string,
        ),
        m(
            "int CompareTo(JValue obj)",
            crate::library::integer::compare,
        ),
        m("bool Equals(JValue other)", crate::library::integer::same),
    ],
};

pub(in crate::library) static JRAW: Table = Table {
    name: "Newtonsoft.Json.Linq.JRaw",
    kind: TableKind::Class,
    parents: &["JValue"],
    documented: true,
    members: &[m("new(object rawJson)", |c| {
        let text = match c.arg(0) {
            Value::String(text) => text.clone(),
            Value::Json(token) => Text::from(write_within(&token.clone(), false, &mut c.vm.meter)?),
            other => crate::display::plain_text(other, c.vm.surface),
        };
        Ok(Value::Json(JToken::value(
            JsonKind::Raw,
            Value::String(text),
        )))
    })],
};

pub(in crate::library) static BIG_INTEGER: Table = marker("System.Numerics.BigInteger");

fn scalar(c: &mut Call<'_, '_>, kind: JsonKind) -> Outcome {
    c.vm.charge_items(4)?;
    Ok(Value::Json(JToken::value(kind, c.arg(0).clone())))
}

/// `new JProperty(name, content)`: a sequence becomes an array.
fn create(c: &mut Call<'_, '_>) -> Outcome {
    let name = c.required_text(0, "name")?;
    let value = c.arg(1).clone();
    c.vm.charge_items(8)?;
    let token = if is_multi(&value) {
        let array = JToken::array();
        add_content(c, &array, &value, 0)?;
        array
    } else {
        content(c, &value)?
    };
    Ok(Value::Json(JToken::property(name, token)))
}
