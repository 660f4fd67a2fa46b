//! Named values: what `{{name}}` stands for.

use std::collections::BTreeMap;

use portcullis_model::code::engine as code;
use portcullis_model::config::{NamedValue as Configured, NamedValueText};
use portcullis_model::secret::{Secret, SecretSource};
use portcullis_model::{Diagnostic, Diagnostics};
use portcullis_policy::parse::{NamedValue, NamedValues};

use super::SecretResolver;

/// Every named value by its display name, with its text if that can be had.
#[derive(Debug, Default)]
pub(super) struct NamedTexts(BTreeMap<String, Text>);

#[derive(Debug)]
enum Text {
    Plain(String),
    Secret(Secret),
    Unavailable(String),
}

impl NamedTexts {
    pub(super) fn resolve(
        values: &[Configured],
        secrets: &dyn SecretResolver,
        found: &mut Diagnostics,
    ) -> Self {
        let mut texts = BTreeMap::new();
        for value in values {
            let text = match &value.value {
                NamedValueText::Plain(text) => Text::Plain(text.clone()),
                NamedValueText::Secret(secret) => match filled(secrets, &secret.source) {
                    Ok(text) => Text::Secret(text),
                    Err(why) => {
                        let (source, span) = secret.at;
                        let name = &value.display_name;
                        let message =
                            format!("the text of the named value `{name}` cannot be had: {why}");
                        found.push(Diagnostic::warning(
                            code::NAMED_VALUE_UNAVAILABLE,
                            source,
                            span,
                            message,
                        ));
                        Text::Unavailable(why)
                    }
                },
                NamedValueText::Absent => {
                    Text::Unavailable("the configuration does not carry its value".to_owned())
                }
            };
            texts.insert(value.display_name.clone(), text);
        }
        Self(texts)
    }

    /// A text of the configuration with its named values put in.
    pub(super) fn substitute(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else {
                break;
            };
            out.push_str(before);
            match self.text(name.trim()) {
                NamedValue::Text(value) => out.push_str(value),
                NamedValue::Secret(secret) => out.push_str(secret.expose()),
                NamedValue::Unknown => return Err(format!("there is no named value `{name}`")),
                NamedValue::Unavailable(why) => {
                    return Err(format!(
                        "the text of the named value `{name}` cannot be had: {why}"
                    ));
                }
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// A secret that has something in it: as an empty text it would be everybody's.
fn filled(secrets: &dyn SecretResolver, source: &SecretSource) -> Result<Secret, String> {
    let text = secrets.resolve(source)?;
    if text.expose().trim().is_empty() {
        return Err("its text is empty".to_owned());
    }
    Ok(text)
}

impl NamedValues for NamedTexts {
    fn text(&self, name: &str) -> NamedValue<'_> {
        match self.0.get(name) {
            Some(Text::Plain(text)) => NamedValue::Text(text),
            Some(Text::Secret(secret)) => NamedValue::Secret(secret),
            Some(Text::Unavailable(why)) => NamedValue::Unavailable(why.clone()),
            None => NamedValue::Unknown,
        }
    }

    fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
