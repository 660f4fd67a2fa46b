//! A gateway in front of an echo, and the ways to bring a case onto it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis_testkit::backend::{Arrived, Backend, Extent};
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::wire::{To, Wire};
use rustls::ClientConfig;
use rustls::version::TLS13;

use crate::cases::{self, Case, Persistence, Then};
use crate::forerunner::{Forerunner, SERVER_WIDE};
use crate::verdict;

/// How many gateways share the cases of one test.
const STAGES: usize = 2;

/// What a connection to the gateway runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Plain,
    Tls,
}

/// A gateway in front of an echo, with a tally of what must have reached it.
pub(crate) struct Stage {
    gateway: Gateway,
    backend: Backend,
    /// Kept from connection to connection, so that sessions are resumed.
    tls: Option<Arc<ClientConfig>>,
    /// How many arrivals have been looked at.
    seen: usize,
    /// How many messages must have arrived whole.
    whole: usize,
}

/// Plays every case, each on one of a few stages, and then looks at what their backends got in all.
///
/// What is cut off in its body may reach a backend a little later than its refusal reaches the client.
/// Such cases come last, so that the others can be held to this: nothing arrives, not even a beginning.
pub(crate) fn on_stages(transport: Transport, play: impl Fn(&mut Stage, &Case) + Sync) {
    let mut cases = cases::all();
    cases.sort_by_key(|case| !is_clean(case));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..STAGES {
            scope.spawn(|| {
                let mut stage = Stage::start(transport);
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    play(&mut stage, case);
                }
                stage.finish();
            });
        }
    });
}

/// Whether nothing of a case can arrive but the messages that are taken.
fn is_clean(case: &Case) -> bool {
    matches!(case.then, Then::Nothing | Then::RefusedHead(_))
}

impl Stage {
    fn start(transport: Transport) -> Self {
        let backend = Backend::echo();
        let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
            .api("root", &backend.url())
            .tls()
            // The codec's own bound, which the cases are written for.
            .set("client.max_request_line", "16512")
            .set("log.access", "off")
            .start();
        let tls = (transport == Transport::Tls)
            .then(|| gateway.identity().client(&[&TLS13], &["http/1.1"]));
        Self {
            gateway,
            backend,
            tls,
            seen: 0,
            whole: 0,
        }
    }

    /// The case is all that its connection carries.
    pub(crate) fn alone(&mut self, case: &Case) {
        let mut wire = self.connect();
        // The gateway may close before it has read all; what it says is what counts.
        drop(wire.try_send(&case.bytes));
        verdict::check_answers(case, &mut wire);
        verdict::check_connection(case, &mut wire);
        self.check_arrivals(case, None);
    }

    /// The case comes in one write with a good request before it.
    pub(crate) fn behind(&mut self, forerunner: &Forerunner, case: &Case) {
        let mut wire = self.connect();
        drop(wire.try_send([forerunner.bytes, &case.bytes].concat()));
        forerunner.check_answer(case.name, &wire.answer(To::Get));
        verdict::check_answers(case, &mut wire);
        verdict::check_connection(case, &mut wire);
        self.check_arrivals(case, Some(forerunner));
    }

    /// The case comes in two writes that the gateway reads one after the other: the first one ends with
    /// the end of a request whose answer is awaited. Gives the connection back if it can go on.
    pub(crate) fn cut(&mut self, wire: Option<Wire>, case: &Case, at: usize) -> Option<Wire> {
        let mut wire = wire.unwrap_or_else(|| self.connect());
        let (front, back) = case.bytes.split_at(at);
        drop(wire.try_send([SERVER_WIDE, front].concat()));
        assert_eq!(wire.answer(To::Get).status, 204, "before {}", case.name);
        drop(wire.try_send(back));
        verdict::check_answers(case, &mut wire);
        self.check_arrivals(case, None);
        match (case.then, case.taken.last()) {
            // What is answered without its body closes the connection if that is still to come.
            (_, Some(message)) if !verdict::reaches_backend(message) => None,
            // The next request on it shows that it lives.
            (Then::Nothing, Some(message)) if message.persistence == Persistence::KeepAlive => {
                Some(wire)
            }
            _ => {
                verdict::check_connection(case, &mut wire);
                None
            }
        }
    }

    /// The case is all that its connection carries, and comes in two writes.
    pub(crate) fn in_two_writes(&mut self, case: &Case, at: usize) {
        let mut wire = self.connect();
        let (front, back) = case.bytes.split_at(at);
        drop(wire.try_send(front));
        // The gateway's turn.
        std::thread::yield_now();
        drop(wire.try_send(back));
        verdict::check_answers(case, &mut wire);
        verdict::check_connection(case, &mut wire);
        self.check_arrivals(case, None);
    }

    fn connect(&self) -> Wire {
        match &self.tls {
            None => self.gateway.connect(),
            Some(config) => Wire::tls_as(self.gateway.https(), Arc::clone(config)),
        }
    }

    /// What the backend got since it was last looked at: what it had to, and no other message whole.
    fn check_arrivals(&mut self, case: &Case, forerunner: Option<&Forerunner>) {
        let arrived = self.backend.arrived_after(self.seen);
        self.seen += arrived.len();
        let is_whole = |arrived: &&Arrived| {
            arrived.extent == Extent::Whole && arrived.head.target() != verdict::NEXT
        };
        let mut whole: Vec<&Arrived> = arrived.iter().filter(is_whole).collect();
        if is_clean(case) {
            let is_part = |arrived: &Arrived| arrived.extent != Extent::Whole;
            assert!(!arrived.iter().any(is_part), "{}: {arrived:?}", case.name);
        }
        self.whole += whole.len();
        if let Some(forerunner) = forerunner {
            assert!(!whole.is_empty(), "before {}", case.name);
            forerunner.check_arrival(case.name, whole.remove(0));
        }
        verdict::check_backend(case, &whole);
    }

    /// Nothing has reached the backend late either.
    fn finish(self) {
        self.gateway.stop();
        let arrived = self.backend.arrived();
        let is_whole = |arrived: &&Arrived| {
            arrived.extent == Extent::Whole && arrived.head.target() != verdict::NEXT
        };
        assert_eq!(arrived.iter().filter(is_whole).count(), self.whole);
    }
}
