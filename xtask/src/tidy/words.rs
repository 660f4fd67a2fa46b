//! Words that may stand in few places only.

use super::Problem;
use super::tree::{File, Line, Tree};

/// Rooms that may read and write files.
const FILES: &[&str] = &["server", "artifacts", "bundle", "xtask", "testkit"];

/// Only admission makes a permit, so only its file and the testkit name the constructor.
pub(super) fn evidence(tree: &Tree) -> Vec<Problem> {
    let elsewhere = tree.rust().filter(|file| {
        file.path != "crates/engine/src/access.rs"
            && !matches!(file.room(), Some("testkit" | "xtask"))
    });
    let message = "`Permit::granted` is named in crates/engine/src/access.rs and in testkit only: \
                   a request that was not admitted cannot run policies";
    let names = |line: &Line<'_>| !line.is_comment() && line.text.contains("Permit::granted");
    found(elsewhere, File::lines, names, message)
}

/// Files are read at the edges.
pub(super) fn files_read(tree: &Tree) -> Vec<Problem> {
    let inside = tree
        .rust()
        .filter(|file| file.room().is_none_or(|room| !FILES.contains(&room)));
    let message = "files are read and written in server, artifacts and bundle only: \
                   take the bytes as a parameter";
    found(
        inside,
        File::product,
        |line| !line.is_comment() && names_files(line.text),
        message,
    )
}

/// A test that does not run asserts nothing.
pub(super) fn skipped_tests(tree: &Tree) -> Vec<Problem> {
    let message = "no skipped tests: assert what happens today, with a note that names the issue";
    let skips = |line: &Line<'_>| line.text.trim_start().starts_with("#[ignore");
    found(tree.rust(), File::lines, skips, message)
}

/// Work left for later has an issue that somebody reads.
pub(super) fn unowned_work(tree: &Tree) -> Vec<Problem> {
    let message = "work left for later names its issue: `// FIXME(#12): why`";
    found(
        tree.rust(),
        File::lines,
        |line| leaves_work(line.text),
        message,
    )
}

fn found<'t, L>(
    files: impl Iterator<Item = &'t File>,
    lines: impl Fn(&'t File) -> L,
    is_problem: impl Fn(&Line<'t>) -> bool,
    message: &str,
) -> Vec<Problem>
where
    L: Iterator<Item = Line<'t>>,
{
    let mut problems = Vec::new();
    for file in files {
        let here = lines(file).filter(&is_problem);
        problems.extend(here.map(|line| Problem::new(&file.path, line.number, message)));
    }
    problems
}

/// `std::fs` or `fs::…`, but not `xfs::…`.
fn names_files(text: &str) -> bool {
    let is_word = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    text.contains("std::fs")
        || text
            .match_indices("fs::")
            .any(|(at, _)| text.get(..at).is_some_and(is_word))
}

/// A comment that puts work off without `(#` and a number after the word.
fn leaves_work(text: &str) -> bool {
    let Some((_, comment)) = text.split_once("//") else {
        return false;
    };
    let mut words = comment.split(|c: char| !(c.is_alphanumeric() || "_(#".contains(c)));
    words.any(|word| {
        let (word, issue) = word.split_once('(').unwrap_or((word, ""));
        let owned = issue
            .strip_prefix('#')
            .is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
        ["TODO", "FIXME", "XXX"].contains(&word) && !owned
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(path: &str, text: &str) -> Tree {
        Tree {
            files: vec![File::new(path, text)],
            ..Tree::default()
        }
    }

    #[test]
    fn a_permit_is_granted_in_one_place() {
        let code = "let permit = Permit::granted(caller);\n";
        assert_eq!(
            evidence(&tree("crates/engine/src/access.rs", code)).len(),
            0
        );
        assert_eq!(evidence(&tree("crates/testkit/src/lib.rs", code)).len(), 0);
        assert_eq!(evidence(&tree("crates/engine/src/serve.rs", code)).len(), 1);
        assert_eq!(
            evidence(&tree("crates/engine/src/serve.rs", "// Permit::granted\n")).len(),
            0
        );
    }

    #[test]
    fn files_are_read_at_the_edges_and_in_tests() {
        let check = |path: &str, text: &str, problems: usize| {
            assert_eq!(
                files_read(&tree(path, text)).len(),
                problems,
                "{path}: {text}"
            );
        };
        check("crates/policy/src/x.rs", "use std::fs;\n", 1);
        check("crates/policy/src/x.rs", "    fs::read(path)\n", 1);
        check("crates/policy/src/x.rs", "    tokio::fs::read(path)\n", 1);
        check("crates/policy/src/x.rs", "    offs::read(path)\n", 0);
        check(
            "crates/policy/src/x.rs",
            "#[cfg(test)]\nmod tests {\nuse std::fs;\n",
            0,
        );
        check("crates/policy/tests/x.rs", "use std::fs;\n", 0);
        check("crates/artifacts/src/x.rs", "use std::fs;\n", 0);
    }

    #[test]
    fn work_left_for_later_names_its_issue() {
        let word = ["TO", "DO"].concat();
        assert!(leaves_work(&format!("    // {word}: later")));
        assert!(leaves_work(&format!("    f(); // {word}(me): later")));
        assert!(!leaves_work(&format!("    // {word}(#12): later")));
        assert!(!leaves_work(&format!("    f(\"{word}\");")));
        assert!(!leaves_work("    // an escape is `\\uXXXX`"));
    }
}
