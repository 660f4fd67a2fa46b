//! The system's clock: the one place that asks for the time.

use std::time::{Instant as Monotonic, SystemTime, UNIX_EPOCH};

use portcullis_model::time::{Clock, Instant, Timestamp};

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock {
    start: Monotonic,
}

impl SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the port's implementation"
    )]
    pub(crate) fn start() -> Self {
        Self {
            start: Monotonic::now(),
        }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the port's implementation"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Timestamp(
            since
                .ok()
                .and_then(|d| i128::try_from(d.as_nanos()).ok())
                .unwrap_or(0),
        )
    }

    fn instant(&self) -> Instant {
        Instant(u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}
