//! Two connections that have switched protocols, joined.
//!
//! Each direction holds at most one of the core's buffers, and only while its reader is waited for:
//! nothing more is read from the other end before it is empty. An end that says no more is passed on,
//! and the other direction goes on. When nothing has moved in either direction for the idle time, or
//! when the drain time is over, both are closed.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use hyper_util::rt::TokioIo;
use portcullis_policy::host::Upgraded;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use crate::upstream::Switched;
use crate::worker::Worker;

/// Carries bytes both ways; `input` is what the client sent ahead.
pub(super) async fn join<IO>(mut client: IO, input: BytesMut, upgraded: Upgraded, worker: &Worker)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let Ok(switched) = upgraded.0.downcast::<Switched>() else {
        return;
    };
    // Held to the end: as long as the tunnel lasts, its connection to the backend is one.
    let Switched {
        upgrade,
        hold: _hold,
    } = *switched;
    let Ok(backend) = upgrade.await else { return };
    let mut backend = TokioIo::new(backend);
    let (mut up, mut down) = (Direction::new(input), Direction::new(BytesMut::new()));
    let idle = worker.timers.timer();
    std::future::poll_fn(|cx| {
        let before = (up.moved, down.moved);
        let ends = (
            up.poll(&mut client, &mut backend, worker, cx),
            down.poll(&mut backend, &mut client, worker, cx),
        );
        match ends {
            // Who broke off is of no consequence here.
            (Poll::Ready(Err(_)), _)
            | (_, Poll::Ready(Err(_)))
            | (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => return Poll::Ready(()),
            (Poll::Pending, _) | (_, Poll::Pending) => {}
        }
        if before != (up.moved, down.moved) || !idle.is_armed() {
            idle.arm(worker.settings.tunnel_idle);
        }
        if idle.has_fired(cx) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    up.rest(worker);
    down.rest(worker);
}

/// What goes one way.
struct Direction {
    /// Read and not yet written.
    held: BytesMut,
    /// How much of it was written already.
    at: usize,
    step: Step,
    /// Bytes that were written.
    moved: u64,
}

/// What a direction does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Carry,
    Flush,
    Close,
    Done,
}

impl Direction {
    fn new(held: BytesMut) -> Self {
        Self {
            held,
            at: 0,
            step: Step::Carry,
            moved: 0,
        }
    }

    /// Carries what there is; ready when the end was passed on.
    fn poll<From, To>(
        &mut self,
        from: &mut From,
        to: &mut To,
        worker: &Worker,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        From: AsyncRead + Unpin,
        To: AsyncWrite + Unpin,
    {
        loop {
            match self.step {
                Step::Carry => ready!(self.carry(from, to, worker, cx))?,
                Step::Flush => {
                    ready!(Pin::new(&mut *to).poll_flush(cx))?;
                    self.step = Step::Carry;
                }
                Step::Close => {
                    ready!(Pin::new(&mut *to).poll_shutdown(cx))?;
                    self.step = Step::Done;
                }
                Step::Done => return Poll::Ready(Ok(())),
            }
        }
    }

    fn carry<From, To>(
        &mut self,
        from: &mut From,
        to: &mut To,
        worker: &Worker,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        From: AsyncRead + Unpin,
        To: AsyncWrite + Unpin,
    {
        if self.held.is_empty() {
            let read = self.fill(from, worker, cx);
            self.rest(worker);
            if ready!(read)? == 0 {
                self.step = Step::Close;
                return Poll::Ready(Ok(()));
            }
        }
        while let Some(left) = self.held.get(self.at..).filter(|left| !left.is_empty()) {
            let sent = ready!(Pin::new(&mut *to).poll_write(cx, left))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.at += sent;
            self.moved += sent as u64;
        }
        // Not cut up, so that the core takes it back.
        self.held.clear();
        self.at = 0;
        self.step = Step::Flush;
        Poll::Ready(Ok(()))
    }

    fn fill(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        worker: &Worker,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if self.held.capacity() == 0 {
            self.held = worker.take_buffer();
        }
        pin!(from.read_buf(&mut self.held)).poll(cx)
    }

    /// Gives an empty buffer back to the core.
    fn rest(&mut self, worker: &Worker) {
        if self.held.is_empty() {
            worker.give_buffer(std::mem::take(&mut self.held));
        }
    }
}
