//! The C# expression language of policies: text → syntax tree → bound tree → [`Program`] → [`Value`].
//!
//! Read in this order: [`compile`] and [`Program`] (what the crate is for), [`Surface`] (the names that
//! the host adds), [`Host`] (what it does for a running program), [`Value`] and [`Type`], [`Limits`],
//! [`Exception`], [`render`]. Inside: `lex`, `parse` → `ast`, `bind` → `bound`, `eval`, and `library`,
//! one file per exposed .NET type.
//!
//! `policy` depends on this crate; it depends on nothing of ours. It knows nothing of HTTP or
//! policies. It never panics on any input, never runs longer or uses more than its [`Limits`], never
//! reads a clock, a file or an environment, and never evaluates what has no static type.

mod ast;
mod bind;
mod bound;
mod calendar;
mod casing;
mod collation;
mod convert;
mod display;
mod eval;
mod exception;
mod format;
mod host;
pub mod json;
mod lex;
mod library;
mod limits;
mod member;
mod names;
mod numbers;
mod parse;
mod program;
mod regex;
mod relations;
pub mod render;
mod sequence;
mod span;
mod surface;
mod text;
mod types;
mod uri;
mod value;
pub mod xml;

pub use exception::{Exception, LIMIT_REACHED, Outcome};
pub use host::{Host, HostCall, Keys, NoKeys};
pub use limits::Limits;
pub use program::{Compiled, Delegate, Form, MemberUse, Program, compile};
pub use sequence::Sequence;
pub use span::{Problem, Severity, Span};
pub use surface::{HostType, Key, MemberId, Surface, SurfaceBuilder, SurfaceError};
pub use text::{SharedText, Text};
pub use types::{DefId, Shape, Type};
pub use value::{
    Array, DateTime, DateTimeOffset, Decimal, Dictionary, EnumType, Guid, Kind, List, NativeObject,
    Object, Record, Set, TimeSpan, Value,
};
