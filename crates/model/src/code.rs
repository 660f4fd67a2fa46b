//! Stable codes of everything that people read when something is refused.
//!
//! A [`Code`] carries its own explanation, so a code without one cannot exist. The first letter
//! says who speaks: `A` the artefact folder, `S` an API description, `P` a policy document,
//! `E` the engine that puts them together, `C` the settings, `CS` the C# compiler's own numbers for
//! expressions; a refusal at run time has its reason for a code, such as `CallerIpNotAllowed`. `portcullis explain CODE` prints an [`Entry`].

use std::fmt;

pub mod artifact;
pub mod engine;
pub mod expression;
pub mod policy;
pub mod refusal;
pub mod setting;
pub mod spec;

/// What a code means and what to do about it.
#[derive(Debug)]
pub struct Entry {
    /// `P0101`.
    pub id: &'static str,
    /// A few words, lower case: `unknown policy element`.
    pub title: &'static str,
    /// What it means, in full sentences.
    pub meaning: &'static str,
    /// How to mend it, in full sentences.
    pub mend: &'static str,
}

/// A stable code; a reference to its explanation.
#[derive(Clone, Copy)]
pub struct Code(pub &'static Entry);

impl Code {
    /// `P0101`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// Every code there is, by family.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            artifact::ALL,
            spec::ALL,
            policy::ALL,
            expression::ALL,
            engine::ALL,
            setting::ALL,
            refusal::ALL,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// The code that is written so, without regard to case.
    pub fn find(id: &str) -> Option<Self> {
        Self::all().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_unique_and_explained() {
        let mut seen = HashSet::new();
        for code in Code::all() {
            assert!(seen.insert(code.id()), "{code} stands twice");
            let Entry {
                title,
                meaning,
                mend,
                ..
            } = code.0;
            assert!(
                !title.is_empty() && meaning.ends_with('.') && mend.ends_with('.'),
                "{code}"
            );
        }
    }
}
