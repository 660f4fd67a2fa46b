//! `JContainer`, `JObject`, `JArray`, `JEnumerable<T>`.

use super::token::{charge, child_at, child_named, set_child_at};
use super::{argument, charge_children, content, copied, copy, is_multi, token_or_null};
use crate::casing::equal_ignoring_case;
use crate::eval::Call;
use crate::exception::{Outcome, argument_plain};
use crate::json::{Data, JToken, JsonKind, parse_as};
use crate::library::interfaces::count;
use crate::library::string::int;
use crate::library::{Table, TableKind, m};
use crate::names::full;
use crate::sequence::Sequence;
use crate::types::Type;
use crate::value::Value;

pub(in crate::library) static JCONTAINER: Table = Table {
    name: "Newtonsoft.Json.Linq.JContainer",
    kind: TableKind::Class,
    parents: &["JToken"],
    documented: true,
    members: &[
        m("int Count", count),
        m("void Add(object content)", |c| {
            let (token, value) = (c.json(0)?, c.arg(1).clone());
            add_content(c, &token, &value, 0)?;
            Ok(Value::Null)
        }),
        m("void AddFirst(object content)", |c| {
            let (token, value) = (c.json(0)?, c.arg(1).clone());
            let added = content(c, &value)?;
            charge_children(c, &token)?;
            token.insert(0, added)?;
            Ok(Value::Null)
        }),
        m("void RemoveAll()", |c| {
            c.json(0)?.clear();
            Ok(Value::Null)
        }),
        m("IEnumerable<JToken> Descendants()", |c| {
            descendants(c, false)
        }),
        m("IEnumerable<JToken> DescendantsAndSelf()", |c| {
            descendants(c, true)
        }),
        m("void Merge(object content)", merge),
        m(
            "void Merge(object content, JsonMergeSettings settings)",
            merge,
        ),
    ],
};

pub(in crate::library) static JOBJECT: Table = Table {
    name: "Newtonsoft.Json.Linq.JObject",
    kind: TableKind::Class,
    parents: &["JContainer"],
    documented: true,
    members: &[
        m("new()", |c| {
            c.vm.charge_items(4)?;
            Ok(Value::Json(JToken::object()))
        }),
        m("new(JObject other)", copied),
        m("new(object content)", |c| build(c, JToken::object())),
        m("new(params object[] content)", |c| {
            build(c, JToken::object())
        }),
        m("static JObject Parse(string json)", |c| {
            read(c, &Type::JOBJECT)
        }),
        m(
            "static JObject Parse(string json, JsonLoadSettings settings)",
            |c| read(c, &Type::JOBJECT),
        ),
        m(
            "static JObject FromObject(object o)",
            super::serialize::object_from,
        ),
        m("JToken this[string propertyName]", child_named),
        m("set JToken this[string propertyName]", set_named),
        m("void Add(string propertyName, JToken value)", |c| {
            let name = c.required_text(1, "name")?;
            let value = argument(c, 2)?;
            c.vm.charge_items(4)?;
            c.json(0)?.push(JToken::property(name, value))?;
            Ok(Value::Null)
        }),
        m("JProperty Property(string name)", |c| {
            Ok(token_or_null(
                c.optional_text(1)
                    .and_then(|name| c.json(0).ok()?.find_property(&name)),
            ))
        }),
        m(
            "JProperty Property(string name, StringComparison comparison)",
            |c| Ok(token_or_null(find(c)?)),
        ),
        m("IEnumerable<JProperty> Properties()", |c| {
            let token = Value::Json(c.json(0)?);
            Sequence::lazy(
                Type::enumerable(Type::JPROPERTY),
                &[],
                super::super::linq::Through(token),
            )
        }),
        m("IEnumerable<JToken> PropertyValues()", |c| {
            let token = c.json(0)?;
            c.vm.charge_items(token.children().len())?;
            let values = token
                .children()
                .iter()
                .filter_map(|p| p.child(0))
                .map(Value::Json)
                .collect();
            Ok(Sequence::ready(Type::enumerable(Type::JTOKEN), values))
        }),
        m("bool ContainsKey(string propertyName)", |c| {
            let name = c.required_text(1, "propertyName")?;
            Ok(Value::Bool(c.json(0)?.find_property(&name).is_some()))
        }),
        m(
            "bool TryGetValue(string propertyName, out JToken value)",
            |c| {
                let found = c
                    .optional_text(1)
                    .and_then(|name| c.json(0).ok()?.get(&name));
                let success = found.is_some();
                c.put(2, token_or_null(found));
                Ok(Value::Bool(success))
            },
        ),
        m(
            "bool TryGetValue(string propertyName, StringComparison comparison, out JToken value)",
            |c| {
                let found = find(c)?.and_then(|property| property.child(0));
                let success = found.is_some();
                c.put(3, token_or_null(found));
                Ok(Value::Bool(success))
            },
        ),
        m("JToken GetValue(string propertyName)", |c| {
            Ok(token_or_null(
                c.optional_text(1)
                    .and_then(|name| c.json(0).ok()?.get(&name)),
            ))
        }),
        m(
            "JToken GetValue(string propertyName, StringComparison comparison)",
            |c| {
                Ok(token_or_null(
                    find(c)?.and_then(|property| property.child(0)),
                ))
            },
        ),
        m("bool Remove(string propertyName)", |c| {
            let name = c.required_text(1, "propertyName")?;
            let token = c.json(0)?;
            charge_children(c, &token)?;
            let position = token
                .find_property(&name)
                .and_then(|property| property.position());
            if let Some(position) = position {
                token.remove_at(position)?;
            }
            Ok(Value::Bool(position.is_some()))
        }),
    ],
};

pub(in crate::library) static JARRAY: Table = Table {
    name: "Newtonsoft.Json.Linq.JArray",
    kind: TableKind::Class,
    parents: &["JContainer", "IList<JToken>"],
    documented: true,
    members: &[
        m("new()", |c| {
            c.vm.charge_items(4)?;
            Ok(Value::Json(JToken::array()))
        }),
        m("new(JArray other)", copied),
        m("new(object content)", |c| build(c, JToken::array())),
        m("new(params object[] content)", |c| {
            build(c, JToken::array())
        }),
        m("static JArray Parse(string json)", |c| {
            read(c, &Type::JARRAY)
        }),
        m(
            "static JArray Parse(string json, JsonLoadSettings settings)",
            |c| read(c, &Type::JARRAY),
        ),
        m(
            "static JArray FromObject(object o)",
            super::serialize::array_from,
        ),
        m("int Count", count),
        m("JToken this[int index]", child_at),
        m("set JToken this[int index]", set_child_at),
        m("void Add(JToken item)", array_add),
        m("void Insert(int index, JToken item)", |c| {
            c.vm.charge_items(4)?;
            let index = usize::try_from(c.int(1)?).unwrap_or(usize::MAX);
            let item = argument(c, 2)?;
            let token = c.json(0)?;
            charge_children(c, &token)?;
            token.insert(index, item)?;
            Ok(Value::Null)
        }),
        m("void RemoveAt(int index)", |c| {
            let index = usize::try_from(c.int(1)?).unwrap_or(usize::MAX);
            let token = c.json(0)?;
            charge_children(c, &token)?;
            token.remove_at(index)?;
            Ok(Value::Null)
        }),
        m("bool Remove(JToken item)", |c| {
            let position = position(c)?;
            if let Some(position) = position {
                c.json(0)?.remove_at(position)?;
            }
            Ok(Value::Bool(position.is_some()))
        }),
        m("void Clear()", |c| {
            c.json(0)?.clear();
            Ok(Value::Null)
        }),
        m("bool Contains(JToken item)", |c| {
            Ok(Value::Bool(position(c)?.is_some()))
        }),
        m("int IndexOf(JToken item)", |c| {
            Ok(position(c)?.map_or(Value::Int(-1), int))
        }),
    ],
};

pub(in crate::library) static JENUMERABLE: Table = Table {
    name: "Newtonsoft.Json.Linq.JEnumerable<out T>",
    kind: TableKind::Class,
    parents: &["IEnumerable<T>"],
    documented: true,
    members: &[],
};

/// The properties of a `JObject` as pairs, which is what `foreach` sees in one.
pub(crate) fn pairs(c: &mut Call<'_, '_>) -> Outcome {
    let token = c.json(0)?;
    c.vm.charge_items(token.children().len().saturating_mul(3))?;
    let types = (Type::STRING, Type::JTOKEN);
    let pairs = token
        .children()
        .iter()
        .filter_map(|p| {
            let value = p.child(0).map_or(Value::Null, Value::Json);
            Some(Value::pair(types.clone(), Value::String(p.name()?), value))
        })
        .collect();
    Ok(Sequence::ready(
        Type::enumerable(Type::pair(types.0, types.1)),
        pairs,
    ))
}

fn read(c: &mut Call<'_, '_>, ty: &Type) -> Outcome {
    let text = c.required_text(0, "s")?;
    charge(c, &text)?;
    parse_as(&text, ty).map(Value::Json)
}

/// The property found by a name and a comparison.
fn find(c: &mut Call<'_, '_>) -> Outcome<Option<JToken>> {
    let Some(name) = c.optional_text(1) else {
        return Ok(None);
    };
    let token = c.json(0)?;
    if let Some(exact) = token.find_property(&name) {
        return Ok(Some(exact));
    }
    charge_children(c, &token)?;
    let ignore_case = matches!(c.enumerated(2), 1 | 3 | 5);
    let found = token
        .children()
        .iter()
        .find(|p| ignore_case && p.name().is_some_and(|own| equal_ignoring_case(&own, &name)))
        .cloned();
    Ok(found)
}

pub(in crate::library) fn set_named(c: &mut Call<'_, '_>) -> Outcome {
    let name = c.required_text(1, "name")?;
    let value = argument(c, 2)?;
    c.vm.charge_items(4)?;
    c.json(0)?.set(&name, value)?;
    Ok(Value::Null)
}

pub(in crate::library) fn array_add(c: &mut Call<'_, '_>) -> Outcome {
    c.vm.charge_items(4)?;
    let item = argument(c, 1)?;
    c.json(0)?.push(item)?;
    Ok(Value::Null)
}

fn position(c: &mut Call<'_, '_>) -> Outcome<Option<usize>> {
    let token = c.json(0)?;
    charge_children(c, &token)?;
    let Value::Json(wanted) = c.arg(1) else {
        return Ok(None);
    };
    let found = token.children().iter().position(|child| child.same(wanted));
    Ok(found)
}

/// A container with the contents that the constructor was given.
fn build(c: &mut Call<'_, '_>, token: JToken) -> Outcome {
    let value = c.arg(0).clone();
    add_content(c, &token, &value, 0)?;
    Ok(Value::Json(token))
}

/// Adds what `Add(object)` adds: each item of a sequence, properties to objects, values to arrays.
pub(super) fn add_content(
    c: &mut Call<'_, '_>,
    token: &JToken,
    value: &Value,
    depth: u32,
) -> Outcome<()> {
    if is_multi(value) && depth < 32 {
        for item in c.vm.collect(value)? {
            add_content(c, token, &item, depth + 1)?;
        }
        return Ok(());
    }
    c.vm.charge_items(4)?;
    let added = content(c, value)?;
    let property = added.kind() == JsonKind::Property;
    let fits = match token.kind() {
        JsonKind::Object => property,
        _ => !property,
    };
    if !fits {
        let surface = c.vm.surface;
        return Err(argument_plain(format!(
            "Can not add {} to {}.",
            full(&added.ty(), surface),
            full(&token.ty(), surface)
        )));
    }
    token.push(added)
}

fn descendants(c: &mut Call<'_, '_>, with_self: bool) -> Outcome {
    let root = c.json(0)?;
    let mut found = Vec::new();
    let mut waiting: Vec<JToken> = root.children().iter().rev().cloned().collect();
    if with_self {
        found.push(Value::Json(root.clone()));
    }
    while let Some(token) = waiting.pop() {
        c.vm.charge_items(1)?;
        waiting.extend(token.children().iter().rev().cloned());
        found.push(Value::Json(token));
    }
    Ok(Sequence::ready(Type::enumerable(Type::JTOKEN), found))
}

fn merge(c: &mut Call<'_, '_>) -> Outcome {
    let (token, other) = (c.json(0)?, content(c, &c.arg(1).clone())?);
    merge_into(c, &token, &other, 0)?;
    Ok(Value::Null)
}

/// Objects merge property by property, arrays append, null is ignored.
fn merge_into(c: &mut Call<'_, '_>, target: &JToken, source: &JToken, depth: u32) -> Outcome<()> {
    c.vm.step()?;
    let children: Vec<JToken> = source.children().to_vec();
    match (&*target.data(), &*source.data()) {
        (Data::Object(_), Data::Object(_)) | (Data::Array(_), Data::Array(_)) => {}
        _ => return Ok(()),
    }
    if target.kind() == JsonKind::Array {
        for child in children {
            let child = copy(c, &child)?;
            target.push(child)?;
        }
        return Ok(());
    }
    for property in children {
        let (Some(name), Some(value)) = (property.name(), property.child(0)) else {
            continue;
        };
        let existing = target.get(&name);
        let container = |token: &JToken| matches!(token.kind(), JsonKind::Object | JsonKind::Array);
        match existing {
            Some(existing)
                if container(&existing) && existing.kind() == value.kind() && depth < 64 =>
            {
                merge_into(c, &existing, &value, depth + 1)?;
            }
            Some(_) if value.kind() == JsonKind::Null => {}
            _ => {
                let value = copy(c, &value)?;
                target.set(&name, value)?;
            }
        }
    }
    Ok(())
}
