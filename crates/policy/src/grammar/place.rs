//! Where a policy may stand: sections and scopes, and sets of them.

use std::fmt;

use portcullis_model::policy::Scope;

/// The sections of a policy document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Runs on the request.
    Inbound,
    /// Calls the backend.
    Backend,
    /// Runs on the response.
    Outbound,
    /// Runs when something failed.
    OnError,
}

/// A set of sections. The empty set is for what stands only in other policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sections(u8);

/// A set of scopes. The empty set is for what stands only in resolvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Section {
    /// All, in the order in which they stand and run.
    pub const ALL: [Self; 4] = [Self::Inbound, Self::Backend, Self::Outbound, Self::OnError];

    /// Its element's name, which is also what `context.LastError.Section` says.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Backend => "backend",
            Self::Outbound => "outbound",
            Self::OnError => "on-error",
        }
    }

    /// The section whose element has that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Sections {
    /// No section.
    pub(crate) const NONE: Self = Self(0);
    /// `inbound`.
    pub(crate) const INBOUND: Self = Self::of(Section::Inbound);
    /// `backend`.
    pub(crate) const BACKEND: Self = Self::of(Section::Backend);
    /// `outbound`.
    pub(crate) const OUTBOUND: Self = Self::of(Section::Outbound);
    /// `on-error`.
    pub(crate) const ON_ERROR: Self = Self::of(Section::OnError);
    /// All four.
    pub(crate) const ALL: Self = Self::INBOUND
        .or(Self::BACKEND)
        .or(Self::OUTBOUND)
        .or(Self::ON_ERROR);

    /// One section.
    pub(crate) const fn of(section: Section) -> Self {
        Self(1 << section as u8)
    }

    /// Either of two sets.
    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the section is in the set.
    pub(crate) const fn contains(self, section: Section) -> bool {
        self.0 & Self::of(section).0 != 0
    }

    /// Those in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Section> {
        Section::ALL.into_iter().filter(move |s| self.contains(*s))
    }
}

impl Scopes {
    /// Every scope, broad to narrow.
    const EVERY: [Scope; 5] = [
        Scope::Global,
        Scope::Workspace,
        Scope::Product,
        Scope::Api,
        Scope::Operation,
    ];
    /// No scope.
    pub(crate) const NONE: Self = Self(0);
    /// All five.
    pub(crate) const ALL: Self = Self(0b1_1111);
    /// All but workspaces.
    pub(crate) const NO_WORKSPACE: Self = Self::of(Scope::Global).or(Self::PRODUCT_AND_NARROWER);
    /// Products, APIs and operations.
    pub(crate) const PRODUCT_AND_NARROWER: Self = Self::of(Scope::Product)
        .or(Self::of(Scope::Api))
        .or(Self::of(Scope::Operation));

    /// One scope.
    pub(crate) const fn of(scope: Scope) -> Self {
        Self(1 << scope as u8)
    }

    /// Either of two sets.
    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the scope is in the set.
    pub(crate) const fn contains(self, scope: Scope) -> bool {
        self.0 & Self::of(scope).0 != 0
    }

    /// Those in the set, broad to narrow.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Self::EVERY.into_iter().filter(move |s| self.contains(*s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_know_their_members() {
        let set = Sections::INBOUND.or(Sections::ON_ERROR);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Section::Inbound, Section::OnError]
        );
        assert_eq!(Sections::ALL.iter().count(), 4);
        assert_eq!(Scopes::ALL.iter().count(), 5);
        assert!(!Scopes::NO_WORKSPACE.contains(Scope::Workspace));
        assert_eq!(Scopes::NO_WORKSPACE.iter().count(), 4);
    }
}
