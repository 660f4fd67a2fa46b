//! The system's clock: the one place that asks for the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use portcullis_model::time::{Clock, Instant, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// The system's clock. Its instants mean the same in every process of the machine, so that one can go
/// on counting where another has begun.
#[derive(Debug)]
pub(crate) struct SystemClock;

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
        let since_boot = Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default();
        Instant(u64::try_from(since_boot.as_nanos()).unwrap_or(u64::MAX))
    }
}
