//! `named values/<id>/namedValueInformation.json`.

use std::collections::HashSet;
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

/// Reads all named values. One that cannot be read is left out: what needs it does not compile.
pub(crate) fn read(reading: &mut Reading<'_>) -> Vec<NamedValue> {
    let mut values: Vec<NamedValue> = Vec::new();
    let mut names = HashSet::new();
    for place in reading.resources(Path::new(COLLECTION), &[FILE], &[]) {
        let Some(value) = read_one(reading, &place) else {
            continue;
        };
        if names.insert(value.display_name.to_lowercase()) {
            values.push(value);
        } else {
            let message = format!("the name `{}` is taken", value.display_name);
            let (source, span) = value.at;
            let help = "policies choose by `displayName`: give each its own";
            reading.error(codes::REPEATED_NAME, source, span, message, help);
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
    let is_secret = record.flag("secret").unwrap_or(false);
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
        if !is_secret {
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
    if !is_secret {
        return Some(NamedValueText::Plain(value.value.to_owned()));
    }
    let secret = secret::read(record, "value", value)?;
    secret::warn_if_clear(record, "value", file, &secret);
    Some(NamedValueText::Secret(secret))
}
