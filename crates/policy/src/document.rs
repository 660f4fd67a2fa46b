//! Policy documents and fragments: what the elements of a text mean as a whole.
//!
//! Reading checks the structure: the root, the sections, where `<base />` stands. What a policy is
//! written with is checked by [`crate::parse`].

use portcullis_model::code::policy as code;
use portcullis_model::policy::{PolicyFormat, PolicyText};
use portcullis_model::{Diagnostic, Diagnostics, Span, suggest};

use crate::grammar::Section;
use crate::xml::{self, Document, Element, Limits, Node};

/// `<policies>` with its sections.
#[derive(Debug, Clone)]
pub struct PolicyDocument {
    document: Document,
    /// The places of the sections among the children of the root.
    sections: [Option<usize>; 4],
}

/// `<fragment>` with statements.
#[derive(Debug, Clone)]
pub struct Fragment {
    document: Document,
}

/// One line of a section.
#[derive(Debug, Clone, Copy)]
pub enum Statement<'d> {
    /// `<base />`: the same section of the broader scope goes here.
    Base(&'d Element),
    /// A policy.
    Policy(&'d Element),
}

/// What the outermost element says a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// `<policies>`.
    Policies,
    /// `<fragment>`.
    Fragment,
    /// A GraphQL resolver's data source.
    Resolver,
}

impl Root {
    /// What a text is, by the name of its outermost element.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "policies" => Some(Self::Policies),
            "fragment" => Some(Self::Fragment),
            "http-data-source" | "sql-data-source" | "cosmosdb-data-source" => Some(Self::Resolver),
            _ => None,
        }
    }
}

/// Any text that policies are written in.
#[derive(Debug, Clone)]
pub enum Written {
    /// A policy document.
    Policies(PolicyDocument),
    /// A fragment.
    Fragment(Fragment),
    /// A GraphQL resolver.
    Resolver(Document),
}

/// Reads a text whose kind only its outermost element tells.
pub fn read(text: &PolicyText, found: &mut Diagnostics) -> Option<Written> {
    let document = read_xml(text, Limits::FRAGMENT, found)?;
    let root = document.root.as_ref()?;
    match Root::named(&root.name) {
        Some(Root::Policies) if text.text.len() > Limits::DOCUMENT.bytes => {
            // The kind was not known when the size was checked.
            read_xml(text, Limits::DOCUMENT, found)?;
            None
        }
        Some(Root::Policies) => Some(Written::Policies(PolicyDocument::structure(
            document, found,
        ))),
        Some(Root::Fragment) => Some(Written::Fragment(Fragment::structure(document, found))),
        Some(Root::Resolver) => Some(Written::Resolver(document)),
        None => {
            unknown_root(&document, root, &["policies", "fragment"], found);
            None
        }
    }
}

// === PolicyDocument ===

impl PolicyDocument {
    /// Reads a policy document; `None` if it is none at all.
    pub(crate) fn read(text: &PolicyText, found: &mut Diagnostics) -> Option<Self> {
        let document = read_xml(text, Limits::DOCUMENT, found)?;
        let root = document.root.as_ref()?;
        if root.name == "policies" {
            return Some(Self::structure(document, found));
        }
        unknown_root(&document, root, &["policies"], found);
        None
    }

    fn structure(document: Document, found: &mut Diagnostics) -> Self {
        let mut checks = Structure {
            document: &document,
            found,
        };
        let sections = document.root.as_ref().map(|root| checks.policies(root));
        Self {
            sections: sections.unwrap_or_default(),
            document,
        }
    }

    /// The text and its elements.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The element of a section, if the document has it.
    pub(crate) fn section(&self, section: Section) -> Option<&Element> {
        let index = *self.sections.get(section as usize)?;
        match self.document.root.as_ref()?.children.get(index?)? {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) => None,
        }
    }

    /// The lines of a section. A section that is not there has none: the broader scope's does not
    /// run either.
    pub(crate) fn statements(&self, section: Section) -> impl Iterator<Item = Statement<'_>> {
        self.section(section)
            .into_iter()
            .flat_map(Element::elements)
            .map(|element| match element.name.as_str() {
                "base" => Statement::Base(element),
                _ => Statement::Policy(element),
            })
    }
}

// === Fragment ===

impl Fragment {
    /// Reads a fragment; `None` if it is none at all.
    pub(crate) fn read(text: &PolicyText, found: &mut Diagnostics) -> Option<Self> {
        let document = read_xml(text, Limits::FRAGMENT, found)?;
        let root = document.root.as_ref()?;
        if root.name == "fragment" {
            return Some(Self::structure(document, found));
        }
        unknown_root(&document, root, &["fragment"], found);
        None
    }

    fn structure(document: Document, found: &mut Diagnostics) -> Self {
        let mut checks = Structure {
            document: &document,
            found,
        };
        if let Some(root) = &document.root {
            checks.bare(root);
            checks.no_base(root);
        }
        Self { document }
    }

    /// The text and its elements.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The policies in it.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &Element> {
        let elements = self.document.root.iter().flat_map(Element::elements);
        // That `base` must not stand here was reported.
        elements.filter(|element| element.name != "base")
    }
}

// === Structure ===

fn read_xml(text: &PolicyText, limits: Limits, found: &mut Diagnostics) -> Option<Document> {
    // What could not be read was reported by who tried.
    (text.format != PolicyFormat::Unreadable)
        .then(|| xml::read(&text.text, text.format, text.source, limits, found))
}

fn unknown_root(document: &Document, root: &Element, allowed: &[&str], found: &mut Diagnostics) {
    let name = &root.name;
    let message = if Section::named(name).is_some() {
        // The words of the service for a section that was pasted alone.
        format!("policy section is not allowed in the specified scope: `{name}` is outermost")
    } else {
        format!("`{name}` is not the root of a policy text")
    };
    let help = format!("the outermost element is `{}`", allowed.join("` or `"));
    found.push(
        Diagnostic::error(code::UNKNOWN_ROOT, document.source, root.name_span, message)
            .with_help(help),
    );
}

/// What checks the structure of one document.
struct Structure<'a, 'f> {
    document: &'a Document,
    found: &'f mut Diagnostics,
}

impl Structure<'_, '_> {
    fn error(
        &mut self,
        code: portcullis_model::code::Code,
        span: Span,
        message: String,
        help: impl Into<String>,
    ) {
        let error = Diagnostic::error(code, self.document.source, span, message);
        self.found.push(error.with_help(help));
    }

    fn policies(&mut self, root: &Element) -> [Option<usize>; 4] {
        self.bare(root);
        let mut sections = [None; 4];
        for (index, node) in root.children.iter().enumerate() {
            let Node::Element(element) = node else {
                continue;
            };
            let Some(section) = Section::named(&element.name) else {
                self.unknown_section(element);
                continue;
            };
            self.section(section, element);
            match sections.get_mut(section as usize) {
                Some(place @ None) => *place = Some(index),
                _ => self.error(
                    code::DUPLICATE_SECTION,
                    element.name_span,
                    format!("the section `{section}` stands twice"),
                    "join the two into one",
                ),
            }
        }
        sections
    }

    fn unknown_section(&mut self, element: &Element) {
        let name = &element.name;
        let names = Section::ALL.map(Section::name);
        let help = match suggest::nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None if crate::policies::find(name).is_some() => {
                "put the policy into one of the sections `inbound`, `backend`, `outbound`, \
                 `on-error`"
                    .to_owned()
            }
            None => format!("the sections are `{}`", names.join("`, `")),
        };
        let message = format!("`{name}` is not a section of a policy document");
        self.error(code::UNKNOWN_SECTION, element.name_span, message, help);
    }

    fn section(&mut self, section: Section, element: &Element) {
        self.bare(element);
        let (bases, policies): (Vec<_>, Vec<_>) =
            element.elements().partition(|e| e.name == "base");
        for base in &bases {
            self.bare(base);
            if base.elements().next().is_some() || !base.text().is_blank() {
                let message = "`base` must be empty".to_owned();
                let help = "write `<base />` and put policies before or after it";
                self.error(code::MISPLACED_BASE, base.name_span, message, help);
            }
        }
        if let Some(second) = bases.get(1) {
            let message = format!("`base` stands twice in `{section}`");
            let help = "the policies of the broader scope can run once; remove one `<base />`";
            self.error(code::MISPLACED_BASE, second.name_span, message, help);
        }
        for policy in policies {
            self.no_base(policy);
        }
        let mut elements = element.elements();
        if section == Section::Backend
            && let (Some(_), Some(second)) = (elements.next(), elements.next())
        {
            let message = format!("`{}` is a second element in `backend`", second.name);
            let help = "the backend section holds one element: move the others to inbound, or \
                        wrap all in one policy such as `retry` or `choose`";
            self.error(
                code::SEVERAL_BACKEND_POLICIES,
                second.name_span,
                message,
                help,
            );
        }
    }

    /// `<base />` must not stand in here, at any depth.
    fn no_base(&mut self, element: &Element) {
        // What is in a body is the author's text.
        if element.name == "set-body" {
            return;
        }
        for inner in element.elements() {
            if inner.name == "base" {
                let message = format!("`base` must not stand in `{}`", element.name);
                let help = "`<base />` stands directly in a section of a policy document";
                self.error(code::MISPLACED_BASE, inner.name_span, message, help);
            } else {
                self.no_base(inner);
            }
        }
    }

    /// Roots, sections and `base` have no attributes.
    fn bare(&mut self, element: &Element) {
        for attribute in &element.attributes {
            let message = format!("the `{}` attribute is not declared", attribute.name);
            let help = format!("`{}` has no attributes", element.name);
            self.error(code::UNKNOWN_ATTRIBUTE, attribute.name_span, message, help);
        }
    }
}
