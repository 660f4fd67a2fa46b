//! `portcullis check PATH…`: what is wrong, all of it at once.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use portcullis_model::policy::{PolicyFormat, PolicyText, Scope};
use portcullis_model::{Diagnostics, Sources};
use portcullis_policy::compile::{Environment, NoCatalogue};
use portcullis_policy::document::{Written, read};
use portcullis_policy::names::Names;
use portcullis_policy::parse::{NoNamedValues, References};

use crate::cli::{Check, Exit, Format, ScopeName};
use crate::load::Loader;
use crate::render::{self, Paint};
use crate::secrets::read_text;
use crate::settings::environment::variables;
use crate::settings::{Reading, Settings, SettingsFile};

pub(super) fn run(args: &Check) -> Result<Exit> {
    let mut totals = Totals::default();
    for path in &args.paths {
        if path.is_dir() {
            folder(path, args, &mut totals)?;
        } else if path.is_file() && path.extension().is_some_and(|e| e == "xml") {
            file(path, args, &mut totals)?;
        } else if path.exists() {
            bail!(
                "`{}` is neither a folder nor an `.xml` file: give an artefact folder, or a policy or \
                 fragment",
                path.display()
            );
        } else {
            bail!("`{}` does not exist", path.display());
        }
    }
    if args.format == Format::Human {
        totals.print()?;
    }
    Ok(if totals.errors == 0 {
        Exit::Ok
    } else {
        Exit::CheckFailed
    })
}

#[derive(Debug, Default)]
struct Totals {
    errors: usize,
    warnings: usize,
    open: Vec<String>,
    unavailable: Vec<(String, String)>,
}

impl Totals {
    fn show(&mut self, found: &Diagnostics, sources: &Sources, format: Format) -> Result<()> {
        let mut out = std::io::stdout().lock();
        let paint = Paint::of(&out);
        render::diagnostics(&mut out, found, sources, format, paint)?;
        self.errors += found.error_count();
        self.warnings += found.len() - found.error_count();
        Ok(())
    }

    fn print(&self) -> Result<()> {
        use std::io::Write as _;
        let mut err = std::io::stderr().lock();
        if !self.open.is_empty() {
            writeln!(
                err,
                "open operations (anybody may call them): {}",
                self.open.join(", ")
            )?;
        }
        for (operation, why) in &self.unavailable {
            writeln!(err, "answers 503: {operation}: {why}")?;
        }
        writeln!(
            err,
            "{}, {}",
            counted(self.errors, "error"),
            counted(self.warnings, "warning")
        )?;
        Ok(())
    }
}

fn folder(path: &Path, args: &Check, totals: &mut Totals) -> Result<()> {
    let settings = SettingsFile::of(path, None)?;
    let Reading {
        settings,
        diagnostics,
        sources,
        unknown,
    } = Settings::read(&settings, variables())?;
    totals.show(&diagnostics, &sources, args.format)?;
    let mut loader = Loader::new(path, &settings)?;
    loader.options_mut().references = references(args);
    let outcome = loader.load(Names::default());
    unknown.refuse(&outcome.sources)?;
    let summary = outcome.snapshot.summary();
    totals.open.extend(summary.open.iter().cloned());
    totals
        .unavailable
        .extend(summary.unavailable.iter().cloned());
    totals.show(&outcome.diagnostics, &outcome.sources, args.format)
}

fn file(path: &Path, args: &Check, totals: &mut Totals) -> Result<()> {
    let text: Arc<str> = read_text(path)?.into();
    let mut sources = Sources::default();
    let source = sources.add(path.display().to_string(), Arc::clone(&text));
    let text = PolicyText {
        source,
        text,
        format: PolicyFormat::Raw,
    };
    let environment = Environment {
        named_values: &NoNamedValues,
        catalogue: &NoCatalogue,
        references: references(args),
    };
    let mut found = Diagnostics::default();
    let mut names = Names::default();
    let kind = read(&text, &mut Diagnostics::default());
    if matches!(kind, Some(Written::Fragment(_))) {
        portcullis_policy::compile::fragment(&text, environment, &mut names, &mut found);
    } else {
        let scope = scope(args.scope);
        portcullis_policy::compile::document(
            &text,
            scope,
            None,
            environment,
            &mut names,
            &mut found,
        );
    }
    totals.show(&found, &sources, args.format)
}

fn counted(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

fn references(args: &Check) -> References {
    if args.assume_refs {
        References::Assumed
    } else {
        References::Known
    }
}

fn scope(name: ScopeName) -> Scope {
    match name {
        ScopeName::Global => Scope::Global,
        ScopeName::Product => Scope::Product,
        ScopeName::Api => Scope::Api,
        ScopeName::Operation => Scope::Operation,
    }
}
