//! Sends one request: over a kept connection if one lives, else over a new one.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::header::{
    CONNECTION, CONTENT_LENGTH, RETRY_AFTER, SEC_WEBSOCKET_KEY, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::upgrade::OnUpgrade;
use portcullis_policy::body::Body;
use portcullis_policy::flow::{Fault, FaultKind, Retry};
use portcullis_policy::host::{
    BackendTarget, LocalFuture, Reuse, Upgraded, Upstream, UpstreamRequest, UpstreamResponse,
    UpstreamVersion,
};

use super::body::{Hold, Lease, UpstreamBody};
use super::connect::{Sender, unreachable};
use super::framing;
use super::handshake;
use super::pool::{Checkout, Place, Pool, Slot, User};
use crate::headers;

const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// The port: a core's way to its pool, which connections and bodies hold on to.
#[derive(Clone)]
pub(crate) struct Backends(pub(crate) Rc<Pool>);

impl Upstream for Backends {
    fn send<'a>(
        &'a self,
        request: UpstreamRequest<'a>,
    ) -> LocalFuture<'a, Result<UpstreamResponse, Fault>> {
        let way = Way {
            target: request.target,
            version: request.version,
            reuse: request.reuse,
        };
        let timeout = request.timeout;
        // Made before there is a future, and boxed, so that the futures carry a pointer of it.
        let request = to_http(request);
        Box::pin(async move { self.0.dispatch(way, timeout, request?).await })
    }
}

/// A connection that has switched protocols; it counts as open as long as this is held.
pub(crate) struct Switched {
    pub(crate) upgrade: OnUpgrade,
    pub(crate) hold: Hold,
}

/// Which connection a request may go over.
#[derive(Clone, Copy)]
struct Way<'t> {
    target: &'t BackendTarget,
    version: UpstreamVersion,
    reuse: Reuse,
}

/// What did not leave and can be sent over another connection.
enum Failed {
    Unsent(Box<Request<Body>>),
    Sent(Box<dyn std::error::Error>),
}

impl Pool {
    async fn dispatch(
        self: &Rc<Self>,
        way: Way<'_>,
        timeout: Duration,
        request: Box<Request<Body>>,
    ) -> Result<UpstreamResponse, Fault> {
        let exchange = pin!(self.over_some_connection(way, request));
        match self.timers.timeout(timeout, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::new(
                FaultKind::BackendTimeout,
                "Timeout",
                format!(
                    "the backend did not answer within {} ms",
                    timeout.as_millis()
                ),
            )),
        }
    }

    async fn over_some_connection(
        self: &Rc<Self>,
        way: Way<'_>,
        mut request: Box<Request<Body>>,
    ) -> Result<UpstreamResponse, Fault> {
        let Way {
            target,
            version,
            mut reuse,
        } = way;
        let place = self
            .place(target, version)
            .map_err(|_| saturated("as many backends are called at once as may be"))?;
        loop {
            let (kept, slot) = match (reuse, self.checkout(&place, version)) {
                (Reuse::Pooled, Checkout::Http1(sender, slot)) => {
                    (Some(Sender::Http1(sender, slot)), None)
                }
                (Reuse::Pooled, Checkout::Http2(sender, user)) => {
                    (Some(Sender::Http2(sender, user)), None)
                }
                (Reuse::Fresh, Checkout::Http2(_, user)) => {
                    // Requests that are on it end on it; no later one begins there.
                    place.unshare(&Rc::downgrade(&user));
                    (None, self.reserve(&place))
                }
                (Reuse::Fresh, Checkout::Http1(sender, slot)) => match self.reserve(&place) {
                    Some(fresh) => {
                        // Puts a live one back: only this request mistrusts it.
                        self.checkin(&place, sender, slot);
                        (None, Some(fresh))
                    }
                    None => (None, Some(slot)),
                },
                (_, Checkout::Open(slot)) => (None, Some(slot)),
                (_, Checkout::Wait) => {
                    if !place.opened().await {
                        let why = "the connection that it waited for could not be opened";
                        return Err(unreachable(target, why));
                    }
                    // What somebody opened just now is as good as one's own.
                    reuse = Reuse::Pooled;
                    continue;
                }
                (_, Checkout::Full) => (None, None),
            };
            let is_kept = kept.is_some();
            let sender = match (kept, slot) {
                (Some(sender), _) => sender,
                (None, Some(slot)) => {
                    // Boxed: it is rare, and large beside what follows.
                    Box::pin(self.open_for(slot, &place, target, version)).await?
                }
                (None, None) => {
                    return Err(saturated("as many connections are open to it as may be"));
                }
            };
            let user = sender.user();
            match self.over(sender, &place, request).await {
                Ok(response) => return Ok(response),
                Err(Failed::Unsent(back)) if is_kept => request = back,
                Err(Failed::Unsent(_)) => return Err(broken("it closed the connection at once")),
                Err(Failed::Sent(error)) => {
                    let mut fault = broken(error);
                    if is_kept {
                        fault.retry = Retry::Idempotent;
                    }
                    return Err(fault);
                }
            }
            match user {
                Some(user) => place.unshare(&user),
                // A kept connection that was closed under us: never trust another one.
                None => reuse = Reuse::Fresh,
            }
        }
    }

    /// Opens a connection, for others too who wait for one that can be shared.
    async fn open_for(
        self: &Rc<Self>,
        slot: Slot,
        place: &Place,
        target: &BackendTarget,
        version: UpstreamVersion,
    ) -> Result<Sender, Fault> {
        let opening = place.opening(version);
        let opened = self.connect(place, slot, target, version).await;
        if let (Some(opening), Err(_)) = (&opening, &opened) {
            opening.failed();
        }
        opened
    }

    async fn over(
        self: &Rc<Self>,
        sender: Sender,
        place: &Rc<Place>,
        request: Box<Request<Body>>,
    ) -> Result<UpstreamResponse, Failed> {
        match sender {
            Sender::Http1(sender, slot) => self.over_http1(sender, slot, place, request).await,
            Sender::Http2(sender, user) => self.over_http2(sender, user, request).await,
        }
    }

    async fn over_http1(
        self: &Rc<Self>,
        sender: http1::SendRequest<Body>,
        slot: Slot,
        place: &Rc<Place>,
        mut request: Box<Request<Body>>,
    ) -> Result<UpstreamResponse, Failed> {
        to_origin_form(&mut request);
        frame(&mut request);
        let mut lease = Lease {
            pool: Rc::clone(self),
            place: Rc::clone(place),
            sender,
            slot,
        };
        let asked = request.headers().get(UPGRADE).is_some();
        let key = request.headers().get(SEC_WEBSOCKET_KEY).filter(|_| asked);
        let key = key.cloned();
        let response = lease.sender.try_send_request(*request).await;
        self.response(response.map_err(failed)?, Hold::Alone(lease), key.as_ref())
    }

    async fn over_http2(
        self: &Rc<Self>,
        mut sender: http2::SendRequest<Body>,
        user: User,
        mut request: Box<Request<Body>>,
    ) -> Result<UpstreamResponse, Failed> {
        // From an attempt over HTTP/1.1 that sent nothing.
        request.headers_mut().remove(TRANSFER_ENCODING);
        // RFC 9113 §8.3.1: the authority travels in a pseudo-header, `Host` does not.
        if let Some(host) = request.headers_mut().remove(http::header::HOST)
            && let Some(uri) = absolute(request.uri(), &host)
        {
            *request.uri_mut() = uri;
        }
        let response = sender.try_send_request(*request).await.map_err(failed)?;
        self.response(response, Hold::Shared(user), None)
    }

    /// What came back; `key` is what a WebSocket was asked for with.
    fn response(
        self: &Rc<Self>,
        response: Response<Incoming>,
        hold: Hold,
        key: Option<&HeaderValue>,
    ) -> Result<UpstreamResponse, Failed> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return switched(response, hold, key);
        }
        let (mut head, incoming) = response.into_parts();
        if matches!(hold, Hold::Alone(_)) {
            framing::check(&head.headers).map_err(|why| Failed::Sent(why.into()))?;
        }
        headers::remove_hop_by_hop(&mut head.headers);
        let body = if incoming.is_end_stream() {
            hold.give_back();
            Body::Empty
        } else {
            Body::stream(UpstreamBody {
                incoming,
                hold: Some(hold),
                timer: self.timers.timer(),
                patience: self.settings.body_timeout,
                armed: false,
            })
        };
        Ok(UpstreamResponse {
            status: head.status,
            headers: head.headers,
            body,
            upgraded: None,
        })
    }
}

/// The only switch that is ever asked for is the one to WebSocket.
fn switched(
    mut response: Response<Incoming>,
    hold: Hold,
    key: Option<&HeaderValue>,
) -> Result<UpstreamResponse, Failed> {
    let upgrade = hyper::upgrade::on(&mut response);
    let (mut head, _) = response.into_parts();
    let key = key.ok_or_else(|| Failed::Sent("it switched protocols unasked".into()))?;
    handshake::check(key, &head.headers).map_err(|why| Failed::Sent(why.into()))?;
    headers::remove_hop_by_hop(&mut head.headers);
    head.headers.insert(UPGRADE, WEBSOCKET);
    Ok(UpstreamResponse {
        status: head.status,
        headers: head.headers,
        body: Body::Empty,
        upgraded: Some(Upgraded(Box::new(Switched { upgrade, hold }))),
    })
}

fn failed(mut error: hyper::client::conn::TrySendError<Request<Body>>) -> Failed {
    match error.take_message() {
        Some(request) => Failed::Unsent(Box::new(request)),
        None => Failed::Sent(error.into_error().into()),
    }
}

fn broken(why: impl std::fmt::Display) -> Fault {
    Fault::new(
        FaultKind::BackendUnreachable,
        "BackendConnectionFailure",
        format!("the connection to the backend broke: {why}"),
    )
}

/// There is no queue: whoever waits in one for a backend that cannot keep up waits for nothing, and
/// holds what others need meanwhile.
fn saturated(why: &str) -> Fault {
    let mut fault = Fault::new(FaultKind::NoRoom, "BackendSaturated", why);
    fault.retry = Retry::IfUnsent;
    fault.with_header(RETRY_AFTER, HeaderValue::from_static("1"))
}

fn to_http(request: UpstreamRequest<'_>) -> Result<Box<Request<Body>>, Fault> {
    let UpstreamRequest {
        method,
        path_and_query,
        mut headers,
        body,
        upgrade,
        version,
        target,
        ..
    } = request;
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol);
    }
    if body.is_end_stream() && expects_content(&method) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut http = Box::new(Request::new(body));
    *http.method_mut() = method;
    *http.headers_mut() = headers;
    let path = Uri::from(path_and_query);
    *http.uri_mut() = match version {
        UpstreamVersion::Http1 => path,
        UpstreamVersion::Http2 | UpstreamVersion::Http2OrHttp1 => {
            let mut parts = path.into_parts();
            parts.scheme = http::uri::Scheme::try_from(target.scheme.as_str()).ok();
            parts.authority = http::uri::Authority::try_from(target.authority.as_bytes()).ok();
            Uri::from_parts(parts).map_err(|e| broken(format_args!("unusable URL: {e}")))?
        }
    };
    Ok(http)
}

/// Methods that give content a meaning: without a length some servers answer 411 (RFC 9110 §8.6).
fn expects_content(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

/// A body whose length is not known goes in chunks, whatever the method: hyper drops it from GET and
/// HEAD unless it is told. RFC 9110 §9.3.1 gives such a body no meaning, and some services do.
fn frame(request: &mut Request<Body>) {
    let body = request.body();
    if !body.is_end_stream() && body.size_hint().exact().is_none() {
        let chunked = HeaderValue::from_static("chunked");
        request.headers_mut().insert(TRANSFER_ENCODING, chunked);
    }
}

/// A request that might have gone over HTTP/2 carries its authority in the URL; HTTP/1.1 has `Host`.
fn to_origin_form(request: &mut Request<Body>) {
    if request.uri().authority().is_some()
        && let Some(path) = request.uri().path_and_query().cloned()
    {
        *request.uri_mut() = Uri::from(path);
    }
}

fn absolute(uri: &Uri, host: &HeaderValue) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.authority = http::uri::Authority::try_from(host.as_bytes()).ok();
    parts.scheme = parts.scheme.or(Some(http::uri::Scheme::HTTPS));
    Uri::from_parts(parts).ok()
}
