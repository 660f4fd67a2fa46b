//! What a method rules in and out: tunnels, loops, content where none may be.

use super::{Case, Framing, GET, Message, Persistence, refused, taken, unfinished};

const TUNNEL: &str = "RFC 9110 §9.3.6";
const LOOP: &str = "RFC 9110 §9.3.8";
const ASTERISK: &str = "RFC 9112 §3.2.4";
const TARGET: &str = "RFC 9112 §3.2";
const CONTENT: &str = "RFC 9110 §9.3.1";

/// `OPTIONS *`.
const SERVER: Message = Message {
    method: "OPTIONS",
    target: "*",
    ..GET
};

pub(super) const CASES: &[Case] = &[
    // === CONNECT ===
    refused(
        "a tunnel in HTTP/1.0",
        TUNNEL,
        501,
        b"CONNECT a.example:443 HTTP/1.0\r\n\r\n",
    ),
    refused(
        "a tunnel to a path",
        TUNNEL,
        501,
        b"CONNECT / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a tunnel to a URL",
        TUNNEL,
        501,
        b"CONNECT http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a tunnel with a body",
        TUNNEL,
        501,
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nContent-Length: 5\r\n\r\nhello",
    ),
    refused(
        "a tunnel with chunks",
        TUNNEL,
        501,
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\
          Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    refused(
        "a tunnel of lower case is another method",
        TARGET,
        400,
        b"connect a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
    ),
    // === TRACE ===
    taken(
        "a loop back",
        LOOP,
        b"TRACE / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            method: "TRACE",
            ..GET
        }],
    ),
    refused(
        "a loop back with a body",
        LOOP,
        400,
        b"TRACE / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello",
    ),
    refused(
        "a loop back with chunks",
        LOOP,
        400,
        b"TRACE / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    refused(
        "a loop back of the server as a whole",
        ASTERISK,
        400,
        b"TRACE * HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    // === OPTIONS ===
    taken(
        "the server as a whole in HTTP/1.0",
        ASTERISK,
        b"OPTIONS * HTTP/1.0\r\n\r\n",
        &[Message {
            host: "",
            persistence: Persistence::Close,
            ..SERVER
        }],
    ),
    taken(
        "the server as a whole with a body",
        ASTERISK,
        b"OPTIONS * HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello",
        &[Message {
            framing: Framing::Length,
            body: b"hello",
            ..SERVER
        }],
    ),
    refused(
        "an asterisk with a query",
        TARGET,
        400,
        b"OPTIONS *?a HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "two asterisks",
        TARGET,
        400,
        b"OPTIONS ** HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an asterisk for POST",
        ASTERISK,
        400,
        b"POST * HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n",
    ),
    taken(
        "an asterisk in a path is a path",
        TARGET,
        b"OPTIONS /* HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            method: "OPTIONS",
            target: "/*",
            ..GET
        }],
    ),
    // === Content ===
    taken(
        "chunks on GET",
        CONTENT,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n\
          2\r\nhi\r\n0\r\n\r\n",
        &[Message {
            framing: Framing::Chunked,
            body: b"hi",
            ..GET
        }],
    ),
    taken(
        "a request in the body of GET is no request",
        CONTENT,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 30\r\n\r\n\
          GET /b HTTP/1.1\r\nHost: b\r\n\r\n\r\n",
        &[Message {
            framing: Framing::Length,
            body: b"GET /b HTTP/1.1\r\nHost: b\r\n\r\n\r\n",
            ..GET
        }],
    ),
    taken(
        "a body on HEAD",
        "RFC 9110 §9.3.2",
        b"HEAD / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi",
        &[Message {
            method: "HEAD",
            framing: Framing::Length,
            body: b"hi",
            ..GET
        }],
    ),
    taken(
        "a body on DELETE",
        "RFC 9110 §9.3.5",
        b"DELETE / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi",
        &[Message {
            method: "DELETE",
            framing: Framing::Length,
            body: b"hi",
            ..GET
        }],
    ),
    unfinished(
        "a body on DELETE that is not all there",
        "RFC 9110 §9.3.5",
        b"DELETE / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nhi",
    ),
];
