//! What a newcomer does first, with the program as it is built: `try`, an API of their own by `new`,
//! `key`, and the exit codes that scripts rely on.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read what commands wrote, and fail by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use portcullis_policy::policies::{Compile, POLICIES};
use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::Gateway;
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

#[test]
fn the_six_calls_of_try_go_as_announced() {
    let ran = ends_with(0, &["try", "--exercise"]);
    assert!(
        ran.stdout.ends_with("6 of 6 as announced\n"),
        "{}",
        ran.stdout
    );
    for shown in [
        "401 Access Denied",
        "429 Too Many Requests",
        "hotels.internal",
        "\"euro\"",
    ] {
        assert!(ran.stdout.contains(shown), "`{shown}`:\n{}", ran.stdout);
    }
    assert_eq!(ran.stderr, "");
}

#[test]
fn try_keeps_the_folder_that_it_is_given_and_overwrites_nothing() {
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path().join("travel");
    ends_with(0, &["try", "--exercise", "--folder", as_text(&folder)]);
    let checked = ends_with(0, &["check", as_text(&folder)]);
    assert!(
        checked.stderr.contains("0 errors, 0 warnings"),
        "{}",
        checked.stderr
    );
    assert!(
        !checked.stderr.contains("open operations"),
        "{}",
        checked.stderr
    );
    let again = ends_with(1, &["try", "--exercise", "--folder", as_text(&folder)]);
    assert!(again.stderr.contains("is not empty"), "{}", again.stderr);
}

#[test]
fn what_try_prints_can_be_pasted_into_a_shell() {
    let mut program = Command::new(PROGRAM)
        .arg("try")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    let mut lines = BufReader::new(program.stdout.take().unwrap());
    while !printed.contains("Ctrl-C stops everything") {
        assert!(lines.read_line(&mut printed).unwrap() > 0, "{printed}");
    }
    assert_eq!(printed.matches("\ncurl ").count(), 6, "{printed}");
    // `sh` reads the words for people as comments, and `curl` writes what it is asked to.
    let asked = Command::new("sh").args(["-c", &printed]).output().unwrap();
    let answers = String::from_utf8(asked.stdout).unwrap();
    for announced in [
        "HTTP/1.1 200 OK",
        "HTTP/1.1 401 Access Denied",
        "200\n200\n200\n429\n",
        "https://travel.example/hotels/17",
        "access-control-allow-origin: https://shop.travel.example",
        "HTTP/1.1 403 Forbidden",
    ] {
        let found = answers.to_lowercase().contains(&announced.to_lowercase());
        assert!(found, "`{announced}`:\n{printed}\n{answers}");
    }
    let process = program.id().to_string();
    let told = Command::new("kill").args(["-INT", &process]).status();
    assert!(told.unwrap().success());
    assert_eq!(program.wait().unwrap().code(), Some(0));
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
fn the_example_in_the_tree_is_clean() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/travel");
    let checked = ends_with(0, &["check", example]);
    assert!(
        checked.stderr.contains("0 errors, 0 warnings"),
        "{}",
        checked.stderr
    );
    assert!(
        !checked.stderr.contains("answers 503"),
        "{}",
        checked.stderr
    );
}

/// A description as somebody would have it, and a call that its service answers.
struct Public {
    file: &'static str,
    text: &'static str,
    target: &'static str,
    arrives_as: &'static str,
}

const PUBLIC: [Public; 3] = [
    Public {
        file: "petstore.json",
        text: r##"{
            "swagger": "2.0",
            "info": { "title": "Swagger Petstore", "version": "1.0.7" },
            "host": "petstore.example", "basePath": "/v2", "schemes": ["https"],
            "consumes": ["application/json"], "produces": ["application/json"],
            "paths": {
                "/pet/findByStatus": { "get": {
                    "operationId": "findPetsByStatus",
                    "parameters": [ { "name": "status", "in": "query", "required": true, "type": "array",
                        "items": { "type": "string" }, "collectionFormat": "multi" } ],
                    "responses": { "200": { "description": "found",
                        "schema": { "type": "array", "items": { "$ref": "#/definitions/Pet" } } } },
                    "security": [ { "petstore_auth": ["read:pets"] } ] } },
                "/pet/{petId}": {
                    "parameters": [ { "name": "petId", "in": "path", "required": true, "type": "integer" } ],
                    "get": { "operationId": "getPetById",
                        "responses": { "200": { "description": "one", "schema": { "$ref": "#/definitions/Pet" } } } },
                    "delete": { "operationId": "deletePet", "responses": { "400": { "description": "no" } } } } },
            "securityDefinitions": { "petstore_auth": { "type": "oauth2", "flow": "implicit",
                "authorizationUrl": "https://petstore.example/oauth", "scopes": { "read:pets": "read" } } },
            "definitions": { "Pet": { "type": "object", "required": ["name"], "properties": {
                "id": { "type": "integer", "format": "int64" }, "name": { "type": "string", "example": "doggie" },
                "parent": { "$ref": "#/definitions/Pet" } } } }
        }"##,
        target: "/swagger-petstore/pet/7",
        arrives_as: "/base/pet/7",
    },
    Public {
        file: "museum.yaml",
        text: "\
openapi: 3.0.3
info:
  title: Museum — Tickets & Hours
  version: 1.1.0
  license: { name: MIT }
servers:
  - url: https://{region}.museum.example/api
    variables: { region: { default: eu, enum: [eu, us] } }
tags: [{ name: Hours }]
x-internal: &hours
  type: object
  properties:
    open: { type: string, format: time }
paths:
  /hours:
    get:
      tags: [Hours]
      operationId: getHours
      parameters:
        - $ref: '#/components/parameters/Page'
      responses:
        '200':
          description: Hours
          content:
            application/json:
              schema: { type: array, items: *hours }
        default: { $ref: '#/components/responses/Problem' }
  /tickets/{ticketId}/qr:
    get:
      operationId: getQr
      parameters:
        - { name: ticketId, in: path, required: true, schema: { type: string, format: uuid } }
      responses:
        '200': { description: an image, content: { image/png: { schema: { type: string, format: binary } } } }
components:
  parameters:
    Page: { name: page, in: query, schema: { type: integer, default: 1 } }
  responses:
    Problem: { description: a problem, content: { application/problem+json: { schema: { type: object } } } }
",
        target: "/museum-tickets-hours/hours?page=2",
        arrives_as: "/base/hours?page=2",
    },
    Public {
        file: "rockets.json",
        text: r##"{
            "openapi": "3.1.0",
            "info": { "title": "Rockets", "summary": "What flies", "version": "2024-05-01" },
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "paths": {
                "/launches": {
                    "summary": "All launches",
                    "get": { "responses": { "2XX": { "description": "some", "content": { "application/json": {
                        "schema": { "type": ["array", "null"], "items": { "$ref": "#/components/schemas/Launch" } },
                        "examples": { "one": { "value": [ { "id": 1 } ] } } } } } } },
                    "post": { "requestBody": { "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Launch" } } } },
                        "responses": { "201": { "description": "made" } } } } },
            "webhooks": { "launched": { "post": { "responses": { "200": { "description": "thanks" } } } } },
            "components": { "schemas": { "Launch": { "type": "object", "properties": {
                "id": { "type": "integer", "exclusiveMinimum": 0 }, "pad": { "const": "39A" },
                "crew": { "type": "array", "prefixItems": [ { "type": "string" } ] } } } },
                "securitySchemes": { "mtls": { "type": "mutualTLS" } } },
            "security": [ { "mtls": [] } ]
        }"##,
        target: "/rockets/launches",
        arrives_as: "/base/launches",
    },
];

/// Makes a folder in front of a backend; gives it with what the command said.
fn made(scratch: &Path, file: &str, text: &str, backend: &str, more: &[&str]) -> (String, Ran) {
    let description = scratch.join(file);
    fs::write(&description, text).unwrap();
    let folder = as_text(&scratch.join("gateway")).to_owned();
    let from = as_text(&description).to_owned();
    let mut arguments = vec!["new", "--from", &from, "--backend", backend];
    arguments.extend(more);
    arguments.push(&folder);
    let ran = ends_with(0, &arguments);
    (folder, ran)
}

fn key_of(ran: &Ran) -> String {
    let key = ran.stdout.trim().strip_prefix("export KEY=").unwrap();
    assert_eq!(key.len(), 64, "{key}");
    key.to_owned()
}

fn with(key: &str) -> String {
    format!("Ocp-Apim-Subscription-Key: {key}\r\n")
}

#[test]
fn three_public_descriptions_come_to_a_first_200_without_any_xml() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    for Public {
        file,
        text,
        target,
        arrives_as,
    } in PUBLIC
    {
        let scratch = TempDir::new().unwrap();
        let service = format!("{}/base", backend.url());
        let (folder, ran) = made(scratch.path(), file, text, &service, &["--auth", "key"]);
        let key = key_of(&ran);
        let next = format!("portcullis gateway --artifacts {folder}");
        assert!(ran.stderr.contains(&next), "{}", ran.stderr);
        let checked = ends_with(0, &["check", &folder]);
        assert!(
            checked.stderr.contains("0 errors, 0 warnings"),
            "{file}:\n{}",
            checked.stdout
        );
        assert!(
            !checked.stderr.contains("answers 503"),
            "{file}:\n{}",
            checked.stderr
        );

        let gateway = Gateway::builder(PROGRAM)
            .serving(Path::new(&folder))
            .start();
        assert_eq!(gateway.get(target).status, 401, "{file}");
        let answer = gateway.get_with(target, &with(&key));
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "hi"),
            "{file}"
        );
        let arrived = backend.last();
        assert_eq!(arrived.head.target(), arrives_as, "{file}");
        assert!(
            !arrived.head.has("ocp-apim-subscription-key"),
            "the key stays with the gateway"
        );
        gateway.stop();
    }
}

#[test]
fn an_api_without_keys_is_open_and_said_to_be() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let scratch = TempDir::new().unwrap();
    let Public { file, text, .. } = &PUBLIC[2];
    let more = ["--auth", "none", "--path", "/space/v1/"];
    let (folder, ran) = made(scratch.path(), file, text, &backend.url(), &more);
    assert_eq!(ran.stdout, "", "there is no key to show");
    let settings = fs::read_to_string(Path::new(&folder).join("portcullis.toml")).unwrap();
    assert!(
        settings.contains("open_operations = \"warn\""),
        "{settings}"
    );
    let checked = ends_with(0, &["check", &folder]);
    assert!(
        checked.stderr.contains("open operations"),
        "{}",
        checked.stderr
    );
    let gateway = Gateway::builder(PROGRAM)
        .serving(Path::new(&folder))
        .start();
    assert_eq!(gateway.get("/space/v1/launches").status, 200);
    gateway.stop();
}

#[test]
fn new_says_what_is_wrong_and_where() {
    let scratch = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        fs::write(scratch.path().join(name), text).unwrap();
        as_text(&scratch.path().join(name)).to_owned()
    };
    let good = file("good.json", PUBLIC[2].text);
    let broken = file("broken.json", "{\n  \"openapi\": \"3.0.0\",,\n}");
    let idle = file(
        "idle.yaml",
        "openapi: 3.0.0\ninfo: { title: Idle, version: '1' }\npaths: {}\n",
    );
    let dir = as_text(&scratch.path().join("new")).to_owned();
    let service = "http://127.0.0.1:9";
    for (arguments, code, said) in [
        (
            ["--from", &broken, "--backend", service, &dir],
            3,
            "broken.json:2:",
        ),
        (
            ["--from", &idle, "--backend", service, &dir],
            1,
            "describes no operation",
        ),
        (
            ["--from", "nowhere.json", "--backend", service, &dir],
            1,
            "cannot read `nowhere.json`",
        ),
        (
            ["--from", &good, "--backend", "petstore", &dir],
            1,
            "is not the base URL",
        ),
        (
            ["--from", &good, "--auth", "maybe", &dir],
            64,
            "possible values: key, none",
        ),
    ] {
        let ran = ends_with(code, &[&["new"][..], &arguments].concat());
        assert!(ran.stderr.contains(said), "`{said}`:\n{}", ran.stderr);
        assert!(!Path::new(&dir).exists(), "{arguments:?}");
    }
}

#[test]
fn a_key_in_clear_is_sealed_in_place_and_goes_on_working() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let scratch = TempDir::new().unwrap();
    let Public {
        file, text, target, ..
    } = &PUBLIC[2];
    let (folder, _) = made(scratch.path(), file, text, &backend.url(), &[]);
    let information =
        Path::new(&folder).join("subscriptions/rockets-first/subscriptionInformation.json");
    let sealing_key = scratch.path().join("seal.key");
    ends_with(0, &["key", "new-sealing-key", as_text(&sealing_key)]);
    ends_with(1, &["key", "new-sealing-key", as_text(&sealing_key)]);

    let made = ends_with(0, &["key", "new"]).stdout;
    let (key, digest) = made.trim().split_once('\n').unwrap();
    let clear = |extra: &str| {
        format!(
            "{{ \"properties\": {{\n\t\"scope\": \"/products/rockets\",\n\t\"state\": \"active\",\n\t\
             \"primaryKey\": \"{key}\"{extra} }}}}\n"
        )
    };
    fs::write(&information, clear("")).unwrap();
    let checked = ends_with(0, &["check", &folder]);
    let command = "portcullis key seal --file";
    assert!(
        checked.stdout.contains(command),
        "the warning names the command:\n{}",
        checked.stdout
    );

    // Recognisable only.
    let seal = [
        "key",
        "seal",
        "--key",
        "primaryKey",
        "--file",
        as_text(&information),
    ];
    ends_with(0, &seal);
    assert_eq!(
        fs::read_to_string(&information).unwrap(),
        clear("").replace(key, digest)
    );
    assert_opens(&folder, target, key, None);

    // Readable again, for whoever has the sealing key.
    fs::write(&information, clear(", \"displayName\": \"first\"")).unwrap();
    ends_with(
        0,
        &[&seal[..], &["--sealing-key", as_text(&sealing_key)]].concat(),
    );
    let sealed = fs::read_to_string(&information).unwrap();
    assert!(
        sealed.contains("\"sealed:v1.") && !sealed.contains(key),
        "{sealed}"
    );
    assert_opens(&folder, target, key, Some(as_text(&sealing_key)));
}

fn assert_opens(folder: &str, target: &str, key: &str, sealing_key: Option<&str>) {
    let mut builder = Gateway::builder(PROGRAM).serving(Path::new(folder));
    if let Some(file) = sealing_key {
        builder = builder.set("security.sealing_key_file", file);
    }
    let gateway = builder.start();
    assert_eq!(gateway.get_with(target, &with(key)).status, 200);
    assert_eq!(gateway.get_with(target, &with("another")).status, 401);
    gateway.stop();
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
