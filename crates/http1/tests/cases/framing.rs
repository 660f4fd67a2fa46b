//! Where a message ends: `Content-Length`, `Transfer-Encoding`, and never both.

use super::{CHUNKED_HELLO, Case, Framing, GET, HELLO, Message, refused, taken};

const BOTH: &str = "RFC 9112 §6.1";
const CODING: &str = "RFC 9112 §6.1";
const SEVERAL: &str = "RFC 9112 §6.3";
const LENGTH: &str = "RFC 9110 §8.6";

macro_rules! post {
    ($fields:literal, $body:literal) => {
        concat!(
            "POST / HTTP/1.1\r\nHost: a.example\r\n",
            $fields,
            "\r\n\r\n",
            $body
        )
        .as_bytes()
    };
}

pub(super) const CASES: &[Case] = &[
    // === Both ===
    refused(
        "a length, then chunks",
        BOTH,
        400,
        post!(
            "Content-Length: 6\r\nTransfer-Encoding: chunked",
            "0\r\n\r\nG"
        ),
    ),
    refused(
        "chunks, then a length",
        BOTH,
        400,
        post!(
            "Transfer-Encoding: chunked\r\nContent-Length: 6",
            "0\r\n\r\nG"
        ),
    ),
    refused(
        "chunks with a length of zero",
        BOTH,
        400,
        post!(
            "Transfer-Encoding: chunked\r\nContent-Length: 0",
            "0\r\n\r\n"
        ),
    ),
    refused(
        "both in HTTP/1.0",
        BOTH,
        400,
        b"POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    // === Content-Length ===
    taken(
        "a body of known length",
        LENGTH,
        post!("Content-Length: 5", "hello"),
        &[HELLO],
    ),
    taken(
        "a length of zero",
        LENGTH,
        post!("Content-Length: 0", ""),
        &[Message { body: b"", ..HELLO }],
    ),
    taken(
        "a length with whitespace around",
        LENGTH,
        post!("content-length:\t5 ", "hello"),
        &[HELLO],
    ),
    taken(
        "a length with leading zeros",
        LENGTH,
        post!("Content-Length: 005", "hello"),
        &[HELLO],
    ),
    taken(
        "a body on GET",
        LENGTH,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi",
        &[Message {
            framing: Framing::Length,
            body: b"hi",
            ..GET
        }],
    ),
    taken(
        "a POST without a body",
        "RFC 9112 §6.3",
        post!("Accept: */*", ""),
        &[Message {
            method: "POST",
            ..GET
        }],
    ),
    refused(
        "two lengths that differ",
        SEVERAL,
        400,
        post!("Content-Length: 5\r\nContent-Length: 6", "hello!"),
    ),
    refused(
        "the same length twice",
        SEVERAL,
        400,
        post!("Content-Length: 5\r\ncontent-length: 5", "hello"),
    ),
    refused(
        "a list of one length",
        SEVERAL,
        400,
        post!("Content-Length: 5, 5", "hello"),
    ),
    refused(
        "a list of two lengths",
        SEVERAL,
        400,
        post!("Content-Length: 5,6", "hello!"),
    ),
    refused(
        "a length with a comma after it",
        SEVERAL,
        400,
        post!("Content-Length: 5,", "hello"),
    ),
    refused(
        "a length with a plus",
        LENGTH,
        400,
        post!("Content-Length: +5", "hello"),
    ),
    refused(
        "a length with a minus",
        LENGTH,
        400,
        post!("Content-Length: -5", "hello"),
    ),
    refused(
        "a length with a space within",
        LENGTH,
        400,
        post!("Content-Length: 5 5", "hello"),
    ),
    refused(
        "a hexadecimal length",
        LENGTH,
        400,
        post!("Content-Length: 0x5", "hello"),
    ),
    refused(
        "a length of letters",
        LENGTH,
        400,
        post!("Content-Length: five", "hello"),
    ),
    refused(
        "a length with a fraction",
        LENGTH,
        400,
        post!("Content-Length: 5.0", "hello"),
    ),
    refused(
        "a length with an exponent",
        LENGTH,
        400,
        post!("Content-Length: 5e0", "hello"),
    ),
    refused(
        "an empty length",
        LENGTH,
        400,
        post!("Content-Length:", "hello"),
    ),
    refused(
        "a quoted length",
        LENGTH,
        400,
        post!("Content-Length: \"5\"", "hello"),
    ),
    refused(
        "a length of 2^63",
        LENGTH,
        400,
        post!("Content-Length: 9223372036854775808", "hello"),
    ),
    refused(
        "a length that wraps to 5 in 64 bits",
        LENGTH,
        400,
        post!("Content-Length: 18446744073709551621", "hello"),
    ),
    refused(
        "a space before a length's colon",
        "RFC 9112 §5.1",
        400,
        post!("Content-Length : 5", "hello"),
    ),
    // === Transfer-Encoding ===
    taken(
        "a body in chunks",
        CODING,
        post!("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
        &[CHUNKED_HELLO],
    ),
    taken(
        "a coding of upper case",
        CODING,
        post!(
            "TRANSFER-ENCODING: \t CHUNKED \t",
            "5\r\nhello\r\n0\r\n\r\n"
        ),
        &[CHUNKED_HELLO],
    ),
    taken(
        "a name with an underscore is another header",
        CODING,
        post!("Transfer_Encoding: chunked\r\nContent-Length: 5", "hello"),
        &[HELLO],
    ),
    refused(
        "an unknown coding",
        CODING,
        400,
        post!("Transfer-Encoding: xchunked", "0\r\n\r\n"),
    ),
    refused(
        "the coding identity",
        CODING,
        400,
        post!("Transfer-Encoding: identity", ""),
    ),
    refused(
        "the coding identity with a length",
        CODING,
        400,
        post!("Transfer-Encoding: identity\r\nContent-Length: 5", "hello"),
    ),
    refused(
        "a compression alone",
        CODING,
        400,
        post!("Transfer-Encoding: gzip", "0\r\n\r\n"),
    ),
    refused(
        "a compression before chunks",
        CODING,
        400,
        post!("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
    ),
    refused(
        "a compression after chunks",
        CODING,
        400,
        post!("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"),
    ),
    refused(
        "chunks within chunks",
        CODING,
        400,
        post!("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"),
    ),
    refused(
        "a comma after the coding",
        CODING,
        400,
        post!("Transfer-Encoding: chunked,", "0\r\n\r\n"),
    ),
    refused(
        "a comma before the coding",
        CODING,
        400,
        post!("Transfer-Encoding: ,chunked", "0\r\n\r\n"),
    ),
    refused(
        "a parameter of the coding",
        CODING,
        400,
        post!("Transfer-Encoding: chunked;a=b", "0\r\n\r\n"),
    ),
    refused(
        "a quoted coding",
        CODING,
        400,
        post!("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"),
    ),
    refused(
        "an empty coding",
        CODING,
        400,
        post!("Transfer-Encoding:", "0\r\n\r\n"),
    ),
    refused(
        "two codings on two lines",
        CODING,
        400,
        post!(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "0\r\n\r\n"
        ),
    ),
    refused(
        "the same coding on two lines",
        CODING,
        400,
        post!(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n"
        ),
    ),
    refused(
        "a coding hidden by a vertical tab",
        "RFC 9110 §5.5",
        400,
        post!("Transfer-Encoding:\x0bchunked", "0\r\n\r\n"),
    ),
    refused(
        "a coding on a folded line",
        "RFC 9112 §5.2",
        400,
        post!("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
    ),
    refused(
        "a coding in HTTP/1.0",
        CODING,
        400,
        b"POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
];
