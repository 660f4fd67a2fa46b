//! Tasks with an owner, and the way a stop goes: stop accepting, drain, abort, report.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Says to everything on a core that no new work begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drain(Rc<State>);

#[derive(Debug, Default)]
struct State {
    begun: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
    tasks: Cell<usize>,
    idle: RefCell<Option<Waker>>,
}

impl Drain {
    /// Begins to drain.
    pub(crate) fn begin(&self) {
        self.0.begun.set(true);
        self.0.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// Whether draining has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.begun.get()
    }

    /// Whether draining has begun; if not, the task is woken when it does.
    pub(crate) fn poll_begun(&self, cx: &Context<'_>) -> bool {
        if self.has_begun() {
            return true;
        }
        let mut waiting = self.0.waiting.borrow_mut();
        if !waiting.iter().any(|w| w.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
        false
    }

    /// Waits until draining begins.
    pub(crate) async fn begun(&self) {
        std::future::poll_fn(|cx| {
            if self.poll_begun(cx) {
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
        tokio::task::spawn_local(async move {
            task.await;
            drop(running);
        });
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
