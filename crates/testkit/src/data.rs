//! Test data that is not ours: corpora and golden results that lie beside the project.
//!
//! The tests of `expr`, which may wait for nothing else of ours, include this file by its path: it
//! uses the standard library alone.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the data lies if nothing else is said: `shared`, beside the checkout.
const BESIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");

/// A path among the data that `PORTCULLIS_TESTDATA` names; where it is absent the test says so here
/// and passes.
#[expect(
    clippy::disallowed_methods,
    reason = "where the data lies is told by the environment"
)]
pub fn find(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PORTCULLIS_TESTDATA").unwrap_or_else(|| BESIDE.into());
    let found = Path::new(&root).join(path);
    if found.exists() {
        return Some(found);
    }
    // Not through `println!`, which a test that passes does not show.
    drop(writeln!(std::io::stdout(), "SKIPPED 1 (data absent)"));
    None
}
