//! Counters that another process keeps: how they go there, and how they are asked for.
//!
//! Everything goes over one connection, in order: the seed, the counters shard by shard, and from the
//! moment a shard is on its way the questions about it. So every counter has one keeper at any moment,
//! which counts every call once, as long as it answers each question within [`PATIENCE`].
//!
//! A keeper that does not is taken for lost, and the process before counts alone, from what it has noted:
//! what it has sent and the calls that went through itself. If the keeper lives after all, the call that
//! it answered too late counts in both, and from there on each counts for itself until the one before has
//! drained: a limit may let through up to twice what was left of it then.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Buf, BufMut as _};
use portcullis_model::time::Instant;
use portcullis_policy::host::{CounterKey, Limit, Standing, Verdict};

use super::{MAX_WINDOWS, PARTS, Shard, SharedCounters, Whose, Window};
use crate::run::lock;

/// How long the keeper may take for an answer. A core waits for it, so it is short.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a question is asked when keepers are lost: another one may have come in between.
const ATTEMPTS: usize = 3;

/// What goes to the keeper.
const SEED: u8 = 1;
const SHARD: u8 = 2;
const WHOLE: u8 = 3;
const TAKE: u8 = 4;
const LOOK: u8 = 5;
const ADD: u8 = 6;

/// How long a question and an answer are.
const QUESTION: usize = 16 + 4 * 8;
const ANSWER: usize = 1 + 2 * 8;

/// How long a window is before its parts.
const WINDOW: usize = 16 + 2 * 8 + 1;

/// What is to be done with a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Add if there is room.
    Take(u64),
    /// Add nothing.
    Look,
    /// Add whatever it holds.
    Add(u64),
}

/// What is asked of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) act: Act,
    pub(super) key: CounterKey,
    pub(super) limit: Limit,
    pub(super) now: Instant,
}

/// The process that keeps the counters, as the one before sees it.
#[derive(Debug)]
pub(super) struct Keeper(Mutex<UnixStream>);

// === The process before ===

impl SharedCounters {
    /// The seed of the keys.
    pub(super) fn seed(&self) -> u128 {
        *self.seed.get_or_init(|| {
            let half = || u128::from(RandomState::new().hash_one(0));
            half() << 64 | half()
        })
    }

    /// Sends every counter to another process and asks that one from now on.
    pub(crate) fn give_away(&self, to: UnixStream) -> io::Result<()> {
        to.set_read_timeout(Some(PATIENCE))?;
        to.set_write_timeout(Some(PATIENCE))?;
        let keeper = Arc::new(Keeper(Mutex::new(to)));
        *lock(&self.keeper) = Some(Arc::clone(&keeper));
        let given = self.give(&keeper);
        if given.is_err() {
            self.lose(&keeper);
        }
        given
    }

    fn give(&self, keeper: &Keeper) -> io::Result<()> {
        let mut seed = vec![SEED];
        seed.put_u128(self.seed());
        lock(&keeper.0).write_all(&seed)?;
        for shard in &self.shards {
            // INVARIANT: held from before the shard is away until it has been sent, so that no
            // question about it is asked before it is there.
            let mut to = lock(&keeper.0);
            let message = {
                let mut shard = lock(shard);
                shard.is_away = true;
                shard.to_message()
            };
            to.write_all(&message)?;
        }
        lock(&keeper.0).write_all(&[WHOLE])
    }

    /// Counts here again, whoever does now.
    pub(crate) fn come_back(&self) {
        self.come_back_if(|_| true);
    }

    /// Counts here again, unless another one than this counts by now.
    fn lose(&self, lost: &Arc<Keeper>) {
        self.come_back_if(|keeper| Arc::ptr_eq(keeper, lost));
    }

    fn come_back_if(&self, is_lost: impl FnOnce(&Arc<Keeper>) -> bool) {
        // INVARIANT: held until every shard is back, so that none of those comes back that are given to
        // the next one.
        let mut keeper = lock(&self.keeper);
        // If there is none, a shard may have been sent to one that was lost while it was given.
        if keeper.as_ref().is_none_or(is_lost) {
            keeper.take();
            for shard in &self.shards {
                lock(shard).is_away = false;
            }
        }
    }

    /// Answers, or asks whoever keeps the counter.
    pub(super) fn answer(&self, question: &Question) -> Standing {
        for _ in 0..ATTEMPTS {
            if let Ok(standing) = self.count(question, Whose::Keeper) {
                return standing;
            }
            let Some(keeper) = lock(&self.keeper).clone() else {
                // It has come back just now.
                continue;
            };
            if let Ok(standing) = keeper.ask(question) {
                self.note(question, standing.verdict);
                return standing;
            }
            // The keeper is gone, and with it whatever it has counted since.
            self.lose(&keeper);
        }
        self.count(question, Whose::Note).unwrap_or(super::FULL)
    }

    /// Notes what the keeper has counted.
    fn note(&self, question: &Question, verdict: Verdict) {
        let amount = match question.act {
            Act::Take(amount) if verdict == Verdict::Within => amount,
            Act::Add(amount) => amount,
            Act::Take(_) | Act::Look => return,
        };
        let act = Act::Add(amount);
        let noted = Question { act, ..*question };
        // Where there is no room for a note, this process does not count on.
        let _: Result<Standing, _> = self.count(&noted, Whose::Note);
    }
}

impl Keeper {
    fn ask(&self, question: &Question) -> io::Result<Standing> {
        let mut stream = lock(&self.0);
        let answer = Self::ask_over(&mut stream, question);
        if answer.is_err() {
            // A late answer must not be taken for that to a later question.
            stream.shutdown(Shutdown::Both)?;
        }
        answer
    }

    fn ask_over(stream: &mut UnixStream, question: &Question) -> io::Result<Standing> {
        stream.write_all(&question.to_message())?;
        let mut answer = [0; ANSWER];
        stream.read_exact(&mut answer)?;
        let mut answer = &answer[..];
        let verdict = match take(answer.try_get_u8())? {
            0 => Verdict::Within,
            _ => Verdict::Exceeded,
        };
        Ok(Standing {
            verdict,
            remaining: take(answer.try_get_u64())?,
            retry_after: Duration::from_nanos(take(answer.try_get_u64())?),
        })
    }
}

impl Question {
    fn to_message(self) -> Vec<u8> {
        let (kind, amount) = match self.act {
            Act::Take(amount) => (TAKE, amount),
            Act::Look => (LOOK, 0),
            Act::Add(amount) => (ADD, amount),
        };
        let mut out = Vec::with_capacity(1 + QUESTION);
        out.put_u8(kind);
        out.put_u128(self.key.0);
        out.put_u64(self.limit.calls);
        out.put_u64(u64::try_from(self.limit.period.as_nanos()).unwrap_or(u64::MAX));
        out.put_u64(amount);
        out.put_u64(self.now.0);
        out
    }

    fn read(kind: u8, from: &mut impl Read) -> io::Result<Self> {
        let mut message = [0; QUESTION];
        from.read_exact(&mut message)?;
        let mut message = &message[..];
        let key = CounterKey(take(message.try_get_u128())?);
        let calls = take(message.try_get_u64())?;
        let period = Duration::from_nanos(take(message.try_get_u64())?);
        let amount = take(message.try_get_u64())?;
        let act = match kind {
            TAKE => Act::Take(amount),
            LOOK => Act::Look,
            ADD => Act::Add(amount),
            _ => return Err(garbled()),
        };
        Ok(Self {
            act,
            key,
            limit: Limit { calls, period },
            now: Instant(take(message.try_get_u64())?),
        })
    }
}

impl Shard {
    fn to_message(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(5 + self.windows.len() * (WINDOW + 9));
        out.put_u8(SHARD);
        out.put_u32(u32::try_from(self.windows.len()).unwrap_or(u32::MAX));
        for (key, window) in &self.windows {
            let parts = || {
                window
                    .parts
                    .iter()
                    .zip(0u8..)
                    .filter(|(count, _)| **count > 0)
            };
            out.put_u128(*key);
            out.put_u64(window.period);
            out.put_u64(window.newest);
            out.put_u8(u8::try_from(parts().count()).unwrap_or(u8::MAX));
            for (count, at) in parts() {
                out.put_u8(at);
                out.put_u32(*count);
            }
        }
        out
    }
}

// === The process after ===

impl SharedCounters {
    /// Takes in the counters of the process before and answers its questions until it ends. `whole`
    /// hears when everything is here; nobody may have counted before.
    pub(crate) fn keep_for(&self, before: &UnixStream, whole: &SyncSender<()>) -> io::Result<()> {
        let mut from = io::BufReader::with_capacity(64 * 1024, before);
        loop {
            let mut kind = [0];
            from.read_exact(&mut kind)?;
            let [kind] = kind;
            match kind {
                SEED => {
                    let mut seed = [0; 16];
                    from.read_exact(&mut seed)?;
                    let seed = u128::from_be_bytes(seed);
                    if *self.seed.get_or_init(|| seed) != seed {
                        return Err(garbled());
                    }
                }
                SHARD => self.take_in(&mut from)?,
                // If nobody waits for it any more, the process before hears that soon enough.
                WHOLE => drop(whole.try_send(())),
                question => {
                    let question = Question::read(question, &mut from)?;
                    let standing = self.answer(&question);
                    (&*before).write_all(&to_message(standing))?;
                }
            }
        }
    }

    fn take_in(&self, from: &mut impl Read) -> io::Result<()> {
        let mut count = [0; 4];
        from.read_exact(&mut count)?;
        let count = usize::try_from(u32::from_be_bytes(count)).unwrap_or(usize::MAX);
        if count > MAX_WINDOWS {
            return Err(garbled());
        }
        for _ in 0..count {
            let (key, window) = Window::read(from)?;
            if let Some(shard) = self.shard(key) {
                lock(shard).windows.insert(key, window);
            }
        }
        Ok(())
    }
}

impl Window {
    fn read(from: &mut impl Read) -> io::Result<(u128, Self)> {
        let mut head = [0; WINDOW];
        from.read_exact(&mut head)?;
        let mut head = &head[..];
        let key = take(head.try_get_u128())?;
        let mut window = Self {
            period: take(head.try_get_u64())?.max(1),
            newest: take(head.try_get_u64())?,
            total: 0,
            parts: [0; PARTS],
        };
        for _ in 0..take(head.try_get_u8())? {
            let mut part = [0; 5];
            from.read_exact(&mut part)?;
            let mut part = &part[..];
            let at = usize::from(take(part.try_get_u8())?);
            let slot = window.parts.get_mut(at).ok_or_else(garbled)?;
            *slot = take(part.try_get_u32())?;
            window.total = window.total.saturating_add((*slot).into());
        }
        Ok((key, window))
    }
}

fn to_message(standing: Standing) -> Vec<u8> {
    let mut out = Vec::with_capacity(ANSWER);
    out.put_u8(match standing.verdict {
        Verdict::Within => 0,
        Verdict::Exceeded => 1,
    });
    out.put_u64(standing.remaining);
    out.put_u64(u64::try_from(standing.retry_after.as_nanos()).unwrap_or(u64::MAX));
    out
}

fn take<T>(value: Result<T, bytes::TryGetError>) -> io::Result<T> {
    value.map_err(|_| garbled())
}

fn garbled() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the counters came garbled")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use portcullis_policy::host::Counters as _;

    use super::*;

    const LIMIT: Limit = Limit {
        calls: 10,
        period: Duration::from_secs(32),
    };

    const NOW: Instant = Instant(100_000_000_000);

    fn taken(counters: &SharedCounters, key: CounterKey) -> Verdict {
        counters.take(key, LIMIT, 1, NOW).verdict
    }

    /// The second process keeps what the first one has counted; ends when the first one does.
    fn given(
        before: &SharedCounters,
        after: &Arc<SharedCounters>,
    ) -> std::thread::JoinHandle<io::Result<()>> {
        let (to, from) = UnixStream::pair().unwrap();
        let (whole, is_whole) = sync_channel(1);
        let keeping = Arc::clone(after);
        let thread = std::thread::spawn(move || keeping.keep_for(&from, &whole));
        before.give_away(to).unwrap();
        is_whole.recv().unwrap();
        thread
    }

    #[test]
    fn two_processes_count_as_one_while_the_first_drains() {
        let (before, after) = (SharedCounters::default(), Arc::default());
        let keys: Vec<_> = (0..200).map(|n| before.key(&[&n.to_string()])).collect();
        for key in &keys {
            assert_eq!(taken(&before, *key), Verdict::Within);
        }
        let thread = given(&before, &after);
        for (n, key) in keys.iter().enumerate() {
            assert_eq!(after.key(&[&n.to_string()]), *key, "the seed is the same");
            let verdicts = (0..12).map(|n| taken([&before, &*after][n % 2], *key));
            let within = verdicts.filter(|v| *v == Verdict::Within).count();
            assert_eq!(within, 9);
            assert_eq!(before.look(*key, LIMIT, NOW), after.look(*key, LIMIT, NOW));
        }
        before.come_back();
        assert!(
            thread.join().unwrap().is_err(),
            "it ends with the connection"
        );
    }

    #[test]
    fn counters_go_on_from_one_process_to_the_next_and_to_the_next() {
        let first = SharedCounters::default();
        let (second, third) = (Arc::default(), Arc::default());
        let key = first.key(&["k"]);
        first.add(key, LIMIT, 3, NOW);
        let one = given(&first, &second);
        second.add(key, LIMIT, 3, NOW);
        let two = given(&second, &third);
        first.add(key, LIMIT, 3, NOW);
        assert_eq!(third.look(key, LIMIT, NOW).remaining, 1);
        assert_eq!(taken(&first, key), Verdict::Within);
        assert_eq!(taken(&second, key), Verdict::Exceeded);
        first.come_back();
        second.come_back();
        for keeping in [one, two] {
            keeping.join().unwrap().unwrap_err();
        }
    }

    #[test]
    fn whoever_gave_its_counters_to_a_process_that_is_lost_counts_on() {
        let before = SharedCounters::default();
        let key = before.key(&["k"]);
        before.add(key, LIMIT, 7, NOW);
        let (to, from) = UnixStream::pair().unwrap();
        drop(from);
        before.give_away(to).unwrap_err();
        assert_eq!(before.look(key, LIMIT, NOW).remaining, 3);

        let (to, from) = UnixStream::pair().unwrap();
        let after = Arc::new(SharedCounters::default());
        let (whole, is_whole) = sync_channel(1);
        let (keeping, end) = (Arc::clone(&after), from.try_clone().unwrap());
        let thread = std::thread::spawn(move || keeping.keep_for(&from, &whole));
        before.give_away(to).unwrap();
        is_whole.recv().unwrap();
        assert_eq!(taken(&before, key), Verdict::Within);
        end.shutdown(Shutdown::Both).unwrap();
        thread.join().unwrap().unwrap_err();
        assert_eq!(
            before.look(key, LIMIT, NOW).remaining,
            2,
            "its own was noted"
        );
    }

    #[test]
    fn a_keeper_that_is_lost_late_does_not_take_the_next_one_with_it() {
        let before = SharedCounters::default();
        let key = before.key(&["k"]);
        let (to, mut from) = UnixStream::pair().unwrap();
        let next = Arc::default();
        // The seed, shards without windows, the end.
        let everything = 17 + 5 * before.shards.len() + 1;
        std::thread::scope(|scope| {
            let lost = scope.spawn(move || {
                // It takes everything in, hears one question, and ends without an answer.
                let mut said = vec![0; everything];
                from.read_exact(&mut said).unwrap();
                assert_eq!(said.last(), Some(&WHOLE));
                let mut question = [0; 1 + QUESTION];
                from.read_exact(&mut question).unwrap();
                from
            });
            before.give_away(to).unwrap();
            let late = scope.spawn(|| taken(&before, key));
            let from = lost.join().unwrap();
            let keeping = given(&before, &next);
            drop(from);
            assert_eq!(late.join().unwrap(), Verdict::Within);
            for _ in 0..9 {
                assert_eq!(taken(&before, key), Verdict::Within);
            }
            assert_eq!(taken(&next, key), Verdict::Exceeded);
            before.come_back();
            keeping.join().unwrap().unwrap_err();
        });
    }
}
