//! The rules of the repository that no compiler knows: arrows, sizes, headings, words.
//!
//! Each check is a function from the [`tree::Tree`] to its [`Problem`]s, in a file of its own;
//! all problems are printed together, as `file:line: message`.

mod arrows;
mod codes;
mod generated;
mod headings;
mod registry;
mod sizes;
mod tree;
mod words;

use std::fmt;

use anyhow::bail;

use crate::workspace::Workspace;
use tree::Tree;

/// Something that should not be so, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    file: String,
    line: usize,
    message: String,
}

impl Problem {
    fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Every check that needs nothing but the tree.
const CHECKS: &[fn(&Tree) -> Vec<Problem>] = &[
    arrows::dependencies,
    arrows::foreign,
    arrows::manifests,
    codes::listed,
    codes::reasons,
    headings::crates,
    headings::policies,
    registry::pages,
    registry::registered,
    sizes::files,
    sizes::tests,
    sizes::map,
    words::evidence,
    words::files_read,
    words::skipped_tests,
    words::unowned_work,
];

/// Runs every check and prints every problem.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let tree = Tree::read(workspace)?;
    let mut problems: Vec<_> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    // A binary that does not build must not hide what the other checks found.
    let fresh = generated::fresh(workspace);
    problems.extend(fresh.as_ref().ok().into_iter().flatten().cloned());
    problems.sort();
    for problem in &problems {
        println!("{problem}");
    }
    fresh?;
    if !problems.is_empty() {
        bail!("tidy found {} problems", problems.len());
    }
    println!(
        "tidy: {} files, nothing to mend; {}",
        tree.files.len(),
        sizes::summary(&tree)
    );
    Ok(())
}
