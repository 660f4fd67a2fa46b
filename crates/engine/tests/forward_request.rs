//! What of `forward-request` the manual cannot show: connections, versions, streams, time limits.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use http_body::Frame;
use portcullis_engine::{Options, SecretResolver, Served, compile, serve};
use portcullis_model::api::Api;
use portcullis_model::secret::{Secret, SecretSource};
use portcullis_model::{Configuration, Sources};
use portcullis_policy::body::{Body, BodyError};
use portcullis_policy::facts::InboundRequest;
use portcullis_policy::host::{Reuse, UpstreamVersion};
use portcullis_policy::names::Names;
use portcullis_testkit::request::RequestDraft;
use portcullis_testkit::rig::Rig;
use portcullis_testkit::upstream::{Answer, Received, Response};
use portcullis_testkit::{noun, ready};

struct NoSecrets;

impl SecretResolver for NoSecrets {
    fn resolve(&self, _: &SecretSource) -> Result<Secret, String> {
        Err("there are no secrets here".to_owned())
    }
}

/// A body that does not stand ready when it is first asked for.
struct Late(Option<Bytes>, bool);

impl http_body::Body for Late {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if !std::mem::replace(&mut self.1, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Sends one request through an API whose backend section is `forward`; what came of it, and what
/// the backend got.
fn send(
    forward: &str,
    script: &[Answer],
    request: impl FnOnce(InboundRequest) -> InboundRequest,
) -> (Served, Vec<Received>) {
    let mut sources = Sources::default();
    let text = format!("<policies><backend>{forward}</backend></policies>");
    let api = Api {
        policy: Some(noun::policy(&mut sources, "api", &text)),
        operations: ["GET", "PUT", "POST"]
            .map(|method| noun::operation(method, method, "/*"))
            .into_iter()
            .collect::<Arc<[_]>>(),
        ..noun::api("flights")
    };
    let configuration = Configuration {
        apis: vec![api],
        ..Configuration::default()
    };
    let compiled = compile(
        &configuration,
        &NoSecrets,
        Options::default(),
        Names::default(),
    );
    assert!(!compiled.diagnostics.has_errors(), "{forward}");
    let rig = Rig::default();
    for answer in script {
        rig.upstream.then(answer.clone());
    }
    let draft = RequestDraft::new(Method::GET, "/flights/7");
    let conn = draft.connection();
    let inbound = request(draft.inbound(1, &rig.clock).unwrap());
    let host = rig.host();
    let served = ready::block_on(serve(&compiled.snapshot, &conn, Box::new(inbound), &host));
    (served, rig.upstream.take_received())
}

fn streamed_put(mut inbound: InboundRequest) -> InboundRequest {
    inbound.method = Method::PUT;
    inbound.body = Body::stream(Late(Some(Bytes::from("late")), false));
    inbound
}

#[test]
fn the_version_and_the_time_limit_are_the_authors() {
    for (forward, version, timeout) in [
        ("<forward-request />", UpstreamVersion::Http1, 300_000),
        (
            "<forward-request timeout=\"5\" http-version=\"2\" />",
            UpstreamVersion::Http2,
            5_000,
        ),
        (
            "<forward-request timeout-ms=\"250\" http-version=\"2or1\" />",
            UpstreamVersion::Http2OrHttp1,
            250,
        ),
        (
            "<forward-request timeout=\"@(3 * 2)\" />",
            UpstreamVersion::Http1,
            6_000,
        ),
    ] {
        let (_, received) = send(forward, &[], |inbound| inbound);
        let got = (received[0].version, received[0].timeout);
        assert_eq!(got, (version, Duration::from_millis(timeout)), "{forward}");
    }
}

#[test]
fn a_second_attempt_does_not_trust_kept_connections() {
    let (served, received) = send("<forward-request />", &[Answer::BreakOff], |inbound| {
        inbound
    });
    assert_eq!(served.answer.status, StatusCode::OK);
    let reuse: Vec<_> = received.iter().map(|got| got.reuse).collect();
    assert_eq!(reuse, [Reuse::Pooled, Reuse::Fresh]);
}

#[test]
fn a_body_that_streamed_away_is_not_sent_again_unless_it_was_kept() {
    let (served, received) = send("<forward-request />", &[Answer::BreakOff], streamed_put);
    assert_eq!(served.answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(received.len(), 1);

    let keeping = "<forward-request buffer-request-body=\"true\" />";
    let (served, received) = send(keeping, &[Answer::BreakOff], streamed_put);
    assert_eq!(served.answer.status, StatusCode::OK);
    let bodies: Vec<_> = received.iter().map(|got| &*got.body).collect();
    assert_eq!(bodies, [b"late", b"late"]);
}

#[test]
fn a_redirection_that_needs_a_streamed_body_goes_to_the_caller() {
    let mut redirect = Response::status(StatusCode::TEMPORARY_REDIRECT);
    redirect
        .headers
        .insert("location", HeaderValue::from_static("/8"));
    let following = "<forward-request follow-redirects=\"true\" />";
    let (served, received) = send(following, &[redirect.into()], streamed_put);
    assert_eq!(served.answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(received.len(), 1);
}

#[test]
fn redirections_are_followed_ten_times() {
    let mut redirect = Response::status(StatusCode::FOUND);
    redirect
        .headers
        .insert("location", HeaderValue::from_static("/again"));
    let script = vec![Answer::from(redirect); 11];
    let following = "<forward-request follow-redirects=\"true\" />";
    let (served, received) = send(following, &script, |inbound| inbound);
    assert_eq!(
        (served.answer.status, received.len()),
        (StatusCode::FOUND, 11)
    );
}

#[test]
fn a_handshake_is_passed_on_over_http1() {
    let switch = Response::status(StatusCode::SWITCHING_PROTOCOLS);
    let forward = "<forward-request http-version=\"2\" />";
    let (served, received) = send(forward, &[switch.into()], |mut inbound| {
        inbound.upgrade = Some(HeaderValue::from_static("websocket"));
        inbound
    });
    assert_eq!(served.answer.status, StatusCode::SWITCHING_PROTOCOLS);
    assert!(served.answer.upgraded.is_some());
    assert_eq!(received[0].upgrade.as_ref().unwrap(), "websocket");
    assert_eq!(received[0].version, UpstreamVersion::Http1);
}

#[test]
fn nobody_is_switched_who_did_not_ask() {
    let switch = Response::status(StatusCode::SWITCHING_PROTOCOLS);
    let (served, _) = send("<forward-request />", &[switch.into()], |inbound| inbound);
    assert_eq!(served.answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(served.answer.upgraded.is_none());
}
