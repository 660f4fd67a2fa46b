//! One process takes over from another while requests flow.

#![expect(
    clippy::disallowed_methods,
    reason = "how long a stop takes is measured in real time"
)]

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{To, Wire, eventually, must};

use crate::restart::Ended;
use crate::traffic::{Traffic, marking, written};

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .set("log.access", "off")
        .set("drain.idle", "5s")
        .set("drain.timeout", "20s")
        .set("artifacts.watch", "false")
        .control()
}

/// A document that lets so many calls through in five minutes, whoever calls.
fn limiting(calls: u32) -> String {
    let limit = format!(
        "<rate-limit-by-key calls=\"{calls}\" renewal-period=\"300\" counter-key=\"all\" />"
    );
    marking("0").replace("<inbound>", &format!("<inbound>{limit}"))
}

/// How many of so many calls are let through.
fn let_through(calls: usize, mut call: impl FnMut() -> u16) -> usize {
    (0..calls).filter(|_| call() == 200).count()
}

// === Nothing is lost ===

fn take_over_under_traffic(takeovers: usize) {
    let backend = Traffic::backend();
    let builder = builder().api("root", &backend.url());
    let mut gateway = Traffic::policed(builder, &Traffic::policies("0"))
        .tls()
        .set("runtime.cores", "2")
        .start();
    let traffic = Traffic::of(&gateway);
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ended = traffic.start(scope, &ends);
        for takeover in 1..=takeovers {
            written(&gateway, &Traffic::policies(&takeover.to_string()));
            let successor = gateway.successor();
            let replaced = std::mem::replace(&mut gateway, successor);
            let ended = replaced.wait();
            assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
        }
    });
    traffic.was_served(takeovers * 20);
    assert_eq!(
        traffic.left() + traffic.counted(),
        1000,
        "the count goes on"
    );
    gateway.stop();
}

#[test]
fn no_request_is_lost_and_no_count_begins_anew_in_three_takeovers_under_load() {
    take_over_under_traffic(3);
}

#[test]
fn soak_twenty_takeovers_under_load() {
    take_over_under_traffic(20);
}

#[test]
fn a_client_that_keeps_its_connection_is_told_to_take_another_one_and_loses_nothing() {
    let backend = Backend::echo();
    let first = builder().api("root", &backend.url()).start();
    let mut client = first.connect();
    assert_eq!(client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
    let second = first.successor();
    let last = client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(
        (last.status, last.field("connection")),
        (200, Some("close"))
    );
    assert!(client.is_closed());
    assert_eq!(first.wait().code, Some(0));
    assert_eq!(second.get("/a").status, 200);
    second.stop();
}

#[test]
fn what_the_first_process_still_counts_is_counted_with_what_the_second_one_does() {
    let backend = Backend::echo();
    let first = builder()
        .api("root", &backend.url())
        .policy("", &limiting(50))
        .start();
    let mut early: Vec<Wire> = (0..10).map(|_| first.connect()).collect();
    let ask = |client: &mut Wire| client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status;
    assert_eq!(let_through(10, || ask(&mut early[0])), 10);
    for client in &mut early {
        assert_eq!(ask(client), 200);
    }
    let second = first.successor();
    let of_first = let_through(5, || ask(&mut early.pop().unwrap()));
    let of_second = let_through(20, || second.get("/a").status);
    let late = let_through(5, || ask(&mut early.pop().unwrap()));
    assert_eq!((of_first, of_second, late), (5, 20, 5));
    let third = second.successor();
    first.wait();
    second.wait();
    assert_eq!(let_through(20, || third.get("/a").status), 0);
    third.stop();
}

#[test]
fn a_request_in_flight_ends_on_the_process_and_configuration_that_it_began_with() {
    let backend = Backend::start(|call| {
        let mark = call.head.field("x-in").unwrap_or("none").to_owned();
        let Some(body) = call.body() else {
            return Then::Close;
        };
        let length = body.len();
        call.send(format!(
            "HTTP/1.1 200 OK\r\nX-Seen: {mark}\r\nContent-Length: {length}\r\n\r\n"
        ));
        call.send(body);
        Then::Keep
    });
    let first = builder()
        .api("root", &backend.url())
        .policy("", &marking("old"))
        .start();
    let mut client = first.connect();
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    eventually("it has begun", || backend.arrived().len() == 1);
    first.write("policy.xml", &marking("new"));
    let second = first.successor();
    assert_eq!(second.get("/a").field("x-out"), Some("new"));
    client.send("def");
    let answer = client.answer(To::Get);
    assert_eq!(answer.text(), "abcdef");
    assert_eq!(
        (answer.field("x-seen"), answer.field("x-out")),
        (Some("old"), Some("old"))
    );
    first.wait();
    second.stop();
}

#[test]
fn a_process_that_is_asked_to_starts_its_successor_itself() {
    let backend = Backend::echo();
    let first = builder().api("root", &backend.url()).start();
    let (address, ready) = (first.http(), first.ready_file());
    std::fs::remove_file(&ready).unwrap();
    first.signal("-USR2");
    eventually("the successor serves", || ready.is_file());
    eventually("it knows", || {
        first.stderr().contains("another process has taken over")
    });
    let mut client = Wire::plain(address);
    assert_eq!(client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
    drop(client);
    let said = first.stderr();
    let after = said.split("process=").nth(1).unwrap();
    let process: String = after.chars().take_while(char::is_ascii_digit).collect();
    let stopped = std::process::Command::new("kill").arg(process).status();
    assert!(stopped.unwrap().success());
    first.wait();
}

// === Other settings ===

#[test]
fn a_successor_may_have_other_cores_and_other_listeners() {
    let backend = Backend::echo();
    for (before, after) in [("1", "3"), ("3", "1"), ("2", "2")] {
        let first = builder()
            .api("root", &backend.url())
            .set("runtime.cores", before)
            .start();
        let others = first
            .plan()
            .set("runtime.cores", after)
            .argument("--takeover");
        let second = others.start();
        first.wait();
        for _ in 0..20 {
            assert_eq!(second.get("/a").status, 200, "{before} to {after}");
        }
        second.stop();
    }
}

#[test]
fn an_address_that_the_successor_does_not_listen_at_is_closed_without_a_loss() {
    let backend = Backend::echo();
    let first = builder().api("root", &backend.url()).tls().start();
    let (plain, secure) = (first.http(), first.https());
    let second = first
        .plan()
        .set("listen.http", "")
        .argument("--takeover")
        .start();
    first.wait();
    assert_eq!(second.https(), secure);
    let mut client = second.connect_tls();
    assert_eq!(client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
    assert!(std::net::TcpStream::connect(plain).is_err());
    drop(client);
    second.stop();
}

// === What goes wrong ===

/// Starts a successor that must fail, and gives what it says. The first one serves on.
fn refused(first: &Gateway, successor: GatewayBuilder) -> String {
    let ended = successor.argument("--takeover").run_to_end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    for _ in 0..10 {
        assert_eq!(first.get("/a").status, 200);
    }
    ended.stderr
}

#[test]
fn whatever_keeps_a_successor_from_serving_leaves_the_first_process_as_it_was() {
    let backend = Backend::echo();
    let first = builder()
        .api("root", &backend.url())
        .policy("", &limiting(1000))
        .start();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let occupied = taken.local_addr().unwrap().to_string();
    let said = refused(&first, first.plan().set("listen.admin", &occupied));
    assert!(
        said.contains(&format!("cannot listen on `{occupied}` (`listen.admin`)")),
        "{said}"
    );

    let said = refused(&first, first.plan().set("runtime.control", ""));
    assert!(
        said.contains("`--takeover` needs `runtime.control`"),
        "{said}"
    );

    let nowhere = first.plan().beside("nowhere");
    let nowhere = nowhere.to_string_lossy();
    let said = refused(&first, first.plan().set("runtime.control", &nowhere));
    assert!(said.contains("no gateway answers at"), "{said}");

    let ended = first.plan().set("listen.admin", "").run_to_end();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("a gateway runs already"),
        "{}",
        ended.stderr
    );

    first.write("policy.xml", "<policies><inbuond /></policies>");
    let said = refused(&first, first.plan());
    assert!(said.contains("has errors"), "{said}");
    first.write("policy.xml", &limiting(1000));
    let second = first.successor();
    first.wait();
    assert_eq!(second.get("/a").status, 200);
    second.stop();
}

/// Speaks the beginning of the protocol, as long as `messages` last, and goes away.
fn break_off(first: &Gateway, messages: &[&[u8]]) -> Vec<u8> {
    let mut stream = must(UnixStream::connect(first.plan().beside("control")));
    for message in messages {
        must(stream.write_all(message));
    }
    must(stream.shutdown(std::net::Shutdown::Write));
    let mut answer = Vec::new();
    let _: std::io::Result<_> = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn a_successor_that_goes_away_at_any_step_leaves_the_first_process_as_it_was() {
    let backend = Backend::echo();
    let first = builder()
        .api("root", &backend.url())
        .policy("", &limiting(100))
        .start();
    assert_eq!(let_through(10, || first.get("/a").status), 10);
    let hello: &[u8] = &[1, 0, 0, 0, 2, 0, 1];
    let prepared: &[u8] = &[5, 0, 0, 0, 4, 0, 0, 0, 0];
    let nothing_taken: &[u8] = &[5, 0, 0, 0, 0];
    for messages in [
        &[][..],
        &[&hello[..3]],
        &[b"GET / HTTP/1.1\r\n\r\n"],
        &[hello],
        &[hello, prepared],
        &[hello, nothing_taken],
        &[prepared],
    ] {
        break_off(&first, messages);
        assert_eq!(
            let_through(10, || first.get("/a").status),
            10,
            "{messages:?}"
        );
    }
    let other_version: &[u8] = &[1, 0, 0, 0, 2, 0, 99];
    let answer = break_off(&first, &[other_version]);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("in version 1, not 99"), "{answer}");
    let second = first.successor();
    first.wait();
    assert_eq!(let_through(30, || second.get("/a").status), 20);
    second.stop();
}

#[test]
fn the_control_socket_is_for_its_user_and_goes_with_the_last_process() {
    let backend = Backend::echo();
    let first = builder().api("root", &backend.url()).start();
    let control = first.plan().beside("control");
    let mode = || control.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    let second = first.successor();
    first.wait();
    assert_eq!(mode(), 0o600, "the one that ends leaves its successor's");
    second.signal("-KILL");
    eventually("it is gone", || UnixStream::connect(&control).is_err());
    assert!(control.exists());
    let third = second.plan().start();
    assert_eq!(
        third.get("/a").status,
        200,
        "what was left behind is replaced"
    );
    third.stop();
    eventually("it is removed", || !control.exists());
}

#[test]
fn there_is_a_control_socket_at_every_moment_of_many_takeovers() {
    let backend = Backend::echo();
    let mut gateway = builder().api("root", &backend.url()).start();
    let control = gateway.plan().beside("control");
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ended = Ended(&ends);
        let looking = scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                assert!(control.exists(), "whoever starts now finds nobody");
            }
        });
        for _ in 0..8 {
            let successor = gateway.successor();
            std::mem::replace(&mut gateway, successor).wait();
            must(UnixStream::connect(&control));
        }
        ends.store(true, Ordering::Relaxed);
        must(looking.join().map_err(|_| "it was gone for a moment"));
    });
    gateway.stop();
    eventually("it is removed", || !control.exists());
}

#[test]
fn a_stop_wins_over_a_successor_that_never_comes_to_its_end() {
    let backend = Backend::echo();
    let hello: &[u8] = &[1, 0, 0, 0, 2, 0, 1];
    // It announces more than it ever says.
    for said in [
        &[][..],
        &hello[..6],
        hello,
        &[hello, &[5, 0, 0, 16, 0]].concat(),
    ] {
        let first = builder().api("root", &backend.url()).start();
        let mut stream = must(UnixStream::connect(first.plan().beside("control")));
        must(stream.write_all(said));
        let ends = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _ended = Ended(&ends);
            scope.spawn(|| {
                while !ends.load(Ordering::Relaxed) && said.len() > hello.len() {
                    std::thread::sleep(Duration::from_millis(50));
                    // It may be cut off, which is what this is about.
                    let _: std::io::Result<_> = (&stream).write_all(&[0]);
                }
            });
            std::thread::sleep(Duration::from_millis(300));
            let asked = Instant::now();
            assert_eq!(first.get("/a").status, 200);
            assert_eq!(first.stop().code, Some(0));
            let took = asked.elapsed();
            assert!(took < Duration::from_secs(5), "{said:?}: {took:?}");
        });
    }
}
