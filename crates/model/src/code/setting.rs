//! Codes of the settings file.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[MALFORMED, UNKNOWN_KEY, WRONG_SETTING];

/// malformed settings file
pub const MALFORMED: Code = Code(&Entry {
    id: "C0001",
    title: "malformed settings file",
    meaning: "The settings file is not TOML, so nothing in it can be used and the gateway does not \
              start.",
    mend: "Mend the file at the place that is shown: `[section]`, then `key = value`, texts in \
           quotes.",
});

/// unknown setting
pub const UNKNOWN_KEY: Code = Code(&Entry {
    id: "C0002",
    title: "unknown setting",
    meaning: "The settings file has a key or section that does not exist. It is not ignored, \
              because whoever wrote it relies on it.",
    mend: "Correct the name; `docs/configuration.md` lists all keys.",
});

/// setting with a wrong value
pub const WRONG_SETTING: Code = Code(&Entry {
    id: "C0003",
    title: "setting with a wrong value",
    meaning: "A key of the settings file has a value that it cannot have.",
    mend: "Write a value as the message and `docs/configuration.md` say.",
});
