//! What happens on an HTTP/2 connection, and how long nothing may.
//!
//! hyper keeps a connection as long as its client answers pings. A client that asks for nothing, or
//! that takes nothing of what it asked for, is let go all the same.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Context;

use crate::timer::Timer;
use crate::worker::Worker;

/// What happens on one connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Requests that have not ended.
    open: Cell<usize>,
    /// Responses of which hyper holds a piece that it has not sent whole.
    held: Cell<usize>,
    /// Grows whenever a request begins or a piece was sent.
    progress: Cell<u64>,
}

/// One request from its head to the end of its response.
#[derive(Debug)]
pub(super) struct Stream {
    activity: Rc<Activity>,
    holds: bool,
}

/// How long nothing has happened on one connection.
#[derive(Debug)]
pub(super) struct Patience {
    timer: Timer,
    seen: u64,
    waits_for: Quiet,
}

/// What may be quiet about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quiet {
    /// Nothing: a backend is waited for, or the client acts.
    Nothing,
    /// The client asks for nothing.
    Asking,
    /// The client takes nothing of what it asked for.
    Taking,
}

impl Activity {
    /// A request begins.
    pub(super) fn begin(self: &Rc<Self>) -> Stream {
        self.open.set(self.open.get() + 1);
        self.advance();
        Stream {
            activity: Rc::clone(self),
            holds: false,
        }
    }

    fn advance(&self) {
        self.progress.set(self.progress.get().wrapping_add(1));
    }

    fn quiet(&self) -> Quiet {
        match (self.open.get(), self.held.get()) {
            (0, _) => Quiet::Asking,
            (_, 0) => Quiet::Nothing,
            _ => Quiet::Taking,
        }
    }
}

impl Stream {
    /// hyper asks for the next piece, so it has sent the last one.
    pub(super) fn sent(&mut self) {
        if std::mem::take(&mut self.holds) {
            self.activity.held.set(self.activity.held.get() - 1);
            self.activity.advance();
        }
    }

    /// hyper was given a piece.
    pub(super) fn gave(&mut self) {
        if !std::mem::replace(&mut self.holds, true) {
            self.activity.held.set(self.activity.held.get() + 1);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.sent();
        self.activity.open.set(self.activity.open.get() - 1);
        self.activity.advance();
    }
}

impl Patience {
    pub(super) fn new(worker: &Worker) -> Self {
        Self {
            timer: worker.timers.timer(),
            seen: 0,
            waits_for: Quiet::Nothing,
        }
    }

    /// What the client has been quiet about for too long; the task is woken when that changes.
    pub(super) fn poll(&mut self, activity: &Activity, worker: &Worker, cx: &Context<'_>) -> Quiet {
        let client = &worker.settings.client;
        let (progress, quiet) = (activity.progress.get(), activity.quiet());
        if progress != self.seen || quiet != self.waits_for {
            (self.seen, self.waits_for) = (progress, quiet);
            self.timer.disarm();
        }
        let patience = match quiet {
            Quiet::Nothing => return Quiet::Nothing,
            Quiet::Asking => client.idle_timeout,
            Quiet::Taking => client.write_timeout,
        };
        if !self.timer.is_armed() {
            self.timer.arm(patience);
        }
        if self.timer.has_fired(cx) {
            // Whoever goes on waiting waits anew.
            self.timer.disarm();
            quiet
        } else {
            Quiet::Nothing
        }
    }
}
