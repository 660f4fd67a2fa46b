//! The opening handshake of a WebSocket: asked for in full, or not at all.

use super::{Case, Framing, GET, Message, Persistence, refused, taken};

const KEY: &str = "RFC 6455 §4.2.1";
const VERSION: &str = "RFC 6455 §4.4";
const UPGRADE: &str = "RFC 9110 §7.8";

macro_rules! asks {
    ($fields:literal) => {
        concat!(
            "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
            $fields,
            "\r\n\r\n"
        )
        .as_bytes()
    };
}

pub(super) const CASES: &[Case] = &[
    // === Taken as a handshake ===
    taken(
        "a handshake",
        KEY,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"),
        &[GET],
    ),
    taken(
        "a handshake with extensions, protocols and an origin",
        "RFC 6455 §4.1",
        asks!(
            "Origin: https://b.example\r\nSec-WebSocket-Extensions: permessage-deflate; a=\"b\"\r\n\
             Sec-WebSocket-Protocol: chat, superchat\r\nSEC-WEBSOCKET-VERSION: 13 \r\n\
             sec-websocket-key:\tdGhlIHNhbXBsZSBub25jZQ=="
        ),
        &[GET],
    ),
    taken(
        "a handshake of another case, in a list of options",
        "RFC 6455 §4.2.1",
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, UPGRADE\r\n\
          Upgrade: WebSocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
          Sec-WebSocket-Version: 13\r\n\r\n",
        &[GET],
    ),
    // === Keys ===
    refused(
        "a handshake without a key",
        KEY,
        400,
        asks!("Sec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with an empty key",
        KEY,
        400,
        asks!("Sec-WebSocket-Key:\r\nSec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with a key of 15 bytes",
        KEY,
        400,
        asks!("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\nSec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with a key of 17 bytes",
        KEY,
        400,
        asks!("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\nSec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with a key without padding",
        KEY,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\nSec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with a key of another alphabet",
        KEY,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub2-_ZQ==\r\nSec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with a key that is no base64",
        KEY,
        400,
        asks!("Sec-WebSocket-Key: the sample nonce is ok==\r\nSec-WebSocket-Version: 13"),
    ),
    refused(
        "a handshake with the same key twice",
        KEY,
        400,
        asks!(
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
        ),
    ),
    refused(
        "a handshake with a list of keys",
        KEY,
        400,
        asks!(
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13"
        ),
    ),
    // === Versions ===
    refused(
        "a handshake without a version",
        VERSION,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    ),
    refused(
        "a handshake of an older version",
        VERSION,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8"),
    ),
    refused(
        "a handshake of an unknown version",
        VERSION,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 777"),
    ),
    refused(
        "a handshake of version 13 written otherwise",
        VERSION,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 013"),
    ),
    refused(
        "a handshake of two versions",
        VERSION,
        400,
        asks!("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13, 8"),
    ),
    refused(
        "a handshake of the same version twice",
        VERSION,
        400,
        asks!(
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Version: 13"
        ),
    ),
    refused(
        "a handshake of an old draft",
        VERSION,
        400,
        asks!("Sec-WebSocket-Key1: 18x 6]8vM;54 *(5:  {   U1]8  z [  8"),
    ),
    // === Not a handshake: the upgrade is ignored and does not go on ===
    taken(
        "a handshake in HTTP/1.0 is an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.0\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        &[Message {
            persistence: Persistence::Close,
            ..GET
        }],
    ),
    taken(
        "a handshake by POST is an ordinary request",
        "RFC 6455 §4.1",
        b"POST / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        &[Message {
            method: "POST",
            ..GET
        }],
    ),
    taken(
        "an upgrade that Connection does not name is an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n",
        &[GET],
    ),
    taken(
        "a Connection that names an upgrade that is not there is an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        &[GET],
    ),
    taken(
        "a handshake with a body is an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Content-Length: 5\r\n\r\nhello",
        &[Message {
            framing: Framing::Length,
            body: b"hello",
            ..GET
        }],
    ),
    taken(
        "two upgrades are an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Upgrade: h2c\r\n\r\n",
        &[GET],
    ),
    taken(
        "an upgrade to a list is an ordinary request",
        UPGRADE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\
          \r\n",
        &[GET],
    ),
    taken(
        "an upgrade to HTTP/2 is an ordinary request",
        "RFC 9113 §3.1",
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\n\
          Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        &[GET],
    ),
    taken(
        "an upgrade to TLS is an ordinary request",
        "RFC 2817 §3.1",
        b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n",
        &[GET],
    ),
];
