//! The members of an information file, one by one, with what is wrong about them.
//!
//! Whoever reads a resource asks for each member it knows; [`Record::finish`] then warns about the
//! members nobody asked for. So the list of known members is the reading code itself.

use portcullis_model::code::{Code, artifact as codes};
use portcullis_model::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};
use portcullis_model::suggest::nearest;
use portcullis_spec::document::{Kind, Member, Node};

/// An object of an information file that is being read.
#[derive(Debug)]
pub(crate) struct Record<'r, 'd> {
    node: Node<'d>,
    source: SourceId,
    diagnostics: &'r mut Diagnostics,
    asked: Vec<&'static str>,
    soundness: Soundness,
}

/// Whether everything that was asked for could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Soundness {
    /// It could.
    Sound,
    /// Something is wrong; it was reported.
    Faulty,
}

/// A text and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'d> {
    pub(crate) value: &'d str,
    pub(crate) span: Span,
}

impl Text<'_> {
    /// The text, unless there is nothing but white space in it.
    pub(crate) fn filled(self) -> Option<String> {
        let trimmed = self.value.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }
}

impl<'r, 'd> Record<'r, 'd> {
    pub(crate) fn new(node: Node<'d>, source: SourceId, diagnostics: &'r mut Diagnostics) -> Self {
        Self {
            node,
            source,
            diagnostics,
            asked: Vec::new(),
            soundness: Soundness::Sound,
        }
    }

    /// Where the whole object begins: the place of what is missing.
    pub(crate) fn span(&self) -> Span {
        let start = self.node.span().start as usize;
        Span::new(start, start + 1)
    }

    /// A string.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<Text<'d>> {
        let node = self.of_kind(name, Kind::String)?;
        let value = node.string()?;
        let span = node.span();
        Some(Text { value, span })
    }

    /// A string with something in it, without white space around it.
    pub(crate) fn words(&mut self, name: &'static str) -> Option<String> {
        self.text(name)?.filled()
    }

    /// The name of a header, if there is anything in it.
    pub(crate) fn header_name(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        let header = text.filled()?;
        if is_token(&header) {
            return Some(header);
        }
        let message = format!("`{header}` is not the name of a header");
        let help = "a header's name has letters, digits and `-`, and no white space";
        self.wrong(text.span, message, help);
        None
    }

    /// A string that must be there.
    pub(crate) fn required_text(&mut self, name: &'static str) -> Option<Text<'d>> {
        self.require(name);
        self.text(name)
    }

    /// A string, number or boolean, as text.
    pub(crate) fn scalar(&mut self, name: &'static str) -> Option<Text<'d>> {
        let node = self.member(name)?;
        let span = node.span();
        match node.scalar() {
            Some(value) => Some(Text { value, span }),
            None => self.wrong_kind(name, "a string", node),
        }
    }

    /// A boolean; the service also takes `"true"`.
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let node = self.member(name)?;
        let spelled = || match node.string()?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        match node.boolean().or_else(spelled) {
            Some(flag) => Some(flag),
            None => self.wrong_kind(name, "a boolean", node),
        }
    }

    /// A whole number from 0; the service also takes it in quotation marks.
    pub(crate) fn count(&mut self, name: &'static str) -> Option<u32> {
        let node = self.member(name)?;
        match node.scalar().and_then(|text| text.parse().ok()) {
            Some(count) => Some(count),
            None => self.wrong_kind(name, "a whole number from 0", node),
        }
    }

    /// One of several words, without regard to case.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(name)?;
        let chosen = choices
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(text.value));
        if let Some((_, meaning)) = chosen {
            return Some(*meaning);
        }
        let words = choices.iter().map(|(word, _)| *word);
        let listed: Vec<String> = words.clone().map(|word| format!("`{word}`")).collect();
        let help = match nearest(text.value, words) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it is one of {}", listed.join(", ")),
        };
        let message = format!("`{}` is not a value of `{name}`", text.value);
        self.fail(codes::WRONG_VALUE, text.span, message, help);
        None
    }

    /// An array of strings.
    pub(crate) fn texts(&mut self, name: &'static str) -> Vec<Text<'d>> {
        let Some(list) = self.of_kind(name, Kind::Array) else {
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in list.items() {
            let span = item.span();
            match item.string() {
                Some(value) => texts.push(Text { value, span }),
                None => {
                    let _: Option<()> = self.wrong_kind(name, "an array of strings", item);
                }
            }
        }
        texts
    }

    /// An object, read by `read`. What is wrong in it is wrong with this record too.
    pub(crate) fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Record<'_, 'd>) -> T,
    ) -> Option<T> {
        let node = self.of_kind(name, Kind::Object)?;
        let mut record = Record::new(node, self.source, self.diagnostics);
        let value = read(&mut record);
        if record.finish() == Soundness::Faulty {
            self.soundness = Soundness::Faulty;
        }
        Some(value)
    }

    /// The members of an object whose names the author chooses.
    pub(crate) fn entries(&mut self, name: &'static str) -> Vec<Member<'d>> {
        let node = self.of_kind(name, Kind::Object);
        node.into_iter().flat_map(Node::members).collect()
    }

    /// Where a member stands, if it is there and has something in it.
    pub(crate) fn place_of(&mut self, name: &'static str) -> Option<Span> {
        let node = self.member(name)?;
        let empty = match node.kind() {
            Kind::Object => node.members().next().is_none(),
            Kind::Array => node.items().next().is_none(),
            Kind::String => node.string() == Some(""),
            Kind::Null => true,
            Kind::Boolean | Kind::Number => false,
        };
        (!empty).then(|| node.span())
    }

    /// Members that exist but mean nothing to a gateway.
    pub(crate) fn known(&mut self, names: &[&'static str]) {
        self.asked.extend(names);
    }

    /// Reports an error about a value.
    pub(crate) fn wrong(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.fail(codes::WRONG_VALUE, span, message, help);
    }

    /// Reports an error.
    pub(crate) fn fail(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.soundness = Soundness::Faulty;
        let error = Diagnostic::error(code, self.source, span, message);
        self.diagnostics.push(error.with_help(help));
    }

    /// Reports a warning.
    pub(crate) fn warn(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let warning = Diagnostic::warning(code, self.source, span, message);
        self.diagnostics.push(warning.with_help(help));
    }

    /// Reports that a member is missing, if it is.
    pub(crate) fn require(&mut self, name: &'static str) {
        if self.member(name).is_none() {
            let message = format!("`{name}` is missing");
            let help = format!("add `\"{name}\": …` to `properties`");
            self.fail(codes::MISSING_MEMBER, self.span(), message, help);
        }
    }

    /// Reports members that nobody asked for: an error where one that was asked for is not there and
    /// has almost the name, since what it says would be lost.
    pub(crate) fn finish(mut self) -> Soundness {
        let mut seen: Vec<&str> = Vec::new();
        for Member {
            name, name_span, ..
        } in self.node.members()
        {
            if !self.asked.contains(&name) {
                self.unknown(name, name_span);
            } else if seen.contains(&name) {
                let message = format!("`{name}` stands twice; the later one counts");
                self.warn(
                    codes::UNKNOWN_MEMBER,
                    name_span,
                    message,
                    "remove one of them",
                );
            }
            seen.push(name);
        }
        self.soundness
    }

    fn unknown(&mut self, name: &str, at: Span) {
        let message = format!("unknown member `{name}`");
        let Some(meant) = nearest(name, self.asked.iter().copied()) else {
            let help = "remove it: it has no effect";
            self.warn(codes::UNKNOWN_MEMBER, at, message, help);
            return;
        };
        let help = format!("did you mean `{meant}`?");
        if self.node.get(meant).is_some() {
            self.warn(codes::UNKNOWN_MEMBER, at, message, help);
        } else {
            self.fail(codes::UNKNOWN_MEMBER, at, message, help);
        }
    }

    /// Whether everything could be read so far.
    pub(crate) fn soundness(&self) -> Soundness {
        self.soundness
    }

    /// Which text it stands in.
    pub(crate) fn source(&self) -> SourceId {
        self.source
    }

    fn member(&mut self, name: &'static str) -> Option<Node<'d>> {
        if !self.asked.contains(&name) {
            self.asked.push(name);
        }
        self.node.get(name).filter(|n| n.kind() != Kind::Null)
    }

    fn of_kind(&mut self, name: &'static str, kind: Kind) -> Option<Node<'d>> {
        let node = self.member(name)?;
        if node.kind() == kind {
            return Some(node);
        }
        self.wrong_kind(name, kind.described(), node)
    }

    fn wrong_kind<T>(&mut self, name: &str, expected: &str, found: Node<'d>) -> Option<T> {
        let message = format!(
            "`{name}` is {expected}, this is {}",
            found.kind().described()
        );
        let help = format!("write {expected}");
        self.fail(codes::WRONG_VALUE, found.span(), message, help);
        None
    }
}

/// Whether a text is a `token` (RFC 9110, section 5.6.2), as every name of a header is.
fn is_token(text: &str) -> bool {
    let is_char = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(is_char)
}
