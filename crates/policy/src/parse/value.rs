//! Reads a value: named values put in, then a literal of its kind or an expression.

use portcullis_model::code::policy as code;
use portcullis_model::{Diagnostic, Span};

use super::ParseCx;
use super::checked::{ExprSource, Value};
use super::substitute::Braces;
use crate::grammar::{Expressions, Kind, Layout, TextNeed, TextSpec};
use crate::xml::{Element, Shape, Text, TextBuilder};

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'n> {
    /// What holds it, for messages: ``the `calls` attribute``.
    pub(super) holder: &'n str,
    pub(super) kind: Kind,
    pub(super) expressions: Expressions,
}

impl ParseCx<'_> {
    /// A value, unless it is wrong.
    pub(super) fn value(&mut self, written: &Text, expected: Expected<'_>) -> Option<Value> {
        if written.is_broken() {
            self.errors += 1;
            return None;
        }
        let text = self.substitute(written, Braces::Reference);
        if text.is_broken() {
            return None;
        }
        match text.shape() {
            Shape::Unended => {
                self.unended(text.span());
                None
            }
            Shape::Expression { form, code } => match expected.expressions {
                Expressions::Allowed => Some(Value::Expression(ExprSource::new(form, &text, code))),
                Expressions::Forbidden => {
                    self.forbidden(text.span(), expected.holder);
                    None
                }
            },
            Shape::Mixed { first } => {
                self.mixed(text.source(first));
                self.literal(text, expected)
            }
            Shape::Literal => self.literal(text, expected),
        }
    }

    fn literal(&mut self, text: Text, expected: Expected<'_>) -> Option<Value> {
        let Expected { holder, kind, .. } = expected;
        // White space around a number or a word means nothing.
        let text = if kind == Kind::Text {
            text
        } else {
            trimmed(&text)
        };
        if !text.is_opaque()
            && let Err(misfit) = kind.accepts(text.as_str())
        {
            let written = self.written(text.span());
            let message = format!("{holder} is invalid: `{written}` is not {}", misfit.0);
            let help = match expected.expressions {
                Expressions::Allowed => format!("write {kind}, or an expression `@(…)`"),
                Expressions::Forbidden => format!("write {kind}"),
            };
            self.error(code::WRONG_VALUE, text.span(), message, help);
            return None;
        }
        Some(Value::Literal { text, kind })
    }

    fn unended(&mut self, span: Span) {
        self.error(
            code::UNENDED_EXPRESSION,
            span,
            "the expression does not end, or its brackets do not match".to_owned(),
            "close every bracket, string and comment in it",
        );
    }

    fn forbidden(&mut self, span: Span, holder: &str) {
        self.error(
            code::EXPRESSION_NOT_ALLOWED,
            span,
            format!("{holder} cannot be a policy expression"),
            "write a literal value, or refer to a named value as `{{name}}`",
        );
    }

    fn mixed(&mut self, span: Span) {
        let message = "the expression stands within other text and is not evaluated".to_owned();
        let warning = Diagnostic::warning(code::MIXED_VALUE, self.document.source, span, message);
        let help = "make the whole value one expression: `@(\"text\" + …)`";
        self.push(warning.with_help(help));
    }

    // === The text of an element ===

    /// The text of an element, unless it is wrong or there is none.
    pub(super) fn element_text(&mut self, element: &Element, spec: &TextSpec) -> Option<Value> {
        let written = match spec.layout {
            Layout::Trimmed => trimmed(&element.text()),
            Layout::Verbatim => self.verbatim(element),
        };
        if written.as_str().is_empty() {
            if spec.need == TextNeed::Required && !written.is_broken() {
                let message = format!("the element `{}` is empty", element.name);
                let help = format!("write {} between the tags", spec.kind);
                self.error(code::MISSING_TEXT, element.name_span, message, help);
            }
            return None;
        }
        if spec.layout == Layout::Verbatim && is_liquid(element) {
            let text = self.substitute(&written, Braces::Liquid);
            let kind = spec.kind;
            return (!text.is_broken()).then_some(Value::Literal { text, kind });
        }
        let holder = format!("the text of `{}`", element.name);
        let expected = Expected {
            holder: &holder,
            kind: spec.kind,
            expressions: spec.expressions,
        };
        self.value(&written, expected)
    }

    /// The text as it stands; with elements in it, their markup is part of it.
    fn verbatim(&self, element: &Element) -> Text {
        if element.elements().next().is_none() {
            return element.text();
        }
        let mut markup = TextBuilder::default();
        let start = element.inner.start as usize;
        markup.literal(self.document.written(element.inner), start);
        markup.build(element.inner)
    }
}

/// Whether the text of the element is a Liquid template.
fn is_liquid(element: &Element) -> bool {
    element
        .attribute("template")
        .is_some_and(|a| a.value.as_str().trim().eq_ignore_ascii_case("liquid"))
}

/// The text without white space around it.
fn trimmed(text: &Text) -> Text {
    let whole = text.as_str();
    let start = whole.len() - whole.trim_ascii_start().len();
    let end = whole.trim_ascii_end().len().max(start);
    if start == 0 && end == whole.len() {
        return text.clone();
    }
    let mut builder = TextBuilder::default();
    builder.part(text, start..end);
    if text.is_broken() {
        builder.mark_broken();
    }
    builder.build(text.source(start..end))
}
