//! Every bound on what is read, in one struct.

/// How large a folder and its files may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an information file.
    pub information_bytes: u64,
    /// Bytes of a policy document or fragment; the cloud service's own limit.
    pub policy_bytes: u64,
    /// Bytes of an API description, and what it may contain.
    pub description: portcullis_spec::limits::Limits,
    /// Resources of one kind, and operations with a policy of one API.
    pub resources: usize,
    /// Characters of a named value; the cloud service's own limit.
    pub named_value_characters: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        information_bytes: 1024 * 1024,
        policy_bytes: 256 * 1024,
        description: portcullis_spec::limits::Limits::DEFAULT,
        resources: 50_000,
        named_value_characters: 4096,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
