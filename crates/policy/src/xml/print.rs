//! Writes a document as raw text.

use portcullis_model::policy::PolicyFormat;

use super::text::{Shape, Text};
use super::tree::{Document, Element, Node};

impl Document {
    /// The document in raw form: a raw one exactly as it was written; of an escaped one all that
    /// is not an expression as it was written, and expressions as C#.
    pub fn to_raw(&self) -> String {
        let mut out = Splice {
            text: &self.text,
            written: 0,
            raw: String::with_capacity(self.text.len()),
        };
        if self.format == PolicyFormat::Escaped
            && let Some(root) = &self.root
        {
            out.element(root);
        }
        out.finish()
    }
}

/// The text so far, with expressions replaced by what they mean.
struct Splice<'a> {
    text: &'a str,
    /// How much of `text` is in `raw`.
    written: usize,
    raw: String,
}

impl Splice<'_> {
    fn element(&mut self, element: &Element) {
        for attribute in &element.attributes {
            self.value(&attribute.value);
        }
        for node in &element.children {
            match node {
                Node::Element(child) => self.element(child),
                Node::Text(text) => self.value(text),
                Node::Comment(_) => {}
            }
        }
    }

    fn value(&mut self, value: &Text) {
        if matches!(value.shape(), Shape::Expression { .. }) {
            let span = value.span().range();
            self.up_to(span.start);
            self.raw.push_str(value.as_str());
            self.written = span.end;
        }
    }

    fn up_to(&mut self, end: usize) {
        let unchanged = self.text.get(self.written..end).unwrap_or("");
        self.raw.push_str(unchanged);
    }

    fn finish(mut self) -> String {
        self.up_to(self.text.len());
        self.raw
    }
}
