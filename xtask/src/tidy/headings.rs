//! What a file must open with.

use super::Problem;
use super::tree::{File, Tree};

/// The headings of a policy's manual page, which is its module doc, in their order.
const POLICY: &[&str] = &[
    "What it does",
    "Where it may stand",
    "Attributes and elements",
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

/// Every policy's module doc has the headings of a manual page, and no others.
pub(super) fn policies(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in super::registry::policy_files(tree) {
        let lines = file.lines();
        let headings: Vec<_> = lines
            .filter_map(|l| l.text.strip_prefix("//! # "))
            .collect();
        if headings != POLICY {
            let message = format!(
                "the headings of the module doc are not {}",
                POLICY.join(", ")
            );
            problems.push(Problem::new(&file.path, 1, message));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_all_headings_in_order() {
        let check = |headings: &[&str], problems: usize| {
            let doc = headings.join("\n//! # ");
            let text = format!("//! # {doc}\nconst SPEC: PolicySpec = x;\n");
            let file = File::new("crates/policy/src/policies/access/ip_filter.rs", text);
            let tree = Tree {
                files: vec![file],
                ..Tree::default()
            };
            assert_eq!(policies(&tree).len(), problems, "{headings:?}");
        };
        check(POLICY, 0);
        check(&POLICY[1..], 1);
        check(&[POLICY, &["Notes"]].concat(), 1);
        let mut turned = POLICY.to_vec();
        turned.reverse();
        check(&turned, 1);
    }
}
