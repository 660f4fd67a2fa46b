//! How diagnostics and errors look: one line for tools, the author's line with a caret for people.

use std::io::Write as _;

use portcullis_model::diagnostic::{Position, Severity};
use portcullis_model::{Diagnostic, Diagnostics, Sources};
use serde_json::json;

use crate::cli::Format;
use crate::settings::environment::variable;

/// Prints an error of ours with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    let paint = Paint::of(&std::io::stderr());
    // Nothing is left to say if the terminal is gone.
    drop(writeln!(
        std::io::stderr(),
        "{}: {error:#}",
        paint.severity(Severity::Error)
    ));
}

/// Shows diagnostics to people. Whether anybody reads them changes nothing: a gateway whose terminal is
/// gone goes on.
pub(crate) fn to_stderr(found: &Diagnostics, sources: &Sources) {
    let mut err = std::io::stderr().lock();
    let paint = Paint::of(&err);
    drop(diagnostics(&mut err, found, sources, Format::Human, paint));
}

/// Prints diagnostics to stdout, or for people to whichever writer they look at.
pub(crate) fn diagnostics(
    out: &mut dyn std::io::Write,
    found: &Diagnostics,
    sources: &Sources,
    format: Format,
    paint: Paint,
) -> std::io::Result<()> {
    for diagnostic in found {
        match format {
            Format::Json => writeln!(out, "{}", as_json(diagnostic, sources))?,
            Format::Human => human(out, diagnostic, sources, paint)?,
        }
    }
    Ok(())
}

fn as_json(d: &Diagnostic, sources: &Sources) -> serde_json::Value {
    let name = sources.get(d.source).map_or("", |s| &*s.name);
    let start = sources.position(d.source, d.span.start);
    let end = sources.position(d.source, d.span.end);
    json!({
        "file": name,
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "severity": d.severity.to_string(),
        "code": d.code.id(),
        "message": d.message,
        "help": d.help,
    })
}

/// `file:line:col: severity[code]: message`, then the line with a caret, then the help.
fn human(
    out: &mut dyn std::io::Write,
    d: &Diagnostic,
    sources: &Sources,
    paint: Paint,
) -> std::io::Result<()> {
    let source = sources.get(d.source);
    let Position { line, column } = sources.position(d.source, d.span.start);
    let name = source.map_or("", |s| &*s.name);
    let severity = paint.severity(d.severity);
    writeln!(
        out,
        "{name}:{line}:{column}: {severity}[{}]: {}",
        d.code, d.message
    )?;
    let text = source
        .and_then(|s| s.text.lines().nth(line - 1))
        .unwrap_or("")
        .trim_end();
    if !text.is_empty() {
        let end = sources.position(d.source, d.span.end);
        let rest = text.chars().count() + 1;
        let until = if end.line == line { end.column } else { rest };
        let width = until
            .saturating_sub(column)
            .clamp(1, rest.saturating_sub(column).max(1));
        let (shown, indent) = window(text, column);
        writeln!(out, "{line:>5} | {shown}")?;
        let carets = "^".repeat(width.min(shown.chars().count().saturating_sub(indent).max(1)));
        writeln!(
            out,
            "      | {}{}",
            " ".repeat(indent),
            paint.caret(d.severity, &carets)
        )?;
    }
    if let Some(help) = &d.help {
        writeln!(out, "      = {}: {help}", paint.bold("help"))?;
    }
    Ok(())
}

/// How much of a line is shown: policies have very long ones.
const WIDTH: usize = 120;

/// The part of a line around a column, and where the column is in it (from 0). Tabs become spaces so
/// that the caret stands where it should.
fn window(line: &str, column: usize) -> (String, usize) {
    let at = column.saturating_sub(1);
    let start = if at > WIDTH - 20 { at - 40 } else { 0 };
    let shown = line
        .chars()
        .skip(start)
        .take(WIDTH)
        .map(|c| if c == '\t' { ' ' } else { c });
    (shown.collect(), at - start)
}

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Colours,
}

impl Paint {
    /// Colours on a terminal, unless `NO_COLOR` says otherwise (no-color.org).
    pub(crate) fn of(stream: &impl std::io::IsTerminal) -> Self {
        let refused = variable("NO_COLOR").is_some_and(|v| !v.is_empty());
        if stream.is_terminal() && !refused {
            Self::Colours
        } else {
            Self::Plain
        }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colours => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn severity(self, severity: Severity) -> String {
        self.caret(severity, &severity.to_string())
    }

    fn caret(self, severity: Severity, text: &str) -> String {
        match severity {
            Severity::Error => self.wrap("1;31", text),
            Severity::Warning => self.wrap("1;33", text),
        }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.wrap("1;32", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_model::Span;

    #[test]
    fn a_diagnostic_shows_the_authors_line_with_a_caret_under_the_fault() {
        let mut sources = Sources::default();
        let id = sources.add("p.xml", "<policies>\n\t<inbuond />\n</policies>\n");
        let mut found = Diagnostics::default();
        let code = portcullis_model::code::policy::NOT_RUNNABLE;
        found.push(
            Diagnostic::error(code, id, Span::new(13, 20), "unknown section `inbuond`")
                .with_help("did you mean `inbound`?"),
        );
        let mut out = Vec::new();
        diagnostics(&mut out, &found, &sources, Format::Human, Paint::Plain).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "p.xml:2:3: error[P0401]: unknown section `inbuond`\n    2 |  <inbuond />\n      |   ^^^^^^^\n      = help: did you mean `inbound`?\n"
        );
    }
}
