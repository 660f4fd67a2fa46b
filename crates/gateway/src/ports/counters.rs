//! Exact counters over sliding windows, shared by all cores and kept across reloads.
//!
//! A window is cut into [`PARTS`] parts; a call counts until the part it fell into has left the
//! window whole. So the limit is never exceeded in *any* window of the period, and room returns at
//! most one part late.
//!
//! There is one keeper of a counter at any moment. After a takeover that is the new process; what the
//! old one still counts it asks that one for, and counts alone only if that one is lost ([`away`]).

pub(crate) mod away;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use siphasher::sip128::{Hasher128 as _, SipHasher13};

use portcullis_model::time::Instant;
use portcullis_policy::host::{CounterKey, Counters, Limit, Standing, Verdict};

use self::away::{Act, Keeper, Question};
use crate::run::lock;

/// How many parts a window is cut into.
const PARTS: usize = 32;

/// How many shards the table has, each behind its own lock.
const SHARDS: usize = 64;

/// How many windows one shard holds before it looks for ones that have run out; later twice as many
/// as were left, so that a look costs each new key the same however many there are.
const SWEEP_AT: usize = 4096;

/// How long a full shard waits before it looks again, in nanoseconds.
const SWEEP_PAUSE: u64 = 1_000_000_000;

/// The most windows that one shard holds. Beyond it, new keys are refused: fail closed. (A table of
/// 16,384 places, seven of eight of which may be taken.)
const MAX_WINDOWS: usize = 14_336;

/// The policy whose keys callers choose, as the first part of its keys.
const CALLERS_CHOOSE: &str = "rate-limit-by-key";

/// Marks its keys: they have tables of their own, so that nobody who makes up keys takes the room of
/// those that the configuration knows.
const CHOSEN: u128 = 1 << 127;

/// Every counter of the process.
#[derive(Debug)]
pub(crate) struct SharedCounters {
    /// For keys that the configuration knows, then for keys that callers choose.
    shards: Box<[Mutex<Shard>]>,
    /// Under which keys are hashed; another process goes on under the same.
    seed: OnceLock<u128>,
    /// Who counts what is away.
    keeper: Mutex<Option<Arc<Keeper>>>,
}

/// What is counted here is counted by another process.
struct Away;

/// Whose counting it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The keeper's.
    Keeper,
    /// Noted by the way, so that this process can count on if the keeper is lost.
    Note,
}

/// The counters behind one lock.
#[derive(Debug)]
struct Shard {
    windows: HashMap<u128, Window, BuildHasherDefault<KeyBits>>,
    sweep_at: usize,
    /// When it last looked for windows that have run out.
    swept: u64,
    is_away: bool,
}

/// A key is a keyed hash already: half of it places it in the table.
#[derive(Debug, Default)]
struct KeyBits(u64);

impl Hasher for KeyBits {
    fn write(&mut self, bytes: &[u8]) {
        // Not called for a `u128`; right for whatever calls it.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = u64::try_from(key >> 64).unwrap_or_default();
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            windows: HashMap::default(),
            sweep_at: SWEEP_AT,
            swept: 0,
            is_away: false,
        }
    }
}

impl Shard {
    /// Whether there is room for one more window.
    fn has_room(&mut self, now: Instant) -> bool {
        let full = self.windows.len() >= MAX_WINDOWS;
        if self.windows.len() < self.sweep_at || (full && now.0 < self.swept + SWEEP_PAUSE) {
            return !full;
        }
        self.windows
            .retain(|_, w| now.0 / Window::part_length(w.period) < w.newest + PARTS as u64);
        self.swept = now.0;
        self.sweep_at = (self.windows.len() * 2).clamp(SWEEP_AT, MAX_WINDOWS);
        self.windows.len() < MAX_WINDOWS
    }
}

impl Default for SharedCounters {
    fn default() -> Self {
        Self {
            shards: (0..2 * SHARDS).map(|_| Mutex::default()).collect(),
            seed: OnceLock::new(),
            keeper: Mutex::default(),
        }
    }
}

/// The calls of the last period, part by part.
#[derive(Debug, Clone)]
struct Window {
    period: u64,
    /// The number of the newest part: monotonic time divided by a part's length.
    newest: u64,
    total: u64,
    parts: [u32; PARTS],
}

impl Window {
    fn new(period: u64, part: u64) -> Self {
        Self {
            period,
            newest: part,
            total: 0,
            parts: [0; PARTS],
        }
    }

    fn part_length(period: u64) -> u64 {
        (period / PARTS as u64).max(1)
    }

    fn slot(part: u64) -> usize {
        usize::try_from(part % PARTS as u64).unwrap_or(0)
    }

    /// Forgets the parts that have left the window.
    fn advance(&mut self, part: u64) {
        let gone = part.saturating_sub(self.newest);
        if gone >= PARTS as u64 {
            (self.total, self.parts) = (0, [0; PARTS]);
        } else {
            for n in 1..=gone {
                if let Some(old) = self.parts.get_mut(Self::slot(self.newest + n)) {
                    let gone = u64::from(std::mem::take(old));
                    self.total = self.total.saturating_sub(gone);
                }
            }
        }
        self.newest = self.newest.max(part);
    }

    fn add(&mut self, amount: u64) {
        if let Some(part) = self.parts.get_mut(Self::slot(self.newest)) {
            // Both by as much, so that what leaves the window is what came into it.
            let added = u32::try_from(amount)
                .unwrap_or(u32::MAX)
                .min(u32::MAX - *part);
            *part += added;
            self.total = self.total.saturating_add(added.into());
        }
    }

    /// When enough parts will have left for `amount` to fit into `calls`.
    fn room_at(&self, calls: u64, amount: u64) -> u64 {
        let mut total = self.total;
        let oldest = (self.newest + 1).saturating_sub(PARTS as u64);
        for part in oldest..=self.newest {
            let leaves = self.parts.get(Self::slot(part)).copied().unwrap_or(0);
            total = total.saturating_sub(leaves.into());
            if total.saturating_add(amount) <= calls {
                return (part + PARTS as u64).saturating_mul(Self::part_length(self.period));
            }
        }
        (self.newest + PARTS as u64).saturating_mul(Self::part_length(self.period))
    }
}

impl SharedCounters {
    fn shard(&self, key: u128) -> Option<&Mutex<Shard>> {
        let shard = usize::try_from(key % SHARDS as u128).unwrap_or(0);
        let table = if key & CHOSEN == 0 { 0 } else { SHARDS };
        self.shards.get(table + shard)
    }

    fn with_window<T>(
        &self,
        (key, whose): (CounterKey, Whose),
        limit: Limit,
        now: Instant,
        change: impl FnOnce(&mut Window) -> T,
    ) -> Result<Option<T>, Away> {
        let period = u64::try_from(limit.period.as_nanos())
            .unwrap_or(u64::MAX)
            .max(1);
        let part = now.0 / Window::part_length(period);
        let Some(shard) = self.shard(key.0) else {
            return Ok(None);
        };
        // A panic while counting leaves numbers, not a broken structure.
        let mut shard = lock(shard);
        if shard.is_away && whose == Whose::Keeper {
            return Err(Away);
        }
        if !shard.windows.contains_key(&key.0) && !shard.has_room(now) {
            return Ok(None);
        }
        let window = shard
            .windows
            .entry(key.0)
            .or_insert_with(|| Window::new(period, part));
        if window.period != period {
            // The same key under another period: what was counted counts as of now.
            let total = window.total;
            *window = Window::new(period, part);
            window.add(total);
        }
        window.advance(part);
        Ok(Some(change(window)))
    }

    /// Counts here, if the key is kept here.
    fn count(&self, question: &Question, whose: Whose) -> Result<Standing, Away> {
        let Question {
            act,
            key,
            limit,
            now,
        } = *question;
        let counted = self.with_window((key, whose), limit, now, |window| match act {
            Act::Look => standing(window, limit, 1, now),
            Act::Add(amount) => {
                window.add(amount);
                standing(window, limit, 1, now)
            }
            Act::Take(amount) => {
                let mut standing = standing(window, limit, amount, now);
                if standing.verdict == Verdict::Within {
                    window.add(amount);
                    standing.remaining = limit.calls.saturating_sub(window.total);
                }
                standing
            }
        })?;
        Ok(counted.unwrap_or(FULL))
    }
}

const FULL: Standing = Standing {
    verdict: Verdict::Exceeded,
    remaining: 0,
    retry_after: Duration::from_secs(1),
};

fn standing(window: &Window, limit: Limit, amount: u64, now: Instant) -> Standing {
    let fits = window.total.saturating_add(amount) <= limit.calls;
    if fits {
        let remaining = limit.calls - window.total;
        return Standing {
            verdict: Verdict::Within,
            remaining,
            retry_after: Duration::ZERO,
        };
    }
    let room = window.room_at(limit.calls, amount);
    Standing {
        verdict: Verdict::Exceeded,
        remaining: limit.calls.saturating_sub(window.total),
        retry_after: Duration::from_nanos(room.saturating_sub(now.0)).min(limit.period),
    }
}

impl Counters for SharedCounters {
    fn take(&self, key: CounterKey, limit: Limit, amount: u64, now: Instant) -> Standing {
        self.answer(&Question {
            act: Act::Take(amount),
            key,
            limit,
            now,
        })
    }

    fn look(&self, key: CounterKey, limit: Limit, now: Instant) -> Standing {
        self.answer(&Question {
            act: Act::Look,
            key,
            limit,
            now,
        })
    }

    fn add(&self, key: CounterKey, limit: Limit, amount: u64, now: Instant) {
        self.answer(&Question {
            act: Act::Add(amount),
            key,
            limit,
            now,
        });
    }

    fn key(&self, parts: &[&str]) -> CounterKey {
        let seed = self.seed();
        let mut hasher = SipHasher13::new_with_key(&seed.to_le_bytes());
        for part in parts {
            hasher.write(part.as_bytes());
            // Lengths keep ("a", "bc") and ("ab", "c") apart.
            hasher.write_usize(part.len());
        }
        let key = hasher.finish128().as_u128();
        CounterKey(if parts.first() == Some(&CALLERS_CHOOSE) {
            key | CHOSEN
        } else {
            key & !CHOSEN
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        calls: 3,
        period: Duration::from_secs(32),
    };

    fn at(seconds: u64) -> Instant {
        Instant(seconds * 1_000_000_000)
    }

    #[test]
    fn admits_up_to_the_limit_and_again_when_the_first_call_has_left_the_window() {
        let counters = SharedCounters::default();
        let key = counters.key(&["a"]);
        let taken = |t| counters.take(key, LIMIT, 1, at(t));
        assert_eq!(taken(100).remaining, 2);
        assert_eq!(taken(110).remaining, 1);
        assert_eq!(taken(110).remaining, 0);
        let refused = taken(111);
        assert_eq!(refused.verdict, Verdict::Exceeded);
        assert_eq!(refused.retry_after, Duration::from_secs(21));
        assert_eq!(taken(131).verdict, Verdict::Exceeded);
        assert_eq!(taken(132).verdict, Verdict::Within);
    }

    #[test]
    fn keys_are_told_apart_by_their_parts() {
        let counters = SharedCounters::default();
        assert_ne!(counters.key(&["a", "bc"]), counters.key(&["ab", "c"]));
        assert_eq!(counters.key(&["a", "b"]), counters.key(&["a", "b"]));
    }

    #[test]
    fn what_is_added_counts_even_beyond_the_limit() {
        let counters = SharedCounters::default();
        let key = counters.key(&["k"]);
        counters.add(key, LIMIT, 5, at(1));
        assert_eq!(counters.look(key, LIMIT, at(2)).verdict, Verdict::Exceeded);
        assert_eq!(counters.look(key, LIMIT, at(40)).remaining, 3);
    }

    #[test]
    fn a_full_table_refuses_new_keys_until_windows_have_run_out() {
        let counters = SharedCounters::default();
        // All of one shard.
        let key = |n: usize| CounterKey((n as u128) << 64);
        let taken = |n, t| counters.take(key(n), LIMIT, 1, at(t)).verdict;
        assert!((0..MAX_WINDOWS).all(|n| taken(n, 100) == Verdict::Within));
        assert_eq!(taken(MAX_WINDOWS, 101), Verdict::Exceeded);
        assert_eq!(taken(0, 101), Verdict::Within);
        assert_eq!(taken(MAX_WINDOWS, 140), Verdict::Within);
        assert_eq!(counters.shards[0].lock().unwrap().windows.len(), 1);
    }

    #[test]
    fn keys_that_callers_make_up_take_no_room_from_those_of_the_configuration() {
        let counters = SharedCounters::default();
        let chosen = |n: usize| CounterKey((n as u128) << 64 | CHOSEN);
        let taken = |key| counters.take(key, LIMIT, 1, at(100)).verdict;
        assert!((0..MAX_WINDOWS).all(|n| taken(chosen(n)) == Verdict::Within));
        assert_eq!(taken(chosen(MAX_WINDOWS)), Verdict::Exceeded);
        assert_eq!(taken(CounterKey(0)), Verdict::Within);
        for (parts, is_chosen) in [
            (&["rate-limit-by-key", "a"][..], true),
            (&["rate-limit", "rate-limit-by-key"], false),
        ] {
            assert_eq!(counters.key(parts).0 & CHOSEN != 0, is_chosen, "{parts:?}");
        }
    }

    #[test]
    fn all_counters_take_no_more_than_is_said() {
        let place = size_of::<(u128, Window)>() + 1;
        let all = 2 * SHARDS * (MAX_WINDOWS / 7 * 8) * place;
        assert!(all < 400 << 20, "{all}");
    }

    #[test]
    fn a_limit_that_changes_its_period_keeps_what_was_counted() {
        let counters = SharedCounters::default();
        let key = counters.key(&["k"]);
        counters.take(key, LIMIT, 2, at(1));
        let longer = Limit {
            period: Duration::from_secs(64),
            ..LIMIT
        };
        assert_eq!(counters.take(key, longer, 1, at(2)).remaining, 0);
    }
}
