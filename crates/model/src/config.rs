//! Everything a gateway serves.

use crate::api::{Api, VersionSet};
use crate::backend::Backend;
use crate::diagnostic::{SourceId, Span};
use crate::id::{FragmentId, NamedValueId};
use crate::policy::PolicyText;
use crate::product::{Group, Product, Subscription};
use crate::secret::SecretRef;

/// Everything a gateway serves: one service, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The policy document at global scope.
    pub policy: Option<PolicyText>,
    /// Named values.
    pub named_values: Vec<NamedValue>,
    /// Policy fragments.
    pub fragments: Vec<Fragment>,
    /// Backends.
    pub backends: Vec<Backend>,
    /// Version sets.
    pub version_sets: Vec<VersionSet>,
    /// Groups; the system groups are implied.
    pub groups: Vec<Group>,
    /// Products, with the APIs and groups in them.
    pub products: Vec<Product>,
    /// Subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// APIs, every revision of them.
    pub apis: Vec<Api>,
    /// APIs that could not be read so far that their URL would be known. Calls that were for them
    /// must not be taken for calls of another API.
    pub unaddressed: Vec<Unaddressed>,
}

/// An API whose URL is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaddressed {
    /// What its folder is called.
    pub name: String,
    /// Where it was written.
    pub at: (SourceId, Span),
}

/// A name that stands for a text in policies: `{{name}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedValue {
    /// Its resource name.
    pub id: NamedValueId,
    /// What policies call it.
    pub display_name: String,
    /// Its text.
    pub value: NamedValueText,
    /// Where it was written.
    pub at: (SourceId, Span),
}

/// The text of a named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedValueText {
    /// Everybody may read it.
    Plain(String),
    /// Nobody may read it.
    Secret(SecretRef),
    /// The configuration does not carry it (a secret that was exported without its value).
    Absent,
}

/// A piece of policy that documents include by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Its resource name.
    pub id: FragmentId,
    /// What it is for.
    pub description: Option<String>,
    /// `<fragment>…</fragment>`.
    pub text: PolicyText,
}
