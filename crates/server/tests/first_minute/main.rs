//! What a newcomer does first, with the program as it is built: `try`, an API of their own by `new`,
//! `key`, and the exit codes that scripts rely on.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read what commands wrote, and fail by panicking"
)]

mod description;
mod own_api;
mod travel;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use portcullis_policy::policies::{Compile, POLICIES};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_portcullis");

/// How a command ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(arguments: &[&str]) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(PROGRAM).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: status.code().unwrap(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

fn ends_with(code: i32, arguments: &[&str]) -> Ran {
    let ran = run(arguments);
    assert_eq!(
        ran.code, code,
        "{arguments:?}\n{}{}",
        ran.stdout, ran.stderr
    );
    ran
}

fn as_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn with(key: &str) -> String {
    format!("Ocp-Apim-Subscription-Key: {key}\r\n")
}

#[test]
fn exit_codes_tell_scripts_what_happened() {
    let scratch = TempDir::new().unwrap();
    let wrong = scratch.path().join("wrong.xml");
    fs::write(&wrong, "<policies><inbuond /></policies>").unwrap();
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&[], 64),
        (&["gatway"], 64),
        (&["gateway"], 64),
        (&["gateway", "--artifacts", "/nonexistent"], 1),
        (&["check", "/nonexistent"], 1),
        (&["check", as_text(&wrong)], 3),
        (&["explain", "--list"], 0),
        (&["explain", "A0001"], 0),
        (&["explain", "SubscriptionKeyNotFound"], 0),
        (&["explain", "R0001"], 1),
        (
            &[
                "key",
                "seal",
                "--file",
                "/nonexistent",
                "--key",
                "primaryKey",
            ],
            1,
        ),
    ] {
        ends_with(code, arguments);
    }
}

#[test]
fn every_code_that_a_check_prints_can_be_explained() {
    let scratch = TempDir::new().unwrap();
    let wrong = scratch.path().join("wrong.xml");
    fs::write(&wrong, "<policies><inbuond /></policies>").unwrap();
    let checked = ends_with(3, &["check", "--format", "json", as_text(&wrong)]);
    let diagnostic: serde_json::Value =
        serde_json::from_str(checked.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&diagnostic["line"], &diagnostic["column"]),
        (&1.into(), &12.into()),
        "{diagnostic}"
    );
    let code = diagnostic["code"].as_str().unwrap();
    let explained = ends_with(0, &["explain", code]);
    assert!(
        explained.stdout.contains("To mend it:"),
        "{}",
        explained.stdout
    );
}

#[test]
fn the_readme_names_the_policies_that_run_and_no_others() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let (_, list) = readme.split_once("- **Policies**:").unwrap();
    let (list, _) = list.split_once(". Each has a page").unwrap();
    let named: BTreeSet<&str> = list.split('`').skip(1).step_by(2).collect();
    let run = POLICIES
        .iter()
        .filter(|policy| matches!(policy.compile, Compile::Ready(_)));
    let run: BTreeSet<&str> = run.map(|policy| policy.spec.element()).collect();
    assert_eq!(named, run);
}

#[test]
fn a_check_reads_the_settings_of_the_folder_as_the_gateway_does() {
    let scratch = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let file = scratch.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write(
        "apis/open/apiInformation.json",
        r#"{"properties":{"displayName":"o","path":"o","serviceUrl":"http://127.0.0.1:1","subscriptionRequired":false}}"#,
    );
    write(
        "apis/open/specification.yaml",
        "openapi: 3.0.0\ninfo: {title: o}\npaths: {/a: {get: {operationId: get}}}\n",
    );
    let folder = as_text(scratch.path());
    let open = ends_with(0, &["check", folder]);
    assert!(open.stderr.contains("open operations"), "{}", open.stderr);
    write(
        "portcullis.toml",
        "[security]\nopen_operations = \"deny\"\n",
    );
    let denied = ends_with(0, &["check", folder]);
    assert!(
        denied.stderr.contains("answers 503: open"),
        "{}",
        denied.stderr
    );
    write("portcullis.toml", "[security]\nopen_operation = \"deny\"\n");
    let wrong = ends_with(3, &["check", folder]);
    let place = "portcullis.toml:2:1: error[C0002]: unknown key `security.open_operation`";
    assert!(wrong.stdout.contains(place), "{}", wrong.stdout);
    assert!(wrong.stderr.contains("1 error, "), "{}", wrong.stderr);
    // A path in the file begins at the folder.
    write(
        "portcullis.toml",
        "[security]\nsealing_key_file = \"seal.key\"\n",
    );
    let absent = ends_with(1, &["check", folder]);
    let path = scratch.path().join("seal.key");
    assert!(absent.stderr.contains(as_text(&path)), "{}", absent.stderr);
    ends_with(0, &["key", "new-sealing-key", as_text(&path)]);
    ends_with(0, &["check", folder]);
}

#[test]
fn what_is_written_wrong_on_the_command_line_is_told_with_a_way_out() {
    let scratch = TempDir::new().unwrap();
    let description = scratch.path().join("openapi.yaml");
    fs::write(&description, "openapi: 3.0.0").unwrap();
    for (arguments, code, said) in [
        (
            &["check", as_text(&description)][..],
            1,
            "is neither a folder nor an `.xml` file",
        ),
        (
            &["gateway", "--artifacts", "x", "--listen", "localhost:8080"],
            64,
            "an address is written `127.0.0.1:8080`",
        ),
        (
            &["try", "--listen", "0.0.0.0:0"],
            1,
            "must be a loopback address",
        ),
        (
            &["expr", "eval", "@(1)", "--fixtures", "x"],
            64,
            "cannot be used with '--fixtures",
        ),
        (
            &["expr", "eval", "@(1)", "--batch", "x", "--fixtures", "x"],
            64,
            "cannot be used with",
        ),
    ] {
        let ran = ends_with(code, arguments);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn the_help_of_every_command_shows_examples() {
    for command in [
        &["try"][..],
        &["new"],
        &["gateway"],
        &["check"],
        &["explain"],
        &["expr"],
        &["expr", "eval"],
        &["key"],
        &["key", "new"],
        &["key", "new-sealing-key"],
        &["key", "seal"],
        &["docs"],
    ] {
        let help = ends_with(0, &[command, &["--help"]].concat());
        let example = format!("\n  portcullis {}", command[0]);
        assert!(
            help.stdout.contains(&example),
            "{command:?}\n{}",
            help.stdout
        );
    }
}

#[test]
fn the_calls_on_the_page_about_expressions_give_what_it_says() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/expressions.md");
    let page = fs::read_to_string(page).unwrap();
    let scratch = TempDir::new().unwrap();
    let context = scratch.path().join("request.json");
    let (_, rest) = page.split_once("```json\n").unwrap();
    fs::write(&context, rest.split_once("```").unwrap().0).unwrap();
    let mut lines = page.lines();
    let mut calls = 0;
    while let Some(line) = lines.next() {
        let Some(call) = line.strip_prefix("$ portcullis expr eval ") else {
            continue;
        };
        let (options, expression) = call.split_once('\'').unwrap();
        let mut arguments = vec!["expr", "eval"];
        arguments.extend(options.split_whitespace().map(|option| match option {
            "request.json" => as_text(&context),
            other => other,
        }));
        arguments.push(expression.trim_end_matches('\''));
        let printed = ends_with(0, &arguments).stdout;
        assert_eq!(printed.trim_end(), lines.next().unwrap(), "{line}");
        calls += 1;
    }
    assert_eq!(calls, 5);
}
