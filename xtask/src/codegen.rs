//! Pages below `docs/` that the binary writes: settings and codes from its own types, policies from
//! their specifications, the module docs of their files and the examples of the pages.
//!
//! `portcullis docs --out DIR` writes them all, with their paths as below `docs/`. Here they are
//! put in place (`cargo xtask codegen`) or compared with what is there (`cargo xtask tidy`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

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
    let pages = pages(workspace)?;
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

/// Every generated page.
pub(crate) fn pages(workspace: &Workspace) -> anyhow::Result<Vec<Page>> {
    let binary = binary(workspace)?;
    let folder = workspace.target.join("xtask/docs");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut docs = Command::new(&binary);
    docs.args(["docs", "--out"]).arg(&folder);
    docs.arg("--root").arg(&workspace.root);
    shell::output(&mut docs)?;
    let mut pages = Vec::new();
    collect(&folder, "docs", &mut pages)?;
    Ok(pages)
}

/// The binary as a developer's build leaves it. The whole workspace is named so that cargo chooses
/// the same features of our dependencies as for the tests, and compiles none of them twice.
pub(crate) fn binary(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    shell::run(&mut workspace.cargo(&["build", "--quiet", "--workspace", "--bin", "portcullis"]))?;
    Ok(workspace.target.join("debug/portcullis"))
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
