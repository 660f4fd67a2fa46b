//! What connections cost in memory while nothing happens on them: `cargo xtask soak memory`.

use std::io::Write as _;
use std::process::Command;

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::http2::{PREFACE, flag, frame, headers, kind, request, settings};
use portcullis_testkit::wire::{To, Wire, eventually, must};

/// How many connections are held.
const COUNT: usize = 9_900;

/// How many come and go before it is measured, so that what is kept for the next is not counted.
const BEFORE: usize = 200;

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

/// The most that one may cost, in bytes.
const BARS: [(&str, Opens, u64); 5] = [
    ("HTTP/1.1, before its first request", silent, 16 * 1024),
    ("HTTP/1.1, after a request", plain, 16 * 1024),
    (
        "HTTP/1.1 over TLS 1.3, after a request",
        encrypted,
        40 * 1024,
    ),
    ("HTTP/2, after a request", http2, 40 * 1024),
    (
        "HTTP/2 over TLS 1.3, after a request",
        encrypted_http2,
        64 * 1024,
    ),
];

/// Opens a connection that is idle afterwards.
type Opens = fn(&Gateway) -> Wire;

fn silent(gateway: &Gateway) -> Wire {
    gateway.connect()
}

fn plain(gateway: &Gateway) -> Wire {
    asked(gateway.connect())
}

fn encrypted(gateway: &Gateway) -> Wire {
    asked(gateway.connect_tls())
}

fn asked(mut client: Wire) -> Wire {
    client.send(GET);
    assert_eq!(client.answer(To::Get).status, 200);
    client
}

fn http2(gateway: &Gateway) -> Wire {
    asked_frames(gateway.connect())
}

fn encrypted_http2(gateway: &Gateway) -> Wire {
    let versions = [&rustls::version::TLS13];
    let config = gateway.identity().client(&versions, &["h2"]);
    asked_frames(Wire::tls_as(gateway.https(), config))
}

fn asked_frames(mut client: Wire) -> Wire {
    client.send([PREFACE, &settings(&[])].concat());
    // As every client does: it agrees to the gateway's settings.
    client.send(frame(kind::SETTINGS, flag::ACK, 0, b""));
    client.send(headers(1, flag::ALL, &request("GET", "/a")));
    // A frame of headers on the first stream.
    while let [high, middle, low, which, ..] = *client.exactly(9)
        && which != kind::HEADERS
    {
        let length = u32::from_be_bytes([0, high, middle, low]);
        client.exactly(must(usize::try_from(length)));
    }
    client
}

#[test]
fn soak_memory_of_idle_connections() {
    let pid = std::process::id().to_string();
    let raised = Command::new("prlimit")
        .args(["--pid", &pid, "--nofile=20000:"])
        .status();
    assert!(
        raised.is_ok_and(|status| status.success()),
        "prlimit is needed"
    );
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    for (what, open, bar) in BARS {
        let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
            .api("root", &backend.url())
            .tls()
            .set("listen.h2c", "true")
            .set("log.access", "off")
            .set("client.idle_timeout", "1h")
            .set("client.head_timeout", "1h")
            .set("client.max_connections_per_address", "0")
            .start();
        let none = || gateway.metric("portcullis_connections_open") == 0;
        drop((0..BEFORE).map(|_| open(&gateway)).collect::<Vec<_>>());
        eventually("they are gone", none);
        let before = gateway.memory();
        let held: Vec<_> = (0..COUNT).map(|_| open(&gateway)).collect();
        eventually("all are accepted", || {
            gateway.metric("portcullis_connections_open") == COUNT as u64
        });
        let each = gateway.memory().saturating_sub(before) / COUNT as u64;
        drop(writeln!(
            std::io::stdout(),
            "{what}: {each} bytes each, {} KiB before, {} KiB with {COUNT}",
            before / 1024,
            gateway.memory() / 1024
        ));
        assert!(each <= bar, "{what}: {each} bytes are more than {bar}");
        drop(held);
        eventually("they are gone", none);
        gateway.stop();
    }
}
