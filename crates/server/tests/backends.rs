//! What backends may cost: how many connections each, how many of them, and for how long.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::http2::{flag, frame, headers, kind, settings};
use portcullis_testkit::wire::{PATIENCE, To, eventually, must};

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

#[test]
fn a_burst_opens_no_more_connections_than_allowed_and_the_rest_is_told_at_once() {
    const MOST: usize = 3;
    let (go, told) = sync_channel::<()>(0);
    let told = std::sync::Mutex::new(told);
    let backend = Backend::start(move |call| {
        // Until the test lets go of the other end.
        drop(told.lock().map(|told| told.recv()));
        call.send(OK);
        Then::Keep
    });
    let gateway = builder()
        .api("root", &backend.url())
        .set("upstream.max_connections", &MOST.to_string())
        .start();
    let mut clients: Vec<_> = (0..12).map(|_| gateway.connect()).collect();
    for client in &mut clients {
        client.send(GET);
    }
    let log = || gateway.access_log();
    eventually("the others are told", || {
        log().len() == clients.len() - MOST
    });
    assert!(log().iter().all(|line| line["status"] == 503));
    assert!(
        log()
            .iter()
            .all(|line| line["reason"] == "BackendSaturated")
    );
    drop(go);
    let mut served = 0;
    for client in &mut clients {
        let answer = client.answer(To::Get);
        served += usize::from(answer.status == 200);
        if answer.status == 503 {
            assert_eq!(answer.field("retry-after"), Some("1"));
        }
    }
    assert_eq!((served, backend.connections()), (MOST, MOST));
    assert_eq!(
        gateway.connect().ask(GET).status,
        200,
        "there is room again"
    );
    gateway.stop();
}

#[test]
fn connections_that_do_not_come_about_give_their_place_back() {
    // Accepts, and never answers the TLS handshake.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", silent.local_addr().unwrap().port());
    let gateway = builder()
        .api("root", &url)
        .set("upstream.max_connections", "1")
        .set("upstream.connect_timeout", "100ms")
        .start();
    for _ in 0..3 {
        assert_eq!(gateway.get("/a").status, 500);
    }
    let log = gateway.stop().access_log();
    assert!(
        log.iter()
            .all(|line| line["reason"] == "BackendConnectionFailure")
    );
}

/// A policy that sends each request where the caller says.
const WHEREVER: &str = "<policies><inbound><set-backend-service \
    base-url=\"@(&quot;http://&quot; + context.Request.Headers.GetValueOrDefault(&quot;To&quot;, &quot;&quot;))\" />\
    </inbound><backend><forward-request /></backend><outbound /><on-error /></policies>";

/// Answers one request on each connection and keeps all of them; counts those that are still open.
fn keeping(listener: TcpListener, open: Arc<AtomicUsize>) {
    thread::spawn(move || {
        for tcp in listener.incoming() {
            let mut tcp: TcpStream = must(tcp);
            let open = Arc::clone(&open);
            thread::spawn(move || {
                open.fetch_add(1, Ordering::SeqCst);
                while tcp.read(&mut [0; 4096]).is_ok_and(|n| n > 0) {
                    drop(tcp.write_all(OK));
                }
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
}

#[test]
fn callers_who_choose_backends_cannot_make_the_gateway_keep_them_all() {
    const MOST: usize = 4;
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let open = Arc::new(AtomicUsize::new(0));
    keeping(listener, Arc::clone(&open));
    let gateway = builder()
        .api("root", "http://localhost:1")
        .policy("apis/root", WHEREVER)
        .set("upstream.max_backends", &MOST.to_string())
        .set("upstream.idle_timeout", "2s")
        .start();
    for host in 1..=30 {
        let answer = gateway.get_with("/a", &format!("To: 127.0.1.{host}:{port}\r\n"));
        assert_eq!(answer.status, 200, "{host}: {}", answer.text());
    }
    eventually("only so many are kept", || {
        open.load(Ordering::SeqCst) <= MOST
    });
    eventually("idle ones go", || open.load(Ordering::SeqCst) == 0);
    gateway.stop();
}

#[test]
fn as_many_backends_as_are_called_at_once_are_not_closed_for_another() {
    let (go, told) = sync_channel::<()>(0);
    let told = std::sync::Mutex::new(told);
    let backend = Backend::start(move |call| {
        drop(told.lock().map(|told| told.recv()));
        call.send(OK);
        Then::Keep
    });
    let other = Backend::answering(OK);
    let gateway = builder()
        .api("root", "http://localhost:1")
        .policy("apis/root", WHEREVER)
        .set("upstream.max_backends", "1")
        .start();
    let to = |backend: &Backend| format!("To: {}\r\n", backend.address());
    let mut held = gateway.connect();
    held.send(format!(
        "GET /a HTTP/1.1\r\nHost: a\r\n{}\r\n",
        to(&backend)
    ));
    eventually("it is held", || backend.arrived().len() == 1);
    let refused = gateway.get_with("/a", &to(&other));
    assert_eq!(
        (refused.status, refused.field("retry-after")),
        (503, Some("1"))
    );
    drop(go);
    assert_eq!(held.answer(To::Get).status, 200);
    assert_eq!(gateway.get_with("/a", &to(&other)).status, 200);
    gateway.stop();
}

#[test]
fn an_http2_connection_that_is_idle_is_closed_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let backend = thread::spawn(move || {
        let (mut tcp, _) = must(listener.accept());
        must(tcp.set_read_timeout(Some(PATIENCE)));
        let agreed = frame(kind::SETTINGS, flag::ACK, 0, b"");
        let settings = [settings(&[]), agreed].concat();
        must(tcp.write_all(&settings));
        let mut seen = Vec::new();
        // `HEADERS` of the first stream.
        while !seen.windows(6).any(|w| w[0] == 1 && w[2..] == [0, 0, 0, 1]) {
            let mut more = [0; 1024];
            let read = must(tcp.read(&mut more));
            seen.extend_from_slice(&more[..read]);
        }
        must(tcp.write_all(&headers(1, flag::ALL, &[0x88])));
        let mut rest = [0; 1024];
        while tcp.read(&mut rest).is_ok_and(|read| read > 0) {}
    });
    let over_http2 = "<policies><inbound /><backend><forward-request http-version=\"2\" /></backend>\
                      <outbound /><on-error /></policies>";
    let gateway = builder()
        .api("root", &url)
        .policy("", over_http2)
        .set("upstream.idle_timeout", "200ms")
        .start();
    assert_eq!(gateway.get("/a").status, 200);
    eventually("it is closed", || backend.is_finished());
    gateway.stop();
}
