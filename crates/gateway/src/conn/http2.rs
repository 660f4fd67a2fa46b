//! HTTP/2 towards a client, by hyper.

use std::cell::Cell;
use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use portcullis_engine::Served;
use portcullis_http1::Host;
use portcullis_policy::body::{Body, BodyError};
use portcullis_policy::exchange::Answer;
use portcullis_policy::facts::ConnInfo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::{Activity, Patience, Quiet, Stream, Upload};
use super::failure::BodyFailure;
use super::record::Recording;
use super::taking::Streams;
use crate::decide::{Marked, decide};
use crate::headers::remove_from_trailers;
use crate::inbound::Head;
use crate::pace::{Pace, Rate};
use crate::timer::{Timer, Timers};
use crate::worker::Worker;

/// What records call it.
const PROTOCOL: &str = "HTTP/2";

/// How many streams a client may reset before they were accepted (CVE-2023-44487).
const MAX_PENDING_RESETS: usize = 20;

/// How many bytes of a stream or connection may be in flight towards us.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// How much response is collected for one stream before its reader is waited for.
const SEND_BUFFER: usize = 64 * 1024;

/// How much of a response hyper is given at once: it asks for more when that was sent.
const PIECE: usize = 16 * 1024;

/// Serves one connection; `input` is what was read from it already.
pub(super) async fn serve<IO>(io: IO, conn: ConnInfo, input: BytesMut, worker: Rc<Worker>)
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let client = &worker.settings.client;
    let streams = Streams::new(&worker);
    let mut builder = hyper::server::conn::http2::Builder::new(streams.clone());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(client.http2_streams)
        .max_header_list_size(u32::try_from(client.http1.head).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(client.idle_timeout)
        .keep_alive_timeout(client.head_timeout);
    let conn = Rc::new(conn);
    let activity = Rc::new(Activity::default());
    let service = service_fn({
        let (worker, activity) = (Rc::clone(&worker), Rc::clone(&activity));
        move |request| {
            let stream = activity.begin();
            streams.begin(stream.taking());
            answer(Rc::clone(&worker), Rc::clone(&conn), stream, request)
        }
    });
    let io = TokioIo::new(Rewound { io, input });
    let mut connection = pin!(builder.serve_connection(io, service));
    let stop = worker.drain.waiter();
    let mut patience = Patience::new(&worker);
    let mut closing = false;
    std::future::poll_fn(|cx| {
        loop {
            if !closing && stop.poll_begun(cx) {
                closing = true;
                connection.as_mut().graceful_shutdown();
            }
            // What broke the connection was told to the client by the protocol.
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            match patience.poll(&activity, &worker, cx) {
                Quiet::Nothing => return Poll::Pending,
                Quiet::Asking if !closing => {
                    closing = true;
                    connection.as_mut().graceful_shutdown();
                }
                // It does not even say goodbye.
                Quiet::Asking | Quiet::Taking => return Poll::Ready(()),
            }
        }
    })
    .await;
}

async fn answer(
    worker: Rc<Worker>,
    conn: Rc<ConnInfo>,
    stream: Stream,
    request: Request<Incoming>,
) -> Result<Response<RecordedBody>, Infallible> {
    let (parts, incoming) = request.into_parts();
    let Some(head) = head(parts) else {
        return Ok(empty(StatusCode::BAD_REQUEST));
    };
    let failure = Rc::new(Cell::new(None));
    let body = if incoming.is_end_stream() {
        Body::Empty
    } else {
        Body::stream(ClientBody {
            incoming,
            left: worker.settings.client.max_body,
            limit: worker.settings.client.max_body,
            timer: worker.timers.timer(),
            timers: Rc::clone(&worker.timers),
            rate: worker.settings.client.request_rate(),
            pace: worker.settings.client.request_rate().begin(),
            upload: stream.upload(),
            failure: Rc::clone(&failure),
        })
    };
    let deciding = pin!(decide(&worker, &conn, head, body, PROTOCOL));
    let Marked {
        mut served,
        snapshot,
    } = deciding.await;
    if let Some(failure) = failure.get() {
        failure.take_over(&mut served);
    }
    let Served { answer, draft } = served;
    let Answer {
        status,
        mut headers,
        body,
        ..
    } = answer;
    headers.remove(http::header::CONNECTION);
    headers
        .entry(http::header::DATE)
        .or_insert_with(|| worker.date());
    let recording = Recording::new(&worker, snapshot, draft, PROTOCOL, status.as_u16());
    let mut response = Response::new(RecordedBody::new(body, recording, stream));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn empty(status: StatusCode) -> Response<RecordedBody> {
    let mut response = Response::new(RecordedBody {
        body: Body::Empty,
        rest: Bytes::new(),
        recording: None,
        stream: None,
    });
    *response.status_mut() = status;
    response
}

/// The head, if its authority is one; `Host` and `:authority` must agree (RFC 9113 §8.3.1).
fn head(parts: http::request::Parts) -> Option<Head> {
    let target = parts.uri.path_and_query()?.clone();
    let authority = parts.uri.authority().map(http::uri::Authority::as_str);
    let mut hosts = parts.headers.get_all(http::header::HOST).iter();
    let named = hosts
        .next()
        .map(http::HeaderValue::to_str)
        .transpose()
        .ok()?;
    let contradicts = authority
        .zip(named)
        .is_some_and(|(a, h)| !a.eq_ignore_ascii_case(h));
    if hosts.next().is_some() || contradicts {
        return None;
    }
    let host = Host::parse(Bytes::copy_from_slice(authority.or(named)?.as_bytes())).ok()?;
    let mut headers = parts.headers;
    join_cookies(&mut headers);
    Some(Head {
        target,
        host: host.name().to_ascii_lowercase().into(),
        port: host.port(),
        method: parts.method,
        headers,
        upgrade: None,
    })
}

/// HTTP/2 clients send each cookie in a field of its own; everybody else knows one field
/// (RFC 9113 §8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let mut crumbs = headers.get_all(COOKIE).iter();
    let (Some(first), Some(second)) = (crumbs.next(), crumbs.next()) else {
        return;
    };
    let mut cookie = first.as_bytes().to_vec();
    for crumb in std::iter::once(second).chain(crumbs) {
        cookie.extend_from_slice(b"; ");
        cookie.extend_from_slice(crumb.as_bytes());
    }
    // Every part of it was a value, and so is the whole.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.insert(COOKIE, cookie);
    }
}

/// A request body with a deadline between its pieces and a limit.
struct ClientBody {
    incoming: Incoming,
    left: u64,
    limit: u64,
    timer: Timer,
    timers: Rc<Timers>,
    rate: Rate,
    pace: Pace,
    upload: Upload,
    /// Why it broke off, for the answer.
    failure: Rc<Cell<Option<BodyFailure>>>,
}

impl ClientBody {
    /// Waits for the client, unless it waits for us.
    fn poll_patience(&mut self, cx: &Context<'_>) -> Poll<()> {
        let now = self.timers.ticks();
        if !self.timer.is_armed() {
            self.timer.arm(self.pace.wait(self.rate, now));
        }
        if self.timer.has_fired(cx) && self.upload.may_be_held_up() {
            self.pace.forgive();
            self.timer.arm(self.pace.wait(self.rate, now));
        }
        if self.timer.has_fired(cx) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn moved(&mut self, size: usize) {
        if self.upload.may_be_held_up() {
            self.pace.forgive();
        }
        self.pace.moved(self.rate, size, self.timers.ticks());
        self.timer.disarm();
    }

    fn fail(&self, failure: BodyFailure) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.failure.set(Some(failure));
        Poll::Ready(Some(Err(failure.into_error(self.limit))))
    }
}

impl HttpBody for ClientBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        this.upload.set_unread(false);
        // A body that says that it is too large is not waited for.
        if this.incoming.size_hint().lower() > this.left {
            return this.fail(BodyFailure::TooLarge);
        }
        let Poll::Ready(frame) = Pin::new(&mut this.incoming).poll_frame(cx) else {
            ready!(this.poll_patience(cx));
            return this.fail(BodyFailure::Timeout);
        };
        let Some(frame) = frame else {
            this.timer.disarm();
            return Poll::Ready(None);
        };
        let mut frame = frame.map_err(|e| BodyError::Broken(e.to_string()));
        if let Some(trailers) = frame.as_mut().ok().and_then(Frame::trailers_mut) {
            remove_from_trailers(trailers);
        }
        let size = frame
            .as_ref()
            .ok()
            .and_then(Frame::data_ref)
            .map_or(0, Bytes::len);
        this.moved(size);
        this.upload.set_unread(size > 0);
        match this.left.checked_sub(size as u64) {
            Some(left) => this.left = left,
            None => return this.fail(BodyFailure::TooLarge),
        }
        Poll::Ready(Some(frame))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// A response body that records its request when it ends or is dropped.
struct RecordedBody {
    body: Body,
    /// What is left of a piece that is larger than [`PIECE`].
    rest: Bytes,
    recording: Option<Recording>,
    stream: Option<Stream>,
}

impl RecordedBody {
    fn new(body: Body, recording: Recording, stream: Stream) -> Self {
        let (recording, stream) = if body.is_end_stream() {
            recording.complete();
            (None, None)
        } else {
            (Some(recording), Some(stream))
        };
        Self {
            body,
            rest: Bytes::new(),
            recording,
            stream,
        }
    }
}

impl RecordedBody {
    /// The next piece, none larger than [`PIECE`].
    fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                other => return Poll::Ready(other),
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(frame) => return Poll::Ready(Some(Ok(frame))),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl HttpBody for RecordedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Some(stream) = &mut this.stream {
            stream.sent();
        }
        let frame = ready!(this.poll_piece(cx));
        let data = frame.as_ref().and_then(|f| f.as_ref().ok()?.data_ref());
        let size = data.map_or(0, Bytes::len);
        if let Some(stream) = &mut this.stream {
            stream.gave(size);
        }
        if let Some(recording) = &mut this.recording {
            recording.sent(size);
        }
        if (frame.is_none() || this.is_end_stream())
            && let Some(recording) = this.recording.take()
        {
            recording.complete();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // hyper asks once, before the first piece.
        self.body.size_hint()
    }
}

/// A connection whose first bytes were read already.
struct Rewound<IO> {
    io: IO,
    input: BytesMut,
}

impl<IO: AsyncRead + Unpin> AsyncRead for Rewound<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.input.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let size = self.input.len().min(buf.remaining());
        buf.put_slice(self.input.get(..size).unwrap_or_default());
        self.input.advance(size);
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Rewound<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
