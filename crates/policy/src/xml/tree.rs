//! A read document: elements, attributes, text and comments with their places.

use std::sync::Arc;

use portcullis_model::policy::PolicyFormat;
use portcullis_model::{SourceId, Span};

use super::text::{Text, TextBuilder};

/// A text that was read, with the elements in it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text for diagnostics.
    pub source: SourceId,
    /// What was read, unchanged.
    pub text: Arc<str>,
    /// How expressions are written in it.
    pub format: PolicyFormat,
    /// The outermost element, unless there is none.
    pub root: Option<Element>,
}

/// `<name attribute="value">children</name>`.
#[derive(Debug, Clone)]
pub struct Element {
    /// Its name as written, with a prefix if it has one.
    pub name: String,
    /// Where the name stands in the start tag.
    pub name_span: Span,
    /// In the order in which they are written; no name stands twice.
    pub attributes: Vec<Attribute>,
    /// In the order in which they are written.
    pub children: Vec<Node>,
    /// From `<` of the start tag to after `>` of the end tag.
    pub span: Span,
    /// Between the tags; empty for `<name />`.
    pub inner: Span,
}

/// `name="value"`.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name as written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The value; its span is what stands between the quotes.
    pub value: Text,
}

/// What may stand in an element.
#[derive(Debug, Clone)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text between tags, or a CDATA section.
    Text(Text),
    /// A comment or a processing instruction: nothing that is read.
    Comment(Span),
}

impl Document {
    /// What the author wrote at `span`.
    pub(crate) fn written(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

impl Element {
    /// The elements in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) => None,
        })
    }

    /// The texts directly in it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text),
            Node::Element(_) | Node::Comment(_) => None,
        })
    }

    /// All text directly in it, as one.
    pub(crate) fn text(&self) -> Text {
        let mut whole = TextBuilder::default();
        for text in self.texts() {
            whole.part(text, 0..text.as_str().len());
        }
        whole.build(self.inner)
    }

    /// The attribute of that name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }
}
