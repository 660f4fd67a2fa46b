//! The gateway stops while callers come, one after the other, without a pause.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::wire::{Wire, eventually};

/// Calls until nobody answers any more; fails the test if somebody answers and does not serve.
fn call_until_closed(address: SocketAddr, served: &AtomicUsize) {
    while let Ok(mut client) = Wire::try_plain(address) {
        let answer = client.ask("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert_eq!(answer.status, 200);
        served.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn whoever_was_let_in_is_served_however_late_it_was() {
    let backend = Backend::echo();
    for _ in 0..5 {
        let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
            .api("root", &backend.url())
            .set("runtime.cores", "2")
            .set("log.access", "off")
            .start();
        let (address, served) = (gateway.http(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| call_until_closed(address, &served));
            }
            eventually("many are served", || served.load(Ordering::Relaxed) > 100);
            gateway.stop();
        });
    }
}
