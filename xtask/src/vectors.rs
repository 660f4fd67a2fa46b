//! The score of the expression language against what a real .NET runtime answers.
//!
//! The vectors and the program that compares lie beside the project, with the other test data. A
//! score is printed, never demanded: the bar belongs to the tests of `expr`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;

use crate::workspace::Workspace;
use crate::{codegen, shell};

/// Vector files without an expected result: nothing to compare.
const UNSCORED: &[&str] = &["nondeterministic.jsonl"];

/// What to score and how much to show.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Vector files; without any, all that lie in `vectors/dev` of the test data.
    files: Vec<PathBuf>,
    /// Show the first N vectors that fail.
    #[arg(long, value_name = "N", default_value_t = 0)]
    list: usize,
}

/// Evaluates the vectors with the binary and prints the score.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let Some(vectors) = workspace.test_data().map(|data| data.join("vectors")) else {
        println!(
            "SKIPPED 1 (data absent): the vectors lie beside the project, see CONTRIBUTING.md"
        );
        return Ok(());
    };
    let files = match options.files.as_slice() {
        [] => scored(&vectors.join("dev"))?,
        files => files.to_vec(),
    };
    let binary = codegen::binary(workspace)?;
    let results = workspace.target.join("xtask/vectors.results.jsonl");
    fs::create_dir_all(workspace.target.join("xtask"))?;
    let mut lines = String::new();
    for file in &files {
        let mut batch = Command::new(&binary);
        batch.args(["expr", "eval", "--batch"]).arg(file);
        batch.arg("--fixtures").arg(vectors.join("fixtures"));
        lines.push_str(&shell::output(&mut batch)?);
    }
    fs::write(&results, lines)?;
    compare(&vectors.join("score.py"), &results, &files, options.list)
}

fn scored(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|file| {
        let name = file.file_name().unwrap_or_default();
        file.extension()
            .is_some_and(|extension| extension == "jsonl")
            && !UNSCORED.iter().any(|unscored| name == *unscored)
    });
    files.sort();
    Ok(files)
}

fn compare(score: &Path, results: &Path, files: &[PathBuf], list: usize) -> anyhow::Result<()> {
    File::open(score).with_context(|| format!("no {}", score.display()))?;
    let mut python = Command::new("python3");
    python.arg(score).arg(results).args(files);
    python.args(["--list", &list.to_string()]);
    let status = python.status().context("cannot start `python3`")?;
    // 1 says that some vectors fail, which the score has just shown.
    if !matches!(status.code(), Some(0 | 1)) {
        bail!("{} failed ({status})", shell::shown(&python));
    }
    Ok(())
}
