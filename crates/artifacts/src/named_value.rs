//! `named values/<id>/namedValueInformation.json`.

use std::collections::HashMap;
use std::path::Path;

use portcullis_model::code::artifact as codes;
use portcullis_model::config::{NamedValue, NamedValueText};
use portcullis_model::id::NamedValueId;
use portcullis_model::secret::{SecretRef, SecretSource};

use crate::reading::{Place, Reading};
use crate::record::{Record, Soundness};
use crate::secret;

pub(crate) const COLLECTION: &str = "named values";
const FILE: &str = "namedValueInformation.json";

/// Reads all named values. One that cannot be read is left out: what needs it does not compile. So it
/// is with two of one name, since which of them is meant is not known.
pub(crate) fn read(reading: &mut Reading<'_>) -> Vec<NamedValue> {
    let mut values: Vec<NamedValue> = Vec::new();
    let mut names = HashMap::new();
    for place in reading.resources(Path::new(COLLECTION), &[FILE], &[]) {
        let Some(value) = read_one(reading, &place) else {
            continue;
        };
        let Some(first) = names.insert(value.display_name.to_lowercase(), values.len()) else {
            values.push(value);
            continue;
        };
        let message = format!("the name `{}` is taken", value.display_name);
        let (source, span) = value.at;
        let help = "policies choose by `displayName`: give each its own";
        reading.error(codes::REPEATED_NAME, source, span, message, help);
        names.insert(value.display_name.to_lowercase(), first);
        if let Some(first) = values.get_mut(first) {
            first.value = NamedValueText::Absent;
        }
    }
    values
}

fn read_one(reading: &mut Reading<'_>, place: &Place) -> Option<NamedValue> {
    let id = match NamedValueId::parse(&place.name) {
        Ok(id) => id,
        Err(invalid) => {
            reading.invalid_name(place, invalid.reason);
            return None;
        }
    };
    let information = reading.information(place, FILE)?;
    let shown = reading.shown(&place.path.join(FILE));
    let most = reading.limits.named_value_characters;
    let (value, soundness) = information.read(&mut reading.diagnostics, |record| {
        record.known(&["tags"]);
        let name = record.words("displayName");
        Some(NamedValue {
            display_name: name.unwrap_or_else(|| place.name.clone()),
            value: text(record, &shown, most)?,
            at: (record.source(), record.span()),
            id,
        })
    });
    value.filter(|_| soundness == Soundness::Sound)
}

fn text(record: &mut Record<'_, '_>, file: &str, most: usize) -> Option<NamedValueText> {
    let secret = record.flag("secret");
    let vault = record.object("keyVault", |vault| {
        vault.known(&["identityClientId", "lastStatus"]);
        vault.required_text("secretIdentifier")
    });
    let value = record.text("value");
    if let Some(identifier) = vault.flatten() {
        let source = SecretSource::KeyVault(identifier.value.to_owned());
        let at = (record.source(), identifier.span);
        return Some(NamedValueText::Secret(SecretRef { source, at }));
    }
    let Some(value) = value else {
        if secret != Some(true) {
            record.require("value");
            return None;
        }
        let message = "the secret has no value";
        let help = "add `\"value\": \"env:NAME\"`, `file:PATH` or `sealed:…`; \
                    until then what needs it answers 503";
        record.warn(codes::ABSENT_SECRET, record.span(), message, help);
        return Some(NamedValueText::Absent);
    };
    if value.value.chars().count() > most {
        let message = format!("`value` has more than {most} characters");
        record.wrong(value.span, message, "a named value is a short text");
        return None;
    }
    if value.value.trim().is_empty() {
        let help = "write a text that has more in it than white space, or remove the named value";
        record.wrong(value.span, "`value` is empty", help);
        return None;
    }
    if secret != Some(true) {
        let is_reference = !matches!(SecretSource::parse(value.value), Ok(SecretSource::Clear(_)));
        if secret.is_none() && is_reference {
            let message = format!("`{}` is a reference, but `secret` is missing", value.value);
            let help = "add `\"secret\": true`, or `false` if it is the text itself";
            record.wrong(value.span, message, help);
            return None;
        }
        return Some(NamedValueText::Plain(value.value.to_owned()));
    }
    let secret = secret::read(record, "value", value)?;
    secret::warn_if_clear(record, "value", file, &secret);
    Some(NamedValueText::Secret(secret))
}
