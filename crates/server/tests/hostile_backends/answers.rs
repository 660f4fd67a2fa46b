//! What hostile and broken backends answer, and what their clients must get.

use portcullis_testkit::backend::Then;

use Verdict::{CutOff, Fault, Passed};

/// What a backend sends in answer to one request, and what its client must get.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
    pub(crate) verdict: Verdict,
}

/// What a client must get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This status and body.
    Passed(u16, &'static str),
    /// The gateway's own 500.
    Fault,
    /// No answer that can be taken for a whole one.
    CutOff,
}

/// What must never be seen by anybody it was not meant for.
pub(crate) const POISON: &str = "poison";

pub(crate) fn case(name: &'static str, bytes: impl Into<Vec<u8>>, verdict: Verdict) -> Case {
    Case {
        name,
        method: "GET",
        bytes: bytes.into(),
        then: Then::Keep,
        verdict,
    }
}

/// The same from a backend that closes after it.
pub(crate) fn closing(name: &'static str, bytes: impl Into<Vec<u8>>, verdict: Verdict) -> Case {
    Case {
        then: Then::Close,
        ..case(name, bytes, verdict)
    }
}

/// `200 OK` with these header lines, and what comes after the head.
pub(crate) fn ok(fields: &str, rest: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{rest}")
}

/// A whole answer that nobody has asked for.
pub(crate) fn poison() -> String {
    ok("Content-Length: 6\r\nSet-Cookie: poison=1", POISON)
}

pub(crate) fn lengths() -> Vec<Case> {
    let length = |value: &str| ok(&format!("Content-Length: {value}"), "hello");
    vec![
        // RFC 9112 §6.3: "ought to be handled as an error".
        case(
            "a length and chunks",
            ok(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "5\r\nhello\r\n0\r\n\r\n",
            ),
            Fault,
        ),
        case(
            "chunks and a length",
            ok(
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "0\r\n\r\n",
            ),
            Fault,
        ),
        case(
            "two lengths",
            ok("Content-Length: 5\r\nContent-Length: 6", "hello!"),
            Fault,
        ),
        case(
            "the same length twice",
            ok("Content-Length: 5\r\nContent-Length: 5", "hello"),
            Fault,
        ),
        case("a list of lengths", length("5, 5"), Fault),
        case("a length with a plus", length("+5"), Fault),
        case("a length with a minus", length("-5"), Fault),
        case("a hexadecimal length", length("0x5"), Fault),
        case("an empty length", length(""), Fault),
        case(
            "a length beyond 64 bits",
            length("99999999999999999999"),
            Fault,
        ),
        closing("a length beyond what comes", length("50"), CutOff),
        case(
            "a length below what comes",
            ok("Content-Length: 5", "hello poison"),
            Passed(200, "hello"),
        ),
        case(
            "no body, and one all the same",
            ok("Content-Length: 0", &poison()),
            Passed(200, ""),
        ),
        closing("no framing", ok("X: y", "hello"), Passed(200, "hello")),
    ]
}

pub(crate) fn codings() -> Vec<Case> {
    vec![
        case(
            "a coding that is not known",
            ok("Transfer-Encoding: xchunked", "0\r\n\r\n"),
            Fault,
        ),
        case(
            "the coding identity",
            ok("Transfer-Encoding: identity", "hello"),
            Fault,
        ),
        case(
            "a compression before chunks",
            ok("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
            Fault,
        ),
        case(
            "chunks on two lines",
            ok(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
            Fault,
        ),
        case(
            "chunks in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            Fault,
        ),
    ]
}

pub(crate) fn chunks() -> Vec<Case> {
    let chunked = |rest: &str| ok("Transfer-Encoding: chunked", rest);
    vec![
        case(
            "chunks as they should be",
            chunked("5\r\nhello\r\n0\r\n\r\n"),
            Passed(200, "hello"),
        ),
        case(
            "a chunk size of letters",
            chunked("xyz\r\nhello\r\n0\r\n\r\n"),
            CutOff,
        ),
        case(
            "a negative chunk size",
            chunked("-5\r\nhello\r\n0\r\n\r\n"),
            CutOff,
        ),
        case(
            "a chunk size that wraps",
            chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"),
            CutOff,
        ),
        case(
            "a chunk longer than its size",
            chunked("4\r\nhello\r\n0\r\n\r\n"),
            CutOff,
        ),
        closing(
            "chunks without the last one",
            chunked("5\r\nhello\r\n"),
            CutOff,
        ),
        case(
            "a bare LF after a chunk size",
            chunked("5\nhello\r\n0\r\n\r\n"),
            CutOff,
        ),
        case(
            "endless chunk extensions",
            chunked(&format!("5;{}", "a".repeat(100_000))),
            CutOff,
        ),
        case(
            "a poisoned end of chunks",
            chunked(&format!("5\r\nhello\r\n0\r\n\r\n{}", poison())),
            Passed(200, "hello"),
        ),
    ]
}

pub(crate) fn trailers() -> Vec<Case> {
    let trailing = |fields: &str| {
        ok(
            "Trailer: X-Sum\r\nTransfer-Encoding: chunked",
            &format!("5\r\nhello\r\n0\r\n{fields}\r\n"),
        )
    };
    vec![
        case(
            "a length in trailers",
            trailing("Content-Length: 99\r\n"),
            Passed(200, "hello"),
        ),
        case(
            "a coding in trailers",
            trailing("Transfer-Encoding: chunked\r\n"),
            Passed(200, "hello"),
        ),
        case(
            "a Host in trailers",
            trailing("Host: poison\r\n"),
            Passed(200, "hello"),
        ),
        case(
            "a cookie in trailers",
            trailing("Set-Cookie: poison=1\r\n"),
            Passed(200, "hello"),
        ),
        case(
            "a close in trailers",
            trailing("Connection: close\r\n"),
            Passed(200, "hello"),
        ),
        case(
            "a trailer without a colon",
            trailing("HTTP/1.1 200 OK\r\n"),
            CutOff,
        ),
        case("a NUL in trailers", trailing("X: \0\r\n"), CutOff),
        case(
            "trailers without end",
            trailing(&"X: 0123456789abcdef\r\n".repeat(5_000)),
            CutOff,
        ),
        case(
            "one trailer without end",
            trailing(&format!("X: {}", "a".repeat(100_000))),
            CutOff,
        ),
    ]
}

pub(crate) fn heads() -> Vec<Case> {
    let with = |field: &str| ok(&format!("Content-Length: 5\r\n{field}"), "hello");
    vec![
        case(
            "a bare CR in a value",
            with("X: y\rSet-Cookie: poison=1"),
            Fault,
        ),
        case("NUL in a value", with("X: y\0z"), Fault),
        case("a control in a value", with("X: \x01"), Fault),
        case("a fold", with("X: y\r\n z"), Fault),
        case("a space before a colon", with("X : y"), Fault),
        case("a name with a space", with("X Y: z"), Fault),
        case("no name", with(": y"), Fault),
        case("no colon", with("HTTP/1.1 200 OK"), Fault),
        case(
            "headers without end",
            with(&"X: y\r\n".repeat(20_000)),
            Fault,
        ),
        case(
            "one header without end",
            with(&format!("X: {}", "a".repeat(1_000_000))),
            Fault,
        ),
        case(
            "a Connection that names the length",
            with("Connection: Content-Length"),
            Passed(200, "hello"),
        ),
    ]
}

pub(crate) fn status_lines() -> Vec<Case> {
    let line = |line: &str| format!("{line}\r\nContent-Length: 5\r\n\r\nhello");
    vec![
        case(
            "an answer of HTTP/0.9",
            "hello, this is no head\r\n\r\n",
            Fault,
        ),
        case("an answer of HTTP/2", line("HTTP/2.0 200 OK"), Fault),
        case("an answer of HTTP/1.2", line("HTTP/1.2 200 OK"), Fault),
        case(
            "a request for an answer",
            line("GET /poison HTTP/1.1"),
            Fault,
        ),
        case("a status of two digits", line("HTTP/1.1 20 OK"), Fault),
        case("a status of four digits", line("HTTP/1.1 2000 OK"), Fault),
        case("a status of letters", line("HTTP/1.1 abc OK"), Fault),
        case("a status of zero", line("HTTP/1.1 000 OK"), Fault),
        case(
            "a status nobody knows",
            line("HTTP/1.1 299 Fine"),
            Passed(299, "hello"),
        ),
        case(
            "a status beyond 599",
            line("HTTP/1.1 999 Odd"),
            Passed(999, "hello"),
        ),
        case("a reason with NUL", line("HTTP/1.1 200 O\0K"), Fault),
        case(
            "a reason with a bare CR",
            line("HTTP/1.1 200 OK\rSet-Cookie: poison=1"),
            Fault,
        ),
        case(
            "a reason without end",
            format!("HTTP/1.1 200 {}", "a".repeat(1_000_000)),
            Fault,
        ),
        case("no reason", line("HTTP/1.1 200"), Passed(200, "hello")),
        closing("nothing", "", Fault),
        closing("half a head", "HTTP/1.1 200 OK\r\nContent-Le", Fault),
        closing("the hello of TLS", &b"\x16\x03\x01\x02\x00\x01"[..], Fault),
    ]
}

pub(crate) fn statuses() -> Vec<Case> {
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let agrees = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let no_body =
        |status: &str, fields: &str| format!("HTTP/1.1 {status}\r\n{fields}\r\n{}", poison());
    vec![
        case(
            "a hundred interim answers",
            interim.repeat(100) + &ok("Content-Length: 5", "hello"),
            Passed(200, "hello"),
        ),
        closing("interim answers alone", interim.repeat(100), Fault),
        case(
            "an interim answer with a length",
            format!(
                "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n{}",
                ok("Content-Length: 5", "hello")
            ),
            Passed(200, "hello"),
        ),
        case("a switch of protocols unasked", agrees, Fault),
        case(
            "204 with a body",
            no_body("204 No Content", "Content-Length: 6\r\n"),
            Passed(204, ""),
        ),
        case(
            "204 with chunks",
            no_body("204 No Content", "Transfer-Encoding: chunked\r\n"),
            Passed(204, ""),
        ),
        case(
            "304 with a body",
            no_body("304 Not Modified", "Content-Length: 6\r\n"),
            Passed(304, ""),
        ),
        Case {
            method: "HEAD",
            ..case(
                "a body for HEAD",
                ok("Content-Length: 6", &poison()),
                Passed(200, ""),
            )
        },
        case(
            "two answers at once",
            ok("Content-Length: 5", "hello") + &poison(),
            Passed(200, "hello"),
        ),
        case(
            "an answer and garbage",
            ok("Content-Length: 5", "hello") + "\r\n\r\n\0\0poison",
            Passed(200, "hello"),
        ),
        case(
            "an answer and an empty line",
            ok("Content-Length: 5", "hello") + "\r\n",
            Passed(200, "hello"),
        ),
    ]
}
