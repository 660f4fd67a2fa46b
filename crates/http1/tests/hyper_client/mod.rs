//! A response as hyper's client reads it.

use std::cell::RefCell;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper::rt::ReadBufCursor;

use crate::hyper_side::drive;

/// A response that was read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What the client takes for the answer to GET when a server sends these bytes and closes.
pub(crate) fn read(bytes: &[u8]) -> Option<Response> {
    let wire = Wire {
        unread: Bytes::copy_from_slice(bytes),
        asked: false,
    };
    let read = RefCell::new(None);
    drive(async {
        let (mut sender, connection) = http1::handshake(wire).await.ok()?;
        let request = Request::new(Empty::<Bytes>::new());
        let mut asking = pin!(async { whole(sender.send_request(request).await.ok()?).await });
        let mut connection = pin!(connection);
        let mut ended = false;
        let response = std::future::poll_fn(|cx| {
            ended = ended || connection.as_mut().poll(cx).is_ready();
            asking.as_mut().poll(cx)
        });
        *read.borrow_mut() = response.await;
        Some(())
    });
    read.into_inner()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the body is as long as the test has written it"
)]
async fn whole(response: http::Response<hyper::body::Incoming>) -> Option<Response> {
    let (head, body) = response.into_parts();
    Some(Response {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.ok()?.to_bytes().to_vec(),
    })
}

/// A socket that gives what a server sends once it was asked, and then ends.
struct Wire {
    unread: Bytes,
    asked: bool,
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.asked {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let size = into.remaining().min(self.unread.len());
        into.put_slice(&self.unread.split_to(size));
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.asked = true;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
