//! What stands between tags and in quotes: text, entities, CDATA, expressions.

use portcullis_model::Span;
use portcullis_model::code::policy as code;
use portcullis_model::policy::PolicyFormat;

use super::csharp::{self, Entities, Extent};
use super::entity;
use super::reader::{Markup, Reader};
use super::text::{Text, TextBuilder};
use super::tree::Node;

/// How often the end of an expression may be sought in vain; each time may read the whole text.
const MOST_FAILED_SCANS: usize = 64;

impl Reader<'_, '_> {
    /// Text up to the next tag or comment.
    pub(super) fn text_run(&mut self) {
        let start = self.at;
        let mut text = TextBuilder::default();
        let mut leads = true;
        loop {
            let plain = self.plain(|b| matches!(b, b'<' | b'&' | b'@'), &mut text);
            leads &= plain;
            match self.rest().bytes().next() {
                None => break,
                Some(b'<') => match self.markup() {
                    Some(Markup::Data) => self.data(&mut text),
                    Some(_) => break,
                    None => self.stray_angle(&mut text),
                },
                Some(b'&') => self.entity(&mut text),
                Some(_) => self.expression_in_text(leads, &mut text),
            }
            leads = false;
        }
        let text = text.build(Span::new(start, self.at));
        self.keep_text(text);
    }

    fn keep_text(&mut self, text: Text) {
        if let Some(open) = self.open.last_mut() {
            open.element.children.push(Node::Text(text));
        } else if !text.is_blank() {
            let whole = text.span();
            let written = self.text.get(whole.range()).unwrap_or("");
            let lead = written.len() - written.trim_start().len();
            let start = whole.start as usize + lead;
            let span = Span::new(start, start + written.trim().len());
            let message = "text stands outside of the outermost element".to_owned();
            self.problem(code::MALFORMED_DOCUMENT, span, message, "remove the text");
        }
    }

    /// Characters up to one of those that mean something; whether they were white space.
    fn plain(&mut self, stops: impl Fn(u8) -> bool, text: &mut TextBuilder) -> bool {
        let rest = self.rest();
        let length = rest.bytes().position(stops).unwrap_or(rest.len());
        let plain = rest.get(..length).unwrap_or("");
        text.literal(plain, self.at);
        self.at += length;
        plain.trim_ascii().is_empty()
    }

    /// One character that turned out to mean nothing.
    fn one(&mut self, text: &mut TextBuilder) {
        let one = self.rest().get(..1).unwrap_or("");
        text.literal(one, self.at);
        self.at += 1;
    }

    fn stray_angle(&mut self, text: &mut TextBuilder) {
        let message = "`<` starts no tag here".to_owned();
        let help = "write `&lt;` for the character itself";
        let span = Span::new(self.at, self.at + 1);
        self.problem(code::MALFORMED_DOCUMENT, span, message, help);
        self.one(text);
    }

    fn data(&mut self, text: &mut TextBuilder) {
        const OPEN: &str = "<![CDATA[";
        let start = self.at + OPEN.len();
        let content = self.text.get(start..).unwrap_or("");
        if let Some(length) = content.find("]]>") {
            text.literal(content.get(..length).unwrap_or(""), start);
            self.at = start + length + 3;
        } else {
            let message = "the CDATA section does not end".to_owned();
            let span = Span::new(self.at, start);
            self.problem(code::MALFORMED_DOCUMENT, span, message, "end it with `]]>`");
            self.stop();
        }
    }

    fn entity(&mut self, text: &mut TextBuilder) {
        if let Some((character, length)) = entity::decode(self.rest()) {
            let span = Span::new(self.at, self.at + length);
            text.piece(character.encode_utf8(&mut [0; 4]), span);
            self.at += length;
            return;
        }
        let message = "`&` starts no entity that a policy document knows".to_owned();
        let help = "write `&amp;` for the character itself";
        let span = Span::new(self.at, self.at + 1);
        self.problem(code::UNKNOWN_ENTITY, span, message, help);
        self.one(text);
    }

    // === Expressions of raw texts ===

    /// The extent of the expression that starts here, if one does.
    fn extent(&self) -> Option<Extent> {
        if self.failed_scans >= MOST_FAILED_SCANS {
            return None;
        }
        csharp::extent(self.text, self.at + 1, Entities::Encoded)
    }

    fn opens_expression(&self) -> bool {
        self.format == PolicyFormat::Raw
            && matches!(self.rest().as_bytes().get(..2), Some(b"@(" | b"@{"))
    }

    fn expression_in_text(&mut self, leads: bool, text: &mut TextBuilder) {
        if !self.opens_expression() {
            return self.one(text);
        }
        let extent = self.extent();
        self.failed_scans += usize::from(extent.is_none());
        match extent {
            Some(extent) => self.program(&extent, text),
            None if leads => {
                self.unended_expression();
                text.mark_broken();
                let rest = self.rest();
                let end = self
                    .open
                    .last()
                    .map_or("</".to_owned(), |o| format!("</{}", o.element.name));
                let length = rest.find(&end).unwrap_or(rest.len());
                text.literal(rest.get(..length).unwrap_or(""), self.at);
                self.at += length;
            }
            None => self.one(text),
        }
    }

    fn unended_expression(&mut self) {
        let span = Span::new(self.at, (self.at + 2).min(self.text.len()));
        let message = "the expression does not end, or its brackets do not match".to_owned();
        let help = "close every bracket, string and comment in it";
        self.problem(code::UNENDED_EXPRESSION, span, message, help);
    }

    /// The program of an expression, with entities decoded where they are no C# text.
    fn program(&mut self, extent: &Extent, text: &mut TextBuilder) {
        for (range, character) in &extent.entities {
            let before = self.text.get(self.at..range.start).unwrap_or("");
            text.literal(before, self.at);
            let span = Span::new(range.start, range.end);
            text.piece(character.encode_utf8(&mut [0; 4]), span);
            self.at = range.end;
        }
        let rest = self.text.get(self.at..extent.end).unwrap_or("");
        text.literal(rest, self.at);
        self.at = extent.end;
    }

    // === Values of attributes ===

    /// An attribute's value after its opening quote, up to and past the closing one.
    pub(super) fn value(&mut self, quote: char, name: &str, name_span: Span) -> Text {
        let start = self.at;
        let mut text = TextBuilder::default();
        let mut leads = true;
        let closing = if quote == '"' { b'"' } else { b'\'' };
        loop {
            let stops = |b| b == closing || matches!(b, b'<' | b'&' | b'@');
            leads &= self.plain(stops, &mut text);
            match self.rest().bytes().next() {
                Some(b) if b == closing => {
                    self.at += 1;
                    return text.build(Span::new(start, self.at - 1));
                }
                Some(b'&') => self.entity(&mut text),
                Some(b'@') => self.expression_in_value(leads, closing, &mut text),
                Some(b'<') if !self.runs_away(start) => self.stray_angle(&mut text),
                _ => return self.unended_value(start, name, name_span),
            }
            leads = false;
        }
    }

    /// Whether the value already passed what looks like the end of its tag.
    fn runs_away(&self, start: usize) -> bool {
        let passed = self.text.get(start..self.at).unwrap_or("");
        passed.trim_end().ends_with('>')
    }

    /// Takes the value to end where its tag seems to end.
    fn unended_value(&mut self, start: usize, name: &str, name_span: Span) -> Text {
        let passed = self.text.get(start..self.at).unwrap_or("");
        let tag_end = passed.find('>').unwrap_or(passed.len());
        let is_empty_tag = passed.get(..tag_end).is_some_and(|p| p.ends_with('/'));
        self.at = start + tag_end - usize::from(is_empty_tag);
        let mut text = TextBuilder::default();
        text.literal(self.text.get(start..self.at).unwrap_or(""), start);
        text.mark_broken();
        let text = text.build(Span::new(start, self.at));
        let message = format!("the value of `{name}` does not end");
        let help = "end it with the quote that it starts with";
        self.problem(code::MALFORMED_DOCUMENT, name_span, message, help);
        text
    }

    fn expression_in_value(&mut self, leads: bool, closing: u8, text: &mut TextBuilder) {
        if !self.opens_expression() {
            return self.one(text);
        }
        let extent = self
            .extent()
            .filter(|extent| self.value_goes_on(extent.end, closing));
        self.failed_scans += usize::from(extent.is_none());
        match extent {
            Some(extent) => self.program(&extent, text),
            None if leads => {
                self.unended_expression();
                text.mark_broken();
                let rest = self.rest();
                let length = probable_end(rest, closing).unwrap_or(rest.len());
                text.literal(rest.get(..length).unwrap_or(""), self.at);
                self.at = (self.at + length).min(self.text.len());
            }
            None => self.one(text),
        }
    }

    /// Whether, if an expression ends at `end`, its value ends there or goes on in the same line.
    ///
    /// An expression with a bracket too few reaches into the tags that follow, and may by chance
    /// find its end there.
    fn value_goes_on(&self, end: usize, closing: u8) -> bool {
        let after = self.text.get(end..).unwrap_or("").trim_ascii_start();
        let goes_on = after
            .bytes()
            .find(|b| *b == closing || matches!(b, b'<' | b'>' | b'\n'));
        goes_on == Some(closing)
    }
}

/// Where the value of an expression that does not end most likely ends: at a quote that the end of
/// a tag or another attribute follows.
fn probable_end(rest: &str, closing: u8) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from
            + rest
                .as_bytes()
                .get(from..)?
                .iter()
                .position(|b| *b == closing)?;
        let after = rest.get(at + 1..)?.trim_ascii_start();
        let name = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
        let attribute = name.len() < after.len() && name.starts_with("=\"");
        if after.starts_with('>') || after.starts_with("/>") || attribute {
            return Some(at);
        }
        from = at + 1;
    }
}
