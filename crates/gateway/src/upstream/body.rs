//! A backend's response body, which gives its connection back when it has been read to its end.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use portcullis_policy::body::{Body, BodyError};

use super::pool::{Place, Pool};
use crate::timer::Timer;

/// The right to a connection; goes back to the pool or counts as closed.
pub(crate) struct Lease {
    pub(super) pool: Rc<Pool>,
    pub(super) place: Rc<Place>,
    pub(super) sender: Option<http1::SendRequest<Body>>,
}

impl Lease {
    /// Gives the connection back: the response has been read to its end.
    pub(super) fn give_back(mut self) {
        if let Some(sender) = self.sender.take() {
            self.pool.checkin(&self.place, sender);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.sender.take().is_some() {
            self.place.closed();
        }
    }
}

/// A response body with a deadline between its pieces.
pub(super) struct UpstreamBody {
    pub(super) incoming: Incoming,
    pub(super) lease: Option<Lease>,
    pub(super) timer: Timer,
    pub(super) patience: Duration,
    pub(super) armed: bool,
}

impl UpstreamBody {
    fn settle(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl HttpBody for UpstreamBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.incoming).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if std::mem::take(&mut this.armed) {
                    this.timer.disarm();
                }
                if this.incoming.is_end_stream() {
                    this.settle();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.lease = None;
                Poll::Ready(Some(Err(BodyError::Broken(error.to_string()))))
            }
            Poll::Ready(None) => {
                this.settle();
                Poll::Ready(None)
            }
            Poll::Pending => {
                if !std::mem::replace(&mut this.armed, true) {
                    this.timer.arm(this.patience);
                }
                if this.timer.has_fired(cx) {
                    this.lease = None;
                    return Poll::Ready(Some(Err(BodyError::Timeout)));
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
