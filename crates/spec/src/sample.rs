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

/// What of a schema matters to a sample.
#[derive(Debug, Clone, Copy, Default)]
struct Facets<'d> {
    example: Option<Node<'d>>,
    examples: Option<Node<'d>>,
    constant: Option<Node<'d>>,
    default: Option<Node<'d>>,
    values: Option<Node<'d>>,
    kind: Option<Node<'d>>,
    format: Option<Node<'d>>,
    minimum: Option<Node<'d>>,
    items: Option<Node<'d>>,
    properties: Option<Node<'d>>,
    all_of: Option<Node<'d>>,
    one_of: Option<Node<'d>>,
    any_of: Option<Node<'d>>,
}

impl<'d> Facets<'d> {
    fn of(schema: Node<'d>) -> Self {
        let mut facets = Self::default();
        for member in schema.members() {
            let facet = match member.name {
                "example" => &mut facets.example,
                "examples" => &mut facets.examples,
                "const" => &mut facets.constant,
                "default" => &mut facets.default,
                "enum" => &mut facets.values,
                "type" => &mut facets.kind,
                "format" => &mut facets.format,
                "minimum" => &mut facets.minimum,
                "items" => &mut facets.items,
                "properties" => &mut facets.properties,
                "allOf" => &mut facets.all_of,
                "oneOf" => &mut facets.one_of,
                "anyOf" => &mut facets.any_of,
                _ => continue,
            };
            *facet = Some(member.value);
        }
        facets
    }

    /// The example, default or fixed value that the schema carries.
    fn written(&self) -> Option<Node<'d>> {
        let first = |list: Option<Node<'d>>| list?.items().next();
        self.example
            .or_else(|| first(self.examples))
            .or(self.constant)
            .or(self.default)
            .or_else(|| first(self.values))
    }

    /// The type as written, the first that is not `null` of several, or what the members betray.
    fn type_name(&self) -> Option<&'d str> {
        let several = || {
            let mut types = self.kind?.items().filter_map(Node::string);
            types.find(|t| *t != "null")
        };
        let betrayed = || {
            let object = self.properties.is_some() || self.all_of.is_some();
            let array = self.items.is_some().then_some("array");
            if object { Some("object") } else { array }
        };
        let written = self.kind.and_then(Node::string);
        written.or_else(several).or_else(betrayed)
    }

    /// The first of `oneOf` or `anyOf`.
    fn alternative(&self) -> Option<Node<'d>> {
        self.one_of.or(self.any_of)?.items().next()
    }

    /// A string of the schema's format.
    fn string(&self) -> &'static str {
        match self.format.and_then(Node::string) {
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
}

/// A text of the schema, if it describes one, for media types that are not JSON.
pub(crate) fn plain_text(schema: Node<'_>) -> Option<&str> {
    let facets = Facets::of(schema);
    let written = facets.written().and_then(Node::scalar);
    written.or_else(|| (facets.type_name() == Some("string")).then(|| facets.string()))
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
        let facets = Facets::of(schema);
        match facets.written() {
            Some(written) => self.out.push_str(&written.to_json()),
            None => self.by_type(&facets),
        }
        self.depth_left += 1;
    }

    fn by_type(&mut self, facets: &Facets<'d>) {
        match facets.type_name() {
            Some("array") => self.array(facets),
            Some("string") => quoted(facets.string(), &mut self.out),
            Some("integer" | "number") => {
                let least = facets.minimum.and_then(Node::scalar);
                self.out.push_str(least.unwrap_or("0"));
            }
            Some("boolean") => self.out.push_str("true"),
            Some("null") => self.out.push_str("null"),
            Some("object") => self.object(facets),
            _ => match facets.alternative() {
                Some(first) => self.value(first),
                None => self.object(facets),
            },
        }
    }

    fn array(&mut self, facets: &Facets<'d>) {
        self.out.push('[');
        // An item that would only be cut off is left out: a list of nothing is a valid list.
        if let Some(items) = facets.items.filter(|_| self.depth_left > 0) {
            self.value(items);
        }
        self.out.push(']');
    }

    fn object(&mut self, facets: &Facets<'d>) {
        let mut properties = Vec::new();
        self.gather(facets, self.depth_left, &mut properties);
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
    fn gather(&self, facets: &Facets<'d>, depth: usize, into: &mut Vec<(&'d str, Node<'d>)>) {
        let parts = facets.all_of.into_iter().flat_map(Node::items);
        for part in parts.chain(facets.alternative()) {
            if let (Ok(part), 1..) = (self.references.follow(part), depth) {
                self.gather(&Facets::of(part), depth - 1, into);
            }
        }
        for member in facets.properties.into_iter().flat_map(Node::members) {
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
