//! `Text`: a C# string. UTF-16 semantics at UTF-8 cost.
//!
//! A well-formed string is kept as UTF-8 with a flag that says whether it is ASCII, where a UTF-16
//! index is a byte index. A string with a lone surrogate is kept as UTF-16 units; nothing else is, so
//! two texts of different representation are never equal.
//!
//! Reference equality (`(object)a == (object)b`) is that of .NET: literals are interned, everything
//! computed is its own object.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

/// An immutable C# string. Cheap to clone.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    /// Made while an expression runs.
    Local { ascii: bool, text: Rc<str> },
    /// Lives longer than one run: a literal of a program, or a fact of the host's configuration.
    Shared {
        ascii: bool,
        interned: bool,
        text: Arc<str>,
    },
    /// `string.Empty`: .NET has only one.
    Empty,
    /// Holds a lone surrogate.
    Wide(Rc<[u16]>),
}

/// The form of a well-formed text that may cross threads.
#[derive(Clone, Debug)]
pub struct SharedText {
    ascii: bool,
    interned: bool,
    text: Arc<str>,
}

impl SharedText {
    /// A text that many requests share, such as the name of an API. Not interned.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self {
            ascii: text.is_ascii(),
            interned: false,
            text,
        }
    }

    /// A literal: equal literals are the same object.
    pub(crate) fn literal(text: &str) -> Self {
        Self {
            interned: true,
            ..Self::new(text)
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<SharedText> for Text {
    fn from(shared: SharedText) -> Self {
        if shared.text.is_empty() {
            return Self::empty();
        }
        Self(Repr::Shared {
            ascii: shared.ascii,
            interned: shared.interned,
            text: shared.text,
        })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            return Self::empty();
        }
        Self(Repr::Local {
            ascii: text.is_ascii(),
            text: text.into(),
        })
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Text {
    /// The empty string.
    pub const fn empty() -> Self {
        Self(Repr::Empty)
    }

    /// A text from UTF-16 units; lone surrogates are kept.
    pub fn from_units(units: &[u16]) -> Self {
        match String::from_utf16(units) {
            Ok(text) => Self::from(text),
            Err(_) => Self(Repr::Wide(units.into())),
        }
    }

    /// The characters, unless there is a lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Local { text, .. } => Some(text),
            Repr::Shared { text, .. } => Some(text),
            Repr::Empty => Some(""),
            Repr::Wide(_) => None,
        }
    }

    /// The characters; each lone surrogate becomes U+FFFD.
    pub fn to_str(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Wide(units) => Cow::Owned(String::from_utf16_lossy(units)),
            _ => Cow::Borrowed(self.as_str().unwrap_or_default()),
        }
    }

    /// The characters as ASCII, when a unit is a byte.
    pub(crate) fn as_ascii(&self) -> Option<&str> {
        match &self.0 {
            Repr::Local { ascii: true, text } => Some(text),
            Repr::Shared {
                ascii: true, text, ..
            } => Some(text),
            Repr::Empty => Some(""),
            _ => None,
        }
    }

    /// The UTF-16 units of a text that has a lone surrogate; of others none.
    pub(crate) fn wide(&self) -> &[u16] {
        match &self.0 {
            Repr::Wide(units) => units,
            _ => &[],
        }
    }

    /// The UTF-16 units.
    pub fn to_units(&self) -> Vec<u16> {
        match &self.0 {
            Repr::Wide(units) => units.to_vec(),
            _ => self.as_str().unwrap_or_default().encode_utf16().collect(),
        }
    }

    /// `Length`: the number of UTF-16 units.
    pub fn length(&self) -> usize {
        match (&self.0, self.as_ascii()) {
            (_, Some(text)) => text.len(),
            (Repr::Wide(units), _) => units.len(),
            _ => self.as_str().unwrap_or_default().encode_utf16().count(),
        }
    }

    /// How many bytes it keeps, for [`crate::Limits::bytes`].
    pub(crate) fn size(&self) -> usize {
        match &self.0 {
            Repr::Wide(units) => units.len() * 2,
            _ => self.as_str().unwrap_or_default().len(),
        }
    }

    /// Whether `Length` is zero.
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// The unit at an index.
    pub fn unit(&self, index: usize) -> Option<u16> {
        match (&self.0, self.as_ascii()) {
            (_, Some(text)) => text.as_bytes().get(index).copied().map(u16::from),
            (Repr::Wide(units), _) => units.get(index).copied(),
            _ => self.as_str().unwrap_or_default().encode_utf16().nth(index),
        }
    }

    /// `Substring`: `length` units from `start`, or `None` when that is outside the text.
    pub(crate) fn slice(&self, start: usize, length: usize) -> Option<Self> {
        let end = start.checked_add(length)?;
        if let Some(text) = self.as_ascii() {
            return text.get(start..end).map(Self::from);
        }
        self.to_units().get(start..end).map(Self::from_units)
    }

    /// Whether both are the same object.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Local { text: a, .. }, Repr::Local { text: b, .. }) => Rc::ptr_eq(a, b),
            (Repr::Empty, Repr::Empty) => true,
            (
                Repr::Shared {
                    text: a,
                    interned: a_interned,
                    ..
                },
                Repr::Shared {
                    text: b,
                    interned: b_interned,
                    ..
                },
            ) => Arc::ptr_eq(a, b) || (*a_interned && *b_interned && a == b),
            (Repr::Wide(a), Repr::Wide(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// Puts a text together.
#[derive(Default)]
pub(crate) struct TextBuilder {
    text: String,
    /// Set once a piece with a lone surrogate came.
    wide: Option<Vec<u16>>,
}

impl TextBuilder {
    /// Uses the memory of a string that is not needed any more.
    pub(crate) fn reusing(mut text: String) -> Self {
        text.clear();
        Self { text, wide: None }
    }

    /// Appends characters.
    pub(crate) fn push_str(&mut self, text: &str) {
        match &mut self.wide {
            Some(units) => units.extend(text.encode_utf16()),
            None => self.text.push_str(text),
        }
    }

    /// Appends a text.
    pub(crate) fn push(&mut self, text: &Text) {
        match text.as_str() {
            Some(text) => self.push_str(text),
            None => self.push_units(&text.to_units()),
        }
    }

    /// Appends units.
    pub(crate) fn push_units(&mut self, units: &[u16]) {
        let text = std::mem::take(&mut self.text);
        let wide = self
            .wide
            .get_or_insert_with(|| text.encode_utf16().collect());
        wide.extend_from_slice(units);
    }

    /// How many bytes it holds.
    pub(crate) fn size(&self) -> usize {
        self.wide
            .as_ref()
            .map_or(self.text.len(), |units| units.len() * 2)
    }

    /// The whole text; the memory can be used again.
    pub(crate) fn take(self) -> (Text, String) {
        match self.wide {
            Some(units) => (Text::from_units(&units), self.text),
            None => (Text::from(self.text.as_str()), self.text),
        }
    }

    /// The whole text.
    pub(crate) fn finish(self) -> Text {
        self.take().0
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Wide(a), Repr::Wide(b)) => a == b,
            (Repr::Wide(_), _) | (_, Repr::Wide(_)) => false,
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Wide(units) => units.hash(state),
            _ => self.as_str().hash(state),
        }
    }
}

impl Ord for Text {
    /// Ordinal: by UTF-16 units.
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Some(a), Some(b)) = (self.as_ascii(), other.as_ascii()) {
            return a.cmp(b);
        }
        // Unit by unit, so that a short text is not compared at the price of a long one.
        match (self.as_str(), other.as_str()) {
            (Some(a), Some(b)) => a.encode_utf16().cmp(b.encode_utf16()),
            (Some(a), None) => a.encode_utf16().cmp(other.wide().iter().copied()),
            (None, Some(b)) => self.wide().iter().copied().cmp(b.encode_utf16()),
            (None, None) => self.wide().cmp(other.wide()),
        }
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Text {
        SharedText::literal(text).into()
    }

    #[test]
    fn counts_and_slices_utf16_units() {
        for (text, length, slice) in [("abc", 3, "b"), ("æøå", 3, "ø"), ("", 0, "")] {
            let text = Text::from(text);
            assert_eq!(text.length(), length);
            if length > 0 {
                assert_eq!(text.slice(1, 1), Some(Text::from(slice)));
            }
            assert_eq!(text.slice(length, 1), None);
        }
        let rocket = Text::from("a\u{1F680}");
        assert_eq!(rocket.length(), 3);
        let half = rocket.slice(0, 2).unwrap();
        assert_eq!(half.as_str(), None);
        assert_eq!(half.unit(1), Some(0xD83D));
        assert_eq!(half.to_str(), "a\u{FFFD}");
    }

    #[test]
    fn interns_literals_only() {
        assert!(literal("a").same(&literal("a")));
        let computed = Text::from("a");
        assert!(computed.same(&computed.clone()));
        assert!(!computed.same(&Text::from("a")));
        assert!(!computed.same(&literal("a")));
        assert_eq!(computed, literal("a"));
    }
}
