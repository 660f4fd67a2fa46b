//! Floods of frames that carry no message (CVE-2019-9512, -9515, -9518, CVE-2024-27316 and kin).

use portcullis_testkit::http2::{
    End, Http2, PREFACE, code, data, flag, frame, goaway, headers, kind, ping, priority, request,
    setting, settings, window_update,
};

use super::{FLAT, an_honest_client_is_served, backend, in_front_of};

/// More of them than anybody may send at once, and so few that the last word can be heard.
const FLOOD: usize = 1_200;

/// Begins a request with a body to come.
fn upload() -> Vec<u8> {
    headers(1, flag::END_HEADERS, &request("POST", "/a"))
}

#[test]
fn a_flood_of_frames_without_a_message_ends_its_connection_and_no_other() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.body_timeout", "20s")
        .start();
    an_honest_client_is_served(&gateway);
    let before = gateway.memory();
    let table_size = settings(&[(setting::HEADER_TABLE_SIZE, 4096)]);
    for (name, opening, flood) in [
        ("PING", vec![], ping()),
        (
            "PING acknowledged",
            vec![],
            frame(kind::PING, flag::ACK, 0, &[0; 8]),
        ),
        ("SETTINGS", vec![], table_size),
        ("empty SETTINGS", vec![], settings(&[])),
        ("PRIORITY", vec![], priority(1, 0)),
        ("PRIORITY of idle streams", vec![], priority(101, 0)),
        (
            "WINDOW_UPDATE of the connection",
            vec![],
            window_update(0, 1),
        ),
        ("WINDOW_UPDATE of a stream", upload(), window_update(1, 1)),
        ("unknown type", vec![], frame(0xbe, 0xff, 0, b"x")),
        ("unknown empty type", vec![], frame(0xbe, 0, 7, b"")),
        (
            "PRIORITY_UPDATE",
            vec![],
            frame(0x10, 0, 0, b"\0\0\0\x01u=1"),
        ),
        ("empty DATA", upload(), data(1, flag::NONE, b"")),
        ("padded empty DATA", upload(), data_padded()),
        ("empty HEADERS", vec![], headers(1, flag::END_HEADERS, b"")),
        ("GOAWAY", vec![], goaway(0, code::NO_ERROR)),
    ] {
        let mut client = Http2::plain(gateway.http());
        client.send(opening);
        let was_taken = client.try_send(flood.repeat(FLOOD));
        an_honest_client_is_served(&gateway);
        let code = client.closed();
        // The client may be cut off before it reads why.
        let is_calmed = code.is_none_or(|code| code == code::ENHANCE_YOUR_CALM);
        let is_told = name == "empty HEADERS" || is_calmed;
        assert!(is_told, "{name}: {code:?}, taken: {was_taken}");
    }
    let grown = gateway.memory().saturating_sub(before);
    assert!(grown < FLAT, "{grown} bytes");
    gateway.stop();
}

/// `DATA` that is padding alone.
fn data_padded() -> Vec<u8> {
    data(1, flag::PADDED, &[3, 0, 0, 0])
}

#[test]
fn the_budget_is_a_thousand_frames_at_once_and_its_end_is_told() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let mut client = Http2::plain(gateway.http());
    client.send(ping().repeat(900));
    assert_eq!(client.get(1, "/a"), End::Status(200), "within the budget");
    assert_eq!(client.body_of(1), b"ok");
    // What time and the request have earned since is less than this.
    client.send(ping().repeat(600));
    assert_eq!(client.closed(), Some(code::ENHANCE_YOUR_CALM));
    gateway.stop();
}

#[test]
fn the_end_is_told_over_tls_too() {
    let backend = backend();
    let gateway = in_front_of(&backend).tls().start();
    let mut client = Http2::tls(gateway.https(), gateway.identity());
    assert_eq!(client.get(1, "/a"), End::Status(200));
    client.send(ping().repeat(FLOOD));
    assert_eq!(client.closed(), Some(code::ENHANCE_YOUR_CALM));
    an_honest_client_is_served(&gateway);
    // What the library says of clients is not in the log: whoever floods would fill it.
    assert!(!gateway.stderr().contains("WARN"), "{}", gateway.stderr());
    gateway.stop();
}

#[test]
fn frames_of_unknown_types_are_passed_over() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let mut client = Http2::plain(gateway.http());
    for stream in [1, 3, 5] {
        client.send(frame(0xbe, 0xff, stream, &[7; 300]));
        client.send(frame(0x0a, 0, 0, b"alt-svc"));
        assert_eq!(client.get(stream, "/a"), End::Status(200));
    }
    gateway.stop();
}

#[test]
fn honest_traffic_stays_far_below_the_budget() {
    let backend = backend();
    let gateway = in_front_of(&backend).set("log.access", "off").start();
    let mut client = Http2::plain(gateway.http());
    // What a thrifty client sends with each request and each piece, several times over.
    for n in 0..1_500 {
        let stream = 2 * n + 1;
        client.send(
            [
                priority(stream, 0),
                headers(stream, flag::ALL, &request("GET", "/a")),
                window_update(stream, 100),
            ]
            .concat(),
        );
        assert_eq!(client.end_of(stream), End::Status(200), "{n}");
        assert_eq!(client.body_of(stream), b"ok");
        client.send([window_update(0, 2), ping()].concat());
    }
    gateway.stop();
}

#[test]
fn a_header_block_without_end_is_cut_off() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    an_honest_client_is_served(&gateway);
    let before = gateway.memory();
    let begun = headers(1, flag::END_STREAM, &request("GET", "/a"));
    let field = portcullis_testkit::http2::field("x-a", vec![b'a'; 16_000]);
    let continuation = |flags, block: &[u8]| frame(kind::CONTINUATION, flags, 1, block);
    for (name, flood) in [
        ("empty", continuation(flag::NONE, b"").repeat(2_000)),
        ("of fields", continuation(flag::NONE, &field).repeat(2_000)),
        (
            "of half a field",
            continuation(flag::NONE, &field[..100]).repeat(2_000),
        ),
        (
            "that ends after all",
            [
                continuation(flag::NONE, &field).repeat(30),
                continuation(flag::END_HEADERS, b""),
            ]
            .concat(),
        ),
        (
            "in tiny pieces that end",
            [
                continuation(flag::NONE, b"").repeat(100),
                continuation(flag::END_HEADERS, b""),
            ]
            .concat(),
        ),
    ] {
        let mut client = Http2::plain(gateway.http());
        client.send(&begun);
        // It is cut off before all of it is sent.
        client.try_send(flood);
        an_honest_client_is_served(&gateway);
        client.closed();
        assert!(
            backend
                .arrived()
                .iter()
                .all(|a| a.head.target() == "/honest"),
            "{name}"
        );
    }
    let grown = gateway.memory().saturating_sub(before);
    assert!(grown < FLAT, "{grown} bytes");
    gateway.stop();
}

#[test]
fn a_flood_over_many_connections_leaves_no_memory_behind() {
    let backend = backend();
    let gateway = in_front_of(&backend).set("log.access", "off").start();
    let attack = |rounds: usize| {
        for _ in 0..rounds {
            let mut client = Http2::plain(gateway.http());
            client.try_send(
                [ping(), settings(&[]), priority(3, 0)]
                    .concat()
                    .repeat(1_000),
            );
            client.closed();
        }
    };
    attack(10);
    let before = gateway.memory();
    attack(60);
    let grown = gateway.memory().saturating_sub(before);
    assert!(grown < FLAT / 4, "{grown} bytes");
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
fn a_flood_before_the_first_settings_is_cut_off_too() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let wire = gateway.connect();
    let mut client = Http2::on(wire);
    client.try_send([PREFACE, &ping().repeat(5_000)].concat());
    client.closed();
    an_honest_client_is_served(&gateway);
    gateway.stop();
}
