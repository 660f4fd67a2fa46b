//! `portcullis try`, and the folder that it runs.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use portcullis_testkit::wire::{Answer, Wire, eventually};
use tempfile::TempDir;

use super::{PROGRAM, as_text, ends_with, with};

/// `try` while it serves, and what it printed. It is killed when it is dropped without having ended.
struct Trying {
    program: Child,
    printed: String,
}

impl Trying {
    fn start(more: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("try").args(more);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("Ctrl-C stops everything") {
            assert!(lines.read_line(&mut printed).unwrap() > 0, "{printed}");
        }
        Self { program, printed }
    }

    /// The value of `export NAME=…`.
    fn exported(&self, name: &str) -> &str {
        let (_, after) = self.printed.split_once(&format!("export {name}=")).unwrap();
        after.split_whitespace().next().unwrap()
    }

    /// Asks with a key; `fields` are header lines, each with its line end.
    fn ask(&self, key: &str, line: &str, fields: &str, body: &str) -> Answer {
        let address = self.exported("TRAVEL").strip_prefix("http://").unwrap();
        let (key, length) = (with(self.exported(key)), body.len());
        Wire::plain(address.parse().unwrap()).ask(format!(
            "{line} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n{key}{fields}\r\n{body}"
        ))
    }

    /// As Ctrl-C does it.
    fn interrupt(mut self) {
        let process = self.program.id().to_string();
        let told = Command::new("kill").args(["-INT", &process]).status();
        assert!(told.unwrap().success());
        assert_eq!(self.program.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Trying {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as well.
        drop(self.program.kill());
        drop(self.program.wait());
    }
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

#[test]
fn what_try_prints_can_be_pasted_into_a_shell() {
    let trying = Trying::start(&[]);
    let printed = &trying.printed;
    assert_eq!(printed.matches("\ncurl ").count(), 6, "{printed}");
    // `sh` reads the words for people as comments, and `curl` writes what it is asked to.
    let asked = Command::new("sh").args(["-c", printed]).output().unwrap();
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
    trying.interrupt();
}

/// Who asks what, and what comes back: key, request line, body, status, what the answer says.
type Asked = (&'static str, &'static str, &'static str, u16, &'static str);

const SHOP: &str = "KEY";
const PARTNER: &str = "PARTNER_KEY";
const BOOKING: &str = r#"{"hotel":"Casa do Tejo","nights":2,"channel":"somebody else"}"#;
const ORDER: &str = r#"{"booking":"H-17","euro":89,"card":"4111"}"#;
const DECLINED: &str = r#"{"booking":"H-17","euro":89,"card":"0000"}"#;
const ONCE: &str = "Idempotency-Key: 1\r\n";

const EXAMPLE: [Asked; 12] = [
    (SHOP, "GET /flights/departures/OSL", "", 200, "SK4701"),
    (
        SHOP,
        "GET /flights/fares?from=LIS&to=OSL",
        "",
        200,
        r#""currency":"EUR""#,
    ),
    (
        SHOP,
        "GET /flights/fares?from=LIS&to=OSL&currency=NOK",
        "",
        200,
        r#""currency":"NOK""#,
    ),
    (
        SHOP,
        "GET /flights/fares?from=LIS",
        "",
        404,
        "Resource not found",
    ),
    (SHOP, "GET /flights/seats/TP754", "", 200, "31F"),
    (SHOP, "GET /hotels/rooms/OSL", "", 200, r#""euro": 149.0"#),
    (SHOP, "GET /hotels/rooms/XXX", "", 404, ""),
    (
        SHOP,
        "POST /hotels/bookings",
        BOOKING,
        201,
        r#""channel":"Web shop""#,
    ),
    (
        SHOP,
        "GET /payments/P-1001",
        "",
        401,
        "invalid subscription key",
    ),
    (
        PARTNER,
        "GET /flights/departures/OSL",
        "",
        401,
        "invalid subscription key",
    ),
    (PARTNER, "GET /payments/P-1001", "", 200, "H-17-0001"),
    (
        PARTNER,
        "POST /payments/",
        ORDER,
        400,
        "Send an Idempotency-Key",
    ),
];

#[test]
fn every_operation_of_the_example_does_what_its_comments_say() {
    let trying = Trying::start(&[]);
    for (key, line, body, status, said) in EXAMPLE {
        let answer = trying.ask(key, line, "", body);
        let text = answer.text();
        assert_eq!(answer.status, status, "{line}: {text}");
        assert!(text.contains(said), "{line}: {text}");
        for internal in ["server", "x-powered-by"] {
            assert!(!answer.head.has(internal), "{line}: {internal}");
        }
    }
    let preview = trying.ask(
        SHOP,
        "GET /flights/departures/OSL",
        "X-Preview: yes\r\n",
        "",
    );
    assert!(
        preview.text().contains(r#""version":"next""#),
        "{}",
        preview.text()
    );
    assert_eq!(
        trying.ask(PARTNER, "POST /payments/", ONCE, ORDER).status,
        201
    );
    let pay = || {
        trying
            .ask(PARTNER, "POST /payments/", ONCE, DECLINED)
            .status
    };
    let tried: Vec<u16> = std::iter::repeat_with(pay).take(6).collect();
    assert_eq!(
        tried,
        [402, 402, 402, 402, 402, 429],
        "five declined cards are enough"
    );
    trying.interrupt();
}

#[test]
fn what_is_edited_in_the_folder_counts_at_once() {
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path().join("travel");
    let trying = Trying::start(&["--folder", as_text(&folder)]);
    let edit = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains(from), "{file}");
        fs::write(folder.join(file), text.replace(from, to)).unwrap();
    };
    let switch = "named values/payments-open/namedValueInformation.json";
    edit(switch, "\"true\"", "\"false\"");
    edit(
        "apis/flights/apiInformation.json",
        "\"path\": \"flights\"",
        "\"path\": \"air\"",
    );
    // Asked with what is no key, so that no limit counts it.
    let moved = || {
        trying
            .ask("TRAVEL", "GET /air/departures/OSL", "", "")
            .status
            == 401
    };
    eventually("flights have moved", moved);
    let closed = trying.ask(PARTNER, "GET /payments/P-1001", "", "");
    assert_eq!(closed.status, 503, "{}", closed.text());
    assert!(closed.text().contains("closed for maintenance"));
    trying.interrupt();
}
