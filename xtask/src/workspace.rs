//! Where things are, and what `cargo metadata` says about the packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use crate::shell;

/// The checkout and its packages.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
    /// Our packages.
    pub(crate) packages: Vec<Package>,
}

/// One of our packages, as `cargo metadata` prints it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    /// `portcullis-model`.
    pub(crate) name: String,
    /// The whole path of its `Cargo.toml`.
    pub(crate) manifest_path: PathBuf,
    /// What it depends on.
    pub(crate) dependencies: Vec<Dependency>,
    /// Its cargo features, by name.
    #[serde(default)]
    pub(crate) features: serde_json::Map<String, serde_json::Value>,
}

/// One line of a dependency table.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Dependency {
    /// The package it names.
    pub(crate) name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// The workspace that `cargo xtask` was called in. Cargo names the package that it runs; where
    /// two checkouts share a target folder, the program may have been built from the other one.
    pub(crate) fn discover() -> anyhow::Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR");
        let package = package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let mut metadata = shell::cargo();
        metadata
            .args([
                "metadata",
                "--no-deps",
                "--format-version",
                "1",
                "--manifest-path",
            ])
            .arg(Path::new(&package).join("../Cargo.toml"));
        let text = shell::output(&mut metadata)?;
        let metadata: Metadata =
            serde_json::from_str(&text).context("`cargo metadata` printed something else")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            packages: metadata.packages,
        })
    }

    /// A cargo command in the root of the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = shell::cargo();
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// The test data beside the project, if it is there.
    pub(crate) fn test_data(&self) -> Option<PathBuf> {
        let named = std::env::var_os("PORTCULLIS_TESTDATA").map(PathBuf::from);
        Some(named.unwrap_or_else(|| self.root.join("../shared"))).filter(|path| path.is_dir())
    }

    /// The path as people read it: from the root, where it lies below.
    pub(crate) fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}
