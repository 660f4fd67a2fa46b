//! `IReadOnlyDictionary<string, string[]>`: what headers, queries and claims have in common.

use std::borrow::Cow;

use portcullis_expr::{Exception, HostCall, Key, Object, Outcome, Text, Type, Value};

use super::ContextHost;
use super::headers::Headers;
use super::jwt::Claims;
use super::query::Query;
use super::table::{Entry, KeyKind, Kind, call, get};
use super::throw::{null_reference, text_argument};

/// The type that all of them have.
pub(super) const LISTS: &str = "IReadOnlyDictionary<string, string[]>";

/// A key that is asked for.
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    /// Its number, if it stands in the source as a literal.
    pub(super) key: Option<Key>,
}

/// A dictionary of texts with several values each.
pub(super) trait Lists {
    /// What its constant keys are.
    const KEYS: KeyKind = KeyKind::None;

    /// What the indexer gives for a key that is not there.
    fn missing() -> Value {
        Value::Null
    }

    /// Shows each value of a key; false if the key is not there.
    fn each(
        cx: &ContextHost<'_, '_>,
        handle: u32,
        name: &Name<'_>,
        show: &mut dyn FnMut(&str),
    ) -> bool;

    /// Every key with its values, in order.
    fn all(cx: &ContextHost<'_, '_>, handle: u32) -> Vec<(String, Vec<String>)>;
}

/// The members of such a dictionary.
pub(super) const fn members<L: Lists>() -> [Entry; 7] {
    [
        call("string[] this[string key]", item::<L>).keyed(L::KEYS),
        call(
            "string GetValueOrDefault(string key, string defaultValue = null)",
            joined_or::<L>,
        )
        .keyed(L::KEYS),
        call("bool ContainsKey(string key)", contains::<L>).keyed(L::KEYS),
        call(
            "bool TryGetValue(string key, out string[] value)",
            try_item::<L>,
        )
        .keyed(L::KEYS),
        get("IEnumerable<string> Keys", keys::<L>),
        get("IEnumerable<string[]> Values", values::<L>),
        get("int Count", count::<L>),
    ]
}

/// `GetValueOrDefault` where such a dictionary is known by its interface alone.
pub(super) const EXTENSIONS: &[Entry] = &[call(
    "string GetValueOrDefault(this IReadOnlyDictionary<string, string[]> dictionary, string key, string defaultValue = null)",
    joined_of_any,
)];

/// The items, for `foreach` and LINQ.
pub(super) fn pairs<L: Lists>(cx: &ContextHost<'_, '_>, handle: u32) -> Vec<Value> {
    let types = || (Type::STRING, Type::array(Type::STRING));
    let pair = |(key, values): (String, Vec<String>)| {
        Value::pair(
            types(),
            key.into(),
            Value::strings(values.iter().map(String::as_str)),
        )
    };
    L::all(cx, handle).into_iter().map(pair).collect()
}

/// The handle of the object that a member is called on.
pub(super) fn handle(receiver: &Value) -> Result<u32, Exception> {
    match receiver {
        Value::Host(Object { handle, .. }) => Ok(*handle),
        _ => Err(null_reference()),
    }
}

fn list<L: Lists>(
    cx: &ContextHost<'_, '_>,
    call: &HostCall<'_>,
) -> Result<Option<Value>, Exception> {
    let text = text_argument(call, 0, "key")?;
    let name = Name {
        text: &text.to_str(),
        key: call.key,
    };
    let mut values = Vec::new();
    let found = L::each(cx, handle(call.receiver)?, &name, &mut |value| {
        values.push(Value::string(value));
    });
    Ok(found.then(|| Value::array(Type::STRING, values)))
}

fn item<L: Lists>(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    Ok(list::<L>(cx, call)?.unwrap_or_else(L::missing))
}

fn try_item<L: Lists>(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let value = list::<L>(cx, call)?;
    let found = value.is_some();
    if let Some(out) = call.args.get_mut(1) {
        *out = value.unwrap_or_default();
    }
    Ok(found.into())
}

fn contains<L: Lists>(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let text = text_argument(call, 0, "key")?;
    let name = Name {
        text: &text.to_str(),
        key: call.key,
    };
    Ok(L::each(cx, handle(call.receiver)?, &name, &mut |_| ()).into())
}

fn joined_or<L: Lists>(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let text = text_argument(call, 0, "key")?;
    let name = Name {
        text: &text.to_str(),
        key: call.key,
    };
    let found = joined::<L>(cx, handle(call.receiver)?, &name);
    Ok(found.map_or_else(
        || call.args.get(1).cloned().unwrap_or_default(),
        Value::String,
    ))
}

/// The values of a key, joined with commas; one value, the usual case, is copied once.
fn joined<L: Lists>(cx: &ContextHost<'_, '_>, handle: u32, name: &Name<'_>) -> Option<Text> {
    let mut first: Option<Text> = None;
    let mut several: Option<String> = None;
    let found = L::each(
        cx,
        handle,
        name,
        &mut |value| match (&first, &mut several) {
            (None, _) => first = Some(Text::from(value)),
            (Some(_), Some(text)) => {
                text.push(',');
                text.push_str(value);
            }
            (Some(one), None) => several = Some(format!("{one},{value}")),
        },
    );
    found.then(|| {
        several
            .map(Text::from)
            .or(first)
            .unwrap_or_else(Text::empty)
    })
}

fn joined_of_any(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let text = text_argument(call, 0, "key")?;
    let name = Name {
        text: &text.to_str(),
        key: None,
    };
    let found = match call.receiver {
        Value::Host(Object { kind, handle }) if *kind == Kind::Headers.host_type() => {
            joined::<Headers>(cx, *handle, &name)
        }
        Value::Host(Object { kind, handle }) if *kind == Kind::Query.host_type() => {
            joined::<Query>(cx, *handle, &name)
        }
        Value::Host(Object { handle, .. }) => joined::<Claims>(cx, *handle, &name),
        Value::Dictionary(dictionary) => {
            let entries = dictionary.to_entries();
            let entry = entries
                .iter()
                .find(|(key, _)| key.as_text().is_some_and(|k| *k == text));
            entry.map(|(_, values)| joined_values(values).into())
        }
        _ => return Err(null_reference()),
    };
    Ok(found.map_or_else(
        || call.args.get(1).cloned().unwrap_or_default(),
        Value::String,
    ))
}

fn joined_values(values: &Value) -> String {
    let Value::Array(values) = values else {
        return String::new();
    };
    let values = values.to_values();
    let texts: Vec<Cow<'_, str>> = values
        .iter()
        .filter_map(|value| value.as_text().map(Text::to_str))
        .collect();
    texts.join(",")
}

fn keys<L: Lists>(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    Value::strings(L::all(cx, handle).iter().map(|(key, _)| key.as_str()))
}

fn values<L: Lists>(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    let all = L::all(cx, handle);
    let lists = all
        .iter()
        .map(|(_, values)| Value::strings(values.iter().map(String::as_str)));
    Value::array(Type::array(Type::STRING), lists.collect())
}

fn count<L: Lists>(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    number(L::all(cx, handle).len())
}

/// A count as an `int`.
pub(super) fn number(count: usize) -> Value {
    Value::Int(i32::try_from(count).unwrap_or(i32::MAX))
}
