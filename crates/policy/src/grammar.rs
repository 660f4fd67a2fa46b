//! The facts of a policy, said once: what it is called, where it may stand, what it is written with.
//!
//! Every policy has one const [`PolicySpec`]. The checks of [`crate::parse`], the tables of the
//! manual, the JSON schema and the completions of the editor all read it; nothing else knows the
//! name of an attribute. The functions here are `const` so that a specification reads like a table.

use std::fmt;

use portcullis_model::policy::Scope;

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

/// What a literal value must be. An expression's result is converted to the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Any text.
    Text,
    /// An integer in a range, both ends included.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A decimal number in a range, both ends included.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// `true` or `false`.
    Bool,
    /// One of some words.
    OneOf(&'static [&'static str]),
    /// A whole number of seconds in a range, both ends included.
    Seconds {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// An HTTP status code.
    Status,
    /// An absolute URL.
    Url,
    /// The name of a header.
    HeaderName,
    /// An HTTP method.
    Method,
    /// The name of a context variable.
    VariableName,
    /// One character.
    Character,
    /// A point in time, `yyyy-MM-ddTHH:mm:ssZ`.
    DateTime,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// The name of something else in the configuration.
    Reference(Entity),
}

/// What a value can refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A backend.
    Backend,
    /// A certificate.
    Certificate,
    /// A policy fragment.
    Fragment,
    /// A logger.
    Logger,
    /// A schema.
    Schema,
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

/// The sections of a policy document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Runs on the request.
    Inbound,
    /// Calls the backend.
    Backend,
    /// Runs on the response.
    Outbound,
    /// Runs when something failed.
    OnError,
}

/// A set of sections. The empty set is for what stands only in other policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sections(u8);

/// A set of scopes. The empty set is for what stands only in resolvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

// === PolicySpec ===

impl PolicySpec {
    /// The name of its element.
    pub const fn element(&self) -> &'static str {
        self.root.name
    }
}

// === Section, Sections, Scopes ===

impl Section {
    /// All, in the order in which they stand and run.
    pub const ALL: [Self; 4] = [Self::Inbound, Self::Backend, Self::Outbound, Self::OnError];

    /// Its element's name, which is also what `context.LastError.Section` says.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Backend => "backend",
            Self::Outbound => "outbound",
            Self::OnError => "on-error",
        }
    }

    /// The section whose element has that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Sections {
    /// No section.
    pub const NONE: Self = Self(0);
    /// `inbound`.
    pub const INBOUND: Self = Self::of(Section::Inbound);
    /// `backend`.
    pub const BACKEND: Self = Self::of(Section::Backend);
    /// `outbound`.
    pub const OUTBOUND: Self = Self::of(Section::Outbound);
    /// `on-error`.
    pub const ON_ERROR: Self = Self::of(Section::OnError);
    /// All four.
    pub const ALL: Self = Self::INBOUND
        .or(Self::BACKEND)
        .or(Self::OUTBOUND)
        .or(Self::ON_ERROR);

    /// One section.
    pub const fn of(section: Section) -> Self {
        Self(1 << section as u8)
    }

    /// Either of two sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the section is in the set.
    pub const fn contains(self, section: Section) -> bool {
        self.0 & Self::of(section).0 != 0
    }

    /// Those in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Section> {
        Section::ALL.into_iter().filter(move |s| self.contains(*s))
    }
}

impl Scopes {
    /// Every scope, broad to narrow.
    const EVERY: [Scope; 5] = [
        Scope::Global,
        Scope::Workspace,
        Scope::Product,
        Scope::Api,
        Scope::Operation,
    ];
    /// No scope.
    pub const NONE: Self = Self(0);
    /// All five.
    pub const ALL: Self = Self(0b1_1111);
    /// All but workspaces.
    pub const NO_WORKSPACE: Self = Self::of(Scope::Global).or(Self::PRODUCT_AND_NARROWER);
    /// Products, APIs and operations.
    pub const PRODUCT_AND_NARROWER: Self = Self::of(Scope::Product)
        .or(Self::of(Scope::Api))
        .or(Self::of(Scope::Operation));

    /// One scope.
    pub const fn of(scope: Scope) -> Self {
        Self(1 << scope as u8)
    }

    /// Either of two sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the scope is in the set.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & Self::of(scope).0 != 0
    }

    /// Those in the set, broad to narrow.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Self::EVERY.into_iter().filter(move |s| self.contains(*s))
    }
}

// === ElementSpec and what it is made of ===

impl ElementSpec {
    /// An element with nothing in it.
    pub const fn new(name: &'static str) -> Self {
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
    pub fn attribute(&self, name: &str) -> Option<&'static AttributeSpec> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The child of that name.
    pub fn child(&self, name: &str) -> Option<&'static ChildSpec> {
        self.children.iter().find(|c| c.spec.name == name)
    }

    /// Whether elements or policies may stand in it.
    pub fn holds_elements(&self) -> bool {
        !self.children.is_empty() || !matches!(self.policies, Nested::None)
    }
}

/// An attribute that must be there.
pub const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> AttributeSpec {
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
pub const fn optional(name: &'static str, kind: Kind, meaning: &'static str) -> AttributeSpec {
    AttributeSpec {
        need: Need::Optional,
        ..required(name, kind, meaning)
    }
}

impl AttributeSpec {
    /// The same, never computed.
    #[must_use]
    pub const fn literal(self) -> Self {
        Self {
            expressions: Expressions::Forbidden,
            ..self
        }
    }

    /// The same with a value that is taken if it is not there.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self {
            default: Some(default),
            ..self
        }
    }

    /// The same, but leaving it out is only a warning.
    #[must_use]
    pub const fn expected(self) -> Self {
        Self {
            need: Need::Expected,
            ..self
        }
    }
}

impl Kind {
    /// A whole number from zero.
    pub const COUNT: Self = Self::Int {
        min: 0,
        max: i64::MAX,
    };
    /// A whole number from one.
    pub const POSITIVE: Self = Self::Int {
        min: 1,
        max: i64::MAX,
    };
    /// Any number of seconds from zero.
    pub const SECONDS: Self = Self::Seconds {
        min: 0,
        max: i32::MAX as i64,
    };
}

impl TextSpec {
    /// No text.
    pub const NONE: Self = Self {
        need: TextNeed::Forbidden,
        kind: Kind::Text,
        expressions: Expressions::Forbidden,
        layout: Layout::Trimmed,
        meaning: "",
    };

    /// A text that must be there.
    pub const fn required(kind: Kind, meaning: &'static str) -> Self {
        Self {
            need: TextNeed::Required,
            kind,
            expressions: Expressions::Allowed,
            layout: Layout::Trimmed,
            meaning,
        }
    }

    /// A text that may be empty.
    pub const fn optional(kind: Kind, meaning: &'static str) -> Self {
        Self {
            need: TextNeed::Optional,
            ..Self::required(kind, meaning)
        }
    }

    /// The same, taken as it stands.
    #[must_use]
    pub const fn verbatim(self) -> Self {
        Self {
            layout: Layout::Verbatim,
            ..self
        }
    }

    /// The same, never computed.
    #[must_use]
    pub const fn literal(self) -> Self {
        Self {
            expressions: Expressions::Forbidden,
            ..self
        }
    }
}

impl ChildSpec {
    /// Exactly one.
    pub const fn one(spec: &'static ElementSpec) -> Self {
        Self {
            spec,
            min: 1,
            max: Some(1),
        }
    }

    /// One or none.
    pub const fn maybe(spec: &'static ElementSpec) -> Self {
        Self {
            min: 0,
            ..Self::one(spec)
        }
    }

    /// Any number.
    pub const fn any(spec: &'static ElementSpec) -> Self {
        Self {
            spec,
            min: 0,
            max: None,
        }
    }

    /// One or more.
    pub const fn some(spec: &'static ElementSpec) -> Self {
        Self {
            min: 1,
            ..Self::any(spec)
        }
    }
}

impl NestedPolicy {
    /// Exactly one.
    pub const fn one(name: &'static str) -> Self {
        Self {
            name,
            min: 1,
            max: Some(1),
        }
    }

    /// One or none.
    pub const fn maybe(name: &'static str) -> Self {
        Self {
            min: 0,
            ..Self::one(name)
        }
    }

    /// Any number.
    pub const fn any(name: &'static str) -> Self {
        Self {
            name,
            min: 0,
            max: None,
        }
    }
}

impl Choice {
    /// Exactly one of them.
    pub const fn exactly_one(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::ExactlyOne,
            of,
        }
    }

    /// One of them or none.
    pub const fn at_most_one(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::AtMostOne,
            of,
        }
    }

    /// One of them or more.
    pub const fn at_least_one(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::AtLeastOne,
            of,
        }
    }

    /// All of them or none.
    pub const fn all_or_none(of: &'static [&'static str]) -> Self {
        Self {
            take: Take::AllOrNone,
            of,
        }
    }
}

// === Kind ===

/// Why a literal is not of its kind; completes the sentence "`x` is not …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(pub String);

impl Kind {
    /// Whether a literal is of this kind.
    pub fn accepts(self, text: &str) -> Result<(), Misfit> {
        let fits = match self {
            Self::Text => true,
            Self::Int { min, max } | Self::Seconds { min, max } => {
                text.parse::<i64>().is_ok_and(|n| (min..=max).contains(&n))
            }
            Self::Number { min, max } => {
                text.parse::<f64>().is_ok_and(|n| (min..=max).contains(&n))
            }
            Self::Bool => matches!(text, "true" | "false" | "True" | "False"),
            Self::OneOf(words) => words.contains(&text),
            Self::Status => text.len() == 3 && text.parse::<u16>().is_ok_and(is_status),
            Self::Url => is_url(text),
            Self::HeaderName | Self::Method => !text.is_empty() && text.bytes().all(is_token),
            Self::VariableName | Self::Reference(_) => !text.is_empty(),
            Self::Character => text.chars().count() == 1,
            Self::DateTime => is_date_time(text),
            Self::IpAddress => text.parse::<std::net::IpAddr>().is_ok(),
        };
        if fits {
            Ok(())
        } else {
            Err(Misfit(self.to_string()))
        }
    }

    /// Some literal of this kind, for where the real one is not known yet.
    pub fn stand_in(self) -> String {
        match self {
            Self::Text | Self::VariableName | Self::HeaderName | Self::Reference(_) => {
                "x".to_owned()
            }
            Self::Int { min, max } | Self::Seconds { min, max } => min.max(1).min(max).to_string(),
            Self::Number { min, max } => min.max(1.0).min(max).to_string(),
            Self::Bool => "true".to_owned(),
            Self::OneOf(words) => words.first().copied().unwrap_or("x").to_owned(),
            Self::Status => "200".to_owned(),
            Self::Url => "http://localhost".to_owned(),
            Self::Method => "GET".to_owned(),
            Self::Character => "_".to_owned(),
            Self::DateTime => "0001-01-01T00:00:00Z".to_owned(),
            Self::IpAddress => "127.0.0.1".to_owned(),
        }
    }
}

/// Completes the sentence "the value is …".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Text => f.write_str("a text"),
            Self::Int { min, max } => range(f, "a whole number", min, max),
            Self::Seconds { min, max } => range(f, "a whole number of seconds", min, max),
            Self::Number { min, max } if max == f64::MAX => {
                write!(f, "a number of at least {min}")
            }
            Self::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Self::Bool => f.write_str("`true` or `false`"),
            Self::OneOf(words) => match words {
                [only] => write!(f, "`{only}`"),
                words => write!(f, "one of `{}`", words.join("`, `")),
            },
            Self::Status => f.write_str("an HTTP status code from 100 to 999"),
            Self::Url => f.write_str("an absolute URL such as `https://host/path`"),
            Self::HeaderName => f.write_str("the name of a header"),
            Self::Method => f.write_str("an HTTP method"),
            Self::VariableName => f.write_str("the name of a variable"),
            Self::Character => f.write_str("one character"),
            Self::DateTime => f.write_str("a time such as `2030-01-31T00:00:00Z`"),
            Self::IpAddress => f.write_str("an IP address"),
            Self::Reference(entity) => write!(f, "the id of a {entity}"),
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backend => "backend",
            Self::Certificate => "certificate",
            Self::Fragment => "fragment",
            Self::Logger => "logger",
            Self::Schema => "schema",
        })
    }
}

fn range(f: &mut fmt::Formatter<'_>, what: &str, min: i64, max: i64) -> fmt::Result {
    match (min, max) {
        (i64::MIN, i64::MAX) => f.write_str(what),
        (min, max) if max >= i64::from(i32::MAX) => write!(f, "{what} of at least {min}"),
        (min, max) => write!(f, "{what} from {min} to {max}"),
    }
}

fn is_status(code: u16) -> bool {
    (100..=999).contains(&code)
}

/// A URL as a policy can use it: a scheme that we speak and a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let known = ["http", "https", "ws", "wss"]
        .iter()
        .any(|s| scheme.eq_ignore_ascii_case(s));
    known && !host.is_empty() && !text.contains(char::is_whitespace)
}

/// RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_date_time(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            form => byte == *form,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_accepted_by_kind() {
        let table: &[(Kind, &[&str], &[&str])] = &[
            (
                Kind::Int { min: 1, max: 50 },
                &["1", "50"],
                &["0", "51", "", "1.0", " 1", "x"],
            ),
            (
                Kind::Number { min: 0.0, max: 1.0 },
                &["0", "0.05", "1"],
                &["1.1", "-1", "x", "NaN"],
            ),
            (Kind::Bool, &["true", "false", "True"], &["1", "yes", ""]),
            (Kind::OneOf(&["a", "b"]), &["a", "b"], &["A", "c", ""]),
            (Kind::SECONDS, &["0", "300"], &["-1", "1s", "99999999999"]),
            (
                Kind::Status,
                &["200", "429", "999"],
                &["20", "99", "1000", "abc", "+20"],
            ),
            (
                Kind::Url,
                &["http://a", "https://a:1/b?c", "wss://a"],
                &["a", "/a", "http://", "ftp://a", "http://a b"],
            ),
            (Kind::HeaderName, &["X-A", "ETag"], &["", "X A", "X:"]),
            (Kind::Character, &["_", "é"], &["", "ab"]),
            (
                Kind::DateTime,
                &["2030-01-31T00:00:00Z"],
                &["2030-01-31", "2030-01-31T00:00:00"],
            ),
            (
                Kind::IpAddress,
                &["10.0.0.1", "::1"],
                &["10.0.0", "10.0.0.0/8", "host"],
            ),
        ];
        for (kind, good, bad) in table {
            for text in *good {
                assert_eq!(kind.accepts(text), Ok(()), "{text:?} as {kind}");
            }
            for text in *bad {
                assert!(kind.accepts(text).is_err(), "{text:?} as {kind}");
            }
            assert_eq!(kind.accepts(&kind.stand_in()), Ok(()), "{kind}");
        }
    }

    #[test]
    fn sets_know_their_members() {
        let set = Sections::INBOUND.or(Sections::ON_ERROR);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Section::Inbound, Section::OnError]
        );
        assert_eq!(Sections::ALL.iter().count(), 4);
        assert_eq!(Scopes::ALL.iter().count(), 5);
        assert!(!Scopes::NO_WORKSPACE.contains(Scope::Workspace));
        assert_eq!(Scopes::NO_WORKSPACE.iter().count(), 4);
    }
}
