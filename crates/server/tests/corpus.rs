//! Configurations that others wrote: a sample folder of APIOps, and policy documents from public
//! repositories. They lie beside the project; where they do not, these tests say so and pass.

#![expect(clippy::disallowed_methods, reason = "the data is files")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use portcullis_testkit::backend::Backend;
use portcullis_testkit::data;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Answer, must};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_portcullis");

/// Numbers that people may want to see, also of a test that passes.
fn say(line: &str) {
    // Nothing is left to say if the terminal is gone.
    drop(writeln!(std::io::stdout(), "{line}"));
}

fn get(gateway: &Gateway, target: &str, fields: &str) -> Answer {
    let head = format!("GET {target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n");
    gateway.connect_tls().ask(format!("{head}{fields}\r\n"))
}

// === The sample folder ===

#[test]
fn the_sample_folder_starts_as_it_is_and_every_api_answers_or_explains_itself() {
    let Some(sample) = data::find("corpus/apiops-sample") else {
        return;
    };
    let gateway = Gateway::builder(PROGRAM).serving(&sample).tls().start();
    for (target, status, says) in [
        ("/basic-api/items", 401, "missing subscription key"),
        ("/revisioned-api/revision", 401, "missing subscription key"),
        (
            "/revisioned-api;rev=2/revision",
            401,
            "missing subscription key",
        ),
        ("/versioned-api/v1/version", 401, "missing subscription key"),
        // Its product is open, so the call gets as far as the filter for 10.0.0.1.
        ("/versioned-api/v2/version", 403, "Forbidden"),
        ("/graphql-api", 503, "a query engine is missing"),
        ("/soap-api", 503, "a WSDL reader is missing"),
        ("/wadl-api/status", 503, "WADL"),
        ("/basic-api/nothing", 404, "Resource not found"),
        ("/nothing", 404, "Resource not found"),
    ] {
        let answer = get(&gateway, target, "");
        assert_eq!(answer.status, status, "{target}: {}", answer.text());
        assert!(answer.text().contains(says), "{target}: {}", answer.text());
        // Its APIs are published with https only.
        assert_eq!(gateway.get(target).status, 404, "{target}");
    }
    gateway.stop();
}

/// A copy that calls `backend`, lets in callers from anywhere, and has keys.
fn edited(sample: &Path, backend: &Backend) -> GatewayBuilder {
    let filter = "<ip-filter action=\"allow\">";
    let edit = |path: &str, text: String| {
        let mut text = text.replace("https://httpbin.org", &backend.url());
        if let Some((before, rest)) = text.split_once(filter)
            && let Some((_, after)) = rest.split_once("</ip-filter>")
        {
            text = format!("{before}{after}");
        }
        match path {
            "subscriptions/subscription1/subscriptionInformation.json" => {
                with_key(&text, "first-key")
            }
            "subscriptions/subscription2/subscriptionInformation.json" => {
                with_key(&text, "file:second.key")
            }
            _ => text,
        }
    };
    let everywhere = "{ \"properties\": { \"scope\": \"/apis\", \"state\": \"active\" } }";
    Gateway::builder(PROGRAM)
        .copy_of(sample, edit)
        .file("second.key", "second-key\n")
        .file(
            "subscriptions/everywhere/subscriptionInformation.json",
            &with_key(everywhere, "third-key"),
        )
        .tls()
}

fn with_key(information: &str, key: &str) -> String {
    let key = format!("\"properties\": {{ \"primaryKey\": \"{key}\",");
    information.replacen("\"properties\": {", &key, 1)
}

/// Keys of the edited copy: of a product, of one API, of all APIs.
const FIRST: &str = "Ocp-Apim-Subscription-Key: first-key\r\n";
const SECOND: &str = "Ocp-Apim-Subscription-Key: second-key\r\n";
const THIRD: &str = "Ocp-Apim-Subscription-Key: third-key\r\n";

/// Target, key, what reaches the backend, and a header that the innermost policy has set.
type Call = (
    &'static str,
    &'static str,
    &'static str,
    (&'static str, &'static str),
);

const CALLS: [Call; 8] = [
    (
        "/basic-api/items",
        FIRST,
        "/items?source=get-items",
        ("traceparent", ""),
    ),
    (
        "/revisioned-api/revision",
        FIRST,
        "/revision",
        ("x-revision", "1"),
    ),
    (
        "/revisioned-api;rev=2/revision",
        FIRST,
        "/revision",
        ("x-revision", "2"),
    ),
    (
        "/revisioned-api;rev=2/revision/details",
        FIRST,
        "/revision/details",
        ("x-api-revision", "2"),
    ),
    (
        "/versioned-api/v1/version",
        FIRST,
        "/version",
        ("x-product", "product1"),
    ),
    (
        "/versioned-api/v2/version",
        "",
        "/version",
        ("x-product", "product2"),
    ),
    // Through no product, so the policy for all APIs runs, and the fragment in it.
    (
        "/versioned-api/v1/version",
        THIRD,
        "/version",
        ("x-sample-environment", "scenario"),
    ),
    (
        "/versioned-api/v1/version",
        THIRD,
        "/version",
        ("x-allowed-client", "10.0.0.1"),
    ),
];

#[test]
fn the_sample_folder_serves_over_tls_once_it_is_given_a_backend_and_keys() {
    let Some(sample) = data::find("corpus/apiops-sample") else {
        return;
    };
    let backend = Backend::echo();
    let gateway = edited(&sample, &backend).start();
    for (target, key, reaches, (name, value)) in CALLS {
        let answer = get(&gateway, target, key);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        let head = backend.last().head;
        assert_eq!(head.target(), reaches, "{target}");
        let is_so = |found| value.is_empty() || found == value;
        assert!(head.field(name).is_some_and(is_so), "{target}: {head:?}");
    }
    let everywhere = get(&gateway, "/versioned-api/v1/version", THIRD);
    assert_eq!(everywhere.field("x-response-source"), Some("scenario"));
    // The key of one API opens that one and no other.
    assert_eq!(get(&gateway, "/basic-api/items", SECOND).status, 200);
    assert_eq!(
        get(&gateway, "/revisioned-api/revision", SECOND).status,
        401
    );
    let body = "a legacy item";
    let answer = gateway.connect_tls().ask(format!(
        "POST /basic-api/items HTTP/1.1\r\nHost: a\r\n{SECOND}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(answer.text(), "a created item");
    assert_eq!(
        backend.last().head.field("x-operation"),
        Some("create-item")
    );
    gateway.stop();
}

// === Policy documents ===

fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = must(std::fs::read_dir(folder))
        .map(|entry| must(entry).path())
        .filter(|path| path.extension().is_some_and(|e| e == "xml"))
        .collect();
    files.sort();
    files
}

fn run(arguments: &[&str], files: &[PathBuf]) -> Output {
    must(Command::new(PROGRAM).args(arguments).args(files).output())
}

/// Whether a place, counted from 1, lies in a text (or just behind a line of it).
fn lies_in(lines: &[&str], line: &Value, column: &Value) -> bool {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap_or(0)).unwrap_or(0);
    let (line, column) = (number(line), number(column));
    let found = line.checked_sub(1).and_then(|line| lines.get(line));
    column > 0 && found.is_some_and(|text| column <= text.chars().count() + 1)
}

#[test]
fn every_document_compiles_or_says_where_it_does_not() {
    let Some(folder) = data::find("corpus/policies") else {
        return;
    };
    let files = documents(&folder);
    let output = run(&["check", "--assume-refs", "--format", "json"], &files);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "{:?}: {said}",
        output.status
    );
    assert!(!said.contains("panicked"), "{said}");
    let texts: BTreeMap<String, String> = files
        .iter()
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    let (mut codes, mut broken, mut warned) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let found: Value = serde_json::from_str(line).unwrap();
        let file = found["file"].as_str().unwrap();
        let lines: Vec<&str> = texts[file].split('\n').collect();
        assert!(lies_in(&lines, &found["line"], &found["column"]), "{line}");
        assert!(
            lies_in(&lines, &found["endLine"], &found["endColumn"]),
            "{line}"
        );
        assert!(!found["message"].as_str().unwrap().is_empty(), "{line}");
        codes.insert(found["code"].as_str().unwrap().to_owned());
        let of = if found["severity"] == "error" {
            &mut broken
        } else {
            &mut warned
        };
        of.insert(file.to_owned());
    }
    for code in &codes {
        let explained = run(&["explain", code], &[]);
        assert!(
            explained.status.success() && !explained.stdout.is_empty(),
            "{code} is not explained"
        );
    }
    assert_eq!(output.status.code() == Some(3), !broken.is_empty());
    say(&format!(
        "{} documents: {} with errors, {} more with warnings, {} kinds of diagnostics",
        files.len(),
        broken.len(),
        warned.difference(&broken).count(),
        codes.len()
    ));
}
