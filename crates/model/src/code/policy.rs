//! Codes of policy documents.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[MALFORMED_DOCUMENT];

/// malformed policy document
pub const MALFORMED_DOCUMENT: Code = Code(&Entry {
    id: "P0001",
    title: "malformed policy document",
    meaning: "The text is not a policy document: its elements do not nest, or a tag does not end.",
    mend: "Close the element at the place that is shown.",
});
