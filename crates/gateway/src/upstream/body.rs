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

use super::pool::{Place, Pool, Slot, User};
use crate::timer::Timer;

/// A connection that nobody else uses; goes back to the pool or is gone.
pub(crate) struct Lease {
    pub(super) pool: Rc<Pool>,
    pub(super) place: Rc<Place>,
    pub(super) sender: http1::SendRequest<Body>,
    pub(super) slot: Slot,
}

/// What a request holds of its connection.
pub(crate) enum Hold {
    /// All of it.
    Alone(Lease),
    /// A part.
    Shared(#[expect(dead_code, reason = "held to be counted")] User),
}

impl Hold {
    /// Gives the connection back: the response has been read to its end.
    pub(super) fn give_back(self) {
        if let Self::Alone(Lease {
            pool,
            place,
            sender,
            slot,
        }) = self
        {
            pool.checkin(&place, sender, slot);
        }
    }
}

/// A response body with a deadline between its pieces.
pub(super) struct UpstreamBody {
    pub(super) incoming: Incoming,
    pub(super) hold: Option<Hold>,
    pub(super) timer: Timer,
    pub(super) patience: Duration,
    pub(super) armed: bool,
}

impl UpstreamBody {
    fn settle(&mut self) {
        if let Some(hold) = self.hold.take() {
            hold.give_back();
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
                this.hold = None;
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
                    this.hold = None;
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
