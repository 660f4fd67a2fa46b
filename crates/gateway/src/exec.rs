//! Lets hyper run its own tasks on this core.

use std::future::Future;

/// Runs futures on the local runtime of the calling core.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalExec;

impl<F: Future + 'static> hyper::rt::Executor<F> for LocalExec {
    #[expect(
        clippy::disallowed_methods,
        reason = "hyper owns these tasks: they end with their connection"
    )]
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
