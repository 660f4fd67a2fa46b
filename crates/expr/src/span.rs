//! Positions in a source text, and what its author is told.

/// A range of bytes in the text of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; offsets beyond 4 GiB saturate.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The expression runs as written; the author should know.
    Warning,
    /// The expression does not compile.
    Error,
}

/// One thing the author of an expression is told at compile time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The C# compiler's number (`CS0103`) where it has one, else ours (`X…`, `outside-azure`).
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where, in bytes of the expression's text.
    pub span: Span,
    /// What is wrong: lowercase, no final period.
    pub message: String,
    /// How to mend it, when we know.
    pub help: Option<String>,
}

impl Problem {
    /// An error.
    pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            help: None,
        }
    }

    /// A warning.
    pub(crate) fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// The same problem with a way out.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
