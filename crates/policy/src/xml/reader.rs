//! The reader: tags and their nesting. What stands between and within tags is in [`super::content`].

use std::sync::Arc;

use portcullis_model::code::{Code, policy as code};
use portcullis_model::policy::PolicyFormat;
use portcullis_model::{Diagnostic, Diagnostics, SourceId, Span};

use super::entity;
use super::text::Text;
use super::tree::{Attribute, Document, Element, Node};

/// What bounds the reading of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole text.
    pub bytes: usize,
    /// Elements in each other.
    pub depth: usize,
    /// Elements in all.
    pub elements: usize,
    /// Problems after which reading stops.
    pub problems: usize,
}

impl Limits {
    /// For policy documents: 256 KiB, as the management API.
    pub(crate) const DOCUMENT: Self = Self {
        bytes: 256 * 1024,
        depth: 64,
        elements: 20_000,
        problems: 50,
    };

    /// For fragments: 512 KiB.
    pub(crate) const FRAGMENT: Self = Self {
        bytes: 512 * 1024,
        ..Self::DOCUMENT
    };
}

/// Reads a text. What is wrong with it is pushed to `found`; what could be read is returned.
pub fn read(
    text: &Arc<str>,
    format: PolicyFormat,
    source: SourceId,
    limits: Limits,
    found: &mut Diagnostics,
) -> Document {
    let mut reader = Reader {
        text,
        at: 0,
        format,
        source,
        limits,
        found,
        problems: 0,
        gave_up: false,
        failed_scans: 0,
        elements: 0,
        open: Vec::new(),
        root: None,
    };
    if reader.is_acceptable() {
        reader.document();
    }
    let root = reader.root;
    Document {
        source,
        text: Arc::clone(text),
        format,
        root,
    }
}

/// An element whose end tag has not been read.
pub(super) struct Open {
    pub(super) element: Element,
    /// The start tag, for messages.
    start_tag: Span,
}

pub(super) struct Reader<'a, 'd> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) format: PolicyFormat,
    pub(super) source: SourceId,
    limits: Limits,
    found: &'d mut Diagnostics,
    problems: usize,
    /// Then what would have followed is not known.
    gave_up: bool,
    /// Scans for the end of an expression that found none; each may have read the whole text.
    pub(super) failed_scans: usize,
    elements: usize,
    pub(super) open: Vec<Open>,
    root: Option<Element>,
}

/// What comes next where content may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    Comment,
    Data,
    Instruction,
    Declaration,
    EndTag,
    StartTag,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn problem(&mut self, code: Code, span: Span, message: String, help: &str) {
        if self.problems >= self.limits.problems {
            return;
        }
        self.problems += 1;
        let problem = Diagnostic::error(code, self.source, span, message).with_help(help);
        self.found.push(problem);
        if self.problems >= self.limits.problems {
            self.stop();
        }
    }

    /// Reads nothing more.
    pub(super) fn stop(&mut self) {
        self.gave_up = true;
        self.at = self.text.len();
    }

    /// Whether the text may be read at all.
    fn is_acceptable(&mut self) -> bool {
        if self.text.len() > self.limits.bytes {
            let (is, most) = (self.text.len(), self.limits.bytes);
            let message = format!("the text has {is} bytes, more than the {most} that are allowed");
            let help = "move parts of it into fragments";
            self.problem(code::TOO_LARGE, Span::at(0), message, help);
            return false;
        }
        if let Some((at, c)) = self.text.char_indices().find(|(_, c)| !entity::is_xml(*c)) {
            let message = format!("character {:#x} must not stand in a document", u32::from(c));
            let span = Span::new(at, at + c.len_utf8());
            self.problem(
                code::MALFORMED_DOCUMENT,
                span,
                message,
                "remove the character",
            );
            return false;
        }
        true
    }

    fn document(&mut self) {
        // A byte order mark is not part of the text.
        self.at = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        while !self.rest().is_empty() {
            match self.markup() {
                None | Some(Markup::Data) => self.text_run(),
                Some(Markup::Comment) => self.skip("-->", "comment"),
                Some(Markup::Instruction) => self.skip("?>", "processing instruction"),
                Some(Markup::Declaration) => self.declaration(),
                Some(Markup::EndTag) => self.end_tag(),
                Some(Markup::StartTag) => self.start_tag(),
            }
        }
        while let Some(open) = self.open.last() {
            let (name, span) = (open.element.name.clone(), open.start_tag);
            if !self.gave_up {
                self.not_closed(&name, span);
            }
            self.close(self.text.len());
        }
        if self.root.is_none() && self.problems == 0 {
            self.problem(
                code::MALFORMED_DOCUMENT,
                Span::at(0),
                "the text has no element".to_owned(),
                "a policy document starts with `<policies>`, a fragment with `<fragment>`",
            );
        }
    }

    /// What stands here, unless it is text.
    pub(super) fn markup(&self) -> Option<Markup> {
        let rest = self.rest().strip_prefix('<')?;
        let markup = match rest.chars().next()? {
            '!' if rest.starts_with("!--") => Markup::Comment,
            '!' if rest.starts_with("![CDATA[") => Markup::Data,
            '!' => Markup::Declaration,
            '?' => Markup::Instruction,
            '/' => Markup::EndTag,
            c if is_name_start(c) => Markup::StartTag,
            _ => return None,
        };
        Some(markup)
    }

    /// Passes over something that ends with `end`.
    fn skip(&mut self, end: &str, what: &str) {
        let start = self.at;
        if let Some(length) = self.rest().get(2..).and_then(|r| r.find(end)) {
            self.at += 2 + length + end.len();
        } else {
            let message = format!("the {what} does not end");
            let help = format!("end it with `{end}`");
            self.problem(
                code::MALFORMED_DOCUMENT,
                Span::new(start, start + 2),
                message,
                &help,
            );
            self.stop();
        }
        let span = Span::new(start, self.at);
        if let Some(open) = self.open.last_mut() {
            open.element.children.push(Node::Comment(span));
        }
    }

    /// `<!DOCTYPE …>` and its like, which a policy document must not have.
    fn declaration(&mut self) {
        let start = self.at;
        let mut subset = false;
        let length = self.rest().find(|c| {
            match c {
                '[' => subset = true,
                ']' => subset = false,
                _ => {}
            }
            c == '>' && !subset
        });
        self.at += length.map_or(self.rest().len(), |l| l + 1);
        self.problem(
            code::FORBIDDEN_MARKUP,
            Span::new(start, (start + 9).min(self.at)),
            "a policy document must not declare a document type or entities".to_owned(),
            "remove the declaration, or put text that is meant literally into `<![CDATA[…]]>`",
        );
    }

    // === Tags ===

    fn start_tag(&mut self) {
        let start = self.at;
        self.at += 1;
        let (name, name_span) = self.name();
        let mut element = Element {
            name: name.to_owned(),
            name_span,
            attributes: Vec::new(),
            children: Vec::new(),
            span: Span::at(start),
            inner: Span::at(start),
        };
        let is_empty = self.attributes(&mut element);
        element.inner = Span::at(self.at);
        self.elements += 1;
        if self.elements > self.limits.elements || self.open.len() >= self.limits.depth {
            let message = "the document has too many elements, or they nest too deeply".to_owned();
            self.problem(
                code::TOO_LARGE,
                name_span,
                message,
                "move parts of it into fragments",
            );
            self.stop();
            return;
        }
        let start_tag = Span::new(start, self.at);
        self.open.push(Open { element, start_tag });
        if is_empty {
            self.close(self.at);
        }
    }

    /// Attributes up to the end of the tag; whether the tag ends with `/>`.
    fn attributes(&mut self, element: &mut Element) -> bool {
        loop {
            let spaced = self.skip_space();
            let rest = self.rest();
            let Some(next) = rest.chars().next() else {
                self.not_ended(element);
                return true;
            };
            if next == '>' {
                self.at += 1;
                return false;
            }
            if rest.starts_with("/>") {
                self.at += 2;
                return true;
            }
            if next == '<' {
                // The tag was never ended and another begins.
                self.not_ended(element);
                return false;
            }
            if !is_name_start(next) {
                self.stray_in_tag(element);
            } else if let Some(attribute) = self.attribute() {
                if !spaced {
                    let span = attribute.name_span;
                    let message = format!("white space must stand before `{}`", attribute.name);
                    self.problem(code::MALFORMED_DOCUMENT, span, message, "insert a space");
                }
                self.keep(element, attribute);
            }
        }
    }

    fn keep(&mut self, element: &mut Element, attribute: Attribute) {
        if element.attribute(&attribute.name).is_some() {
            let (owner, name) = (&element.name, &attribute.name);
            let message = format!("`{owner}` has the attribute `{name}` twice");
            let help = "remove one of the two";
            self.problem(
                code::DUPLICATE_ATTRIBUTE,
                attribute.name_span,
                message,
                help,
            );
        } else {
            element.attributes.push(attribute);
        }
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let (name, name_span) = self.name();
        self.skip_space();
        if !self.rest().starts_with('=') {
            let message = format!("the attribute `{name}` has no value");
            let help = format!("write `{name}=\"…\"`");
            self.problem(code::MALFORMED_DOCUMENT, name_span, message, &help);
            return None;
        }
        self.at += 1;
        self.skip_space();
        let Some(quote @ ('"' | '\'')) = self.rest().chars().next() else {
            let message = format!("the value of `{name}` does not stand in quotes");
            let help = format!("write `{name}=\"…\"`");
            self.problem(code::MALFORMED_DOCUMENT, name_span, message, &help);
            self.skip_word();
            return None;
        };
        self.at += 1;
        let value: Text = self.value(quote, name, name_span);
        Some(Attribute {
            name: name.to_owned(),
            name_span,
            value,
        })
    }

    fn stray_in_tag(&mut self, element: &Element) {
        let start = self.at;
        self.skip_word();
        let written = self.text.get(start..self.at).unwrap_or("").to_owned();
        let message = format!(
            "`{written}` must not stand in the tag of `{}`",
            element.name
        );
        let help = "a quote within a value is written as `&quot;`";
        let span = Span::new(start, self.at);
        self.problem(code::MALFORMED_DOCUMENT, span, message, help);
    }

    fn not_ended(&mut self, element: &Element) {
        let message = format!("the tag `<{}` does not end", element.name);
        self.problem(
            code::MALFORMED_DOCUMENT,
            element.name_span,
            message,
            "end it with `>`",
        );
    }

    fn end_tag(&mut self) {
        let start = self.at;
        self.at += 2;
        let (name, name_span) = self.name();
        self.skip_space();
        if self.rest().starts_with('>') {
            self.at += 1;
        } else {
            let message = format!("the end tag `</{name}` does not end");
            self.problem(
                code::MALFORMED_DOCUMENT,
                name_span,
                message,
                "end it with `>`",
            );
        }
        let Some(depth) = self.open.iter().rposition(|o| o.element.name == name) else {
            self.closes_nothing(name, Span::new(start, self.at));
            return;
        };
        let unclosed = self.open.split_off(depth + 1);
        for inner in &unclosed {
            self.not_closed(&inner.element.name, inner.start_tag);
        }
        self.open.extend(unclosed);
        while self.open.len() > depth + 1 {
            self.close(start);
        }
        self.close_with_end_tag(start);
    }

    fn closes_nothing(&mut self, name: &str, span: Span) {
        let (message, help) = match self.open.last() {
            Some(open) => {
                let open = &open.element.name;
                (
                    format!("the `{open}` start tag does not match the end tag of `{name}`"),
                    format!("remove `</{name}>`, or write `</{open}>`"),
                )
            }
            None => (
                format!("the end tag of `{name}` closes nothing"),
                format!("remove `</{name}>`"),
            ),
        };
        self.problem(code::MALFORMED_DOCUMENT, span, message, &help);
    }

    fn not_closed(&mut self, name: &str, start_tag: Span) {
        let message = format!("the element `{name}` is not closed");
        let help = format!("write `</{name}>` where it ends, or `<{name} … />`");
        self.problem(code::MALFORMED_DOCUMENT, start_tag, message, &help);
    }

    fn close_with_end_tag(&mut self, end_tag: usize) {
        let end = self.at;
        if let Some(open) = self.open.last_mut() {
            open.element.inner = Span::new(open.start_tag.end as usize, end_tag);
        }
        self.close(end);
    }

    /// Takes the innermost open element as complete.
    fn close(&mut self, end: usize) {
        let Some(Open { mut element, .. }) = self.open.pop() else {
            return;
        };
        element.span = Span::new(element.span.start as usize, end);
        if element.inner.end == element.inner.start && !element.children.is_empty() {
            element.inner = Span::new(element.inner.start as usize, end);
        }
        if let Some(parent) = self.open.last_mut() {
            parent.element.children.push(Node::Element(element));
        } else if self.root.is_none() {
            self.root = Some(element);
        } else {
            let message = format!("`{}` stands after the end of the document", element.name);
            let help = "a document has one outermost element";
            self.problem(code::MALFORMED_DOCUMENT, element.name_span, message, help);
        }
    }

    // === Small pieces ===

    fn name(&mut self) -> (&'a str, Span) {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += length;
        (rest.get(..length).unwrap_or(""), Span::new(start, self.at))
    }

    /// Passes over white space; whether there was any.
    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(is_space).len();
        self.at += length;
        length > 0
    }

    /// Passes over at least one character, up to white space or the end of the tag.
    fn skip_word(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let more = rest.get(first..).unwrap_or("");
        let length = more
            .find(|c| is_space(c) || matches!(c, '>' | '/' | '<'))
            .unwrap_or(more.len());
        self.at += first + length;
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | ':')
}

fn is_name(c: char) -> bool {
    is_name_start(c) || c.is_numeric() || matches!(c, '-' | '.')
}
