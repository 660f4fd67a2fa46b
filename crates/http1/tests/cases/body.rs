//! Chunks, their extensions, and trailers.

use super::{CHUNKED_HELLO, Case, refused_body, taken};

const CHUNK: &str = "RFC 9112 §7.1";
const EXTENSION: &str = "RFC 9112 §7.1.1";
const LINES: &str = "RFC 9112 §2.2";
const TRAILER: &str = "RFC 9110 §6.5.1";

macro_rules! chunked {
    ($body:literal) => {
        concat!(
            "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n",
            $body
        )
        .as_bytes()
    };
}

pub(super) const CASES: &[Case] = &[
    // === Sizes ===
    taken(
        "several chunks",
        CHUNK,
        chunked!("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        &[CHUNKED_HELLO],
    ),
    taken(
        "chunk sizes with leading zeros",
        CHUNK,
        chunked!("0000000000000005\r\nhello\r\n000\r\n\r\n"),
        &[CHUNKED_HELLO],
    ),
    taken(
        "a chunk size of hexadecimal letters",
        CHUNK,
        chunked!("a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"),
        &[super::Message {
            body: b"01234567890123456789a",
            ..CHUNKED_HELLO
        }],
    ),
    refused_body("no chunk size", CHUNK, chunked!("\r\nhello\r\n0\r\n\r\n")),
    refused_body(
        "a chunk size of letters",
        CHUNK,
        chunked!("xyz\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a chunk size with 0x",
        EXTENSION,
        chunked!("0x5\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a chunk size with a minus",
        CHUNK,
        chunked!("-5\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a chunk size with a plus",
        CHUNK,
        chunked!("+5\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a space before a chunk size",
        CHUNK,
        chunked!(" 5\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a space after a chunk size",
        EXTENSION,
        chunked!("5 \r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a space in the last chunk size",
        EXTENSION,
        chunked!("0 \r\n\r\n"),
    ),
    refused_body(
        "a chunk size in 17 digits",
        CHUNK,
        chunked!("00000000000000005\r\nhello\r\n"),
    ),
    refused_body(
        "a chunk size of 2^63",
        CHUNK,
        chunked!("8000000000000000\r\nhello\r\n"),
    ),
    refused_body(
        "a chunk size that wraps",
        CHUNK,
        chunked!("10000000000000005\r\nhello\r\n"),
    ),
    refused_body(
        "garbage after a chunk size",
        EXTENSION,
        chunked!("5g\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a comma after a chunk size",
        EXTENSION,
        chunked!("5,5\r\nhello\r\n0\r\n\r\n"),
    ),
    // === Line ends ===
    refused_body(
        "a bare LF after a chunk size",
        LINES,
        chunked!("5\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a bare CR after a chunk size",
        EXTENSION,
        chunked!("5\rhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "two CRs after a chunk size",
        EXTENSION,
        chunked!("5\r\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a bare LF after a chunk",
        CHUNK,
        chunked!("5\r\nhello\n0\r\n\r\n"),
    ),
    refused_body(
        "a bare CR after a chunk",
        CHUNK,
        chunked!("5\r\nhello\r0\r\n\r\n"),
    ),
    refused_body(
        "nothing after a chunk",
        CHUNK,
        chunked!("5\r\nhello0\r\n\r\n"),
    ),
    refused_body(
        "more data than a chunk's size",
        CHUNK,
        chunked!("4\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "less data than a chunk's size",
        CHUNK,
        chunked!("6\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "a bare LF after the last size",
        LINES,
        chunked!("5\r\nhello\r\n0\n\r\n"),
    ),
    refused_body(
        "a bare LF at the end",
        LINES,
        chunked!("5\r\nhello\r\n0\r\n\n"),
    ),
    // === Extensions ===
    taken(
        "chunk extensions are passed over",
        EXTENSION,
        chunked!("5;a;b=c ; d = \"e;\\\"f\"\r\nhello\r\n0;g\r\n\r\n"),
        &[CHUNKED_HELLO],
    ),
    refused_body(
        "an extension with a bare LF",
        LINES,
        chunked!("5;a\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "an extension with a bare CR",
        EXTENSION,
        chunked!("5;a\rb\r\nhello\r\n"),
    ),
    refused_body(
        "an extension without a name",
        EXTENSION,
        chunked!("5;\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "an extension that is a value",
        EXTENSION,
        chunked!("5;=b\r\nhello\r\n"),
    ),
    refused_body(
        "an extension without its value",
        EXTENSION,
        chunked!("5;a=\r\nhello\r\n"),
    ),
    refused_body(
        "an extension with a control",
        EXTENSION,
        chunked!("5;a=\"\x01\"\r\nhello\r\n"),
    ),
    refused_body(
        "an extension with NUL",
        EXTENSION,
        chunked!("5;\0\r\nhello\r\n0\r\n\r\n"),
    ),
    refused_body(
        "an extension with an open quote",
        EXTENSION,
        chunked!("5;a=\"b\r\nhello\r\n"),
    ),
    refused_body(
        "an extension after a space",
        EXTENSION,
        chunked!("5 a=b\r\nhello\r\n"),
    ),
    // === Trailers ===
    taken(
        "trailers",
        "RFC 9112 §7.1.2",
        chunked!("5\r\nhello\r\n0\r\nX-Sum: 1\r\nServer-Timing: total\r\n\r\n"),
        &[CHUNKED_HELLO],
    ),
    refused_body(
        "a length in trailers",
        TRAILER,
        chunked!("0\r\nContent-Length: 5\r\n\r\n"),
    ),
    refused_body(
        "a coding in trailers",
        TRAILER,
        chunked!("0\r\ntransfer-encoding: chunked\r\n\r\n"),
    ),
    refused_body(
        "a Host in trailers",
        TRAILER,
        chunked!("0\r\nX: y\r\nHost: b\r\n\r\n"),
    ),
    refused_body(
        "credentials in trailers",
        TRAILER,
        chunked!("0\r\nAuthorization: Basic eA==\r\n\r\n"),
    ),
    refused_body(
        "a content type in trailers",
        TRAILER,
        chunked!("0\r\nContent-Type: a/b\r\n\r\n"),
    ),
    refused_body(
        "a Content-Disposition in trailers",
        TRAILER,
        chunked!("0\r\nContent-Disposition: inline\r\n\r\n"),
    ),
    refused_body(
        "a Connection in trailers",
        TRAILER,
        chunked!("0\r\nConnection: close\r\n\r\n"),
    ),
    refused_body("a bare LF in trailers", LINES, chunked!("0\r\nX: y\n\r\n")),
    refused_body(
        "a bare CR in trailers",
        LINES,
        chunked!("0\r\nX: y\rz\r\n\r\n"),
    ),
    refused_body(
        "a fold in trailers",
        "RFC 9112 §5.2",
        chunked!("0\r\nX: y\r\n z\r\n\r\n"),
    ),
    refused_body(
        "a space before trailers",
        LINES,
        chunked!("0\r\n X: y\r\n\r\n"),
    ),
    refused_body(
        "a space before a trailer's colon",
        "RFC 9112 §5.1",
        chunked!("0\r\nX : y\r\n\r\n"),
    ),
    refused_body(
        "a trailer without a colon",
        "RFC 9112 §5",
        chunked!("0\r\nX\r\n\r\n"),
    ),
    refused_body(
        "a trailer without a name",
        "RFC 9110 §5.1",
        chunked!("0\r\n: y\r\n\r\n"),
    ),
    refused_body(
        "NUL in a trailer",
        "RFC 9110 §5.5",
        chunked!("0\r\nX: \0\r\n\r\n"),
    ),
    refused_body(
        "a request line for a trailer",
        "RFC 9110 §5.1",
        chunked!("0\r\nGET http://a/ HTTP/1.1\r\n\r\n"),
    ),
];
