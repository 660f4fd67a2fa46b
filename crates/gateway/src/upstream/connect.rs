//! Opens connections to backends: TCP, TLS, the HTTP handshake.

use std::future::Future as _;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use hyper::client::conn::{http1, http2};
use hyper::rt::Executor as _;
use hyper_util::rt::TokioIo;
use portcullis_policy::body::Body;
use portcullis_policy::facts::Scheme;
use portcullis_policy::flow::{Fault, FaultKind, Retry};
use portcullis_policy::host::{BackendTarget, UpstreamVersion};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::pool::{Pool, Seat};
use crate::exec::LocalExec;
use crate::tcp::tune_backend;

/// A connection to a backend, plain or encrypted.
pub(crate) enum BackendStream {
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
pub(crate) enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

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

impl Pool {
    /// Opens a connection within the connect timeout.
    pub(super) async fn connect(
        self: &Rc<Self>,
        target: &BackendTarget,
        version: UpstreamVersion,
        seat: Seat,
    ) -> Result<Sender, Fault> {
        let opening = pin!(self.open(target, version, seat));
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
        target: &BackendTarget,
        version: UpstreamVersion,
        seat: Seat,
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
        self.handshake(stream, speaks_http2, seat).await
    }

    async fn handshake(
        self: &Rc<Self>,
        stream: BackendStream,
        speaks_http2: bool,
        seat: Seat,
    ) -> Result<Sender, Box<dyn std::error::Error>> {
        let io = TokioIo::new(Paced { stream, taken: 0 });
        if speaks_http2 {
            let (sender, connection) = http2::handshake(LocalExec, io).await?;
            LocalExec.execute(async move {
                // It counts until it ends, whoever still sends over it.
                let _seat = seat;
                drop(connection.await);
            });
            return Ok(Sender::Http2(sender));
        }
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(io)
            .await?;
        // The connection's own errors reach whoever waits for a response on it.
        LocalExec.execute(async move { drop(connection.with_upgrades().await) });
        // From now on the lease counts it.
        seat.hand_over();
        Ok(Sender::Http1(sender))
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
