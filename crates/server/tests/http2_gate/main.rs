//! HTTP/2 from clients and backends that mean no good, frame by frame: what they try ends or is
//! bounded, and everybody else is served meanwhile.

mod backends;
mod bombs;
mod floods;
mod requests;
mod resets;
mod slow;
mod streams;
mod websocket;

use std::time::Duration;

use portcullis_testkit::backend::{Backend, Call, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::http2::{End, Http2};

/// How much a gateway may grow under an attack: buffers of its connections, not what is sent at them.
const FLAT: u64 = 48 * 1024 * 1024;

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// A gateway that speaks HTTP/2 without encryption, in front of a backend.
fn in_front_of(backend: &Backend) -> GatewayBuilder {
    builder()
        .api("root", &backend.url())
        .set("listen.h2c", "true")
        // These clients do not take part in a goodbye.
        .set("drain.timeout", "500ms")
}

/// A backend that answers at once, except below `/slow`, where it waits until it is abandoned, and
/// below `/large`, where it sends as much as is taken.
fn backend() -> Backend {
    Backend::start(|call: &mut Call<'_>| {
        if call.head.target().starts_with("/slow") {
            call.wait_closed();
            return Then::Close;
        }
        if call.head.target().starts_with("/large") {
            call.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            call.send(vec![b'a'; 32 * 1024 * 1024]);
            call.wait_closed();
            return Then::Close;
        }
        let whole = call.body().is_some();
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        if whole { Then::Keep } else { Then::Close }
    })
}

/// Somebody else is served.
fn an_honest_client_is_served(gateway: &Gateway) {
    let mut client = Http2::plain(gateway.http());
    assert_eq!(client.get(1, "/honest"), End::Status(200));
    assert_eq!(gateway.get("/honest").status, 200);
}

/// Lets a little time pass that the gateway measures.
fn a_moment(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}
