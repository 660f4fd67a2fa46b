//! Clients that ask without a pause while something else happens, and look at every answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::Scope;

use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::wire::{Identity, To, Wire};

/// A document that marks the request on its way in and the response on its way out.
pub(crate) fn marking(mark: &str) -> String {
    let header = |name: &str| {
        format!(
            "<set-header name=\"{name}\" exists-action=\"override\"><value>{mark}</value></set-header>"
        )
    };
    format!(
        "<policies><inbound>{}</inbound><backend><forward-request /></backend>\
         <outbound>{}</outbound><on-error /></policies>",
        header("X-In"),
        header("X-Out")
    )
}

/// Clients of one gateway, or of whoever is in its place: each asks without a pause, keeps its
/// connection as long as it may, and fails the test if an answer is not whole and right.
pub(crate) struct Traffic {
    plain: SocketAddr,
    secure: Option<(SocketAddr, Identity)>,
    served: Arc<AtomicUsize>,
}

/// Ends the clients when it is dropped, also when the test fails.
pub(crate) struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Traffic {
    /// Of clients of this gateway.
    pub(crate) fn of(gateway: &Gateway) -> Self {
        let secure = gateway.has_tls();
        let secure = secure.then(|| (gateway.https(), gateway.identity().clone()));
        Self {
            plain: gateway.http(),
            secure,
            served: Arc::default(),
        }
    }

    /// Lets the clients loose, until `ends` is set.
    pub(crate) fn start<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        ends: &'env AtomicBool,
    ) -> Ended<'env> {
        scope.spawn(|| self.keep_asking(ends, || Wire::plain(self.plain)));
        scope.spawn(|| self.ask_in_pieces(ends));
        scope.spawn(|| self.connect_anew(ends));
        if let Some((address, identity)) = &self.secure {
            scope.spawn(|| self.keep_asking(ends, || Wire::tls(*address, identity)));
        }
        Ended(ends)
    }

    /// Fails the test unless so many were served.
    pub(crate) fn was_served(&self, least: usize) {
        let served = self.served.load(Ordering::Relaxed);
        assert!(served >= least, "only {served} were served");
    }

    fn served(&self) {
        self.served.fetch_add(1, Ordering::Relaxed);
    }

    /// One request after the other on one connection, until it is told to take another one.
    fn keep_asking(&self, ends: &AtomicBool, connect: impl Fn() -> Wire) {
        let mut client = connect();
        while !ends.load(Ordering::Relaxed) {
            let answer =
                client.ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            assert_eq!((answer.status, answer.text()), (200, "hello".to_owned()));
            self.served();
            if answer.field("connection") == Some("close") {
                client = connect();
            }
        }
    }

    /// Requests whose bodies take their time.
    fn ask_in_pieces(&self, ends: &AtomicBool) {
        while !ends.load(Ordering::Relaxed) {
            let mut client = Wire::plain(self.plain);
            client.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for _ in 0..10 {
                client.send("3\r\nabc\r\n");
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            client.send("0\r\n\r\n");
            let answer = client.answer(To::Get);
            assert_eq!((answer.status, answer.body.len()), (200, 30));
            self.served();
        }
    }

    /// A connection for every request.
    fn connect_anew(&self, ends: &AtomicBool) {
        while !ends.load(Ordering::Relaxed) {
            let mut client = Wire::plain(self.plain);
            let answer = client.ask("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assert_eq!(answer.status, 200);
            self.served();
        }
    }
}
