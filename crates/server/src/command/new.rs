//! `portcullis new`: a configuration folder for an API that somebody has, ready to run.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use portcullis_artifacts::write::{Auth as Written, NewFolder, write};
use portcullis_identity::key::{generate_key, sha256};
use portcullis_model::api::{ApiPath, KeyNames, Operation, TemplateSegment, TemplateValue};
use portcullis_model::secret::Secret;
use portcullis_model::{Diagnostics, Sources};
use portcullis_policy::names::Names;
use portcullis_spec::Description;

use crate::cli::{Auth, Exit, Format, New};
use crate::load::{Loader, Outcome};
use crate::render::{self, Paint};
use crate::secrets::read_text;
use crate::settings::{Settings, SettingsFile};

const CLOSED: &str = "\
# Settings of the gateway that serves this folder; docs/configuration.md lists all keys.

[security]
# An operation that anybody may call answers 503 until somebody says who may.
open_operations = \"deny\"
";

const OPEN: &str = "\
# Settings of the gateway that serves this folder; docs/configuration.md lists all keys.

[security]
# Anybody may call this API: it was made with `--auth none`. Such operations are listed at start and
# by `portcullis check`. With \"deny\" they answer 503 until somebody says who may call them.
open_operations = \"warn\"
";

/// The description, read.
struct Source {
    text: String,
    description: Description,
}

pub(super) fn run(args: &New) -> Result<Exit> {
    let path = args.path.as_deref().map(parse_path).transpose()?;
    let Some(source) = read(&args.from)? else {
        return Ok(Exit::CheckFailed);
    };
    let key = match args.auth {
        Auth::Key => Some(generate_key()?),
        Auth::None => None,
    };
    let name = path
        .as_ref()
        .map_or_else(|| name(&source, &args.from), |p| p.as_str().to_owned());
    let made = write(
        &args.dir,
        &NewFolder {
            name: &name,
            path: path.as_ref(),
            description: &source.description,
            description_text: &source.text,
            backend: &args.backend,
            auth: key.as_ref().map_or(Written::None, |key| Written::Key {
                sha256: sha256(key.expose()),
            }),
        },
    )?;
    let path = path.map_or_else(|| made.api.to_string(), |path| path.as_str().to_owned());
    write_file(
        &args.dir.join(SettingsFile::NAME),
        if key.is_some() { CLOSED } else { OPEN },
    )?;
    if !runs(&args.dir)? {
        return Ok(Exit::CheckFailed);
    }
    tell(args, &source.description, &path, key.as_ref())?;
    Ok(Exit::Ok)
}

fn parse_path(text: &str) -> Result<ApiPath> {
    let path = ApiPath::parse(text).with_context(|| format!("`--path {text}` cannot be used"))?;
    if path.as_str().is_empty() {
        bail!("`--path {text}` is empty: give the URL suffix of the API, such as `orders`");
    }
    Ok(path)
}

/// Reads the description and shows what is wrong with it.
fn read(file: &Path) -> Result<Option<Source>> {
    let text = read_text(file)?;
    let mut sources = Sources::default();
    let id = sources.add(file.display().to_string(), text.as_str());
    let mut found = Diagnostics::default();
    let description = portcullis_spec::parse(text.as_str(), id, &mut found);
    let mut out = std::io::stderr().lock();
    let paint = Paint::of(&out);
    // Warnings come again with the folder, where they can be mended.
    if found.has_errors() {
        render::diagnostics(&mut out, &found, &sources, Format::Human, paint)?;
    }
    let Some(description) = description.filter(|_| !found.has_errors()) else {
        return Ok(None);
    };
    if description.operations.is_empty() {
        bail!(
            "`{}` describes no operation, so there is nothing to serve",
            file.display()
        );
    }
    Ok(Some(Source { text, description }))
}

/// The API's title, or the name of the file if it has none.
fn name(source: &Source, file: &Path) -> String {
    let title = source.description.title.trim();
    if portcullis_spec::resource_name(title).is_empty() {
        file.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    } else {
        title.to_owned()
    }
}

#[expect(clippy::disallowed_methods, reason = "the command writes a folder")]
fn write_file(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display()))
}

/// Compiles what was written, as the gateway will: what this command makes has to run.
fn runs(folder: &Path) -> Result<bool> {
    let file = SettingsFile::of(folder, None)?;
    let (settings, _) = Settings::read(&file, std::iter::empty())?.sound(&file)?;
    let Outcome {
        snapshot,
        diagnostics,
        sources,
        ..
    } = Loader::new(folder, &settings)?.load(Names::default());
    let mut out = std::io::stderr().lock();
    let paint = Paint::of(&out);
    render::diagnostics(&mut out, &diagnostics, &sources, Format::Human, paint)?;
    for (operation, why) in &snapshot.summary().unavailable {
        writeln!(out, "answers 503: {operation}: {why}")?;
    }
    Ok(!diagnostics.has_errors() && snapshot.summary().unavailable.is_empty())
}

/// Words on stderr; on stdout only the key, as a line that a shell can take.
fn tell(args: &New, description: &Description, path: &str, key: Option<&Secret>) -> Result<()> {
    let mut words = std::io::stderr().lock();
    let paint = Paint::of(&words);
    let dir = args.dir.display();
    let count = description.operations.len();
    let operations = if count == 1 {
        "operation"
    } else {
        "operations"
    };
    let behind = if key.is_some() {
        "a product with a key and a rate limit"
    } else {
        "a rate limit for each address"
    };
    writeln!(
        words,
        "{} {dir}: {count} {operations} at /{path}, behind {behind}\n",
        paint.good("✓")
    )?;
    if let Some(key) = key {
        writeln!(
            words,
            "The key. It is shown once and stored nowhere: the folder holds its SHA-256 only.\n"
        )?;
        writeln!(std::io::stdout(), "export KEY={}", key.expose())?;
        writeln!(words)?;
    }
    let address = Settings::defaults()?
        .listen
        .http
        .context("there is no default address")?;
    writeln!(
        words,
        "Next:\n\n  portcullis gateway --artifacts {}",
        quoted(&dir.to_string())
    )?;
    if let Some(operation) = first(&description.operations) {
        let with_key = if key.is_some() {
            ", after the line with the key"
        } else {
            ""
        };
        writeln!(
            words,
            "\nand in another terminal{with_key}:\n\n  {}",
            curl(
                operation,
                &format!("http://{address}/{path}"),
                key.is_some()
            )
        )?;
    }
    Ok(())
}

/// The operation that is easiest to call: a GET without parameters, a GET, anything.
fn first(operations: &[Operation]) -> Option<&Operation> {
    let is_get = |operation: &&Operation| operation.method == "GET";
    let is_plain = |operation: &&Operation| operation.template.parameters().next().is_none();
    let gets = || operations.iter().filter(is_get);
    gets()
        .find(is_plain)
        .or_else(|| gets().next())
        .or_else(|| operations.first())
}

/// A line to copy; parameters are `1` for want of a better value.
fn curl(operation: &Operation, base: &str, needs_key: bool) -> String {
    let method = match operation.method.as_str() {
        "GET" => String::new(),
        other => format!(" -X {other}"),
    };
    let key = if needs_key {
        format!(" -H \"{}: $KEY\"", KeyNames::default().header)
    } else {
        String::new()
    };
    format!("curl -i{method} \"{base}{}\"{key}", target(operation))
}

fn target(operation: &Operation) -> String {
    let mut target = String::new();
    for segment in operation.template.segments() {
        target.push('/');
        match segment {
            TemplateSegment::Literal(text) => target.push_str(text),
            TemplateSegment::Parameter { prefix, suffix, .. } => {
                target.extend([prefix.as_str(), "1", suffix.as_str()]);
            }
            TemplateSegment::Rest { .. } => target.push('1'),
        }
    }
    let pairs = operation
        .template
        .query()
        .iter()
        .map(|(name, value)| match value {
            TemplateValue::Parameter(_) => format!("{name}=1"),
            TemplateValue::Literal(text) => format!("{name}={text}"),
        });
    let query: Vec<String> = pairs.collect();
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query.join("&"));
    }
    target
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use portcullis_model::SourceId;

    use super::*;

    fn operations(text: &str) -> Vec<Operation> {
        let mut found = Diagnostics::default();
        portcullis_spec::parse(text, SourceId(0), &mut found)
            .unwrap()
            .operations
    }

    #[test]
    fn the_easiest_call_is_shown() {
        let head = "openapi: 3.0.0\ninfo: { title: T, version: '1' }\npaths:\n";
        let get = "get: { responses: {} }";
        for (paths, expected) in [
            (
                format!("  /a/{{id}}: {{ {get} }}\n  /b: {{ {get} }}\n"),
                "curl -i \"h/b\"",
            ),
            (
                format!("  /a/{{id}}.json: {{ {get} }}\n"),
                "curl -i \"h/a/1.json\"",
            ),
            (
                "  /a: { post: { responses: {} } }\n".to_owned(),
                "curl -i -X POST \"h/a\"",
            ),
            (
                "  /a: { get: { parameters: [{ name: q, in: query, required: true }] } }\n"
                    .to_owned(),
                "curl -i \"h/a?q=1\"",
            ),
        ] {
            let operations = operations(&format!("{head}{paths}"));
            let line = curl(first(&operations).unwrap(), "h", false);
            assert_eq!(line, expected, "{paths}");
        }
    }

    #[test]
    fn a_path_is_quoted_only_where_a_shell_needs_it() {
        assert_eq!(quoted("./my-gateway"), "./my-gateway");
        assert_eq!(quoted("it's mine"), r"'it'\''s mine'");
    }
}
