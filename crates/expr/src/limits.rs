//! `Limits`: every bound of an evaluation, in one struct.

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

/// The longest expression that is compiled, in bytes.
pub(crate) const MAX_SOURCE: usize = 256 * 1024;

/// How deep an expression may nest.
pub(crate) const MAX_NESTING: u32 = 120;

/// How many levels an expression tree may have; a chain of calls has one per call.
pub(crate) const MAX_HEIGHT: u32 = 300;

/// How much work the binder does before it gives up, in nodes; lambdas are bound once per overload.
pub(crate) const MAX_BINDING: u32 = 200_000;
