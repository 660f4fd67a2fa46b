//! Several messages on one connection, and the fields that speak of the connection.

use std::borrow::Cow;

use super::{
    CHUNKED_HELLO, Case, Framing, GET, HELLO, Message, Persistence, Then, refused, taken,
    unfinished,
};

const CONNECTION: &str = "RFC 9110 §7.6.1";
const PERSISTENCE: &str = "RFC 9112 §9.3";
const PIPELINE: &str = "RFC 9112 §9.3.2";
const EXPECT: &str = "RFC 9110 §10.1.1";
const UPGRADE: &str = "RFC 9110 §7.8";
const BOTH: &str = "RFC 9112 §6.1";

const LAST_GET: Message = Message {
    persistence: Persistence::Close,
    ..GET
};

/// A first message that is taken, with a second that is refused.
const fn second_refused(
    name: &'static str,
    rule: &'static str,
    bytes: &'static [u8],
    first: &'static [Message],
    then: Then,
) -> Case {
    Case {
        name,
        rule,
        bytes: Cow::Borrowed(bytes),
        taken: first,
        then,
    }
}

pub(super) const CASES: &[Case] = &[
    // === Sequences ===
    taken(
        "three requests at once",
        PIPELINE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n\
          POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello\
          POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n\
          5\r\nhello\r\n0\r\nX: y\r\n\r\n",
        &[GET, HELLO, CHUNKED_HELLO],
    ),
    taken(
        "one empty line between requests",
        "RFC 9112 §2.2",
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello\r\n\
          GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[HELLO, GET],
    ),
    second_refused(
        "two empty lines between requests",
        "RFC 9112 §2.2",
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[GET],
        Then::RefusedHead(400),
    ),
    second_refused(
        "a second request with a length and chunks",
        BOTH,
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n\
          POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
        &[GET],
        Then::RefusedHead(400),
    ),
    second_refused(
        "a second request without Host",
        "RFC 9112 §3.2",
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        &[GET],
        Then::RefusedHead(400),
    ),
    second_refused(
        "a second request with bare LFs",
        "RFC 9112 §2.2",
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello\
          GET / HTTP/1.1\nHost: a.example\n\n",
        &[HELLO],
        Then::RefusedHead(400),
    ),
    second_refused(
        "more body than the length says",
        "RFC 9112 §3.1",
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello{}",
        &[HELLO],
        Then::RefusedHead(400),
    ),
    second_refused(
        "a third request with a bad chunk",
        "RFC 9112 §7.1",
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n\
          POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n\
          5\r\nhello\r\n0\r\n\r\n\
          POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n\
          5\r\nhello!\r\n0\r\n\r\n",
        &[GET, CHUNKED_HELLO],
        Then::RefusedBody(400),
    ),
    unfinished(
        "less body than the length says",
        "RFC 9112 §6.3",
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\nhello",
    ),
    unfinished(
        "chunks without the last one",
        "RFC 9112 §8",
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ),
    // === Connection ===
    taken(
        "nothing is read after close",
        PERSISTENCE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n\0garbage",
        &[LAST_GET],
    ),
    taken(
        "close wins over keep-alive, wherever it stands",
        PERSISTENCE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: x, CLOSE ,\r\nConnection: keep-alive\r\n\
          \r\n",
        &[LAST_GET],
    ),
    taken(
        "HTTP/1.0 closes",
        PERSISTENCE,
        b"GET / HTTP/1.0\r\nHost: a.example\r\n\r\nGET / HTTP/1.0\r\nHost: a.example\r\n\r\n",
        &[LAST_GET],
    ),
    taken(
        "HTTP/1.0 stays open if it asks to",
        PERSISTENCE,
        b"GET / HTTP/1.0\r\nHost: a.example\r\nConnection: Keep-Alive\r\n\r\n\
          POST / HTTP/1.0\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello",
        &[GET, Message { persistence: Persistence::Close, ..HELLO }],
    ),
    refused(
        "a Connection that is no list of tokens",
        CONNECTION,
        400,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close keep-alive\r\n\r\n",
    ),
    refused(
        "a Connection that names Host",
        CONNECTION,
        400,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close, host\r\n\r\n",
    ),
    refused(
        "a Connection that names the length",
        CONNECTION,
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Content-Length\r\nContent-Length: 0\r\n\r\n",
    ),
    refused(
        "a Connection that names the coding",
        CONNECTION,
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: transfer-encoding\r\nContent-Length: 0\r\n\r\n",
    ),
    taken(
        "a Connection of empty elements",
        CONNECTION,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: , ,\r\nConnection:\r\n\r\n",
        &[GET],
    ),
    taken(
        "a Proxy-Connection keeps no connection of HTTP/1.0 open",
        PERSISTENCE,
        b"GET / HTTP/1.0\r\nHost: a.example\r\nProxy-Connection: keep-alive\r\n\r\n",
        &[LAST_GET],
    ),
    taken(
        "a Keep-Alive without a Connection keeps no connection of HTTP/1.0 open",
        PERSISTENCE,
        b"GET / HTTP/1.0\r\nHost: a.example\r\nKeep-Alive: timeout=5\r\n\r\n",
        &[LAST_GET],
    ),
    taken(
        "close behind keep-alive in HTTP/1.0",
        PERSISTENCE,
        b"GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive, close\r\n\r\n",
        &[LAST_GET],
    ),
    taken(
        "a TE that this hop does not speak does not cross it",
        "RFC 9110 §10.1.4",
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: TE\r\nTE: gzip, deflate;q=0.5\r\n\r\n",
        &[GET],
    ),
    // === Expect ===
    taken(
        "the same expectation on two lines",
        EXPECT,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n\
          Content-Length: 5\r\n\r\nhello",
        &[HELLO],
    ),
    taken(
        "an expectation in HTTP/1.0 counts for nothing",
        EXPECT,
        b"POST / HTTP/1.0\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n\
          hello",
        &[Message { persistence: Persistence::Close, ..HELLO }],
    ),
    refused(
        "an expectation twice on a line",
        EXPECT,
        417,
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, 100-continue\r\n\
          Content-Length: 0\r\n\r\n",
    ),
    refused(
        "an expectation with a parameter",
        EXPECT,
        417,
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue;a=b\r\nContent-Length: 0\r\n\r\n",
    ),
    taken(
        "an expectation of 100",
        EXPECT,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\nhello",
        &[HELLO],
    ),
    taken(
        "an expectation without a body",
        EXPECT,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\n\r\n",
        &[GET],
    ),
    refused(
        "an unknown expectation",
        EXPECT,
        417,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nExpect: 200-ok\r\n\r\n",
    ),
    refused(
        "an unknown expectation beside a known one",
        EXPECT,
        417,
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x=y\r\nContent-Length: 0\r\n\r\n",
    ),
    refused(
        "an empty expectation",
        EXPECT,
        417,
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect:\r\nContent-Length: 0\r\n\r\n",
    ),
    // === Upgrade ===
    taken(
        "an upgrade with a body is an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: upgrade, http2-settings\r\n\
          Upgrade: h2c\r\nHTTP2-Settings: x\r\nContent-Length: 5\r\n\r\nhello",
        &[Message { framing: Framing::Length, body: b"hello", ..GET }],
    ),
];
