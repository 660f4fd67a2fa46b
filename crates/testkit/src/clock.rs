//! A clock that a test moves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use portcullis_model::time::{Clock, Instant, Timestamp};

/// Wall-clock time when a [`FakeClock`] is made: 2030-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_893_456_000 * NANOS);

const NANOS: i128 = 1_000_000_000;

/// Monotonic time when a [`FakeClock`] is made: an hour, so that windows before it exist.
const STARTED: Instant = Instant(3_600 * 1_000_000_000);

/// A clock that stands still until a test moves it; both times move together.
#[derive(Debug, Default)]
pub struct FakeClock {
    /// Nanoseconds since [`START`].
    elapsed: AtomicU64,
}

impl FakeClock {
    /// Moves on.
    pub fn advance(&self, by: Duration) {
        self.elapsed.fetch_add(nanos(by), Ordering::Relaxed);
    }

    /// Moves to so long after [`START`]; also backwards.
    pub fn set(&self, after_start: Duration) {
        self.elapsed.store(nanos(after_start), Ordering::Relaxed);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(START.0 + i128::from(self.elapsed.load(Ordering::Relaxed)))
    }

    fn instant(&self) -> Instant {
        STARTED.plus(Duration::from_nanos(self.elapsed.load(Ordering::Relaxed)))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_times_move_together_and_only_when_told() {
        let clock = FakeClock::default();
        let (now, instant) = (clock.now(), clock.instant());
        assert_eq!((clock.now(), clock.instant()), (now, instant));
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().unix_seconds() - now.unix_seconds(), 90);
        assert_eq!(clock.instant().since(instant), Duration::from_secs(90));
        clock.set(Duration::from_secs(1));
        assert_eq!(clock.instant().since(instant), Duration::from_secs(1));
    }
}
