//! Runs the golden results of expressions and counts how many come out the same.

#![allow(missing_docs, reason = "a test")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints its score"
)]

#[path = "../../testkit/src/data.rs"]
#[expect(unreachable_pub, reason = "it is public where it is at home")]
mod data;
mod fixture;

use std::collections::HashMap;
use std::path::Path;

use portcullis_expr::{Exception, Form, Limits, NoKeys, Severity, compile, render};
use serde_json::{Value as Json, json};

use fixture::{Fixture, Table, compare, overlay};

/// A file of vectors and how many of them must pass.
struct Suite {
    file: &'static str,
    floor: usize,
}

const SUITES: &[Suite] = &[
    Suite {
        file: "real",
        floor: 3721,
    },
    Suite {
        file: "systematic",
        floor: 1873,
    },
    Suite {
        file: "real_clock",
        floor: 73,
    },
    Suite {
        file: "compile_errors",
        floor: 147,
    },
    Suite {
        file: "compile_errors_real",
        floor: 4,
    },
];

#[expect(
    clippy::disallowed_methods,
    reason = "tests read their data from the disk"
)]
fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

#[test]
fn gives_the_golden_results() {
    let Some(data) = data::find("vectors") else {
        return;
    };
    let table = Table::new();
    let mut fixtures = HashMap::new();
    let mut below = Vec::new();
    for suite in SUITES {
        let text = read(&data.join(format!("dev/{}.jsonl", suite.file))).unwrap();
        let (mut passed, mut failed) = (0, 0);
        for line in text.lines() {
            let vector: Json = serde_json::from_str(line).unwrap();
            let result = run(&table, &mut fixtures, &data, &vector);
            if compare::passes(&vector, &result) {
                passed += 1;
            } else {
                failed += 1;
                report(suite.file, &vector, &result);
            }
        }
        println!("{}: {passed} passed, {failed} failed", suite.file);
        if passed < suite.floor {
            below.push(format!("{}: {passed} < {}", suite.file, suite.floor));
        }
    }
    assert!(below.is_empty(), "{below:?}");
}

fn run(table: &Table, fixtures: &mut HashMap<String, Json>, data: &Path, vector: &Json) -> Json {
    let form = match vector["kind"].as_str() {
        Some("block") => Form::Block,
        _ => Form::Expression,
    };
    let text = vector["expr"].as_str().unwrap();
    let compiled = compile(text, form, &table.surface, &mut NoKeys);
    let Some(program) = compiled.program else {
        let errors = compiled
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error);
        let codes: Vec<_> = errors.clone().map(|p| p.code).collect();
        let messages: Vec<_> = errors.map(|p| p.message.as_str()).collect();
        return json!({ "compile_error": { "codes": codes, "messages": messages } });
    };
    let name = vector["fixture"].as_str().unwrap_or("get-plain");
    let mut description = fixtures
        .entry(name.to_owned())
        .or_insert_with(|| {
            let text = read(&data.join(format!("fixtures/{name}.json"))).unwrap();
            serde_json::from_str(&text).unwrap()
        })
        .clone();
    if let Some(change) = vector.get("with") {
        overlay(&mut description, change);
    }
    let mut host = Fixture::new(table, description);
    let outcome = program
        .run(&mut host, &Limits::default())
        .and_then(|value| render::json(&value, &mut host, &table.surface));
    match outcome {
        Ok(line) => serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line}: {e}")),
        Err(exception) => json!({ "error": error(&exception) }),
    }
}

fn error(exception: &Exception) -> Json {
    json!({
        "type": exception.type_name(),
        "message": exception.message().to_str(),
        "inner": exception.inner().map(Exception::type_name),
    })
}

/// Shows what differs.
fn report(file: &str, vector: &Json, result: &Json) {
    println!(
        "FAIL {file} {}\n  {}\n  want {}\n  got  {result}",
        vector["id"].as_str().unwrap_or_default(),
        vector["expr"],
        vector["expect"],
    );
}
