//! The size budget of files. Functions are clippy's (`too_many_lines`).

use super::Problem;
use super::tree::{File, Role, Tree};

/// From here on a file has to be split, or a decision record says why not.
const FILE: usize = 700;
/// What a file should stay below.
const TARGET: usize = 400;
/// Inline tests beyond this go to a sibling `tests.rs`.
const TESTS: usize = 200;
/// `docs/ARCHITECTURE.md` is a map, not a book.
const MAP: usize = 400;

/// No file is longer than its budget, tests not counted.
pub(super) fn files(tree: &Tree) -> Vec<Problem> {
    let too_long = tree
        .rust()
        .filter(|file| length(file) > FILE && !excused(tree, file));
    let problem = |file: &File| {
        let length = length(file);
        Problem::new(
            &file.path,
            FILE,
            format!(
                "{length} lines without tests, the limit is {FILE}: split it by meaning, or say in docs/decisions why not"
            ),
        )
    };
    too_long.map(problem).collect()
}

/// No inline test module is longer than its budget.
pub(super) fn tests(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.rust().filter(|file| !file.is_test()) {
        let mut tests = file.lines().filter(|line| line.role == Role::Test);
        if let Some(first) = tests.next()
            && tests.count() + 1 > TESTS
        {
            let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
            let message =
                format!("over {TESTS} lines of inline tests: move them to {stem}/tests.rs");
            problems.push(Problem::new(&file.path, first.number, message));
        }
    }
    problems
}

/// The map of the house stays a map.
pub(super) fn map(tree: &Tree) -> Vec<Problem> {
    let path = "docs/ARCHITECTURE.md";
    let length = tree.file(path).map_or(0, |file| file.lines().count());
    if length <= MAP {
        return Vec::new();
    }
    let message = format!("{length} lines, the limit is {MAP}: details belong beside the code");
    vec![Problem::new(path, MAP, message)]
}

/// How many files are over the target, for people to see it grow.
pub(super) fn summary(tree: &Tree) -> String {
    let mut over: Vec<_> = tree.rust().filter(|file| length(file) > TARGET).collect();
    over.sort_by_key(|file| std::cmp::Reverse(length(file)));
    let longest = over
        .iter()
        .take(3)
        .map(|file| format!("{} {}", file.path, length(file)));
    let longest = longest.collect::<Vec<_>>().join(", ");
    match over.len() {
        0 => format!("no file over {TARGET} lines"),
        count => format!("{count} files over {TARGET} lines (longest: {longest})"),
    }
}

fn length(file: &File) -> usize {
    file.product().count()
}

fn excused(tree: &Tree, file: &File) -> bool {
    let mut records = tree.below("docs/decisions/", ".md").flat_map(File::lines);
    records.any(|line| line.text.contains(&file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, product: usize, tests: usize) -> File {
        let mut text = "fn a() {}\n".repeat(product);
        if tests > 0 {
            text += "#[cfg(test)]\nmod tests {\n";
            text += &"fn b() {}\n".repeat(tests.saturating_sub(2));
        }
        File::new(path, text)
    }

    #[test]
    fn budgets_hold_at_their_edges() {
        let check = |product: usize, tests_long: usize, problems: usize| {
            let files = vec![file("crates/a/src/x.rs", product, tests_long)];
            let tree = Tree {
                files,
                ..Tree::default()
            };
            let found = [super::files(&tree), tests(&tree)].concat();
            assert_eq!(found.len(), problems, "{product} + {tests_long}: {found:?}");
        };
        check(700, 200, 0);
        check(701, 0, 1);
        check(10, 201, 1);
    }

    #[test]
    fn a_decision_record_excuses_the_file_that_it_names() {
        let record = File::new(
            "docs/decisions/0009-x.md",
            "Why crates/a/src/x.rs is long.\n",
        );
        let files = vec![file("crates/a/src/x.rs", 800, 0), record];
        assert_eq!(
            super::files(&Tree {
                files,
                ..Tree::default()
            }),
            []
        );
    }
}
