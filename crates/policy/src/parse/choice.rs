//! Checks groups of attributes and elements that stand for each other.

use portcullis_model::Span;
use portcullis_model::code::policy as code;

use super::ParseCx;
use super::checked::{Checked, Value};
use super::element::list;
use crate::grammar::{Choice, Take};

impl ParseCx<'_> {
    /// Whether as many of a group are given as must be.
    pub(super) fn choice(&mut self, checked: &Checked<'_>, choice: &Choice) {
        let given: Vec<Span> = choice.of.iter().filter_map(|n| place(checked, n)).collect();
        let missing = given.len() < choice.of.len();
        let has = |attribute, is| value(checked, attribute).map(|value| value == is);
        let wrong = match choice.take {
            Take::ExactlyOne => given.len() != 1,
            Take::AtMostOne => given.len() > 1,
            Take::AtLeastOne => given.is_empty(),
            Take::AllOrNone => missing && !given.is_empty(),
            Take::AllIf { attribute, is } => missing && has(attribute, is) == Some(true),
            Take::AllUnless { attribute, is } => missing && has(attribute, is) == Some(false),
        };
        if wrong {
            self.wrong_choice(checked, choice, &given);
        }
    }

    fn wrong_choice(&mut self, checked: &Checked<'_>, choice: &Choice, given: &[Span]) {
        let names = list(choice.of.iter().copied());
        let takes = match choice.take {
            Take::ExactlyOne => format!("takes exactly one of {names}"),
            Take::AtMostOne => format!("takes at most one of {names}"),
            Take::AtLeastOne => format!("takes at least one of {names}"),
            Take::AllOrNone => format!("takes all or none of {names}"),
            Take::AllIf { .. } | Take::AllUnless { .. } => format!("needs {names} too"),
        };
        let help = match (choice.take, given.len()) {
            (Take::AllUnless { attribute, is }, _) => {
                format!("add what is missing, or write `{attribute}=\"{is}\"`")
            }
            (Take::AllIf { .. }, _) => "add what is missing".to_owned(),
            (_, 0) => "none is given: add one".to_owned(),
            (_, 1) => "add what is missing, or remove the one that is given".to_owned(),
            _ => "keep one and remove the others".to_owned(),
        };
        let at = match choice.take {
            Take::ExactlyOne | Take::AtMostOne => given.get(1).copied(),
            Take::AtLeastOne | Take::AllOrNone => given.first().copied(),
            Take::AllIf { attribute, .. } => place(checked, attribute),
            Take::AllUnless { .. } => None,
        };
        let message = format!("`{}` {takes}", checked.name());
        let span = at.unwrap_or(checked.span());
        self.error(code::WRONG_CHOICE, span, message, help);
    }
}

/// Where an attribute or element of that name stands.
fn place(checked: &Checked<'_>, name: &str) -> Option<Span> {
    let element = checked.element();
    match checked.spec.attribute(name) {
        Some(_) => element.attribute(name).map(|a| a.name_span),
        None => element
            .elements()
            .find(|e| e.name == name)
            .map(|e| e.name_span),
    }
}

/// The value of an attribute, if it is known: written, or the default.
fn value<'c>(checked: &'c Checked<'_>, attribute: &str) -> Option<&'c str> {
    match checked.value(attribute)? {
        Value::Literal { text, .. } if !text.is_opaque() => Some(text.as_str()),
        Value::Literal { .. } | Value::Expression(_) => None,
    }
}
