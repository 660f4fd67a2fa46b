//! A WebSocket in a stream (RFC 8441), which the backend is asked for as HTTP/1.1 asks (RFC 6455 §4).

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::BytesMut;
use http::header::{
    CONTENT_LENGTH, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use portcullis_policy::body::Body;
use portcullis_policy::exchange::Answer;
use portcullis_policy::flow::{Fault, FaultKind};
use portcullis_policy::host::{Random, Upgraded};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::super::activity::Stream;
use super::super::tunnel;
use crate::inbound::Head;
use crate::worker::Worker;

/// How long the other end has when one end of a WebSocket has said its last.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Asks as HTTP/1.1 does, with a key of our own: an HTTP/2 client need send none, and what goes to the
/// backend checks the answer against it.
pub(super) fn ask(head: &mut Head, random: &dyn Random) {
    let bits = u128::from(random.next()) << 64 | u128::from(random.next());
    if let Ok(key) = HeaderValue::try_from(BASE64_STANDARD.encode(bits.to_be_bytes())) {
        head.headers.insert(SEC_WEBSOCKET_KEY, key);
    }
    let version = HeaderValue::from_static("13");
    head.headers.insert(SEC_WEBSOCKET_VERSION, version);
}

/// Makes of the backend's agreement the one of HTTP/2. What is not an agreement and would look like one
/// is a fault; anything else stays an ordinary answer.
pub(super) fn agreed(answer: &mut Answer) -> Result<Option<Upgraded>, Fault> {
    let upgraded = answer.upgraded.take();
    match (answer.status, upgraded) {
        (StatusCode::SWITCHING_PROTOCOLS, Some(upgraded)) => {
            for name in [SEC_WEBSOCKET_ACCEPT, UPGRADE, CONTENT_LENGTH] {
                answer.headers.remove(name);
            }
            answer.status = StatusCode::OK;
            answer.body = Body::Empty;
            Ok(Some(upgraded))
        }
        (status, _) if status.is_success() || status.is_informational() => Err(no_socket(
            "the backend answered without switching to WebSocket",
        )),
        _ => Ok(None),
    }
}

fn no_socket(why: &str) -> Fault {
    Fault::new(
        FaultKind::BackendUnreachable,
        "BackendConnectionFailure",
        why,
    )
}

/// Joins the stream with the backend's connection, until both are done, one of them has been done for
/// [`LAST_WORDS`], or the gateway stops.
pub(super) fn join(client: OnUpgrade, backend: Upgraded, stream: Stream, worker: &Rc<Worker>) {
    let kept = Rc::clone(worker);
    worker.drain.spawn(async move {
        let Ok(client) = client.await else { return };
        let ending = Rc::new(Ending::default());
        let client = Half {
            io: TokioIo::new(client),
            ending: Rc::clone(&ending),
        };
        let timer = kept.timers.timer();
        let mut joined = Box::pin(tunnel::join(client, BytesMut::new(), backend, &kept));
        std::future::poll_fn(|cx| {
            if joined.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if ending.has_begun.get() && !timer.is_armed() {
                timer.arm(LAST_WORDS);
            }
            if timer.has_fired(cx) {
                return Poll::Ready(());
            }
            Poll::Pending
        })
        .await;
        // As long as it lasts the connection is not idle.
        drop(stream);
    });
}

/// Whether one end of a tunnel has said its last.
#[derive(Default)]
struct Ending {
    has_begun: Cell<bool>,
}

/// The client's half of a tunnel, which tells when either half ends: a stream that is reset reads as
/// one that ended, and nobody would wait for the backend to notice.
struct Half<IO> {
    io: IO,
    ending: Rc<Ending>,
}

impl<IO> Half<IO> {
    fn ends(&self, waker: &Waker) {
        if !self.ending.has_begun.replace(true) {
            waker.wake_by_ref();
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Half<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if read.is_ready() && buf.filled().len() == before && buf.remaining() > 0 {
            self.ends(cx.waker());
        }
        read
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Half<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ends(cx.waker());
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
