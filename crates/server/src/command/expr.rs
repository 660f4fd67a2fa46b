//! `portcullis expr eval`.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use portcullis_policy::fixture;
use serde_json::{Value, json};

use crate::cli::{Eval, Exit, Expr};
use crate::secrets::read_text;

pub(super) fn run(args: &Expr) -> Result<Exit> {
    let Expr::Eval(args) = args;
    match (&args.batch, &args.fixtures) {
        (Some(batch), Some(fixtures)) => batch_of(batch, fixtures),
        _ => single(args),
    }
}

fn single(args: &Eval) -> Result<Exit> {
    let context = match &args.context {
        Some(file) => json_file(file)?,
        None => json!({}),
    };
    let text = args.expression.as_deref().unwrap_or_default().trim();
    let Some((kind, expression)) = take_apart(text) else {
        bail!("`{text}` is not an expression: write `@(…)` or `@{{…}}`");
    };
    let vector = json!({ "kind": kind, "expr": expression, "fixture": "context" });
    let line = fixture::eval_line(&vector, &mut |_| Ok(context.clone()));
    writeln!(std::io::stdout(), "{line}")?;
    Ok(if line.get("compile_error").is_some() {
        Exit::CheckFailed
    } else {
        Exit::Ok
    })
}

fn take_apart(text: &str) -> Option<(&'static str, &str)> {
    let inner = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    match inner("@(", ")") {
        Some(expression) => Some(("expr", expression)),
        None => inner("@{", "}").map(|block| ("block", block)),
    }
}

fn batch_of(batch: &Path, fixtures: &Path) -> Result<Exit> {
    let mut loaded: HashMap<String, Value> = HashMap::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (number, line) in read_text(batch)?
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
    {
        let vector: Value = serde_json::from_str(line)
            .with_context(|| format!("line {} of `{}` is not JSON", number + 1, batch.display()))?;
        let mut fixture = |name: &str| {
            if let Some(known) = loaded.get(name) {
                return Ok(known.clone());
            }
            let file = fixtures.join(format!("{name}.json"));
            let value = json_file(&file).map_err(|e| format!("{e:#}"))?;
            loaded.insert(name.to_owned(), value.clone());
            Ok(value)
        };
        let mut result = fixture::eval_line(&vector, &mut fixture);
        if let (Some(result), Some(id)) = (result.as_object_mut(), vector.get("id")) {
            result.insert("id".into(), id.clone());
        }
        writeln!(out, "{result}")?;
    }
    out.flush()?;
    Ok(Exit::Ok)
}

fn json_file(file: &Path) -> Result<Value> {
    serde_json::from_str(&read_text(file)?)
        .with_context(|| format!("`{}` is not JSON", file.display()))
}
