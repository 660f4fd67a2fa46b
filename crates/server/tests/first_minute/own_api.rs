//! `portcullis new` and `portcullis key`: somebody's own API, from its description to a first call.

use std::fs;
use std::path::Path;

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::Gateway;
use tempfile::TempDir;

use super::description::{PUBLIC, Public};
use super::{PROGRAM, Ran, as_text, ends_with, with};

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
        assert!(
            ran.stderr.contains("and in another terminal"),
            "{}",
            ran.stderr
        );
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
