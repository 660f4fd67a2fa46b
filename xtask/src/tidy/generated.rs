//! Generated pages say what the binary would write now.

use super::Problem;
use crate::codegen::{self, Page};
use crate::workspace::Workspace;

/// Every page that the binary writes stands in the repository as it would write it.
pub(super) fn fresh(workspace: &Workspace) -> anyhow::Result<Vec<Problem>> {
    let pages = codegen::pages(workspace)?;
    let problem = |page: &Page| {
        let stands = std::fs::read_to_string(workspace.root.join(&page.path)).unwrap_or_default();
        let line = first_difference(&stands, &page.text)?;
        Some(Problem::new(
            &page.path,
            line,
            "stale: run `cargo xtask codegen`",
        ))
    };
    Ok(pages.iter().filter_map(problem).collect())
}

/// The first line, counted from 1, in which two texts differ.
fn first_difference(stands: &str, wanted: &str) -> Option<usize> {
    if stands == wanted {
        return None;
    }
    let same = stands
        .lines()
        .zip(wanted.lines())
        .take_while(|(a, b)| a == b)
        .count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    }
}
