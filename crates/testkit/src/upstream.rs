//! A backend that does as it is told, and remembers what it was asked.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body::Frame;
use portcullis_policy::body::{Body, BodyError};
use portcullis_policy::facts::Scheme;
use portcullis_policy::flow::{Fault, FaultKind, Retry};
use portcullis_policy::host::{
    LocalFuture, Reuse, Upgraded, Upstream, UpstreamRequest, UpstreamResponse, UpstreamVersion,
};

/// The most that a request to a scripted backend may carry.
const BODY_LIMIT: u64 = 64 * 1024 * 1024;

/// A backend that answers by script, in order; when the script is at its end, it answers 200 with
/// the body and the content type that it was sent.
#[derive(Debug, Default)]
pub struct ScriptedUpstream {
    script: RefCell<VecDeque<Answer>>,
    received: RefCell<Vec<Received>>,
}

/// What a scripted backend does with one request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It responds.
    Respond(Box<Response>),
    /// It cannot be reached.
    Refuse,
    /// It takes the request and breaks off without an answer.
    BreakOff,
    /// It does not answer in time.
    TimeOut,
    /// It never answers: the future stays pending.
    Stall,
}

/// A scripted response.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Content,
}

/// The body of a scripted response.
#[derive(Debug, Clone, Default)]
pub enum Content {
    /// None.
    #[default]
    Empty,
    /// All of it at hand.
    Whole(Bytes),
    /// It streams in these pieces.
    Pieces(Vec<Bytes>),
    /// It streams in these pieces and then breaks off.
    Broken(Vec<Bytes>),
}

/// A request as a backend received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The backend's entity id, if it has one.
    pub backend: Option<String>,
    /// Scheme of the target.
    pub scheme: Scheme,
    /// Host of the target, without brackets.
    pub host: String,
    /// Port of the target.
    pub port: u16,
    /// Method.
    pub method: Method,
    /// Path and query.
    pub path_and_query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Version asked for.
    pub version: UpstreamVersion,
    /// How long the gateway would wait.
    pub timeout: Duration,
    /// The protocol to switch to.
    pub upgrade: Option<HeaderValue>,
    /// Whether a kept connection might have been used.
    pub reuse: Reuse,
}

impl Response {
    /// A response with this status and no body.
    pub fn status(status: StatusCode) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A 200 with a text.
    pub fn text(text: &str) -> Self {
        let body = Content::Whole(Bytes::copy_from_slice(text.as_bytes()));
        Self {
            body,
            ..Self::default()
        }
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::Respond(Box::new(response))
    }
}

impl ScriptedUpstream {
    /// Adds to the script.
    pub fn then(&self, answer: impl Into<Answer>) {
        self.script.borrow_mut().push_back(answer.into());
    }

    /// Takes what was received since it was last taken.
    pub fn take_received(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.borrow_mut())
    }

    /// Takes what of the script was not played.
    pub fn take_unplayed(&self) -> Vec<Answer> {
        std::mem::take(&mut *self.script.borrow_mut()).into()
    }

    async fn play(&self, request: UpstreamRequest<'_>) -> Result<UpstreamResponse, Fault> {
        let answer = self.script.borrow_mut().pop_front();
        let upgrade = request.upgrade.is_some();
        let received = receive(request).await?;
        let echo = echo(&received);
        self.received.borrow_mut().push(received);
        match answer {
            None => Ok(respond(echo, upgrade)),
            Some(Answer::Respond(response)) => Ok(respond(*response, upgrade)),
            Some(Answer::Refuse) => Err(unreachable(Retry::IfUnsent, "connection refused")),
            Some(Answer::BreakOff) => Err(unreachable(Retry::Idempotent, "the connection broke")),
            Some(Answer::TimeOut) => {
                let message = "the backend did not answer in time";
                Err(Fault::new(FaultKind::BackendTimeout, "Timeout", message))
            }
            Some(Answer::Stall) => std::future::pending().await,
        }
    }
}

impl Upstream for ScriptedUpstream {
    fn send<'a>(
        &'a self,
        request: UpstreamRequest<'a>,
    ) -> LocalFuture<'a, Result<UpstreamResponse, Fault>> {
        Box::pin(self.play(request))
    }
}

async fn receive(request: UpstreamRequest<'_>) -> Result<Received, Fault> {
    let UpstreamRequest {
        target,
        method,
        path_and_query,
        headers,
        mut body,
        version,
        timeout,
        upgrade,
        reuse,
    } = request;
    let body = body.buffer(BODY_LIMIT).await;
    let body = body.map_err(|error| unreachable(Retry::Never, &error.to_string()))?;
    Ok(Received {
        backend: target.id.as_deref().map(str::to_owned),
        scheme: target.scheme,
        host: target.host.to_string(),
        port: target.port,
        method,
        path_and_query: path_and_query.to_string(),
        headers,
        body,
        version,
        timeout,
        upgrade,
        reuse,
    })
}

fn unreachable(retry: Retry, message: &str) -> Fault {
    let fault = Fault::new(
        FaultKind::BackendUnreachable,
        "BackendConnectionFailure",
        message,
    );
    Fault { retry, ..fault }
}

fn echo(received: &Received) -> Response {
    let mut headers = HeaderMap::new();
    if let Some(content_type) = received.headers.get(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, content_type.clone());
    }
    Response {
        headers,
        body: Content::Whole(received.body.clone()),
        ..Response::default()
    }
}

fn respond(response: Response, upgrade: bool) -> UpstreamResponse {
    let switches = upgrade && response.status == StatusCode::SWITCHING_PROTOCOLS;
    UpstreamResponse {
        status: response.status,
        headers: response.headers,
        body: match response.body {
            Content::Empty => Body::Empty,
            Content::Whole(bytes) => Body::bytes(bytes),
            Content::Pieces(pieces) => Body::stream(Pieces::new(pieces, Ending::Clean)),
            Content::Broken(pieces) => Body::stream(Pieces::new(pieces, Ending::Broken)),
        },
        upgraded: switches.then(|| Upgraded(Box::new(()))),
    }
}

/// A body in pieces; every second poll is pending, as on a network.
struct Pieces {
    left: VecDeque<Bytes>,
    ending: Ending,
    waits: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Clean,
    Broken,
}

impl Pieces {
    fn new(pieces: Vec<Bytes>, ending: Ending) -> Self {
        Self {
            left: pieces.into(),
            ending,
            waits: true,
        }
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.waits = !self.waits;
        if !self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.left.pop_front() {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            None if self.ending == Ending::Broken => {
                self.ending = Ending::Clean;
                Poll::Ready(Some(Err(BodyError::Broken("by script".to_owned()))))
            }
            None => Poll::Ready(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ready::{block_on, run};

    fn send(upstream: &ScriptedUpstream) -> Option<Result<UpstreamResponse, Fault>> {
        let target = portcullis_policy::backend_url::parse("http://backend.test:81/v1").unwrap();
        let request = UpstreamRequest {
            target: &target,
            method: Method::POST,
            path_and_query: "/v1/a?b=c".parse().unwrap(),
            headers: HeaderMap::new(),
            body: Body::bytes("hello"),
            version: UpstreamVersion::default(),
            timeout: Duration::from_secs(1),
            upgrade: None,
            reuse: Reuse::Pooled,
        };
        run(upstream.send(request))
    }

    fn whole(response: UpstreamResponse) -> Result<Bytes, BodyError> {
        let mut body = response.body;
        block_on(body.buffer(1024))
    }

    #[test]
    fn plays_its_script_and_then_echoes() {
        let upstream = ScriptedUpstream::default();
        upstream.then(Response::status(StatusCode::NO_CONTENT));
        upstream.then(Answer::Refuse);
        upstream.then(Answer::BreakOff);
        upstream.then(Answer::TimeOut);
        upstream.then(Answer::Stall);
        assert_eq!(
            send(&upstream).unwrap().unwrap().status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(send(&upstream).unwrap().unwrap_err().retry, Retry::IfUnsent);
        assert_eq!(
            send(&upstream).unwrap().unwrap_err().retry,
            Retry::Idempotent
        );
        assert_eq!(
            send(&upstream).unwrap().unwrap_err().detail.reason,
            "Timeout"
        );
        assert!(send(&upstream).is_none());
        assert_eq!(whole(send(&upstream).unwrap().unwrap()).unwrap(), "hello");
        let received = upstream.take_received();
        assert_eq!(received.len(), 6);
        assert_eq!(
            (received[0].port, &*received[0].path_and_query),
            (81, "/v1/a?b=c")
        );
        assert!(upstream.take_unplayed().is_empty());
    }

    #[test]
    fn a_body_may_stream_and_break() {
        let upstream = ScriptedUpstream::default();
        let pieces = || vec![Bytes::from("he"), Bytes::from("llo")];
        upstream.then(Response {
            body: Content::Pieces(pieces()),
            ..Response::default()
        });
        upstream.then(Response {
            body: Content::Broken(pieces()),
            ..Response::default()
        });
        assert_eq!(whole(send(&upstream).unwrap().unwrap()).unwrap(), "hello");
        assert!(whole(send(&upstream).unwrap().unwrap()).is_err());
    }
}
