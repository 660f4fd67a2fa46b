//! Secrets as information files write them.

use portcullis_model::code::artifact as codes;
use portcullis_model::secret::{SecretRef, SecretSource};

use crate::record::{Record, Text};

/// Reads a secret: a reference, or a value in clear.
pub(crate) fn read(record: &mut Record<'_, '_>, member: &str, text: Text<'_>) -> Option<SecretRef> {
    if text.value.trim().is_empty() {
        let help = "remove the member, or write a reference: `env:NAME`, `file:PATH`, `sealed:…`";
        record.wrong(text.span, format!("`{member}` is empty"), help);
        return None;
    }
    match SecretSource::parse(text.value) {
        Ok(source) => Some(SecretRef {
            source,
            at: (record.source(), text.span),
        }),
        Err(reason) => {
            let help = "the forms are `env:NAME`, `file:PATH`, `sealed:…` and `sha256:HEX`";
            record.wrong(
                text.span,
                format!("`{member}` is malformed: {reason}"),
                help,
            );
            None
        }
    }
}

/// Warns of a value in clear, with the command that changes it.
pub(crate) fn warn_if_clear(
    record: &mut Record<'_, '_>,
    member: &str,
    file: &str,
    secret: &SecretRef,
) {
    if !matches!(secret.source, SecretSource::Clear(_)) {
        return;
    }
    let quoted = file.replace('\'', "'\\''");
    let command = format!("portcullis key seal --file '{quoted}' --key {member}");
    let help = if member == "value" {
        format!("run `{command}`, or write a reference: `env:NAME` or `file:PATH`")
    } else {
        format!("run `{command}`, or write `sha256:` and the SHA-256 of the key in hexadecimal")
    };
    let message = format!("`{member}` stands in clear");
    record.warn(codes::CLEAR_SECRET, secret.at.1, message, help);
}
