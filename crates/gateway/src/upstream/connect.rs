//! Opens connections to backends: TCP, TLS, the HTTP handshake.

use std::cell::Cell;
use std::future::Future as _;
use std::io;
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use hyper::client::conn::{http1, http2};
use hyper::rt::Executor as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use portcullis_policy::body::Body;
use portcullis_policy::facts::Scheme;
use portcullis_policy::flow::{Fault, FaultKind, Retry};
use portcullis_policy::host::{BackendTarget, UpstreamVersion};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::pool::{Place, Pool, Slot, User};
use crate::exec::LocalExec;
use crate::frames::Watched;
use crate::tcp::tune_backend;

/// A connection to a backend, plain or encrypted.
pub(super) enum BackendStream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

/// A connection that lets others have their turn.
///
/// hyper reads on as long as there is something to read, and passes over interim responses (1xx) without
/// a word: a backend that sends nothing else would have the core for itself.
struct Paced {
    stream: BackendStream,
    /// How much was taken in this turn.
    taken: usize,
}

/// How much a backend may have read of what it sends in one turn.
const TURN: usize = 128 * 1024;

/// What speaks HTTP over a connection.
pub(super) enum Sender {
    Http1(http1::SendRequest<Body>, Slot),
    Http2(http2::SendRequest<Body>, User),
}

/// The largest header list that a backend may send over HTTP/2.
const MAX_HEADER_LIST: u32 = 64 * 1024;

/// How many bytes of a stream may be in flight towards us. A connection has room for every stream's:
/// what one slow client does not take must not stand in the way of what others wait for.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = i32::MAX as u32;

/// The most that a connection reads ahead, and writes behind, of a message of HTTP/1.1; also the longest
/// head of a response.
const BUFFER: usize = 128 * 1024;

const HTTP1: &[&[u8]] = &[b"http/1.1"];
const HTTP2: &[&[u8]] = &[b"h2"];
const BOTH: &[&[u8]] = &[b"h2", b"http/1.1"];

/// A failure before anything of a request left.
pub(super) fn unreachable(target: &BackendTarget, why: impl std::fmt::Display) -> Fault {
    let authority = target.authority.to_str().unwrap_or_default();
    let message = format!(
        "could not connect to {}://{authority}: {why}",
        target.scheme.as_str()
    );
    let mut fault = Fault::new(
        FaultKind::BackendUnreachable,
        "BackendConnectionFailure",
        message,
    );
    fault.retry = Retry::IfUnsent;
    fault
}

impl Sender {
    /// Who shares the connection, without being one of them.
    pub(super) fn user(&self) -> Option<Weak<()>> {
        match self {
            Self::Http1(..) => None,
            Self::Http2(_, user) => Some(User::downgrade(user)),
        }
    }
}

impl Pool {
    /// Opens a connection within the connect timeout.
    pub(super) async fn connect(
        self: &Rc<Self>,
        place: &Place,
        slot: Slot,
        target: &BackendTarget,
        version: UpstreamVersion,
    ) -> Result<Sender, Fault> {
        let opening = pin!(self.open(place, slot, target, version));
        match self
            .timers
            .timeout(self.settings.connect_timeout, opening)
            .await
        {
            Ok(opened) => opened.map_err(|e| unreachable(target, e)),
            Err(_) => Err(unreachable(
                target,
                "it did not answer within the connect timeout",
            )),
        }
    }

    async fn open(
        self: &Rc<Self>,
        place: &Place,
        slot: Slot,
        target: &BackendTarget,
        version: UpstreamVersion,
    ) -> Result<Sender, Box<dyn std::error::Error>> {
        let tcp = TcpStream::connect((&*target.host, target.port)).await?;
        if !self.descriptors.has_room_for_backend(&tcp) {
            return Err("the process has no descriptors left for it".into());
        }
        tune_backend(&tcp)?;
        let (stream, speaks_http2) = match target.scheme {
            Scheme::Http => (BackendStream::Plain(tcp), version == UpstreamVersion::Http2),
            Scheme::Https => {
                let protocols = match version {
                    UpstreamVersion::Http1 => HTTP1,
                    UpstreamVersion::Http2 => HTTP2,
                    UpstreamVersion::Http2OrHttp1 => BOTH,
                };
                let config = self.settings.tls.config(target.tls, protocols);
                let name = ServerName::try_from(target.host.to_string())?;
                let tls = TlsConnector::from(config).connect(name, tcp).await?;
                let negotiated = tls.get_ref().1.alpn_protocol() == Some(b"h2");
                if version == UpstreamVersion::Http2 && !negotiated {
                    return Err("it does not speak HTTP/2, which the policy demands".into());
                }
                (BackendStream::Tls(Box::new(tls)), negotiated)
            }
        };
        self.metrics.upstream_connections_opened.add(1);
        let stream = Paced { stream, taken: 0 };
        if speaks_http2 {
            return self.begin_http2(place, slot, stream).await;
        }
        place.declined_http2();
        let io = TokioIo::new(stream);
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(io)
            .await?;
        // The connection's own errors reach whoever waits for a response on it.
        LocalExec.execute(async move { drop(connection.with_upgrades().await) });
        Ok(Sender::Http1(sender, slot))
    }

    async fn begin_http2(
        self: &Rc<Self>,
        place: &Place,
        slot: Slot,
        stream: Paced,
    ) -> Result<Sender, Box<dyn std::error::Error>> {
        let io = TokioIo::new(Watched::server(stream, &self.timers));
        let (sender, mut connection) = http2::Builder::new(LocalExec)
            .timer(TokioTimer::new())
            .max_header_list_size(MAX_HEADER_LIST)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            // A backend that is waited for is asked as often as this whether it lives, and has as
            // long to say so: others must not be sent to where nobody is.
            .keep_alive_interval(self.settings.connect_timeout)
            .keep_alive_timeout(self.settings.connect_timeout)
            .handshake(io)
            .await?;
        let room = Rc::new(Cell::new(connection.current_max_send_streams()));
        let current = Rc::clone(&room);
        LocalExec.execute(async move {
            std::future::poll_fn(|cx| {
                let ended = Pin::new(&mut connection).poll(cx);
                current.set(connection.current_max_send_streams());
                ended.map(drop)
            })
            .await;
            // It is open as long as it is driven, whoever still shares it.
            drop(slot);
        });
        let user = place.share(&sender, room);
        Ok(Sender::Http2(sender, user))
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.taken >= TURN {
            self.taken = 0;
            // Polled once, it has us woken when everybody else has been.
            return pin!(tokio::task::yield_now()).poll(cx).map(Ok);
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_pending() {
            self.taken = 0;
        } else {
            self.taken += buf.filled().len() - before;
        }
        read
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncRead for BackendStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for BackendStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // Most requests are a head alone, for which the plain system call is the cheaper one.
        if let [one] = bufs {
            return self.poll_write(cx, one);
        }
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, bufs),
            Self::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(tcp) => tcp.is_write_vectored(),
            Self::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
