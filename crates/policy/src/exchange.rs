//! One request and its response while policies run over them.
//!
//! The facts are borrowed and have no setters. What may change are four named parts: the request,
//! the response, the variables and the trace.

mod message;
mod variables;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

pub use message::{AlreadySent, MessageBody, RequestParts, ResponseParts};
pub use variables::Variables;

use crate::body::{Body, BodyError};
use crate::budget::Budget;
use crate::facts::{
    ConnInfo, DeploymentFacts, Extras, InboundRequest, Permit, Received, RequestId, RouteMatch,
    Scheme, TraceContext,
};
use crate::flow::{Fault, FaultKind};
use crate::host::{BackendTarget, Host, Upgraded};
use crate::names::Names;
use crate::scheme::Objects;

/// What a load decides once for all requests; borrowed from the snapshot.
#[derive(Debug)]
pub struct Service {
    /// The installation.
    pub deployment: DeploymentFacts,
    /// The names that policies use.
    pub names: Names,
    /// Bounds on what one request may use.
    pub limits: Limits,
}

/// Bounds on what one request may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest body that is buffered for a policy, in bytes.
    pub buffered_body: u64,
    /// What all bodies that are buffered at once may take.
    pub buffered_total: Budget,
    /// Bounds of one expression evaluation.
    pub expression: portcullis_expr::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            buffered_body: 8 * 1024 * 1024,
            buffered_total: Budget::default(),
            expression: portcullis_expr::Limits::default(),
        }
    }
}

/// What is known about a request and cannot change.
#[derive(Debug)]
pub struct Facts<'s> {
    /// What the load decided.
    pub service: &'s Service,
    /// The connection.
    pub conn: &'s ConnInfo,
    /// Where it was routed.
    pub route: RouteMatch<'s>,
    /// Why it was admitted.
    pub permit: Permit<'s>,
    /// Its id.
    pub id: RequestId,
    /// The trace it belongs to.
    pub trace: TraceContext,
    /// When it was received.
    pub received: Received,
    /// The caller's scheme.
    pub scheme: Scheme,
    /// The caller's address.
    pub client_ip: std::net::IpAddr,
    /// The URL as it was received, in normal form.
    pub original: OriginalUrl,
    /// The method as it was received.
    pub original_method: Method,
    /// It came as a CORS preflight.
    pub is_preflight: bool,
    /// The caller asks to switch protocols.
    pub upgrade: Option<HeaderValue>,
    /// What only a described request states.
    pub extras: Option<Box<Extras>>,
}

/// The URL as it was received, in normal form.
#[derive(Debug, Clone)]
pub struct OriginalUrl {
    /// Host without port.
    pub host: Box<str>,
    /// Port, if the host carried one.
    pub port: Option<u16>,
    /// Path.
    pub path: Bytes,
    /// Query without `?`.
    pub query: Option<Bytes>,
}

/// Something that waits for the response (deferred counters). One of the two is called, once.
pub trait AtEnd: Send + Sync + std::fmt::Debug {
    /// The response that is sent stands. What cannot be computed is taken at its worst, and told.
    fn at_end(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<(), Fault>;

    /// The request was dropped before it had a response: its client went away, or a bug ended it.
    fn abandoned(&self, host: &Host<'_>);
}

/// Headers that are added to whatever answer is given in the end.
pub type FinalHeaders = Vec<(HeaderName, HeaderValue)>;

/// One request and its response while policies run over them.
#[derive(Debug)]
pub struct Exchange<'s> {
    facts: Facts<'s>,
    request: RequestParts,
    response: Option<ResponseParts>,
    variables: Variables,
    pub(crate) objects: Objects,
    backend: Choice<'s>,
    last_error: Option<Fault>,
    deferred: Vec<Arc<dyn AtEnd>>,
    final_headers: FinalHeaders,
    upgraded: Option<Upgraded>,
    traces: Vec<TraceEntry>,
}

/// Which service the request goes to.
#[derive(Debug)]
enum Choice<'s> {
    /// The API's own; borrowed, so that no shared reference count is touched for it.
    OfApi(Option<&'s BackendTarget>),
    /// One that a policy chose.
    Chosen(Arc<BackendTarget>),
}

/// What a `trace` policy or `context.Trace` said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEntry {
    /// Who said it.
    pub source: Box<str>,
    /// How much it matters: `verbose`, `information`, `error`.
    pub severity: &'static str,
    /// What was said.
    pub message: String,
    /// Named texts beside it.
    pub metadata: Vec<(Box<str>, String)>,
}

/// How many trace entries one request may leave.
pub(crate) const MAX_TRACES: usize = 100;

/// What goes back to the caller.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The reason phrase, if a policy set one.
    pub reason: Option<Box<str>>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The switched connection to the backend (status 101).
    pub upgraded: Option<Upgraded>,
}

impl<'s> Exchange<'s> {
    /// Opens the exchange: the only way. A request that was refused comes with a withheld permit,
    /// and only `on-error` runs over it.
    pub fn new(
        service: &'s Service,
        conn: &'s ConnInfo,
        inbound: InboundRequest,
        route: RouteMatch<'s>,
        permit: Permit<'s>,
    ) -> Self {
        let is_preflight = inbound.is_preflight();
        let InboundRequest {
            method,
            path,
            query,
            host,
            port,
            scheme,
            client_ip,
            headers,
            body,
            upgrade,
            received,
            id,
            trace,
        } = inbound;
        let request = RequestParts {
            method: method.clone(),
            path: route.rest.clone(),
            query: query.clone(),
            headers,
            removed: Vec::new(),
            body: MessageBody::new(body),
        };
        let backend = Choice::OfApi(route.api.service.as_deref());
        let facts = Facts {
            service,
            conn,
            route,
            permit,
            id,
            trace,
            received,
            scheme,
            client_ip,
            original: OriginalUrl {
                host,
                port,
                path,
                query,
            },
            original_method: method,
            is_preflight,
            upgrade,
            extras: None,
        };
        Self {
            facts,
            request,
            response: None,
            variables: Variables::default(),
            objects: Objects::default(),
            backend,
            last_error: None,
            deferred: Vec::new(),
            final_headers: Vec::new(),
            upgraded: None,
            traces: Vec::new(),
        }
    }

    /// The same exchange over a described request that states more than a gateway finds out.
    #[must_use]
    pub(crate) fn with_extras(mut self, extras: Extras) -> Self {
        self.facts.extras = Some(Box::new(extras));
        self
    }

    /// What is known about the request.
    pub fn facts(&self) -> &Facts<'s> {
        &self.facts
    }

    /// The request as it would go to the backend now.
    pub(crate) fn request(&self) -> &RequestParts {
        &self.request
    }

    /// The request, to change it.
    pub(crate) fn request_mut(&mut self) -> &mut RequestParts {
        &mut self.request
    }

    /// The response, if there is one yet.
    pub(crate) fn response(&self) -> Option<&ResponseParts> {
        self.response.as_ref()
    }

    /// The response, to change it; made (200, empty) if there is none yet.
    pub(crate) fn response_mut(&mut self) -> &mut ResponseParts {
        self.response.get_or_insert_with(ResponseParts::default)
    }

    /// The response, to change it, if there is one yet.
    pub(crate) fn existing_response_mut(&mut self) -> Option<&mut ResponseParts> {
        self.response.as_mut()
    }

    /// Puts a response in place of what was there.
    pub fn respond_with(&mut self, response: ResponseParts) {
        self.response = Some(response);
    }

    /// Context variables.
    pub(crate) fn variables(&self) -> &Variables {
        &self.variables
    }

    /// Context variables, to change them.
    pub(crate) fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    /// Where the request would be forwarded to now.
    pub(crate) fn backend(&self) -> Option<&BackendTarget> {
        match &self.backend {
            Choice::OfApi(target) => *target,
            Choice::Chosen(target) => Some(target),
        }
    }

    /// Forwards to another service from now on. A backend *entity* that was chosen is replaced only
    /// by another entity, not by a bare URL.
    pub(crate) fn set_backend(&mut self, target: Arc<BackendTarget>) {
        let entity_stays = match &self.backend {
            Choice::Chosen(chosen) => chosen.id.is_some() && target.id.is_none(),
            Choice::OfApi(_) => false,
        };
        if !entity_stays {
            self.backend = Choice::Chosen(target);
        }
    }

    /// The fault that `on-error` handles.
    pub(crate) fn last_error(&self) -> Option<&Fault> {
        self.last_error.as_ref()
    }

    /// Lets `on-error` see a fault and the response that would be sent for it.
    pub fn fail_with(&mut self, fault: Fault, response: ResponseParts) {
        self.last_error = Some(fault);
        self.response = Some(response);
    }

    /// Lets a described request state the fault that `on-error` would handle.
    pub(crate) fn state_error(&mut self, fault: Fault) {
        self.last_error = Some(fault);
    }

    /// Runs `step` when the response stands.
    pub(crate) fn defer(&mut self, step: Arc<dyn AtEnd>) {
        self.deferred.push(step);
    }

    /// Takes what was deferred.
    pub fn take_deferred(&mut self) -> Vec<Arc<dyn AtEnd>> {
        std::mem::take(&mut self.deferred)
    }

    /// Adds headers to whatever answer is given in the end, replacing those of the same name; a
    /// `Vary` comes beside those that are there.
    pub(crate) fn add_final_headers(&mut self, headers: FinalHeaders) {
        self.final_headers.extend(headers);
    }

    /// Whether such a header is added to whatever answer is given in the end.
    pub(crate) fn has_final_header(&self, name: &HeaderName) -> bool {
        self.final_headers.iter().any(|(added, _)| added == name)
    }

    /// Keeps the backend's switched connection for the caller.
    pub(crate) fn keep_upgraded(&mut self, upgraded: Option<Upgraded>) {
        self.upgraded = upgraded;
    }

    /// Whether there is room for another trace entry.
    pub(crate) fn takes_traces(&self) -> bool {
        self.traces.len() < MAX_TRACES
    }

    /// Leaves a trace entry; the first [`MAX_TRACES`] are kept.
    pub(crate) fn trace(&mut self, entry: TraceEntry) {
        if self.takes_traces() {
            self.traces.push(entry);
        }
    }

    /// What was traced.
    pub(crate) fn traces(&self) -> &[TraceEntry] {
        &self.traces
    }

    /// Buffers the bodies that the next step reads.
    ///
    /// Cancel: a body that was being read is lost.
    pub(crate) async fn buffer(&mut self, needs: BodyNeeds) -> Result<(), Fault> {
        let limits = &self.facts.service.limits;
        if needs.request && !self.request.body.is_at_hand() {
            self.request
                .body
                .buffer(limits)
                .await
                .map_err(|e| request_body_fault(&e))?;
        }
        if needs.response
            && let Some(response) = &mut self.response
            && !response.body.is_at_hand()
        {
            response
                .body
                .buffer(limits)
                .await
                .map_err(|e| response_body_fault(&e))?;
        }
        Ok(())
    }

    /// The answer as it stands, and the facts for the record.
    pub fn into_answer(self) -> (Answer, Facts<'s>, Vec<TraceEntry>) {
        let ResponseParts {
            status,
            reason,
            mut headers,
            body,
        } = self.response.unwrap_or_default();
        for (name, value) in self.final_headers {
            // `Vary` lists what others named before.
            if name == VARY {
                headers.append(name, value);
            } else {
                headers.insert(name, value);
            }
        }
        let answer = Answer {
            status,
            reason,
            headers,
            body: body.into_body(),
            upgraded: self.upgraded,
        };
        (answer, self.facts, self.traces)
    }
}

/// Which bodies a step reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BodyNeeds {
    /// The request's.
    pub request: bool,
    /// The response's.
    pub response: bool,
}

impl BodyNeeds {
    /// Whether it reads any.
    pub(crate) fn any(self) -> bool {
        self.request || self.response
    }

    /// What either reads.
    #[must_use]
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            request: self.request || other.request,
            response: self.response || other.response,
        }
    }
}

fn request_body_fault(error: &BodyError) -> Fault {
    let kind = match error {
        BodyError::TooLarge { .. } => FaultKind::TooLarge,
        BodyError::NoRoom => {
            let retry = (RETRY_AFTER, HeaderValue::from_static("1"));
            return no_room(error).with_header(retry.0, retry.1);
        }
        BodyError::Timeout | BodyError::Malformed(_) | BodyError::Broken(_) => FaultKind::Malformed,
    };
    Fault::new(kind, "RequestBodyUnreadable", error.to_string())
}

fn no_room(error: &BodyError) -> Fault {
    Fault::new(FaultKind::NoRoom, "BodyBudgetExhausted", error.to_string())
}

fn response_body_fault(error: &BodyError) -> Fault {
    let kind = match error {
        // The backend has done its work: nobody is told to ask it again.
        BodyError::NoRoom => return no_room(error),
        BodyError::Timeout => FaultKind::BackendTimeout,
        BodyError::TooLarge { .. } | BodyError::Malformed(_) | BodyError::Broken(_) => {
            FaultKind::BackendUnreachable
        }
    };
    Fault::new(kind, "BackendConnectionFailure", error.to_string())
}
