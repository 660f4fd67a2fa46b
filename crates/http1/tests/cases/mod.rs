//! What is a message and what is not: raw bytes, each with the rule that decides and the verdict.
//!
//! Plain data without dependencies, so that another crate can send the very same bytes through a real
//! socket: `#[path = "../../http1/tests/cases/mod.rs"] mod cases;`.

use std::borrow::Cow;

mod body;
mod connection;
mod field;
mod framing;
mod handshake;
mod host;
mod limit;
mod lookalike;
mod method;
mod obfuscation;
mod request_line;

/// The bytes that a client sends on one connection, and what must become of them.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Unique; a sentence about what is special.
    pub(crate) name: &'static str,
    /// The rule that decides; of a refusal, the one that the codec must state.
    pub(crate) rule: &'static str,
    /// All that is sent.
    pub(crate) bytes: Cow<'static, [u8]>,
    /// The messages that are taken whole, in order.
    pub(crate) taken: &'static [Message],
    /// What comes after them.
    pub(crate) then: Then,
}

/// What comes after the messages that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: all bytes belong to messages (or follow one that closes the connection).
    Nothing,
    /// The beginning of a message whose end has not arrived.
    Unfinished,
    /// A head that is refused with this status.
    RefusedHead(u16),
    /// A head that is taken, with a body that is refused with this status.
    RefusedBody(u16),
}

/// A message as it must be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) method: &'static str,
    /// `*`, or a path with its query.
    pub(crate) target: &'static str,
    pub(crate) host: &'static str,
    pub(crate) framing: Framing,
    pub(crate) body: &'static [u8],
    pub(crate) persistence: Persistence,
}

/// How the end of a message's body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length,
    Chunked,
}

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Persistence {
    KeepAlive,
    Close,
}

/// Every case.
pub(crate) fn all() -> Vec<Case> {
    let written = [
        request_line::CASES,
        host::CASES,
        field::CASES,
        framing::CASES,
        body::CASES,
        connection::CASES,
        method::CASES,
        obfuscation::CASES,
        lookalike::CASES,
        handshake::CASES,
    ];
    let mut cases = written.concat();
    cases.extend(limit::cases());
    cases
}

/// `GET / HTTP/1.1` to `a.example`.
const GET: Message = Message {
    method: "GET",
    target: "/",
    host: "a.example",
    framing: Framing::None,
    body: b"",
    persistence: Persistence::KeepAlive,
};

/// `POST / HTTP/1.1` with `Content-Length: 5` and `hello`.
const HELLO: Message = Message {
    method: "POST",
    framing: Framing::Length,
    body: b"hello",
    ..GET
};

/// The same in chunks.
const CHUNKED_HELLO: Message = Message {
    framing: Framing::Chunked,
    ..HELLO
};

const fn taken(
    name: &'static str,
    rule: &'static str,
    bytes: &'static [u8],
    messages: &'static [Message],
) -> Case {
    Case {
        name,
        rule,
        bytes: Cow::Borrowed(bytes),
        taken: messages,
        then: Then::Nothing,
    }
}

const fn refused(
    name: &'static str,
    rule: &'static str,
    status: u16,
    bytes: &'static [u8],
) -> Case {
    let then = Then::RefusedHead(status);
    Case {
        name,
        rule,
        bytes: Cow::Borrowed(bytes),
        taken: &[],
        then,
    }
}

const fn refused_body(name: &'static str, rule: &'static str, bytes: &'static [u8]) -> Case {
    Case {
        name,
        rule,
        bytes: Cow::Borrowed(bytes),
        taken: &[],
        then: Then::RefusedBody(400),
    }
}

const fn unfinished(name: &'static str, rule: &'static str, bytes: &'static [u8]) -> Case {
    Case {
        name,
        rule,
        bytes: Cow::Borrowed(bytes),
        taken: &[],
        then: Then::Unfinished,
    }
}
