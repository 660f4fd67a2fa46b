//! `Exception`: what .NET would throw. And the one thing that no `catch` sees: a limit that was reached.

use std::fmt;
use std::rc::Rc;

use crate::text::Text;

/// An exception in flight, caught, or kept as a value. Cheap to clone.
#[derive(Clone)]
pub struct Exception(Rc<Raised>);

/// The result of anything that may throw.
pub type Outcome<T = crate::Value> = Result<T, Exception>;

struct Raised {
    type_name: &'static str,
    message: Text,
    parameter: Option<Text>,
    inner: Option<Exception>,
    catchable: bool,
    nesting: u16,
}

/// The type name of an exception that says a limit was reached.
pub const LIMIT_REACHED: &str = "Portcullis.LimitReachedException";

impl Exception {
    /// An exception of that full .NET type name.
    pub fn new(type_name: &'static str, message: impl Into<Text>) -> Self {
        Self(Rc::new(Raised {
            type_name,
            message: message.into(),
            parameter: None,
            inner: None,
            catchable: true,
            nesting: 0,
        }))
    }

    /// The evaluation has used up one of its [`crate::Limits`]. No `catch` sees it.
    pub fn limit(what: &str) -> Self {
        Self(Rc::new(Raised {
            type_name: LIMIT_REACHED,
            message: format!("the expression was stopped: {what}").into(),
            parameter: None,
            inner: None,
            catchable: false,
            nesting: 0,
        }))
    }

    /// The same with an inner exception.
    #[must_use]
    pub fn caused_by(self, inner: Exception) -> Self {
        let nesting = inner.0.nesting.saturating_add(1);
        if nesting > 100 {
            return Self::limit("exceptions are nested too deep");
        }
        Self(Rc::new(Raised {
            type_name: self.0.type_name,
            message: self.0.message.clone(),
            parameter: self.0.parameter.clone(),
            inner: Some(inner),
            catchable: self.0.catchable,
            nesting,
        }))
    }

    /// The same with the name of the parameter that is to blame, which .NET appends to the message.
    pub(crate) fn for_parameter(type_name: &'static str, message: &str, parameter: &str) -> Self {
        let message = format!("{message} (Parameter '{parameter}')");
        Self(Rc::new(Raised {
            type_name,
            message: message.into(),
            parameter: Some(parameter.into()),
            inner: None,
            catchable: true,
            nesting: 0,
        }))
    }

    /// The full .NET name of its type.
    pub fn type_name(&self) -> &'static str {
        self.0.type_name
    }

    /// `Message`.
    pub fn message(&self) -> &Text {
        &self.0.message
    }

    /// `ParamName`.
    pub(crate) fn parameter(&self) -> Option<&Text> {
        self.0.parameter.as_ref()
    }

    /// `InnerException`.
    pub fn inner(&self) -> Option<&Exception> {
        self.0.inner.as_ref()
    }

    /// Whether a `catch` may see it. False for a limit that was reached.
    pub fn is_catchable(&self) -> bool {
        self.0.catchable
    }

    /// Whether both are the same object.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.type_name, self.0.message)
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Exception {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner().map(|inner| inner as _)
    }
}

// === The common ones, with the messages of .NET Core 3.1 ===

/// A member of `null` was used.
pub(crate) fn null_reference() -> Exception {
    Exception::new(
        "System.NullReferenceException",
        "Object reference not set to an instance of an object.",
    )
}

/// `null` was given where an object is needed.
pub(crate) fn argument_null(parameter: &str) -> Exception {
    Exception::for_parameter(
        "System.ArgumentNullException",
        "Value cannot be null.",
        parameter,
    )
}

/// An argument is not acceptable.
pub(crate) fn argument(message: &str, parameter: &str) -> Exception {
    Exception::for_parameter("System.ArgumentException", message, parameter)
}

/// An argument is not acceptable; no parameter is named.
pub(crate) fn argument_plain(message: impl Into<Text>) -> Exception {
    Exception::new("System.ArgumentException", message)
}

/// A number is outside what is allowed.
pub(crate) fn out_of_range(message: &str, parameter: &str) -> Exception {
    Exception::for_parameter("System.ArgumentOutOfRangeException", message, parameter)
}

/// The index of a list is outside it.
pub(crate) fn index_out_of_range(parameter: &str) -> Exception {
    out_of_range(
        "Index was out of range. Must be non-negative and less than the size of the collection.",
        parameter,
    )
}

/// The index of an array or string is outside it.
pub(crate) fn array_index() -> Exception {
    Exception::new(
        "System.IndexOutOfRangeException",
        "Index was outside the bounds of the array.",
    )
}

/// A text cannot be read as what it should be.
pub(crate) fn format(message: impl Into<Text>) -> Exception {
    Exception::new("System.FormatException", message)
}

/// The usual message of [`format`].
pub(crate) fn bad_format() -> Exception {
    format("Input string was not in a correct format.")
}

/// A number does not fit.
pub(crate) fn overflow(message: impl Into<Text>) -> Exception {
    Exception::new("System.OverflowException", message)
}

/// An object is not of the type it is cast to.
pub(crate) fn invalid_cast(message: impl Into<Text>) -> Exception {
    Exception::new("System.InvalidCastException", message)
}

/// The object's state does not allow it.
pub(crate) fn invalid_operation(message: impl Into<Text>) -> Exception {
    Exception::new("System.InvalidOperationException", message)
}

/// A sequence is empty.
pub(crate) fn no_elements() -> Exception {
    invalid_operation("Sequence contains no elements")
}

/// A collection changed under an enumeration.
pub(crate) fn modified() -> Exception {
    invalid_operation("Collection was modified; enumeration operation may not execute.")
}

/// The object does not do that.
pub(crate) fn not_supported(message: impl Into<Text>) -> Exception {
    Exception::new("System.NotSupportedException", message)
}

/// A dictionary does not hold the key.
pub(crate) fn key_not_found(key: &str) -> Exception {
    Exception::new(
        "System.Collections.Generic.KeyNotFoundException",
        format!("The given key '{key}' was not present in the dictionary."),
    )
}
