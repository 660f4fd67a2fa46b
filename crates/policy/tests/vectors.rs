//! Expressions from real policies give what .NET gives for them.
//!
//! The vectors lie beside the project; where they are absent the tests say so and pass.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read their data from files"
)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use portcullis_policy::fixture::eval_line;
use portcullis_testkit::data;
use serde_json::{Map, Value as Json};

/// Of the real vectors, at least so many of a thousand must be right.
const FLOOR: usize = 980;

#[test]
fn expressions_of_real_policies_give_what_dotnet_gives() {
    let Some(data) = data::find("vectors") else {
        return;
    };
    let real = score(&data, "real");
    for (name, score) in [("real", &real), ("real_clock", &score(&data, "real_clock"))] {
        println!("{name}: {} of {} right", score.right, score.all);
        for (why, count) in score.commonest_failures() {
            println!("  {count:5}  {why}");
        }
    }
    assert!(
        real.right * 1000 >= FLOOR * real.all,
        "the score has fallen"
    );
}

struct Score {
    all: usize,
    right: usize,
    failures: Vec<String>,
}

impl Score {
    fn commonest_failures(&self) -> Vec<(&str, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for failure in &self.failures {
            *counts.entry(failure).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(why, count)| (Reverse(*count), *why));
        counts.truncate(40);
        counts
    }
}

fn score(data: &std::path::Path, name: &str) -> Score {
    let mut fixtures: HashMap<String, Json> = HashMap::new();
    let mut fixture = |name: &str| -> Result<Json, String> {
        if let Some(known) = fixtures.get(name) {
            return Ok(known.clone());
        }
        let path = data.join("fixtures").join(format!("{name}.json"));
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let read: Json = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        fixtures.insert(name.to_owned(), read.clone());
        Ok(read)
    };
    let vectors = std::fs::read_to_string(data.join(format!("dev/{name}.jsonl"))).unwrap();
    let mut score = Score {
        all: 0,
        right: 0,
        failures: Vec::new(),
    };
    for line in vectors.lines() {
        let vector: Json = serde_json::from_str(line).unwrap();
        let result = eval_line(&vector, &mut fixture);
        score.all += 1;
        if is_right(&vector, &result) {
            score.right += 1;
        } else {
            score.failures.push(failure(&vector, &result));
        }
    }
    score
}

fn failure(vector: &Json, result: &Json) -> String {
    let text = |path: &str| {
        result
            .pointer(path)
            .and_then(Json::as_str)
            .map(str::to_owned)
    };
    if let Some(message) = text("/compile_error/message") {
        return format!("does not compile: {message}");
    }
    match text("/error/message") {
        Some(message) => format!("throws: {message}"),
        None => format!("wrong: {}", vector["id"]),
    }
}

// === The tolerant comparison ===

fn is_right(vector: &Json, result: &Json) -> bool {
    let expect = &vector["expect"];
    if expect.get("compile_error").is_some() {
        return result.get("compile_error").is_some();
    }
    if let Some(error) = expect.get("error") {
        let last = |error: &Json| {
            let name = error["type"].as_str().unwrap_or_default().to_owned();
            name.rsplit(['.', '+'])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        return result
            .get("error")
            .is_some_and(|thrown| last(thrown) == last(error));
    }
    if result.get("error").is_some() || result.get("compile_error").is_some() {
        return false;
    }
    let by_type = vector["message_dependent"] == Json::Bool(true);
    same(expect, result) || (by_type && type_of(expect) == type_of(result))
}

const OPAQUE: &[&str] = &["IResponse", "IRequest", "IMessageBody", "Authorization"];

fn same(expect: &Json, got: &Json) -> bool {
    let ty = type_of(expect);
    if ty != type_of(got) {
        return false;
    }
    if OPAQUE.contains(&ty.as_str()) {
        return true;
    }
    if let (Some(a), Some(b)) = (expect.get("value_utf16"), got.get("value_utf16")) {
        return a == b;
    }
    let (a, b) = (&expect["value"], &got["value"]);
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_item(a, b))
        }
        (Json::Object(a), Json::Object(b)) if ty == "anonymous" => same_members(a, b),
        (Json::String(a), Json::String(b)) if matches!(ty.as_str(), "double" | "float") => {
            match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => {
                    a.partial_cmp(&b).is_some_and(Ordering::is_eq) || (a.is_nan() && b.is_nan())
                }
                _ => a == b,
            }
        }
        _ => a == b,
    }
}

/// An item of a sequence, or an entry of a dictionary.
fn same_item(a: &Json, b: &Json) -> bool {
    match (a.get("key"), b.get("key")) {
        (Some(x), Some(y)) => same(x, y) && same(&a["value"], &b["value"]),
        _ => same(a, b),
    }
}

fn same_members(a: &Map<String, Json>, b: &Map<String, Json>) -> bool {
    a.keys().eq(b.keys()) && a.iter().all(|(name, value)| same(value, &b[name]))
}

const SEQUENCES: &[&str] = &[
    "IEnumerable<",
    "List<",
    "IOrderedEnumerable<",
    "IList<",
    "ICollection<",
    "IReadOnlyList<",
    "IReadOnlyCollection<",
    "JEnumerable<",
    "ReadOnlyCollection<",
    "IGrouping<",
];

fn type_of(value: &Json) -> String {
    let ty = value["type"].as_str().unwrap_or_default().replace(' ', "");
    if let Some(name) = ty.strip_prefix("enum:") {
        return format!("enum:{}", name.rsplit('.').next().unwrap_or_default());
    }
    let is_sequence = SEQUENCES.iter().any(|start| ty.starts_with(start));
    if is_sequence || (ty.ends_with("[]") && ty != "byte[]") || ty.ends_with("Collection") {
        return "sequence".to_owned();
    }
    match ty.strip_prefix("System.") {
        Some(rest) if !ty.contains('<') => rest.rsplit('.').next().unwrap_or_default().to_owned(),
        _ => ty,
    }
}
