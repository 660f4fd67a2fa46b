//! The bodies of a request and of its response.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use portcullis_http1::Limits as Http1Limits;
use portcullis_policy::body::{Body, BodyError};

use super::super::activity::{Piece, Stream, Upload};
use super::super::failure::BodyFailure;
use super::super::record::Recording;
use super::head;
use crate::headers::remove_from_trailers;
use crate::pace::{Pace, Rate};
use crate::timer::{Timer, Timers};
use crate::worker::Worker;

/// Why a request's body broke off, where the answer finds it.
pub(super) type Failure = Rc<Cell<Option<BodyFailure>>>;

/// A request body with a deadline between its pieces and a limit.
pub(super) struct ClientBody {
    incoming: Incoming,
    left: u64,
    limit: u64,
    timer: Timer,
    timers: Rc<Timers>,
    rate: Rate,
    pace: Pace,
    upload: Upload,
    limits: Http1Limits,
    /// Why it broke off, for the answer.
    failure: Failure,
}

impl ClientBody {
    pub(super) fn new(
        incoming: Incoming,
        worker: &Worker,
        stream: &Stream,
        failure: &Failure,
    ) -> Self {
        let client = &worker.settings.client;
        let rate = client.request_rate();
        Self {
            incoming,
            left: client.max_body,
            limit: client.max_body,
            timer: worker.timers.timer(),
            timers: Rc::clone(&worker.timers),
            rate,
            pace: rate.begin(),
            upload: stream.upload(),
            limits: client.http1,
            failure: Rc::clone(failure),
        }
    }

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

    fn check_trailers(&self, trailers: &mut HeaderMap) -> Result<(), BodyFailure> {
        head::check_trailers(trailers, &self.limits).map_err(BodyFailure::Refused)?;
        remove_from_trailers(trailers);
        Ok(())
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
        if let Some(trailers) = frame.as_mut().ok().and_then(Frame::trailers_mut)
            && let Err(failure) = this.check_trailers(trailers)
        {
            return this.fail(failure);
        }
        let data = frame.as_ref().ok().and_then(Frame::data_ref);
        let size = data.map_or(0, Bytes::len);
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
pub(super) struct RecordedBody {
    body: Body,
    recording: Option<Recording>,
    stream: Option<Stream>,
}

impl RecordedBody {
    /// What answers a request that is recorded.
    pub(super) fn new(body: Body, recording: Recording, stream: Stream) -> Self {
        let (recording, stream) = if body.is_end_stream() {
            recording.complete();
            (None, None)
        } else {
            (Some(recording), Some(stream))
        };
        Self {
            body,
            recording,
            stream,
        }
    }

    /// What answers something that never was a request.
    pub(super) fn unrecorded(body: Body, stream: Stream) -> Self {
        Self {
            stream: (!body.is_end_stream()).then_some(stream),
            body,
            recording: None,
        }
    }
}

impl HttpBody for RecordedBody {
    type Data = Piece;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, BodyError>>> {
        let this = &mut *self;
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if let Some(Ok(data)) = frame.as_ref().map(|f| f.as_ref().map(Frame::data_ref))
            && let (Some(data), Some(recording)) = (data, &mut this.recording)
        {
            recording.sent(data.len());
        }
        if (frame.is_none() || this.body.is_end_stream())
            && let Some(recording) = this.recording.take()
        {
            recording.complete();
        }
        let stream = this.stream.as_ref();
        let piece = |data| match stream {
            Some(stream) => stream.piece(data),
            None => Piece::free(data),
        };
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
