//! What a file must open with.

use super::Problem;
use super::tree::{File, Tree};

/// The headings of a policy's manual page, which is its module doc.
const POLICY: &[&str] = &[
    "What it does",
    "Where it may stand",
    "Example",
    "Differences from Azure",
    "Failure",
];

/// Every crate opens with the one sentence that says what happens in it.
pub(super) fn crates(tree: &Tree) -> Vec<Problem> {
    let root =
        |file: &&File| file.path.ends_with("src/lib.rs") || file.path.ends_with("src/main.rs");
    let silent = tree.rust().filter(root).filter(|file| {
        let first = file.lines().find(|line| !line.text.trim().is_empty());
        first.is_some_and(|line| !line.text.starts_with("//! "))
    });
    let message = "a crate opens with one sentence that says what happens in it (`//! …`)";
    silent
        .map(|file| Problem::new(&file.path, 1, message))
        .collect()
}

/// Every policy's module doc has the headings of a manual page.
pub(super) fn policies(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in super::registry::policy_files(tree) {
        for heading in POLICY {
            let stands = |text: &str| {
                text.strip_prefix("//! #")
                    .is_some_and(|rest| rest.trim_start_matches('#').trim() == *heading)
            };
            if !file.lines().any(|line| stands(line.text)) {
                let message = format!("the module doc misses the heading `//! # {heading}`");
                problems.push(Problem::new(&file.path, 1, message));
            }
        }
    }
    problems
}
