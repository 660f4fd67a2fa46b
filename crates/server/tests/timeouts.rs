//! Patience has bounds, on both sides, and so have sizes: what is too slow or too large is told so and
//! costs nobody else anything.

use std::time::Duration;

use portcullis_testkit::backend::{Backend, Extent, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Answer, Piece, To, Wire, eventually};

/// The patience that the tests configure where they want it to run out.
const SHORT: &str = "200ms";

/// A 200 whose body never ends.
const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// A backend that takes every request and says `begins`, and then nothing more.
fn silent(begins: &'static str) -> Backend {
    Backend::start(move |call| {
        call.send(begins);
        call.wait_closed();
        Then::Close
    })
}

/// The answer to a fault that is not the caller's: 500 with an id to ask for.
fn check_failed(answer: &Answer) {
    let text = answer.text();
    assert_eq!(answer.status, 500, "{text}");
    assert!(
        text.contains("\"message\": \"Internal server error\""),
        "{text}"
    );
    let id = answer.field("x-request-id").unwrap_or_default();
    assert!(
        text.contains(&format!("\"activityId\": \"{id}\"")),
        "{text}"
    );
}

/// The reason that the log gives for the last failure.
fn reason(gateway: Gateway) -> String {
    let log = gateway.stop().access_log();
    let line = log.last().cloned().unwrap_or_default();
    let said = |name| {
        line.get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    assert_eq!(said("decision"), "failed", "{line}");
    said("reason").to_owned()
}

// === Clients ===

#[test]
fn a_head_that_does_not_arrive_in_time_is_told_so() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .tls()
        .set("client.head_timeout", SHORT)
        .start();
    for mut client in [gateway.connect(), gateway.connect_tls()] {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n");
        let answer = client.answer(To::Get);
        assert_eq!(
            (answer.status, answer.field("connection")),
            (408, Some("close"))
        );
        assert!(client.is_closed());
    }
    gateway.stop();
}

#[test]
fn a_head_that_drips_is_told_so_too() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .set("client.head_timeout", SHORT)
        .start();
    let mut client = gateway.connect();
    for byte in "GET /slowly HTTP/1.1\r\nX: ".bytes() {
        // Each byte comes well within the time that the whole head has. The end is not waited for.
        drop(client.try_send([byte]));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(client.answer(To::Get).status, 408);
    assert!(backend.arrived().is_empty());
    gateway.stop();
}

#[test]
fn a_body_that_does_not_arrive_in_time_is_told_so_and_never_reaches_the_backend_whole() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .set("client.body_timeout", SHORT)
        .start();
    let head = "POST /a HTTP/1.1\r\nHost: a\r\n";
    for (case, rest) in [
        ("nothing of a length", "Content-Length: 5\r\n\r\n"),
        ("a part of a length", "Content-Length: 5\r\n\r\nhel"),
        ("no chunk", "Transfer-Encoding: chunked\r\n\r\n"),
        (
            "one chunk",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
        ),
    ] {
        let mut client = gateway.connect();
        client.send(format!("{head}{rest}"));
        let answer = client.answer(To::Get);
        assert_eq!(
            (answer.status, answer.field("connection")),
            (408, Some("close")),
            "{case}"
        );
        assert!(client.is_closed(), "{case}");
    }
    assert!(backend.arrived().iter().all(|a| a.extent != Extent::Whole));
    let log = gateway.stop().access_log();
    assert!(
        log.iter()
            .all(|line| line["status"] == 408 && line["decision"] == "denied"),
        "{log:?}"
    );
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .tls()
        .set("client.idle_timeout", SHORT)
        .start();
    assert!(gateway.connect().is_closed(), "before the first request");
    for mut client in [gateway.connect(), gateway.connect_tls()] {
        let answer = client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!((answer.status, answer.field("connection")), (200, None));
        assert!(client.is_closed(), "between two requests");
    }
    gateway.stop();
}

#[test]
fn a_handshake_that_does_not_come_is_not_waited_for() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .tls()
        .set("client.handshake_timeout", SHORT)
        .start();
    assert!(Wire::plain(gateway.https()).is_closed());
    eventually("the failure is counted", || {
        gateway.metric("portcullis_tls_handshakes_failed_total") == 1
    });
    gateway.stop();
}

#[test]
fn a_client_that_takes_nothing_of_its_answer_is_cut_off() {
    let backend = Backend::start(|call| {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        // More than every buffer on the way holds; the rest fails when the gateway gives up.
        call.send(vec![b'a'; 64 * 1024 * 1024]);
        call.wait_closed();
        Then::Close
    });
    let gateway = builder()
        .api("root", &backend.url())
        .set("client.write_timeout", SHORT)
        .start();
    let mut client = gateway.connect();
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    eventually("the backend call ends", || backend.abandoned() == 1);
    drop(client);
    let log = gateway.stop().access_log();
    assert_eq!(
        (&log[0]["status"], &log[0]["complete"]),
        (&200.into(), &false.into())
    );
}

// === Backends ===

#[test]
fn a_backend_that_cannot_be_reached_is_a_fault_with_an_id() {
    // Nobody listens where somebody did a moment ago.
    let gone = Backend::echo().url();
    eventually("the backend is gone", || {
        std::net::TcpStream::connect(gone.trim_start_matches("http://")).is_err()
    });
    let gateway = builder().api("root", &gone).start();
    check_failed(&gateway.get("/a"));
    assert_eq!(reason(gateway), "BackendConnectionFailure");
}

#[test]
fn a_backend_that_does_not_finish_connecting_in_time_is_a_fault_with_an_id() {
    // It accepts, and never answers the TLS handshake.
    let silent = silent("");
    let url = silent.url().replace("http://", "https://");
    let gateway = builder()
        .api("root", &url)
        .set("upstream.connect_timeout", SHORT)
        .start();
    check_failed(&gateway.get("/a"));
    assert_eq!(reason(gateway), "BackendConnectionFailure");
}

#[test]
fn a_backend_that_does_not_answer_in_time_is_a_fault_with_an_id() {
    let silent = silent("");
    let document = "<policies><inbound /><backend><forward-request timeout-ms=\"200\" /></backend>\
                    <outbound /><on-error /></policies>";
    let gateway = builder()
        .api("root", &silent.url())
        .policy("", document)
        .start();
    check_failed(&gateway.get("/a"));
    eventually("the call is given up", || silent.abandoned() == 1);
    assert_eq!(reason(gateway), "Timeout");
}

#[test]
fn an_answer_that_stops_is_cut_off_or_a_fault_if_it_has_not_begun_towards_the_client() {
    let silent = silent(HALF);
    let reads = "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base />\
                 <find-and-replace from=\"a\" to=\"b\" /></outbound><on-error><base /></on-error></policies>";
    let gateway = builder()
        .api("streams", &silent.url())
        .api("reads", &silent.url())
        .policy("apis/reads", reads)
        .set("upstream.body_timeout", SHORT)
        .start();
    // The status has gone out already: all that is left is not to call it whole.
    let mut client = gateway.connect();
    client.send("GET /streams/a HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut framing = client.head().answer_framing(To::Get);
    assert_eq!(
        client.try_piece(&mut framing).unwrap(),
        Piece::Data(b"hello".to_vec())
    );
    assert!(client.try_piece(&mut framing).is_err());
    // A policy holds the body back, so the caller can be told.
    check_failed(&gateway.get("/reads/a"));
    gateway.stop();
}

// === Sizes ===

#[test]
fn a_body_beyond_the_limit_is_told_so_and_never_reaches_the_backend_whole() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .set("client.max_body", "8")
        .start();
    let head = "POST /a HTTP/1.1\r\nHost: a\r\n";
    for (fits, rest) in [
        (true, "Content-Length: 8\r\n\r\n12345678"),
        (
            true,
            "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n0\r\n\r\n",
        ),
        (false, "Content-Length: 9\r\n\r\n123456789"),
        (false, "Content-Length: 1000000\r\n\r\n123456789"),
        (
            false,
            "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n",
        ),
        (
            false,
            "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n1\r\n9\r\n0\r\n\r\n",
        ),
    ] {
        let before = backend.arrived().len();
        let mut client = gateway.connect();
        client.send(format!("{head}{rest}"));
        let answer = client.answer(To::Get);
        assert_eq!(answer.status, if fits { 200 } else { 413 }, "{rest:?}");
        let arrived = backend.arrived_after(before);
        assert_eq!(
            arrived.iter().any(|a| a.extent == Extent::Whole),
            fits,
            "{rest:?}"
        );
        assert!(fits || client.is_closed(), "{rest:?}");
    }
    gateway.stop();
}

#[test]
fn a_body_that_a_policy_reads_has_a_limit_of_its_own() {
    let backend = Backend::echo();
    let reads = |section: &str| {
        let step = |here| {
            if here == section {
                "<find-and-replace from=\"a\" to=\"b\" />"
            } else {
                ""
            }
        };
        format!(
            "<policies><inbound><base />{}</inbound><backend><base /></backend>\
             <outbound><base />{}</outbound><on-error><base /></on-error></policies>",
            step("inbound"),
            step("outbound")
        )
    };
    let gateway = builder()
        .api("request", &backend.url())
        .api("response", &backend.url())
        .policy("apis/request", &reads("inbound"))
        .policy("apis/response", &reads("outbound"))
        .set("policy.buffered_body", "1KiB")
        .start();
    for (api, size, status) in [
        ("request", 1024, 200),
        ("request", 1025, 413),
        ("response", 1024, 200),
        ("response", 1025, 500),
    ] {
        let mut client = gateway.connect();
        client.send(format!(
            "POST /{api}/a HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
        ));
        client.send("a".repeat(size));
        let answer = client.answer(To::Get);
        assert_eq!(answer.status, status, "{api} {size}: {}", answer.text());
        assert!(
            status != 200 || answer.text() == "b".repeat(size),
            "{api} {size}"
        );
    }
    gateway.stop();
}
