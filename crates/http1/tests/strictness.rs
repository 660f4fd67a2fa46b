//! Every case, whole and cut at every byte: the same verdict, by the rule it names.

use std::collections::HashSet;

use cases::{Case, Framing, Persistence, Then};
use portcullis_http1::{BodyLength, Refusal};
use reading::{End, Message, Reading, read};

mod cases;
mod reading;

/// Beyond this size a case is not cut at every single byte, only at some.
const LARGE: usize = 2_000;

#[test]
fn every_case_has_its_verdict() {
    for case in cases::all() {
        check(&case, &read([&*case.bytes]));
    }
}

#[test]
fn every_case_has_the_same_verdict_byte_by_byte() {
    for case in cases::all() {
        let whole = read([&*case.bytes]);
        assert_eq!(read(case.bytes.chunks(1)), whole, "{}", case.name);
    }
}

#[test]
fn every_case_has_the_same_verdict_wherever_it_is_cut() {
    for case in cases::all() {
        let whole = read([&*case.bytes]);
        let step = if case.bytes.len() > LARGE { 997 } else { 1 };
        for cut in (1..case.bytes.len()).step_by(step) {
            let (front, back) = case.bytes.split_at(cut);
            assert_eq!(read([front, back]), whole, "{} cut at {cut}", case.name);
        }
    }
}

#[test]
fn there_are_enough_cases_and_each_is_named_once() {
    let cases = cases::all();
    let names: HashSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len());
    let refused = |case: &&Case| matches!(case.then, Then::RefusedHead(_) | Then::RefusedBody(_));
    assert!(cases.iter().filter(refused).count() >= 280);
    assert!(cases.iter().all(|case| case.rule.starts_with("RFC ")));
}

fn check(case: &Case, reading: &Reading) {
    let name = case.name;
    let messages = reading.messages.iter().map(understood).collect::<Vec<_>>();
    let expected = case.taken.iter().map(expected).collect::<Vec<_>>();
    assert_eq!(messages, expected, "{name}");
    match (case.then, &reading.end) {
        (Then::Nothing, End::Between) | (Then::Unfinished, End::Within) => {}
        (Then::RefusedHead(status), End::RefusedHead(refusal))
        | (Then::RefusedBody(status), End::RefusedBody(refusal)) => {
            check_refusal(case, status, refusal);
        }
        (then, end) => assert_eq!(format!("{then:?}"), format!("{end:?}"), "{name}"),
    }
}

fn check_refusal(case: &Case, status: u16, refusal: &Refusal) {
    assert_eq!(
        (refusal.status.as_u16(), refusal.rule),
        (status, case.rule),
        "{}",
        case.name
    );
    let text = refusal.to_string();
    let first = text.chars().next().unwrap_or_default();
    assert!(!text.ends_with('.') && !text.contains('\n'), "{text}");
    // A header or protocol may begin a sentence with the capital it is always written with.
    let is_name = ["Content-", "Transfer-", "HTTP/", "CR", "Connection"];
    assert!(
        first.is_lowercase() || is_name.iter().any(|name| text.starts_with(name)),
        "{text}"
    );
}

/// What a case says of a message, in a form that both sides can take.
type Facts<'a> = (
    &'a str,
    &'a str,
    &'a str,
    Framing,
    Option<u64>,
    &'a [u8],
    Persistence,
);

fn expected(message: &cases::Message) -> Facts<'_> {
    let length = (message.framing == Framing::Length).then_some(message.body.len() as u64);
    (
        message.method,
        message.target,
        message.host,
        message.framing,
        length,
        message.body,
        message.persistence,
    )
}

fn understood(message: &Message) -> Facts<'_> {
    let head = &message.head;
    let (framing, length) = match head.length {
        BodyLength::None => (Framing::None, None),
        BodyLength::Exactly(size) => (Framing::Length, Some(size)),
        BodyLength::Chunked => (Framing::Chunked, None),
    };
    let persistence = match head.persistence {
        portcullis_http1::Persistence::KeepAlive => Persistence::KeepAlive,
        portcullis_http1::Persistence::Close => Persistence::Close,
    };
    let (method, host) = (head.method.as_str(), head.host.as_str());
    (
        method,
        message.head.target.as_str(),
        host,
        framing,
        length,
        &message.body,
        persistence,
    )
}
