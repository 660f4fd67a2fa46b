//! A policy stands in three places: its file, the registry, its manual page.

use std::collections::BTreeMap;

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
            .any(|line| line.text.contains("const SPEC: PolicySpec"))
    })
}

/// Every policy file is in the registry, and has its manual page; and no page is left over.
pub(super) fn complete(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut elements = BTreeMap::new();
    for file in policy_files(tree) {
        for (element, line) in elements_of(file) {
            elements.insert(element.to_owned(), (file, line));
        }
        if !registered(tree, file) {
            let message = format!("not in the registry: add its line to {FOLDER}mod.rs");
            problems.push(Problem::new(&file.path, 1, message));
        }
    }
    let pages: Vec<_> = tree
        .below(PAGES, ".md")
        .filter(|page| !INDEX.contains(&page.stem()))
        .collect();
    if pages.is_empty() {
        return problems;
    }
    for (element, (file, line)) in &elements {
        if !pages.iter().any(|page| page.stem() == element) {
            let message = format!("`{element}` has no manual page: write {PAGES}{element}.md");
            problems.push(Problem::new(&file.path, *line, message));
        }
    }
    for page in pages
        .iter()
        .filter(|page| !elements.contains_key(page.stem()))
    {
        let message = format!(
            "no policy is called `{}`: rename the page or remove it",
            page.stem()
        );
        problems.push(Problem::new(&page.path, 1, message));
    }
    problems
}

/// The element names that a policy file's facts say, with their lines.
fn elements_of(file: &File) -> impl Iterator<Item = (&str, usize)> {
    file.product().filter_map(|line| {
        let (_, rest) = line.text.split_once("element: \"")?;
        let (element, _) = rest.split_once('"')?;
        Some((element, line.number))
    })
}

/// Whether the registry names the policy's module.
fn registered(tree: &Tree, file: &File) -> bool {
    let module = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
    let module = module.rsplit('/').next().unwrap_or_default();
    let line = format!("{module}::");
    let registry = tree.file(&format!("{FOLDER}mod.rs"));
    registry.is_some_and(|registry| {
        registry
            .product()
            .any(|text| !text.is_comment() && text.text.contains(&line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "const SPEC: PolicySpec = PolicySpec { element: \"ip-filter\" };\n";

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files = files
            .iter()
            .map(|(path, text)| File::new(path, *text))
            .collect();
        let problems = complete(&Tree {
            files,
            ..Tree::default()
        });
        problems
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn file_registry_and_page_agree() {
        let file = ("crates/policy/src/policies/access/ip_filter.rs", POLICY);
        let registry = (
            "crates/policy/src/policies/mod.rs",
            "    &access::ip_filter::ENTRY,\n",
        );
        let page = ("docs/policies/ip-filter.md", "");
        assert_eq!(found(&[file, registry, page]), [""; 0]);
        assert_eq!(
            found(&[file, registry]),
            [""; 0],
            "no page at all: they are not written yet"
        );
        assert_eq!(found(&[file, page]).len(), 1);
        assert_eq!(
            found(&[file, registry, ("docs/policies/cors.md", "")]).len(),
            2
        );
        assert_eq!(
            found(&[file, registry, page, ("docs/policies/README.md", "")]),
            [""; 0]
        );
    }
}
