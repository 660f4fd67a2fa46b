//! Every stable code is listed, so that `portcullis explain` can find it.

use super::Problem;
use super::tree::{File, Tree};

/// Every code constant stands in the `ALL` of its family.
pub(super) fn listed(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.below("crates/model/src/code/", ".rs") {
        let listed = list(file);
        for line in file.product() {
            let constant = line
                .text
                .strip_prefix("pub const ")
                .and_then(|rest| rest.split_once(": Code ="));
            if let Some((name, _)) = constant
                && !listed.iter().any(|listed| listed == name)
            {
                let message = format!("`{name}` is missing in `ALL` above");
                problems.push(Problem::new(&file.path, line.number, message));
            }
        }
    }
    problems
}

/// The names between the brackets of `ALL`.
fn list(file: &File) -> Vec<String> {
    let text = file
        .product()
        .map(|line| line.text)
        .collect::<Vec<_>>()
        .join("\n");
    let names = text
        .split_once("ALL: &[Code] = &[")
        .and_then(|(_, rest)| rest.split_once(']'));
    let names = names.map_or("", |(names, _)| names);
    names
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_not_listed_is_found() {
        let text = "pub(super) const ALL: &[Code] = &[\n    A,\n    B,\n];\n\n\
                    pub const A: Code = Code(&Entry {\n});\npub const C: Code = Code(&Entry {\n});\n";
        let files = vec![File::new("crates/model/src/code/x.rs", text)];
        let found = listed(&Tree {
            files,
            ..Tree::default()
        });
        let expected = Problem::new(
            "crates/model/src/code/x.rs",
            8,
            "`C` is missing in `ALL` above",
        );
        assert_eq!(found, [expected]);
    }
}
