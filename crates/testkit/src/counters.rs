//! Counters that remember every call, so that what they say is exact by construction.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use portcullis_model::time::Instant;
use portcullis_policy::host::{CounterKey, Counters, Limit, Standing, Verdict};

/// A log of calls for each key. A call counts until exactly one period has passed.
///
/// It never forgets, so two limits with different periods may look at one key.
#[derive(Debug, Default)]
pub struct SlidingLog {
    keys: RefCell<HashMap<Vec<String>, CounterKey>>,
    calls: RefCell<HashMap<CounterKey, Vec<Call>>>,
}

#[derive(Debug, Clone, Copy)]
struct Call {
    at: Instant,
    amount: u64,
}

impl SlidingLog {
    /// How much was counted for a key, in all.
    pub fn counted(&self, key: CounterKey) -> u64 {
        let calls = self.calls.borrow();
        calls
            .get(&key)
            .into_iter()
            .flatten()
            .map(|call| call.amount)
            .sum()
    }

    fn standing(&self, key: CounterKey, limit: Limit, amount: u64, now: Instant) -> Standing {
        let calls = self.calls.borrow();
        let all = calls.get(&key).into_iter().flatten();
        let inside: Vec<&Call> = all
            .filter(|call| call.at.plus(limit.period).0 > now.0)
            .collect();
        let mut total: u64 = inside.iter().map(|call| call.amount).sum();
        let remaining = limit.calls.saturating_sub(total);
        if total + amount <= limit.calls {
            return Standing {
                verdict: Verdict::Within,
                remaining,
                retry_after: Duration::ZERO,
            };
        }
        // The first call whose leaving makes room; a limit below `amount` never has any.
        let room = inside.iter().find(|call| {
            total -= call.amount;
            total + amount <= limit.calls
        });
        let retry_after = room.map_or(limit.period, |call| call.at.plus(limit.period).since(now));
        Standing {
            verdict: Verdict::Exceeded,
            remaining,
            retry_after,
        }
    }
}

impl Counters for SlidingLog {
    fn take(&self, key: CounterKey, limit: Limit, amount: u64, now: Instant) -> Standing {
        let mut standing = self.standing(key, limit, amount, now);
        if standing.verdict == Verdict::Within {
            self.add(key, limit, amount, now);
            standing.remaining = standing.remaining.saturating_sub(amount);
        }
        standing
    }

    fn look(&self, key: CounterKey, limit: Limit, now: Instant) -> Standing {
        self.standing(key, limit, 1, now)
    }

    fn add(&self, key: CounterKey, _: Limit, amount: u64, now: Instant) {
        self.calls
            .borrow_mut()
            .entry(key)
            .or_default()
            .push(Call { at: now, amount });
    }

    fn key(&self, parts: &[&str]) -> CounterKey {
        let mut keys = self.keys.borrow_mut();
        let next = CounterKey(keys.len() as u128);
        *keys
            .entry(parts.iter().map(|part| (*part).to_owned()).collect())
            .or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        calls: 2,
        period: Duration::from_secs(10),
    };

    #[test]
    fn a_call_counts_for_exactly_one_period() {
        let counters = SlidingLog::default();
        let key = counters.key(&["a"]);
        // (seconds, room there, remaining afterwards, wait in seconds)
        let table = [
            (0, Verdict::Within, 1, 0),
            (4, Verdict::Within, 0, 0),
            (5, Verdict::Exceeded, 0, 5),
            (9, Verdict::Exceeded, 0, 1),
            (10, Verdict::Within, 0, 0),
            (13, Verdict::Exceeded, 0, 1),
        ];
        for (seconds, verdict, remaining, wait) in table {
            let now = Instant(seconds * 1_000_000_000);
            let retry_after = Duration::from_secs(wait);
            let expect = Standing {
                verdict,
                remaining,
                retry_after,
            };
            assert_eq!(counters.take(key, LIMIT, 1, now), expect, "at {seconds} s");
        }
    }

    #[test]
    fn keys_are_told_apart_by_their_parts() {
        let counters = SlidingLog::default();
        assert_ne!(counters.key(&["a", "bc"]), counters.key(&["ab", "c"]));
        assert_eq!(counters.key(&["a", "b"]), counters.key(&["a", "b"]));
    }

    #[test]
    fn looking_does_not_count_and_adding_always_does() {
        let counters = SlidingLog::default();
        let key = counters.key(&["a"]);
        let now = Instant(0);
        assert_eq!(counters.look(key, LIMIT, now).remaining, 2);
        counters.add(key, LIMIT, 5, now);
        assert_eq!(counters.look(key, LIMIT, now).verdict, Verdict::Exceeded);
        assert_eq!(counters.counted(key), 5);
    }
}
