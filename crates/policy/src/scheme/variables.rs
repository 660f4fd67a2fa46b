//! `context.Variables`.

use portcullis_expr::{Exception, HostCall, Outcome, Type, Value};

use super::ContextHost;
use super::dictionary::number;
use super::table::{Class, KeyKind, Table, call, get};
use super::throw::text_argument;
use crate::names::VarId;

const DICTIONARY: &str = "IReadOnlyDictionary<string, object>";

pub(super) const CLASS: Class = Class::hidden(
    "Variables",
    DICTIONARY,
    &[
        call("object this[string key]", item).keyed(KeyKind::Variable),
        call("bool ContainsKey(string key)", contains).keyed(KeyKind::Variable),
        call("bool TryGetValue(string key, out object value)", try_item).keyed(KeyKind::Variable),
        call("object GetValueOrDefault(string key)", item).keyed(KeyKind::Variable),
        call("T GetValueOrDefault<T>(string key)", typed_or_default).keyed(KeyKind::Variable),
        call(
            "T GetValueOrDefault<T>(string key, T defaultValue)",
            typed_or_default,
        )
        .keyed(KeyKind::Variable),
        get("IEnumerable<string> Keys", keys),
        get("IEnumerable<object> Values", values),
        get("int Count", |cx, _| number(cx.variables().count())),
    ],
)
.with_parents(&[DICTIONARY])
.listing(pairs);

impl ContextHost<'_, '_> {
    fn variables(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.ex.variables().iter(&self.ex.facts().service.names)
    }
}

fn find(cx: &ContextHost<'_, '_>, call: &HostCall<'_>) -> Result<Option<Value>, Exception> {
    if let Some(key) = call.key {
        return Ok(cx.ex.variables().get(VarId(key.0)).cloned());
    }
    let name = text_argument(call, 0, "key")?;
    let names = &cx.ex.facts().service.names;
    Ok(cx.ex.variables().find(names, &name.to_str()).cloned())
}

fn item(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    Ok(find(cx, call)?.unwrap_or_default())
}

fn contains(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    Ok(find(cx, call)?.is_some().into())
}

fn try_item(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let value = find(cx, call)?;
    let found = value.is_some();
    if let Some(out) = call.args.get_mut(1) {
        *out = value.unwrap_or_default();
    }
    Ok(found.into())
}

/// `(T)value` of a variable that is set: one of another type throws.
fn typed_or_default(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let ty = call.types.first().unwrap_or(&Type::OBJECT);
    match find(cx, call)? {
        Some(value) => value.cast(ty, &Table::shared().surface),
        None => Ok(call
            .args
            .get(1)
            .cloned()
            .unwrap_or_else(|| Value::default_of(ty))),
    }
}

fn keys(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    Value::strings(cx.variables().map(|(name, _)| name))
}

fn values(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    Value::array(
        Type::OBJECT,
        cx.variables().map(|(_, value)| value.clone()).collect(),
    )
}

fn pairs(cx: &ContextHost<'_, '_>, _: u32) -> Vec<Value> {
    let pair = |(name, value): (&str, &Value)| {
        Value::pair((Type::STRING, Type::OBJECT), name.into(), value.clone())
    };
    cx.variables().map(pair).collect()
}
