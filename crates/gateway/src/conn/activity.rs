//! What happens on an HTTP/2 connection, and how long nothing may.
//!
//! hyper keeps a connection as long as its client answers pings. A client that asks for nothing, or
//! that takes nothing of what it asked for, is let go all the same.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Context;

use super::taking::Taking;
use crate::pace::{Pace, Rate};
use crate::timer::Timer;
use crate::worker::Worker;

/// What happens on one connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Requests that have not ended.
    open: Cell<usize>,
    /// Responses of which hyper holds a piece that it has not sent whole.
    held: Cell<usize>,
    /// Bytes of responses that were sent.
    taken: Cell<usize>,
    /// Request bodies of which a piece was read and not yet the next one asked for.
    unread: Cell<usize>,
    /// Grows whenever a request begins or a piece was sent.
    progress: Cell<u64>,
}

/// One request from its head to the end of its response.
#[derive(Debug)]
pub(super) struct Stream {
    activity: Rc<Activity>,
    /// The size of the piece that hyper holds.
    holds: Option<usize>,
    taking: Rc<Taking>,
}

/// One request's body as it is read.
#[derive(Debug)]
pub(super) struct Upload {
    activity: Rc<Activity>,
    is_unread: bool,
}

/// How long nothing has happened on one connection.
#[derive(Debug)]
pub(super) struct Patience {
    timer: Timer,
    rate: Rate,
    pace: Pace,
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
            holds: None,
            taking: Rc::default(),
        }
    }

    fn take(&self) -> usize {
        self.taken.replace(0)
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
        if let Some(size) = self.holds.take() {
            self.taking.held.set(false);
            self.taking.pieces.set(self.taking.pieces.get() + 1);
            self.activity.held.set(self.activity.held.get() - 1);
            self.activity.taken.set(self.activity.taken.get() + size);
            self.activity.advance();
        }
    }

    /// hyper was given a piece of this size.
    pub(super) fn gave(&mut self, size: usize) {
        self.taking.held.set(true);
        if self.holds.replace(size).is_none() {
            self.activity.held.set(self.activity.held.get() + 1);
        }
    }

    /// What the client takes of the response.
    pub(super) fn taking(&self) -> Rc<Taking> {
        Rc::clone(&self.taking)
    }

    /// The request's body.
    pub(super) fn upload(&self) -> Upload {
        Upload {
            activity: Rc::clone(&self.activity),
            is_unread: false,
        }
    }
}

impl Upload {
    /// A piece was read (`true`), or the next one is asked for.
    pub(super) fn set_unread(&mut self, is_unread: bool) {
        let unread = &self.activity.unread;
        match (std::mem::replace(&mut self.is_unread, is_unread), is_unread) {
            (false, true) => unread.set(unread.get() + 1),
            (true, false) => unread.set(unread.get() - 1),
            (false, false) | (true, true) => {}
        }
    }

    /// Whether another body of the connection is not being read. All of them share a window: the client
    /// may have to wait for us.
    pub(super) fn may_be_held_up(&self) -> bool {
        self.activity.unread.get() > usize::from(self.is_unread)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.set_unread(false);
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
        let rate = worker.settings.client.response_rate();
        Self {
            timer: worker.timers.timer(),
            rate,
            pace: rate.begin(),
            seen: 0,
            waits_for: Quiet::Nothing,
        }
    }

    /// What the client has been quiet about for too long; the task is woken when that changes.
    pub(super) fn poll(&mut self, activity: &Activity, worker: &Worker, cx: &Context<'_>) -> Quiet {
        let now = worker.timers.ticks();
        let (progress, quiet) = (activity.progress.get(), activity.quiet());
        if progress != self.seen || quiet != self.waits_for {
            (self.seen, self.waits_for) = (progress, quiet);
            self.timer.disarm();
            // Whatever was waited for, it is over.
            self.pace.moved(self.rate, activity.take(), now);
        }
        if quiet == Quiet::Nothing {
            return Quiet::Nothing;
        }
        if !self.timer.is_armed() {
            self.timer.arm(match quiet {
                Quiet::Taking => self.pace.wait(self.rate, now),
                Quiet::Asking | Quiet::Nothing => worker.settings.client.idle_timeout,
            });
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
