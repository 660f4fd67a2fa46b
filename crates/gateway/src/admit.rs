//! Who may have a connection: so many in all, so many from one address.
//!
//! Decided when a connection was accepted, before a byte is read and before TLS. The count of all
//! connections is one atomic number; the counts of addresses lie behind locks of their own, one for
//! each of [`SHARDS`] parts, so that cores do not wait for each other. A [`Slot`] goes back when it is
//! dropped, however its connection ended.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::settings::{IpRange, Settings};

/// How many parts the table of addresses has.
const SHARDS: usize = 64;

/// How many connections are open, and from where.
#[derive(Debug)]
pub(crate) struct Admission {
    most: usize,
    /// `None` if addresses are not counted.
    most_of_one: Option<usize>,
    trusted: Vec<IpRange>,
    open: AtomicUsize,
    addresses: Box<[Mutex<HashMap<Caller, usize>>]>,
    hasher: RandomState,
}

/// Whoever is taken for one caller: an IPv4 address, or the network of 64 bits that an IPv6 address
/// lies in, of which one machine has as many addresses as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Caller(u128);

/// The right to one connection.
#[derive(Debug)]
pub(crate) struct Slot {
    admission: Arc<Admission>,
    caller: Option<Caller>,
}

/// Why a connection is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many are open as may be.
    Total,
    /// As many are open from its address as may be.
    Address,
}

impl Caller {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u128::from(address.to_ipv6_mapped())),
            IpAddr::V6(address) => Self(u128::from(address) & !u128::from(u64::MAX)),
        }
    }
}

impl Admission {
    pub(crate) fn new(settings: &Settings) -> Arc<Self> {
        Arc::new(Self {
            most: settings.client.max_connections,
            most_of_one: settings.client.max_connections_per_address,
            trusted: settings.trusted_proxies.clone(),
            open: AtomicUsize::new(0),
            addresses: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        })
    }

    /// Takes a connection from `peer`, if one more may be open.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Slot, Refused> {
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return Err(Refused::Total);
        }
        let mut slot = Slot {
            admission: Arc::clone(self),
            caller: None,
        };
        if let Some(most) = self.most_of_one
            && !self.trusted.iter().any(|range| range.contains(peer))
        {
            let caller = Caller::of(peer);
            let mut shard = self.shard(caller);
            let open = shard.as_ref().and_then(|s| s.get(&caller).copied());
            if open.unwrap_or(0) >= most {
                return Err(Refused::Address);
            }
            if let Some(shard) = &mut shard {
                *shard.entry(caller).or_default() += 1;
                slot.caller = Some(caller);
            }
        }
        Ok(slot)
    }

    fn shard(&self, caller: Caller) -> Option<MutexGuard<'_, HashMap<Caller, usize>>> {
        let at = self.hasher.hash_one(caller) % SHARDS as u64;
        let shard = self.addresses.get(usize::try_from(at).ok()?)?;
        // A panic while counting leaves numbers, not a broken structure.
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.admission.open.fetch_sub(1, Ordering::Relaxed);
        let Some(caller) = self.caller else { return };
        let Some(mut shard) = self.admission.shard(caller) else {
            return;
        };
        match shard.get_mut(&caller) {
            Some(open) if *open > 1 => *open -= 1,
            Some(_) | None => {
                shard.remove(&caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(most: usize, most_of_one: Option<usize>) -> Arc<Admission> {
        Arc::new(Admission {
            most,
            most_of_one,
            trusted: vec![IpRange::parse("10.0.0.0/8").unwrap()],
            open: AtomicUsize::new(0),
            addresses: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        })
    }

    fn is_forgotten(admission: &Admission) -> bool {
        let none = |shard: &Mutex<HashMap<_, _>>| shard.lock().unwrap().is_empty();
        admission.open.load(Ordering::Relaxed) == 0 && admission.addresses.iter().all(none)
    }

    #[test]
    fn one_address_has_its_share_and_an_ipv6_network_counts_as_one() {
        let admission = admission(100, Some(2));
        let cases = [
            ("192.0.2.1", None),
            ("::ffff:192.0.2.1", None),
            ("192.0.2.1", Some(Refused::Address)),
            ("192.0.2.2", None),
            ("2001:db8::1", None),
            ("2001:db8::ffff:0:0:2", None),
            ("2001:db8::3", Some(Refused::Address)),
            ("2001:db8:0:1::1", None),
        ];
        let slots = cases.map(|(peer, refused)| {
            let slot = admission.admit(peer.parse().unwrap());
            assert_eq!(slot.as_ref().err().copied(), refused, "{peer}");
            slot
        });
        drop(slots);
        assert!(is_forgotten(&admission));
    }

    #[test]
    fn trusted_proxies_have_no_share_but_count_in_all() {
        let admission = admission(3, Some(1));
        let admit = |peer: &str| admission.admit(peer.parse().unwrap());
        let slots = ["10.0.0.1", "10.0.0.1", "10.0.0.1"].map(|peer| admit(peer).unwrap());
        assert_eq!(admit("10.0.0.1").unwrap_err(), Refused::Total);
        assert_eq!(admit("192.0.2.1").unwrap_err(), Refused::Total);
        drop(slots);
        assert!(is_forgotten(&admission));
    }

    #[test]
    fn a_slot_goes_back_when_its_connection_panics() {
        let admission = admission(1, Some(1));
        let peer: IpAddr = "192.0.2.1".parse().unwrap();
        let slot = admission.admit(peer).unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _slot = slot;
            panic!("a bug");
        }));
        assert!(panicked.is_err() && is_forgotten(&admission));
        assert!(admission.admit(peer).is_ok());
    }
}
