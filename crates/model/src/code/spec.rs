//! Codes of API descriptions.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[UNREADABLE_DESCRIPTION];

/// unreadable API description
pub const UNREADABLE_DESCRIPTION: Code = Code(&Entry {
    id: "S0001",
    title: "unreadable API description",
    meaning: "The API description is neither JSON nor YAML that can be read.",
    mend: "Mend the syntax at the place that is shown, or export the description again.",
});
