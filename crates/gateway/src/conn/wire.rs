//! The client's side of an HTTP/1 connection: its bytes, and the body that is read from them.

use std::cell::RefCell;
use std::future::Future as _;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use http_body::{Body as HttpBody, Frame, SizeHint};
use portcullis_http1::{BodyDecoder, BodyLength, Decoded, Expect};
use portcullis_policy::body::BodyError;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use super::failure::BodyFailure;
use crate::headers::remove_from_trailers;
use crate::pace::{Pace, Rate};
use crate::timer::Timer;
use crate::worker::{READ_SIZE, Worker};

/// How much of later requests is read ahead while one is answered.
const READ_AHEAD: usize = 16 * 1024;

/// A connection's socket with what was read from it and not used.
pub(super) struct Wire<IO> {
    pub(super) io: IO,
    pub(super) input: BytesMut,
    pub(super) decoder: BodyDecoder,
    pub(super) expect: Expect,
    pub(super) timer: Timer,
    /// How slowly the body may come, and how slowly it comes.
    rate: Rate,
    pace: Pace,
    /// How much more body this request may send.
    allowance: u64,
    is_announced_too_large: bool,
    /// Why the body broke off, for the answer.
    pub(super) failure: Option<BodyFailure>,
    /// Whoever still reads the body gets no more of it.
    is_abandoned: bool,
    interim: BytesMut,
    worker: Rc<Worker>,
}

/// A wire that the request's body and its connection share; both live on one core.
pub(super) type Shared<IO> = Rc<RefCell<Wire<IO>>>;

impl<IO: AsyncRead + AsyncWrite + Unpin> Wire<IO> {
    pub(super) fn new(io: IO, input: BytesMut, worker: &Rc<Worker>) -> Self {
        let client = &worker.settings.client;
        let decoder = BodyDecoder::new(BodyLength::None, &client.http1);
        let rate = client.request_rate();
        Self {
            io,
            input,
            decoder,
            expect: Expect::None,
            timer: worker.timers.timer(),
            rate,
            pace: rate.begin(),
            allowance: 0,
            is_announced_too_large: false,
            failure: None,
            is_abandoned: false,
            interim: BytesMut::new(),
            worker: Rc::clone(worker),
        }
    }

    /// Expects the body of the next request.
    pub(super) fn begin_body(&mut self, length: BodyLength, expect: Expect) {
        let client = &self.worker.settings.client;
        self.decoder = BodyDecoder::new(length, &client.http1);
        self.expect = expect;
        self.allowance = client.max_body;
        // A body that says that it is too large is not asked for.
        self.is_announced_too_large =
            matches!(length, BodyLength::Exactly(n) if n > client.max_body);
        self.pace = self.rate.begin();
        self.failure = None;
    }

    /// Reads more input; zero bytes is the end. While nothing has been read the connection borrows
    /// the core's buffer, so an idle one holds none.
    pub(super) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let borrowed = self.input.is_empty();
        if borrowed {
            self.input = self.worker.take_buffer();
        }
        self.input.reserve(READ_SIZE / 4);
        let read = pin!(self.io.read_buf(&mut self.input)).poll(cx);
        if borrowed && self.input.is_empty() {
            self.worker.give_buffer(std::mem::take(&mut self.input));
        }
        read
    }

    /// Gives an empty buffer back to the core.
    pub(super) fn rest(&mut self) {
        if self.input.is_empty() {
            self.worker.give_buffer(std::mem::take(&mut self.input));
        }
    }

    /// Ends the body for whoever still reads it: what comes from now on is nobody's.
    pub(super) fn abandon(&mut self) {
        self.is_abandoned = true;
    }

    /// Reads past what is left of the body, as far as it is at hand. Only when nobody reads it.
    pub(super) fn discard_at_hand(&mut self) {
        while let Ok(Decoded::Data(_) | Decoded::Trailers(_)) = self.decoder.decode(&mut self.input)
        {
        }
    }

    /// Whether the client has gone while it waits for its answer. What it sends ahead is kept.
    pub(super) fn poll_gone(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.decoder.is_done() {
            return false;
        }
        while self.input.len() < READ_AHEAD {
            match self.poll_fill(cx) {
                Poll::Ready(Ok(0) | Err(_)) => return true,
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => return false,
            }
        }
        false
    }

    /// Tells a waiting client to send its body, once.
    fn poll_continue(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.expect == Expect::Continue {
            self.expect = Expect::None;
            portcullis_http1::put_continue(&mut self.interim);
        }
        while !self.interim.is_empty() {
            let sent = ready!(Pin::new(&mut self.io).poll_write(cx, &self.interim))?;
            self.interim.advance(sent);
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFailure>>> {
        loop {
            if self.is_abandoned {
                return Poll::Ready(Some(Err(BodyFailure::Gone)));
            }
            if self.is_announced_too_large {
                return Poll::Ready(Some(Err(BodyFailure::TooLarge)));
            }
            match self.decoder.decode(&mut self.input) {
                Ok(Decoded::Data(data)) => {
                    let Some(left) = self.allowance.checked_sub(data.len() as u64) else {
                        return Poll::Ready(Some(Err(BodyFailure::TooLarge)));
                    };
                    self.allowance = left;
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Ok(Decoded::Trailers(mut trailers)) => {
                    remove_from_trailers(&mut trailers);
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
                Ok(Decoded::Done) => {
                    self.timer.disarm();
                    return Poll::Ready(None);
                }
                Err(refusal) => return Poll::Ready(Some(Err(BodyFailure::Refused(refusal)))),
                Ok(Decoded::NeedMore) => {}
            }
            match self.poll_more(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(failure)) => return Poll::Ready(Some(Err(failure))),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Reads more of the body, within the body's deadline.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyFailure>> {
        if self.expect == Expect::Continue || !self.interim.is_empty() {
            ready!(self.poll_continue(cx)).map_err(|_| BodyFailure::Gone)?;
        }
        match self.poll_fill(cx) {
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Err(BodyFailure::Gone)),
            Poll::Ready(Ok(read)) => {
                self.pace.moved(self.rate, read, self.worker.timers.ticks());
                // Not while nobody asks for more: then it is not the client that is waited for.
                self.timer.disarm();
                Poll::Ready(Ok(()))
            }
            Poll::Pending => {
                if !self.timer.is_armed() {
                    let now = self.worker.timers.ticks();
                    self.timer.arm(self.pace.wait(self.rate, now));
                }
                if self.timer.has_fired(cx) {
                    Poll::Ready(Err(BodyFailure::Timeout))
                } else {
                    Poll::Pending
                }
            }
        }
    }
}

/// The body of one request; whoever reads it reads from the connection.
pub(super) struct RequestBody<IO> {
    wire: Shared<IO>,
    length: BodyLength,
}

impl<IO> RequestBody<IO> {
    pub(super) fn new(wire: Shared<IO>, length: BodyLength) -> Self {
        Self { wire, length }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> HttpBody for RequestBody<IO> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let wire = &mut *self.wire.borrow_mut();
        let frame = ready!(wire.poll_body(cx));
        Poll::Ready(frame.map(|frame| {
            frame.map_err(|failure| {
                wire.failure = Some(failure);
                failure.into_error(wire.worker.settings.client.max_body)
            })
        }))
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            BodyLength::None => SizeHint::with_exact(0),
            BodyLength::Exactly(n) => SizeHint::with_exact(n),
            BodyLength::Chunked => SizeHint::new(),
        }
    }
}
