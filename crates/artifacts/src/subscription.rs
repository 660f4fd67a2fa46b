//! `subscriptions/<id>/subscriptionInformation.json`.

use std::path::Path;

use portcullis_model::code::artifact as codes;
use portcullis_model::id::{ApiId, ProductId, SubscriptionId};
use portcullis_model::product::{Subscription, SubscriptionScope, SubscriptionState};
use portcullis_model::secret::SecretRef;
use portcullis_model::time::Timestamp;

use crate::link;
use crate::reading::{Names, Place, Reading, Target};
use crate::record::{Record, Soundness, Text};
use crate::{secret, timestamp};

pub(crate) const COLLECTION: &str = "subscriptions";
const FILE: &str = "subscriptionInformation.json";

const STATES: [(&str, SubscriptionState); 6] = [
    ("active", SubscriptionState::Active),
    ("suspended", SubscriptionState::Suspended),
    ("submitted", SubscriptionState::Submitted),
    ("rejected", SubscriptionState::Rejected),
    ("cancelled", SubscriptionState::Cancelled),
    ("expired", SubscriptionState::Expired),
];

/// What subscriptions may refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scopes<'n> {
    pub(crate) apis: &'n Names,
    pub(crate) products: &'n Names,
}

/// Reads all subscriptions. One that cannot be read is left out: its keys open nothing.
pub(crate) fn read(reading: &mut Reading<'_>, scopes: Scopes<'_>) -> Vec<Subscription> {
    let places = reading.resources(Path::new(COLLECTION), &[FILE], &[]);
    let read = places
        .iter()
        .filter_map(|place| read_one(reading, place, scopes));
    read.collect()
}

fn read_one(reading: &mut Reading<'_>, place: &Place, scopes: Scopes<'_>) -> Option<Subscription> {
    let id = match SubscriptionId::parse(&place.name) {
        Ok(id) => id,
        Err(invalid) => {
            reading.invalid_name(place, invalid.reason);
            return None;
        }
    };
    let information = reading.information(place, FILE)?;
    let file = reading.shown(&place.path.join(FILE));
    let (subscription, soundness) = information.read(&mut reading.diagnostics, |record| {
        record.known(&["allowTracing", "notificationDate", "stateComment"]);
        let name = record.words("displayName");
        let primary_key = key(record, "primaryKey", &file);
        let secondary_key = key(record, "secondaryKey", &file);
        if primary_key.is_none() && secondary_key.is_none() {
            warn_of_no_key(record);
        }
        let state = state(record);
        let owner = record.text("ownerId");
        let times = times(record);
        Some(Subscription {
            name: name.unwrap_or_else(|| place.name.clone()),
            state,
            owner: owner.and_then(|o| link::segments(o.value).last().map(|n| (*n).to_owned())),
            primary_key,
            secondary_key,
            created: times.created,
            starts: times.starts,
            ends: times.ends,
            at: (record.source(), record.span()),
            scope: scope(record, scopes)?,
            id,
        })
    });
    subscription.filter(|_| soundness == Soundness::Sound)
}

fn key(record: &mut Record<'_, '_>, member: &'static str, file: &str) -> Option<SecretRef> {
    let text = record.text(member)?;
    let secret = secret::read(record, member, text)?;
    secret::warn_if_clear(record, member, file, &secret);
    Some(secret)
}

fn warn_of_no_key(record: &mut Record<'_, '_>) {
    let message = "the subscription has no key, so nobody can use it";
    let help =
        "add `primaryKey` with a reference: `sealed:…`, `sha256:…`, `env:NAME` or `file:PATH`";
    // A member of the wrong form was reported already.
    if record.soundness() == Soundness::Sound {
        record.warn(codes::IDLE_SUBSCRIPTION, record.span(), message, help);
    }
}

/// The service lets a subscription without a state wait for approval.
fn state(record: &mut Record<'_, '_>) -> SubscriptionState {
    if record.place_of("state").is_none() {
        let message = "the subscription has no state, so it waits for approval";
        let help = "add `\"state\": \"active\"`";
        record.warn(codes::IDLE_SUBSCRIPTION, record.span(), message, help);
    }
    let state = record.choice("state", &STATES);
    state.unwrap_or(SubscriptionState::Submitted)
}

struct Times {
    created: Option<Timestamp>,
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
}

/// `endDate` is when it was cancelled, `expirationDate` when it ends by itself: the earlier counts.
fn times(record: &mut Record<'_, '_>) -> Times {
    let ended = time(record, "endDate");
    let expires = time(record, "expirationDate");
    Times {
        created: time(record, "createdDate"),
        starts: time(record, "startDate"),
        ends: ended.into_iter().chain(expires).min(),
    }
}

fn time(record: &mut Record<'_, '_>, member: &'static str) -> Option<Timestamp> {
    let text = record.text(member)?;
    let time = timestamp::parse(text.value.trim());
    if time.is_none() {
        let message = format!("`{}` is not a time", text.value);
        record.wrong(text.span, message, "write it as `2030-12-31T23:59:59Z`");
    }
    time
}

fn scope(record: &mut Record<'_, '_>, scopes: Scopes<'_>) -> Option<SubscriptionScope> {
    let text = record.required_text("scope")?;
    let segments = link::segments(text.value);
    let is = |found: &str, kind: &str| found.eq_ignore_ascii_case(kind);
    match segments.as_slice() {
        [all] if is(all, "apis") => Some(SubscriptionScope::AllApis),
        [kind, name] if is(kind, "apis") => {
            let api = link::revision(name).map_or(*name, |(api, _)| api);
            find(record, text, api, scopes.apis, "API")?;
            let id = ApiId::parse(api).ok()?;
            Some(SubscriptionScope::Api(id))
        }
        [kind, name] if is(kind, "products") => {
            find(record, text, name, scopes.products, "product")?;
            let id = ProductId::parse(name).ok()?;
            Some(SubscriptionScope::Product(id))
        }
        _ => {
            let message = format!("`{}` is not a scope", text.value);
            let help = "a scope is `/products/NAME`, `/apis/NAME`, or `/apis` for all APIs";
            record.wrong(text.span, message, help);
            None
        }
    }
}

/// Whether the scope's target was read. One that exists but could not be read was reported itself.
fn find(
    record: &mut Record<'_, '_>,
    text: Text<'_>,
    name: &str,
    names: &Names,
    kind: &str,
) -> Option<()> {
    match names.find(name) {
        Target::Sound => Some(()),
        Target::Faulty => None,
        Target::Missing => {
            let message = format!("the scope names the {kind} `{name}`, which does not exist");
            let help = names.suggestion(name, "correct the name, or remove the subscription");
            record.fail(codes::UNKNOWN_REFERENCE, text.span, message, help);
            None
        }
    }
}
