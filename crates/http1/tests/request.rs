//! What a head tells beyond its framing: host, version, expectation, upgrade, trailers.

use portcullis_http1::{Expect, Version};
use reading::{Message, read};

mod reading;

fn message(fields: &str, body: &str) -> Message {
    let text = format!("POST /a?b HTTP/1.1\r\nHost: h:81\r\n{fields}\r\n{body}");
    only(&text)
}

fn only(text: &str) -> Message {
    let mut messages = read([text.as_bytes()]).messages;
    assert_eq!(messages.len(), 1, "{text}");
    messages.remove(0)
}

#[test]
fn headers_stay_in_order_with_their_repetitions() {
    let message = message("X: 1\r\nAccept: a\r\nx: 2\r\nX:\r\n", "");
    let values: Vec<_> = message.head.headers.get_all("x").iter().collect();
    assert_eq!(values, ["1", "2", ""]);
    assert_eq!(message.head.headers["host"], "h:81");
    assert_eq!(message.head.host.name(), "h");
    assert_eq!(message.head.host.port(), Some(81));
    assert_eq!(message.head.version, Version::Http11);
}

#[test]
fn a_client_waits_only_for_a_body() {
    let waits = |fields, body| message(fields, body).head.expect;
    assert_eq!(
        waits("Expect: 100-continue\r\nContent-Length: 1\r\n", "x"),
        Expect::Continue
    );
    assert_eq!(
        waits(
            "expect: 100-CONTINUE\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n"
        ),
        Expect::Continue
    );
    assert_eq!(
        waits("Expect: 100-continue\r\nContent-Length: 0\r\n", ""),
        Expect::None
    );
    assert_eq!(waits("Expect: 100-continue\r\n", ""), Expect::None);
    assert_eq!(waits("Content-Length: 1\r\n", "x"), Expect::None);
    let old = only("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx");
    assert_eq!(
        (old.head.expect, old.head.version),
        (Expect::None, Version::Http10)
    );
}

#[test]
fn an_upgrade_is_offered_once_by_name_and_without_a_body() {
    let offer = |fields, body| {
        let upgrade = message(fields, body).head.upgrade;
        upgrade.map(|value| value.to_str().unwrap_or_default().to_owned())
    };
    let websocket = Some("websocket".to_owned());
    assert_eq!(
        offer("Connection: Upgrade\r\nUpgrade: websocket\r\n", ""),
        websocket
    );
    assert_eq!(
        offer(
            "Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\nContent-Length: 0\r\n",
            ""
        ),
        websocket
    );
    assert_eq!(offer("Upgrade: websocket\r\n", ""), None);
    assert_eq!(offer("Connection: upgrade\r\n", ""), None);
    assert_eq!(
        offer("Connection: upgrade\r\nUpgrade: a\r\nUpgrade: b\r\n", ""),
        None
    );
    assert_eq!(
        offer(
            "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n",
            "x"
        ),
        None
    );
    let old = only("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_eq!(old.head.upgrade, None);
}

#[test]
fn trailers_come_after_the_body() {
    let message = message(
        "Transfer-Encoding: chunked\r\nTrailer: x-sum\r\n",
        "2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-sum:2\r\n\r\n",
    );
    assert_eq!(message.body, b"hi");
    let sums: Vec<_> = message.trailers.get_all("x-sum").iter().collect();
    assert_eq!(sums, ["1", "2"]);
}
