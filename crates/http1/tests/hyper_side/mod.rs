//! The same bytes as hyper's server reads them.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::rt::ReadBufCursor;
use hyper::server::conn::http1;
use hyper::service::service_fn;

use crate::reading::{self, Reading, read};

/// Every message that we take is one that hyper takes, and the same.
pub(crate) fn check(bytes: &[u8], name: &str) {
    let ours = read([bytes]);
    let theirs = hyper_reads(bytes);
    assert!(
        theirs.len() >= ours.messages.len(),
        "{name}: hyper refuses {}",
        shown(bytes, &ours)
    );
    for (ours, theirs) in ours.messages.iter().zip(&theirs) {
        assert_eq!(&seen(ours), theirs, "{name}: {}", bytes.escape_ascii());
    }
}

fn shown(bytes: &[u8], reading: &Reading) -> String {
    format!("{} which we take as {reading:?}", bytes.escape_ascii())
}

/// A message as both readers can describe it.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    method: Method,
    target: String,
    version: Version,
    headers: HeaderMap,
    body: Vec<u8>,
    trailers: HeaderMap,
}

fn seen(message: &reading::Message) -> Seen {
    Seen {
        method: message.head.method.clone(),
        target: told_apart(&message.head.method, message.head.target.as_str()),
        version: match message.head.version {
            portcullis_http1::Version::Http10 => Version::HTTP_10,
            portcullis_http1::Version::Http11 => Version::HTTP_11,
        },
        headers: message.head.headers.clone(),
        body: message.body.clone(),
        trailers: message.trailers.clone(),
    }
}

/// hyper gives `OPTIONS http://a` and `OPTIONS http://a/` the same path: here they are the same.
fn told_apart(method: &Method, target: &str) -> String {
    if *method == Method::OPTIONS && target == "*" {
        "/"
    } else {
        target
    }
    .to_owned()
}

// === hyper ===

/// The messages that hyper's server takes whole from a connection's bytes.
pub(crate) fn hyper_reads(bytes: &[u8]) -> Vec<Seen> {
    let taken = Rc::new(RefCell::new(Vec::new()));
    let service = service_fn(|request| {
        let taken = Rc::clone(&taken);
        async move {
            if let Some(seen) = whole(request).await {
                taken.borrow_mut().push(seen);
            }
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let wire = Wire {
        unread: Bytes::copy_from_slice(bytes),
    };
    drive(http1::Builder::new().serve_connection(wire, service));
    taken.take()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the body is as long as the test has written it"
)]
async fn whole(request: Request<Incoming>) -> Option<Seen> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.ok()?;
    let trailers = body.trailers().cloned().unwrap_or_default();
    let target = head
        .uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    Some(Seen {
        target: told_apart(&head.method, &target),
        method: head.method,
        version: head.version,
        headers: head.headers,
        body: body.to_bytes().to_vec(),
        trailers,
    })
}

/// Polls until nothing moves: the wire neither ends nor wakes.
pub(crate) fn drive(connection: impl Future) {
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&flag));
    let mut connection = pin!(connection);
    while flag.0.swap(false, Ordering::Relaxed) {
        if connection
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            return;
        }
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A socket that gives what a client sent, then nothing, and swallows what is written.
struct Wire {
    unread: Bytes,
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unread.is_empty() {
            return Poll::Pending;
        }
        let size = into.remaining().min(self.unread.len());
        into.put_slice(&self.unread.split_to(size));
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
