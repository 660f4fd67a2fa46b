//! A checked element, and typed access to what is written in it.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use portcullis_model::{SourceId, Span};

use crate::grammar::{AttributeSpec, ElementSpec, Kind};
use crate::policies::PolicyEntry;
use crate::xml::{Element, Form, Text, TextBuilder};

/// An element that was compared with its specification.
///
/// The accessors take the names of the specification. A value that was wrong, and reported, reads
/// as not there; so does one that was left out and has no default.
#[derive(Debug)]
pub struct Checked<'d> {
    pub(super) element: &'d Element,
    pub(super) source: SourceId,
    pub(super) spec: &'static ElementSpec,
    pub(super) policy: Option<&'static PolicyEntry>,
    pub(super) path: Box<str>,
    pub(super) attributes: Vec<(&'static AttributeSpec, Value)>,
    pub(super) id: Option<String>,
    pub(super) body: Option<Value>,
    pub(super) children: Vec<Checked<'d>>,
    pub(super) nested: Vec<Checked<'d>>,
    pub(super) sound: bool,
}

/// A value as written: a literal that has its kind, or a program.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Literal { text: Text, kind: Kind },
    Expression(ExprSource),
}

/// What was written for an attribute or a text: a literal, or an expression that gives one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attr<T> {
    /// The value, and where it is written.
    Literal(T, Span),
    /// A program that gives the value for each request.
    Expression(ExprSource),
}

/// The text of a policy expression. Its `Debug` does not show a secret that was put into it.
#[derive(Clone, PartialEq, Eq)]
pub struct ExprSource {
    /// How it is written.
    pub form: Form,
    /// The program between the brackets.
    code: Text,
}

impl ExprSource {
    pub(super) fn new(form: Form, text: &Text, code: Range<usize>) -> Self {
        let mut builder = TextBuilder::default();
        builder.part(text, code.clone());
        Self {
            form,
            code: builder.build(text.source(code)),
        }
    }

    /// The program between the brackets, as C#.
    pub(crate) fn text(&self) -> &str {
        self.code.as_str()
    }

    /// Where the program stands in the author's text.
    pub(crate) fn span(&self) -> Span {
        self.code.span()
    }

    /// Where a part of the program stands in the author's text.
    pub(crate) fn place(&self, part: Range<usize>) -> Span {
        self.code.source(part)
    }

    /// Whether a secret was put into it.
    pub(crate) fn is_secret(&self) -> bool {
        self.code.is_secret()
    }
}

impl fmt::Debug for ExprSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({:?})", self.form, self.code)
    }
}

impl<T> Attr<T> {
    /// Where it is written.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Literal(_, span) => *span,
            Self::Expression(source) => source.span(),
        }
    }

    /// The value, unless it is computed.
    pub(crate) fn literal(&self) -> Option<&T> {
        match self {
            Self::Literal(value, _) => Some(value),
            Self::Expression(_) => None,
        }
    }

    /// The same with another value; `None` if the literal has none.
    pub(crate) fn and_then<U>(self, f: impl FnOnce(T) -> Option<U>) -> Option<Attr<U>> {
        match self {
            Self::Literal(value, span) => f(value).map(|value| Attr::Literal(value, span)),
            Self::Expression(source) => Some(Attr::Expression(source)),
        }
    }
}

impl<'d> Checked<'d> {
    // === What it is ===

    /// The element as it was read.
    pub(crate) fn element(&self) -> &'d Element {
        self.element
    }

    /// The name of the element.
    pub(crate) fn name(&self) -> &'static str {
        self.spec.name
    }

    /// The text it stands in.
    pub(crate) fn source(&self) -> SourceId {
        self.source
    }

    /// The element's name in the start tag: where a diagnostic about the whole points.
    #[expect(
        clippy::misnamed_getters,
        reason = "a whole element is no place to point at"
    )]
    pub(crate) fn span(&self) -> Span {
        self.element.name_span
    }

    /// The policy, if this is the root element of one.
    pub(crate) fn policy(&self) -> Option<&'static PolicyEntry> {
        self.policy
    }

    /// `choose[3]/when[2]`, as `context.LastError.Path` tells it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The `id` attribute that every policy may have.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether nothing in it is wrong.
    pub(crate) fn is_sound(&self) -> bool {
        self.sound
    }

    // === What is in it ===

    /// The elements in it that belong to the same policy.
    pub(crate) fn children(&self, name: &str) -> impl Iterator<Item = &Checked<'d>> {
        self.children.iter().filter(move |c| c.spec.name == name)
    }

    /// The first of them.
    pub(crate) fn child(&self, name: &str) -> Option<&Checked<'d>> {
        self.children(name).next()
    }

    /// All elements in it that belong to the same policy, in order.
    pub(crate) fn parts(&self) -> &[Checked<'d>] {
        &self.children
    }

    /// The policies in it, in order.
    pub(crate) fn nested(&self) -> &[Checked<'d>] {
        &self.nested
    }

    /// Whether the author wrote the attribute.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.element.attribute(name).is_some()
    }

    // === Values ===

    /// An attribute as text.
    pub(crate) fn text(&self, name: &str) -> Option<Attr<String>> {
        self.read(name, |text, _| Some(text.to_owned()))
    }

    /// An attribute that is never computed, as text.
    pub(crate) fn literal(&self, name: &str) -> Option<(String, Span)> {
        match self.text(name)? {
            Attr::Literal(text, span) => Some((text, span)),
            Attr::Expression(_) => None,
        }
    }

    /// An attribute as a whole number.
    pub(crate) fn int<T: TryFrom<i64>>(&self, name: &str) -> Option<Attr<T>> {
        self.read(name, |text, _| T::try_from(text.parse().ok()?).ok())
    }

    /// An attribute as `true` or `false`.
    pub(crate) fn bool(&self, name: &str) -> Option<Attr<bool>> {
        self.read(name, |text, _| Some(text.eq_ignore_ascii_case("true")))
    }

    /// An attribute as one of the words that its specification lists.
    pub(crate) fn one_of(&self, name: &str) -> Option<Attr<&'static str>> {
        self.read(name, |text, kind| match kind {
            Kind::OneOf(words) => words.iter().copied().find(|w| *w == text),
            _ => None,
        })
    }

    /// An attribute as a time span.
    pub(crate) fn seconds(&self, name: &str) -> Option<Attr<Duration>> {
        self.read(name, |text, _| text.parse().ok().map(Duration::from_secs))
    }

    /// The element's own text.
    pub(crate) fn body(&self) -> Option<Attr<String>> {
        let value = self.body.as_ref()?;
        value.read(|text, _| Some(text.to_owned()))
    }

    /// Whether a secret was put into an attribute.
    pub fn is_secret(&self, name: &str) -> bool {
        self.value(name).is_some_and(Value::is_secret)
    }

    /// Whether a secret was put into the element's text.
    pub(crate) fn is_body_secret(&self) -> bool {
        self.body.as_ref().is_some_and(Value::is_secret)
    }

    /// Every expression in it, those of nested policies excepted.
    pub(crate) fn expressions(&self) -> Vec<ExprSource> {
        let own = self
            .attributes
            .iter()
            .map(|(_, value)| value)
            .chain(&self.body);
        let mut all: Vec<_> = own.filter_map(Value::expression).collect();
        all.extend(self.children.iter().flat_map(Self::expressions));
        all
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        let mut attributes = self.attributes.iter();
        attributes.find(|(s, _)| s.name == name).map(|(_, v)| v)
    }

    fn read<T>(&self, name: &str, read: impl FnOnce(&str, Kind) -> Option<T>) -> Option<Attr<T>> {
        debug_assert!(
            self.spec.attribute(name).is_some(),
            "`{}` has no attribute `{name}` in its specification",
            self.spec.name
        );
        self.value(name)?.read(read)
    }
}

impl Value {
    fn read<T>(&self, read: impl FnOnce(&str, Kind) -> Option<T>) -> Option<Attr<T>> {
        match self {
            Self::Literal { text, kind } => {
                let stand_in;
                let literal = if text.is_opaque() && kind.accepts(text.as_str()).is_err() {
                    stand_in = kind.stand_in();
                    &stand_in
                } else {
                    text.as_str()
                };
                read(literal, *kind).map(|value| Attr::Literal(value, text.span()))
            }
            Self::Expression(source) => Some(Attr::Expression(source.clone())),
        }
    }

    fn expression(&self) -> Option<ExprSource> {
        match self {
            Self::Literal { .. } => None,
            Self::Expression(source) => Some(source.clone()),
        }
    }

    fn is_secret(&self) -> bool {
        match self {
            Self::Literal { text, .. } => text.is_secret(),
            Self::Expression(source) => source.is_secret(),
        }
    }
}
