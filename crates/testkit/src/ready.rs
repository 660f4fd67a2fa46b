//! Futures without a runtime.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Runs a future that only waits for what is in the same thread.
///
/// # Panics
///
/// If it waits for something that nobody will bring about: a test that would hang.
#[expect(clippy::panic, reason = "a test that would hang must fail instead")]
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    run(future).unwrap_or_else(|| panic!("the future waits for something that never comes"))
}

/// Runs a future as far as it goes; `None` if it waits for something that nobody will bring about.
pub fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(Arc::clone(&flag));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return Some(value);
        }
        if !flag.woken.swap(false, Ordering::Relaxed) {
            return None;
        }
    }
}

/// Remembers that it was woken.
#[derive(Default)]
struct Flag {
    woken: AtomicBool,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};

    use super::*;

    #[test]
    fn a_future_that_wakes_itself_ends() {
        let mut polls = 0;
        let future = poll_fn(|cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            if polls == 3 {
                Poll::Ready(polls)
            } else {
                Poll::Pending
            }
        });
        assert_eq!(block_on(future), 3);
    }

    #[test]
    fn a_future_that_nobody_wakes_does_not_hang_the_test() {
        assert_eq!(run(pending::<()>()), None);
    }
}
