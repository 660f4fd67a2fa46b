//! Answers that come when nobody waits for them, and answers that never come to their end.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::wire::To;

use crate::answers::{POISON, ok, poison};
use crate::{Came, builder, check_honest, read, request};

#[test]
fn an_answer_that_comes_after_the_answer_reaches_nobody() {
    let (go, told) = sync_channel::<()>(0);
    let (sent, is_sent) = sync_channel::<()>(0);
    let told = Mutex::new(told);
    let backend = Backend::start(move |call| {
        if call.head.target() == "/late" {
            call.send(ok("Content-Length: 5", "first"));
            // The first answer has reached its client; the connection is one of the kept.
            if told.lock().unwrap().recv().is_ok() {
                call.send(poison());
                sent.send(()).unwrap();
            }
            return Then::Keep;
        }
        call.send(ok("Content-Length: 6\r\nX-Mine: 1", "honest"));
        Then::Keep
    });
    let gateway = builder().api("root", &backend.url()).start();
    for round in 1..=20 {
        assert_eq!(gateway.get("/late").text(), "first");
        go.send(()).unwrap();
        is_sent.recv().unwrap();
        // The gateway lets go of a connection that says what nobody asked for.
        check_honest("a late answer", &gateway.get("/honest"));
        assert_eq!(backend.connections(), round + 1);
    }
    gateway.stop();
}

#[test]
fn a_backend_that_answers_before_it_is_asked_poisons_no_later_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // A greeting: three answers at once, before a byte of a request has come.
            drop(stream.write_all(poison().repeat(3).as_bytes()));
            let mut heard = [0; 1024];
            while matches!(stream.read(&mut heard), Ok(1..)) {}
        }
    });
    let honest = Backend::answering(ok("Content-Length: 6\r\nX-Mine: 1", "honest"));
    let gateway = builder()
        .api("hasty", &format!("http://{address}"))
        .api("honest", &honest.url())
        .start();
    let mut client = gateway.connect();
    for _ in 0..20 {
        // Whoever asks may get one of them: nobody can tell. It must be one, and whole.
        let answer = client.ask(request("GET", "/hasty/a"));
        let is_poison = answer.status == 200 && answer.text() == POISON;
        assert!(is_poison || answer.status == 500, "{answer:?}");
        check_honest("a greeting", &client.ask(request("GET", "/honest/a")));
    }
    gateway.stop();
}

#[test]
fn interim_answers_without_end_end_with_the_time_for_an_answer() {
    let backend = Backend::start(|call| {
        if call.head.target() == "/endless" {
            let interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1_000);
            while call.try_send(&interim).is_ok() {}
            return Then::Close;
        }
        call.send(ok("Content-Length: 6\r\nX-Mine: 1", "honest"));
        Then::Keep
    });
    let gateway = builder()
        .api("root", &backend.url())
        .policy(
            "apis/root",
            "<policies><inbound/><backend><forward-request timeout=\"1\"/></backend><outbound/><on-error/></policies>",
        )
        .start();
    let mut client = gateway.connect();
    client.send(request("GET", "/endless"));
    // The core that hears them out serves others meanwhile.
    for _ in 0..5 {
        check_honest("interim answers", &gateway.get("/honest"));
    }
    assert_eq!(client.answer(To::Get).status, 500);
    gateway.stop();
}

#[test]
fn answers_of_many_callers_never_change_places() {
    // Every third answer is followed by one that nobody asked for, every fifth is cut off.
    let backend = Backend::start(|call| {
        let target = call.head.target().to_owned();
        let number: usize = target.trim_start_matches('/').parse().unwrap();
        let length = target.len();
        if number.is_multiple_of(5) {
            call.send(ok(&format!("Content-Length: {}", length + 1), &target));
            return Then::Close;
        }
        let after = if number.is_multiple_of(3) {
            poison()
        } else {
            String::new()
        };
        call.send(ok(&format!("Content-Length: {length}"), &target) + &after);
        Then::Keep
    });
    let gateway = builder().api("root", &backend.url()).start();
    std::thread::scope(|scope| {
        for caller in 0..4 {
            let gateway = &gateway;
            scope.spawn(move || {
                for number in (caller..400).step_by(4) {
                    let target = format!("/{number}");
                    let mut client = gateway.connect();
                    client.send(request("GET", &target));
                    match read(&mut client, To::Get) {
                        Came::Whole(answer) => assert_eq!(answer.text(), target),
                        Came::Broken => assert_eq!(number % 5, 0, "{target} is cut off"),
                    }
                }
            });
        }
    });
    gateway.stop();
}
