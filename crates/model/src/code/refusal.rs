//! Codes of refusals at run time.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[NO_ROUTE];

/// no such operation
pub const NO_ROUTE: Code = Code(&Entry {
    id: "R0001",
    title: "no such operation",
    meaning: "No API and operation match the method and URL of the request.",
    mend: "Check the path, the API version and the method against the API description.",
});
