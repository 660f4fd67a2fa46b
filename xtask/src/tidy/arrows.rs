//! Which room may depend on which, and what a manifest may not say.
//!
//! Dev-dependencies are exempt: a test may build on anything. The reasons stand in
//! `docs/decisions/0002-workspace-and-arrows.md`.

use super::Problem;
use super::tree::{File, Tree};
use crate::workspace::Package;

/// What each room may depend on, of ours; rooms that do not stand yet included.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "gateway",
        &[
            "engine", "policy", "http1", "egress", "bundle", "identity", "waf", "model",
        ],
    ),
    (
        "control",
        &[
            "engine",
            "store",
            "spec",
            "artifacts",
            "bundle",
            "identity",
            "egress",
            "analytics",
            "model",
        ],
    ),
    ("api", &["control", "analytics", "model"]),
    ("portal", &["control", "analytics", "model"]),
    ("engine", &["policy", "spec", "model"]),
    ("policy", &["expr", "spec", "model"]),
    ("identity", &["egress", "model"]),
    ("analytics", &["store", "model"]),
    ("artifacts", &["spec", "model"]),
    ("spec", &["model"]),
    ("store", &["model"]),
    ("bundle", &["model"]),
    ("egress", &["model"]),
    ("telemetry", &["model"]),
    ("expr", &[]),
    ("model", &[]),
    ("waf", &[]),
    ("http1", &[]),
    ("xtask", &[]),
];

/// Rooms that only wire: they may depend on every other.
const WIRING: &[&str] = &["server", "testkit"];

/// Rooms that nothing may depend on outside tests.
const OUTERMOST: &[&str] = &["server", "testkit", "xtask"];

/// Rooms that stay silent: `telemetry` may be used by all others.
const SILENT: &[&str] = &["expr", "model", "waf", "http1", "telemetry", "xtask"];

/// What a room may never depend on outside tests, and why.
const NEVER: &[(&str, &[&str], &str)] = &[
    (
        "model",
        &["serde", "serde_json"],
        "a wire format is somebody else's business",
    ),
    ("policy", IO, "a policy gets ports, never sockets"),
    ("engine", IO, "the engine decides requests without sockets"),
    ("expr", IO, "an expression knows nothing of the world"),
    ("http1", IO, "the codec is a state machine without I/O"),
    ("spec", IO, "references are read through a port"),
];

/// Crates that mean sockets, tasks or a database.
const IO: &[&str] = &[
    "hyper",
    "hyper-util",
    "mio",
    "rustls",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-rustls",
];

/// Every dependency between our crates is an arrow of the plan.
pub(super) fn dependencies(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &tree.packages {
        let from = room(&package.name);
        if !WIRING.contains(&from) && arrows(from).is_none() {
            let message = format!("crate `{from}` has no arrows yet: add it to {TABLE}");
            problems.push(at(tree, package, "name =", message));
            continue;
        }
        for to in normal(package).filter_map(|name| name.strip_prefix("portcullis-")) {
            if !allowed(from, to) {
                let message = format!(
                    "`{from}` may not depend on `{to}`: move the code, or decide the arrow anew in {TABLE}"
                );
                problems.push(at(tree, package, &format!("portcullis-{to}"), message));
            }
        }
    }
    problems
}

/// No room depends on what would let it do what it must never do.
pub(super) fn foreign(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &tree.packages {
        let rules = NEVER
            .iter()
            .filter(|(from, ..)| *from == room(&package.name));
        for (from, never, why) in rules {
            for name in normal(package).filter(|name| never.contains(name)) {
                let message = format!("`{from}` may not depend on `{name}`: {why}");
                problems.push(at(tree, package, name, message));
            }
        }
    }
    problems
}

/// Every manifest inherits the lints and offers no features: a feature is a second product.
pub(super) fn manifests(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &tree.packages {
        if let Some(feature) = package.features.keys().next() {
            let message = format!("our crates have no cargo features; remove `{feature}`");
            problems.push(at(tree, package, feature, message));
        }
        let manifest = tree.file(&package.manifest_path.to_string_lossy());
        let mut lines = manifest
            .into_iter()
            .flat_map(File::lines)
            .map(|line| line.text);
        let inherits =
            lines.any(|line| line == "[lints]") && lines.next() == Some("workspace = true");
        if !inherits {
            let message = "the lints are the workspace's: add `[lints]` with `workspace = true`";
            problems.push(at(tree, package, "[lints]", message.to_owned()));
        }
    }
    problems
}

const TABLE: &str = "xtask/src/tidy/arrows.rs";

fn allowed(from: &str, to: &str) -> bool {
    if OUTERMOST.contains(&to) {
        return false;
    }
    WIRING.contains(&from)
        || (to == "telemetry" && !SILENT.contains(&from))
        || arrows(from).is_some_and(|arrows| arrows.contains(&to))
}

fn arrows(from: &str) -> Option<&'static [&'static str]> {
    ARROWS
        .iter()
        .find(|(room, _)| *room == from)
        .map(|(_, arrows)| *arrows)
}

fn room(package: &str) -> &str {
    package.strip_prefix("portcullis-").unwrap_or(package)
}

/// Names of what a package depends on outside its tests.
fn normal(package: &Package) -> impl Iterator<Item = &str> {
    let outside_tests = package
        .dependencies
        .iter()
        .filter(|on| on.kind.as_deref() != Some("dev"));
    outside_tests.map(|on| on.name.as_str())
}

/// A problem at the first line of the manifest that begins so.
fn at(tree: &Tree, package: &Package, begin: &str, message: String) -> Problem {
    let path = package.manifest_path.to_string_lossy();
    let lines = tree.file(&path).into_iter().flat_map(File::lines);
    let line = lines
        .filter(|line| line.text.starts_with(begin))
        .map(|line| line.number)
        .next();
    Problem::new(&path, line.unwrap_or(1), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of one package with these dependencies (`name` or `name dev`).
    fn tree(name: &str, dependencies: &[&str]) -> Tree {
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|dependency| match dependency.split_once(' ') {
                Some((name, kind)) => serde_json::json!({"name": name, "kind": kind}),
                None => serde_json::json!({"name": dependency, "kind": null}),
            })
            .collect();
        let package = serde_json::json!({
            "name": name, "manifest_path": "crates/x/Cargo.toml", "dependencies": dependencies,
        });
        let manifest = "[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n";
        Tree {
            files: vec![File::new("crates/x/Cargo.toml", manifest)],
            packages: vec![serde_json::from_value(package).expect("a package")],
        }
    }

    #[test]
    fn arrows_of_the_plan_pass_and_others_do_not() {
        let check = |name: &str, on: &str, problems: usize| {
            let tree = tree(name, &[on]);
            let found = [dependencies(&tree), foreign(&tree)].concat();
            assert_eq!(found.len(), problems, "{name} -> {on}: {found:?}");
        };
        check("portcullis-engine", "portcullis-policy", 0);
        check("portcullis-engine", "portcullis-gateway", 1);
        check("portcullis-engine", "portcullis-gateway dev", 0);
        check("portcullis-engine", "portcullis-telemetry", 0);
        check("portcullis-expr", "portcullis-telemetry", 1);
        check("portcullis-server", "portcullis-gateway", 0);
        check("portcullis-server", "portcullis-testkit", 1);
        check("portcullis-server", "portcullis-testkit dev", 0);
        check("portcullis-api", "portcullis-store", 1);
        check("portcullis-policy", "hyper", 1);
        check("portcullis-model", "serde", 1);
        check("portcullis-model", "serde dev", 0);
        check("portcullis-attic", "serde", 1);
    }

    #[test]
    fn a_manifest_without_the_lints_or_with_features_is_refused() {
        let mut tree = tree("portcullis-model", &[]);
        assert_eq!(manifests(&tree), []);
        for package in &mut tree.packages {
            package
                .features
                .insert("turbo".to_owned(), serde_json::json!([]));
        }
        tree.files = vec![File::new(
            "crates/x/Cargo.toml",
            "[package]\nname = \"x\"\n",
        )];
        assert_eq!(manifests(&tree).len(), 2);
    }
}
