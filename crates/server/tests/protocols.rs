//! HTTP/1.1 through the gateway: connections, framing, streaming, upgrades, headers that may and may
//! not cross, TLS on both sides. HTTP/2 is in `http2.rs`.

use std::sync::mpsc::sync_channel;

use portcullis_testkit::backend::{Backend, Call, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Framing, Identity, Piece, To, Wire, eventually};

/// Large enough to fill every buffer on the way.
const LARGE: usize = 5 * 1024 * 1024;

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// An open API at the root, in front of a backend.
fn in_front_of(backend: &Backend) -> Gateway {
    builder().api("root", &backend.url()).start()
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n")
}

fn post(target: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {target} HTTP/1.1\r\nHost: a.example\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// Bytes whose order matters.
fn pattern(size: usize) -> Vec<u8> {
    let lines = (0..).flat_map(|n: u32| format!("{n}\n").into_bytes());
    lines.take(size).collect()
}

// === Connections ===

#[test]
fn requests_of_one_connection_share_a_connection_to_the_backend() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    for n in 0..5 {
        let answer = client.ask(post("/a", &format!("body {n}")));
        assert_eq!((answer.status, answer.text()), (200, format!("body {n}")));
    }
    assert_eq!(backend.connections(), 1);
    gateway.stop();
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    let requests: Vec<String> = (0..20).map(|n| post("/a", &format!("body {n}"))).collect();
    client.send(requests.concat());
    for n in 0..20 {
        assert_eq!(client.answer(To::Get).text(), format!("body {n}"));
    }
    gateway.stop();
}

#[test]
fn a_kept_connection_that_breaks_costs_a_safe_request_nothing_and_an_unsafe_one_is_sent_once() {
    let backend = Backend::start(|call| {
        if call.head.target() == "/swallowed" && call.before > 0 {
            return Then::Close;
        }
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Then::Keep
    });
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    assert_eq!(client.ask(get("/a")).status, 200);
    assert_eq!(client.ask(get("/swallowed")).status, 200);
    let targets: Vec<_> = backend
        .arrived()
        .into_iter()
        .map(|a| (a.connection, a.head.line))
        .collect();
    assert_eq!(
        targets[1..],
        [
            (0, "GET /swallowed HTTP/1.1".to_owned()),
            (1, "GET /swallowed HTTP/1.1".to_owned())
        ]
    );
    let answer = client.ask(post("/swallowed", ""));
    assert_eq!(answer.status, 500, "{}", answer.text());
    assert_eq!(backend.arrived_after(targets.len()).len(), 1);
    gateway.stop();
}

#[test]
fn a_client_that_goes_away_cancels_its_call_to_the_backend() {
    let backend = Backend::start(|call| {
        if call.head.target() == "/streams" {
            call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        }
        call.wait_closed();
        Then::Close
    });
    let gateway = in_front_of(&backend);
    // Before the answer has begun.
    let mut client = gateway.connect();
    client.send(get("/waits"));
    eventually("the call reaches the backend", || {
        backend.arrived().len() == 1
    });
    drop(client);
    eventually("the call is cancelled", || backend.abandoned() == 1);
    // In the middle of the answer.
    let mut client = gateway.connect();
    client.send(get("/streams"));
    assert_eq!(client.head().status(), 200);
    drop(client);
    eventually("the call is cancelled", || backend.abandoned() == 2);
    // Both are in the log, and neither is called complete.
    eventually("both calls are in the log", || {
        gateway.access_log().len() == 2
    });
    assert!(
        gateway
            .access_log()
            .iter()
            .all(|line| line["complete"] == false)
    );
    gateway.stop();
}

#[test]
fn an_answer_that_breaks_off_is_never_passed_on_as_whole() {
    let backend = Backend::start(|call| {
        let framing = match call.head.target() {
            "/length" => "Content-Length: 10\r\n\r\nhello",
            _ => "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        };
        call.send(format!("HTTP/1.1 200 OK\r\n{framing}"));
        Then::Close
    });
    let gateway = in_front_of(&backend);
    for target in ["/length", "/chunks"] {
        let mut client = gateway.connect();
        client.send(get(target));
        let mut framing = client.head().answer_framing(To::Get);
        let mut pieces = std::iter::repeat_with(|| client.try_piece(&mut framing));
        let end = pieces
            .find(|piece| !matches!(piece, Ok(Piece::Data(_))))
            .unwrap();
        assert!(end.is_err(), "{target}: {end:?}");
    }
    gateway.stop();
}

// === Framing ===

#[test]
fn answers_without_a_body_leave_the_connection_in_order() {
    let backend = Backend::start(|call| {
        let answer = match call.head.target() {
            "/head" => "200 OK\r\nContent-Length: 1000",
            "/204" => "204 No Content",
            "/304" => "304 Not Modified\r\nETag: \"a\"",
            "/early" => "103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0",
            _ => "200 OK\r\nContent-Length: 0",
        };
        call.send(format!("HTTP/1.1 {answer}\r\n\r\n"));
        Then::Keep
    });
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    let head = client.ask("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(
        (head.status, head.field("content-length")),
        (200, Some("1000"))
    );
    let none = client.ask(get("/204"));
    assert_eq!(none.status, 204);
    assert!(!none.head.has("content-length") && !none.head.has("transfer-encoding"));
    let unchanged = client.ask(get("/304"));
    assert_eq!(
        (unchanged.status, unchanged.field("etag")),
        (304, Some("\"a\""))
    );
    assert_eq!(client.ask(get("/early")).status, 200);
    assert_eq!(client.ask(get("/last")).status, 200);
    gateway.stop();
}

#[test]
fn chunks_stream_both_ways_without_being_gathered() {
    let backend = Backend::start(|call| {
        call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while let Some(Some(data)) = call.piece() {
            call.send([format!("{:x}\r\n", data.len()).as_bytes(), &data, b"\r\n"].concat());
        }
        call.send("0\r\nServer-Timing: total\r\n\r\n");
        Then::Keep
    });
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    let head = client.head();
    assert_eq!(head.status(), 200);
    let mut framing = head.answer_framing(To::Get);
    assert_eq!(framing, Framing::Chunked);
    for piece in ["one", "two", "three"] {
        // The answer to this piece comes before the next one is sent.
        client.send(format!("{:x}\r\n{piece}\r\n", piece.len()));
        assert_eq!(
            client.try_piece(&mut framing).unwrap(),
            Piece::Data(piece.into())
        );
    }
    client.send("0\r\n\r\n");
    let trailers = vec![("server-timing".to_owned(), "total".to_owned())];
    assert_eq!(
        client.try_piece(&mut framing).unwrap(),
        Piece::End(trailers)
    );
    gateway.stop();
}

#[test]
fn a_client_that_waits_for_100_is_told_to_go_on_only_when_its_body_is_wanted() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("open", &backend.url())
        .api_with("closed", &backend.url(), "\"subscriptionRequired\": true")
        .start();
    let head = |api: &str| {
        format!(
            "POST /{api}/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        )
    };
    let mut client = gateway.connect();
    client.send(head("open"));
    assert_eq!(client.head().line, "HTTP/1.1 100 Continue");
    client.send("hello");
    assert_eq!(client.answer(To::Get).text(), "hello");
    // Refused without asking for the body; the connection cannot be used again, because whether the
    // body comes all the same is not known.
    client.send(head("closed"));
    let refused = client.answer(To::Get);
    assert_eq!(
        (refused.status, refused.field("connection")),
        (401, Some("close"))
    );
    assert!(client.is_closed());
    gateway.stop();
}

#[test]
fn large_bodies_arrive_intact_both_ways() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).tls().start();
    let body = pattern(LARGE);
    let by_length = format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n");
    let by_chunks = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    let chunk = |data: &[u8]| [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat();
    let chunks = body.chunks(100_000).map(chunk).collect::<Vec<_>>().concat();
    let chunked = [chunks.as_slice(), b"0\r\n\r\n"].concat();
    for mut client in [gateway.connect(), gateway.connect_tls()] {
        for (head, sent) in [(&by_length, &body), (&by_chunks, &chunked)] {
            client.send(head);
            client.send(sent);
            let answer = client.answer(To::Get);
            assert_eq!(answer.status, 200);
            assert!(
                answer.body == body,
                "{} of {LARGE} bytes",
                answer.body.len()
            );
        }
    }
    gateway.stop();
}

#[test]
fn the_body_of_a_request_about_the_server_is_not_read_as_another_request() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    let hidden = get("/hidden");
    let length = hidden.len();
    client.send(format!(
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{hidden}{}",
        get("/next")
    ));
    assert_eq!(client.answer(To::Get).status, 204);
    assert_eq!(client.answer(To::Get).status, 200);
    let targets: Vec<_> = backend
        .arrived()
        .into_iter()
        .map(|a| a.head.target().to_owned())
        .collect();
    assert_eq!(targets, ["/next"]);
    gateway.stop();
}

// === Upgrades ===

/// A handshake of RFC 6455 §1.3, and what agrees to it.
const ASKS: &str = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const AGREES: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                      Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A text frame of a client: `hello`, masked (RFC 6455 §5.7).
const MASKED: [u8; 11] = [
    0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
];
/// A text frame of a server: `hello`.
const UNMASKED: [u8; 7] = [0x81, 0x05, b'h', b'e', b'l', b'l', b'o'];

/// Agrees, and answers each frame of the client with one of its own, until the client goes.
fn chat(call: &mut Call<'_>) -> Then {
    call.send([AGREES.as_bytes(), &UNMASKED].concat());
    for _ in 0..3 {
        assert_eq!(call.exactly(MASKED.len()), MASKED);
        call.send(UNMASKED);
    }
    call.wait_closed();
    Then::Close
}

#[test]
fn a_websocket_carries_data_both_ways_and_what_was_sent_ahead() {
    let backend = Backend::start(chat);
    let socket = backend.url().replace("http://", "ws://");
    let gateway = builder()
        .api("root", &backend.url())
        .api_with("socket", &socket, "\"type\": \"websocket\"")
        .tls()
        .start();
    let socket = ASKS.replace("/chat", "/socket");
    let clients = [
        (gateway.connect(), ASKS),
        (gateway.connect_tls(), ASKS),
        (gateway.connect(), socket.as_str()),
    ];
    let count = clients.len();
    for (mut client, asks) in clients {
        // The first frame goes with the handshake, before anybody has agreed.
        client.send([asks.as_bytes(), &MASKED].concat());
        let head = client.head();
        assert_eq!(head.status(), 101);
        assert_eq!(head.field("upgrade"), Some("websocket"));
        assert_eq!(
            head.field("sec-websocket-accept"),
            Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
        let lists_upgrade = |value: &str| value.eq_ignore_ascii_case("upgrade");
        assert!(
            head.field("connection").is_some_and(lists_upgrade),
            "{head:?}"
        );
        assert_eq!(
            client.exactly(UNMASKED.len()),
            UNMASKED,
            "sent with the agreement"
        );
        assert_eq!(
            client.exactly(UNMASKED.len()),
            UNMASKED,
            "for the frame sent ahead"
        );
        for _ in 0..2 {
            client.send(MASKED);
            assert_eq!(client.exactly(UNMASKED.len()), UNMASKED);
        }
    }
    eventually("the tunnels end with their clients", || {
        backend.abandoned() == count
    });
    gateway.stop();
}

#[test]
fn an_upgrade_that_the_backend_declines_is_an_ordinary_answer() {
    let backend = Backend::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    for _ in 0..2 {
        let answer = client.ask(ASKS);
        assert_eq!((answer.status, answer.text()), (403, "no".to_owned()));
    }
    assert_eq!(backend.last().head.field("upgrade"), Some("websocket"));
    gateway.stop();
}

#[test]
fn only_the_switch_to_websocket_is_asked_for() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    let asks = |method: &str, protocol: &str| {
        format!(
            "{method} /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\
             HTTP2-Settings: AAMAAABkAAQAAP__\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    };
    for (method, protocol) in [
        ("GET", "h2c"),
        ("GET", "websocket, h2c"),
        ("GET", "websocket/13"),
        ("POST", "websocket"),
    ] {
        assert_eq!(client.ask(asks(method, protocol)).status, 200);
        let head = backend.last().head;
        for name in ["connection", "upgrade", "http2-settings"] {
            assert!(
                !head.has(name),
                "{method} {protocol}: {name} crossed: {head:?}"
            );
        }
    }
    client.ask(asks("GET", "WebSocket"));
    assert_eq!(backend.last().head.field("upgrade"), Some("WebSocket"));
    gateway.stop();
}

#[test]
fn a_backend_that_switches_to_something_else_is_not_believed() {
    let backend = Backend::answering(AGREES.replace("websocket", "h2c"));
    let gateway = in_front_of(&backend);
    assert_eq!(gateway.connect().ask(ASKS).status, 500);
    gateway.stop();
}

#[test]
fn a_backend_that_switches_protocols_unasked_is_not_believed() {
    let backend = Backend::answering(AGREES);
    let gateway = in_front_of(&backend);
    let answer = gateway.get("/a");
    assert_eq!(answer.status, 500, "{}", answer.text());
    gateway.stop();
}

// === Headers ===

#[test]
fn headers_of_one_hop_do_not_cross_in_either_direction() {
    let backend = Backend::answering(
        "HTTP/1.1 200 OK\r\nConnection: X-Mine, keep-alive\r\nX-Mine: secret\r\n\
         Keep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-End: stays\r\n\
         Content-Length: 0\r\n\r\n",
    );
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    let answer = client.ask(
        "GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop\r\nX-Hop: secret\r\n\
         Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\n\
         Proxy-Authorization: Basic eA==\r\nX-End: stays\r\n\r\n",
    );
    let request = backend.last().head;
    for name in [
        "x-hop",
        "keep-alive",
        "proxy-connection",
        "te",
        "proxy-authorization",
    ] {
        assert!(!request.has(name), "{name} crossed: {request:?}");
    }
    assert!(!request.has("connection"), "{request:?}");
    for name in ["x-mine", "keep-alive", "proxy-authenticate", "upgrade"] {
        assert!(!answer.head.has(name), "{name} crossed: {:?}", answer.head);
    }
    assert_eq!(request.field("x-end"), Some("stays"));
    assert_eq!(answer.field("x-end"), Some("stays"));
    gateway.stop();
}

#[test]
fn what_a_proxy_says_of_the_caller_counts_only_if_the_proxy_is_trusted() {
    let backend = Backend::echo();
    let secure = "\"protocols\": [\"https\"]";
    let start = |trusted: &str| {
        let gateway = builder().api_with("secure", &backend.url(), secure);
        gateway.set("security.trusted_proxies", trusted).start()
    };
    let said = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9\r\n";
    let trusting = start("127.0.0.0/8");
    assert_eq!(trusting.get("/secure/a").status, 404);
    assert_eq!(trusting.get_with("/secure/a", said).status, 200);
    let log = trusting.stop().access_log();
    let callers: Vec<_> = log
        .iter()
        .map(|line| line["client_ip"].as_str().unwrap())
        .collect();
    assert_eq!(callers, ["127.0.0.1", "203.0.113.9"]);
    let wary = start("192.0.2.0/24");
    assert_eq!(wary.get_with("/secure/a", said).status, 404);
    assert_eq!(wary.stop().access_log()[0]["client_ip"], "127.0.0.1");
}

#[test]
fn a_trace_goes_on_and_a_malformed_one_is_begun_anew() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let backend = Backend::echo();
    let gateway = in_front_of(&backend);
    let traced = |fields: &str| {
        assert_eq!(gateway.get_with("/a", fields).status, 200);
        let head = backend.last().head;
        let parts: Vec<_> = head
            .field("traceparent")
            .unwrap()
            .split('-')
            .map(str::to_owned)
            .collect();
        assert_eq!(
            (parts[0].as_str(), parts[1].len(), parts[2].len()),
            ("00", 32, 16),
            "{head:?}"
        );
        parts
    };
    let parent = format!("traceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\ntracestate: a=b\r\n");
    let child = traced(&parent);
    assert_eq!((child[1].as_str(), child[3].as_str()), (TRACE, "01"));
    assert_ne!(
        child[2], "00f067aa0ba902b7",
        "the gateway is a span of its own"
    );
    assert_eq!(backend.last().head.field("tracestate"), Some("a=b"));
    let fresh = traced("");
    assert_ne!(fresh[1], TRACE);
    for malformed in [
        "nonsense",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    ] {
        let anew = traced(&format!("traceparent: {malformed}\r\n"));
        assert_ne!(anew[1], "0".repeat(32));
    }
    let log = gateway.stop().access_log();
    assert_eq!(log[0]["trace_id"], TRACE);
}

// === TLS ===

#[test]
fn tls_1_2_and_1_3_are_spoken_and_nothing_unencrypted_on_that_port() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).tls().start();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for protocols in [&["http/1.1"][..], &[]] {
            let config = gateway.identity().client(&[version], protocols);
            let mut client = Wire::tls_as(gateway.https(), config);
            assert_eq!(client.ask(post("/a", "hello")).text(), "hello");
            assert_eq!(client.tls_version(), Some(version.version));
            let agreed = protocols.first().map(|p| p.as_bytes());
            assert_eq!(client.alpn(), agreed);
        }
    }
    let mut lost = Wire::plain(gateway.https());
    drop(lost.try_send(get("/a")));
    // An alert of TLS may come before the end; no answer does.
    let mut framing = Framing::UntilClose;
    while let Ok(Piece::Data(data)) = lost.try_piece(&mut framing) {
        assert!(!data.starts_with(b"HTTP/"), "{data:?}");
    }
    eventually("the failure is counted", || {
        gateway.metric("portcullis_tls_handshakes_failed_total") == 1
    });
    gateway.stop();
}

#[test]
fn a_backend_behind_tls_is_called_only_if_its_certificate_is_trusted() {
    let (known, unknown) = (Identity::local(), Identity::local());
    let ok = |call: &mut Call<'_>| {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Then::Keep
    };
    let trusted = Backend::start_tls(&known, ok);
    let doubtful = Backend::start_tls(&unknown, ok);
    let gateway = builder()
        .api("trusted", &trusted.url())
        .api("doubtful", &doubtful.url())
        .trusting(&known)
        .start();
    assert_eq!(gateway.get("/trusted/a").text(), "ok");
    let refused = gateway.get("/doubtful/a");
    assert_eq!(refused.status, 500, "{}", refused.text());
    assert!(doubtful.arrived().is_empty());
    let log = gateway.stop().access_log();
    let message = log[1]["message"].as_str().unwrap();
    assert!(message.contains("certificate"), "{message}");
}

// === Streams of events ===

#[test]
fn events_are_passed_on_as_they_come() {
    let (tell, told) = sync_channel::<&str>(1);
    let told = std::sync::Mutex::new(told);
    let backend = Backend::start(move |call| {
        call.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        while let Ok(event) = told.lock().unwrap().recv() {
            call.send(format!("data: {event}\n\n"));
        }
        Then::Close
    });
    let gateway = in_front_of(&backend);
    let mut client = gateway.connect();
    client.send(get("/events"));
    let mut framing = client.head().answer_framing(To::Get);
    for event in ["one", "two"] {
        tell.send(event).unwrap();
        let piece = Piece::Data(format!("data: {event}\n\n").into_bytes());
        assert_eq!(client.try_piece(&mut framing).unwrap(), piece);
    }
    drop(tell);
    assert_eq!(
        client.try_piece(&mut framing).unwrap(),
        Piece::End(Vec::new())
    );
    gateway.stop();
}
