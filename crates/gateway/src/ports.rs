//! What the policies' ports are made of here.

pub(crate) mod counters;
pub(crate) mod random;

pub(crate) use counters::SharedCounters;
