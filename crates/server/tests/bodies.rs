//! Bodies: how large, whether they are asked for, what they may take in memory together.

use portcullis_testkit::backend::{Backend, Extent};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::http2::{End, Http2, data, fields, flag, headers, request};
use portcullis_testkit::wire::{To, eventually};

fn in_front_of(backend: &Backend) -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("root", &backend.url())
        .set("listen.h2c", "true")
}

// === Sizes ===

#[test]
fn a_body_that_is_announced_too_large_is_not_asked_for() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).set("client.max_body", "8").start();
    for (fields, status, body) in [
        ("Content-Length: 8\r\n", 100, "12345678"),
        ("Content-Length: 9\r\n", 413, ""),
        ("Content-Length: 999999999999999\r\n", 413, ""),
        (
            "Transfer-Encoding: chunked\r\n",
            100,
            "8\r\n12345678\r\n0\r\n\r\n",
        ),
    ] {
        let mut client = gateway.connect();
        client.send(format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n{fields}\r\n"
        ));
        let head = client.head();
        assert_eq!(head.status(), status, "{fields}");
        if status == 100 {
            client.send(body);
            assert_eq!(client.answer(To::Get).text(), "12345678", "{fields}");
        } else {
            assert_eq!(head.field("connection"), Some("close"), "{fields}");
        }
    }
    // Nobody knew before.
    let mut client = gateway.connect();
    client.send(
        "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    assert_eq!(client.head().status(), 100);
    client.send("9\r\n123456789\r\n0\r\n\r\n");
    assert_eq!(client.answer(To::Get).status, 413);
    gateway.stop();
}

#[test]
fn an_http2_body_beyond_the_limit_is_refused_as_soon_as_that_is_known() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).set("client.max_body", "8").start();
    for (own, content, status) in [
        (&[("content-length", "8")][..], &b"12345678"[..], 200),
        (&[], b"12345678", 200),
        (&[], b"123456789", 413),
        (&[("content-length", "9")], b"123456789", 413),
        // Nothing of it comes.
        (&[("content-length", "9")], b"", 413),
    ] {
        let before = gateway.access_log().len();
        let mut client = Http2::plain(gateway.http());
        let head = [request("POST", "/a"), fields(own)].concat();
        client.send(headers(1, flag::END_HEADERS, &head));
        if !content.is_empty() {
            client.send(data(1, flag::END_STREAM, content));
        }
        eventually("it is answered", || gateway.access_log().len() > before);
        let log = gateway.access_log();
        assert_eq!(log[before]["status"], status, "{own:?} {content:?}");
    }
    let whole = |a: &&portcullis_testkit::backend::Arrived| a.extent == Extent::Whole;
    assert_eq!(backend.arrived().iter().filter(whole).count(), 2);
    gateway.stop();
}

#[test]
fn an_http2_trace_has_no_body() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).start();
    let mut client = Http2::plain(gateway.http());
    let trace = request("TRACE", "/a");
    client.send(headers(1, flag::END_HEADERS, &trace));
    client.send(data(1, flag::END_STREAM, b"a"));
    assert_eq!(client.end_of(1), End::Status(400));
    assert!(backend.arrived().is_empty());
    client.send(headers(3, flag::ALL, &trace));
    assert_eq!(client.end_of(3), End::Status(200));
    gateway.stop();
}

// === Memory ===

const READS: &str = "<policies><inbound><find-and-replace from=\"a\" to=\"b\" /></inbound>\
                     <backend><forward-request /></backend><outbound /><on-error /></policies>";

const READS_RESPONSE: &str = "<policies><inbound /><backend><forward-request /></backend>\
                              <outbound><find-and-replace from=\"a\" to=\"b\" /></outbound>\
                              <on-error /></policies>";

const SIZE: usize = 48 * 1024;

fn post(size: usize) -> String {
    format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n")
}

/// Whether a body of this size has room.
fn has_room(gateway: &Gateway) -> bool {
    let mut client = gateway.connect();
    client.send(post(SIZE));
    client.send("a".repeat(SIZE));
    let answer = client.answer(To::Get);
    if answer.status == 200 {
        assert_eq!(answer.text(), "b".repeat(SIZE));
    } else {
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_eq!(answer.field("retry-after"), Some("1"));
    }
    answer.status == 200
}

#[test]
fn the_bodies_that_are_held_for_policies_have_one_budget_however_they_end() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .policy("", READS)
        .set("policy.buffered_body", "64KiB")
        .set("policy.buffered_total", "64KiB")
        .set("client.body_timeout", "2s")
        .start();
    assert!(has_room(&gateway), "while nobody holds any");
    for ending in ["it comes whole", "its client goes", "it comes too slowly"] {
        let mut holding = gateway.connect();
        holding.send(post(SIZE));
        holding.send("a".repeat(SIZE - 1));
        eventually("there is no room", || !has_room(&gateway));
        match ending {
            "it comes whole" => {
                holding.send("a");
                assert_eq!(holding.answer(To::Get).text(), "b".repeat(SIZE));
            }
            "its client goes" => drop(holding),
            _ => assert_eq!(holding.answer(To::Get).status, 408),
        }
        eventually(ending, || has_room(&gateway));
    }
    let log = gateway.stop().access_log();
    let refused = log.iter().find(|line| line["status"] == 503).unwrap();
    assert_eq!(refused["reason"], "BodyBudgetExhausted");
    let reached = |a: &portcullis_testkit::backend::Arrived| a.body.len() != SIZE;
    assert!(!backend.arrived().iter().any(reached), "nothing half");
}

#[test]
fn what_is_only_announced_takes_nothing_of_the_budget() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .policy("", READS)
        .set("policy.buffered_body", "64KiB")
        .set("policy.buffered_total", "64KiB")
        .start();
    let mut announcing: Vec<_> = (0..8).map(|_| gateway.connect()).collect();
    for client in &mut announcing {
        client.send(post(SIZE));
    }
    assert!(has_room(&gateway));
    drop(announcing);
    gateway.stop();
}

#[test]
fn a_response_that_has_no_room_is_a_fault_that_invites_nobody_to_come_again() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .policy("", READS_RESPONSE)
        .set("policy.buffered_body", "64KiB")
        .set("policy.buffered_total", "16KiB")
        .start();
    let mut client = gateway.connect();
    client.send(post(SIZE));
    client.send("a".repeat(SIZE));
    let answer = client.answer(To::Get);
    assert_eq!((answer.status, answer.field("retry-after")), (503, None));
    gateway.stop();
}
