//! A policy stands in three places: its file, the registry, its manual page.
//!
//! The file is named after the element: `rate_limit_by_key.rs` holds `rate-limit-by-key`.

use super::Problem;
use super::tree::{File, Tree};

const FOLDER: &str = "crates/policy/src/policies/";
const PAGES: &str = "docs/policies/";
/// Pages that are no policy's manual.
const INDEX: &[&str] = &["README", "index"];

/// The files that hold a policy: those that say its facts.
pub(super) fn policy_files(tree: &Tree) -> impl Iterator<Item = &File> {
    let rust = tree.below(FOLDER, ".rs").filter(|file| !file.is_test());
    rust.filter(|file| {
        file.product()
            .any(|line| line.text.contains(" SPEC: PolicySpec"))
    })
}

/// Every policy file holds the element that it is named after, and is in the registry.
pub(super) fn registered(tree: &Tree) -> Vec<Problem> {
    let registry = tree.file(&format!("{FOLDER}mod.rs"));
    let mut problems = Vec::new();
    for file in policy_files(tree) {
        let module = module(file);
        let entry = format!("{module}::");
        if !registry.is_some_and(|registry| says(registry, &entry)) {
            let message = format!("not in the registry: add its line to {FOLDER}mod.rs");
            problems.push(Problem::new(&file.path, 1, message));
        }
        let element = element(file);
        if !says(file, &format!("\"{element}\"")) {
            let message = format!("holds no element `{element}`: name the file after its element");
            problems.push(Problem::new(&file.path, 1, message));
        }
    }
    problems
}

/// Every policy has its manual page and every page its policy.
pub(super) fn pages(tree: &Tree) -> Vec<Problem> {
    let is_manual = |page: &&File| !INDEX.contains(&page.stem());
    let pages: Vec<_> = tree.below(PAGES, ".md").filter(is_manual).collect();
    let mut problems = Vec::new();
    for file in policy_files(tree) {
        let element = element(file);
        if !pages.iter().any(|page| page.stem() == element) {
            let message = format!("no manual page: write {PAGES}{element}.md");
            problems.push(Problem::new(&file.path, 1, message));
        }
    }
    for page in &pages {
        let stem = page.stem();
        if !policy_files(tree).any(|file| element(file) == stem) {
            let message = format!("no policy is called `{stem}`: rename the page or remove it");
            problems.push(Problem::new(&page.path, 1, message));
        }
    }
    problems
}

/// `rate_limit` for `rate_limit.rs` and for `rate_limit/mod.rs`.
fn module(file: &File) -> &str {
    let path = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.rsplit('/').next().unwrap_or_default()
}

/// What the policy is called in a document.
fn element(file: &File) -> String {
    module(file).replace('_', "-")
}

fn says(file: &File, text: &str) -> bool {
    file.product()
        .any(|line| !line.is_comment() && line.text.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files = files
            .iter()
            .map(|(path, text)| File::new(path, *text))
            .collect();
        let tree = Tree {
            files,
            ..Tree::default()
        };
        let problems = [registered(&tree), pages(&tree)].concat();
        problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.file, problem.message))
            .collect()
    }

    #[test]
    fn file_registry_and_page_agree() {
        let spec = "pub static SPEC: PolicySpec = policy(\"ip-filter\");\n";
        let file = ("crates/policy/src/policies/access/ip_filter.rs", spec);
        let registry = (
            "crates/policy/src/policies/mod.rs",
            "    &access::ip_filter::SPEC,\n",
        );
        let page = ("docs/policies/ip-filter.md", "");
        let index = ("docs/policies/README.md", "");
        let check = |files: &[(&str, &str)], problems: usize| {
            let found = found(files);
            assert_eq!(found.len(), problems, "{found:?}");
        };
        check(&[file, registry, page, index], 0);
        check(&[file, registry], 1);
        check(&[file, page], 1);
        check(&[file, registry, ("docs/policies/cors.md", "")], 2);
        check(
            &[("crates/policy/src/policies/access/ip.rs", spec), registry],
            3,
        );
    }

    #[test]
    fn a_file_beside_the_policies_is_none() {
        assert_eq!(
            found(&[(
                "crates/policy/src/policies/access/window.rs",
                "struct Window;\n"
            )]),
            [""; 0]
        );
    }
}
