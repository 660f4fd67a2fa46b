//! HTTP/2 towards a client, by hyper.

mod body;
mod head;
mod websocket;

use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use portcullis_engine::Served;
use portcullis_http1::Refusal;
use portcullis_policy::body::Body;
use portcullis_policy::exchange::Answer;
use portcullis_policy::facts::{ConnInfo, RequestId};
use portcullis_policy::host::Random as _;
use tokio::io::{AsyncRead, AsyncWrite};

use self::body::{ClientBody, Failure, RecordedBody};
use self::head::Asked;
use super::activity::{Activity, Patience, Quiet, Stream, StreamExec};
use super::failure::{BodyFailure, fault};
use super::record::Recording;
use crate::decide::{Marked, decide};
use crate::frames::Watched;
use crate::inbound::Head;
use crate::worker::Worker;

/// What records call it.
const PROTOCOL: &str = "HTTP/2";

/// How many streams a client may reset before they were accepted (CVE-2023-44487).
const MAX_PENDING_RESETS: usize = 20;

/// How many streams a client may make us reset by what it sends on them, in the life of a connection
/// (CVE-2025-8671), streams beyond those that it may have open included.
const MAX_PROVOKED_RESETS: usize = 200;

/// How many bytes of a stream or connection may be in flight towards us.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// How much response is collected for one stream before its reader is waited for.
const SEND_BUFFER: usize = 64 * 1024;

/// Serves one connection; `input` is what was read from it already.
pub(super) async fn serve<IO>(io: IO, conn: ConnInfo, input: BytesMut, worker: Rc<Worker>)
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let conn = Rc::new(conn);
    let activity = Rc::new(Activity::new(&worker));
    let service = service_fn({
        let (worker, activity) = (Rc::clone(&worker), Rc::clone(&activity));
        move |request| {
            let stream = activity.begin();
            answer(Rc::clone(&worker), Rc::clone(&conn), stream, request)
        }
    });
    let io = Watched::client(io, input, &worker.timers);
    let unfinished = io.unfinished();
    let builder = builder(&worker, &activity);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    let stop = worker.drain.waiter();
    let mut patience = Patience::new(&worker);
    let mut closing = false;
    std::future::poll_fn(|cx| {
        loop {
            if !closing && stop.poll_begun(cx) {
                closing = true;
                patience.hurry();
                connection.as_mut().graceful_shutdown();
            }
            // What broke the connection was told to the client by the protocol.
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            match patience.poll(&activity, unfinished.get(), &worker, cx) {
                Quiet::Nothing => return Poll::Pending,
                Quiet::Asking if !closing => {
                    closing = true;
                    patience.hurry();
                    connection.as_mut().graceful_shutdown();
                }
                // It does not even say goodbye.
                Quiet::Asking | Quiet::Gone => return Poll::Ready(()),
            }
        }
    })
    .await;
}

fn builder(
    worker: &Worker,
    activity: &Rc<Activity>,
) -> hyper::server::conn::http2::Builder<StreamExec> {
    let client = &worker.settings.client;
    let exec = StreamExec(Rc::clone(activity));
    let mut builder = hyper::server::conn::http2::Builder::new(exec);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(client.http2_streams)
        .max_header_list_size(u32::try_from(client.http1.head).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_PROVOKED_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .enable_connect_protocol()
        .keep_alive_interval(client.idle_timeout)
        .keep_alive_timeout(client.head_timeout);
    builder
}

async fn answer(
    worker: Rc<Worker>,
    conn: Rc<ConnInfo>,
    stream: Stream,
    mut request: Request<Incoming>,
) -> Result<Response<RecordedBody>, Infallible> {
    let tunnel = hyper::upgrade::on(&mut request);
    let (parts, incoming) = request.into_parts();
    let response = match head::parse(parts, &worker.settings.client.http1) {
        Ok(Asked::Resource(head)) if head.method == Method::TRACE && !incoming.is_end_stream() => {
            refuse(&worker, stream, head::TRACE_CONTENT)
        }
        Ok(Asked::Resource(head)) => resource(&worker, &conn, stream, head, incoming).await,
        Ok(Asked::Socket(head)) => Box::pin(socket(&worker, &conn, stream, head, tunnel)).await,
        Ok(Asked::Server) => server_wide(stream),
        Err(refusal) => refuse(&worker, stream, refusal),
    };
    Ok(with_date(response, &worker))
}

async fn resource(
    worker: &Rc<Worker>,
    conn: &ConnInfo,
    stream: Stream,
    head: Head,
    incoming: Incoming,
) -> Response<RecordedBody> {
    let failure = Failure::default();
    let body = if incoming.is_end_stream() {
        Body::Empty
    } else {
        Body::stream(ClientBody::new(incoming, worker, &stream, &failure))
    };
    let mut marked = {
        let deciding = pin!(decide(worker, conn, head, body, PROTOCOL));
        deciding.await
    };
    if let Some(failure) = failure.get() {
        if let BodyFailure::Refused(_) = failure {
            worker.metrics.requests_malformed.add(1);
        }
        failure.take_over(&mut marked.served);
    }
    recorded(worker, stream, marked)
}

/// A WebSocket: decided on like the handshake that HTTP/1.1 would have made of it.
async fn socket(
    worker: &Rc<Worker>,
    conn: &ConnInfo,
    stream: Stream,
    mut head: Head,
    tunnel: hyper::upgrade::OnUpgrade,
) -> Response<RecordedBody> {
    websocket::ask(&mut head, &worker.random);
    let mut marked = {
        let deciding = pin!(decide(worker, conn, head, Body::Empty, PROTOCOL));
        deciding.await
    };
    let served = &mut marked.served;
    match websocket::agreed(&mut served.answer) {
        Ok(None) => {}
        Ok(Some(backend)) => {
            websocket::join(tunnel, backend, stream.clone(), worker);
        }
        Err(fault) => {
            served.answer = portcullis_engine::refusal(&fault, served.draft.id);
            served.draft.fail(&fault);
        }
    }
    recorded(worker, stream, marked)
}

fn recorded(worker: &Rc<Worker>, stream: Stream, marked: Marked) -> Response<RecordedBody> {
    let Marked { served, snapshot } = marked;
    let Served { answer, draft } = served;
    let status = answer.status.as_u16();
    let recording = Recording::new(worker, snapshot, draft, PROTOCOL, status);
    response(answer, |body| RecordedBody::new(body, recording, stream))
}

/// Answers what is not a request.
fn refuse(worker: &Worker, stream: Stream, refusal: Refusal) -> Response<RecordedBody> {
    worker.metrics.requests_malformed.add(1);
    let bits = u128::from(worker.random.next()) << 64 | u128::from(worker.random.next());
    let mut fault = fault(refusal.status, refusal.reason);
    if let Some((name, value)) = refusal.field {
        let name = HeaderName::from_static(name);
        fault = fault.with_header(name, HeaderValue::from_static(value));
    }
    let answer = portcullis_engine::refusal(&fault, RequestId::from_random(bits));
    response(answer, |body| RecordedBody::unrecorded(body, stream))
}

/// `OPTIONS *` asks about the server, not about a resource (RFC 9110 §9.3.7).
fn server_wide(stream: Stream) -> Response<RecordedBody> {
    let answer = Answer {
        status: StatusCode::NO_CONTENT,
        reason: None,
        headers: HeaderMap::new(),
        body: Body::Empty,
        upgraded: None,
    };
    response(answer, |body| RecordedBody::unrecorded(body, stream))
}

fn response(answer: Answer, body: impl FnOnce(Body) -> RecordedBody) -> Response<RecordedBody> {
    let mut response = Response::new(body(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response.headers_mut().remove(http::header::CONNECTION);
    response
}

fn with_date(mut response: Response<RecordedBody>, worker: &Worker) -> Response<RecordedBody> {
    let date = response.headers_mut().entry(http::header::DATE);
    date.or_insert_with(|| worker.date());
    response
}
