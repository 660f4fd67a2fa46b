//! Checks documents against the specifications of the policies in them.
//!
//! [`check_document`] and [`check_fragment`] put named values in, compare every element with its
//! [`ElementSpec`](crate::grammar::ElementSpec), push *all* that is wrong as diagnostics, and give
//! [`Checked`] elements, from which a policy reads its configuration by type. A policy compiles
//! only what is sound.

use portcullis_model::code::Code;
use portcullis_model::diagnostic::Severity;
use portcullis_model::policy::Scope;
use portcullis_model::secret::Secret;
use portcullis_model::{Diagnostic, Diagnostics, Span};

use crate::document::{Fragment, PolicyDocument, Statement};
use crate::grammar::Section;
use crate::xml::{Document, Element};

mod checked;
mod choice;
mod element;
mod policy;
mod repeat;
mod substitute;
mod value;

pub use checked::{Attr, Checked, ExprSource};

#[cfg(test)]
mod tests;

/// After so many errors in one document no more are reported; nobody reads them.
const MOST_ERRORS: usize = 500;

/// What `{{name}}` stands for.
///
/// The engine answers from the configuration; tests and `check` answer from a list.
pub trait NamedValues {
    /// The text of a named value.
    fn text(&self, name: &str) -> NamedValue<'_>;

    /// Every name, for suggestions.
    fn names(&self) -> Vec<&str>;
}

/// The text of a named value, if it can be had.
#[derive(Debug)]
pub enum NamedValue<'a> {
    /// Everybody may read it.
    Text(&'a str),
    /// Nobody may read it.
    Secret(&'a Secret),
    /// No named value has this name.
    Unknown,
    /// It exists, but its text cannot be had: why, as a sentence part.
    Unavailable(String),
}

/// No named values at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNamedValues;

impl NamedValues for NoNamedValues {
    fn text(&self, _: &str) -> NamedValue<'_> {
        NamedValue::Unknown
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// What a reference to something that is not at hand means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum References {
    /// A mistake.
    #[default]
    Known,
    /// It will be there. Placeholders `${…}` of deployment templates are taken likewise.
    Assumed,
}

/// What a document is checked against.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What references to named values mean.
    pub named_values: &'a dyn NamedValues,
    /// What references to something that is not at hand mean.
    pub references: References,
    /// The scope of the document; `None` if any will do.
    pub scope: Option<Scope>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("references", &self.references)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A policy document whose policies are checked.
#[derive(Debug)]
pub struct CheckedDocument<'d> {
    sections: [Option<Vec<Line<'d>>>; 4],
    whole: bool,
}

/// One line of a checked section.
#[derive(Debug)]
pub enum Line<'d> {
    /// `<base />`.
    Base(Span),
    /// A policy.
    Policy(Box<Checked<'d>>),
}

impl<'d> CheckedDocument<'d> {
    /// The lines of a section; `None` if the document does not have it.
    pub(crate) fn section(&self, section: Section) -> Option<&[Line<'d>]> {
        self.sections.get(section as usize)?.as_deref()
    }

    /// Whether every mistake belongs to a policy that says so by not being sound.
    ///
    /// Otherwise something is wrong with the document as such, such as a policy that does not exist
    /// or stands too often, and none of it must run.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }
}

/// Checks every policy of a document.
pub fn check_document<'d>(
    document: &'d PolicyDocument,
    around: Surroundings<'_>,
    found: &mut Diagnostics,
) -> CheckedDocument<'d> {
    let mut cx = ParseCx::new(document.document(), around, found);
    if let Some(root) = &document.document().root {
        cx.only_elements(root);
    }
    let mut in_policies = 0;
    let sections = Section::ALL.map(|section| {
        let element = document.section(section)?;
        cx.section = Some(section);
        cx.only_elements(element);
        let mut paths = element::Paths::of(element, "");
        let mut lines = Vec::new();
        for statement in document.statements(section) {
            let before = cx.errors;
            match statement {
                Statement::Base(base) => lines.push(Line::Base(base.span)),
                Statement::Policy(policy) => {
                    let path = paths.next(policy);
                    if let Some(checked) = cx.policy(policy, path) {
                        in_policies += cx.errors - before;
                        lines.push(Line::Policy(Box::new(checked)));
                    }
                }
            }
        }
        Some(lines)
    });
    let mut document = CheckedDocument {
        sections,
        whole: true,
    };
    repeat::check(&document, &mut cx);
    document.whole = cx.errors == in_policies;
    document
}

/// Checks every policy of a fragment, in the section where it is included if that is known.
pub fn check_fragment<'d>(
    fragment: &'d Fragment,
    section: Option<Section>,
    around: Surroundings<'_>,
    found: &mut Diagnostics,
) -> Vec<Checked<'d>> {
    let mut cx = ParseCx::new(fragment.document(), around, found);
    cx.section = section;
    cx.container = Container::Fragment;
    let Some(root) = &fragment.document().root else {
        return Vec::new();
    };
    cx.only_elements(root);
    let mut paths = element::Paths::of(root, "");
    let policies: Vec<_> = fragment
        .policies()
        .filter_map(|policy| {
            let path = paths.next(policy);
            cx.policy(policy, path)
        })
        .collect();
    repeat::check_list(&policies, &mut cx);
    policies
}

/// Checks a GraphQL resolver.
pub fn check_resolver<'d>(
    document: &'d Document,
    around: Surroundings<'_>,
    found: &mut Diagnostics,
) -> Option<Checked<'d>> {
    let mut cx = ParseCx::new(document, around, found);
    cx.container = Container::Resolver;
    let root = document.root.as_ref()?;
    cx.policy(root, root.name.as_str().into())
}

/// What one text is checked against, and what was found.
pub(crate) struct ParseCx<'a> {
    document: &'a Document,
    around: Surroundings<'a>,
    section: Option<Section>,
    container: Container,
    found: &'a mut Diagnostics,
    /// Errors so far; what produced none is sound.
    errors: usize,
}

/// What policies stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// A section, directly or in policies that run others.
    Document,
    /// A fragment.
    Fragment,
    /// A GraphQL resolver.
    Resolver,
    /// A policy that describes something by other policies, such as a request.
    Description,
}

impl<'a> ParseCx<'a> {
    fn new(document: &'a Document, around: Surroundings<'a>, found: &'a mut Diagnostics) -> Self {
        Self {
            document,
            around,
            section: None,
            container: Container::Document,
            found,
            errors: 0,
        }
    }

    fn error(&mut self, code: Code, span: Span, message: String, help: impl Into<String>) {
        let error = Diagnostic::error(code, self.document.source, span, message);
        self.push(error.with_help(help));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.errors <= MOST_ERRORS {
            self.found.push(diagnostic);
        }
    }

    /// What the author wrote, short enough for a message. A value that came from a named value is
    /// not shown, only its reference.
    fn written(&self, span: Span) -> String {
        const LONGEST: usize = 60;
        let written = self.document.written(span).trim();
        let line: String = written
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(LONGEST)
            .collect();
        if line.len() < written.len() {
            line + "…"
        } else {
            line
        }
    }

    /// Reports text between the elements of an element that holds none.
    fn only_elements(&mut self, element: &Element) {
        self.no_text(element, &[]);
    }
}
