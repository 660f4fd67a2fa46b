//! Heads that are small on the wire and large in memory, and the limits of a head.

use portcullis_testkit::http2::{
    End, Http2, code, entered, field, flag, frame, headers, indexed, kind, request,
};

use super::{FLAT, an_honest_client_is_served, backend, in_front_of};

/// A head that may be larger than a frame.
fn whole(stream: u32, block: &[u8]) -> Vec<u8> {
    let mut pieces = block.chunks(16_000);
    let first = pieces.next().unwrap_or_default();
    let mut out = headers(stream, flag::END_STREAM, first);
    for piece in pieces {
        out.extend(frame(kind::CONTINUATION, flag::NONE, stream, piece));
    }
    out.extend(frame(kind::CONTINUATION, flag::END_HEADERS, stream, b""));
    out
}

#[test]
fn a_head_is_held_to_the_limits_of_http1() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let tiny = |count: usize| {
        (0..count)
            .flat_map(|n| field(format!("x-{n}"), ""))
            .collect()
    };
    let crumbs = |count: usize, size: usize| field("cookie", "c".repeat(size)).repeat(count);
    let long = |size: usize| field("x-long", "v".repeat(size));
    let cases: [(&str, Vec<u8>, u16); 9] = [
        ("as many headers as may be", tiny(100), 200),
        ("one header too many", tiny(101), 431),
        ("the same header too often", field("x", "").repeat(101), 431),
        ("many crumbs are one cookie", crumbs(500, 20), 200),
        ("crumbs of a cookie that is too long", crumbs(500, 40), 431),
        ("a long header", long(16_000), 200),
        ("a header that is too long", long(16 * 1024), 431),
        ("a head that is large", long(15_000).repeat(4), 200),
        ("a head that is too large", long(15_000).repeat(5), 431),
    ];
    for (name, extra, status) in cases {
        let arrived = backend.arrived().len();
        let mut client = Http2::plain(gateway.http());
        let block = [request("GET", "/a"), extra].concat();
        client.send(whole(1, &block));
        assert_eq!(client.end_of(1), End::Status(status), "{name}");
        assert_eq!(
            backend.arrived().len() - arrived,
            usize::from(status == 200),
            "{name}"
        );
    }
    for (length, status) in [(16_000, 200), (17 * 1024, 414)] {
        let mut client = Http2::plain(gateway.http());
        let path = format!("/{}", "p".repeat(length));
        client.send(whole(1, &request("GET", &path)));
        assert_eq!(client.end_of(1), End::Status(status), "a path of {length}");
    }
    gateway.stop();
}

#[test]
fn one_large_entry_that_is_referred_to_very_often_is_no_bomb() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    an_honest_client_is_served(&gateway);
    let before = gateway.memory();
    for _ in 0..30 {
        let mut client = Http2::plain(gateway.http());
        let bomb = [
            request("GET", "/bomb"),
            entered("x", "v".repeat(3_900)),
            indexed(62).repeat(15_000),
        ];
        client.try_send(whole(1, &bomb.concat()));
        let end = client.end_of(1);
        assert!(
            matches!(end, End::Status(431) | End::Closed)
                || end == End::GoAway(code::ENHANCE_YOUR_CALM),
            "{end:?}"
        );
        an_honest_client_is_served(&gateway);
    }
    let grown = gateway.memory().saturating_sub(before);
    assert!(grown < FLAT, "{grown} bytes");
    assert!(
        backend
            .arrived()
            .iter()
            .all(|a| a.head.target() == "/honest")
    );
    gateway.stop();
}

#[test]
fn a_table_that_is_filled_over_and_over_does_not_grow() {
    let backend = backend();
    let gateway = in_front_of(&backend).set("log.access", "off").start();
    let mut client = Http2::plain(gateway.http());
    let before = gateway.memory();
    for n in 0..300 {
        let stream = 2 * n + 1;
        let fill = (0..20).flat_map(|m| entered(format!("x-{n}-{m}"), "v".repeat(500)));
        let block = [request("GET", "/honest"), fill.collect()].concat();
        client.send(whole(stream, &block));
        assert_eq!(client.end_of(stream), End::Status(200), "{n}");
    }
    let grown = gateway.memory().saturating_sub(before);
    assert!(grown < FLAT / 4, "{grown} bytes");
    gateway.stop();
}
