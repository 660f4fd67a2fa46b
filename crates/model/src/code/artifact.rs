//! Codes of the artefact folder.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[UNREADABLE_FILE];

/// unreadable file
pub const UNREADABLE_FILE: Code = Code(&Entry {
    id: "A0001",
    title: "unreadable file",
    meaning: "The file exists but its contents could not be read as text.",
    mend: "Check the file's permissions and that it is UTF-8.",
});
