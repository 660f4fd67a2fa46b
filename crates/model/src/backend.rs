//! Backends: services that requests are forwarded to.

use crate::diagnostic::{SourceId, Span};
use crate::id::BackendId;
use crate::secret::SecretRef;

/// A service behind the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// Its resource name.
    pub id: BackendId,
    /// What people call it.
    pub title: Option<String>,
    /// What it is.
    pub kind: BackendKind,
    /// Where it was written.
    pub at: (SourceId, Span),
}

/// What kinds of backend there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackendKind {
    /// One service.
    Single(SingleBackend),
    /// Something this version cannot forward to; the text says what is missing.
    Unsupported(String),
}

/// One service, with what the gateway adds to every request to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleBackend {
    /// Its base URL, as written (may contain `{{named values}}`).
    pub url: String,
    /// Headers added to every forwarded request.
    pub headers: Vec<(String, Vec<SecretRef>)>,
    /// Query parameters added to every forwarded request.
    pub query: Vec<(String, Vec<SecretRef>)>,
    /// The `Authorization` header: scheme and parameter.
    pub authorization: Option<(String, SecretRef)>,
    /// Whether the certificate chain is verified (`tls.validateCertificateChain`).
    pub verify_chain: Verify,
    /// Whether the certificate's name is verified (`tls.validateCertificateName`).
    pub verify_name: Verify,
}

/// Whether a check is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// It is made.
    #[default]
    Yes,
    /// It is not: an explicit, dangerous choice of the author.
    DangerSkip,
}
