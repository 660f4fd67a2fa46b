//! `portcullis.toml`: what stands in it, and where.

use std::ops::Range;
use std::path::{Path, PathBuf};

use portcullis_model::code::{Code, setting as codes};
use portcullis_model::suggest::nearest;
use portcullis_model::{Diagnostic, Diagnostics, SourceId, Sources, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{SETTINGS, Setting, Settings};
use crate::secrets::read_text;

/// A file of settings.
#[derive(Debug, Clone)]
pub(crate) struct SettingsFile {
    pub(crate) path: PathBuf,
    /// `None` if there is none.
    pub(crate) text: Option<String>,
}

impl SettingsFile {
    /// The name of the settings that a folder may bring along.
    pub(crate) const NAME: &str = "portcullis.toml";

    /// The file of this name, which must be there; else the one that the folder brings along.
    pub(crate) fn of(folder: &Path, named: Option<&Path>) -> anyhow::Result<Self> {
        let path = named.map_or_else(|| folder.join(Self::NAME), Path::to_owned);
        // What is there and cannot be read is not the same as nothing.
        let wanted = named.is_some() || path.symlink_metadata().is_ok();
        let text = wanted.then(|| read_text(&path)).transpose()?;
        Ok(Self { path, text })
    }

    /// No file.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self {
            path: PathBuf::new(),
            text: None,
        }
    }

    /// What stands in it now.
    pub(crate) fn again(&self) -> Option<String> {
        read_text(&self.path).ok()
    }

    /// Sets what the file says, and tells everything that is wrong with it.
    pub(super) fn apply(
        &self,
        settings: &mut Settings,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) {
        let Some(text) = self.text.as_deref() else {
            return;
        };
        let source = sources.add(self.path.display().to_string(), text);
        let mut told = Told {
            source,
            found: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            let span = error.span().unwrap_or_default();
            let help = "write `[section]` and `key = value`; a text stands in quotes";
            told.push(codes::MALFORMED, span, message, help);
        }
        if told.found.is_empty() {
            sections(table.get_ref(), settings, &mut told);
        }
        told.found.sort_by_key(|d| d.span.start);
        for diagnostic in told.found {
            diagnostics.push(diagnostic);
        }
        settings.resolve_paths(self.path.parent().unwrap_or(Path::new("")));
    }
}

/// What was found wrong.
struct Told {
    source: SourceId,
    found: Vec<Diagnostic>,
}

impl Told {
    fn push(&mut self, code: Code, at: Range<usize>, message: String, help: impl Into<String>) {
        let span = Span::new(at.start, at.end);
        let error = Diagnostic::error(code, self.source, span, message);
        self.found.push(error.with_help(help));
    }
}

fn sections(table: &DeTable<'_>, settings: &mut Settings, told: &mut Told) {
    for (name, value) in table {
        let section = name.get_ref();
        let DeValue::Table(entries) = value.get_ref() else {
            let message = format!("`{section}` stands outside a section");
            let keys = SETTINGS.iter().map(|s| s.key);
            let meant = keys
                .clone()
                .find(|key| key.split('.').nth(1) == Some(section));
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "write it as `[section]` and `key = value`".to_owned(),
            };
            told.push(codes::UNKNOWN_KEY, name.span(), message, help);
            continue;
        };
        let known = || {
            SETTINGS
                .iter()
                .filter_map(|s| Some(s.key.split_once('.')?.0))
        };
        if !known().any(|known| known == section) {
            let message = format!("unknown section `{section}`");
            told.push(
                codes::UNKNOWN_KEY,
                name.span(),
                message,
                help(section, known()),
            );
            continue;
        }
        for (key, value) in entries {
            set(
                &format!("{section}.{}", key.get_ref()),
                &key.span(),
                value,
                settings,
                told,
            );
        }
    }
}

fn set(
    key: &str,
    at: &Range<usize>,
    value: &Spanned<DeValue<'_>>,
    settings: &mut Settings,
    told: &mut Told,
) {
    let Some(setting) = Setting::find(key) else {
        let help = help(key, SETTINGS.iter().map(|s| s.key));
        told.push(
            codes::UNKNOWN_KEY,
            at.clone(),
            format!("unknown key `{key}`"),
            help,
        );
        return;
    };
    let Some(text) = as_text(value.get_ref()) else {
        let message = format!("`{key}` cannot be a {}", value.get_ref().type_str());
        let help = "a value is a text, a number, `true`, `false` or a list";
        told.push(codes::WRONG_SETTING, value.span(), message, help);
        return;
    };
    if let Err(why) = (setting.set)(settings, &text) {
        let message = format!("`{key}` cannot be `{text}`");
        told.push(codes::WRONG_SETTING, value.span(), message, why.to_string());
    }
}

fn help<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> String {
    match nearest(written, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "docs/configuration.md lists all keys".to_owned(),
    }
}

/// A value as a text; a list is joined with commas.
fn as_text(value: &DeValue<'_>) -> Option<String> {
    Some(match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(n) if n.radix() == 10 => n.as_str().to_owned(),
        DeValue::Boolean(b) => b.to_string(),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| as_text(item.get_ref()));
            items.collect::<Option<Vec<_>>>()?.join(",")
        }
        _ => return None,
    })
}
