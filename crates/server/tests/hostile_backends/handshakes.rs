//! Tunnels that open only for whoever asked in full, and only if the backend agrees to just that.

use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::wire::To;

use crate::builder;

/// The handshake of RFC 6455 §1.3.
const ASKS: &str = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
                    Sec-WebSocket-Protocol: chat, superchat\r\n\r\n";

const CONNECTION: &str = "Connection: Upgrade\r\n";
const UPGRADE: &str = "Upgrade: websocket\r\n";
const ACCEPT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/// What a backend says with 101, and whether it opens a tunnel.
const ANSWERS: [(&str, &[&str], bool); 12] = [
    ("an agreement", &[CONNECTION, UPGRADE, ACCEPT], true),
    (
        "an agreement of another case",
        &[
            "connection: x, upgrade\r\n",
            "upgrade: WebSocket\r\n",
            ACCEPT,
        ],
        true,
    ),
    ("no accept", &[CONNECTION, UPGRADE], false),
    (
        "an empty accept",
        &[CONNECTION, UPGRADE, "Sec-WebSocket-Accept:\r\n"],
        false,
    ),
    (
        "the key for an accept",
        &[
            CONNECTION,
            UPGRADE,
            "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        ],
        false,
    ),
    (
        "the accept of another key",
        &[
            CONNECTION,
            UPGRADE,
            "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n",
        ],
        false,
    ),
    (
        "an accept of another case",
        &[
            CONNECTION,
            UPGRADE,
            "Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n",
        ],
        false,
    ),
    ("two accepts", &[CONNECTION, UPGRADE, ACCEPT, ACCEPT], false),
    ("no upgrade", &[CONNECTION, ACCEPT], false),
    (
        "an upgrade to something else",
        &[CONNECTION, "Upgrade: h2c\r\n", ACCEPT],
        false,
    ),
    (
        "an upgrade to two things",
        &[CONNECTION, UPGRADE, "Upgrade: h2c\r\n", ACCEPT],
        false,
    ),
    ("no connection", &[UPGRADE, ACCEPT], false),
];

#[test]
fn a_tunnel_opens_only_for_an_agreement_to_the_very_key() {
    for (name, fields, opens) in ANSWERS {
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\n{}Sec-WebSocket-Protocol: chat\r\n\
             Sec-WebSocket-Extensions: permessage-deflate\r\n\r\nframe",
            fields.concat()
        );
        let backend = Backend::start(move |call| {
            call.send(&answer);
            call.wait_closed();
            Then::Close
        });
        let gateway = builder().api("root", &backend.url()).start();
        let mut client = gateway.connect();
        client.send(ASKS);
        if opens {
            let head = client.head();
            assert_eq!(head.status(), 101, "{name}");
            assert_eq!(head.field("sec-websocket-protocol"), Some("chat"), "{name}");
            let extensions = head.field("sec-websocket-extensions");
            assert_eq!(extensions, Some("permessage-deflate"), "{name}");
            assert_eq!(client.exactly(5), b"frame", "{name}");
        } else {
            let refused = client.answer(To::Get);
            assert_eq!(refused.status, 500, "{name}: {}", refused.text());
            assert!(!refused.text().contains("frame"), "{name}");
        }
        let asked = backend.last().head;
        let offered = "permessage-deflate; client_max_window_bits";
        assert_eq!(
            asked.field("sec-websocket-extensions"),
            Some(offered),
            "{name}"
        );
        assert_eq!(
            asked.field("sec-websocket-protocol"),
            Some("chat, superchat"),
            "{name}"
        );
        drop(client);
        gateway.stop();
    }
}

#[test]
fn who_asks_in_another_version_is_told_the_one_that_is_spoken() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).start();
    for version in ["Sec-WebSocket-Version: 8\r\n", ""] {
        let mut client = gateway.connect();
        let asks = ASKS.replace("Sec-WebSocket-Version: 13\r\n", version);
        let refused = client.ask(asks);
        assert_eq!(refused.status, 400, "{}", refused.text());
        assert_eq!(refused.field("sec-websocket-version"), Some("13"));
        assert_eq!(refused.field("connection"), Some("close"));
        assert!(client.is_closed());
    }
    assert!(backend.arrived().is_empty());
    gateway.stop();
}
