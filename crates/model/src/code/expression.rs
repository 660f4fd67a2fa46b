//! Codes of policy expressions that the C# compiler has no number for.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[NAMED_VALUE_NOT_FOUND];

/// named value not found
pub const NAMED_VALUE_NOT_FOUND: Code = Code(&Entry {
    id: "X0001",
    title: "named value not found",
    meaning: "An expression refers to a named value that does not exist.",
    mend: "Add the named value, or correct its name.",
});
