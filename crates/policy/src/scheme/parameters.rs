//! `context.Request.MatchedParameters`: the parameters of the operation's template.

use portcullis_expr::{Exception, HostCall, Outcome, Type, Value};

use super::ContextHost;
use super::dictionary::number;
use super::table::{Class, call, get};
use super::throw::{key_not_found, text_argument};

const DICTIONARY: &str = "IReadOnlyDictionary<string, string>";

pub(super) const CLASS: Class = Class::hidden(
    "Parameters",
    DICTIONARY,
    &[
        call("string this[string key]", item),
        call(
            "string GetValueOrDefault(string key, string defaultValue = null)",
            item_or,
        ),
        call("bool ContainsKey(string key)", contains),
        call("bool TryGetValue(string key, out string value)", try_item),
        get("IEnumerable<string> Keys", keys),
        get("IEnumerable<string> Values", values),
        get("int Count", |cx, _| number(cx.parameters().len())),
    ],
)
.with_parents(&[DICTIONARY])
.listing(pairs);

impl<'s> ContextHost<'_, 's> {
    fn parameters(&self) -> &[(&'s str, String)] {
        &self.ex.facts().route.parameters
    }
}

fn find(cx: &ContextHost<'_, '_>, call: &HostCall<'_>) -> Result<Option<Value>, Exception> {
    let key = text_argument(call, 0, "key")?;
    let found = cx.parameters().iter().find(|(name, _)| key == **name);
    Ok(found.map(|(_, value)| value.as_str().into()))
}

fn item(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    match find(cx, call)? {
        Some(value) => Ok(value),
        None => Err(key_not_found(&text_argument(call, 0, "key")?.to_str())),
    }
}

fn item_or(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    Ok(find(cx, call)?.unwrap_or_else(|| call.args.get(1).cloned().unwrap_or_default()))
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

fn keys(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    Value::strings(cx.parameters().iter().map(|(name, _)| *name))
}

fn values(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    Value::strings(cx.parameters().iter().map(|(_, value)| value.as_str()))
}

fn pairs(cx: &ContextHost<'_, '_>, _: u32) -> Vec<Value> {
    let pair = |(name, value): &(&str, String)| {
        Value::pair(
            (Type::STRING, Type::STRING),
            (*name).into(),
            value.as_str().into(),
        )
    };
    cx.parameters().iter().map(pair).collect()
}
