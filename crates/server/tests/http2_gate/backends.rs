//! Backends that speak HTTP/2 and misbehave: it costs the requests that are on them, and no more.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::http2::{
    End, Frame, Http2, code, data, entered, field, flag, frame, goaway, headers, indexed, kind,
    ping, priority, reset, setting, settings, window_update,
};
use portcullis_testkit::wire::{Wire, eventually, must};

use super::{FLAT, a_moment, builder};

/// Calls the backend over HTTP/2, and waits a second for it.
const OVER_HTTP2: &str = "<policies><inbound /><backend><forward-request http-version=\"2\" timeout=\"1\" />\
                          </backend><outbound /><on-error /></policies>";

const ASKS: &str = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const AGREES: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// `:status: 200`.
const OK: &[u8] = &[0x88];

/// A backend of HTTP/2, frame by frame.
struct Raw {
    address: SocketAddr,
    /// How many connections it was opened, and how many of them are open.
    opened: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

/// A request that arrived on a connection: its stream, and the connection to do with as one likes.
/// False ends the connection.
type Play = dyn Fn(u32, usize, &mut Http2) -> bool + Send + Sync;

impl Raw {
    fn start(play: impl Fn(u32, usize, &mut Http2) -> bool + Send + Sync + 'static) -> Self {
        Self::with_settings(&[], play)
    }

    fn with_settings(
        own: &[(u16, u32)],
        play: impl Fn(u32, usize, &mut Http2) -> bool + Send + Sync + 'static,
    ) -> Self {
        let own = settings(own);
        let listener = must(TcpListener::bind("127.0.0.1:0"));
        let raw = Self {
            address: must(listener.local_addr()),
            opened: Arc::default(),
            open: Arc::default(),
            most: Arc::default(),
        };
        let (opened, open, most) = (
            Arc::clone(&raw.opened),
            Arc::clone(&raw.open),
            Arc::clone(&raw.most),
        );
        let play: Arc<Play> = Arc::new(play);
        std::thread::spawn(move || {
            while let Ok((tcp, _)) = listener.accept() {
                let number = opened.fetch_add(1, Ordering::SeqCst);
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let (open, play, own) = (Arc::clone(&open), Arc::clone(&play), own.clone());
                std::thread::spawn(move || {
                    serve(tcp, &own, number, &*play);
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        raw
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(tcp: TcpStream, own: &[u8], number: usize, play: &Play) {
    let mut wire = Wire::of_server(tcp);
    if wire.try_exactly(24).is_none() {
        return;
    }
    let mut http2 = Http2::on(wire);
    http2.send(own);
    while let Some(Frame {
        kind,
        flags,
        stream,
        payload,
    }) = http2.next_frame()
    {
        let goes_on = match kind {
            kind::HEADERS => play(stream, number, &mut http2),
            kind::SETTINGS if flags & flag::ACK == 0 => {
                http2.try_send(frame(kind::SETTINGS, flag::ACK, 0, b""))
            }
            kind::PING if flags & flag::ACK == 0 => {
                http2.try_send(frame(kind::PING, flag::ACK, 0, &payload))
            }
            _ => true,
        };
        if !goes_on {
            return;
        }
    }
}

/// A whole response.
fn ok(stream: u32) -> Vec<u8> {
    [
        headers(stream, flag::END_HEADERS, OK),
        data(stream, flag::END_STREAM, b"ok"),
    ]
    .concat()
}

fn in_front_of(raw: &Raw, honest: &Backend) -> GatewayBuilder {
    builder()
        .api("raw", &raw.url())
        .policy("apis/raw", OVER_HTTP2)
        .api("honest", &honest.url())
        .set("listen.h2c", "true")
}

/// The statuses of so many requests at once.
fn at_once(gateway: &Gateway, path: &str, count: usize) -> Vec<u16> {
    let statuses = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                let status = gateway.get(path).status;
                must(statuses.lock()).push(status);
            });
        }
    });
    must(statuses.into_inner())
}

/// What a backend answers a request on a stream with.
type Misbehave = fn(u32) -> Vec<u8>;

/// Whether the connection ends by what a backend does; if not, it goes on doing it.
fn ends_it(name: &str) -> bool {
    !matches!(
        name,
        "silence"
            | "RST_STREAM instead of an answer"
            | "REFUSED_STREAM"
            | "no status"
            | "a status that is none"
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_backend_that_misbehaves_costs_its_requests_and_no_more() {
    let cases: [(&str, &[u16], Misbehave); 17] = [
        ("GOAWAY instead of an answer", &[500], |_| {
            goaway(0, code::ENHANCE_YOUR_CALM)
        }),
        ("GOAWAY in the middle", &[0, 200], |stream| {
            [headers(stream, flag::END_HEADERS, OK), goaway(0, 2)].concat()
        }),
        ("RST_STREAM instead of an answer", &[500], |stream| {
            reset(stream, code::CANCEL)
        }),
        ("REFUSED_STREAM", &[500], |stream| {
            reset(stream, code::REFUSED_STREAM)
        }),
        ("a flood of SETTINGS", &[500], |_| {
            settings(&[(setting::HEADER_TABLE_SIZE, 0)]).repeat(20_000)
        }),
        ("a flood of PING", &[500], |_| ping().repeat(20_000)),
        ("a flood of PRIORITY", &[500], |stream| {
            priority(stream, 0).repeat(20_000)
        }),
        ("a flood of WINDOW_UPDATE", &[500], |stream| {
            window_update(stream, 1).repeat(20_000)
        }),
        ("a flood of unknown frames", &[500], |_| {
            frame(0xbe, 0, 0, b"").repeat(20_000)
        }),
        ("a flood of CONTINUATION", &[500], |stream| {
            let begun = headers(stream, flag::NONE, OK);
            [
                begun,
                frame(kind::CONTINUATION, 0, stream, b"").repeat(20_000),
            ]
            .concat()
        }),
        ("a flood of interim responses", &[500], |stream| {
            headers(stream, flag::END_HEADERS, &field(":status", "103")).repeat(20_000)
        }),
        ("a bomb of headers", &[500], |stream| {
            let bomb = [
                OK.to_vec(),
                entered("x", "v".repeat(3_900)),
                indexed(62).repeat(10_000),
            ];
            headers(stream, flag::ALL, &bomb.concat())
        }),
        ("no status", &[500], |stream| {
            headers(stream, flag::ALL, &field("x", "y"))
        }),
        ("a status that is none", &[500], |stream| {
            headers(stream, flag::ALL, &field(":status", "2000"))
        }),
        ("a line end in a value", &[500], |stream| {
            headers(stream, flag::ALL, &[OK, &field("x", "y\r\nz: z")].concat())
        }),
        ("a promise of a push", &[500], |stream| {
            frame(
                kind::PUSH_PROMISE,
                flag::END_HEADERS,
                stream,
                &[0, 0, 0, 2, 0x82],
            )
        }),
        ("silence", &[500], |_| ping()),
    ];
    let honest = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    for (name, expect, misbehave) in cases {
        // Well behaved on every later connection.
        let raw = Raw::start(move |stream, connection, http2| {
            http2.try_send(if connection == 0 {
                misbehave(stream)
            } else {
                ok(stream)
            })
        });
        let gateway = in_front_of(&raw, &honest).start();
        let before = gateway.memory();
        let status = match Http2::plain(gateway.http()).get(1, "/raw/a") {
            End::Status(status) => status,
            // A response that broke off.
            End::Reset(_) => 0,
            end => panic!("{name}: {end:?}"),
        };
        assert!(expect.contains(&status), "{name}: {status}");
        assert_eq!(gateway.get("/honest/a").status, 200, "{name}");
        // Whatever became of the connection, it does not take the backend with it.
        if ends_it(name) {
            let recovers = (0..20).any(|_| {
                a_moment(20);
                gateway.get("/raw/a").status == 200
            });
            assert!(recovers, "{name}");
        }
        let grown = gateway.memory().saturating_sub(before);
        assert!(grown < FLAT, "{name}: {grown} bytes");
        gateway.stop();
    }
}

#[test]
fn a_backend_that_grants_no_window_ends_in_the_timeout_of_the_request() {
    let raw = Raw::start(|_, _, _| true);
    let honest = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let gateway = in_front_of(&raw, &honest).start();
    let body = "x".repeat(500_000);
    let request = format!(
        "POST /raw/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let statuses: Vec<_> = (0..3)
        .map(|_| {
            let mut client = gateway.connect();
            // What it does not take need not be sent.
            drop(client.try_send(&request));
            client.answer(portcullis_testkit::wire::To::Get).status
        })
        .collect();
    assert_eq!(statuses, [500, 500, 500]);
    eventually("all are logged", || gateway.access_log().len() == 3);
    let log = gateway.access_log();
    assert!(
        log.iter().all(|line| line["reason"] == "Timeout"),
        "{log:?}"
    );
    assert_eq!(gateway.get("/honest/a").status, 200);
    gateway.stop();
}

#[test]
fn a_backend_that_has_gone_silent_is_left() {
    let raw = Raw::start(|stream, connection, http2| {
        if connection == 0 {
            // Neither requests nor pings are answered from here on.
            a_moment(8_000);
        }
        http2.try_send(ok(stream))
    });
    let honest = Backend::echo();
    let gateway = in_front_of(&raw, &honest)
        .set("upstream.connect_timeout", "300ms")
        .start();
    assert_eq!(gateway.get("/raw/a").status, 500);
    let answered = (0..20).any(|_| gateway.get("/raw/a").status == 200);
    assert!(answered);
    assert_eq!(raw.opened.load(Ordering::SeqCst), 2);
    gateway.stop();
}

#[test]
fn whoever_waits_for_a_connection_that_cannot_be_opened_does_not_try_in_turn() {
    // Takes connections and says nothing, not even TLS.
    let listener = must(TcpListener::bind("127.0.0.1:0"));
    let url = format!("https://{}", must(listener.local_addr()));
    let gateway = builder()
        .api("silent", &url)
        .policy(
            "apis/silent",
            &OVER_HTTP2.replace("timeout=\"1\"", "timeout=\"8\""),
        )
        .set("upstream.connect_timeout", "500ms")
        .start();
    let statuses = at_once(&gateway, "/silent/a", 12);
    assert_eq!(statuses, [500; 12]);
    eventually("all are logged", || gateway.access_log().len() == 12);
    let log = gateway.access_log();
    let own = log.iter().filter(|line| {
        let message = line["message"].as_str().unwrap_or_default();
        message.ends_with("it did not answer within the connect timeout")
    });
    // One tries for all; who comes too late for that tries anew.
    let tried = own.count();
    assert!((1..=3).contains(&tried), "{tried} have tried: {log:?}");
    gateway.stop();
}

#[test]
fn a_tunnel_counts_as_the_connection_that_it_is() {
    let backend = Backend::start(|call| {
        if call.head.has("upgrade") {
            call.send(AGREES);
            call.wait_closed();
            return portcullis_testkit::backend::Then::Close;
        }
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        portcullis_testkit::backend::Then::Keep
    });
    let gateway = builder()
        .api("root", &backend.url())
        .set("upstream.max_connections", "1")
        .start();
    let mut socket = gateway.connect();
    socket.send(ASKS);
    assert_eq!(socket.head().status(), 101);
    assert_eq!(gateway.get("/a").status, 503, "as many as allowed are open");
    drop(socket);
    eventually("its place is free again", || {
        gateway.get("/a").status == 200
    });
    gateway.stop();
}

#[test]
fn connections_over_http2_are_counted_and_a_burst_shares_one() {
    let raw = Raw::start(|stream, _, http2| {
        a_moment(5);
        http2.try_send(ok(stream))
    });
    let honest = Backend::echo();
    let gateway = in_front_of(&raw, &honest)
        .set("upstream.max_connections", "2")
        .start();
    for _ in 0..3 {
        let statuses = at_once(&gateway, "/raw/a", 40);
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    }
    assert_eq!(raw.opened.load(Ordering::SeqCst), 1);
    gateway.stop();
}

#[test]
fn requests_that_hang_do_not_stand_in_the_way_of_others() {
    // Takes two requests at once on a connection, and answers none on the first.
    let own = [(setting::MAX_CONCURRENT_STREAMS, 2)];
    let hanging = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&hanging);
    let raw = Raw::with_settings(&own, move |stream, connection, http2| {
        let hangs = connection == 0 && stream > 1;
        count.fetch_add(usize::from(hangs), Ordering::SeqCst);
        hangs || http2.try_send(ok(stream))
    });
    let honest = Backend::echo();
    let patient = OVER_HTTP2.replace("timeout=\"1\"", "timeout=\"4\"");
    let gateway = in_front_of(&raw, &honest)
        .policy("apis/raw", &patient)
        .set("upstream.max_connections", "2")
        .start();
    assert_eq!(gateway.get("/raw/a").status, 200);
    std::thread::scope(|scope| {
        let requests: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| gateway.get("/raw/a").status))
            .collect();
        eventually("they hang", || hanging.load(Ordering::SeqCst) == 2);
        for _ in 0..10 {
            assert_eq!(gateway.get("/raw/a").status, 200);
        }
        let ended: Vec<_> = requests.into_iter().map(|h| h.join().ok()).collect();
        assert_eq!(ended, [Some(500), Some(500)]);
    });
    assert_eq!(raw.opened.load(Ordering::SeqCst), 2);
    gateway.stop();
}

#[test]
fn no_more_connections_are_open_than_allowed_however_they_come_and_go() {
    // Every connection serves one request and is closed.
    let raw = Raw::start(|stream, _, http2| {
        a_moment(2);
        http2.try_send([ok(stream), goaway(stream, code::NO_ERROR)].concat());
        false
    });
    let honest = Backend::echo();
    let gateway = in_front_of(&raw, &honest)
        .set("upstream.max_connections", "3")
        .start();
    for _ in 0..5 {
        at_once(&gateway, "/raw/a", 30);
    }
    let most = raw.most.load(Ordering::SeqCst);
    assert!(most <= 3, "{most} were open at once");
    assert_eq!(gateway.get("/honest/a").status, 200);
    eventually("none is left", || raw.open.load(Ordering::SeqCst) == 0);
    assert_eq!(gateway.get("/raw/a").status, 200, "no place was lost");
    gateway.stop();
}

#[test]
fn the_limit_holds_for_http1_while_connections_are_being_opened() {
    let most = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let kept = Arc::clone(&most);
    let backend = Backend::start(move |call| {
        let now = kept.0.fetch_add(1, Ordering::SeqCst) + 1;
        kept.1.fetch_max(now, Ordering::SeqCst);
        a_moment(300);
        kept.0.fetch_sub(1, Ordering::SeqCst);
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        portcullis_testkit::backend::Then::Keep
    });
    let gateway = builder()
        .api("root", &backend.url())
        .set("upstream.max_connections", "4")
        .start();
    let statuses = at_once(&gateway, "/a", 40);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 4);
    assert_eq!(most.1.load(Ordering::SeqCst), 4);
    assert_eq!(backend.connections(), 4);
    assert_eq!(gateway.get("/a").status, 200, "afterwards there is room");
    gateway.stop();
}

#[test]
fn a_connection_that_nobody_uses_is_let_go() {
    let raw = Raw::start(|stream, _, http2| http2.try_send(ok(stream)));
    let honest = Backend::echo();
    let gateway = in_front_of(&raw, &honest)
        .set("upstream.idle_timeout", "300ms")
        .start();
    for opened in 1..=2 {
        assert_eq!(gateway.get("/raw/a").status, 200);
        assert_eq!(raw.opened.load(Ordering::SeqCst), opened);
        eventually("it is closed", || raw.open.load(Ordering::SeqCst) == 0);
    }
    gateway.stop();
}

#[test]
fn a_client_that_takes_nothing_does_not_stand_in_the_way_of_others() {
    let raw = Raw::start(|stream, number, http2| {
        assert_eq!(number, 0, "one connection");
        let piece = data(stream, flag::NONE, &[b'a'; 16_000]);
        // The first requests are large, as much as their windows take; later ones are small.
        if stream <= 39 {
            http2.try_send(headers(stream, flag::END_HEADERS, OK));
            http2.try_send(piece.repeat(16))
        } else {
            http2.try_send(ok(stream))
        }
    });
    let honest = Backend::echo();
    let gateway = in_front_of(&raw, &honest).start();
    let own = [(setting::INITIAL_WINDOW_SIZE, 0)];
    let mut greedy = Http2::with_settings(gateway.connect(), &own);
    for n in 0..20 {
        let request = portcullis_testkit::http2::request("GET", "/raw/a");
        greedy.send(headers(2 * n + 1, flag::ALL, &request));
        greedy.end_of(2 * n + 1);
    }
    for _ in 0..5 {
        assert_eq!(gateway.get("/raw/a").status, 200);
    }
    drop(greedy);
    gateway.stop();
}
