//! A folder in memory, and one change to it on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files of a folder, by their paths below it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Vec<u8>>);

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// A file has these contents.
    Write(String, Vec<u8>),
    /// A file is gone.
    Remove(String),
    /// A file or folder has another name.
    Rename(String, String),
}

impl Tree {
    /// Every file below a folder.
    pub(crate) fn read(root: &Path) -> Self {
        let mut tree = Self::default();
        tree.gather(root, "");
        tree
    }

    fn gather(&mut self, root: &Path, below: &str) {
        for entry in fs::read_dir(root.join(below)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if below.is_empty() {
                name
            } else {
                format!("{below}/{name}")
            };
            if entry.file_type().unwrap().is_dir() {
                self.gather(root, &path);
            } else {
                let contents = fs::read(entry.path()).unwrap();
                self.0.insert(path, contents);
            }
        }
    }

    /// The same with another text for every file for which there is one.
    pub(crate) fn edited(mut self, edit: impl Fn(&str, &str) -> Option<String>) -> Self {
        for (path, contents) in &mut self.0 {
            let text = std::str::from_utf8(contents).ok();
            if let Some(text) = text.and_then(|text| edit(path, text)) {
                *contents = text.into_bytes();
            }
        }
        self
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> &str {
        let contents = self.0.get(path).map_or(&[][..], Vec::as_slice);
        std::str::from_utf8(contents).unwrap_or("")
    }

    /// Every folder in it, outer ones first.
    pub(crate) fn folders(&self) -> Vec<String> {
        let mut folders: Vec<String> = Vec::new();
        for path in self.0.keys() {
            let ends = path.match_indices('/').map(|(at, _)| at);
            folders.extend(ends.map(|end| path[..end].to_owned()));
        }
        folders.sort();
        folders.dedup();
        folders
    }

    /// Puts it on disk.
    pub(crate) fn write(&self, root: &Path) {
        for (path, contents) in &self.0 {
            put(root, path, contents);
        }
    }
}

impl Edit {
    /// Makes the change below `root`.
    pub(crate) fn make(&self, root: &Path) {
        match self {
            Self::Write(path, contents) => put(root, path, contents),
            Self::Remove(path) => fs::remove_file(root.join(path)).unwrap(),
            Self::Rename(from, to) => fs::rename(root.join(from), root.join(to)).unwrap(),
        }
    }

    /// Takes it back.
    pub(crate) fn undo(&self, tree: &Tree, root: &Path) {
        match self {
            Self::Write(path, _) | Self::Remove(path) => put(root, path, &tree.0[path]),
            Self::Rename(from, to) => fs::rename(root.join(to), root.join(from)).unwrap(),
        }
    }
}

/// Writes under another name first: a reader that keeps what it read sees another file each time.
fn put(root: &Path, path: &str, contents: &[u8]) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    let aside = root.join(".aside");
    fs::write(&aside, contents).unwrap();
    fs::rename(aside, full).unwrap();
}
