//! The exceptions that `context` throws, with the words of .NET.

use portcullis_expr::{Exception, HostCall, Text};

/// The object's state does not allow it.
pub(super) fn invalid_operation(message: impl Into<Text>) -> Exception {
    Exception::new("System.InvalidOperationException", message)
}

/// The object does not do that.
pub(super) fn not_supported(message: impl Into<Text>) -> Exception {
    Exception::new("System.NotSupportedException", message)
}

/// A member of `null` was used.
pub(super) fn null_reference() -> Exception {
    Exception::new(
        "System.NullReferenceException",
        "Object reference not set to an instance of an object.",
    )
}

/// `null` was given where a value is needed.
pub(super) fn argument_null(parameter: &str) -> Exception {
    Exception::new(
        "System.ArgumentNullException",
        format!("Value cannot be null. (Parameter '{parameter}')"),
    )
}

/// A dictionary does not hold the key.
pub(super) fn key_not_found(key: &str) -> Exception {
    Exception::new(
        "System.Collections.Generic.KeyNotFoundException",
        format!("The given key '{key}' was not present in the dictionary."),
    )
}

/// Encryption or decryption failed.
pub(super) fn cryptographic(message: &str) -> Exception {
    Exception::new(
        "System.Security.Cryptography.CryptographicException",
        message,
    )
}

/// An argument that must be a string.
pub(super) fn text_argument(
    call: &HostCall<'_>,
    index: usize,
    parameter: &str,
) -> Result<Text, Exception> {
    match call.args.get(index).and_then(|value| value.as_text()) {
        Some(text) => Ok(text.clone()),
        None => Err(argument_null(parameter)),
    }
}
