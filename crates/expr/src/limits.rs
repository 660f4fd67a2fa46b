//! `Limits`: every bound of an evaluation, in one struct.

use crate::exception::{Exception, Outcome};

/// What one evaluation may use. Exceeding a limit ends it with an error that no `catch` sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes evaluated, items enumerated, and the like. A core does roughly 50 million a second.
    pub steps: u64,
    /// Nesting of evaluation: calls of lambdas and local functions, and expressions within them.
    pub depth: u32,
    /// Bytes of strings and collections made, including those that are garbage already.
    pub bytes: u64,
    /// Steps of one regular-expression match, before it counts as timed out.
    pub regex_steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 2_000_000,
            depth: 400,
            bytes: 64 << 20,
            regex_steps: 2_000_000,
        }
    }
}

/// What an evaluation may still use.
///
/// What walks trees charges here as it goes, for how much there is shows only on the way.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    steps: u64,
    bytes: u64,
    /// Parts of a step that are not charged yet.
    ticks: usize,
}

/// How many ticks a step is worth: looking at a node of a tree takes about as long as one.
const TICKS: usize = 4;

impl Meter {
    /// All that the limits allow.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            steps: limits.steps,
            bytes: limits.bytes,
            ticks: 0,
        }
    }

    /// For what no evaluation is charged for.
    pub(crate) fn open() -> Self {
        Self {
            steps: u64::MAX,
            bytes: u64::MAX,
            ticks: 0,
        }
    }

    /// Counts steps.
    pub(crate) fn steps(&mut self, steps: usize) -> Outcome<()> {
        if let Some(left) = self.steps.checked_sub(steps as u64) {
            self.steps = left;
            Ok(())
        } else {
            self.steps = 0;
            Err(Exception::limit("it takes too many steps"))
        }
    }

    /// Counts work that takes less than a step.
    pub(crate) fn ticks(&mut self, ticks: usize) -> Outcome<()> {
        let ticks = self.ticks.saturating_add(ticks);
        self.ticks = ticks % TICKS;
        self.steps(ticks / TICKS)
    }

    /// Counts memory that is about to be, or has just been, taken.
    pub(crate) fn bytes(&mut self, bytes: usize) -> Outcome<()> {
        self.fits(bytes)?;
        self.bytes = self.bytes.saturating_sub(bytes as u64);
        Ok(())
    }

    /// Refuses what is larger than the memory that is left, without counting it.
    pub(crate) fn fits(&mut self, bytes: usize) -> Outcome<()> {
        if bytes as u64 > self.bytes {
            self.bytes = 0;
            return Err(Exception::limit("it uses too much memory"));
        }
        Ok(())
    }
}

/// The longest expression that is compiled, in bytes.
pub(crate) const MAX_SOURCE: usize = 256 * 1024;

/// How deep an expression may nest.
pub(crate) const MAX_NESTING: u32 = 120;

/// How many levels an expression tree may have; a chain of calls has one per call.
pub(crate) const MAX_HEIGHT: u32 = 300;

/// How much work the binder does before it gives up, in nodes; lambdas are bound once per overload.
pub(crate) const MAX_BINDING: u32 = 200_000;
