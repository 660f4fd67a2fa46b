//! The facts of a policy, said once: what it is called, where it may stand, what it is written with.
//!
//! Every policy has one const [`PolicySpec`]. The checks of [`crate::parse`], the tables of the
//! manual, the JSON schema and the completions of the editor all read it; nothing else knows the
//! name of an attribute. The functions here are `const` so that a specification reads like a table.

mod kind;
mod place;
mod table;

pub use kind::{Entity, Kind, Misfit};
pub use place::{Scopes, Section, Sections};

/// One policy.
#[derive(Debug)]
pub struct PolicySpec {
    /// What people call it: `Set header`.
    pub title: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The chapter of the manual it stands in.
    pub category: Category,
    /// The sections it may stand in.
    pub sections: Sections,
    /// The scopes of documents it may stand in.
    pub scopes: Scopes,
    /// How often it may stand.
    pub repeat: Repeat,
    /// How it is written.
    pub root: ElementSpec,
}

/// One element: a policy's own or one in it.
#[derive(Debug, Clone, Copy)]
pub struct ElementSpec {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in one sentence; empty for the root of a policy, whose summary says it.
    pub meaning: &'static str,
    /// Its attributes, in the order of the manual.
    pub attributes: &'static [AttributeSpec],
    /// Its text.
    pub text: TextSpec,
    /// Elements in it that belong to the same policy.
    pub children: &'static [ChildSpec],
    /// Policies in it.
    pub policies: Nested,
    /// Groups of attributes or children that stand for each other.
    pub choices: &'static [Choice],
    /// Whether what stands in it is ours to check.
    pub content: Content,
}

/// One attribute.
#[derive(Debug, Clone, Copy)]
pub struct AttributeSpec {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// What its value is.
    pub kind: Kind,
    /// Whether its value may be computed for each request.
    pub expressions: Expressions,
    /// What is taken if it is not there.
    pub default: Option<&'static str>,
    /// What it is for: a sentence part, lower case, no full stop.
    pub meaning: &'static str,
}

/// Whether something must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may be left out.
    Optional,
    /// The manual of Azure says that it must be there, but documents that run there leave it out:
    /// a warning.
    Expected,
    /// It must be there.
    Required,
}

/// Whether a value may be an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expressions {
    /// It may.
    Allowed,
    /// It is needed before there is a request.
    Forbidden,
}

/// The text of an element.
#[derive(Debug, Clone, Copy)]
pub struct TextSpec {
    /// Whether there may be text, and whether there must.
    pub need: TextNeed,
    /// What the text is.
    pub kind: Kind,
    /// Whether it may be computed for each request.
    pub expressions: Expressions,
    /// What white space and markup in it mean.
    pub layout: Layout,
    /// What it is for: a sentence part, lower case, no full stop.
    pub meaning: &'static str,
}

/// Whether an element has text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextNeed {
    /// It holds no text, only elements.
    Forbidden,
    /// It may be empty.
    Optional,
    /// It must not be empty.
    Required,
}

/// What white space and markup in a text mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// White space around the text means nothing.
    Trimmed,
    /// The text is taken as it stands; elements in it are part of it. With the attribute
    /// `template="liquid"` it is a template.
    Verbatim,
}

/// How often an element may hold another.
#[derive(Debug, Clone, Copy)]
pub struct ChildSpec {
    /// The other.
    pub spec: &'static ElementSpec,
    /// At least so often.
    pub min: u16,
    /// At most so often; `None` is without bound.
    pub max: Option<u16>,
}

/// The policies that an element may hold.
#[derive(Debug, Clone, Copy)]
pub enum Nested {
    /// None.
    None,
    /// Any that may stand in the section.
    Any,
    /// Some. They act on what the element describes, so the section and scope do not matter.
    Only(&'static [NestedPolicy]),
    /// Some that run in the pipeline as if they stood in the section.
    Steps(&'static [&'static str]),
}

/// How often an element may hold a policy.
#[derive(Debug, Clone, Copy)]
pub struct NestedPolicy {
    /// The policy's element name.
    pub name: &'static str,
    /// At least so often.
    pub min: u16,
    /// At most so often; `None` is without bound.
    pub max: Option<u16>,
}

/// Attributes or children that stand for each other.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// How many of them.
    pub take: Take,
    /// Their names; a name that is an attribute's means the attribute.
    pub of: &'static [&'static str],
}

/// How many of a group must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// One.
    ExactlyOne,
    /// One or none.
    AtMostOne,
    /// One or more.
    AtLeastOne,
    /// All or none.
    AllOrNone,
    /// All, if an attribute has a value; what is computed may have it or not.
    AllIf {
        /// The attribute.
        attribute: &'static str,
        /// The value.
        is: &'static str,
    },
    /// All, unless an attribute has a value; what is computed may have it or not.
    AllUnless {
        /// The attribute.
        attribute: &'static str,
        /// The value.
        is: &'static str,
    },
}

/// Whether what stands in an element is ours to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// It follows the specification.
    Checked,
    /// It is in another language, such as XSLT, and is taken as it stands.
    Foreign,
}

/// How often a policy may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// As often as one likes.
    Many,
    /// Once in a section.
    OncePerSection,
    /// Once in a document.
    OncePerDocument,
}

/// The chapters of the manual, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Rate limiting and quotas.
    Limits,
    /// Access control and authentication.
    Access,
    /// Validation.
    Validation,
    /// Routing and backends.
    Routing,
    /// Caching.
    Caching,
    /// Transformation.
    Transformation,
    /// Cross-domain.
    CrossDomain,
    /// Control flow and integration.
    Integration,
    /// Observability.
    Observability,
    /// AI safety.
    Ai,
    /// GraphQL resolvers.
    GraphQl,
}

// === PolicySpec ===

impl PolicySpec {
    /// The name of its element.
    pub const fn element(&self) -> &'static str {
        self.root.name
    }
}

// === ElementSpec and what it is made of ===

impl ElementSpec {
    /// An element with nothing in it.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            meaning: "",
            attributes: &[],
            text: TextSpec::NONE,
            children: &[],
            policies: Nested::None,
            choices: &[],
            content: Content::Checked,
        }
    }

    /// The attribute of that name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'static AttributeSpec> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&'static ChildSpec> {
        self.children.iter().find(|c| c.spec.name == name)
    }

    /// Whether elements or policies may stand in it.
    pub(crate) fn holds_elements(&self) -> bool {
        !self.children.is_empty() || !matches!(self.policies, Nested::None)
    }
}

/// An attribute that must be there.
pub(crate) const fn required(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
) -> AttributeSpec {
    AttributeSpec {
        name,
        need: Need::Required,
        kind,
        expressions: Expressions::Allowed,
        default: None,
        meaning,
    }
}

/// An attribute that may be left out.
pub(crate) const fn optional(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
) -> AttributeSpec {
    AttributeSpec {
        need: Need::Optional,
        ..required(name, kind, meaning)
    }
}

impl AttributeSpec {
    /// The same, never computed.
    #[must_use]
    pub(crate) const fn literal(self) -> Self {
        Self {
            expressions: Expressions::Forbidden,
            ..self
        }
    }

    /// The same with a value that is taken if it is not there.
    #[must_use]
    pub(crate) const fn or(self, default: &'static str) -> Self {
        Self {
            default: Some(default),
            ..self
        }
    }

    /// The same, but leaving it out is only a warning.
    #[must_use]
    pub(crate) const fn expected(self) -> Self {
        Self {
            need: Need::Expected,
            ..self
        }
    }
}

impl TextSpec {
    /// No text.
    pub(crate) const NONE: Self = Self {
        need: TextNeed::Forbidden,
        kind: Kind::Text,
        expressions: Expressions::Forbidden,
        layout: Layout::Trimmed,
        meaning: "",
    };

    /// A text that must be there.
    pub(crate) const fn required(kind: Kind, meaning: &'static str) -> Self {
        Self {
            need: TextNeed::Required,
            kind,
            expressions: Expressions::Allowed,
            layout: Layout::Trimmed,
            meaning,
        }
    }

    /// A text that may be empty.
    pub(crate) const fn optional(kind: Kind, meaning: &'static str) -> Self {
        Self {
            need: TextNeed::Optional,
            ..Self::required(kind, meaning)
        }
    }

    /// The same, taken as it stands.
    #[must_use]
    pub(crate) const fn verbatim(self) -> Self {
        Self {
            layout: Layout::Verbatim,
            ..self
        }
    }

    /// The same, never computed.
    #[must_use]
    pub(crate) const fn literal(self) -> Self {
        Self {
            expressions: Expressions::Forbidden,
            ..self
        }
    }
}

impl ChildSpec {
    /// Exactly one.
    pub(crate) const fn one(spec: &'static ElementSpec) -> Self {
        Self {
            spec,
            min: 1,
            max: Some(1),
        }
    }

    /// One or none.
    pub(crate) const fn maybe(spec: &'static ElementSpec) -> Self {
        Self {
            min: 0,
            ..Self::one(spec)
        }
    }

    /// Any number.
    pub(crate) const fn any(spec: &'static ElementSpec) -> Self {
        Self {
            spec,
            min: 0,
            max: None,
        }
    }

    /// One or more.
    pub(crate) const fn some(spec: &'static ElementSpec) -> Self {
        Self {
            min: 1,
            ..Self::any(spec)
        }
    }
}

impl NestedPolicy {
    /// Exactly one.
    pub(crate) const fn one(name: &'static str) -> Self {
        Self {
            name,
            min: 1,
            max: Some(1),
        }
    }

    /// One or none.
    pub(crate) const fn maybe(name: &'static str) -> Self {
        Self {
            min: 0,
            ..Self::one(name)
        }
    }

    /// Any number.
    pub(crate) const fn any(name: &'static str) -> Self {
        Self {
            name,
            min: 0,
            max: None,
        }
    }
}

impl Choice {
    /// Exactly one of them.
    pub(crate) const fn exactly_one(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::ExactlyOne,
            of,
        }
    }

    /// One of them or none.
    pub(crate) const fn at_most_one(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::AtMostOne,
            of,
        }
    }

    /// One of them or more.
    pub(crate) const fn at_least_one(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::AtLeastOne,
            of,
        }
    }

    /// All of them, if the attribute has the value.
    pub(crate) const fn all_if(
        attribute: &'static str,
        is: &'static str,
        of: &'static [&'static str],
    ) -> Self {
        Self {
            take: Take::AllIf { attribute, is },
            of,
        }
    }

    /// All of them, unless the attribute has the value.
    pub(crate) const fn all_unless(
        attribute: &'static str,
        is: &'static str,
        of: &'static [&'static str],
    ) -> Self {
        Self {
            take: Take::AllUnless { attribute, is },
            of,
        }
    }

    /// All of them or none.
    pub(crate) const fn all_or_none(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::AllOrNone,
            of,
        }
    }
}
