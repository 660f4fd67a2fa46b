//! A piece of what the author wrote, decoded, that knows where each byte of it came from.

use std::fmt;
use std::ops::Range;

use portcullis_model::Span;

use super::csharp::{self, Entities};

/// An attribute's value or an element's text: entities decoded, line ends as `\n`.
///
/// `Debug` does not show a text that a secret was put into.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    content: String,
    /// Where the text came from, in order; each piece reaches to the start of the next.
    pieces: Vec<Piece>,
    span: Span,
    secret: bool,
    opaque: bool,
    broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where in the decoded text it starts.
    at: usize,
    /// What it was written as. Of the same length as the piece if it was written literally.
    source: Span,
}

/// How an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `@( … )`: one expression.
    Expression,
    /// `@{ … }`: statements that return.
    Block,
}

impl From<Form> for portcullis_expr::Form {
    fn from(form: Form) -> Self {
        match form {
            Form::Expression => Self::Expression,
            Form::Block => Self::Block,
        }
    }
}

/// What a text is, read as the value of an attribute or element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// The text means itself.
    Literal,
    /// The whole text is one expression; `code` is what stands between its brackets.
    Expression {
        /// `@(…)` or `@{…}`.
        form: Form,
        /// The program, in the decoded text.
        code: Range<usize>,
    },
    /// A literal with something in it that looks like an expression; it is not evaluated.
    Mixed {
        /// The first of them, in the decoded text.
        first: Range<usize>,
    },
    /// It starts as an expression that has no end.
    Unended,
}

/// `{{name}}` in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// With its braces, in the decoded text.
    pub whole: Range<usize>,
    /// The name, in the decoded text.
    pub name: Range<usize>,
}

impl Text {
    /// A text that the author did not write, for something that stands at `span`.
    pub(crate) fn default_at(text: &str, span: Span) -> Self {
        let mut builder = TextBuilder::default();
        builder.piece(text, span);
        builder.build(span)
    }

    /// The decoded text.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// All of it, in the author's text.
    pub fn span(&self) -> Span {
        self.span
    }

    /// It without the white space around it, in the author's text.
    pub(crate) fn trimmed_span(&self) -> Span {
        let start = self.content.len() - self.content.trim_ascii_start().len();
        self.source(start..self.content.trim_ascii_end().len().max(start))
    }

    /// Whether a secret was put into it: then it must not be shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether something unknown was put into it: then it can stand for any value.
    pub(crate) fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// Whether the reader already reported that it cannot be read.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether there is nothing but white space in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.content.trim_ascii().is_empty()
    }

    /// A part of the decoded text.
    pub(crate) fn slice(&self, range: Range<usize>) -> &str {
        self.content.get(range).unwrap_or("")
    }

    /// Where a range of the decoded text stands in the author's text.
    pub(crate) fn source(&self, range: Range<usize>) -> Span {
        let start = self.source_of(range.start, Side::Start);
        let end = match range.end {
            end if end <= range.start => start,
            end => self.source_of(end, Side::End),
        };
        Span::new(start as usize, end as usize)
    }

    fn source_of(&self, at: usize, side: Side) -> u32 {
        // The end of a range belongs to the byte before it.
        let within = match side {
            Side::Start => at,
            Side::End => at.saturating_sub(1),
        };
        let index = self.pieces.partition_point(|p| p.at <= within);
        let Some(piece) = index.checked_sub(1).and_then(|i| self.pieces.get(i)) else {
            return self.span.start;
        };
        let piece_end = self.pieces.get(index).map_or(self.content.len(), |p| p.at);
        let written = (piece.source.end - piece.source.start) as usize;
        if written == piece_end - piece.at {
            let into = Span::at(at.min(piece_end) - piece.at).start;
            return piece.source.start.saturating_add(into);
        }
        match side {
            Side::Start if at >= piece_end => piece.source.end,
            Side::Start => piece.source.start,
            Side::End => piece.source.end,
        }
    }

    /// What the text is.
    pub(crate) fn shape(&self) -> Shape {
        let Some((at, form)) = opening(&self.content, 0) else {
            return Shape::Literal;
        };
        let leads = self.slice(0..at).trim_ascii().is_empty();
        let Some(extent) = csharp::extent(&self.content, at + 1, Entities::Plain) else {
            return if leads {
                Shape::Unended
            } else {
                Shape::Literal
            };
        };
        if leads
            && self
                .slice(extent.end..self.content.len())
                .trim_ascii()
                .is_empty()
        {
            Shape::Expression {
                form,
                code: at + 2..extent.end.saturating_sub(1),
            }
        } else {
            Shape::Mixed {
                first: at..extent.end,
            }
        }
    }

    /// Every `{{name}}` in it.
    pub(crate) fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = self.content.get(from..).and_then(|t| t.find("{{")) {
            // Of `{{{name}}}` the inner pair counts: what is put in stays within braces.
            let open = from + at;
            let braces = self.slice(open..self.content.len());
            let extra = braces.len() - braces.trim_start_matches('{').len() - 2;
            let name = open + extra + 2;
            let rest = self.slice(name..self.content.len());
            let length = rest.bytes().take_while(|b| is_name_byte(*b)).count();
            let end = name + length;
            if length > 0 && self.slice(end..end + 2) == "}}" {
                found.push(Reference {
                    whole: name - 2..end + 2,
                    name: name..end,
                });
                from = end + 2;
            } else {
                from = end.max(open + 2);
            }
        }
        found
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret {
            write!(f, "Text(…)")
        } else {
            write!(f, "Text({:?})", self.content)
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

/// Names of named values are letters, digits, `.`, `_` and `-`.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// The next `@(` or `@{` at or after `from`.
pub(super) fn opening(text: &str, from: usize) -> Option<(usize, Form)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == b'@')?;
        match bytes.get(at + 1) {
            Some(b'(') => return Some((at, Form::Expression)),
            Some(b'{') => return Some((at, Form::Block)),
            _ => at += 1,
        }
    }
}

/// Puts a [`Text`] together, piece by piece.
#[derive(Debug, Default)]
pub struct TextBuilder {
    content: String,
    pieces: Vec<Piece>,
    secret: bool,
    opaque: bool,
    broken: bool,
}

impl TextBuilder {
    /// Adds `written` as it stands at `start`, with line ends as `\n`.
    pub(crate) fn literal(&mut self, written: &str, start: usize) {
        let mut start = start;
        let mut rest = written;
        while let Some(at) = rest.find('\r') {
            let (before, after) = rest.split_at(at);
            self.piece(before, Span::new(start, start + at));
            let length = if after.starts_with("\r\n") { 2 } else { 1 };
            self.piece("\n", Span::new(start + at, start + at + length));
            start += at + length;
            rest = after.get(length..).unwrap_or("");
        }
        self.piece(rest, Span::new(start, start + rest.len()));
    }

    /// Adds `meaning`, which was written as what stands at `source`.
    pub(crate) fn piece(&mut self, meaning: &str, source: Span) {
        if meaning.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            at: self.content.len(),
            source,
        });
        self.content.push_str(meaning);
    }

    /// Adds a part of another text, with its places.
    pub(crate) fn part(&mut self, other: &Text, range: Range<usize>) {
        let after_first = other.pieces.partition_point(|p| p.at <= range.start);
        let first = after_first.saturating_sub(1);
        let pieces = other.pieces.get(first..).unwrap_or(&[]);
        let ends = pieces.iter().skip(1).map(|p| p.at);
        let ends = ends.chain([other.content.len()]);
        for (piece, end) in pieces.iter().zip(ends) {
            let (from, to) = (piece.at.max(range.start), end.min(range.end));
            if piece.at >= range.end {
                break;
            }
            if from < to {
                self.piece(other.slice(from..to), other.source(from..to));
            }
        }
        self.secret |= other.secret;
        self.opaque |= other.opaque;
        self.broken |= other.broken;
    }

    /// Marks it: a secret was put in.
    pub(crate) fn mark_secret(&mut self) {
        self.secret = true;
    }

    /// Marks it: something unknown was put in.
    pub(crate) fn mark_opaque(&mut self) {
        self.opaque = true;
    }

    /// Marks it: it cannot be read, and that was reported.
    pub(crate) fn mark_broken(&mut self) {
        self.broken = true;
    }

    /// The text, which as a whole stands at `span`.
    pub(crate) fn build(self, span: Span) -> Text {
        Text {
            content: self.content,
            pieces: self.pieces,
            span,
            secret: self.secret,
            opaque: self.opaque,
            broken: self.broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Text {
        let mut builder = TextBuilder::default();
        builder.literal(text, 0);
        builder.build(Span::new(0, text.len()))
    }

    #[test]
    fn a_text_is_told_to_be_literal_expression_or_mixed() {
        let table = [
            ("abc", "literal"),
            ("user@host", "literal"),
            ("", "literal"),
            ("@(a)", "expression a"),
            (" @{ return \"}\"; }\n", "expression  return \"}\"; "),
            ("@(\"a\" + \"b\")", "expression \"a\" + \"b\""),
            ("Bearer @(x)", "mixed @(x)"),
            ("@(x)y", "mixed @(x)"),
            ("@(x)@(y)", "mixed @(x)"),
            ("@(x", "unended"),
            ("mail@(x", "literal"),
        ];
        for (text, expected) in table {
            let text = literal(text);
            let shape = match text.shape() {
                Shape::Literal => "literal".to_owned(),
                Shape::Expression { code, .. } => format!("expression {}", text.slice(code)),
                Shape::Mixed { first } => format!("mixed {}", text.slice(first)),
                Shape::Unended => "unended".to_owned(),
            };
            assert_eq!(shape, expected, "{text:?}");
        }
    }

    #[test]
    fn references_are_names_in_double_braces() {
        let table = [
            ("{{a}}", "a"),
            ("x{{a-b_c.1}}y{{d}}", "a-b_c.1 d"),
            ("{{ body.x }}", ""),
            ("{{}}", ""),
            ("{{a}", ""),
            ("{{{a}}}", "a"),
            ("{{a{{b}}", "b"),
        ];
        for (text, expected) in table {
            let text = literal(text);
            let names: Vec<&str> = text
                .references()
                .into_iter()
                .map(|r| text.slice(r.name))
                .collect();
            assert_eq!(names.join(" "), expected, "{text:?}");
        }
    }

    #[test]
    fn every_byte_knows_where_it_was_written() {
        let mut builder = TextBuilder::default();
        builder.literal("ab\r\nc", 10);
        builder.piece("<", Span::new(15, 19));
        builder.literal("de", 19);
        let text = builder.build(Span::new(10, 21));
        assert_eq!(text.as_str(), "ab\nc<de");
        let table = [
            (0..2, (10, 12)),
            (2..3, (12, 14)),
            (3..4, (14, 15)),
            (4..5, (15, 19)),
            (3..6, (14, 20)),
            (5..7, (19, 21)),
            (7..7, (21, 21)),
            (4..4, (15, 15)),
        ];
        for (range, (start, end)) in table {
            assert_eq!(text.source(range.clone()), Span { start, end }, "{range:?}");
        }
    }

    #[test]
    fn a_text_with_a_secret_in_it_does_not_print_itself() {
        let mut builder = TextBuilder::default();
        builder.literal("hunter2", 0);
        builder.mark_secret();
        assert_eq!(format!("{:?}", builder.build(Span::at(0))), "Text(…)");
    }
}
