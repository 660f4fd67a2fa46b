//! Streams and frames as RFC 9113 §5 and §4 want them: numbers, concurrency, sizes, ends.

use portcullis_testkit::http2::{
    End, Http2, code, data, flag, frame, frame_claiming, goaway, headers, kind, request, setting,
    settings, window_update,
};
use portcullis_testkit::wire::eventually;

use super::{an_honest_client_is_served, backend, in_front_of};

fn get(stream: u32, path: &str) -> Vec<u8> {
    headers(stream, flag::ALL, &request("GET", path))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_breaks_the_rules_of_streams_and_frames_ends_its_connection() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let protocol = End::GoAway(code::PROTOCOL_ERROR);
    let size = End::GoAway(code::FRAME_SIZE_ERROR);
    let ok = End::Status(200);
    let small = |length| vec![0; length];
    let cases: [(&str, Vec<u8>, u32, &[End]); 30] = [
        ("§5.1.1 even stream", get(2, "/a"), 2, &[protocol]),
        ("§5.1.1 stream 0", get(0, "/a"), 9, &[protocol]),
        (
            "§5.1.1 lower stream",
            [get(5, "/a"), get(3, "/a")].concat(),
            3,
            &[protocol, End::Closed],
        ),
        (
            "§5.1 reused stream",
            [get(1, "/a"), get(1, "/a")].concat(),
            9,
            &[protocol, End::GoAway(code::STREAM_CLOSED), End::Closed],
        ),
        (
            "§5.1 DATA of an idle stream",
            data(1, flag::NONE, b"x"),
            1,
            &[protocol],
        ),
        (
            "§5.1 WINDOW_UPDATE of an idle stream",
            window_update(7, 1),
            7,
            &[protocol],
        ),
        (
            "§5.1 RST_STREAM of an idle stream",
            frame(kind::RST_STREAM, 0, 7, &small(4)),
            7,
            &[protocol],
        ),
        (
            "§6.1 DATA of stream 0",
            data(0, flag::NONE, b"x"),
            9,
            &[protocol],
        ),
        (
            "§6.1 DATA with too much padding",
            [
                headers(1, flag::END_HEADERS, &request("POST", "/a")),
                data(1, flag::PADDED, &[9, 0]),
            ]
            .concat(),
            1,
            &[protocol],
        ),
        (
            "§6.2 HEADERS with too much padding",
            headers(1, flag::ALL | flag::PADDED, &[200, 0x82]),
            1,
            &[protocol],
        ),
        (
            "§6.3 PRIORITY of 4 bytes",
            frame(kind::PRIORITY, 0, 1, &small(4)),
            1,
            &[size, protocol, ok],
        ),
        (
            "§6.3 PRIORITY of stream 0",
            frame(kind::PRIORITY, 0, 0, &small(5)),
            9,
            &[protocol],
        ),
        (
            "§6.4 RST_STREAM of 3 bytes",
            [get(1, "/slow"), frame(kind::RST_STREAM, 0, 1, &small(3))].concat(),
            9,
            &[size, protocol],
        ),
        (
            "§6.4 RST_STREAM of stream 0",
            frame(kind::RST_STREAM, 0, 0, &small(4)),
            9,
            &[protocol],
        ),
        (
            "§6.5 SETTINGS of 5 bytes",
            frame(kind::SETTINGS, 0, 0, &small(5)),
            9,
            &[size, protocol],
        ),
        (
            "§6.5 SETTINGS of a stream",
            frame(kind::SETTINGS, 0, 1, b""),
            9,
            &[protocol],
        ),
        (
            "§6.5 SETTINGS acknowledged with content",
            frame(kind::SETTINGS, flag::ACK, 0, &small(6)),
            9,
            &[size, protocol],
        ),
        (
            "§6.5.2 ENABLE_PUSH 2",
            settings(&[(setting::ENABLE_PUSH, 2)]),
            9,
            &[protocol],
        ),
        (
            "§6.5.2 window of 2^31",
            settings(&[(setting::INITIAL_WINDOW_SIZE, 1 << 31)]),
            9,
            &[End::GoAway(code::FLOW_CONTROL_ERROR), protocol],
        ),
        (
            "§6.5.2 frames of 1 byte",
            settings(&[(setting::MAX_FRAME_SIZE, 1)]),
            9,
            &[protocol],
        ),
        (
            "§6.6 PUSH_PROMISE of a client",
            frame(kind::PUSH_PROMISE, flag::END_HEADERS, 1, &small(5)),
            9,
            &[protocol],
        ),
        (
            "§6.7 PING of 7 bytes",
            frame(kind::PING, 0, 0, &small(7)),
            9,
            &[size, protocol],
        ),
        (
            "§6.7 PING of a stream",
            frame(kind::PING, 0, 1, &small(8)),
            9,
            &[protocol],
        ),
        (
            "§6.8 GOAWAY of a stream",
            frame(kind::GOAWAY, 0, 1, &small(8)),
            9,
            &[protocol],
        ),
        (
            "§6.9 WINDOW_UPDATE of 3 bytes",
            frame(kind::WINDOW_UPDATE, 0, 0, &small(3)),
            9,
            &[size, protocol],
        ),
        (
            "§6.9 increment 0 of the connection",
            window_update(0, 0),
            9,
            &[protocol],
        ),
        (
            "§6.9.1 window overflow of the connection",
            window_update(0, 0x7fff_ffff),
            9,
            &[End::GoAway(code::FLOW_CONTROL_ERROR)],
        ),
        (
            "§6.10 CONTINUATION of nothing",
            frame(kind::CONTINUATION, flag::END_HEADERS, 1, b""),
            9,
            &[protocol],
        ),
        (
            "§6.10 DATA within a field block",
            [
                headers(1, flag::END_STREAM, &request("GET", "/a")),
                data(1, 0, b"x"),
            ]
            .concat(),
            9,
            &[protocol],
        ),
        (
            "§4.2 a frame of 16 KiB and 1",
            frame_claiming(16_385, kind::DATA, 0, 1, &[0; 100]),
            9,
            &[size],
        ),
    ];
    for (name, bytes, stream, expect) in cases {
        let mut client = Http2::plain(gateway.http());
        client.send(bytes);
        let end = client.end_of(stream);
        assert!(expect.contains(&end), "{name}: {end:?}");
        drop(client);
        an_honest_client_is_served(&gateway);
    }
    gateway.stop();
}

#[test]
fn more_streams_than_allowed_are_refused_and_may_be_tried_again() {
    let backend = backend();
    let gateway = in_front_of(&backend)
        .set("client.http2_streams", "5")
        .start();
    let mut client = Http2::plain(gateway.http());
    let offered = client.wait_for(kind::SETTINGS);
    assert_eq!(offered.setting(setting::MAX_CONCURRENT_STREAMS), Some(5));
    for n in 0..5 {
        client.send(get(2 * n + 1, "/slow"));
    }
    eventually("they are forwarded", || backend.arrived().len() == 5);
    assert_eq!(client.get(11, "/a"), End::Reset(code::REFUSED_STREAM));
    client.send(frame(kind::RST_STREAM, 0, 1, &code::CANCEL.to_be_bytes()));
    assert_eq!(client.get(13, "/a"), End::Status(200), "one has ended");
    // Whoever goes on asking nonetheless is let go.
    let asks = (0..500).flat_map(|n| get(2 * n + 15, "/slow"));
    client.try_send(asks.collect::<Vec<_>>());
    client.closed();
    let reached = backend.arrived().len();
    assert!(reached < 20, "{reached}");
    eventually("what was open is cancelled", || {
        let arrived = backend.arrived();
        arrived
            .iter()
            .filter(|a| a.head.target() == "/slow")
            .count()
            == backend.abandoned()
    });
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
fn a_client_that_says_goodbye_gets_what_it_has_asked_for() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let mut client = Http2::plain(gateway.http());
    client.send([get(1, "/a"), goaway(0, code::NO_ERROR)].concat());
    assert_eq!(client.end_of(1), End::Status(200));
    assert_eq!(client.body_of(1), b"ok");
    client.closed();
    gateway.stop();
}

#[test]
fn what_is_no_preface_is_no_http2() {
    let backend = backend();
    let gateway = in_front_of(&backend).tls().start();
    for garbage in [
        &b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r",
        b"\0\0\0\x04\0\0\0\0\0",
        b"PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n",
    ] {
        let config = gateway
            .identity()
            .client(&[&rustls::version::TLS13], &["h2"]);
        let wire = portcullis_testkit::wire::Wire::tls_as(gateway.https(), config);
        let mut client = Http2::on(wire);
        client.send(garbage);
        client.closed();
        an_honest_client_is_served(&gateway);
    }
    // The same bytes on the plain listener are HTTP/1 or nothing.
    let mut plain = gateway.connect();
    plain.send(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
    assert_eq!(plain.answer(portcullis_testkit::wire::To::Get).status, 505);
    gateway.stop();
}
