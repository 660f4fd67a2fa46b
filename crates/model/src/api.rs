//! APIs, their versions and revisions, and the operations in them.

use std::sync::Arc;

use crate::diagnostic::{SourceId, Span};
use crate::id::{ApiId, OperationId, Revision, VersionSetId};
use crate::policy::PolicyText;

/// One revision of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// Its resource name, without the revision.
    pub id: ApiId,
    /// Which revision this is.
    pub revision: Revision,
    /// Whether this revision answers without `;rev=N`.
    pub is_current: bool,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The URL suffix below the host.
    pub path: ApiPath,
    /// The version, if it is part of a version set.
    pub version: Option<ApiVersion>,
    /// Through which schemes it may be called.
    pub protocols: Protocols,
    /// The base URL of the service behind it, as written (may contain `{{named values}}`).
    pub service_url: Option<String>,
    /// Whether a call needs a subscription key.
    pub subscription_required: bool,
    /// Where the key stands in a request.
    pub key_names: KeyNames,
    /// What kind of API it is.
    pub kind: ApiKind,
    /// Its operations, in the order of the description.
    pub operations: Arc<[Operation]>,
    /// The policy document at API scope.
    pub policy: Option<PolicyText>,
    /// Policy documents at operation scope.
    pub operation_policies: Vec<(OperationId, PolicyText)>,
    /// Where it was written.
    pub at: (SourceId, Span),
}

/// A URL suffix: segments joined by `/`, without slashes at its ends; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiPath(Arc<str>);

/// A text that cannot be a URL suffix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidApiPath {
    /// A character that cannot stand in a path.
    #[error("a URL suffix must not contain {0:?}")]
    Character(char),
    /// A `.` or `..` segment.
    #[error("a URL suffix must not contain `.` or `..` segments")]
    DotSegment,
    /// Two slashes in a row.
    #[error("a URL suffix must not contain empty segments")]
    EmptySegment,
}

impl ApiPath {
    /// Takes slashes at the ends away and refuses what cannot be matched.
    pub fn parse(text: &str) -> Result<Self, InvalidApiPath> {
        let path = text.trim_matches('/');
        if let Some(bad) = path.chars().find(|c| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '?' | '#' | ';' | '\\' | '%' | '{' | '}')
        }) {
            return Err(InvalidApiPath::Character(bad));
        }
        if path.split('/').any(|s| matches!(s, "." | "..")) {
            return Err(InvalidApiPath::DotSegment);
        }
        if path.contains("//") {
            return Err(InvalidApiPath::EmptySegment);
        }
        Ok(Self(Arc::from(path)))
    }

    /// `store/orders`, without slashes at the ends.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments; none for the empty path.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|s| !s.is_empty())
    }
}

/// A version within a version set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion {
    /// The set.
    pub set: VersionSetId,
    /// The identifier; `None` is the original, reached without one.
    pub name: Option<String>,
}

/// Versions of one API and how a request says which one it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionSet {
    /// Its resource name.
    pub id: VersionSetId,
    /// What people call it.
    pub name: String,
    /// Where the version stands in a request.
    pub scheme: VersionScheme,
}

/// Where the version stands in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionScheme {
    /// A path segment after the suffix: `/store/v1/…`.
    Segment,
    /// The header of this name.
    Header(String),
    /// The query parameter of this name.
    Query(String),
}

/// Through which schemes an API may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocols {
    /// `http` or `ws`.
    pub plain: bool,
    /// `https` or `wss`.
    pub secure: bool,
}

/// Where the subscription key stands in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNames {
    /// The header; looked at first.
    pub header: String,
    /// The query parameter; looked at when the header is absent.
    pub query: String,
}

impl Default for KeyNames {
    fn default() -> Self {
        Self {
            header: "Ocp-Apim-Subscription-Key".into(),
            query: "subscription-key".into(),
        }
    }
}

/// What kind of API it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiKind {
    /// HTTP, described by operations.
    Http,
    /// A WebSocket: one operation, `onHandshake`.
    WebSocket,
    /// gRPC, passed through.
    Grpc,
    /// Something this version cannot serve; its routes answer 503 and say what is missing.
    Unsupported {
        /// As the configuration calls it: `graphql`.
        kind: &'static str,
        /// What is missing, as a sentence part: `a query engine is missing`.
        missing: &'static str,
    },
}

/// One operation: a method and a URL template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its resource name within the API.
    pub id: OperationId,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// The method, upper case.
    pub method: String,
    /// The template below the API's suffix.
    pub template: UrlTemplate,
    /// Declared responses, for mocks and validation.
    pub responses: Vec<ResponseDescription>,
}

/// A declared response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseDescription {
    /// The status; `None` is the default response.
    pub status: Option<u16>,
    /// What it means.
    pub description: Option<String>,
    /// The representations it may have.
    pub representations: Vec<Representation>,
}

/// One representation of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representation {
    /// Its media type.
    pub content_type: String,
    /// The body of the first example, or one generated from the schema.
    pub example: Option<Arc<str>>,
}

/// A URL template: `/flights/{id}/seats?class={class}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate {
    text: Arc<str>,
    segments: Vec<TemplateSegment>,
    query: Vec<(String, TemplateValue)>,
}

/// One path segment of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateSegment {
    /// Fixed text, percent-decoded; compared without regard to case.
    Literal(String),
    /// `{name}`: one non-empty segment, with fixed text before and after it.
    Parameter {
        /// The parameter's name.
        name: String,
        /// Fixed text before it.
        prefix: String,
        /// Fixed text after it.
        suffix: String,
    },
    /// `{*name}` or `/*`: the rest of the path; only at the end.
    Rest {
        /// The parameter's name, if it has one.
        name: Option<String>,
    },
}

/// What a template wants of a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateValue {
    /// `a={b}`: any value, bound to the name.
    Parameter(String),
    /// `a=b`: this value, without regard to case.
    Literal(String),
}

/// A text that is not a URL template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrlTemplate {
    /// A `{` without `}` or the reverse.
    #[error("a brace is not closed")]
    UnclosedBrace,
    /// `{}`.
    #[error("a parameter has no name")]
    UnnamedParameter,
    /// Two parameters of one name.
    #[error("the parameter `{0}` stands twice")]
    DuplicateParameter(String),
    /// A rest parameter that is not the last segment.
    #[error("`*` may stand only in the last segment")]
    RestNotLast,
    /// Two parameters in one segment.
    #[error("the segment `{0}` has more than one parameter")]
    CrowdedSegment(String),
}

impl UrlTemplate {
    /// Reads a template; a missing leading slash is supplied.
    pub fn parse(text: &str) -> Result<Self, InvalidUrlTemplate> {
        let (path, query) = text
            .split_once('?')
            .map_or((text, None), |(p, q)| (p, Some(q)));
        let raw: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
        let mut segments = Vec::with_capacity(raw.len());
        for (at, segment) in raw.iter().enumerate() {
            let parsed = parse_segment(segment)?;
            if matches!(parsed, TemplateSegment::Rest { .. }) && at + 1 != raw.len() {
                return Err(InvalidUrlTemplate::RestNotLast);
            }
            segments.push(parsed);
        }
        let query = query.map(parse_query).transpose()?.unwrap_or_default();
        let template = Self {
            text: Arc::from(text),
            segments,
            query,
        };
        template.reject_duplicates()?;
        Ok(template)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The path's segments.
    pub fn segments(&self) -> &[TemplateSegment] {
        &self.segments
    }

    /// The query parameters that must be there.
    pub fn query(&self) -> &[(String, TemplateValue)] {
        &self.query
    }

    /// The names of all parameters, path first.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let path = self.segments.iter().filter_map(|s| match s {
            TemplateSegment::Parameter { name, .. }
            | TemplateSegment::Rest { name: Some(name) } => Some(name.as_str()),
            TemplateSegment::Literal(_) | TemplateSegment::Rest { name: None } => None,
        });
        let query = self.query.iter().filter_map(|(_, v)| match v {
            TemplateValue::Parameter(name) => Some(name.as_str()),
            TemplateValue::Literal(_) => None,
        });
        path.chain(query)
    }

    fn reject_duplicates(&self) -> Result<(), InvalidUrlTemplate> {
        let mut seen = std::collections::HashSet::new();
        match self
            .parameters()
            .find(|name| !seen.insert(name.to_lowercase()))
        {
            Some(name) => Err(InvalidUrlTemplate::DuplicateParameter(name.to_owned())),
            None => Ok(()),
        }
    }
}

fn parse_segment(segment: &str) -> Result<TemplateSegment, InvalidUrlTemplate> {
    if segment == "*" {
        return Ok(TemplateSegment::Rest { name: None });
    }
    let Some((prefix, rest)) = segment.split_once('{') else {
        return if segment.contains('}') {
            Err(InvalidUrlTemplate::UnclosedBrace)
        } else {
            Ok(TemplateSegment::Literal(segment.to_owned()))
        };
    };
    let (name, suffix) = rest
        .split_once('}')
        .ok_or(InvalidUrlTemplate::UnclosedBrace)?;
    if suffix.contains('{') {
        return Err(InvalidUrlTemplate::CrowdedSegment(segment.to_owned()));
    }
    match name.strip_prefix('*') {
        Some("") => Ok(TemplateSegment::Rest { name: None }),
        Some(name) => Ok(TemplateSegment::Rest {
            name: Some(name.to_owned()),
        }),
        None if name.is_empty() => Err(InvalidUrlTemplate::UnnamedParameter),
        None => Ok(TemplateSegment::Parameter {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
        }),
    }
}

fn parse_query(query: &str) -> Result<Vec<(String, TemplateValue)>, InvalidUrlTemplate> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = match value.strip_prefix('{').map(|v| v.strip_suffix('}')) {
                Some(Some("")) => return Err(InvalidUrlTemplate::UnnamedParameter),
                Some(Some(parameter)) => TemplateValue::Parameter(parameter.to_owned()),
                Some(None) => return Err(InvalidUrlTemplate::UnclosedBrace),
                None => TemplateValue::Literal(value.to_owned()),
            };
            Ok((name.to_owned(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_knows_its_parts() {
        let t = UrlTemplate::parse("/flights/{id}/v{n}.json/*?class={class}&kind=a").unwrap();
        assert_eq!(t.parameters().collect::<Vec<_>>(), ["id", "n", "class"]);
        assert_eq!(t.segments().len(), 4);
        assert_eq!(t.query()[1].1, TemplateValue::Literal("a".into()));
    }

    #[test]
    fn malformed_templates_are_refused() {
        for bad in ["/{a", "/{}", "/{a}/{A}", "/*/x", "/{a}{b}", "/a}", "/x?a={"] {
            assert!(UrlTemplate::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_path_loses_its_outer_slashes() {
        assert_eq!(
            ApiPath::parse("/store/orders/").unwrap().as_str(),
            "store/orders"
        );
        assert_eq!(ApiPath::parse("").unwrap().segments().count(), 0);
        assert!(ApiPath::parse("a/../b").is_err());
        assert!(ApiPath::parse("a;rev=2").is_err());
    }
}
