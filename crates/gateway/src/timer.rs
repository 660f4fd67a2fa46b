//! Coarse deadlines: one sweep a core instead of one timer entry a wait.
//!
//! Every connection waits with a deadline on every step of every request. Putting each into the
//! runtime's timer wheel costs more than the wait is worth, so a core keeps its deadlines in a slab
//! and looks at all of them every [`TICK`]. A deadline fires at most one tick late, never early.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How often deadlines are looked at.
pub(crate) const TICK: Duration = Duration::from_millis(50);

const NEVER: u64 = u64::MAX;

/// All deadlines of one core.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    slots: RefCell<Vec<Slot>>,
    free: RefCell<Vec<usize>>,
    /// Ticks since the core started.
    now: Cell<u64>,
}

#[derive(Debug)]
struct Slot {
    at: u64,
    waker: Option<Waker>,
    fired: bool,
}

/// One deadline; its slot returns to the slab on drop.
#[derive(Debug)]
pub(crate) struct Timer {
    timers: Rc<Timers>,
    index: usize,
}

/// The deadline passed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed;

impl Timers {
    /// A new deadline, not armed.
    pub(crate) fn timer(self: &Rc<Self>) -> Timer {
        let mut slots = self.slots.borrow_mut();
        let fresh = Slot {
            at: NEVER,
            waker: None,
            fired: false,
        };
        let index = self.free.borrow_mut().pop().unwrap_or(slots.len());
        match slots.get_mut(index) {
            Some(slot) => *slot = fresh,
            None => slots.push(fresh),
        }
        Timer {
            timers: Rc::clone(self),
            index,
        }
    }

    /// How many ticks have passed since the core started.
    pub(crate) fn ticks(&self) -> u64 {
        self.now.get()
    }

    /// Runs `future`, pinned so that it is not moved in here, until `after` has passed.
    ///
    /// Cancel: as `future`.
    pub(crate) async fn timeout<F: Future>(
        self: &Rc<Self>,
        after: Duration,
        mut future: Pin<&mut F>,
    ) -> Result<F::Output, Elapsed> {
        let timer = self.timer();
        timer.arm(after);
        std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending if timer.has_fired(cx) => Poll::Ready(Err(Elapsed)),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Fires what is due; the core's sweep task calls it once a tick.
    pub(crate) fn sweep(&self) {
        let now = self.now.get() + 1;
        self.now.set(now);
        let mut due = Vec::new();
        for slot in self
            .slots
            .borrow_mut()
            .iter_mut()
            .filter(|slot| slot.at <= now)
        {
            slot.at = NEVER;
            slot.fired = true;
            due.extend(slot.waker.take());
        }
        due.into_iter().for_each(Waker::wake);
    }
}

impl Timer {
    /// Sets the deadline, `after` from now.
    pub(crate) fn arm(&self, after: Duration) {
        let ticks = u64::try_from(after.as_nanos().div_ceil(TICK.as_nanos())).unwrap_or(NEVER);
        // One more: the current tick is already partly over.
        let at = self
            .timers
            .now
            .get()
            .saturating_add(ticks)
            .saturating_add(1);
        self.with_slot(|slot| (slot.at, slot.fired) = (at, false));
    }

    /// Takes the deadline away.
    pub(crate) fn disarm(&self) {
        self.with_slot(|slot| (slot.at, slot.fired) = (NEVER, false));
    }

    /// Whether there is a deadline; one that has passed is there until it is taken away or set anew.
    pub(crate) fn is_armed(&self) -> bool {
        self.with_slot(|slot| slot.at != NEVER || slot.fired)
            .unwrap_or(false)
    }

    /// Whether the deadline has passed; if not, the task is woken when it does.
    pub(crate) fn has_fired(&self, cx: &Context<'_>) -> bool {
        self.with_slot(|slot| {
            if !slot.fired && !slot.waker.as_ref().is_some_and(|w| w.will_wake(cx.waker())) {
                slot.waker = Some(cx.waker().clone());
            }
            slot.fired
        })
        .unwrap_or(true)
    }

    fn with_slot<T>(&self, change: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.timers
            .slots
            .borrow_mut()
            .get_mut(self.index)
            .map(change)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.with_slot(|slot| (slot.at, slot.waker) = (NEVER, None));
        self.timers.free.borrow_mut().push(self.index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fires_after_its_time_and_not_before() {
        let timers = Rc::new(Timers::default());
        let timer = timers.timer();
        let cx = Context::from_waker(Waker::noop());
        timer.arm(TICK);
        timers.sweep();
        assert!(!timer.has_fired(&cx), "the first tick may be a short one");
        timers.sweep();
        assert!(timer.has_fired(&cx));
    }

    #[test]
    fn a_deadline_that_has_passed_is_still_there() {
        let timers = Rc::new(Timers::default());
        let timer = timers.timer();
        assert!(!timer.is_armed());
        timer.arm(TICK);
        (0..3).for_each(|_| timers.sweep());
        assert!(timer.is_armed() && timer.has_fired(&Context::from_waker(Waker::noop())));
        timer.disarm();
        assert!(!timer.is_armed());
    }

    #[test]
    fn a_disarmed_timer_never_fires_and_its_slot_is_used_again() {
        let timers = Rc::new(Timers::default());
        let timer = timers.timer();
        timer.arm(TICK);
        timer.disarm();
        (0..5).for_each(|_| timers.sweep());
        assert!(!timer.has_fired(&Context::from_waker(Waker::noop())));
        drop(timer);
        drop(timers.timer());
        assert_eq!(timers.slots.borrow().len(), 1);
    }
}
