//! Whether a case got its verdict: what the client sees, and what the backend sees.

use portcullis_testkit::backend::Arrived;
use portcullis_testkit::wire::{To, Wire};

use crate::cases::{Case, Framing, Message, Persistence, Then};

/// The target of a request that shows that a connection lives.
pub(crate) const NEXT: &str = "/next";

/// Fields that concern one hop (RFC 9110 §7.6.1), and one that a case nominates as such.
const HOP_BY_HOP: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "http2-settings",
];

/// The cases that ask for a tunnel in full: `Upgrade` goes on to the backend.
const HANDSHAKES: [&str; 3] = [
    "a handshake",
    "a handshake with extensions, protocols and an origin",
    "a handshake of another case, in a list of options",
];

/// The answers that the client gets.
pub(crate) fn check_answers(case: &Case, wire: &mut Wire) {
    let name = format!("{} ({})", case.name, case.rule);
    for message in case.taken {
        let (to, body) = match message.method {
            "HEAD" => (To::Head, &b""[..]),
            _ => (To::Get, message.body),
        };
        let answer = wire.answer(to);
        assert_eq!(answer.status, status(message), "{name}: {}", answer.text());
        if reaches_backend(message) {
            assert_eq!(answer.body, body, "{name}");
        }
    }
    if let Then::RefusedHead(status) | Then::RefusedBody(status) = case.then {
        let answer = wire.answer(To::Get);
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        assert_eq!(answer.field("connection"), Some("close"), "{name}");
    }
}

/// What has become of the connection after the answers.
pub(crate) fn check_connection(case: &Case, wire: &mut Wire) {
    let name = format!("{} ({})", case.name, case.rule);
    match (case.then, case.taken.last().map(|last| last.persistence)) {
        (Then::RefusedHead(_) | Then::RefusedBody(_), _)
        | (Then::Nothing, Some(Persistence::Close)) => {
            assert!(wire.is_closed(), "{name}: the connection stays open");
        }
        (Then::Nothing, Some(Persistence::KeepAlive)) => {
            let next = wire.ask(format!("GET {NEXT} HTTP/1.1\r\nHost: a.example\r\n\r\n"));
            assert_eq!(next.status, 200, "{name}: the connection is of no more use");
        }
        (Then::Nothing, None) | (Then::Unfinished, _) => {}
    }
}

/// What the backend sees: the messages that were taken, one by one, and no other message whole.
pub(crate) fn check_backend(case: &Case, whole: &[&Arrived]) {
    let name = case.name;
    let expected = case.taken.iter().filter(|message| reaches_backend(message));
    let expected: Vec<&Message> = expected.collect();
    assert_eq!(whole.len(), expected.len(), "{name}: {whole:?}");
    for (arrived, message) in whole.iter().zip(expected) {
        let head = &arrived.head;
        let target = message.target.strip_suffix('?').unwrap_or(message.target);
        let line = format!("{} {target} HTTP/1.1", message.method);
        assert_eq!(head.line, line, "{name}");
        assert_eq!(arrived.body, message.body, "{name}");
        check_framing(name, arrived, message);
        if HANDSHAKES.contains(&name) {
            let upgrade = head.field("upgrade").unwrap_or_default();
            assert!(
                upgrade.eq_ignore_ascii_case("websocket"),
                "{name}: {head:?}"
            );
            assert_eq!(head.field("connection"), Some("upgrade"), "{name}");
        } else {
            let crossed = HOP_BY_HOP.iter().find(|field| head.has(field));
            assert_eq!(crossed, None, "{name}: {head:?}");
        }
        assert_eq!(head.all("host").len(), 1, "{name}: {head:?}");
    }
}

/// One way to find the end of the body, and the bytes agree with it.
fn check_framing(name: &str, arrived: &Arrived, message: &Message) {
    let head = &arrived.head;
    let lengths = head.all("content-length");
    let codings = head.all("transfer-encoding");
    let length = message.body.len().to_string();
    let none = codings.is_empty() && lengths.is_empty();
    let by_length = codings.is_empty() && lengths == [length.as_str()];
    let by_chunks = lengths.is_empty() && codings == ["chunked"];
    let fits = match message.framing {
        // A length of zero says to servers that insist on one that nothing comes.
        Framing::None if message.method == "POST" => by_length,
        Framing::None => none,
        Framing::Length | Framing::Chunked => by_length || by_chunks,
    };
    assert!(fits, "{name}: {head:?}");
    let raw = String::from_utf8_lossy(&arrived.raw);
    assert!(
        !raw.replace("\r\n", "").contains(['\r', '\n']),
        "{name}: {raw:?}"
    );
}

/// What the gateway, which knows some methods and paths, makes of a message that the codec takes.
fn status(message: &Message) -> u16 {
    match message {
        // Answered by the server itself.
        Message { target: "*", .. } => 204,
        // A path that could be read in two ways.
        Message { target, .. } if target.contains("%zz") => 400,
        // No operation of that name.
        Message {
            method: "get" | "X-M.1_2~",
            ..
        } => 404,
        _ => 200,
    }
}

/// Whether a message is passed on.
pub(crate) fn reaches_backend(message: &Message) -> bool {
    status(message) == 200
}
