//! The files of the repository as the checks see them: lines, and which of them are tests.

use std::process::Command;

use crate::shell;
use crate::workspace::{Package, Workspace};

/// Every file that is tracked or would be, and our packages.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Text files, by path.
    pub(super) files: Vec<File>,
    /// Our packages; their manifest paths are as in [`File::path`].
    pub(super) packages: Vec<Package>,
}

/// One text file.
#[derive(Debug)]
pub(super) struct File {
    /// From the root, with slashes.
    pub(super) path: String,
    text: String,
}

/// One line of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'f> {
    /// Counted from 1.
    pub(super) number: usize,
    /// Without its end.
    pub(super) text: &'f str,
    /// What it is there for.
    pub(super) role: Role,
}

/// What a line is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is part of the product.
    Product,
    /// It is in a test file, or below the `#[cfg(test)]` module that ends its file.
    Test,
}

impl Tree {
    /// Reads the files that git tracks or would track.
    pub(super) fn read(workspace: &Workspace) -> anyhow::Result<Self> {
        let mut list = Command::new("git");
        list.current_dir(&workspace.root);
        list.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let paths = shell::output(&mut list)?;
        let mut files: Vec<_> = paths
            .split_terminator('\0')
            // A file deleted but not yet committed is still listed; one that is not text is no
            // concern of these checks.
            .filter_map(|path| {
                let text = std::fs::read_to_string(workspace.root.join(path)).ok()?;
                Some(File::new(path, text))
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let packages = workspace.packages.iter().map(|package| Package {
            manifest_path: workspace.relative(&package.manifest_path).to_owned(),
            ..package.clone()
        });
        Ok(Self {
            files,
            packages: packages.collect(),
        })
    }

    /// The file at exactly this path.
    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files below a folder whose name ends so.
    pub(super) fn below<'t>(
        &'t self,
        folder: &'t str,
        ending: &'t str,
    ) -> impl Iterator<Item = &'t File> {
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(folder) && file.path.ends_with(ending))
    }

    /// Our Rust source, tests included.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.below("", ".rs").filter(|file| file.room().is_some())
    }
}

impl File {
    /// A file with this text.
    pub(super) fn new(path: &str, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            text: text.into(),
        }
    }

    /// The room it stands in: `model` for `crates/model/…`, `xtask` for `xtask/…`.
    pub(super) fn room(&self) -> Option<&str> {
        match self.path.split('/').collect::<Vec<_>>().as_slice() {
            ["crates", room, _, ..] => Some(room),
            ["xtask", _, ..] => Some("xtask"),
            _ => None,
        }
    }

    /// The file's name without folder and ending: `ip_filter`.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }

    /// Every line, with its role.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let tests_begin = self.tests_begin();
        self.text.lines().zip(1..).map(move |(text, number)| {
            let role = if number >= tests_begin {
                Role::Test
            } else {
                Role::Product
            };
            Line { number, text, role }
        })
    }

    /// The lines of the product.
    pub(super) fn product(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines().filter(|line| line.role == Role::Product)
    }

    /// Whether the whole file is tests.
    pub(super) fn is_test(&self) -> bool {
        let folders = ["/tests/", "/benches/", "/examples/", "fuzz/"];
        self.path.ends_with("/tests.rs") || folders.iter().any(|part| self.path.contains(part))
    }

    /// The line at which tests begin. Tests stand last (CONTRIBUTING.md), so they go to the end.
    fn tests_begin(&self) -> usize {
        if self.is_test() {
            return 1;
        }
        let mut lines = self.text.lines().zip(1..).peekable();
        while let Some((line, number)) = lines.next() {
            let opens = |next: &str| next.trim_end().ends_with('{') && next.contains("mod ");
            if line == "#[cfg(test)]" && lines.peek().is_some_and(|(next, _)| opens(next)) {
                return number;
            }
        }
        usize::MAX
    }
}

impl Line<'_> {
    /// Whether it is nothing but a comment.
    pub(super) fn is_comment(self) -> bool {
        self.text.trim_start().starts_with("//")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_begin_at_the_inline_module_and_go_to_the_end() {
        let check = |path: &str, text: &str, product: usize| {
            let file = File::new(path, text);
            assert_eq!(file.product().count(), product, "{path}: {text:?}");
        };
        check(
            "crates/a/src/x.rs",
            "fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n}\n",
            2,
        );
        check(
            "crates/a/src/x.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests;\n",
            3,
        );
        check("crates/a/src/x.rs", "#[cfg(test)]\nuse a;\nfn b() {}\n", 3);
        check("crates/a/src/x/tests.rs", "fn a() {}\n", 0);
        check("crates/a/tests/x.rs", "fn a() {}\n", 0);
    }

    #[test]
    fn a_file_knows_its_room() {
        let room = |path: &str| File::new(path, "").room().map(str::to_owned);
        assert_eq!(room("crates/model/src/lib.rs").as_deref(), Some("model"));
        assert_eq!(room("xtask/src/main.rs").as_deref(), Some("xtask"));
        assert_eq!(room("docs/x.md"), None);
    }
}
