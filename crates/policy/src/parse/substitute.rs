//! Puts named values into values.

use std::ops::Range;

use portcullis_model::code::policy as code;
use portcullis_model::suggest;

use super::{NamedValue, ParseCx, References};
use crate::xml::csharp::{self, Entities};
use crate::xml::{Shape, Text, TextBuilder};

/// What double braces mean where no named value has the name in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Braces {
    /// A reference to a named value that is missing.
    Reference,
    /// Part of a Liquid template.
    Liquid,
}

/// Something in a value that is replaced before the value is read.
struct Hole {
    whole: Range<usize>,
    /// The name of a named value; a placeholder of a deployment template has none that we know.
    name: Option<Range<usize>>,
}

impl ParseCx<'_> {
    /// The value with the texts of named values in the place of their references.
    pub(super) fn substitute(&mut self, value: &Text, braces: Braces) -> Text {
        let holes = self.holes(value);
        if holes.is_empty() {
            return value.clone();
        }
        let program = Program::of(value);
        let mut result = TextBuilder::default();
        let mut done = 0;
        for hole in holes {
            if program.as_ref().is_some_and(|p| p.splits(&hole.whole)) {
                continue;
            }
            result.part(value, done..hole.whole.start);
            self.fill(value, &hole, braces, program.as_ref(), &mut result);
            done = hole.whole.end;
        }
        result.part(value, done..value.as_str().len());
        result.build(value.span())
    }

    fn holes(&self, value: &Text) -> Vec<Hole> {
        let references = value.references().into_iter().map(|r| Hole {
            whole: r.whole,
            name: Some(r.name),
        });
        let mut holes: Vec<Hole> = references.collect();
        if self.around.references == References::Assumed {
            let placeholders = placeholders(value.as_str());
            holes.extend(placeholders.map(|whole| Hole { whole, name: None }));
            holes.sort_by_key(|h| h.whole.start);
            let mut end = 0;
            holes.retain(|h| {
                let apart = h.whole.start >= end;
                end = end.max(h.whole.end);
                apart
            });
        }
        holes
    }

    fn fill(
        &mut self,
        value: &Text,
        hole: &Hole,
        braces: Braces,
        program: Option<&Program>,
        result: &mut TextBuilder,
    ) {
        let span = value.source(hole.whole.clone());
        let around = self.around;
        let name = hole.name.clone().map(|n| value.slice(n));
        let known = name.map(|n| (n, around.named_values.text(n)));
        let problem = match known {
            Some((_, NamedValue::Text(text))) => return result.piece(text, span),
            Some((_, NamedValue::Secret(secret))) => {
                result.mark_secret();
                return result.piece(secret.expose(), span);
            }
            Some((_, NamedValue::Unknown)) if braces == Braces::Liquid => None,
            _ if around.references == References::Assumed => {
                if let Some(program) = program {
                    return result.piece(program.stand_in(&hole.whole), span);
                }
                result.mark_opaque();
                None
            }
            Some((name, NamedValue::Unknown)) => Some((
                code::UNKNOWN_NAMED_VALUE,
                format!("cannot find a property `{name}`: no named value has this name"),
                match suggest::nearest(name, around.named_values.names()) {
                    Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
                    None => "add the named value, or correct its name".to_owned(),
                },
            )),
            Some((name, NamedValue::Unavailable(reason))) => Some((
                code::UNAVAILABLE_NAMED_VALUE,
                format!("the value of the named value `{name}` is not available: {reason}"),
                "provide the value where the named value says it comes from".to_owned(),
            )),
            None => None,
        };
        if let Some((code, message, help)) = problem {
            self.error(code, span, message, help);
            result.mark_broken();
        }
        result.part(value, hole.whole.clone());
    }
}

/// Where the strings and comments of a value that is one expression stand.
struct Program {
    texts: Vec<Range<usize>>,
}

impl Program {
    fn of(value: &Text) -> Option<Self> {
        let Shape::Expression { code, .. } = value.shape() else {
            return None;
        };
        let open = code.start.checked_sub(1)?;
        let extent = csharp::extent(value.as_str(), open, Entities::Plain)?;
        let mut texts = extent.strings;
        texts.extend(extent.comments);
        // They do not overlap.
        texts.sort_by_key(|t| t.start);
        Some(Self { texts })
    }

    fn text_at(&self, at: usize) -> Option<&Range<usize>> {
        let after = self.texts.partition_point(|t| t.start <= at);
        let text = self.texts.get(after.checked_sub(1)?)?;
        text.contains(&at).then_some(text)
    }

    /// Whether something starts in a string and ends outside: `$"${price}"` is no placeholder.
    fn splits(&self, whole: &Range<usize>) -> bool {
        self.text_at(whole.start).is_some_and(|t| whole.end > t.end)
    }

    /// What an unknown text is taken for: within a string a word, elsewhere a number.
    fn stand_in(&self, whole: &Range<usize>) -> &'static str {
        match self.text_at(whole.start) {
            Some(_) => "x",
            None => "1",
        }
    }
}

/// Every `${…}` of a text.
fn placeholders(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find("${")?;
        let length = text.get(start..)?.find('}')? + 1;
        from = start + length;
        Some(start..from)
    })
}

/// Whether there is nothing but placeholders of a deployment template in a text.
pub(super) fn is_placeholders(text: &str) -> bool {
    let mut rest = text.to_owned();
    for range in placeholders(text).collect::<Vec<_>>().into_iter().rev() {
        rest.replace_range(range, "");
    }
    rest.trim_ascii().is_empty()
}
