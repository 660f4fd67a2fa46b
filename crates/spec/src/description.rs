//! What an API description says, in the platform's own nouns.

use std::sync::Arc;

use portcullis_model::api::Operation;
use portcullis_model::code::spec as codes;
use portcullis_model::diagnostic::{Diagnostic, Diagnostics, SourceId};

use crate::document::{Cause, Document, Malformed};
use crate::limits::Limits;
use crate::openapi::{self, Setting};

/// An API as its authors described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What people call it.
    pub title: String,
    /// The authors' own version of the text.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// Base URLs, with variables at their defaults; relative ones as they stand.
    pub servers: Vec<String>,
    /// Its operations, in the order of the text.
    pub operations: Vec<Operation>,
    /// How callers are to identify themselves, as far as it says.
    pub security: Vec<SecurityScheme>,
}

/// A declared way for callers to identify themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityScheme {
    /// What the description calls it.
    pub name: String,
    /// What it is.
    pub kind: SecuritySchemeKind,
}

/// What kinds of identification a description can declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecuritySchemeKind {
    /// A key in a request.
    ApiKey {
        /// Where it stands.
        place: KeyPlace,
        /// The header, query parameter or cookie.
        parameter: String,
    },
    /// An `Authorization` header of this scheme: `basic`, `bearer`.
    Http {
        /// The scheme, lower case.
        scheme: String,
    },
    /// OAuth 2.0.
    OAuth2,
    /// OpenID Connect.
    OpenIdConnect {
        /// The address of the provider's metadata.
        metadata: String,
    },
    /// A client certificate.
    MutualTls,
    /// Something that this version does not know.
    Unknown,
}

/// Where an API key stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// A header.
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

/// What an import makes of required query parameters (`translateRequiredQueryParameters`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum QueryParameters {
    /// They become part of the URL template (`/flights?from={from}`), so that a request without
    /// them does not match the operation. What the cloud service does unless told otherwise.
    #[default]
    Template,
    /// They stay out of the template.
    Query,
}

/// Reads an API description with the defaults of an import.
///
/// Problems are added to `diagnostics`; `None` means that nothing of it can be used.
pub fn parse(
    text: impl Into<Arc<str>>,
    source: SourceId,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let defaults = (QueryParameters::default(), &Limits::DEFAULT);
    parse_with(text, source, defaults.0, defaults.1, diagnostics)
}

/// Reads an API description, JSON or YAML as its content says.
pub fn parse_with(
    text: impl Into<Arc<str>>,
    source: SourceId,
    query_parameters: QueryParameters,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    match Document::parse(text, limits) {
        Ok(document) => {
            let setting = Setting {
                source,
                query_parameters,
                limits,
            };
            openapi::read(document.root(), &setting, diagnostics)
        }
        Err(malformed) => {
            diagnostics.push(unreadable(malformed, source));
            None
        }
    }
}

fn unreadable(malformed: Malformed, source: SourceId) -> Diagnostic {
    let Malformed {
        cause,
        span,
        message,
    } = malformed;
    match cause {
        Cause::Syntax => Diagnostic::error(
            codes::UNREADABLE_DESCRIPTION,
            source,
            span,
            format!("the API description cannot be read: {message}"),
        ),
        Cause::Limit => Diagnostic::error(
            codes::OVERSIZED_DESCRIPTION,
            source,
            span,
            format!("the API description is too large: {message}"),
        )
        .with_help("split the API into several, or take unused schemas out of the description"),
    }
}
