//! The room as its users see it: folders on disk, and what a reading makes of them.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write folders and find their data"
)]

mod apis;
mod broken;
mod cache;
mod golden;
mod resources;
mod sample;
mod write;

use std::fs;
use std::path::Path;

use portcullis_model::diagnostic::Severity;

use crate::{Folder, Loaded};

/// A folder that is gone after the test.
pub(crate) struct Scratch {
    directory: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { directory }
    }

    /// A folder with these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, contents).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).unwrap();
    }

    pub(crate) fn folder(&self) -> Folder {
        Folder::open(self.path().to_owned())
    }

    /// The diagnostics of a reading, one line each, with paths below the folder.
    pub(crate) fn lines(&self, loaded: &Loaded) -> Vec<String> {
        let root = format!("{}/", self.path().display());
        let told = loaded.diagnostics.iter();
        told.map(|d| loaded.sources.one_line(d).replace(&root, ""))
            .collect()
    }
}

/// Reads a folder of these files, in which nothing is wrong.
fn sound(files: &[(&str, &str)]) -> Loaded {
    let scratch = Scratch::of(files);
    let loaded = scratch.folder().read();
    assert_eq!(scratch.lines(&loaded), Vec::<String>::new());
    loaded
}

/// Reads a folder of these files and gives what is said about it.
fn told(files: &[(&str, &str)]) -> (Loaded, Vec<String>) {
    let scratch = Scratch::of(files);
    let loaded = scratch.folder().read();
    let lines = scratch.lines(&loaded);
    (loaded, lines)
}

fn errors(loaded: &Loaded) -> Vec<String> {
    let all = loaded.diagnostics.iter();
    all.filter(|d| d.severity == Severity::Error)
        .map(|d| loaded.sources.one_line(d))
        .collect()
}

/// The smallest API that has an operation.
const API: (&str, &str) = (
    "apis/store/apiInformation.json",
    r#"{"properties":{"path":"store","displayName":"Store","serviceUrl":"https://s.internal"}}"#,
);
const DESCRIPTION: (&str, &str) = (
    "apis/store/specification.yaml",
    "openapi: 3.0.0\ninfo: {title: Shop}\npaths: {/orders: {get: {operationId: listOrders}}}\n",
);
