//! What is decided about a probe.

use bytes::Bytes;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use portcullis_engine::{Snapshot, serve};
use portcullis_testkit::ready;
use portcullis_testkit::rig::Rig;
use portcullis_testkit::upstream::Received;

use crate::probe::Probe;

/// What is decided about one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing reached a backend, and the caller reads of an error, or of a preflight that nobody
    /// allowed.
    Denied,
    /// Anything else.
    Allowed(Box<Effect>),
}

/// Everything that comes of a request that is not denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    /// What the backends received: which of them, and every byte.
    pub(crate) reached: Vec<Received>,
    status: StatusCode,
    headers: HeaderMap,
    body: Option<Bytes>,
}

/// The largest body of a probe's answer.
const BODY: u64 = 1 << 20;

/// Asks a snapshot. Time stands still, and nothing is known of earlier probes.
pub(crate) fn of(snapshot: &Snapshot, probe: &Probe) -> Vec<Decision> {
    let rig = Rig::default();
    (0..probe.times)
        .map(|time| once(snapshot, probe, &rig, time as u64))
        .collect()
}

fn once(snapshot: &Snapshot, probe: &Probe, rig: &Rig, number: u64) -> Decision {
    let request = probe.request.clone();
    let is_preflight = request.method == Method::OPTIONS;
    let conn = request.connection();
    let Ok(inbound) = request.inbound(number, &rig.clock) else {
        return Decision::Denied;
    };
    let host = rig.host();
    let served = ready::block_on(serve(snapshot, &conn, Box::new(inbound), &host));
    let mut answer = served.answer;
    let reached = rig.upstream.take_received();
    let is_refusal = answer.status.as_u16() >= 400
        || (is_preflight && !answer.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    if reached.is_empty() && is_refusal {
        return Decision::Denied;
    }
    Decision::Allowed(Box::new(Effect {
        reached: reached.into_iter().map(|r| masked(r, &probe.key)).collect(),
        status: answer.status,
        headers: answer.headers,
        body: ready::block_on(answer.body.buffer(BODY)).ok(),
    }))
}

/// What a backend received, without the caller's own key.
fn masked(mut received: Received, key: &str) -> Received {
    const MASK: &str = "the-callers-key";
    received.path_and_query = received.path_and_query.replace(key, MASK);
    for value in received.headers.values_mut() {
        if value.as_bytes() == key.as_bytes() {
            *value = HeaderValue::from_static(MASK);
        }
    }
    received
}
