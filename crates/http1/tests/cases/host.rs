//! `Host`: exactly one, and well-formed.

use super::{Case, GET, Message, Persistence, refused, taken};

const NUMBER: &str = "RFC 9112 §3.2";
const SYNTAX: &str = "RFC 9110 §7.2";

pub(super) const CASES: &[Case] = &[
    refused(
        "no Host",
        NUMBER,
        400,
        b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
    ),
    refused("no header at all", NUMBER, 400, b"GET / HTTP/1.1\r\n\r\n"),
    taken(
        "no Host in HTTP/1.0",
        NUMBER,
        b"GET / HTTP/1.0\r\n\r\n",
        &[Message {
            host: "",
            persistence: Persistence::Close,
            ..GET
        }],
    ),
    refused(
        "two Hosts",
        NUMBER,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ),
    refused(
        "the same Host twice",
        NUMBER,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
    ),
    refused(
        "two Hosts in HTTP/1.0",
        NUMBER,
        400,
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
    ),
    refused(
        "an empty Host",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    ),
    refused(
        "an empty Host in HTTP/1.0",
        SYNTAX,
        400,
        b"GET / HTTP/1.0\r\nHost: \r\n\r\n",
    ),
    refused(
        "a Host with a space",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    ),
    refused(
        "a Host that is a list",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    ),
    refused(
        "a Host that is a bare list",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
    ),
    refused(
        "a Host with a user",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    ),
    refused(
        "a Host with a path",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    ),
    refused(
        "a Host with a query",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a?b\r\n\r\n",
    ),
    refused(
        "a Host that is a URL",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: http://a\r\n\r\n",
    ),
    refused(
        "a Host with a backslash",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n",
    ),
    refused(
        "a Host with percent-encoding",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: %61\r\n\r\n",
    ),
    refused(
        "a Host beyond ASCII",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n",
    ),
    refused(
        "a port that is a word",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a:http\r\n\r\n",
    ),
    refused(
        "a port with a sign",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a:+80\r\n\r\n",
    ),
    refused(
        "a port beyond 65535",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n",
    ),
    refused(
        "two ports",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n",
    ),
    refused(
        "a port alone",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: :80\r\n\r\n",
    ),
    refused(
        "IPv6 without brackets",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: ::1\r\n\r\n",
    ),
    refused(
        "an open bracket",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    ),
    refused(
        "brackets around a name",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: [a]\r\n\r\n",
    ),
    refused(
        "text after the brackets",
        SYNTAX,
        400,
        b"GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n",
    ),
    taken(
        "IPv4 with a port",
        SYNTAX,
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
        &[Message {
            host: "127.0.0.1:8080",
            ..GET
        }],
    ),
    taken(
        "IPv6 with a port",
        SYNTAX,
        b"GET / HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n",
        &[Message {
            host: "[2001:db8::1]:443",
            ..GET
        }],
    ),
    taken(
        "a colon without a port",
        SYNTAX,
        b"GET / HTTP/1.1\r\nHost: a.example:\r\n\r\n",
        &[Message {
            host: "a.example:",
            ..GET
        }],
    ),
    taken(
        "a Host with a dot at its end",
        SYNTAX,
        b"GET / HTTP/1.1\r\nHost: a.example.\r\n\r\n",
        &[Message {
            host: "a.example.",
            ..GET
        }],
    ),
    taken(
        "a port with leading zeros",
        SYNTAX,
        b"GET / HTTP/1.1\r\nHost: a.example:00080\r\n\r\n",
        &[Message {
            host: "a.example:00080",
            ..GET
        }],
    ),
    taken(
        "a Host last, with whitespace around",
        NUMBER,
        b"GET / HTTP/1.1\r\nAccept: */*\r\nHOST: \t a.example \t\r\n\r\n",
        &[GET],
    ),
];
