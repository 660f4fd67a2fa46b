//! Compares one element with its specification.

use std::collections::HashMap;

use portcullis_model::code::policy as code;
use portcullis_model::{Diagnostic, suggest};

use super::checked::{Checked, Value};
use super::substitute::is_placeholders;
use super::value::Expected;
use super::{Container, ParseCx, References};
use crate::grammar::{
    AttributeSpec, Content, ElementSpec, Expressions, Kind, Need, Nested, TextNeed,
};
use crate::policies::{self, PolicyEntry};
use crate::xml::{Attribute, Element, Text};

/// Names the places of sibling elements: `choose[3]`, or `choose` for the only one.
pub(super) struct Paths<'p> {
    parent: &'p str,
    /// For each name: how many there are, and how many were named already.
    names: HashMap<&'p str, (usize, usize)>,
}

impl<'p> Paths<'p> {
    pub(super) fn of(element: &'p Element, parent: &'p str) -> Self {
        let mut names = HashMap::new();
        for child in element.elements() {
            names.entry(child.name.as_str()).or_insert((0, 0)).0 += 1;
        }
        Self { parent, names }
    }

    /// The place of the next sibling, which must be asked for in order.
    pub(super) fn next(&mut self, element: &Element) -> Box<str> {
        let name = &element.name;
        let (total, seen) = self.names.get_mut(name.as_str()).map_or((1, 0), |(n, i)| {
            *i += 1;
            (*n, *i)
        });
        let index = if total > 1 {
            format!("[{seen}]")
        } else {
            String::new()
        };
        let slash = if self.parent.is_empty() { "" } else { "/" };
        format!("{}{slash}{name}{index}", self.parent).into()
    }
}

impl ParseCx<'_> {
    /// An element against its specification; `policy` if it is the root of one.
    pub(super) fn element<'d>(
        &mut self,
        element: &'d Element,
        spec: &'static ElementSpec,
        policy: Option<&'static PolicyEntry>,
        path: Box<str>,
    ) -> Checked<'d> {
        let before = self.errors;
        let mut checked = Checked {
            element,
            source: self.document.source,
            spec,
            policy,
            path,
            attributes: Vec::new(),
            id: None,
            body: None,
            children: Vec::new(),
            nested: Vec::new(),
            sound: false,
        };
        if spec.content == Content::Checked {
            self.attributes(&mut checked);
            self.text(&mut checked);
            self.elements(&mut checked);
            for choice in spec.choices {
                self.choice(&checked, choice);
            }
        }
        checked.sound = self.errors == before;
        checked
    }

    // === Attributes ===

    fn attributes(&mut self, checked: &mut Checked<'_>) {
        let (element, spec) = (checked.element, checked.spec);
        for attribute in &element.attributes {
            if let Some(spec) = spec.attribute(&attribute.name) {
                if let Some(value) = self.attribute(attribute, spec) {
                    checked.attributes.push((spec, value));
                }
            } else if checked.policy.is_some() && attribute.name == "id" {
                checked.id = self.id(attribute);
            } else {
                self.unknown_attribute(attribute, checked);
            }
        }
        for spec in spec.attributes {
            if element.attribute(spec.name).is_none() {
                self.absent(element, spec, checked);
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute, spec: &AttributeSpec) -> Option<Value> {
        let holder = format!("the `{}` attribute", spec.name);
        let expected = Expected {
            holder: &holder,
            kind: spec.kind,
            expressions: spec.expressions,
        };
        self.value(&attribute.value, expected)
    }

    fn id(&mut self, attribute: &Attribute) -> Option<String> {
        let expected = Expected {
            holder: "the `id` attribute",
            kind: Kind::Text,
            expressions: Expressions::Forbidden,
        };
        match self.value(&attribute.value, expected)? {
            Value::Literal { text, .. } => Some(text.as_str().to_owned()),
            Value::Expression(_) => None,
        }
    }

    fn absent(&mut self, element: &Element, spec: &'static AttributeSpec, into: &mut Checked<'_>) {
        let name = spec.name;
        match spec.need {
            Need::Optional => {}
            Need::Expected => {
                let message = format!(
                    "`{}` is expected to have the attribute `{name}`",
                    element.name
                );
                let source = self.document.source;
                let warning = Diagnostic::warning(
                    code::MISSING_ATTRIBUTE,
                    source,
                    element.name_span,
                    message,
                );
                let help = match spec.default {
                    Some(default) => {
                        format!("write `{name}=\"{default}\"`, which is what is taken")
                    }
                    None => format!("add `{name}=\"…\"`: {}", spec.meaning),
                };
                self.push(warning.with_help(help));
            }
            Need::Required => {
                let message = format!("the required attribute `{name}` is missing");
                let help = format!("add `{name}=\"…\"` to `{}`: {}", element.name, spec.meaning);
                self.error(code::MISSING_ATTRIBUTE, element.name_span, message, help);
            }
        }
        if let Some(default) = spec.default {
            let text = Text::default_at(default, element.name_span);
            let kind = spec.kind;
            into.attributes.push((spec, Value::Literal { text, kind }));
        }
    }

    fn unknown_attribute(&mut self, attribute: &Attribute, checked: &Checked<'_>) {
        let (name, spec) = (&attribute.name, checked.spec);
        let names = || spec.attributes.iter().map(|a| a.name);
        let help = match suggest::nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if spec.attributes.is_empty() => format!("`{}` has no attributes", spec.name),
            None => format!("`{}` has the attributes {}", spec.name, list(names())),
        };
        let message = format!("the `{name}` attribute is not declared");
        self.error(code::UNKNOWN_ATTRIBUTE, attribute.name_span, message, help);
    }

    // === Text ===

    fn text(&mut self, checked: &mut Checked<'_>) {
        let (element, spec) = (checked.element, checked.spec);
        if spec.text.need == TextNeed::Forbidden {
            let policies = match spec.policies {
                Nested::Only(policies) => policies.iter().map(|p| p.name).collect(),
                Nested::Steps(names) => names.to_vec(),
                Nested::None | Nested::Any => Vec::new(),
            };
            let children = spec.children.iter().map(|c| c.spec.name);
            self.no_text(element, &children.chain(policies).collect::<Vec<_>>());
        } else {
            checked.body = self.element_text(element, &spec.text);
        }
    }

    /// Reports text in an element that holds only others.
    pub(super) fn no_text(&mut self, element: &Element, expected: &[&str]) {
        let assumed = self.around.references == References::Assumed;
        let stray = element
            .texts()
            .find(|text| !(text.is_blank() || assumed && is_placeholders(text.as_str())));
        let Some(text) = stray else {
            return;
        };
        let message = format!("the element `{}` cannot contain text", element.name);
        let help = match expected {
            [] => "remove the text, or put it into a comment `<!-- … -->`".to_owned(),
            names => format!("possible elements are {}", list(names.iter().copied())),
        };
        self.error(
            code::TEXT_BETWEEN_ELEMENTS,
            text.trimmed_span(),
            message,
            help,
        );
    }

    // === Elements ===

    fn elements(&mut self, checked: &mut Checked<'_>) {
        let (element, spec) = (checked.element, checked.spec);
        // Markup in such a text is part of the text.
        if spec.text.need != TextNeed::Forbidden && !spec.holds_elements() {
            if spec.text.layout == crate::grammar::Layout::Trimmed {
                for child in element.elements() {
                    self.unknown_element(child, spec);
                }
            }
            return;
        }
        let path = checked.path.clone();
        let mut paths = Paths::of(element, &path);
        for child in element.elements() {
            let path = paths.next(child);
            if let Some(part) = spec.child(&child.name) {
                checked
                    .children
                    .push(self.element(child, part.spec, None, path));
            } else {
                checked.nested.extend(self.nested(child, spec, path));
            }
        }
        self.counts(element, spec);
    }

    fn nested<'d>(
        &mut self,
        child: &'d Element,
        spec: &'static ElementSpec,
        path: Box<str>,
    ) -> Option<Checked<'d>> {
        match spec.policies {
            // Where `base` stands was judged when the document was read.
            Nested::Any | Nested::Steps(_) if child.name == "base" => None,
            Nested::Any => self.policy(child, path),
            Nested::Steps(names) if names.contains(&child.name.as_str()) => {
                self.policy(child, path)
            }
            Nested::Only(policies) if policies.iter().any(|p| p.name == child.name) => {
                let outer = std::mem::replace(&mut self.container, Container::Description);
                let checked = self.policy(child, path);
                self.container = outer;
                checked
            }
            Nested::None => {
                self.unknown_element(child, spec);
                None
            }
            Nested::Steps(_) | Nested::Only(_) => {
                if policies::find(&child.name).is_some() {
                    self.misplaced_policy(child, spec);
                } else {
                    self.unknown_element(child, spec);
                }
                None
            }
        }
    }

    fn misplaced_policy(&mut self, child: &Element, spec: &ElementSpec) {
        let message = format!("`{}` is not allowed in `{}`", child.name, spec.name);
        let help = format!("possible elements are {}", list(possible(spec).into_iter()));
        self.error(code::POLICY_NOT_ALLOWED, child.name_span, message, help);
    }

    fn unknown_element(&mut self, child: &Element, spec: &ElementSpec) {
        let message = format!(
            "the element `{}` has invalid child element `{}`",
            spec.name, child.name
        );
        let possible = possible(spec);
        let help = match suggest::nearest(&child.name, possible.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if possible.is_empty() => format!("`{}` holds no elements", spec.name),
            None => format!("possible elements are {}", list(possible.into_iter())),
        };
        self.error(code::UNKNOWN_ELEMENT, child.name_span, message, help);
    }

    fn counts(&mut self, element: &Element, spec: &ElementSpec) {
        let children = spec.children.iter().map(|c| (c.spec.name, c.min, c.max));
        let policies = match spec.policies {
            Nested::Only(policies) => policies,
            Nested::None | Nested::Any | Nested::Steps(_) => &[],
        };
        let policies = policies.iter().map(|p| (p.name, p.min, p.max));
        for (name, min, max) in children.chain(policies) {
            let all = || element.elements().filter(|e| e.name == name);
            if all().count() < usize::from(min) {
                let message = format!(
                    "the element `{}` has incomplete content: `{name}` is missing",
                    element.name
                );
                let help = format!("add `<{name}>`");
                self.error(
                    code::WRONG_NUMBER_OF_ELEMENTS,
                    element.name_span,
                    message,
                    help,
                );
            }
            let surplus = max.and_then(|max| all().nth(usize::from(max)));
            if let Some(surplus) = surplus {
                let message = format!("`{}` can hold only one `{name}`", element.name);
                let help = "remove one, or join them into one";
                self.error(
                    code::WRONG_NUMBER_OF_ELEMENTS,
                    surplus.name_span,
                    message,
                    help,
                );
            }
        }
    }
}

/// The names of the elements that an element may hold.
fn possible(spec: &ElementSpec) -> Vec<&'static str> {
    let children = spec.children.iter().map(|c| c.spec.name);
    let policies: Vec<_> = match spec.policies {
        Nested::None | Nested::Any => Vec::new(),
        Nested::Only(policies) => policies.iter().map(|p| p.name).collect(),
        Nested::Steps(names) => names.to_vec(),
    };
    children.chain(policies).collect()
}

/// `` `a`, `b`, `c` ``.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}
