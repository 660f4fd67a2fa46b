//! Every way to break one element, attribute or text of a policy document.

use std::sync::Arc;

use portcullis_model::policy::PolicyFormat;
use portcullis_model::{Diagnostics, SourceId};
use portcullis_policy::grammar::{ElementSpec, Kind};
use portcullis_policy::policies;
use portcullis_policy::xml::{self, Attribute, Element, Limits, Node};

use super::{How, NO_NAMED_VALUE, NO_WORD, Part, spliced};

/// Enough for any document at hand.
const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    depth: 200,
    elements: 50_000,
    problems: 100,
};

/// Attributes that name something else of the configuration.
const REFERENCES: [&str; 2] = ["fragment-id", "backend-id"];

/// Every broken form of a policy document.
pub(crate) fn in_document(text: &str) -> Vec<Part> {
    let shared: Arc<str> = Arc::from(text);
    let mut found = Diagnostics::default();
    let read = xml::read(&shared, PolicyFormat::Raw, SourceId(0), LIMITS, &mut found);
    let mut parts = Parts {
        text,
        all: Vec::new(),
    };
    if let Some(root) = read.root.filter(|_| !found.has_errors()) {
        parts.element(&root, "", None);
    }
    parts.all
}

struct Parts<'t> {
    text: &'t str,
    all: Vec<Part>,
}

impl Parts<'_> {
    fn push(&mut self, place: &str, how: How, text: String) {
        self.all.push((place.to_owned(), how, text));
    }

    fn element(&mut self, element: &Element, parent: &str, around: Option<&'static ElementSpec>) {
        let place = if parent.is_empty() {
            element.name.clone()
        } else {
            format!("{parent}/{}", element.name)
        };
        let spec = spec_of(&element.name, around);
        self.name(element, &place);
        for attribute in &element.attributes {
            let kinds = spec.map_or(&[][..], |spec| spec.attributes);
            let kind = kinds.iter().find(|a| a.name == attribute.name);
            self.attribute(attribute, &place, kind.map(|a| a.kind));
        }
        let mut inner = element.children.iter().filter_map(|node| match node {
            Node::Element(inner) => Some(inner),
            Node::Text(_) | Node::Comment(_) => None,
        });
        let Some(first) = inner.next() else {
            let span = element.inner.range();
            if !self.text[span.clone()].trim().is_empty() {
                let kind = spec.map(|spec| spec.text.kind);
                self.value(&format!("{place}/text"), span.start, span.end, kind);
            }
            return;
        };
        // Only the sections are left out of the place: it names the policy and what is in it.
        let place = if spec.is_some() { &place } else { "" };
        for element in std::iter::once(first).chain(inner) {
            self.element(element, place, spec);
        }
    }

    /// The element under another name.
    fn name(&mut self, element: &Element, place: &str) {
        let name = element.name_span.range();
        let mut text = self.text.to_owned();
        let end = element.span.range().end;
        if !self.text[..end].ends_with("/>")
            && let Some(at) = self.text[..end].rfind("</")
        {
            text.insert(at + 2 + element.name.len(), 'x');
        }
        text.insert(name.end, 'x');
        self.push(place, How::Misspelt, text);
    }

    fn attribute(&mut self, attribute: &Attribute, place: &str, kind: Option<Kind>) {
        let place = format!("{place}/@{}", attribute.name);
        let name = attribute.name_span.range();
        let value = attribute.value.span().range();
        let removed = spliced(self.text, name.start, value.end + 1, "");
        self.push(&place, How::Removed, removed);
        let misspelt = spliced(self.text, name.end, name.end, "x");
        self.push(&place, How::Misspelt, misspelt);
        let kind = if REFERENCES.contains(&attribute.name.as_str()) {
            None
        } else {
            Some(kind.unwrap_or(Kind::Text))
        };
        self.value(&place, value.start, value.end, kind);
    }

    /// A value. Another text in the place of a free one is another policy, not a broken one.
    fn value(&mut self, place: &str, from: usize, to: usize, kind: Option<Kind>) {
        let written = self.text[from..to].trim();
        let is_free = kind == Some(Kind::Text);
        let mut broken = vec![
            (How::Emptied, String::new()),
            (How::Unresolved, NO_NAMED_VALUE.to_owned()),
            (How::BadExpression, "@(no.Such(thing))".to_owned()),
            (How::BadExpression, "@(1 + ".to_owned()),
            (How::BadExpression, "@()".to_owned()),
        ];
        if !is_free {
            broken.push((How::Emptied, "  ".to_owned()));
        }
        if written.starts_with('@') {
            let mut half = written.len() / 2;
            while !written.is_char_boundary(half) {
                half -= 1;
            }
            broken.push((How::Halved, written[..half].to_owned()));
        } else if !matches!(kind, Some(Kind::Text | Kind::Filled | Kind::VariableName)) {
            broken.push((How::Garbled, NO_WORD.to_owned()));
            if written.parse::<f64>().is_ok() {
                broken.push((How::OutOfRange, "-1".to_owned()));
                broken.push((How::OutOfRange, "99999999999999999999".to_owned()));
            }
        }
        for (how, new) in broken {
            let text = spliced(self.text, from, to, &new);
            self.push(place, how, text);
        }
    }
}

/// What an element is written with: a part of what is around it, or a policy.
fn spec_of(name: &str, around: Option<&'static ElementSpec>) -> Option<&'static ElementSpec> {
    let children = around.map_or(&[][..], |spec| spec.children);
    let part = children.iter().find(|child| child.spec.name == name);
    match part {
        Some(part) => Some(part.spec),
        None => policies::find(name).map(|policy| &policy.spec.root),
    }
}
