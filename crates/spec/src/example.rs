//! The body of a representation: the example somebody wrote, or a sample of the schema.

use std::sync::Arc;

use crate::document::{Document, Kind, Node};
use crate::limits::Limits;
use crate::reference::References;
use crate::sample::{Samples, plain_text};

/// Where the examples of one media type may stand; the first that is there counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Written<'d> {
    /// One value (`example`, or an entry of OpenAPI 2's `examples`).
    pub(crate) example: Option<Node<'d>>,
    /// Named examples, each with a `value`.
    pub(crate) examples: Option<Node<'d>>,
    /// The schema, for its own example or a sample.
    pub(crate) schema: Option<Node<'d>>,
}

impl<'d> Written<'d> {
    /// The body, as the media type has it.
    pub(crate) fn body(
        self,
        media_type: &str,
        references: &References<'d>,
        samples: &Samples<'d, '_>,
    ) -> Option<Arc<str>> {
        let schema = self.schema.and_then(|s| references.follow(s).ok());
        let written = self
            .example
            .or_else(|| self.named(references))
            .or_else(|| schema.and_then(|s| s.get("example")));
        if let Some(written) = written {
            return as_body(written, media_type);
        }
        if is_json(media_type) {
            return samples.json(self.schema?);
        }
        if is_markup(media_type) {
            return None;
        }
        plain_text(schema?).map(Arc::from)
    }

    fn named(self, references: &References<'d>) -> Option<Node<'d>> {
        let named = self.examples?.members().map(|m| m.value);
        let values = named.filter_map(|e| references.follow(e).ok()?.get("value"));
        values.into_iter().next()
    }
}

/// A written value as a body. Authors often write JSON as one string: that is taken as it is.
fn as_body(written: Node<'_>, media_type: &str) -> Option<Arc<str>> {
    let Some(text) = written.string() else {
        let usable = written.kind() != Kind::Null && !is_markup(media_type);
        return usable.then(|| Arc::from(written.to_json()));
    };
    if is_json(media_type) && !is_json_container(text) {
        return Some(Arc::from(written.to_json()));
    }
    Some(Arc::from(text))
}

/// An array or object as JSON text: nobody writes that as the example of a plain string.
fn is_json_container(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && Document::parse_json(text, &Limits::DEFAULT).is_ok()
}

/// `application/json`, `application/hal+json; charset=utf-8`, and `*/*`, for which JSON will do.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or("").trim();
    let essence = essence.to_ascii_lowercase();
    essence == "*/*"
        || essence == "application/*"
        || essence.ends_with("/json")
        || essence.ends_with("+json")
}

/// XML and HTML: a JSON value is not a body of it.
fn is_markup(media_type: &str) -> bool {
    let lower = media_type.to_ascii_lowercase();
    lower.contains("xml") || lower.contains("html")
}
