//! Random bits that are not.

use std::cell::Cell;

use portcullis_policy::host::Random;

/// Counts up from where it starts: each test knows what it draws.
#[derive(Debug, Default)]
pub struct SequenceRandom {
    next: Cell<u64>,
}

impl SequenceRandom {
    /// Starts with `first`.
    pub fn starting_at(first: u64) -> Self {
        Self {
            next: Cell::new(first),
        }
    }
}

impl Random for SequenceRandom {
    fn next(&self) -> u64 {
        let value = self.next.get();
        self.next.set(value.wrapping_add(1));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_up() {
        let random = SequenceRandom::starting_at(7);
        assert_eq!([random.next(), random.next()], [7, 8]);
    }
}
