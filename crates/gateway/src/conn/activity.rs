//! What happens on an HTTP/2 connection, and how long nothing may.
//!
//! hyper keeps a connection as long as its client answers pings. A client that asks for nothing, that
//! does not end what it began to say, or that takes nothing of what it asked for, is let go all the
//! same.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, Bytes};
use pin_project_lite::pin_project;

use crate::exec::LocalExec;
use crate::pace::{Pace, Rate};
use crate::timer::{TICK, Timer, Timers};
use crate::worker::Worker;

/// Responses share what goes through a connection: one of them may have to wait for the others, up to so
/// many times as long as a connection may.
const TIMES: u64 = 5;

/// How often it is looked at who takes nothing, within the time that is granted for it.
const LOOKS: u32 = 2;

/// What happens on one connection.
#[derive(Debug)]
pub(super) struct Activity {
    timers: Rc<Timers>,
    /// The slowest that responses may be taken, all streams together.
    rate: Rate,
    /// The tick at which a request began last.
    begun_at: Cell<u64>,
    /// The tick at which something of a response was taken last.
    taken_at: Cell<u64>,
    /// Requests that have not ended: whose response is not made or not taken.
    open: RefCell<Vec<Weak<State>>>,
    /// Those of them of whose response a piece is held.
    held: Cell<usize>,
    /// Request bodies of which a piece was read and not yet the next one asked for.
    unread: Cell<usize>,
    /// Grows whenever a request begins or ends.
    progress: Cell<u64>,
    /// The request that hyper was just handed and has not begun to run.
    begun: RefCell<Option<Weak<State>>>,
    /// Wakes the connection.
    connection: RefCell<Option<Waker>>,
}

/// One request from its head until its response was taken whole.
#[derive(Debug, Clone)]
pub(super) struct Stream(Rc<State>);

#[derive(Debug)]
struct State {
    activity: Rc<Activity>,
    /// Its place in [`Activity::open`].
    index: Cell<usize>,
    /// How much of the response was handed over and not taken.
    held: Cell<u64>,
    /// The tick since which nothing of it was taken.
    since: Cell<u64>,
    pace: RefCell<Pace>,
    is_given_up: Cell<bool>,
    /// Wakes what still makes the response.
    task: RefCell<Option<Waker>>,
}

/// One request's body as it is read.
#[derive(Debug)]
pub(super) struct Upload {
    activity: Rc<Activity>,
    is_unread: bool,
}

/// A piece of a response, held until the client has taken it.
#[derive(Debug)]
pub(super) struct Piece {
    data: Bytes,
    stream: Option<Stream>,
}

/// Runs what hyper runs, and lets it be given up.
#[derive(Debug, Clone)]
pub(super) struct StreamExec(pub(super) Rc<Activity>);

/// How long nothing has happened on one connection.
#[derive(Debug)]
pub(super) struct Patience {
    asking: Timer,
    finishing: Timer,
    taking: Timer,
    /// How often it is looked at who takes nothing.
    look: Duration,
    seen: u64,
    unfinished: Option<u64>,
    /// It was said goodbye to, and has only to hear it.
    hurries: bool,
}

/// What a client has done nothing about for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quiet {
    /// Nothing: a backend is waited for, or the client acts.
    Nothing,
    /// It asks for nothing.
    Asking,
    /// It does not end the head that it began, or takes nothing of what it asked for.
    Gone,
}

// === Activity ===

impl Activity {
    pub(super) fn new(worker: &Worker) -> Self {
        Self {
            timers: Rc::clone(&worker.timers),
            rate: worker.settings.client.response_rate(),
            begun_at: Cell::default(),
            taken_at: Cell::default(),
            open: RefCell::default(),
            held: Cell::default(),
            unread: Cell::default(),
            progress: Cell::default(),
            begun: RefCell::default(),
            connection: RefCell::default(),
        }
    }

    /// A request begins.
    pub(super) fn begin(self: &Rc<Self>) -> Stream {
        let mut open = self.open.borrow_mut();
        let state = Rc::new(State {
            activity: Rc::clone(self),
            index: Cell::new(open.len()),
            held: Cell::default(),
            since: Cell::default(),
            pace: RefCell::new(self.rate.begin()),
            is_given_up: Cell::default(),
            task: RefCell::default(),
        });
        open.push(Rc::downgrade(&state));
        self.begun_at.set(self.timers.ticks());
        self.advance();
        *self.begun.borrow_mut() = Some(Rc::downgrade(&state));
        Stream(state)
    }

    fn advance(&self) {
        self.progress.set(self.progress.get().wrapping_add(1));
    }

    /// A response is held: from now on the connection looks whether it is taken. h2 does not wake it
    /// for a piece that there is no window for.
    fn hold(&self) {
        let held = self.held.get();
        self.held.set(held + 1);
        if held == 0
            && let Some(connection) = &*self.connection.borrow()
        {
            connection.wake_by_ref();
        }
    }

    fn is_watched_by(&self, waker: &Waker) {
        let mut connection = self.connection.borrow_mut();
        if !connection.as_ref().is_some_and(|c| c.will_wake(waker)) {
            *connection = Some(waker.clone());
        }
    }

    fn is_asked(&self) -> bool {
        !self.open.borrow().is_empty()
    }

    /// The slowest that each of the responses that are held may be taken.
    fn share(&self) -> Rate {
        self.rate.shared(self.held.get() as u64)
    }

    fn leave(&self, index: usize) {
        let mut open = self.open.borrow_mut();
        if index < open.len() {
            open.swap_remove(index);
        }
        if let Some(moved) = open.get(index).and_then(Weak::upgrade) {
            moved.index.set(index);
        }
        drop(open);
        self.advance();
    }

    /// Gives up the responses that are not taken; whether the connection is to be given up with them,
    /// because nothing else happens on it or nothing less would free what they hold.
    fn give_up_untaken(&self) -> bool {
        let open: Vec<_> = self
            .open
            .borrow()
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let is_untaken = |state: &&Rc<State>| state.is_untaken();
        let untaken: Vec<_> = open.iter().filter(is_untaken).collect();
        let is_new = self.timers.ticks() - self.begun_at.get() < self.rate.patience();
        let all = !is_new && !untaken.is_empty() && untaken.len() == open.len();
        all || untaken.iter().any(|state| !state.give_up())
    }
}

// === Stream ===

impl Stream {
    /// A piece of its response.
    pub(super) fn piece(&self, data: Bytes) -> Piece {
        let state = &self.0;
        if state.held.get() == 0 {
            state.activity.hold();
            state.waits();
        }
        state.held.set(state.held.get() + data.len() as u64);
        Piece {
            stream: (!data.is_empty()).then(|| Self(Rc::clone(state))),
            data,
        }
    }

    /// The request's body.
    pub(super) fn upload(&self) -> Upload {
        Upload {
            activity: Rc::clone(&self.0.activity),
            is_unread: false,
        }
    }
}

impl State {
    /// Begins to wait for the client.
    fn waits(&self) {
        let now = self.activity.timers.ticks();
        self.since.set(now);
        self.pace.borrow_mut().wait(self.activity.share(), now);
    }

    fn took(&self, size: usize) {
        let activity = &self.activity;
        let now = activity.timers.ticks();
        activity.taken_at.set(now);
        {
            let mut pace = self.pace.borrow_mut();
            // Until now it had its share; what is kept of it may be the whole.
            pace.wait(activity.share(), now);
            pace.moved(activity.rate, size, now);
        }
        self.release(size as u64);
        if self.held.get() > 0 {
            self.waits();
        }
    }

    fn release(&self, size: u64) {
        let held = self.held.get();
        self.held.set(held.saturating_sub(size));
        if held > 0 && held <= size {
            self.activity.held.set(self.activity.held.get() - 1);
        }
    }

    /// Whether nothing was taken for too long, or too little.
    fn is_untaken(&self) -> bool {
        if self.held.get() == 0 {
            return false;
        }
        let activity = &self.activity;
        let (now, patience) = (activity.timers.ticks(), activity.rate.patience());
        let others = (activity.held.get() as u64).clamp(1, TIMES);
        let (waits, stalls) = (now - self.since.get(), now - activity.taken_at.get());
        let is_too_slow = self.pace.borrow_mut().wait(activity.share(), now).is_zero();
        is_too_slow || waits >= patience && (stalls >= patience || waits >= patience * others)
    }

    /// Ends what makes the response, and with it the stream; false if the response was made already.
    fn give_up(&self) -> bool {
        self.is_given_up.set(true);
        let task = self.task.borrow_mut().take();
        task.map(Waker::wake).is_some()
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

impl Drop for State {
    fn drop(&mut self) {
        self.release(self.held.get());
        self.activity.leave(self.index.get());
    }
}

// === Piece ===

impl Piece {
    /// Nobody holds it.
    pub(super) fn free(data: Bytes) -> Self {
        Self { data, stream: None }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.data.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.data
    }

    fn advance(&mut self, size: usize) {
        self.data.advance(size);
        if let Some(stream) = &self.stream {
            stream.0.took(size);
        }
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [io::IoSlice<'a>]) -> usize {
        self.data.chunks_vectored(slices)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(stream) = &self.stream {
            stream.0.release(self.data.len() as u64);
        }
    }
}

// === StreamExec ===

pin_project! {
    /// What makes a response, until it is given up.
    struct Making<F> {
        #[pin]
        future: F,
        stream: Option<Weak<State>>,
    }
}

impl<F: Future<Output = ()>> Future for Making<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let state = this.stream.as_ref().and_then(Weak::upgrade);
        if state.as_ref().is_some_and(|state| state.is_given_up.get()) {
            return Poll::Ready(());
        }
        let polled = this.future.poll(cx);
        if let Some(state) = state {
            let mut task = state.task.borrow_mut();
            if polled.is_ready() {
                *task = None;
            } else if !task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
                *task = Some(cx.waker().clone());
            }
        }
        polled
    }
}

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for StreamExec {
    fn execute(&self, future: F) {
        // hyper calls the service and hands over what came of it in one step.
        let stream = self.0.begun.borrow_mut().take();
        LocalExec.execute(Making { future, stream });
    }
}

// === Patience ===

impl Patience {
    pub(super) fn new(worker: &Worker) -> Self {
        let client = &worker.settings.client;
        let grace = match client.min_response_rate {
            0 => client.write_timeout,
            _ => client.rate_grace,
        };
        Self {
            asking: worker.timers.timer(),
            finishing: worker.timers.timer(),
            taking: worker.timers.timer(),
            look: client.write_timeout.min(grace).max(TICK) / LOOKS,
            seen: 0,
            unfinished: None,
            hurries: false,
        }
    }

    /// From now on the client has only as long as for a head.
    pub(super) fn hurry(&mut self) {
        self.hurries = true;
    }

    /// What the client has been quiet about for too long; the task is woken when that changes.
    /// `unfinished` is the number of what it has begun to say.
    pub(super) fn poll(
        &mut self,
        activity: &Activity,
        unfinished: Option<u64>,
        worker: &Worker,
        cx: &Context<'_>,
    ) -> Quiet {
        let client = &worker.settings.client;
        activity.is_watched_by(cx.waker());
        if std::mem::replace(&mut self.unfinished, unfinished) != unfinished {
            self.finishing.disarm();
        }
        if unfinished.is_some() && expired(&self.finishing, client.head_timeout, cx) {
            return Quiet::Gone;
        }
        if activity.held.get() == 0 {
            self.taking.disarm();
        } else if expired(&self.taking, self.look, cx) {
            // Looks again as long as something is held; the timer wakes nobody who did not ask it.
            if activity.give_up_untaken() {
                return Quiet::Gone;
            }
            let _: bool = expired(&self.taking, self.look, cx);
        }
        let progress = activity.progress.get();
        if std::mem::replace(&mut self.seen, progress) != progress || activity.is_asked() {
            self.asking.disarm();
        }
        let idle = if self.hurries {
            client.head_timeout
        } else {
            client.idle_timeout
        };
        if !activity.is_asked() && expired(&self.asking, idle, cx) {
            return Quiet::Asking;
        }
        Quiet::Nothing
    }
}

/// Whether a deadline has passed, which begins now if there was none; whoever goes on waiting waits
/// anew.
fn expired(timer: &Timer, after: Duration, cx: &Context<'_>) -> bool {
    if !timer.is_armed() {
        timer.arm(after);
    }
    let has_fired = timer.has_fired(cx);
    if has_fired {
        timer.disarm();
    }
    has_fired
}
