//! Lets go of one response of an HTTP/2 connection of which its client takes nothing.
//!
//! A client gives each response a window of its own. One that opens a hundred and takes from one of
//! them alone acts all the time, and holds a hundred requests to backends open. Whatever takes nothing
//! for [`TIMES`] times as long as a connection may is reset by itself; the others go on.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use hyper::rt::Executor;
use pin_project_lite::pin_project;

use crate::exec::LocalExec;
use crate::timer::Timer;
use crate::worker::Worker;

/// Responses share what goes through a connection: one may have to wait for the others.
const TIMES: u32 = 5;

/// What a client takes of one response.
#[derive(Debug, Default)]
pub(super) struct Taking {
    /// hyper holds a piece that it has not sent.
    pub(super) held: Cell<bool>,
    /// Pieces that were sent.
    pub(super) pieces: Cell<u64>,
}

/// Runs the streams of one connection. hyper asks for it as soon as a request has begun.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    worker: Rc<Worker>,
    begun: Rc<RefCell<Option<Rc<Taking>>>>,
}

impl Streams {
    pub(super) fn new(worker: &Rc<Worker>) -> Self {
        Self {
            worker: Rc::clone(worker),
            begun: Rc::default(),
        }
    }

    /// The task that is run next serves this response.
    pub(super) fn begin(&self, taking: Rc<Taking>) {
        *self.begun.borrow_mut() = Some(taking);
    }
}

impl<F: Future<Output = ()> + 'static> Executor<F> for Streams {
    fn execute(&self, future: F) {
        match self.begun.take() {
            Some(taking) => LocalExec.execute(Watched {
                future,
                taking,
                worker: Rc::clone(&self.worker),
                timer: None,
                seen: 0,
            }),
            None => LocalExec.execute(future),
        }
    }
}

pin_project! {
    /// A stream that ends when nothing of it is taken.
    struct Watched<F> {
        #[pin]
        future: F,
        taking: Rc<Taking>,
        worker: Rc<Worker>,
        timer: Option<Timer>,
        seen: u64,
    }
}

impl<F: Future<Output = ()>> Future for Watched<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.future.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if !this.taking.held.get() {
            *this.timer = None;
            return Poll::Pending;
        }
        let pieces = this.taking.pieces.get();
        let is_new = this.timer.is_none() || *this.seen != pieces;
        let timer = this.timer.get_or_insert_with(|| this.worker.timers.timer());
        if is_new {
            *this.seen = pieces;
            let patience = this.worker.settings.client.write_timeout;
            timer.arm(patience.saturating_mul(TIMES));
        }
        if timer.has_fired(cx) {
            // Dropped, it is reset.
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
