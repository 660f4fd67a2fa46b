//! Backends that break the protocol, by malice or by mistake. Whatever one sends, its client gets one
//! well-formed answer or an unmistakable end, and nobody else gets any of it.

use answers::{Case, POISON, Verdict, ok};
use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Answer, Framing, Piece, To, Wire};

mod answers;
mod handshakes;
mod policies;
mod timing;

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

fn request(method: &str, target: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: a.example\r\n\r\n")
}

/// A backend that answers a request for `/0`, `/1` … with the case of that number, and any other well.
fn serving(cases: &[Case]) -> Backend {
    let answers: Vec<(Vec<u8>, Then)> = cases.iter().map(|c| (c.bytes.clone(), c.then)).collect();
    Backend::start(move |call| {
        let number = call.head.target().trim_start_matches('/').parse::<usize>();
        if let Some((bytes, then)) = number.ok().and_then(|number| answers.get(number)) {
            call.send(bytes);
            return *then;
        }
        call.send(ok("Content-Length: 6\r\nX-Mine: 1", "honest"));
        Then::Keep
    })
}

/// What came of a request.
#[derive(Debug)]
enum Came {
    Whole(Answer),
    /// The connection ended before an answer that ends.
    Broken,
}

/// Reads an answer as far as it comes.
fn read(wire: &mut Wire, to: To) -> Came {
    let Ok(Some(head)) = wire.try_head() else {
        return Came::Broken;
    };
    let mut framing = head.answer_framing(to);
    assert_ne!(
        framing,
        Framing::UntilClose,
        "an answer without an end: {head:?}"
    );
    let mut body = Vec::new();
    loop {
        match wire.try_piece(&mut framing) {
            Ok(Piece::Data(data)) => body.extend(data),
            Ok(Piece::End(trailers)) => {
                return Came::Whole(Answer {
                    status: head.status(),
                    head,
                    body,
                    trailers,
                });
            }
            Err(_) => return Came::Broken,
        }
    }
}

/// Whether an answer is the backend's honest one, with nothing of another.
fn check_honest(name: &str, answer: &Answer) {
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (200, "honest"),
        "after {name}"
    );
    assert_eq!(
        answer.field("x-mine"),
        Some("1"),
        "after {name}: {answer:?}"
    );
    assert!(!answer.head.has("set-cookie"), "after {name}: {answer:?}");
}

fn check(case: &Case, came: &Came) {
    let name = case.name;
    match (came, &case.verdict) {
        (Came::Broken, Verdict::CutOff) => {}
        (Came::Whole(answer), Verdict::Passed(status, body)) => {
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (*status, *body),
                "{name}"
            );
            assert!(answer.trailers.is_empty(), "{name}: {answer:?}");
            check_clean(name, answer);
        }
        (Came::Whole(answer), Verdict::Fault) => {
            assert_eq!(answer.status, 500, "{name}: {}", answer.text());
            assert!(
                answer.text().contains("activityId"),
                "{name}: {}",
                answer.text()
            );
            check_clean(name, answer);
        }
        (came, verdict) => assert_eq!(format!("{came:?}"), format!("{verdict:?}"), "{name}"),
    }
}

/// One way to find the end of an answer, and no line that another answer hides in.
fn check_clean(name: &str, answer: &Answer) {
    let lengths = answer.head.all("content-length").len();
    let codings = answer.head.all("transfer-encoding").len();
    let expected = usize::from(!matches!(answer.status, 204 | 304));
    assert_eq!(lengths + codings, expected, "{name}: {answer:?}");
    assert!(
        !format!("{answer:?}").contains(POISON),
        "{name}: {answer:?}"
    );
}

fn run(cases: &[Case]) {
    let backend = serving(cases);
    let gateway = builder().api("root", &backend.url()).start();
    for (number, case) in cases.iter().enumerate() {
        let to = if case.method == "HEAD" {
            To::Head
        } else {
            To::Get
        };
        let mut client = gateway.connect();
        client.send(request(case.method, &format!("/{number}")));
        let came = read(&mut client, to);
        check(case, &came);
        // Somebody else, and the same client if it may go on.
        check_honest(case.name, &gateway.get("/honest"));
        if let Came::Whole(answer) = came
            && !answer.head.has("connection")
        {
            check_honest(case.name, &client.ask(request("GET", "/honest")));
        }
    }
    assert_eq!(gateway.metric("portcullis_gateway_bug_total"), 0);
    gateway.stop();
}

#[test]
fn an_answer_that_can_be_read_in_two_ways_is_a_fault_or_breaks_off() {
    run(&answers::lengths());
    run(&answers::codings());
    run(&answers::chunks());
}

#[test]
fn trailers_bring_nothing_into_an_answer_that_belongs_into_its_head() {
    run(&answers::trailers());
}

#[test]
fn a_head_that_is_none_is_a_fault() {
    run(&answers::heads());
    run(&answers::status_lines());
}

#[test]
fn an_answer_without_a_body_and_one_too_many_reach_nobody_else() {
    run(&answers::statuses());
}
