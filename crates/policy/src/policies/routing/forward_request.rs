//! Sends the request to the backend and takes its response.
//!
//! # What it does
//!
//! Sends the request, as the policies before it left it, to the service that the API or
//! `set-backend-service` names, and waits for the head of the response. The body of the response
//! streams on to the caller unless a later policy reads it. Nothing reaches the backend unless this
//! policy runs: the default document of the global scope has it.
//!
//! The backend is called with its own host, unless a policy set the header `Host`, and with the
//! `traceparent` of this gateway's part in the trace.
//!
//! A request that can be repeated without harm (`GET`, `HEAD`, `OPTIONS`, `PUT`, `DELETE`, with a
//! body that is at hand) is sent once more over a new connection if a kept connection broke under
//! it.
//!
//! # Where it may stand
//!
//! In `backend`, in every scope, directly or in `retry`, `choose` and `limit-concurrency`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! **`timeout`, `timeout-ms`.** How long to wait for the head of the response, redirections
//! included; at most one of the two.
//!
//! **`http-version`.** `1` is HTTP/1.1, `2` HTTP/2 (over plain TCP by prior knowledge), `2or1`
//! HTTP/2 where TLS negotiates it. A request that switches protocols (WebSocket) always uses
//! HTTP/1.1.
//!
//! **`follow-redirects`.** Follows 301, 302, 303, 307 and 308, at most ten. `POST` becomes `GET`
//! after 301 and 302, everything but `HEAD` after 303. To another origin only `GET` and `HEAD` are
//! followed, never from https to http, and only harmless headers go along: no credentials, no
//! cookies, nothing that a policy or a backend entity added. A redirection that cannot be followed
//! goes to the caller as it is.
//!
//! **`buffer-request-body`.** Keeps the request's body, so that a surrounding `retry` can send it
//! again.
//!
//! **`buffer-response`.** Accepted; this gateway passes every part of a response on as it comes.
//!
//! **`fail-on-error-status-code`.** A status from 400 to 599 is a failure and runs `on-error`.
//!
//! **`continue-timeout`.** Accepted; this gateway does not wait for `100 Continue`.
//!
//! # Example
//!
//! ```xml
//! <forward-request timeout="60" follow-redirects="false" />
//! ```
//!
//! # Differences from Azure
//!
//! A time limit above four minutes is honoured. `buffer-response` and `continue-timeout` change
//! nothing. Redirections to other origins lose every header that could carry a credential. The name
//! of a backend's TLS certificate is verified unless the backend says otherwise.
//!
//! # Failure
//!
//! No response in time is `Timeout`, no connection `BackendConnectionFailure`: 500 and `on-error`.
//! With `fail-on-error-status-code` a status from 400 to 599 is a failure too. Without a service to
//! send the request to, the answer is 503.

use std::time::Duration;

use http::StatusCode;
use portcullis_model::code::engine as code;
use portcullis_model::time::Instant;

use crate::body::Body;
use crate::compile::CompileCx;
use crate::exchange::{BodyNeeds, Exchange, MessageBody, ResponseParts};
use crate::flow::{Fault, FaultKind, Flow, Retry};
use crate::grammar::{
    Category, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
};
use crate::host::{Host, LocalFuture, Reuse, UpstreamRequest, UpstreamResponse, UpstreamVersion};
use crate::parse::Checked;
use crate::plan::{AsyncStep, Run};
use crate::value::Val;

mod outgoing;
mod redirect;
mod trailers;

use redirect::{Hop, Payload};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Forward request",
    summary: "Sends the request to the backend and takes its response.",
    category: Category::Routing,
    sections: Sections::BACKEND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "timeout",
                Kind::SECONDS,
                "how many seconds to wait for the headers of the response",
            )
            .or("300"),
            optional("timeout-ms", Kind::COUNT, "the same in milliseconds"),
            optional(
                "continue-timeout",
                Kind::SECONDS,
                "how many seconds to wait for `100 Continue`",
            ),
            optional(
                "http-version",
                Kind::OneOf(&["1", "2or1", "2"]),
                "HTTP/1.1, HTTP/2 if possible, or HTTP/2",
            )
            .or("1")
            .literal(),
            optional(
                "follow-redirects",
                Kind::Bool,
                "whether redirections are followed here",
            )
            .or("false"),
            optional(
                "buffer-request-body",
                Kind::Bool,
                "whether the request's body is kept so that it can be sent again",
            )
            .or("false")
            .literal(),
            optional(
                "buffer-response",
                Kind::Bool,
                "whether parts of the response's body are gathered before they are sent on",
            )
            .or("true")
            .literal(),
            optional(
                "fail-on-error-status-code",
                Kind::Bool,
                "whether a status from 400 to 599 is a failure",
            )
            .or("false")
            .literal(),
        ],
        choices: &[Choice::at_most_one(&["timeout", "timeout-ms"])],
        ..ElementSpec::new("forward-request")
    },
};

/// Calls the backend.
#[derive(Debug)]
struct ForwardRequest {
    timeout: Timeout,
    version: UpstreamVersion,
    follows_redirects: Val<bool>,
    error_status: ErrorStatus,
}

/// How long to wait for the head of the response.
#[derive(Debug)]
enum Timeout {
    Seconds(Val<u64>),
    Milliseconds(Val<u64>),
}

/// What a status from 400 to 599 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ErrorStatus {
    /// A response like any other.
    Response,
    /// A failure.
    Fault,
}

/// The time that all attempts together may take.
struct Watch<'h> {
    timeout: Duration,
    begun: Instant,
    host: &'h Host<'h>,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let timeout = timeout(checked, cx);
    // Nothing waits for `100 Continue` here; what is written must be right all the same.
    drop(cx.int(checked, "continue-timeout"));
    let follows_redirects = cx.bool(checked, "follow-redirects")?;
    if is_set(checked, "buffer-request-body") {
        cx.reads(BodyNeeds {
            request: true,
            response: false,
        });
    }
    let error_status = if is_set(checked, "fail-on-error-status-code") {
        ErrorStatus::Fault
    } else {
        ErrorStatus::Response
    };
    let version = match *checked.one_of("http-version")?.literal()? {
        "2" => UpstreamVersion::Http2,
        "2or1" => UpstreamVersion::Http2OrHttp1,
        _ => UpstreamVersion::Http1,
    };
    Some(Run::waiting(ForwardRequest {
        timeout: timeout?,
        version,
        follows_redirects,
        error_status,
    }))
}

fn timeout(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Timeout> {
    if checked.has("timeout-ms") {
        cx.int(checked, "timeout-ms").map(Timeout::Milliseconds)
    } else {
        cx.int(checked, "timeout").map(Timeout::Seconds)
    }
}

fn is_set(checked: &Checked<'_>, attribute: &str) -> bool {
    checked
        .bool(attribute)
        .is_some_and(|value| value.literal() == Some(&true))
}

impl Timeout {
    fn get(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Duration, Fault> {
        Ok(match self {
            Self::Seconds(seconds) => Duration::from_secs(seconds.get(ex, host)?),
            Self::Milliseconds(milliseconds) => Duration::from_millis(milliseconds.get(ex, host)?),
        })
    }
}

impl ForwardRequest {
    async fn forward(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let timeout = self.timeout.get(ex, host)?;
        let follows = self.follows_redirects.get(ex, host)? && ex.facts().upgrade.is_none();
        let watch = Watch {
            timeout,
            begun: host.clock.instant(),
            host,
        };
        let mut response = self.call(ex, &watch).await?;
        if follows && response.status.is_redirection() {
            response = self.follow(ex, &watch, response).await?;
        }
        self.accept(ex, response)
    }

    /// Sends the request; once more if a kept connection broke under it and that can do no harm.
    async fn call(
        &self,
        ex: &mut Exchange<'_>,
        watch: &Watch<'_>,
    ) -> Result<UpstreamResponse, Fault> {
        let request = ex.request();
        let is_repeatable = request.body.is_at_hand() && request.method.is_idempotent();
        let body = body(ex)?;
        let first = self.request(ex, body, watch.timeout)?;
        match watch.host.upstream.send(first).await {
            Err(fault) if is_repeatable && fault.retry == Retry::Idempotent => {
                let body = self::body(ex)?;
                let mut second = self.request(ex, body, watch.left())?;
                second.reuse = Reuse::Fresh;
                watch.host.upstream.send(second).await
            }
            outcome => outcome,
        }
    }

    /// Follows redirections as far as they may be followed.
    async fn follow(
        &self,
        ex: &mut Exchange<'_>,
        watch: &Watch<'_>,
        first: UpstreamResponse,
    ) -> Result<UpstreamResponse, Fault> {
        let own = ex.backend().ok_or_else(no_backend)?;
        let mut hop = Hop {
            method: ex.request().method.clone(),
            url: outgoing::path_and_query(own, ex.request())?,
            payload: Payload::Kept,
            elsewhere: None,
        };
        let mut response = first;
        for _ in 0..redirect::MAX_REDIRECTS {
            let own = ex.backend().ok_or_else(no_backend)?;
            let Some(next) = redirect::next(&response, own, &hop) else {
                break;
            };
            hop = next;
            let body = match hop.payload {
                Payload::Dropped => Body::Empty,
                Payload::Kept => match ex.request_mut().body.send() {
                    Ok(body) => body,
                    // The body went out as it came in: the caller has to send it again.
                    Err(_) => break,
                },
            };
            let mut request = self.request(ex, body, watch.left())?;
            redirect::prune(&mut request.headers, &hop);
            request.target = hop.elsewhere.as_deref().unwrap_or(request.target);
            request.method = hop.method.clone();
            request.path_and_query = hop.url.clone();
            response = watch.host.upstream.send(request).await?;
        }
        Ok(response)
    }

    fn request<'e>(
        &self,
        ex: &'e Exchange<'_>,
        body: Body,
        timeout: Duration,
    ) -> Result<UpstreamRequest<'e>, Fault> {
        let target = ex.backend().ok_or_else(no_backend)?;
        let upgrade = ex.facts().upgrade.clone();
        let headers = outgoing::headers(ex, target);
        Ok(UpstreamRequest {
            target,
            method: ex.request().method.clone(),
            path_and_query: outgoing::path_and_query(target, ex.request())?,
            body: trailers::guard(body, &headers, &ex.request().removed),
            headers,
            // HTTP/2 knows no upgrade (RFC 9113 §8.6).
            version: if upgrade.is_some() {
                UpstreamVersion::Http1
            } else {
                self.version
            },
            timeout,
            upgrade,
            reuse: Reuse::Pooled,
        })
    }

    fn accept(&self, ex: &mut Exchange<'_>, response: UpstreamResponse) -> Result<Flow, Fault> {
        let UpstreamResponse {
            status,
            headers,
            body,
            upgraded,
        } = response;
        if status == StatusCode::SWITCHING_PROTOCOLS && ex.facts().upgrade.is_none() {
            let message = "the backend switched protocols though nobody had asked";
            return Err(Fault::new(
                FaultKind::BackendUnreachable,
                "BackendConnectionFailure",
                message,
            ));
        }
        ex.keep_upgraded(upgraded);
        ex.respond_with(ResponseParts {
            status,
            reason: None,
            headers,
            body: MessageBody::new(body),
        });
        if self.error_status == ErrorStatus::Fault && is_error(status) {
            let message = format!("the backend answered with status {}", status.as_u16());
            return Err(Fault::new(
                FaultKind::BackendStatus(status),
                "BackendErrorStatus",
                message,
            ));
        }
        Ok(Flow::Continue)
    }
}

impl Watch<'_> {
    fn left(&self) -> Duration {
        let gone = self.host.clock.instant().since(self.begun);
        self.timeout.saturating_sub(gone)
    }
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn body(ex: &mut Exchange<'_>) -> Result<Body, Fault> {
    ex.request_mut().body.send().map_err(|_| {
        let message = "the request's body was sent already and not kept: \
                       set `buffer-request-body=\"true\"` to send it again";
        Fault::new(FaultKind::Internal, "BodyConsumed", message)
    })
}

fn no_backend() -> Fault {
    let message = "neither the API nor a policy says where the request goes";
    Fault::new(FaultKind::NotRunnable, code::NO_BACKEND.id(), message)
}

impl AsyncStep for ForwardRequest {
    fn run<'a>(
        &'a self,
        ex: &'a mut Exchange<'_>,
        host: &'a Host<'_>,
    ) -> LocalFuture<'a, Result<Flow, Fault>> {
        Box::pin(self.forward(ex, host))
    }
}
