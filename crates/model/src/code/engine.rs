//! Codes of the engine, which puts a configuration together.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[NOT_RUNNABLE];

/// not runnable yet
pub const NOT_RUNNABLE: Code = Code(&Entry {
    id: "E0001",
    title: "not runnable yet",
    meaning: "The policy is understood and checked, but this version cannot run it, so the operations that need it answer 503.",
    mend: "Remove the policy, or put the operation behind a gateway that runs it.",
});
