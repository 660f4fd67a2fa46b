//! Field lines: their ends, names and values.

use super::{Case, GET, refused, taken, unfinished};

const LINES: &str = "RFC 9112 §2.2";
const FIELD: &str = "RFC 9112 §5";
const COLON: &str = "RFC 9112 §5.1";
const FOLD: &str = "RFC 9112 §5.2";
const NAME: &str = "RFC 9110 §5.1";
const VALUE: &str = "RFC 9110 §5.5";

pub(super) const CASES: &[Case] = &[
    // === Line ends ===
    refused(
        "a bare LF after a header",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    ),
    refused(
        "bare LFs everywhere",
        LINES,
        400,
        b"GET / HTTP/1.1\nHost: a\n\n",
    ),
    refused(
        "a bare LF for the empty line",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    ),
    refused(
        "a bare LF that never ends",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\n",
    ),
    refused(
        "a bare CR after a header",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
    ),
    refused(
        "a bare CR in a value",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n",
    ),
    refused(
        "a bare CR in a name",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX\rY: z\r\n\r\n",
    ),
    refused(
        "two CRs before LF",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
    ),
    refused(
        "two CRs in the empty line",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n",
    ),
    refused(
        "a CR before a name",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n",
    ),
    unfinished(
        "a head without its empty line",
        LINES,
        b"GET / HTTP/1.1\r\nHost: a\r\n",
    ),
    unfinished(
        "a head that stops in its last CRLF",
        LINES,
        b"GET / HTTP/1.1\r\nHost: a\r\n\r",
    ),
    unfinished("a request line without its end", LINES, b"GET / HT"),
    // === Whitespace and folds ===
    refused(
        "a fold with a space",
        FOLD,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
    ),
    refused(
        "a fold with a tab",
        FOLD,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n",
    ),
    refused(
        "a fold of nothing",
        FOLD,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n",
    ),
    refused(
        "a fold that looks like a header",
        FOLD,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n Content-Length: 5\r\n\r\n",
    ),
    refused(
        "a space before the first header",
        LINES,
        400,
        b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    ),
    refused(
        "a tab before the first header",
        LINES,
        400,
        b"GET / HTTP/1.1\r\n\tHost: a\r\n\r\n",
    ),
    refused(
        "a space before a colon",
        COLON,
        400,
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    ),
    refused(
        "a tab before a colon",
        COLON,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX\t: y\r\n\r\n",
    ),
    // === Names ===
    refused(
        "no name",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n",
    ),
    refused(
        "no colon",
        FIELD,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    ),
    refused(
        "a second request line for a header",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nGET http://a/\r\n\r\n",
    ),
    refused(
        "a space in a name",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n",
    ),
    refused(
        "a bracket in a name",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX[0]: z\r\n\r\n",
    ),
    refused(
        "a quote in a name",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n\"X\": z\r\n\r\n",
    ),
    refused(
        "NUL in a name",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX\0: z\r\n\r\n",
    ),
    refused(
        "a name beyond ASCII",
        NAME,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n\xc3\xa9: z\r\n\r\n",
    ),
    taken(
        "a name of every kind of character",
        NAME,
        b"GET / HTTP/1.1\r\nHost: a.example\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
        &[GET],
    ),
    // === Values ===
    refused(
        "NUL in a value",
        VALUE,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n",
    ),
    refused(
        "a control in a value",
        VALUE,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n",
    ),
    refused(
        "a vertical tab in a value",
        VALUE,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x0b\r\n\r\n",
    ),
    refused(
        "DEL in a value",
        VALUE,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y\x7f\r\n\r\n",
    ),
    refused(
        "an escape in a value",
        VALUE,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[2J\r\n\r\n",
    ),
    taken(
        "an empty value and one of blanks",
        VALUE,
        b"GET / HTTP/1.1\r\nX:\r\nY: \t \r\nHost: a.example\r\n\r\n",
        &[GET],
    ),
    taken(
        "a tab in a value",
        VALUE,
        b"GET / HTTP/1.1\r\nX: y\tz\r\nHost:a.example\r\n\r\n",
        &[GET],
    ),
    taken(
        "bytes beyond ASCII in a value",
        VALUE,
        b"GET / HTTP/1.1\r\nX: \xe9\xff\x80\r\nHost: a.example\r\n\r\n",
        &[GET],
    ),
    taken(
        "a name again and again",
        VALUE,
        b"GET / HTTP/1.1\r\nX: 1\r\nHost: a.example\r\nx: 2\r\nX: 1\r\n\r\n",
        &[GET],
    ),
];
