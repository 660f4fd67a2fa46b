//! Policy texts as they were written, and the scopes they stand at.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::SourceId;

/// How a policy text writes its expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyFormat {
    /// Expressions stand as C#, unescaped (`rawxml`): not necessarily well-formed XML.
    Raw,
    /// Expressions are XML-escaped (`xml`): well-formed XML.
    Escaped,
    /// There is a document, but its text could not be read, and that was reported where it was
    /// tried. The text is empty; whatever needs the document fails closed. It is not the same as
    /// no document.
    Unreadable,
}

/// A policy document or fragment as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    /// The id of the text for diagnostics.
    pub source: SourceId,
    /// The text; the same allocation as long as the file does not change.
    pub text: Arc<str>,
    /// How expressions are written in it.
    pub format: PolicyFormat,
}

impl PolicyText {
    /// A document that is there but could not be read.
    pub fn unreadable(source: SourceId) -> Self {
        Self {
            source,
            text: Arc::from(""),
            format: PolicyFormat::Unreadable,
        }
    }
}

/// The levels at which a policy document can stand, broad to narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// All APIs.
    Global,
    /// A workspace.
    Workspace,
    /// A product.
    Product,
    /// One API.
    Api,
    /// One operation.
    Operation,
}

impl Scope {
    /// As `context.LastError.Scope` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Workspace => "workspace",
            Self::Product => "product",
            Self::Api => "api",
            Self::Operation => "operation",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
