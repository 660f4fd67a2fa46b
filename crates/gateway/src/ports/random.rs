//! Random bits for ids and expressions: a keyed generator a core, seeded by the operating system.

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

use portcullis_policy::host::Random;

/// SipHash-1-3 of a counter under a random key.
///
/// Good enough for ids and `System.Random`; cryptographic randomness comes from aws-lc-rs.
#[derive(Debug)]
pub(crate) struct CoreRandom {
    key: RandomState,
    counter: Cell<u64>,
}

impl Default for CoreRandom {
    fn default() -> Self {
        Self {
            key: RandomState::new(),
            counter: Cell::new(0),
        }
    }
}

impl Random for CoreRandom {
    fn next(&self) -> u64 {
        let n = self.counter.get();
        self.counter.set(n.wrapping_add(1));
        let mut hasher = self.key.build_hasher();
        hasher.write_u64(n);
        hasher.finish()
    }
}
