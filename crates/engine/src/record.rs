//! What is kept of a request while its answer is on its way: owned, small, without texts to make.

use bytes::Bytes;
use http::Method;
use portcullis_policy::exchange::{Facts, TraceEntry};
use portcullis_policy::facts::{Received, RequestId, TraceContext};
use portcullis_policy::flow::{Blame, Fault};

/// How a request ended, as far as it was decided here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Allowed,
    /// It was refused.
    Denied(Why),
    /// It failed.
    Failed(Why),
}

/// Why a request did not run to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The reason code.
    pub reason: &'static str,
    /// What the log keeps.
    pub message: String,
}

impl Outcome {
    pub(crate) fn of(fault: &Fault) -> Self {
        let why = Why {
            reason: fault.detail.reason,
            message: fault.logged_message().to_owned(),
        };
        match fault.blame {
            Blame::Client => Self::Denied(why),
            Blame::Gateway | Blame::Upstream => Self::Failed(why),
        }
    }
}

/// Everything that a request record needs and that is known when the answer begins.
#[derive(Debug)]
pub struct RecordDraft {
    /// The request's id.
    pub id: RequestId,
    /// The trace it belongs to.
    pub trace_id: u128,
    /// When it was received.
    pub received: Received,
    /// The caller's address.
    pub client_ip: std::net::IpAddr,
    /// Method.
    pub method: Method,
    /// Host.
    pub host: Box<str>,
    /// Path in normal form.
    pub path: Bytes,
    /// API, by its place in the snapshot.
    pub api: Option<u32>,
    /// Operation, by its place in its API.
    pub operation: Option<u32>,
    /// Product, by its place in the snapshot.
    pub product: Option<u32>,
    /// Subscription, by its place in the snapshot.
    pub subscription: Option<u32>,
    /// How it ended.
    pub outcome: Outcome,
    /// What `trace` policies said.
    pub traces: Vec<TraceEntry>,
}

impl RecordDraft {
    /// A draft for what was refused before it could be routed.
    pub fn refused(
        method: &Method,
        client_ip: std::net::IpAddr,
        (id, trace, received): (RequestId, TraceContext, Received),
    ) -> Self {
        Self {
            id,
            trace_id: trace.trace_id,
            received,
            client_ip,
            method: method.clone(),
            host: Box::default(),
            path: Bytes::new(),
            api: None,
            operation: None,
            product: None,
            subscription: None,
            outcome: Outcome::Allowed,
            traces: Vec::new(),
        }
    }

    /// Records that it ended with a fault.
    pub fn fail(&mut self, fault: &Fault) {
        self.outcome = Outcome::of(fault);
    }

    pub(crate) fn new(facts: Facts<'_>, outcome: Outcome, traces: Vec<TraceEntry>) -> Self {
        let Facts {
            route,
            permit,
            id,
            trace,
            received,
            client_ip,
            original,
            original_method,
            ..
        } = facts;
        Self {
            id,
            trace_id: trace.trace_id,
            received,
            client_ip,
            method: original_method,
            host: original.host,
            path: original.path,
            api: route.api.index,
            operation: route.operation.map(|o| o.index),
            product: permit.product().map(|p| p.index),
            subscription: permit.subscription().map(|s| s.index),
            outcome,
            traces,
        }
    }
}
