//! Pages below `docs/` that the binary writes from its own types: settings, codes, policies.
//!
//! `portcullis docs --out DIR` writes them all, with their paths as below `docs/`. Here they are
//! put in place (`cargo xtask codegen`) or compared with what is there (`cargo xtask tidy`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::shell;
use crate::workspace::Workspace;

/// A page as the binary writes it now.
#[derive(Debug)]
pub(crate) struct Page {
    /// `docs/configuration.md`.
    pub(crate) path: String,
    /// What should stand in it.
    pub(crate) text: String,
}

/// Writes every generated page anew.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let Some(pages) = pages(workspace)? else {
        bail!("`portcullis help` lists no command `docs`: there is nothing to generate yet");
    };
    for page in &pages {
        let path = workspace.root.join(&page.path);
        if fs::read_to_string(&path).is_ok_and(|text| text == page.text) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, &page.text).with_context(|| format!("cannot write {}", page.path))?;
        println!("wrote {}", page.path);
    }
    println!("{} generated pages are fresh", pages.len());
    Ok(())
}

/// Every generated page, or `None` while the binary has no command that writes them.
pub(crate) fn pages(workspace: &Workspace) -> anyhow::Result<Option<Vec<Page>>> {
    let binary = binary(workspace)?;
    if !has_command(&binary, "docs")? {
        return Ok(None);
    }
    let folder = workspace.target.join("xtask/docs");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    shell::output(Command::new(&binary).args(["docs", "--out"]).arg(&folder))?;
    let mut pages = Vec::new();
    collect(&folder, "docs", &mut pages)?;
    Ok(Some(pages))
}

/// The binary as a developer's build leaves it. The whole workspace is named so that cargo chooses
/// the same features of our dependencies as for the tests, and compiles none of them twice.
pub(crate) fn binary(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    shell::run(&mut workspace.cargo(&["build", "--quiet", "--workspace", "--bin", "portcullis"]))?;
    Ok(workspace.target.join("debug/portcullis"))
}

/// Whether `portcullis help COMMAND` knows the command; it may be hidden from the list of all.
pub(crate) fn has_command(binary: &Path, command: &str) -> anyhow::Result<bool> {
    let help = Command::new(binary).args(["help", command]).output();
    let help = help.with_context(|| format!("cannot start {}", binary.display()))?;
    let usage = format!("portcullis {command}");
    Ok(help.status.success() && String::from_utf8_lossy(&help.stdout).contains(&usage))
}

fn collect(folder: &Path, path: &str, pages: &mut Vec<Page>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, pages)?;
        } else {
            let text = fs::read_to_string(entry.path())?;
            pages.push(Page { path, text });
        }
    }
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}
