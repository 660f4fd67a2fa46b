//! All ports in one.

use portcullis_policy::host::{Host, Leisure};

use crate::clock::FakeClock;
use crate::counters::SlidingLog;
use crate::random::SequenceRandom;
use crate::upstream::ScriptedUpstream;

/// The world of a test.
#[derive(Debug, Default)]
pub struct Rig {
    /// Time.
    pub clock: FakeClock,
    /// Counters.
    pub counters: SlidingLog,
    /// Backends.
    pub upstream: ScriptedUpstream,
    /// Randomness.
    pub random: SequenceRandom,
}

impl Rig {
    /// The ports as policies take them.
    pub fn host(&self) -> Host<'_> {
        Host {
            clock: &self.clock,
            counters: &self.counters,
            upstream: &self.upstream,
            random: &self.random,
            load: &Leisure,
        }
    }
}
