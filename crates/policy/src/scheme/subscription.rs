//! `context.Subscription`.

use portcullis_expr::{DateTime, Value};
use portcullis_model::secret::Secret;
use portcullis_model::time::Timestamp;

use super::ContextHost;
use super::table::{Class, get};
use crate::facts::{KeyKind, SubscriptionFacts};

pub(super) const CLASS: Class = Class::named(
    "ISubscription",
    &[
        get("DateTime CreatedDate", |cx, _| {
            read(cx, |s| date_or_least(s.created))
        }),
        get("DateTime CreatedTime", |cx, _| {
            read(cx, |s| date_or_least(s.created))
        }),
        get("DateTime? EndDate", |cx, _| {
            read(cx, |subscription| date(subscription.ends))
        }),
        get("string Id", |cx, _| {
            read(cx, |subscription| subscription.id.as_str().into())
        }),
        get("string Key", used_key),
        get("string Name", |cx, _| {
            read(cx, |subscription| (*subscription.name).into())
        }),
        get("string PrimaryKey", |cx, _| {
            read(cx, |s| key(s.primary_key.as_ref()))
        }),
        get("string SecondaryKey", |cx, _| {
            read(cx, |s| key(s.secondary_key.as_ref()))
        }),
        get("DateTime? StartDate", |cx, _| {
            read(cx, |subscription| date(subscription.starts))
        }),
    ],
);

fn read(cx: &ContextHost<'_, '_>, part: impl FnOnce(&SubscriptionFacts) -> Value) -> Value {
    cx.ex
        .facts()
        .permit
        .subscription()
        .map_or(Value::Null, part)
}

fn key(key: Option<&Secret>) -> Value {
    key.map(Secret::expose).into()
}

fn used_key(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    let used = cx.ex.facts().permit.key();
    read(cx, |subscription| match used {
        Some(KeyKind::Secondary) => key(subscription.secondary_key.as_ref()),
        Some(KeyKind::Primary) | None => key(subscription.primary_key.as_ref()),
    })
}

/// A point in time as `DateTime?`.
pub(super) fn date(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| {
        Value::DateTime(DateTime::from_unix_nanos(at.0))
    })
}

/// A point in time as `DateTime`: its least value if nothing is known.
pub(super) fn date_or_least(at: Option<Timestamp>) -> Value {
    Value::DateTime(at.map_or(DateTime::MIN, |at| DateTime::from_unix_nanos(at.0)))
}
