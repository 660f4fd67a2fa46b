//! How much memory the bodies that policies read may take together.
//!
//! One budget serves all requests of the process, also across reloads. What a body holds is counted
//! as it grows, not as its sender announces it, and goes back when the last piece of it is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

/// Memory for bodies, in bytes.
#[derive(Debug, Clone)]
pub struct Budget(Arc<State>);

#[derive(Debug)]
struct State {
    most: u64,
    used: AtomicU64,
}

/// The budget has no room for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

/// A body while it is gathered, and after that what its bytes hold on to.
#[derive(Debug)]
pub(crate) struct Gathered {
    bytes: Vec<u8>,
    /// How long it becomes at most.
    most: u64,
    budget: Budget,
    counted: u64,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(most: u64) -> Self {
        Self(Arc::new(State {
            most,
            used: AtomicU64::new(0),
        }))
    }

    /// How much of it is used.
    pub fn used(&self) -> u64 {
        self.0.used.load(Ordering::Relaxed)
    }

    /// Begins to gather a body that does not become longer than this.
    pub(crate) fn gather(&self, most: u64) -> Gathered {
        Gathered {
            bytes: Vec::new(),
            most,
            budget: self.clone(),
            counted: 0,
        }
    }

    fn take(&self, bytes: u64) -> Result<(), Exhausted> {
        let before = self.0.used.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.0.most {
            self.give_back(bytes);
            return Err(Exhausted);
        }
        Ok(())
    }

    fn give_back(&self, bytes: u64) {
        self.0.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Default for Budget {
    /// 256 MiB.
    fn default() -> Self {
        Self::new(256 << 20)
    }
}

impl Gathered {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds data, if there is room for it.
    pub(crate) fn push(&mut self, data: &[u8]) -> Result<(), Exhausted> {
        let needed = self.bytes.len().saturating_add(data.len());
        if needed > self.bytes.capacity() {
            let most = usize::try_from(self.most).unwrap_or(usize::MAX);
            let ahead = self.bytes.capacity().saturating_mul(2).min(most);
            let capacity = needed.max(ahead);
            let more = (capacity as u64).saturating_sub(self.counted);
            self.budget.take(more)?;
            self.counted += more;
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// The bytes, which count as long as any of them lives.
    pub(crate) fn into_bytes(self) -> Bytes {
        if self.bytes.is_empty() {
            Bytes::new()
        } else {
            Bytes::from_owner(self)
        }
    }
}

impl AsRef<[u8]> for Gathered {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        self.budget.give_back(self.counted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gathered_counts_until_the_last_piece_is_dropped() {
        let budget = Budget::new(1_000);
        let mut one = budget.gather(1_000);
        one.push(&[1; 300]).unwrap();
        one.push(&[1; 300]).unwrap();
        assert_eq!(budget.used(), 600);
        let mut other = budget.gather(1_000);
        assert_eq!(other.push(&[2; 401]), Err(Exhausted));
        assert_eq!(other.push(&[2; 400]), Ok(()));
        let bytes = one.into_bytes();
        let piece = bytes.slice(10..20);
        drop((bytes, other));
        assert_eq!((budget.used(), &piece[..2]), (600, &[1, 1][..]));
        drop(piece);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn what_panics_gives_back_too() {
        let budget = Budget::new(10);
        let gathered = budget.clone();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let mut gathered = gathered.gather(10);
            gathered.push(&[0; 10]).unwrap();
            panic!("a bug");
        }));
        assert!(panicked.is_err() && budget.used() == 0);
    }
}
