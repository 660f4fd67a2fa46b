//! Turns requests away before a core drowns in them.
//!
//! A core that has more to do than it can do lets everything wait, and soon everybody has gone before
//! the answer comes. What counts is how long that wait is, as in CoDel (RFC 8289): a queue that comes
//! and goes does no harm, a queue that stands does. Each sweep of a core says how late it came
//! ([`Overload::late`]): what a client has sent waited as long until somebody looked at it. If even the
//! least of the waits of a [`WINDOW`] is longer than is put up with, the core takes on fewer requests
//! and connections in the next window, and more again when the wait has gone.
//!
//! The fewer are shared fairly: a caller that asks for less than its share gets all of it, the others
//! get equal shares (max-min). Callers are told apart by a keyed hash into [`PLACES`]; those who are
//! not known have places of their own, and at most half of everything while others want it, so that
//! nobody crowds subscriptions out with addresses. What is shared is requests, not time: a caller whose
//! requests take long has as many as one whose requests do not.

use std::cell::{Cell, RefCell};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Duration;

use portcullis_policy::host::{Caller, Load};

use crate::admit;

/// How long a window is, at least.
const WINDOW: Duration = Duration::from_millis(200);

/// How many sweeps it has, at least: one that is late shows one request that took long.
const SWEEPS: u32 = 2;

/// How many callers are told apart; those in one place share a share.
const PLACES: u16 = 256;

/// So many are taken on in any window: whether the wait has gone is only seen if some come through.
const FEWEST: u32 = 10;

/// After so many windows in which nobody had to be turned away it is over.
const CALM: u32 = 10;

/// Callers are told to wait for one to so many seconds, so that they do not come back together.
const SPREAD: u32 = 3;

/// What was seen since the last decision.
#[derive(Debug, Clone, Copy)]
struct Window {
    lasted: Duration,
    sweeps: u32,
    /// How late the most punctual sweep was.
    least: Duration,
}

/// Whether a core is overloaded.
#[derive(Debug)]
pub(crate) struct Overload {
    /// How long what has arrived may wait; zero: as long as it likes.
    most: Duration,
    hasher: RandomState,
    window: Cell<Window>,
    requests: Throttle,
    connections: Throttle,
    shares: RefCell<Option<Box<Shares>>>,
    turned_away: Cell<u32>,
}

/// What a window has brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// From now on not everything is taken on.
    Begun,
    /// Everything is again.
    Over,
}

/// How many of something are taken on in a window.
#[derive(Debug, Default)]
struct Throttle {
    /// `None`: all.
    most: Cell<Option<u32>>,
    taken: Cell<u32>,
    refused: Cell<u32>,
    calm: Cell<u32>,
}

/// What callers may have.
#[derive(Debug, Default)]
struct Shares {
    known: Table,
    strangers: Table,
}

/// What callers asked for in this window, and what each may have.
#[derive(Debug)]
struct Table {
    asked: [u32; PLACES as usize],
    each: u32,
}

impl Overload {
    pub(crate) fn new(most: Duration) -> Self {
        Self {
            most,
            hasher: RandomState::new(),
            window: Cell::new(Window::NEW),
            requests: Throttle::default(),
            connections: Throttle::default(),
            shares: RefCell::default(),
            turned_away: Cell::new(0),
        }
    }

    /// A sweep came so late, and so long after the one before.
    pub(crate) fn late(&self, by: Duration, after: Duration) -> Option<Change> {
        let window = self.window.get().with(by, after);
        self.window.set(window);
        if self.most.is_zero() || window.lasted < WINDOW || window.sweeps < SWEEPS {
            return None;
        }
        self.window.set(Window::NEW);
        let too_late = window.least > self.most;
        let before = self.requests.most.get().is_some();
        self.requests.turn(too_late);
        self.connections.turn(too_late);
        let mut shares = self.shares.borrow_mut();
        match (self.requests.most.get(), shares.as_mut()) {
            (None, _) => *shares = None,
            (Some(_), None) => *shares = Some(Box::default()),
            (Some(most), Some(shares)) => shares.turn(most),
        }
        match (before, shares.is_some()) {
            (false, true) => Some(Change::Begun),
            (true, false) => Some(Change::Over),
            (false, false) | (true, true) => None,
        }
    }

    /// Whether another connection is accepted now; if not, it waits where the kernel keeps it.
    pub(crate) fn takes_connection(&self) -> bool {
        self.connections.take()
    }

    /// How many requests were turned away since this was last asked.
    pub(crate) fn take_turned_away(&self) -> u32 {
        self.turned_away.take()
    }
}

impl Window {
    const NEW: Self = Self {
        lasted: Duration::ZERO,
        sweeps: 0,
        least: Duration::MAX,
    };

    fn with(self, late: Duration, after: Duration) -> Self {
        Self {
            lasted: self.lasted.saturating_add(after),
            sweeps: self.sweeps.saturating_add(1),
            least: self.least.min(late),
        }
    }
}

impl Load for Overload {
    fn turn_away(&self, caller: Caller<'_>) -> Option<u32> {
        let has_share = match self.shares.borrow_mut().as_mut() {
            None => true,
            Some(shares) => match caller {
                Caller::Subscription(name) => shares.known.has(self.hasher.hash_one(name)),
                Caller::Address(address) => {
                    let machine = admit::Caller::of(address);
                    shares.strangers.has(self.hasher.hash_one(machine))
                }
            },
        };
        if has_share && self.requests.take() {
            return None;
        }
        if !has_share {
            self.requests.refuse();
        }
        let turned_away = self.turned_away.get().wrapping_add(1);
        self.turned_away.set(turned_away);
        Some(turned_away % SPREAD + 1)
    }
}

impl Throttle {
    fn take(&self) -> bool {
        let taken = self.taken.get();
        if self.most.get().is_some_and(|most| taken >= most) {
            self.refuse();
            return false;
        }
        self.taken.set(taken.saturating_add(1));
        true
    }

    fn refuse(&self) {
        self.refused.set(self.refused.get().saturating_add(1));
    }

    /// Begins the next window: a tenth fewer if the wait was too long, a twentieth more if not.
    fn turn(&self, too_late: bool) {
        let taken = self.taken.take();
        let refused = self.refused.take();
        let next = match self.most.get() {
            None if !too_late => None,
            most if too_late => {
                self.calm.set(0);
                let most = most.map_or(taken, |most| most.min(taken));
                Some((most - most / 10).max(FEWEST))
            }
            most => {
                self.calm
                    .set(if refused == 0 { self.calm.get() + 1 } else { 0 });
                let is_over = self.calm.get() >= CALM;
                most.filter(|_| !is_over)
                    .map(|most| most.saturating_add(most / 20 + 1))
            }
        };
        self.most.set(next);
    }
}

impl Shares {
    /// Shares so many out by what was asked for in the window that ends.
    fn turn(&mut self, most: u32) {
        let wishes = |table: &Table| {
            table
                .asked
                .iter()
                .fold(0, |sum: u32, n| sum.saturating_add(*n))
        };
        let (known, strangers) = (wishes(&self.known), wishes(&self.strangers));
        self.known
            .turn((most / 2).max(most.saturating_sub(strangers)));
        self.strangers
            .turn((most / 2).max(most.saturating_sub(known)));
    }
}

impl Default for Table {
    /// Before it is known who asks for how much, everybody may have anything.
    fn default() -> Self {
        Self {
            asked: [0; PLACES as usize],
            each: u32::MAX,
        }
    }
}

impl Table {
    /// Asks for one more.
    fn has(&mut self, hash: u64) -> bool {
        let place = usize::try_from(hash % u64::from(PLACES)).unwrap_or(0);
        let Some(asked) = self.asked.get_mut(place) else {
            return true;
        };
        *asked = asked.saturating_add(1);
        *asked <= self.each
    }

    fn turn(&mut self, most: u32) {
        let mut asked = std::mem::replace(&mut self.asked, [0; PLACES as usize]);
        asked.sort_unstable();
        let (mut left, mut callers) = (most, u32::from(PLACES));
        for wish in asked {
            let share = left / callers;
            if wish > share {
                self.each = share.max(1);
                return;
            }
            left -= wish;
            callers -= 1;
            // As much as whoever asked most, and what is left: not all of it for who comes first.
            self.each = wish.saturating_add(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const MOST: Duration = Duration::from_millis(100);

    /// Lets callers ask so often in a window that is so late; how often each was served.
    fn window<const N: usize>(overload: &Overload, late: Duration, asks: [u32; N]) -> [u32; N] {
        let mut served = [0; N];
        for round in 0..asks.into_iter().max().unwrap_or(0) {
            let still_asking = (0..N).filter(|caller| round < asks[*caller]);
            for caller in still_asking {
                let name = ["ann", "bob", "eve"][caller];
                if overload.turn_away(Caller::Subscription(name)).is_none() {
                    served[caller] += 1;
                }
            }
        }
        sweep(overload, late);
        served
    }

    /// A window of sweeps that are all so late.
    fn sweep(overload: &Overload, late: Duration) {
        for _ in 0..SWEEPS {
            overload.late(late, WINDOW / SWEEPS);
        }
    }

    #[test]
    fn one_sweep_in_time_shows_that_no_queue_stands() {
        let overload = Overload::new(MOST);
        for _ in 0..10 {
            for late in [MOST * 3, MOST] {
                assert_eq!(overload.late(late, WINDOW), None, "{late:?}");
            }
        }
        assert_eq!(overload.turn_away(Caller::Subscription("ann")), None);
    }

    #[test]
    fn while_the_queue_stands_fewer_and_fewer_are_taken_on_and_more_when_it_has_gone() {
        let overload = Overload::new(MOST);
        let mut before = u32::MAX;
        assert_eq!(window(&overload, MOST * 2, [1000]), [1000]);
        for _ in 0..60 {
            let [served] = window(&overload, MOST * 2, [1000]);
            assert!(
                served < before || served == FEWEST,
                "{served} after {before}"
            );
            before = served;
        }
        assert_eq!(before, FEWEST);
        let mut windows = 0;
        while window(&overload, MOST / 2, [1000]) != [1000] {
            windows += 1;
            assert!(windows < 200);
        }
        for _ in 0..=CALM {
            window(&overload, MOST / 2, [1000]);
        }
        assert!(overload.shares.borrow().is_none());
    }

    #[test]
    fn who_asks_for_little_gets_it_and_the_others_share_the_rest() {
        let overload = Overload::new(MOST);
        for _ in 0..20 {
            window(&overload, MOST * 2, [10, 500, 2000]);
        }
        let [ann, bob, eve] = window(&overload, MOST * 2, [10, 500, 2000]);
        assert_eq!(ann, 10);
        assert!(eve < 400 && bob.abs_diff(eve) <= 2, "{bob} {eve}");
    }

    #[test]
    fn strangers_crowd_nobody_out_however_many_addresses_they_have() {
        let overload = Overload::new(MOST);
        let ask = |caller| u32::from(overload.turn_away(caller).is_none());
        let mut served = (0, 0);
        for _ in 0..30 {
            served = (0, 0);
            for n in 0..2_000 {
                let address = Ipv4Addr::from_bits(0x0a00_0000 + n);
                served.1 += ask(Caller::Address(address.into()));
                served.0 += ask(Caller::Subscription("ann"));
            }
            sweep(&overload, MOST * 2);
        }
        assert!(served.0 + 1 >= served.1, "{served:?}");
        // One machine has as many addresses of its network as it likes.
        let place = |last: u16| {
            let machine = admit::Caller::of([0x2001, 0xdb8, 0, 0, 0, 0, 0, last].into());
            overload.hasher.hash_one(machine)
        };
        assert_eq!(place(1), place(2));
    }

    #[test]
    fn who_was_silent_does_not_take_all_in_the_next_window() {
        let mut table = Table::default();
        for _ in 0..40 {
            table.has(1);
        }
        table.turn(100);
        assert_eq!(table.each, 100);
        for hash in 0..100 {
            table.has(hash);
        }
        table.turn(100);
        assert_eq!(table.each, 1);
    }

    #[test]
    fn connections_wait_outside_meanwhile() {
        let overload = Overload::new(MOST);
        for _ in 0..2 {
            for _ in 0..1000 {
                overload.takes_connection();
            }
            sweep(&overload, MOST * 2);
        }
        let taken = (0..1000).filter(|_| overload.takes_connection()).count();
        assert_eq!(taken, 810);
    }

    #[test]
    fn a_limit_of_zero_turns_nobody_away() {
        let overload = Overload::new(Duration::ZERO);
        for _ in 0..5 {
            assert_eq!(window(&overload, MOST * 9, [100]), [100]);
        }
    }
}
