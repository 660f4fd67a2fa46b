//! A JSON or YAML text with its places: what every reader of configuration walks over.
//!
//! A [`Document`] is one flat list of slots in the order of the text; a [`Node`] is a place in it.
//! Nothing is copied out of the text except strings that contain escapes, so that megabytes of
//! schemas cost little as long as nobody looks at them.

mod builder;
mod json;
mod print;
mod yaml;

use std::sync::Arc;

use portcullis_model::diagnostic::Span;

use crate::limits::Limits;

pub(crate) use print::quoted;

/// A parsed text.
#[derive(Debug, Clone)]
pub struct Document {
    text: Arc<str>,
    /// Strings that do not stand in the text as they are.
    pool: String,
    /// In the order of the text; a container is followed by its contents.
    slots: Vec<Slot>,
}

/// A value in a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    at: usize,
}

/// A name and its value in an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'d> {
    /// The name.
    pub name: &'d str,
    /// Where the name stands.
    pub name_span: Span,
    /// The value.
    pub value: Node<'d>,
}

/// What kind of value a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`, or nothing at all in YAML.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, kept as it was written.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// With its article, for messages: `a string`.
    pub fn described(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A text that is not a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// What kind of problem it is.
    pub cause: Cause,
    /// Where it is.
    pub span: Span,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
}

/// Why a text is not a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It breaks the rules of JSON or YAML.
    Syntax,
    /// It is longer, larger or deeper than the limits allow.
    Limit,
}

/// One value or name; a container counts the slots of all its contents.
#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: Kind,
    home: Home,
    /// Where it stands in the text.
    span: Span,
    /// Where its value stands in its home (strings, numbers, booleans).
    value: Span,
    /// Slots of this value, itself included.
    size: u32,
}

/// Where the value of a slot is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Text,
    Pool,
}

impl Document {
    /// Reads JSON if the text begins like it, YAML otherwise.
    pub fn parse(text: impl Into<Arc<str>>, limits: &Limits) -> Result<Self, Malformed> {
        let text = text.into();
        match without_mark(&text).trim_start().as_bytes().first() {
            Some(b'{' | b'[') => Self::parse_json(text, limits),
            _ => Self::parse_yaml(text, limits),
        }
    }

    /// Reads JSON (RFC 8259), after a byte order mark if there is one.
    pub fn parse_json(text: impl Into<Arc<str>>, limits: &Limits) -> Result<Self, Malformed> {
        let text = text.into();
        refuse_long(&text, limits)?;
        let (slots, pool) = json::read(&text, limits)?;
        Ok(Self { text, pool, slots })
    }

    /// Reads YAML 1.2: the first document of the text, with the core schema and merge keys.
    pub fn parse_yaml(text: impl Into<Arc<str>>, limits: &Limits) -> Result<Self, Malformed> {
        let text = text.into();
        refuse_long(&text, limits)?;
        let (slots, pool) = yaml::read(&text, limits)?;
        Ok(Self { text, pool, slots })
    }

    /// The value of the whole text.
    pub fn root(&self) -> Node<'_> {
        Node {
            document: self,
            at: 0,
        }
    }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn refuse_long(text: &str, limits: &Limits) -> Result<(), Malformed> {
    if text.len() <= limits.bytes {
        return Ok(());
    }
    Err(Malformed {
        cause: Cause::Limit,
        span: Span::at(0),
        message: format!(
            "the text has {} bytes, more than the {} that are read",
            text.len(),
            limits.bytes
        ),
    })
}

impl<'d> Node<'d> {
    /// What kind of value it is.
    pub fn kind(self) -> Kind {
        self.slot().map_or(Kind::Null, |slot| slot.kind)
    }

    /// Where it stands.
    pub fn span(self) -> Span {
        self.slot().map_or(Span::at(0), |slot| slot.span)
    }

    /// The string, if it is one.
    pub fn string(self) -> Option<&'d str> {
        (self.kind() == Kind::String).then(|| self.written())
    }

    /// The text of a string, a number or a boolean: YAML authors leave quotation marks out.
    pub fn scalar(self) -> Option<&'d str> {
        matches!(self.kind(), Kind::String | Kind::Number | Kind::Boolean).then(|| self.written())
    }

    /// The boolean, if it is one.
    pub fn boolean(self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.written().eq_ignore_ascii_case("true"))
    }

    /// The items of an array; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'d>> {
        Contents::of(self, Kind::Array)
    }

    /// The members of an object in the order of the text; none of anything else.
    pub fn members(self) -> impl Iterator<Item = Member<'d>> {
        let mut contents = Contents::of(self, Kind::Object);
        std::iter::from_fn(move || {
            let name = contents.next()?;
            let value = contents.next()?;
            Some(Member {
                name: name.written(),
                name_span: name.span(),
                value,
            })
        })
    }

    /// The value of a member; if the name stands twice, the later one, as most readers have it.
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.members()
            .filter(|member| member.name == name)
            .last()
            .map(|member| member.value)
    }

    /// The value as JSON without white space.
    pub fn to_json(self) -> String {
        let mut text = String::new();
        print::json(self, &mut text);
        text
    }

    fn slot(self) -> Option<&'d Slot> {
        self.document.slots.get(self.at)
    }

    fn written(self) -> &'d str {
        let Some(slot) = self.slot() else { return "" };
        let home = match slot.home {
            Home::Text => &*self.document.text,
            Home::Pool => self.document.pool.as_str(),
        };
        home.get(slot.value.range()).unwrap_or("")
    }
}

/// Walks over the direct contents of a container.
struct Contents<'d> {
    document: &'d Document,
    next: usize,
    end: usize,
}

impl<'d> Contents<'d> {
    fn of(node: Node<'d>, kind: Kind) -> Self {
        let size = node
            .slot()
            .filter(|slot| slot.kind == kind)
            .map_or(1, |slot| slot.size as usize);
        Self {
            document: node.document,
            next: node.at + 1,
            end: node.at + size,
        }
    }
}

impl<'d> Iterator for Contents<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node {
            document: self.document,
            at: self.next,
        };
        self.next += node.slot().map_or(1, |slot| slot.size as usize);
        Some(node)
    }
}

#[cfg(test)]
mod tests;
