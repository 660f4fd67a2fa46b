//! `JToken`.

use super::{argument, charge_siblings, children, content, copy, token_or_null};
use crate::eval::Call;
use crate::exception::{Exception, Outcome, argument_plain, index_out_of_range, invalid_operation};
use crate::json::{Data, JToken, JsonKind, cast, extension_value, parse, select, write_within};
use crate::library::object::{bare, enumeration};
use crate::library::{Table, TableKind, m, outside};
use crate::names::full;
use crate::sequence::Sequence;
use crate::text::Text;
use crate::types::{DefId, Type};
use crate::value::Value;

pub(in crate::library) static JTOKEN_TYPE: Table = enumeration(
    "Newtonsoft.Json.Linq.JTokenType",
    &[
        ("None", 0),
        ("Object", 1),
        ("Array", 2),
        ("Constructor", 3),
        ("Property", 4),
        ("Comment", 5),
        ("Integer", 6),
        ("Float", 7),
        ("String", 8),
        ("Boolean", 9),
        ("Null", 10),
        ("Undefined", 11),
        ("Date", 12),
        ("Raw", 13),
        ("Bytes", 14),
        ("Guid", 15),
        ("Uri", 16),
        ("TimeSpan", 17),
    ],
);

pub(in crate::library) static JTOKEN: Table = Table {
    name: "Newtonsoft.Json.Linq.JToken",
    kind: TableKind::Class,
    parents: &["IEnumerable<JToken>"],
    documented: true,
    members: &[
        m("static JToken Parse(string json)", |c| {
            read(c).map(Value::Json)
        }),
        m(
            "static JToken Parse(string json, JsonLoadSettings settings)",
            |c| read(c).map(Value::Json),
        ),
        m(
            "static JToken FromObject(object o)",
            super::serialize::from_object,
        ),
        m("static bool DeepEquals(JToken t1, JToken t2)", |c| {
            match (c.arg(0).clone(), c.arg(1).clone()) {
                (Value::Json(a), Value::Json(b)) => {
                    a.charge_walk(&mut c.vm.meter)?;
                    b.charge_walk(&mut c.vm.meter)?;
                    Ok(Value::Bool(a.deep_equals(&b)))
                }
                (a, b) => Ok(Value::Bool(a.is_null() && b.is_null())),
            }
        }),
        m("JTokenType Type", |c| {
            Ok(crate::library::enums::of(
                "Newtonsoft.Json.Linq.JTokenType",
                c.json(0)?.kind() as i32,
            ))
        }),
        m("bool HasValues", |c| {
            Ok(Value::Bool(!c.json(0)?.children().is_empty()))
        }),
        m("JContainer Parent", |c| {
            Ok(token_or_null(c.json(0)?.parent()))
        }),
        m("JToken Root", |c| {
            let mut root = c.json(0)?;
            while let Some(parent) = root.parent() {
                c.vm.meter.ticks(1)?;
                root = parent;
            }
            Ok(Value::Json(root))
        }),
        m("string Path", |c| {
            let token = c.json(0)?;
            let mut current = Some(token.clone());
            while let Some(token) = current {
                charge_siblings(c, &token)?;
                current = token.parent();
            }
            Ok(Value::from(token.path()))
        }),
        m("JToken First", |c| {
            let token = c.json(0)?;
            edge(&token)?;
            Ok(token_or_null(token.child(0)))
        }),
        m("JToken Last", |c| {
            let token = c.json(0)?;
            edge(&token)?;
            let last = token.children().last().cloned();
            Ok(token_or_null(last))
        }),
        m("JToken Next", |c| Ok(token_or_null(sibling(c, 1)?))),
        m("JToken Previous", |c| Ok(token_or_null(sibling(c, -1)?))),
        m("JToken this[object key]", child),
        m("set JToken this[object key]", set_child),
        m("T Value<T>(object key)", |c| {
            let found = child(c)?;
            extension_value(&found, &c.type_arg(0), c.vm.surface)
        }),
        m("JEnumerable<JToken> Children()", |c| {
            let token = c.json(0)?;
            Ok(enumerable(Type::JTOKEN, children(c, &token)?))
        }),
        m("JEnumerable<T> Children<T>()", |c| {
            let ty = c.type_arg(0);
            let token = c.json(0)?;
            let children = children(c, &token)?;
            let surface = c.vm.surface;
            let children = children
                .into_iter()
                .filter(|v| crate::eval::is_instance(v, &ty, surface))
                .collect();
            Ok(enumerable(ty, children))
        }),
        m("IEnumerable<T> Values<T>()", |c| {
            let ty = c.type_arg(0);
            let token = c.json(0)?;
            c.vm.charge_items(token.children().len())?;
            let values = token
                .children()
                .iter()
                .map(|child| extension_value(&Value::Json(child.clone()), &ty, c.vm.surface))
                .collect::<Outcome<_>>()?;
            Ok(Sequence::ready(Type::enumerable(ty), values))
        }),
        m("JToken SelectToken(string path)", select_one),
        m(
            "JToken SelectToken(string path, bool errorWhenNoMatch)",
            select_one,
        ),
        m("IEnumerable<JToken> SelectTokens(string path)", select_all),
        m(
            "IEnumerable<JToken> SelectTokens(string path, bool errorWhenNoMatch)",
            select_all,
        ),
        m(
            "string ToString(Formatting formatting, params JsonConverter[] converters)",
            |c| {
                let (token, indented) = (c.json(0)?, c.enumerated(1) == 1);
                let text = write_within(&token, indented, &mut c.vm.meter)?;
                Ok(Value::from(text))
            },
        ),
        m("T ToObject<T>()", |c| {
            let ty = c.type_arg(0);
            super::serialize::to_object(c, &ty)
        }),
        m("object ToObject(Type objectType)", |c| {
            match c.arg(1).clone() {
                Value::Type(ty) => super::serialize::to_object(c, &ty),
                _ => Err(crate::exception::argument_null("objectType")),
            }
        }),
        m("JToken DeepClone()", |c| {
            let token = c.json(0)?;
            copy(c, &token).map(Value::Json)
        }),
        m("void Remove()", remove),
        m("void Replace(JToken value)", |c| {
            let token = c.json(0)?;
            let value = argument(c, 1)?;
            let (parent, position) = place(c, &token)?;
            parent.replace(position, value)?;
            Ok(Value::Null)
        }),
        m("void AddAfterSelf(object content)", |c| add_beside(c, 1)),
        m("void AddBeforeSelf(object content)", |c| add_beside(c, 0)),
        m("IEnumerable<JToken> Ancestors()", |c| {
            let mut found = Vec::new();
            let mut current = c.json(0)?.parent();
            while let Some(token) = current {
                c.vm.charge_items(1)?;
                current = token.parent();
                found.push(Value::Json(token));
            }
            Ok(Sequence::ready(Type::enumerable(Type::JTOKEN), found))
        }),
        m("IEnumerable<JToken> AfterSelf()", |c| {
            let token = c.json(0)?;
            let (parent, position) = place(c, &token)?;
            c.vm.charge_items(parent.children().len().saturating_sub(position))?;
            let rest = parent
                .children()
                .iter()
                .skip(position + 1)
                .cloned()
                .map(Value::Json)
                .collect();
            Ok(Sequence::ready(Type::enumerable(Type::JTOKEN), rest))
        }),
        // Conversions to tokens
        m("implicit operator JToken(string value)", |c| {
            scalar(c, JsonKind::String)
        }),
        m("implicit operator JToken(bool value)", |c| {
            scalar(c, JsonKind::Boolean)
        }),
        m("implicit operator JToken(bool? value)", |c| {
            scalar(c, JsonKind::Boolean)
        }),
        m("implicit operator JToken(int value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(int? value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(long value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(long? value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(short value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(ushort value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(uint value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(ulong value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(byte value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(sbyte value)", |c| {
            scalar(c, JsonKind::Integer)
        }),
        m("implicit operator JToken(float value)", |c| {
            scalar(c, JsonKind::Float)
        }),
        m("implicit operator JToken(double value)", |c| {
            scalar(c, JsonKind::Float)
        }),
        m("implicit operator JToken(double? value)", |c| {
            scalar(c, JsonKind::Float)
        }),
        m("implicit operator JToken(decimal value)", |c| {
            scalar(c, JsonKind::Float)
        }),
        m("implicit operator JToken(decimal? value)", |c| {
            scalar(c, JsonKind::Float)
        }),
        m("implicit operator JToken(DateTime value)", |c| {
            scalar(c, JsonKind::Date)
        }),
        m("implicit operator JToken(DateTime? value)", |c| {
            scalar(c, JsonKind::Date)
        }),
        m("implicit operator JToken(DateTimeOffset value)", |c| {
            scalar(c, JsonKind::Date)
        }),
        m("implicit operator JToken(TimeSpan value)", |c| {
            scalar(c, JsonKind::TimeSpan)
        }),
        m("implicit operator JToken(Guid value)", |c| {
            scalar(c, JsonKind::Guid)
        }),
        m("implicit operator JToken(Guid? value)", |c| {
            scalar(c, JsonKind::Guid)
        }),
        m("implicit operator JToken(Uri value)", |c| {
            scalar(c, JsonKind::Uri)
        }),
        m("implicit operator JToken(byte[] value)", |c| {
            scalar(c, JsonKind::Bytes)
        }),
        // Conversions from tokens
        m("explicit operator string(JToken value)", from_token),
        m("explicit operator bool(JToken value)", from_token),
        m("explicit operator bool?(JToken value)", from_token),
        m("explicit operator char(JToken value)", from_token),
        m("explicit operator char?(JToken value)", from_token),
        m("explicit operator sbyte(JToken value)", from_token),
        m("explicit operator sbyte?(JToken value)", from_token),
        m("explicit operator byte(JToken value)", from_token),
        m("explicit operator byte?(JToken value)", from_token),
        m("explicit operator short(JToken value)", from_token),
        m("explicit operator short?(JToken value)", from_token),
        m("explicit operator ushort(JToken value)", from_token),
        m("explicit operator ushort?(JToken value)", from_token),
        m("explicit operator int(JToken value)", from_token),
        m("explicit operator int?(JToken value)", from_token),
        m("explicit operator uint(JToken value)", from_token),
        m("explicit operator uint?(JToken value)", from_token),
        m("explicit operator long(JToken value)", from_token),
        m("explicit operator long?(JToken value)", from_token),
        m("explicit operator ulong(JToken value)", from_token),
        m("explicit operator ulong?(JToken value)", from_token),
        m("explicit operator float(JToken value)", from_token),
        m("explicit operator float?(JToken value)", from_token),
        m("explicit operator double(JToken value)", from_token),
        m("explicit operator double?(JToken value)", from_token),
        m("explicit operator decimal(JToken value)", from_token),
        m("explicit operator decimal?(JToken value)", from_token),
        m("explicit operator DateTime(JToken value)", from_token),
        m("explicit operator DateTime?(JToken value)", from_token),
        m("explicit operator DateTimeOffset(JToken value)", from_token),
        m(
            "explicit operator DateTimeOffset?(JToken value)",
            from_token,
        ),
        m("explicit operator TimeSpan(JToken value)", from_token),
        m("explicit operator TimeSpan?(JToken value)", from_token),
        m("explicit operator Guid(JToken value)", from_token),
        m("explicit operator Guid?(JToken value)", from_token),
        m("explicit operator Uri(JToken value)", from_token),
        m("explicit operator byte[](JToken value)", from_token),
    ],
};

/// `Newtonsoft.Json.Linq.Extensions`.
pub(in crate::library) static EXTENSIONS: Table = Table {
    name: "Newtonsoft.Json.Linq.Extensions",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m("static U Value<U>(this IEnumerable<JToken> value)", |c| {
            let token = c.required(0, "value")?;
            extension_value(&token, &c.type_arg(0), c.vm.surface)
        }),
        m(
            "static IEnumerable<U> Values<U>(this IEnumerable<JToken> source)",
            values,
        ),
        m(
            "static IEnumerable<JToken> Children<T>(this IEnumerable<T> source)",
            |c| {
                let source = c.required(0, "source")?;
                let mut found = Vec::new();
                for item in c.vm.collect(&source)? {
                    if let Value::Json(token) = item {
                        c.vm.charge_items(token.children().len())?;
                        found.extend(token.children().iter().cloned().map(Value::Json));
                    }
                }
                Ok(Sequence::ready(Type::enumerable(Type::JTOKEN), found))
            },
        ),
        outside(
            "static IEnumerable<JProperty> Properties(this IEnumerable<JObject> source)",
            |c| {
                let source = c.required(0, "source")?;
                let mut found = Vec::new();
                for item in c.vm.collect(&source)? {
                    if let Value::Json(token) = item {
                        c.vm.charge_items(token.children().len())?;
                        found.extend(token.children().iter().cloned().map(Value::Json));
                    }
                }
                Ok(Sequence::ready(Type::enumerable(Type::JPROPERTY), found))
            },
        ),
    ],
};

/// A type that only serves as a parameter.
pub(super) const fn marker(name: &'static str) -> Table {
    bare(name, TableKind::Class, &[])
}

/// `Parse` of the first argument.
pub(super) fn read(c: &mut Call<'_, '_>) -> Outcome<JToken> {
    let text = c.required_text(0, "s")?;
    charge(c, &text)?;
    parse(&text)
}

/// A tree takes about ten times the memory of its text.
pub(super) fn charge(c: &mut Call<'_, '_>, text: &Text) -> Outcome<()> {
    c.vm.charge_bytes(text.size().saturating_mul(10))?;
    c.vm.charge_steps(text.size() / 8)
}

/// `JEnumerable<T>`.
fn enumerable(item: Type, items: Vec<Value>) -> Value {
    Sequence::ready(Type::generic(DefId::JENUMERABLE, [item]), items)
}

fn from_token(c: &mut Call<'_, '_>) -> Outcome {
    cast(c.arg(0), &c.type_arg(0))
}

/// A token of a simple value; `null` keeps the kind.
fn scalar(c: &mut Call<'_, '_>, kind: JsonKind) -> Outcome {
    c.vm.charge_items(4)?;
    let value = match c.arg(0) {
        Value::Int(n) => Value::Long(i64::from(*n)),
        other => other.clone(),
    };
    let kind = if value.is_null() && kind != JsonKind::String && kind != JsonKind::Uri {
        JsonKind::Null
    } else {
        kind
    };
    Ok(Value::Json(JToken::value(kind, value)))
}

/// A value has no first child to ask for.
fn edge(token: &JToken) -> Outcome<()> {
    match &*token.data() {
        Data::Value(..) => Err(invalid_operation(format!(
            "Cannot access child value on {}.",
            full(&token.ty(), &crate::Surface::empty())
        ))),
        _ => Ok(()),
    }
}

fn sibling(c: &mut Call<'_, '_>, step: isize) -> Outcome<Option<JToken>> {
    let token = c.json(0)?;
    charge_siblings(c, &token)?;
    let index = token.position().and_then(|at| at.checked_add_signed(step));
    Ok(index.and_then(|index| token.parent()?.child(index)))
}

// === Children by key ===

/// `token[key]`.
fn child(c: &mut Call<'_, '_>) -> Outcome {
    let key = c.arg(1).clone();
    child_of(&c.json(0)?, &key)
}

fn child_of(token: &JToken, key: &Value) -> Outcome {
    match (token.kind(), key) {
        (JsonKind::Object, Value::String(name)) => Ok(token_or_null(token.get(name))),
        (JsonKind::Array, Value::Int(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| token.child(index))
            .map(Value::Json)
            .ok_or_else(|| index_out_of_range("index")),
        (JsonKind::Object | JsonKind::Array, _) => Err(wrong_key(token, key, "Accessed")),
        _ => Err(invalid_operation(format!(
            "Cannot access child value on {}.",
            full(&token.ty(), &crate::Surface::empty())
        ))),
    }
}

fn wrong_key(token: &JToken, key: &Value, verb: &str) -> Exception {
    let shown = match key {
        Value::String(text) => format!("\"{text}\""),
        Value::Null => "null".to_owned(),
        other => crate::display::plain_text(other, &crate::Surface::empty()).to_string(),
    };
    argument_plain(if token.kind() == JsonKind::Object {
        format!(
            "{verb} JObject values with invalid key value: {shown}. Object property name expected."
        )
    } else {
        format!("{verb} JArray values with invalid key value: {shown}. Int32 array index expected.")
    })
}

fn set_child(c: &mut Call<'_, '_>) -> Outcome {
    let (token, key, value) = (c.json(0)?, c.arg(1).clone(), argument(c, 2)?);
    c.vm.charge_items(4)?;
    match (token.kind(), &key) {
        (JsonKind::Object, Value::String(name)) => token.set(name, value)?,
        (JsonKind::Array, Value::Int(index)) => {
            token.replace(usize::try_from(*index).unwrap_or(usize::MAX), value)?;
        }
        (JsonKind::Object | JsonKind::Array, _) => return Err(wrong_key(&token, &key, "Set")),
        _ => {
            return Err(invalid_operation(format!(
                "Cannot set child value on {}.",
                full(&token.ty(), &crate::Surface::empty())
            )));
        }
    }
    Ok(Value::Null)
}

/// `token[index]` where the index is an `int`.
pub(in crate::library) fn child_at(c: &mut Call<'_, '_>) -> Outcome {
    child(c)
}

/// `token["name"]`.
pub(in crate::library) fn child_named(c: &mut Call<'_, '_>) -> Outcome {
    child(c)
}

/// `token[key] = value`.
pub(in crate::library) fn set_child_at(c: &mut Call<'_, '_>) -> Outcome {
    set_child(c)
}

// === Paths ===

fn selected(c: &mut Call<'_, '_>) -> Outcome<Vec<JToken>> {
    let path = c.required_text(1, "path")?;
    let strict = matches!(c.arg(2), Value::Bool(true));
    c.vm.charge_steps(path.size())?;
    let token = c.json(0)?;
    select(&token, &path.to_str(), strict, &mut c.vm.meter)
}

fn select_one(c: &mut Call<'_, '_>) -> Outcome {
    let found = selected(c)?;
    match found.as_slice() {
        [] => Ok(Value::Null),
        [only] => Ok(Value::Json(only.clone())),
        _ => Err(Exception::new(
            "Newtonsoft.Json.JsonException",
            "Path returned multiple tokens.",
        )),
    }
}

fn select_all(c: &mut Call<'_, '_>) -> Outcome {
    let found: Vec<Value> = selected(c)?.into_iter().map(Value::Json).collect();
    c.vm.charge_items(found.len())?;
    Ok(Sequence::ready(Type::enumerable(Type::JTOKEN), found))
}

// === Changing the tree ===

/// The parent and the place in it.
fn place(c: &mut Call<'_, '_>, token: &JToken) -> Outcome<(JToken, usize)> {
    charge_siblings(c, token)?;
    match (token.parent(), token.position()) {
        (Some(parent), Some(position)) => Ok((parent, position)),
        _ => Err(invalid_operation("The parent is missing.")),
    }
}

fn remove(c: &mut Call<'_, '_>) -> Outcome {
    let token = c.json(0)?;
    let (parent, position) = place(c, &token)?;
    parent.remove_at(position)?;
    Ok(Value::Null)
}

fn add_beside(c: &mut Call<'_, '_>, after: usize) -> Outcome {
    let token = c.json(0)?;
    let added = content(c, &c.arg(1).clone())?;
    let (parent, position) = place(c, &token)?;
    parent.insert(position + after, added)?;
    Ok(Value::Null)
}

fn values(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(0, "source")?;
    let ty = c.type_arg(0);
    let items = c.vm.collect(&source)?;
    let values = items
        .iter()
        .map(|item| extension_value(item, &ty, c.vm.surface))
        .collect::<Outcome<_>>()?;
    Ok(Sequence::ready(Type::enumerable(ty), values))
}
