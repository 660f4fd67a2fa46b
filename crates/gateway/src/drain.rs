//! Tasks with an owner, and the way a stop goes: stop accepting, drain, abort, report.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

/// Says to everything on a core that no new work begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drain(Rc<State>);

#[derive(Debug, Default)]
struct State {
    begun: Cell<bool>,
    /// One place for each [`Waiter`]; the free ones are used again.
    waiting: RefCell<Vec<Option<Waker>>>,
    free: RefCell<Vec<usize>>,
    tasks: Cell<usize>,
    idle: RefCell<Option<Waker>>,
}

impl Drain {
    /// Begins to drain.
    pub(crate) fn begin(&self) {
        self.0.begun.set(true);
        let mut waiting = self.0.waiting.borrow_mut();
        let wakers: Vec<Waker> = waiting.iter_mut().filter_map(Option::take).collect();
        drop(waiting);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Whether draining has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.begun.get()
    }

    /// A place to wait for the beginning.
    pub(crate) fn waiter(&self) -> Waiter {
        let mut waiting = self.0.waiting.borrow_mut();
        let index = self.0.free.borrow_mut().pop().unwrap_or_else(|| {
            waiting.push(None);
            waiting.len() - 1
        });
        Waiter {
            drain: self.clone(),
            index,
        }
    }

    /// Waits until draining begins.
    pub(crate) async fn begun(&self) {
        let waiter = self.waiter();
        std::future::poll_fn(|cx| {
            if waiter.poll_begun(cx) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Runs a task on this core that a drain waits for. The runtime's end stops what is left.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the task group that owns local tasks"
    )]
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let running = Running::new(self.clone());
        tokio::task::spawn_local(Owned { task, running });
    }

    /// How many tasks run.
    pub(crate) fn running(&self) -> usize {
        self.0.tasks.get()
    }

    /// Waits until no task runs.
    pub(crate) async fn finished(&self) {
        std::future::poll_fn(|cx| {
            if self.running() == 0 {
                return Poll::Ready(());
            }
            *self.0.idle.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// A place to wait for the beginning of a drain; it is given back on drop, so that connections which
/// come and go leave nothing behind.
#[derive(Debug)]
pub(crate) struct Waiter {
    drain: Drain,
    index: usize,
}

impl Waiter {
    /// Whether draining has begun; if not, the task is woken when it does.
    pub(crate) fn poll_begun(&self, cx: &Context<'_>) -> bool {
        if self.drain.has_begun() {
            return true;
        }
        if let Some(place) = self.drain.0.waiting.borrow_mut().get_mut(self.index)
            && !place.as_ref().is_some_and(|w| w.will_wake(cx.waker()))
        {
            *place = Some(cx.waker().clone());
        }
        false
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let state = &self.drain.0;
        if let Some(place) = state.waiting.borrow_mut().get_mut(self.index) {
            *place = None;
        }
        state.free.borrow_mut().push(self.index);
    }
}

pin_project! {
    /// A task that is counted. (An async block would hold the task twice: as it was given, and as it
    /// runs.)
    struct Owned<F> {
        #[pin]
        task: F,
        running: Running,
    }
}

impl<F: Future> Future for Owned<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().task.poll(cx)
    }
}

/// Counts a task as long as it lives, also when it panics.
#[derive(Debug)]
struct Running(Drain);

impl Running {
    fn new(drain: Drain) -> Self {
        drain.0.tasks.set(drain.0.tasks.get() + 1);
        Self(drain)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let state = &self.0.0;
        state.tasks.set(state.tasks.get() - 1);
        if state.tasks.get() == 0
            && let Some(waker) = state.idle.take()
        {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waited_and_went_leaves_nothing_behind() {
        let drain = Drain::default();
        let cx = Context::from_waker(Waker::noop());
        for _ in 0..100 {
            let (one, other) = (drain.waiter(), drain.waiter());
            assert!(!one.poll_begun(&cx) && !other.poll_begun(&cx));
        }
        let waiting = drain.0.waiting.borrow();
        assert!(waiting.len() == 2 && waiting.iter().all(Option::is_none));
        drop(waiting);
        let late = drain.waiter();
        drain.begin();
        assert!(late.poll_begun(&cx));
    }
}
