//! Reads the text of a policy document into elements that know where they stand.
//!
//! [`read`] takes a text in one of two forms. *Escaped* text is plain XML. *Raw* text is XML in
//! which expressions stand as C#, with `"`, `<` and `&&` unescaped, so where an attribute value
//! ends can only be told by scanning C# ([`csharp`]). Both give the same [`Document`]; each value
//! is a [`Text`] that maps every byte back to the author's text.
//!
//! The reader knows elements, attributes, text, comments, CDATA and the five predefined entities.
//! It knows no document type, no external entity and no namespaces, is bounded by [`Limits`], keeps
//! going after a mistake, and never panics.

mod content;
pub mod csharp;
mod entity;
mod print;
mod reader;
mod text;
mod tree;

pub use reader::{Limits, read};
pub use text::{Form, Reference, Shape, Text, TextBuilder};
pub use tree::{Attribute, Document, Element, Node};

#[cfg(test)]
mod tests;
