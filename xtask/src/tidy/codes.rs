//! Every stable code is listed, and every reason of a refusal is one, so that `portcullis explain` can
//! find it.

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

/// Where faults are raised.
const RAISING: [&str; 3] = [
    "crates/engine/src/",
    "crates/gateway/src/",
    "crates/policy/src/",
];

/// Where words in this form are names of .NET and of fixtures.
const NOT_RAISING: [&str; 2] = ["crates/policy/src/scheme/", "crates/policy/src/fixture/"];

const REASONS: &str = "crates/model/src/code/refusal.rs";

/// Every reason that a fault is raised with is explained.
pub(super) fn reasons(tree: &Tree) -> Vec<Problem> {
    let explained: Vec<&str> = tree
        .below(REASONS, "")
        .flat_map(File::product)
        .filter_map(|line| line.text.trim().strip_prefix("id: \"")?.strip_suffix("\","))
        .collect();
    let mut problems = Vec::new();
    for file in RAISING.iter().flat_map(|room| tree.below(room, ".rs")) {
        let raises =
            |text: &str| text.contains("Fault::new(") || text.contains("Fault::forbidden(");
        let is_named_only = NOT_RAISING.iter().any(|room| file.path.starts_with(room));
        if is_named_only || !file.product().any(|line| raises(line.text)) {
            continue;
        }
        let mut after_kind = false;
        for line in file.product() {
            // Every second part stands between quotes.
            let quoted = line.text.split('"').skip(1).step_by(2);
            let is_alone = after_kind && line.text.trim().starts_with('"');
            for reason in quoted.filter(|text| is_name(text, if is_alone { 1 } else { 2 })) {
                if !explained.contains(&reason) {
                    let message = format!("the reason `{reason}` is not explained in {REASONS}");
                    problems.push(Problem::new(&file.path, line.number, message));
                }
            }
            after_kind = line.text.contains("FaultKind::");
        }
    }
    problems
}

/// Whether it is so many words or more, each with a capital and nothing between them.
fn is_name(text: &str, words: usize) -> bool {
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (words..text.len()).contains(&capitals)
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

    #[test]
    fn a_reason_that_is_not_explained_is_found() {
        let explained = "pub const A: Code = Code(&Entry {\n    id: \"KnownReason\",\n});\n";
        let raised = "fn f() {\n    Fault::new(kind, \"KnownReason\", \"Some words\");\n    \
                      Fault::new(\n        FaultKind::Late,\n        \"Late\",\n        why,\n    );\n    \
                      refuse(\"OtherReason\")\n}\n";
        let named = "fn f() {\n    member(\"DateTime\")\n}\n";
        let files = vec![
            File::new(REASONS, explained),
            File::new("crates/engine/src/x.rs", raised),
            File::new("crates/engine/src/y.rs", named),
        ];
        let found = reasons(&Tree {
            files,
            ..Tree::default()
        });
        let problem = |line, reason| {
            let message = format!("the reason `{reason}` is not explained in {REASONS}");
            Problem::new("crates/engine/src/x.rs", line, message)
        };
        assert_eq!(found, [problem(5, "Late"), problem(8, "OtherReason")]);
    }
}
