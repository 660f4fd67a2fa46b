//! `System.Exception` and the exceptions that expressions catch, throw or provoke.

use super::{Table, TableKind, m, outside};
use crate::eval::Call;
use crate::exception::{Exception, Outcome};
use crate::text::Text;
use crate::value::Value;

pub(super) static EXCEPTION: Table = Table {
    name: "System.Exception",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new()", create),
        m("new(string message)", create),
        m("new(string message, Exception innerException)", create),
        m("string Message", |c| {
            Ok(Value::String(c.exception(0)?.message().clone()))
        }),
        m("Exception InnerException", |c| {
            Ok(c.exception(0)?
                .inner()
                .cloned()
                .map_or(Value::Null, Value::Exception))
        }),
        outside("string StackTrace", |_| Ok(Value::Null)),
        outside("string Source", |_| Ok(Value::Null)),
        outside("Exception GetBaseException()", |c| {
            let mut base = c.exception(0)?;
            while let Some(inner) = base.inner().cloned() {
                base = inner;
            }
            Ok(Value::Exception(base))
        }),
    ],
};

/// Makes an exception of the type whose constructor runs.
fn create(c: &mut Call<'_, '_>) -> Outcome {
    make(
        c,
        "System.Exception",
        "Exception of type 'System.Exception' was thrown.",
    )
}

fn make(c: &mut Call<'_, '_>, type_name: &'static str, otherwise: &str) -> Outcome {
    let message = c.optional_text(0).unwrap_or_else(|| Text::from(otherwise));
    let exception = Exception::new(type_name, message);
    Ok(Value::Exception(match c.arg(1) {
        Value::Exception(inner) => exception.caused_by(inner.clone()),
        _ => exception,
    }))
}

/// The table of an exception type.
macro_rules! exceptions {
    ($($id:ident: $name:literal, $parent:literal, $message:literal;)*) => {
        $(pub(super) static $id: Table = Table {
            name: $name,
            kind: TableKind::Class,
            parents: &[$parent],
            documented: true,
            members: &[
                m("new()", |c| make(c, $name, $message)),
                m("new(string message)", |c| make(c, $name, $message)),
                m("new(string message, Exception innerException)", |c| make(c, $name, $message)),
            ],
        };)*
    };
}

exceptions! {
    SYSTEM: "System.SystemException", "System.Exception", "System error.";
    APPLICATION: "System.ApplicationException", "System.Exception", "Error in the application.";
    ARITHMETIC: "System.ArithmeticException", "System.SystemException", "Overflow or underflow in the arithmetic operation.";
    DIVIDE_BY_ZERO: "System.DivideByZeroException", "System.ArithmeticException", "Attempted to divide by zero.";
    OVERFLOW: "System.OverflowException", "System.ArithmeticException", "Arithmetic operation resulted in an overflow.";
    FORMAT: "System.FormatException", "System.SystemException", "One of the identified items was in an invalid format.";
    URI_FORMAT: "System.UriFormatException", "System.FormatException", "Invalid URI: The format of the URI could not be determined.";
    INDEX_OUT_OF_RANGE: "System.IndexOutOfRangeException", "System.SystemException", "Index was outside the bounds of the array.";
    INVALID_CAST: "System.InvalidCastException", "System.SystemException", "Specified cast is not valid.";
    INVALID_OPERATION: "System.InvalidOperationException", "System.SystemException", "Operation is not valid due to the current state of the object.";
    KEY_NOT_FOUND: "System.Collections.Generic.KeyNotFoundException", "System.SystemException", "The given key was not present in the dictionary.";
    NOT_IMPLEMENTED: "System.NotImplementedException", "System.SystemException", "The method or operation is not implemented.";
    NOT_SUPPORTED: "System.NotSupportedException", "System.SystemException", "Specified method is not supported.";
    NULL_REFERENCE: "System.NullReferenceException", "System.SystemException", "Object reference not set to an instance of an object.";
    ARRAY_TYPE_MISMATCH: "System.ArrayTypeMismatchException", "System.SystemException", "Attempted to access an element as a type incompatible with the array.";
    RANK: "System.RankException", "System.SystemException", "Attempted to operate on an array with the incorrect number of dimensions.";
    OUT_OF_MEMORY: "System.OutOfMemoryException", "System.SystemException", "Insufficient memory to continue the execution of the program.";
    TIMEOUT: "System.TimeoutException", "System.SystemException", "The operation has timed out.";
    TIME_ZONE_NOT_FOUND: "System.TimeZoneNotFoundException", "System.Exception", "The time zone was not found.";
    REGEX_TIMEOUT: "System.Text.RegularExpressions.RegexMatchTimeoutException", "System.TimeoutException", "The RegEx engine has timed out while trying to match a pattern to an input string.";
    CRYPTOGRAPHIC: "System.Security.Cryptography.CryptographicException", "System.SystemException", "Error occurred during a cryptographic operation.";
    IO: "System.IO.IOException", "System.SystemException", "I/O error occurred.";
    XML: "System.Xml.XmlException", "System.SystemException", "An XML error has occurred.";
    JSON: "Newtonsoft.Json.JsonException", "System.Exception", "Exception of type 'Newtonsoft.Json.JsonException' was thrown.";
    JSON_READER: "Newtonsoft.Json.JsonReaderException", "Newtonsoft.Json.JsonException", "Exception of type 'Newtonsoft.Json.JsonReaderException' was thrown.";
    JSON_WRITER: "Newtonsoft.Json.JsonWriterException", "Newtonsoft.Json.JsonException", "Exception of type 'Newtonsoft.Json.JsonWriterException' was thrown.";
    JSON_SERIALIZATION: "Newtonsoft.Json.JsonSerializationException", "Newtonsoft.Json.JsonException", "Exception of type 'Newtonsoft.Json.JsonSerializationException' was thrown.";
    DECODER: "System.Text.DecoderFallbackException", "System.ArgumentException", "Value does not fall within the expected range.";
}

pub(super) static ARGUMENT: Table = Table {
    name: "System.ArgumentException",
    kind: TableKind::Class,
    parents: &["System.SystemException"],
    documented: true,
    members: &[
        m("new()", |c| {
            argument(c, "System.ArgumentException", PLAIN, (0, 9))
        }),
        m("new(string message)", |c| {
            argument(c, "System.ArgumentException", PLAIN, (0, 9))
        }),
        m("new(string message, Exception innerException)", |c| {
            make(c, "System.ArgumentException", PLAIN)
        }),
        m("new(string message, string paramName)", |c| {
            argument(c, "System.ArgumentException", PLAIN, (0, 1))
        }),
        m("string ParamName", |c| {
            Ok(c.exception(0)?.parameter().cloned().into())
        }),
    ],
};

pub(super) static ARGUMENT_NULL: Table = Table {
    name: "System.ArgumentNullException",
    kind: TableKind::Class,
    parents: &["System.ArgumentException"],
    documented: true,
    members: &[
        m("new()", |c| {
            argument(c, "System.ArgumentNullException", NULL, (9, 9))
        }),
        m("new(string paramName)", |c| {
            argument(c, "System.ArgumentNullException", NULL, (9, 0))
        }),
        m("new(string paramName, string message)", |c| {
            argument(c, "System.ArgumentNullException", NULL, (1, 0))
        }),
    ],
};

pub(super) static ARGUMENT_OUT_OF_RANGE: Table = Table {
    name: "System.ArgumentOutOfRangeException",
    kind: TableKind::Class,
    parents: &["System.ArgumentException"],
    documented: true,
    members: &[
        m("new()", |c| {
            argument(c, "System.ArgumentOutOfRangeException", RANGE, (9, 9))
        }),
        m("new(string paramName)", |c| {
            argument(c, "System.ArgumentOutOfRangeException", RANGE, (9, 0))
        }),
        m("new(string paramName, string message)", |c| {
            argument(c, "System.ArgumentOutOfRangeException", RANGE, (1, 0))
        }),
    ],
};

const PLAIN: &str = "Value does not fall within the expected range.";
const NULL: &str = "Value cannot be null.";
const RANGE: &str = "Specified argument was out of the range of valid values.";

/// An exception about an argument; the places say where its message and parameter are.
fn argument(
    c: &mut Call<'_, '_>,
    type_name: &'static str,
    otherwise: &str,
    places: (usize, usize),
) -> Outcome {
    let message = c
        .optional_text(places.0)
        .unwrap_or_else(|| Text::from(otherwise));
    Ok(Value::Exception(match c.optional_text(places.1) {
        Some(parameter) => {
            Exception::for_parameter(type_name, &message.to_str(), &parameter.to_str())
        }
        None => Exception::new(type_name, message),
    }))
}
