//! The slowest that a client may send a request's body or take a response.
//!
//! Only the time counts in which the client is waited for. It is paid from a credit that begins with
//! the grace, grows with every byte by the time that the byte may take, and never exceeds what is
//! granted between two pieces anyway: nobody can send fast first to be slow for hours later. What a
//! request costs while nobody waits is an addition.

use std::time::Duration;

use crate::timer::TICK;

/// Ticks of a second.
const TICKS: u64 = 1_000_000_000 / TICK.subsec_nanos() as u64;

/// The slowest that is put up with in one direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Bytes a second; 0 is no least.
    bytes: u64,
    /// What is granted at first, in ticks.
    grace: u64,
    /// Between two pieces, in ticks.
    patience: u64,
}

/// How much time one transfer has left. Counted in bytes, of which one tick costs `bytes / TICKS`: it
/// is kept multiplied by [`TICKS`].
#[derive(Debug)]
pub(crate) struct Pace {
    credit: u64,
    /// The tick since which the client is waited for.
    since: Option<u64>,
}

impl Rate {
    pub(crate) fn new(bytes: u64, grace: Duration, patience: Duration) -> Self {
        Self {
            bytes,
            grace: ticks(grace),
            patience: ticks(patience),
        }
    }

    /// What is left of it for each of so many transfers.
    pub(crate) fn shared(self, by: u64) -> Self {
        let least = self.bytes.min(1);
        Self {
            bytes: (self.bytes / by.max(1)).max(least),
            ..self
        }
    }

    /// How many ticks are granted between two pieces.
    pub(crate) fn patience(self) -> u64 {
        self.patience
    }

    /// A transfer that begins.
    pub(crate) fn begin(self) -> Pace {
        Pace {
            credit: self.bytes.saturating_mul(self.grace),
            since: None,
        }
    }
}

impl Pace {
    /// The client is waited for: how long it may be, at most.
    pub(crate) fn wait(&mut self, rate: Rate, now: u64) -> Duration {
        self.charge(rate, now);
        self.since = Some(now);
        let left = self.credit.checked_div(rate.bytes);
        let ticks = left.map_or(rate.patience, |left| left.min(rate.patience));
        TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX))
    }

    /// So many bytes have come or gone.
    pub(crate) fn moved(&mut self, rate: Rate, bytes: usize, now: u64) {
        self.charge(rate, now);
        let most = rate.bytes.saturating_mul(rate.patience.max(rate.grace));
        let worth = (bytes as u64).saturating_mul(TICKS);
        self.credit = self.credit.saturating_add(worth).min(most);
    }

    /// It was somebody else who was waited for.
    pub(crate) fn forgive(&mut self) {
        self.since = None;
    }

    fn charge(&mut self, rate: Rate, now: u64) {
        if let Some(since) = self.since.take() {
            let cost = rate.bytes.saturating_mul(now.saturating_sub(since));
            self.credit = self.credit.saturating_sub(cost);
        }
    }
}

fn ticks(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u64 = 200;

    fn rate() -> Rate {
        Rate::new(RATE, Duration::from_secs(5), Duration::from_secs(30))
    }

    /// Sends pieces of `bytes` every `seconds`; gives the seconds after which it is given up.
    fn given_up_after(burst: usize, bytes: usize, seconds: u64) -> Option<u64> {
        let rate = rate();
        let mut pace = rate.begin();
        pace.moved(rate, burst, 0);
        for piece in 0..1_000 {
            let now = piece * seconds * TICKS;
            let patience = pace.wait(rate, now).as_secs();
            if patience < seconds {
                return Some(piece * seconds + patience);
            }
            pace.moved(rate, bytes, now + seconds * TICKS);
        }
        None
    }

    #[test]
    fn a_client_below_the_rate_is_given_up_when_its_grace_is_used_up() {
        for (burst, bytes, seconds, expect) in [
            (0, 0, 6, Some(5)),
            (0, 1, 29, Some(5)),
            (0, 100, 1, Some(9)),
            (0, 200, 1, None),
            (0, 1_000, 5, None),
            // What was sent fast buys no more than the time between two pieces.
            (1 << 30, 1, 29, Some(30)),
            (1 << 30, 29 * 200, 29, None),
        ] {
            let given_up = given_up_after(burst, bytes, seconds);
            let near = |a: u64, b: u64| a.abs_diff(b) <= b / 4 + 1;
            let as_expected = match (given_up, expect) {
                (None, None) => true,
                (Some(a), Some(b)) => near(a, b),
                _ => false,
            };
            assert!(as_expected, "{burst} {bytes} {seconds}: {given_up:?}");
        }
    }

    #[test]
    fn time_in_which_nobody_waits_for_the_client_costs_nothing() {
        let rate = rate();
        let mut pace = rate.begin();
        for hour in 0..100 {
            let now = hour * 3_600 * TICKS;
            assert_eq!(pace.wait(rate, now), Duration::from_secs(5));
            pace.forgive();
        }
    }

    #[test]
    fn who_shares_a_rate_has_a_part_of_it_and_never_none() {
        let bytes = |bytes, by| {
            let rate = Rate::new(bytes, Duration::from_secs(5), Duration::from_secs(30));
            rate.shared(by).bytes
        };
        for (all, by, each) in [
            (200, 0, 200),
            (200, 1, 200),
            (200, 20, 10),
            (200, 900, 1),
            (0, 9, 0),
        ] {
            assert_eq!(bytes(all, by), each, "{all} {by}");
        }
    }

    #[test]
    fn without_a_rate_only_the_time_between_two_pieces_counts() {
        let rate = Rate::new(0, Duration::from_secs(5), Duration::from_secs(30));
        let mut pace = rate.begin();
        for piece in 0..100 {
            let now = piece * 29 * TICKS;
            assert_eq!(pace.wait(rate, now), Duration::from_secs(30));
            pace.moved(rate, 1, now + 29 * TICKS);
        }
    }
}
