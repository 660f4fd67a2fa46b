//! A connection whose frames are watched as its bytes pass.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Excess, FrameWatch};
use crate::timer::Timers;

/// A connection that ends when its other end has spent its budget of frames.
pub(crate) struct Watched<IO> {
    io: IO,
    /// What was read before anybody watched.
    input: BytesMut,
    watch: FrameWatch,
    timers: Rc<Timers>,
    unfinished: Rc<Cell<Option<u64>>>,
    is_over: bool,
}

impl<IO> Watched<IO> {
    /// Watches a client; `input` is what was read from it already.
    pub(crate) fn client(io: IO, input: BytesMut, timers: &Rc<Timers>) -> Self {
        Self::new(io, input, FrameWatch::of_client(timers.ticks()), timers)
    }

    /// Watches a server.
    pub(crate) fn server(io: IO, timers: &Rc<Timers>) -> Self {
        let watch = FrameWatch::of_server(timers.ticks());
        Self::new(io, BytesMut::new(), watch, timers)
    }

    fn new(io: IO, input: BytesMut, watch: FrameWatch, timers: &Rc<Timers>) -> Self {
        Self {
            io,
            input,
            watch,
            timers: Rc::clone(timers),
            unfinished: Rc::default(),
            is_over: false,
        }
    }

    /// The number of what the other end has begun to say and not ended, kept current.
    pub(crate) fn unfinished(&self) -> Rc<Cell<Option<u64>>> {
        Rc::clone(&self.unfinished)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Watched<IO> {
    fn poll_bytes(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.input.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let size = self.input.len().min(buf.remaining());
        buf.put_slice(self.input.get(..size).unwrap_or_default());
        self.input.advance(size);
        Poll::Ready(Ok(()))
    }

    /// Says why, if that can be said at once and as a frame, and ends the connection.
    fn end(&mut self, excess: Excess, cx: &mut Context<'_>) -> io::Error {
        self.is_over = true;
        if let Some(goodbye) = self.watch.goodbye(excess) {
            // Whoever floods us is not waited for.
            let _: Poll<io::Result<usize>> = Pin::new(&mut self.io).poll_write(cx, &goodbye);
            let _: Poll<io::Result<()>> = Pin::new(&mut self.io).poll_flush(cx);
        }
        tracing::debug!(reason = excess.reason(), "an HTTP/2 connection is ended");
        io::Error::other(excess.reason())
    }

    fn wrote(&mut self, bytes: &[u8], written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(size)) = written {
            self.watch.sent(bytes.get(..*size).unwrap_or_default());
        }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for Watched<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        let read = std::task::ready!(this.poll_bytes(cx, buf));
        let bytes = buf.filled().get(before..).unwrap_or_default();
        if let Err(excess) = this.watch.received(bytes, this.timers.ticks()) {
            return Poll::Ready(Err(this.end(excess, cx)));
        }
        this.unfinished.set(this.watch.unfinished());
        Poll::Ready(read)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.is_over {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut this.io).poll_write(cx, buf);
        this.wrote(buf, &written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.is_over {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        if let Poll::Ready(Ok(size)) = &written {
            let mut left = *size;
            for buf in bufs {
                let part = left.min(buf.len());
                this.watch.sent(buf.get(..part).unwrap_or_default());
                left -= part;
            }
        }
        written
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
