//! What `docs/defaults.md` and `docs/failure-semantics.md` say is so: every default that they name, and
//! every test.
#![expect(clippy::disallowed_methods, reason = "pages and sources are files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use portcullis_testkit::wire::must;

/// Settings that decide nothing about security.
const HARMLESS: [&str; 9] = [
    "listen.certificate_file",
    "listen.key_file",
    "runtime.cores",
    "artifacts.watch",
    "log.access",
    "log.level",
    "deployment.service_name",
    "deployment.region",
    "deployment.gateway_id",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(name: &str) -> String {
    must(fs::read_to_string(root().join("docs").join(name)))
}

/// The cells of every row of the page's tables that begins with code, without its backquotes.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ").map(str::trim);
        cells.map(|cell| cell.trim_matches('`')).collect()
    })
    .collect()
}

fn section<'p>(page: &'p str, title: &str) -> &'p str {
    let from = page.find(&format!("\n## {title}\n"));
    let (_, section) = page.split_at(must(from.ok_or("no such section")) + 1);
    section.split("\n## ").next().unwrap_or_default()
}

/// Every Rust file below `crates`.
fn sources() -> Vec<String> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in must(fs::read_dir(folder)) {
            let path = must(entry).path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                sources.push(must(fs::read_to_string(path)));
            }
        }
    }
    sources
}

/// The names of all tests.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources() {
        for after in source.split("#[test]").skip(1) {
            let name = after.split_once("fn ").and_then(|(_, f)| f.split_once('('));
            names.extend(name.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

#[test]
fn every_default_of_security_is_on_the_page_and_as_it_says() {
    let (defaults, configuration) = (page("defaults.md"), page("configuration.md"));
    let said: BTreeMap<&str, &str> = rows(section(&defaults, "Settings"))
        .iter()
        .filter_map(|row| Some((*row.first()?, *row.get(1)?)))
        .filter(|(key, _)| key.contains('.'))
        .collect();
    let mut settings = BTreeMap::new();
    for section in configuration.split("\n## `[").skip(1) {
        let (name, section) = section.split_once("]`").unwrap_or_default();
        let section = section.split("\n## ").next().unwrap_or_default();
        for row in rows(section).iter().skip(1) {
            if let [key, _, default, ..] = row.as_slice() {
                let default = if *default == "none" { "–" } else { default };
                settings.insert(format!("{name}.{key}"), default.to_owned());
            }
        }
    }
    settings.retain(|key, _| !HARMLESS.contains(&key.as_str()));
    assert!(settings.len() > 30);
    for (key, default) in &settings {
        assert_eq!(said.get(key.as_str()), Some(&default.as_str()), "{key}");
    }
    let unknown = said.keys().find(|key| !settings.contains_key(**key));
    assert_eq!(unknown, None, "it is no setting");
    for row in rows(section(&defaults, "Constants")).iter().skip(1) {
        let [name, value, file, ..] = row.as_slice() else {
            panic!("{row:?}");
        };
        let source = must(fs::read_to_string(root().join("crates").join(file)));
        let is_so = source.lines().any(|line| {
            let constant = line.split_once(&format!("const {name}: "));
            constant.is_some_and(|(_, rest)| rest.ends_with(&format!("= {value};")))
        });
        assert!(is_so, "`{name}` is not `{value}` in {file}");
    }
}

#[test]
fn every_test_that_is_named_is_there() {
    let tests = tests();
    let defaults = page("defaults.md");
    let failures = page("failure-semantics.md");
    for page in [section(&defaults, "What always holds"), &failures] {
        let rows = rows(page);
        assert!(rows.len() > 10);
        for test in rows.iter().filter_map(|row| row.last()) {
            assert!(*test == "test" || tests.contains(*test), "no test `{test}`");
        }
    }
}
