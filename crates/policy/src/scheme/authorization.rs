//! `Authorization`: what `get-authorization-context` puts into a variable.

use portcullis_expr::{Exception, HostCall, Outcome, Type, Value};

use super::ContextHost;
use super::dictionary::{handle, number};
use super::table::{Class, Kind, call, get};
use super::throw::{key_not_found, text_argument};

const DICTIONARY: &str = "IReadOnlyDictionary<string, object>";

pub(super) const CLASS: Class = Class::named(
    "Authorization",
    &[
        get("string AccessToken", |cx, authorization| {
            let found = cx.ex.objects.authorization(authorization);
            found.and_then(|found| found.access_token.as_deref()).into()
        }),
        get("AuthorizationClaims Claims", |_, authorization| {
            Kind::AuthorizationClaims.object(authorization)
        }),
    ],
);

pub(super) const CLAIMS_CLASS: Class = Class::hidden(
    "AuthorizationClaims",
    DICTIONARY,
    &[
        call("object this[string key]", item),
        call(
            "object GetValueOrDefault(string key, object defaultValue = null)",
            item_or,
        ),
        call("bool ContainsKey(string key)", |cx, call| {
            Ok(find(cx, call)?.is_some().into())
        }),
        call("bool TryGetValue(string key, out object value)", try_item),
        get("IEnumerable<string> Keys", |cx, authorization| {
            Value::strings(cx.claims(authorization).iter().map(|(name, _)| &**name))
        }),
        get("int Count", |cx, authorization| {
            number(cx.claims(authorization).len())
        }),
    ],
)
.with_parents(&[DICTIONARY])
.listing(pairs);

/// An access token and what was said with it.
pub(super) struct Authorization {
    pub(super) access_token: Option<Box<str>>,
    pub(super) claims: Vec<(Box<str>, Value)>,
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorization(…)")
    }
}

impl ContextHost<'_, '_> {
    fn claims(&self, handle: u32) -> &[(Box<str>, Value)] {
        self.ex
            .objects
            .authorization(handle)
            .map_or(&[], |found| found.claims.as_slice())
    }
}

fn find(cx: &ContextHost<'_, '_>, call: &HostCall<'_>) -> Result<Option<Value>, Exception> {
    let key = text_argument(call, 0, "key")?;
    let claims = cx.claims(handle(call.receiver)?);
    Ok(claims
        .iter()
        .find(|(name, _)| key == **name)
        .map(|(_, value)| value.clone()))
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

fn try_item(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let value = find(cx, call)?;
    let found = value.is_some();
    if let Some(out) = call.args.get_mut(1) {
        *out = value.unwrap_or_default();
    }
    Ok(found.into())
}

fn pairs(cx: &ContextHost<'_, '_>, handle: u32) -> Vec<Value> {
    let pair = |(name, value): &(Box<str>, Value)| {
        Value::pair((Type::STRING, Type::OBJECT), (**name).into(), value.clone())
    };
    cx.claims(handle).iter().map(pair).collect()
}
