//! Nobody is slow for ever: heads, handshakes and prefaces that drip, bodies that come and responses
//! that are taken below the least rate. And nobody is given up for somebody else's slowness.

use std::time::Duration;

use portcullis_testkit::backend::{Backend, Call, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::http2::{
    Http2, PREFACE, data, flag, headers, request, setting, window_update,
};
use portcullis_testkit::wire::{Framing, Piece, To, Wire, eventually};

/// How often something drips.
const DRIP: Duration = Duration::from_millis(30);

/// How long dripping goes on at most.
const DRIPS: usize = 300;

fn in_front_of(backend: &Backend) -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("root", &backend.url())
        .tls()
        .set("listen.h2c", "true")
}

/// The same, with a least rate of 20 KB a second in both directions after a short grace.
fn in_a_hurry(backend: &Backend) -> GatewayBuilder {
    in_front_of(backend)
        .set("client.min_request_rate", "20000")
        .set("client.min_response_rate", "20000")
        .set("client.rate_grace", "200ms")
}

/// Sends bytes one by one, then the last one again and again, until the other end closes. The end is not
/// waited for: it fails.
fn drip(client: &mut Wire, bytes: &[u8]) {
    let last = bytes.last().copied().into_iter().cycle();
    let mut is_over = false;
    for byte in bytes.iter().copied().chain(last).take(DRIPS) {
        is_over = client.try_send([byte]).is_err();
        if is_over {
            break;
        }
        std::thread::sleep(DRIP);
    }
    assert!(is_over, "it is put up with");
}

fn tls_with_h2(gateway: &Gateway) -> Wire {
    let versions = [&rustls::version::TLS13];
    let config = gateway.identity().client(&versions, &["h2"]);
    Wire::tls_as(gateway.https(), config)
}

// === Before there is a request ===

#[test]
fn what_drips_before_there_is_a_request_is_not_waited_for() {
    // A ClientHello that says that it is long.
    const HELLO: &[u8] = &[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 7, 7, 7, 7];
    // SETTINGS, then a frame of headers that goes on in others: a length of 16, of which little comes.
    const HEADERS: &[u8] = &[
        0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82, 0, 0, 16, 9, 0, 0, 0, 0, 1,
        0x84,
    ];
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .set("client.head_timeout", "300ms")
        .set("client.idle_timeout", "300ms")
        .set("client.handshake_timeout", "300ms")
        .start();
    let mut after_preface = gateway.connect();
    after_preface.send(PREFACE);
    for (what, mut client, bytes) in [
        ("a head", gateway.connect(), &b"GET / HTTP/1.1\r\nX: a"[..]),
        ("a head", gateway.connect_tls(), b"GET / HTTP/1.1\r\nX: a"),
        ("a line", gateway.connect(), b"GET /a"),
        ("empty lines", gateway.connect(), b"\r\n\r\n\r\n"),
        ("a handshake", Wire::plain(gateway.https()), HELLO),
        ("a preface", gateway.connect(), PREFACE),
        (
            "a preface in TLS",
            tls_with_h2(&gateway),
            b"PRI * HTTP/2.0\r\n\r\nSM",
        ),
        ("settings", after_preface, &HEADERS[..5]),
    ] {
        // The preface itself is short enough to be through in time; nothing follows it then.
        drip(&mut client, bytes);
        assert!(backend.arrived().is_empty(), "{what}");
    }
    let mut headers = gateway.connect();
    headers.send([PREFACE, HEADERS].concat());
    eventually("headers without an end are not waited for", || {
        gateway.metric("portcullis_connections_open") == 0
    });
    gateway.stop();
}

// === Bodies ===

const POST: &str = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

#[test]
fn a_body_below_the_least_rate_is_told_so() {
    let backend = Backend::echo();
    let gateway = in_a_hurry(&backend).start();
    for (burst, mut client) in [
        (0, gateway.connect()),
        (0, gateway.connect_tls()),
        (4_000, gateway.connect()),
    ] {
        let answered = gateway.access_log().len();
        client.send(POST);
        client.send(vec![b'a'; burst]);
        for _ in 0..DRIPS {
            if client.try_send("a").is_err() {
                break;
            }
            std::thread::sleep(DRIP);
            if gateway.access_log().len() > answered {
                break;
            }
        }
        assert_eq!(client.answer(To::Get).status, 408, "{burst}");
    }
    gateway.stop();
}

#[test]
fn a_body_above_the_least_rate_may_pause() {
    let backend = Backend::echo();
    let gateway = in_a_hurry(&backend).start();
    let mut client = gateway.connect();
    client.send(POST);
    for _ in 0..4 {
        client.send(vec![b'a'; 25_000]);
        // Longer than the grace; it was fast enough on average.
        std::thread::sleep(Duration::from_millis(400));
    }
    assert_eq!(client.answer(To::Get).body.len(), 100_000);
    gateway.stop();
}

#[test]
fn a_body_that_a_backend_does_not_take_is_not_the_client_s_slowness() {
    const SIZE: usize = 16 * 1024 * 1024;
    let backend = Backend::start(|call| {
        for _ in 0..4 {
            std::thread::sleep(Duration::from_millis(400));
            // Some, so that more is asked for, and then nothing for long.
            if call.piece().is_none() {
                return Then::Close;
            }
        }
        let whole = call.body().is_some();
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        if whole { Then::Keep } else { Then::Close }
    });
    let gateway = in_a_hurry(&backend)
        .set("client.body_timeout", "200ms")
        .start();
    let mut client = gateway.connect();
    client.send(format!(
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {SIZE}\r\n\r\n"
    ));
    client.send(vec![b'a'; SIZE]);
    assert_eq!(client.answer(To::Get).status, 200);
    gateway.stop();
}

// === Responses ===

/// A backend that has a lot to say.
fn talkative() -> Backend {
    Backend::start(|call| {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        // More than every buffer on the way holds; the rest fails when the gateway gives up.
        call.send(vec![b'a'; 64 * 1024 * 1024]);
        call.wait_closed();
        Then::Close
    })
}

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_response_that_is_taken_below_the_least_rate_is_cut_off() {
    let backend = talkative();
    let gateway = in_a_hurry(&backend)
        .set("client.min_response_rate", "100MiB")
        .start();
    let mut client = gateway.connect();
    client.send(GET);
    let mut framing = client.head().answer_framing(To::Get);
    for _ in 0..DRIPS {
        if backend.abandoned() == 1 {
            break;
        }
        // Some is always taken, and less than there should be.
        drop(client.try_piece(&mut framing));
        std::thread::sleep(DRIP);
    }
    eventually("the backend call ends", || backend.abandoned() == 1);
    let log = gateway.stop().access_log();
    assert_eq!(log[0]["complete"], false);
}

#[test]
fn a_response_that_a_backend_drips_is_not_the_client_s_slowness() {
    let backend = Backend::start(|call| {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n");
        for _ in 0..30 {
            call.send("a");
            std::thread::sleep(DRIP);
        }
        Then::Keep
    });
    let gateway = in_a_hurry(&backend)
        .set("client.write_timeout", "200ms")
        .start();
    for mut client in [gateway.connect(), gateway.connect_tls()] {
        assert_eq!(client.ask(GET).text(), "a".repeat(30));
    }
    gateway.stop();
}

#[test]
fn a_client_that_takes_slowly_and_fast_enough_gets_all() {
    const SIZE: u64 = 3_000_000;
    let backend = Backend::start(|call| {
        call.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n"));
        call.send(vec![b'a'; 3_000_000]);
        Then::Keep
    });
    let gateway = in_a_hurry(&backend)
        .set("client.write_timeout", "500ms")
        .start();
    let mut client = gateway.connect();
    client.send(GET);
    let mut framing = client.head().answer_framing(To::Get);
    let mut taken = 0;
    while let Piece::Data(data) = client.try_piece(&mut framing).unwrap() {
        taken += data.len() as u64;
        // About a megabyte a second at first, less than the kernel's own buffers would show.
        if taken < SIZE / 2 {
            std::thread::sleep(Duration::from_millis(data.len() as u64 / 1000));
        }
    }
    assert_eq!((taken, framing), (SIZE, Framing::Length(0)));
    gateway.stop();
}

// === HTTP/2 ===

#[test]
fn an_http2_body_below_the_least_rate_is_given_up() {
    let backend = Backend::echo();
    let gateway = in_a_hurry(&backend).start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 65_535)];
    let mut client = Http2::with_settings(gateway.connect(), &own);
    client.send(headers(1, flag::END_HEADERS, &request("POST", "/a")));
    for _ in 0..DRIPS {
        if !gateway.access_log().is_empty() {
            break;
        }
        client.send(data(1, flag::NONE, b"a"));
        std::thread::sleep(DRIP);
    }
    drop(client);
    assert_eq!(gateway.stop().access_log()[0]["status"], 408);
}

#[test]
fn an_http2_body_that_waits_for_a_slow_backend_is_not_given_up() {
    let backend = Backend::start(|call| {
        std::thread::sleep(Duration::from_secs(1));
        let body = call.body();
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        body.map_or(Then::Close, |_| Then::Keep)
    });
    let gateway = in_a_hurry(&backend)
        .set("client.body_timeout", "300ms")
        .start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 65_535)];
    let mut client = Http2::with_settings(gateway.connect(), &own);
    // What the windows let through at first comes at once, the end with it.
    client.send(headers(1, flag::END_HEADERS, &request("POST", "/a")));
    for _ in 0..3 {
        client.send(data(1, flag::NONE, &[b'a'; 16_000]));
    }
    client.send(data(1, flag::END_STREAM, b"a"));
    eventually("it is answered", || gateway.access_log().len() == 1);
    assert_eq!(gateway.access_log()[0]["status"], 200);
    drop(client);
    gateway.stop();
}

#[test]
fn an_http2_response_that_is_taken_byte_by_byte_is_cut_off() {
    let backend = talkative();
    let gateway = in_a_hurry(&backend).start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 1)];
    let mut client = Http2::with_settings(gateway.connect(), &own);
    client.send(headers(1, flag::ALL, &request("GET", "/a")));
    for _ in 0..DRIPS {
        if !client.try_send(window_update(1, 1)) || backend.abandoned() == 1 {
            break;
        }
        std::thread::sleep(DRIP);
    }
    eventually("the backend call ends", || backend.abandoned() == 1);
    gateway.stop();
}

#[test]
fn one_http2_response_that_is_not_taken_is_reset_and_the_others_go_on() {
    let talkative = |call: &mut Call<'_>| {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        call.send(vec![b'a'; 64 * 1024 * 1024]);
        call.wait_closed();
        Then::Close
    };
    let backend = Backend::start(move |call| {
        if call.head.method() == "GET" {
            return talkative(call);
        }
        let body = call.body();
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        body.map_or(Then::Close, |_| Then::Keep)
    });
    let gateway = in_front_of(&backend)
        .set("client.write_timeout", "100ms")
        .set("client.min_response_rate", "0")
        .start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 1_000)];
    let mut client = Http2::with_settings(gateway.connect(), &own);
    client.send(headers(1, flag::ALL, &request("GET", "/a")));
    let mut streams = (3..).step_by(2);
    let mut ask = || {
        let before = gateway.access_log().len();
        let stream = streams.next().unwrap_or_default();
        client.send(headers(stream, flag::END_HEADERS, &request("POST", "/a")));
        client.send(data(stream, flag::END_STREAM, b""));
        eventually("it is answered", || gateway.access_log().len() > before);
    };
    eventually("it is reset", || {
        ask();
        backend.abandoned() == 1
    });
    ask();
    let log = gateway.access_log();
    let cut_off = log.iter().filter(|line| line["complete"] == false).count();
    assert_eq!(cut_off, 1);
    assert_eq!(gateway.metric("portcullis_connections_accepted_total"), 1);
    gateway.stop();
}
