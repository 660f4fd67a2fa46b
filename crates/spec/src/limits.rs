//! Every bound on what is read, in one struct.

/// How large a document may be before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Values, counted after YAML aliases are written out, so that a small text cannot grow large.
    pub nodes: usize,
    /// Arrays and objects within each other.
    pub depth: usize,
    /// Operations of one description.
    pub operations: usize,
    /// References followed before one value is reached.
    pub references: usize,
    /// Schemas within each other in one generated sample.
    pub sample_depth: usize,
    /// Values in one generated sample.
    pub sample_nodes: usize,
}

impl Limits {
    /// The defaults: four times the largest public descriptions that are known to us.
    pub const DEFAULT: Self = Self {
        bytes: 32 * 1024 * 1024,
        nodes: 4_000_000,
        depth: 128,
        operations: 50_000,
        references: 12,
        sample_depth: 8,
        sample_nodes: 400,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
