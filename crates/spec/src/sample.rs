//! A sample value for a schema, as JSON text: what a mock answers when nobody wrote an example.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::document::{Node, quoted};
use crate::reference::{self, References};

/// Makes samples; equal references share one.
#[derive(Debug)]
pub(crate) struct Samples<'d, 'r> {
    references: &'r References<'d>,
    /// Schemas within each other.
    depth: usize,
    /// Values in one sample.
    nodes: usize,
    /// By the pointer of the reference.
    made: RefCell<HashMap<&'d str, Option<Arc<str>>>>,
}

/// One sample that is being made.
struct Sample<'d, 'r> {
    references: &'r References<'d>,
    nodes_left: usize,
    depth_left: usize,
    out: String,
}

impl<'d, 'r> Samples<'d, 'r> {
    pub(crate) fn new(references: &'r References<'d>, depth: usize, nodes: usize) -> Self {
        Self {
            references,
            depth,
            nodes,
            made: RefCell::default(),
        }
    }

    /// A sample of the schema; `None` if it is larger than a sample should be.
    pub(crate) fn json(&self, schema: Node<'d>) -> Option<Arc<str>> {
        let Some((_, pointer)) = reference::pointer(schema) else {
            return self.make(schema);
        };
        if let Some(made) = self.made.borrow().get(pointer) {
            return made.clone();
        }
        let made = self.make(schema);
        self.made.borrow_mut().insert(pointer, made.clone());
        made
    }

    fn make(&self, schema: Node<'d>) -> Option<Arc<str>> {
        let mut sample = Sample {
            references: self.references,
            nodes_left: self.nodes,
            depth_left: self.depth,
            out: String::new(),
        };
        sample.value(schema);
        (sample.nodes_left > 0).then(|| Arc::from(sample.out))
    }
}

/// The example, default or fixed value that a schema carries.
pub(crate) fn written_value(schema: Node<'_>) -> Option<Node<'_>> {
    let first = |name| {
        schema
            .get(name)
            .and_then(|list: Node<'_>| list.items().next())
    };
    schema
        .get("example")
        .or_else(|| first("examples"))
        .or_else(|| schema.get("const"))
        .or_else(|| schema.get("default"))
        .or_else(|| first("enum"))
}

impl<'d> Sample<'d, '_> {
    /// Appends a value of the schema. Beyond the depth a value is `null`: cycles end there.
    fn value(&mut self, schema: Node<'d>) {
        self.nodes_left = self.nodes_left.saturating_sub(1);
        let schema = self.references.follow(schema).ok();
        let (Some(schema), 1..) = (schema, self.depth_left.min(self.nodes_left)) else {
            self.out.push_str("null");
            return;
        };
        self.depth_left -= 1;
        match written_value(schema) {
            Some(written) => self.out.push_str(&written.to_json()),
            None => self.by_type(schema),
        }
        self.depth_left += 1;
    }

    fn by_type(&mut self, schema: Node<'d>) {
        match type_of(schema) {
            Some("array") => self.array(schema),
            Some("string") => quoted(string_of(schema), &mut self.out),
            Some("integer" | "number") => {
                let least = schema.get("minimum").and_then(Node::scalar);
                self.out.push_str(least.unwrap_or("0"));
            }
            Some("boolean") => self.out.push_str("true"),
            Some("null") => self.out.push_str("null"),
            Some("object") => self.object(schema),
            _ => match alternative(schema) {
                Some(first) => self.value(first),
                None => self.object(schema),
            },
        }
    }

    fn array(&mut self, schema: Node<'d>) {
        self.out.push('[');
        // An item that would only be cut off is left out: a list of nothing is a valid list.
        if let Some(items) = schema.get("items").filter(|_| self.depth_left > 0) {
            self.value(items);
        }
        self.out.push(']');
    }

    fn object(&mut self, schema: Node<'d>) {
        let mut properties = Vec::new();
        self.gather(schema, self.depth_left, &mut properties);
        let mut separator = '{';
        for (name, schema) in properties {
            self.out.push(std::mem::replace(&mut separator, ','));
            quoted(name, &mut self.out);
            self.out.push(':');
            self.value(schema);
        }
        self.out.push_str(if separator == '{' { "{}" } else { "}" });
    }

    /// The properties of a schema and of everything it is composed of, each once.
    fn gather(&self, schema: Node<'d>, depth: usize, into: &mut Vec<(&'d str, Node<'d>)>) {
        let parts = schema.get("allOf").into_iter().flat_map(Node::items);
        for part in parts.chain(alternative(schema)) {
            if let (Ok(part), 1..) = (self.references.follow(part), depth) {
                self.gather(part, depth - 1, into);
            }
        }
        for member in schema.get("properties").into_iter().flat_map(Node::members) {
            if into.len() > self.nodes_left {
                return;
            }
            match into.iter_mut().find(|(name, _)| *name == member.name) {
                Some(known) => known.1 = member.value,
                None => into.push((member.name, member.value)),
            }
        }
    }
}

/// The first of `oneOf` or `anyOf`.
fn alternative(schema: Node<'_>) -> Option<Node<'_>> {
    let list = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    list.items().next()
}

/// The type as written, the first that is not `null` of several, or what the members betray.
fn type_of(schema: Node<'_>) -> Option<&str> {
    let written = schema.get("type");
    let several = || {
        let mut types = written?.items().filter_map(Node::string);
        types.find(|t| *t != "null")
    };
    let betrayed = || {
        let has = |name| schema.get(name).is_some();
        (has("properties") || has("allOf"))
            .then_some("object")
            .or_else(|| has("items").then_some("array"))
    };
    written
        .and_then(Node::string)
        .or_else(several)
        .or_else(betrayed)
}

/// A string of the schema's format.
fn string_of(schema: Node<'_>) -> &'static str {
    match schema.get("format").and_then(Node::string) {
        Some("date") => "2024-01-01",
        Some("date-time") => "2024-01-01T00:00:00Z",
        Some("time") => "00:00:00Z",
        Some("duration") => "PT1S",
        Some("uuid") => "00000000-0000-0000-0000-000000000000",
        Some("email") => "user@example.com",
        Some("uri" | "url") => "https://example.com/",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "c3RyaW5n",
        _ => "string",
    }
}

/// A text of the schema, if it describes one, for media types that are not JSON.
pub(crate) fn plain_text(schema: Node<'_>) -> Option<&str> {
    let written = written_value(schema).and_then(Node::scalar);
    written.or_else(|| (type_of(schema) == Some("string")).then(|| string_of(schema)))
}
