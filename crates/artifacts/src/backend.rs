//! `backends/<id>/backendInformation.json`.

use std::path::Path;

use portcullis_model::backend::{Backend, BackendKind, SingleBackend, Verify};
use portcullis_model::code::artifact as codes;
use portcullis_model::diagnostic::Span;
use portcullis_model::id::BackendId;
use portcullis_model::secret::SecretRef;

use crate::reading::{Place, Reading};
use crate::record::{Record, Soundness, Text};
use crate::secret;

pub(crate) const COLLECTION: &str = "backends";
const FILE: &str = "backendInformation.json";

/// What kinds of backend the management API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Single,
    Pool,
}

/// Values under names of the author's choice: headers, query parameters.
type Additions = Vec<(String, Vec<SecretRef>)>;

/// What the gateway adds to every request.
#[derive(Debug, Default)]
struct Credentials {
    headers: Additions,
    query: Additions,
    authorization: Option<(String, SecretRef)>,
    /// What is there but not done yet.
    unserved: Option<(&'static str, Span)>,
}

/// Reads all backends. One that cannot be read is left out: what forwards to it does not compile.
pub(crate) fn read(reading: &mut Reading<'_>) -> Vec<Backend> {
    let places = reading.resources(Path::new(COLLECTION), &[FILE], &[]);
    let read = places.iter().filter_map(|place| read_one(reading, place));
    read.collect()
}

fn read_one(reading: &mut Reading<'_>, place: &Place) -> Option<Backend> {
    let id = match BackendId::parse(&place.name) {
        Ok(id) => id,
        Err(invalid) => {
            reading.invalid_name(place, invalid.reason);
            return None;
        }
    };
    let information = reading.information(place, FILE)?;
    let (backend, soundness) = information.read(&mut reading.diagnostics, |record| {
        record.known(&["description", "resourceId"]);
        Some(Backend {
            id,
            title: record.words("title"),
            kind: kind(record)?,
            at: (record.source(), record.span()),
        })
    });
    backend.filter(|_| soundness == Soundness::Sound)
}

fn kind(record: &mut Record<'_, '_>) -> Option<BackendKind> {
    let types = [("Single", Type::Single), ("Pool", Type::Pool)];
    let kind = record.choice("type", &types).unwrap_or(Type::Single);
    record.choice("protocol", &[("http", ()), ("soap", ())]);
    let credentials = record
        .object("credentials", credentials)
        .unwrap_or_default();
    let mut unserved = credentials.unserved;
    for (member, what) in [
        ("pool", "a pool of backends"),
        ("circuitBreaker", "a circuit breaker"),
        ("proxy", "a proxy"),
        ("properties", "Service Fabric"),
    ] {
        unserved = record
            .place_of(member)
            .map(|span| (what, span))
            .or(unserved);
    }
    if kind == Type::Pool && unserved.is_none() {
        unserved = Some(("a pool of backends", record.span()));
    }
    let verify = record.object("tls", verify).unwrap_or_default();
    if let Some((what, span)) = unserved {
        record.known(&["url"]);
        let message = format!("the backend uses {what}, which is not served yet");
        let help = "operations that forward to it answer 503";
        record.warn(codes::UNSERVED_BACKEND, span, message, help);
        return Some(BackendKind::Unsupported(what.to_owned()));
    }
    let url = record.required_text("url")?;
    refuse_other_schemes(record, url);
    Some(BackendKind::Single(SingleBackend {
        url: url.value.trim().to_owned(),
        headers: credentials.headers,
        query: credentials.query,
        authorization: credentials.authorization,
        verify_chain: verify.0,
        verify_name: verify.1,
    }))
}

/// A base URL is `http`, `https`, or not known before named values are.
pub(crate) fn is_base_url(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let rest = ["http://", "https://", "ws://", "wss://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    rest.is_some_and(|r| !r.is_empty() && !r.starts_with('/')) || lower.contains("{{")
}

fn refuse_other_schemes(record: &mut Record<'_, '_>, url: Text<'_>) {
    if !is_base_url(url.value) {
        let message = format!("`{}` is not the base URL of a service", url.value);
        record.wrong(
            url.span,
            message,
            "write `https://` and the host of the service",
        );
    }
}

fn credentials(record: &mut Record<'_, '_>) -> Credentials {
    let mut unserved = None;
    for (member, what) in [
        ("certificate", "a client certificate"),
        ("certificateIds", "a client certificate"),
        ("managedIdentity", "a managed identity"),
    ] {
        unserved = record
            .place_of(member)
            .map(|span| (what, span))
            .or(unserved);
    }
    let authorization = record.object("authorization", |record| {
        let scheme = record.required_text("scheme");
        let parameter = record.required_text("parameter")?;
        let parameter = secret::read(record, "parameter", parameter)?;
        Some((scheme?.filled()?, parameter))
    });
    Credentials {
        headers: additions(record, "header"),
        query: additions(record, "query"),
        authorization: authorization.flatten(),
        unserved,
    }
}

fn additions(record: &mut Record<'_, '_>, member: &'static str) -> Additions {
    let mut additions = Vec::new();
    for entry in record.entries(member) {
        let values = entry.value.items().filter_map(|item| {
            let (value, span) = (item.string()?, item.span());
            Some(Text { value, span })
        });
        let values: Vec<Text<'_>> = values.collect();
        if values.is_empty() || values.len() != entry.value.items().count() {
            let message = format!("`{}` in `{member}` is an array of strings", entry.name);
            let help = format!("write `\"{}\": [\"value\"]`", entry.name);
            record.wrong(entry.value.span(), message, help);
            continue;
        }
        let mut secrets = Vec::with_capacity(values.len());
        for value in values {
            secrets.extend(secret::read(record, member, value));
        }
        additions.push((entry.name.to_owned(), secrets));
    }
    additions
}

/// The two checks of a backend's certificate: chain and name.
fn verify(record: &mut Record<'_, '_>) -> (Verify, Verify) {
    let mut checked = |member| match record.flag(member) {
        Some(false) => {
            let message = format!("`{member}` is false: the backend is not verified in full");
            let help = "remove it and trust the service's certificate authority instead";
            let span = record.place_of(member).unwrap_or_else(|| record.span());
            record.warn(codes::UNVERIFIED_BACKEND, span, message, help);
            Verify::DangerSkip
        }
        _ => Verify::Yes,
    };
    (
        checked("validateCertificateChain"),
        checked("validateCertificateName"),
    )
}
