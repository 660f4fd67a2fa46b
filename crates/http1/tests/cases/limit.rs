//! Sizes and counts at their bounds and just beyond, for the default limits.

use std::borrow::Cow;

use super::{CHUNKED_HELLO, Case, GET, Message, Then};

const URL: usize = 16_384;
const REQUEST_LINE: usize = URL + 128;
const HEADER: usize = 16 * 1024;
const HEAD: usize = 64 * 1024;
const HEADERS: usize = 100;
const CHUNK_LINE: usize = 1024;
const CHUNK_EXTENSIONS: usize = 16 * 1024;
const TRAILERS: usize = 8 * 1024;

const LINE_RULE: &str = "RFC 9112 §3";
const HEAD_RULE: &str = "RFC 6585 §5";
const CHUNK_RULE: &str = "RFC 9112 §7.1.1";

/// A path of the longest URL's size, which a `const` message can name.
const LONGEST_PATH: &str = {
    const BYTES: [u8; URL] = {
        let mut bytes = [b'a'; URL];
        bytes[0] = b'/';
        bytes
    };
    match std::str::from_utf8(&BYTES) {
        Ok(path) => path,
        Err(_) => "",
    }
};

const LONGEST: &[Message] = &[Message {
    target: LONGEST_PATH,
    ..GET
}];

pub(super) fn cases() -> Vec<Case> {
    [request_lines(), headers(), chunk_lines(), trailers()].concat()
}

fn request_lines() -> Vec<Case> {
    vec![
        taken("the longest URL", LINE_RULE, get(LONGEST_PATH, ""), LONGEST),
        head(
            "a URL too long",
            LINE_RULE,
            414,
            get(&filled("/", REQUEST_LINE), ""),
        ),
        head(
            "a URL without an end",
            LINE_RULE,
            414,
            format!("GET {}", filled("/", REQUEST_LINE)),
        ),
        head(
            "a method without an end",
            LINE_RULE,
            414,
            filled("M", REQUEST_LINE),
        ),
    ]
}

fn headers() -> Vec<Case> {
    let header = |size| format!("{}\r\n", filled("X: ", size));
    let several = |count| "X: y\r\n".repeat(count);
    let endless = |start| format!("GET / HTTP/1.1\r\n{}", filled(start, HEADER));
    let heavy = header(9_000).repeat(HEAD / 9_000 + 1);
    vec![
        taken(
            "the longest header",
            HEAD_RULE,
            get("/", &header(HEADER - 2)),
            &[GET],
        ),
        head(
            "a header too long",
            HEAD_RULE,
            431,
            get("/", &header(HEADER - 1)),
        ),
        head("a header without an end", HEAD_RULE, 431, endless("X: ")),
        head("a header name without an end", HEAD_RULE, 431, endless("X")),
        taken(
            "the most headers",
            HEAD_RULE,
            get("/", &several(HEADERS - 1)),
            &[GET],
        ),
        head(
            "a header too many",
            HEAD_RULE,
            431,
            get("/", &several(HEADERS)),
        ),
        head(
            "headers too long together",
            HEAD_RULE,
            431,
            get("/", &heavy),
        ),
    ]
}

fn chunk_lines() -> Vec<Case> {
    let hello = |size| chunked(&format!("{}\r\nhello\r\n0\r\n\r\n", filled("5;", size)));
    let heavy = format!("{}\r\nh\r\n", filled("1;", 1_000)).repeat(CHUNK_EXTENSIONS / 1_000 + 1);
    let endless = chunked(&filled("5;", CHUNK_LINE));
    vec![
        taken(
            "the longest chunk-size line",
            CHUNK_RULE,
            hello(CHUNK_LINE - 2),
            &[CHUNKED_HELLO],
        ),
        body(
            "a chunk-size line too long",
            CHUNK_RULE,
            400,
            hello(CHUNK_LINE - 1),
        ),
        body("a chunk-size line without an end", CHUNK_RULE, 400, endless),
        body(
            "too many chunk extensions",
            CHUNK_RULE,
            400,
            chunked(&heavy),
        ),
    ]
}

fn trailers() -> Vec<Case> {
    let heavy = format!(
        "0\r\n{}",
        "X: 0123456789abcdef\r\n".repeat(TRAILERS / 21 + 1)
    );
    let many = format!("0\r\n{}\r\n", "X: y\r\n".repeat(HEADERS + 1));
    vec![
        body(
            "trailers too long together",
            HEAD_RULE,
            431,
            chunked(&heavy),
        ),
        body("a trailer too many", HEAD_RULE, 431, chunked(&many)),
    ]
}

/// `start` filled up to `size` bytes.
fn filled(start: &str, size: usize) -> String {
    format!("{start}{}", "a".repeat(size - start.len()))
}

fn get(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a.example\r\n{fields}\r\n")
}

fn chunked(body: &str) -> String {
    let head = "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n";
    format!("{head}{body}")
}

fn taken(
    name: &'static str,
    rule: &'static str,
    bytes: String,
    messages: &'static [Message],
) -> Case {
    Case {
        name,
        rule,
        bytes: owned(bytes),
        taken: messages,
        then: Then::Nothing,
    }
}

fn head(name: &'static str, rule: &'static str, status: u16, bytes: String) -> Case {
    let then = Then::RefusedHead(status);
    Case {
        name,
        rule,
        bytes: owned(bytes),
        taken: &[],
        then,
    }
}

fn body(name: &'static str, rule: &'static str, status: u16, bytes: String) -> Case {
    let then = Then::RefusedBody(status);
    Case {
        name,
        rule,
        bytes: owned(bytes),
        taken: &[],
        then,
    }
}

fn owned(bytes: String) -> Cow<'static, [u8]> {
    Cow::Owned(bytes.into_bytes())
}
