//! Clients that are slow on purpose: with what they ask, and with what they take.

use portcullis_testkit::http2::{
    End, Http2, PREFACE, code, data, flag, frame, headers, kind, ping, request, setting, settings,
    window_update,
};
use portcullis_testkit::wire::{eventually, must};

use super::{FLAT, a_moment, an_honest_client_is_served, backend, in_front_of};

fn get(stream: u32, path: &str) -> Vec<u8> {
    headers(stream, flag::ALL, &request("GET", path))
}

/// What a client sends to a stream now and then.
type Drip = fn(u32) -> Vec<u8>;

#[test]
fn what_is_begun_and_not_ended_is_cut_off_by_the_head_timeout() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.head_timeout", "300ms")
        .set("client.idle_timeout", "60s")
        .start();
    let begun = headers(1, flag::END_STREAM, &request("GET", "/a"));
    let empty = settings(&[]);
    for (name, bytes) in [
        ("half a preface", PREFACE[..12].to_vec()),
        ("no END_HEADERS", [PREFACE, &empty, &begun].concat()),
        ("half a HEADERS", [PREFACE, &empty, &begun[..20]].concat()),
        (
            "half a frame header",
            [PREFACE, &empty, &begun[..4]].concat(),
        ),
        ("half a SETTINGS", [PREFACE, &empty[..8]].concat()),
        (
            "half a CONTINUATION",
            [
                PREFACE,
                &empty,
                &begun,
                &frame(kind::CONTINUATION, flag::END_HEADERS, 1, &[0; 40])[..20],
            ]
            .concat(),
        ),
        (
            "half a PING beside a request that waits",
            [PREFACE, &empty, &get(1, "/slow"), &ping()[..12]].concat(),
        ),
    ] {
        let mut client = Http2::on(gateway.connect());
        client.send(bytes);
        assert_ne!(client.end_of(1), End::Status(200), "{name}");
        an_honest_client_is_served(&gateway);
    }
    // Bytes that drip in are no progress; pings between them are.
    let mut client = Http2::plain(gateway.http());
    for byte in &begun {
        a_moment(40);
        if !client.try_send([*byte]) {
            break;
        }
    }
    client.closed();
    let mut slow = Http2::plain(gateway.http());
    for _ in 0..10 {
        slow.send(&ping()[..9]);
        a_moment(50);
        slow.send(&ping()[9..]);
    }
    assert_eq!(slow.get(1, "/a"), End::Status(200));
    gateway.stop();
}

#[test]
fn a_client_that_asks_for_nothing_is_let_go_whatever_else_it_sends() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.head_timeout", "200ms")
        .set("client.idle_timeout", "300ms")
        .start();
    let mut bare = Http2::on(gateway.connect());
    bare.send(PREFACE);
    let mut silent = Http2::plain(gateway.http());
    let mut pinging = Http2::plain(gateway.http());
    let mut sent = 0;
    while sent < 100 && pinging.try_send(ping()) {
        a_moment(50);
        sent += 1;
    }
    assert!(sent < 100, "it pinged for five seconds");
    for client in [&mut bare, &mut silent, &mut pinging] {
        client.closed();
    }
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
fn a_body_that_stops_coming_is_answered_408_and_bothers_nobody() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.body_timeout", "300ms")
        .start();
    let mut client = Http2::plain(gateway.http());
    client.send(headers(1, flag::END_HEADERS, &request("POST", "/a")));
    client.send(data(1, flag::NONE, b"some"));
    assert_eq!(client.end_of(1), End::Status(408));
    // Half a frame is no piece of a body.
    let mut client = Http2::plain(gateway.http());
    client.send(headers(1, flag::END_HEADERS, &request("POST", "/a")));
    client.send(&data(1, flag::NONE, &[0; 100])[..50]);
    assert_eq!(client.end_of(1), End::Status(408));
    // Drop by drop it may come.
    let mut client = Http2::plain(gateway.http());
    client.send(headers(1, flag::END_HEADERS, &request("POST", "/a")));
    for _ in 0..10 {
        client.send(data(1, flag::NONE, b"x"));
        a_moment(50);
    }
    client.send(data(1, flag::END_STREAM, b"x"));
    assert_eq!(client.end_of(1), End::Status(200));
    assert_eq!(backend.last().body, b"x".repeat(11));
    gateway.stop();
}

#[test]
fn a_client_that_takes_nothing_or_next_to_nothing_is_given_up() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.write_timeout", "400ms")
        .set("client.min_response_rate", "2000")
        .set("client.rate_grace", "400ms")
        .set("client.idle_timeout", "60s")
        .start();
    an_honest_client_is_served(&gateway);
    let before = gateway.memory();
    let cases: [(&str, u32, &str, Option<Drip>); 6] = [
        ("no window", 0, "/large", None),
        ("no window for two bytes", 0, "/a", None),
        ("a window of one byte", 1, "/a", None),
        ("the default window, never enlarged", 65_535, "/large", None),
        (
            "one byte at a time",
            0,
            "/large",
            Some(|stream| window_update(stream, 1)),
        ),
        ("one byte at a time of little", 1, "/a", Some(|_| ping())),
    ];
    for (name, window, path, drip) in cases {
        let abandoned = backend.abandoned();
        let own = [(setting::INITIAL_WINDOW_SIZE, window)];
        let mut client = Http2::with_settings(gateway.connect(), &own);
        for n in 0..4 {
            client.send(get(2 * n + 1, path));
        }
        assert_eq!(client.end_of(7), End::Status(200), "{name}");
        let mut lasted = 0;
        while let Some(drip) = drip
            && lasted < 100
            && (0..4).all(|n| client.try_send(drip(2 * n + 1)))
        {
            a_moment(40);
            lasted += 1;
        }
        assert!(lasted < 100, "{name}: it lasted");
        an_honest_client_is_served(&gateway);
        client.closed();
        if path == "/large" {
            eventually("the calls are cancelled", || {
                backend.abandoned() == abandoned + 4
            });
        }
    }
    let grown = gateway.memory().saturating_sub(before);
    assert!(grown < FLAT, "{grown} bytes");
    gateway.stop();
}

#[test]
fn a_client_that_takes_slowly_and_steadily_is_served_to_the_end() {
    let backend = portcullis_testkit::backend::Backend::answering(
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\n".to_vec(),
            vec![b'a'; 600_000],
        ]
        .concat(),
    );
    let gateway = in_front_of(&backend)
        .set("client.write_timeout", "500ms")
        .start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 30_000)];
    let mut client = Http2::with_settings(gateway.connect(), &own);
    client.send(window_update(0, 1_000_000));
    client.send(get(1, "/a"));
    assert_eq!(client.end_of(1), End::Status(200));
    let mut taken = 0;
    for granted in 1..=20 {
        take(&mut client, &mut taken, granted * 30_000);
        if granted < 20 {
            a_moment(150);
            client.send(window_update(1, 30_000));
        }
    }
    gateway.stop();
}

#[test]
fn a_slow_link_that_many_streams_share_is_no_slow_client() {
    const STREAMS: u32 = 20;
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n".to_vec();
    let backend =
        portcullis_testkit::backend::Backend::answering([answer, vec![b'a'; 20_000]].concat());
    let gateway = in_front_of(&backend)
        .set("client.write_timeout", "500ms")
        .start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 0)];
    let mut client = Http2::with_settings(gateway.connect(), &own);
    client.send(window_update(0, 10_000_000));
    for n in 0..STREAMS {
        client.send(get(2 * n + 1, "/a"));
    }
    // Each gets far less than what a client takes at least; together it is more.
    let mut taken = 0;
    for granted in 1..=20 {
        a_moment(100);
        let grants = (0..STREAMS).flat_map(|n| window_update(2 * n + 1, 1_000));
        client.send(grants.collect::<Vec<_>>());
        take(&mut client, &mut taken, granted * 20_000);
    }
    gateway.stop();
}

/// Reads until so much of the responses was taken in all; none may be reset.
fn take(client: &mut Http2, taken: &mut usize, all: usize) {
    while *taken < all {
        let frame = must(client.next_frame().ok_or("the connection ended"));
        assert_ne!(frame.kind, kind::RST_STREAM, "{frame:?}");
        if frame.kind == kind::DATA {
            *taken += frame.payload.len();
        }
    }
}

#[test]
fn a_stream_that_is_not_taken_is_reset_alone_while_others_go_on() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.write_timeout", "400ms")
        .start();
    let mut client = Http2::plain(gateway.http());
    client.send(
        [
            get(1, "/large"),
            window_update(0, 10_000_000),
            get(3, "/slow"),
        ]
        .concat(),
    );
    assert_eq!(client.end_of(1), End::Status(200));
    // It may take what it has window for, and no more of it.
    assert_eq!(client.end_of(1), End::Reset(code::CANCEL));
    eventually("its call is cancelled, the other is not", || {
        backend.abandoned() == 1
    });
    assert_eq!(
        client.get(5, "/a"),
        End::Status(200),
        "the connection goes on"
    );
    gateway.stop();
}
