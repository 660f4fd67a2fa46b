//! What is measured, and what must come out: the one table of cases and bars.

use clap::ValueEnum;

use super::peers::Peer;

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    /// What `--case` calls it.
    pub(super) name: Name,
    /// What the table calls it.
    pub(super) title: &'static str,
    /// How clients connect.
    pub(super) transport: Transport,
    /// How long their connections live.
    pub(super) connections: Connections,
    /// What is asked and answered.
    pub(super) exchange: Exchange,
    /// What the proxy does besides forwarding.
    pub(super) work: Work,
    /// Whether every request is logged.
    pub(super) logs: Logs,
    /// What is compared.
    pub(super) figure: Figure,
    /// What Portcullis may come to at most.
    pub(super) bars: &'static [Bar],
}

/// What `--case` calls a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// Nothing but forwarding.
    Plain,
    /// Key, limit and headers.
    Secured,
    /// TLS 1.3.
    Tls,
    /// HTTP/2 over TLS 1.3.
    Http2,
    /// A response of 10 KiB.
    Large,
    /// A request body of 10 KiB.
    Upload,
    /// A new TLS 1.3 connection for each request.
    Handshakes,
    /// Forwarding, with access logs.
    Logs,
    /// How long the slowest hundredth takes.
    Latency,
    /// The same over TLS 1.3.
    LatencyTls,
    /// Start, change and memory of a large configuration; ours alone.
    Scale,
}

/// How clients connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// HTTP/1.1 in clear, 64 connections.
    Plain,
    /// HTTP/1.1 over TLS 1.3 with an ECDSA P-256 certificate, 64 connections.
    Tls,
    /// HTTP/2 over the same TLS, 16 connections with 4 requests open on each.
    Http2,
}

/// How long a connection lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connections {
    /// As long as the round.
    Kept,
    /// One request.
    New,
}

/// What is asked and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    /// `GET`, 100 bytes back.
    Small,
    /// `GET`, 10 KiB back.
    Large,
    /// `POST` with 10 KiB, 100 bytes back.
    Upload,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    /// CPU seconds of the proxy per 100,000 requests, at full load.
    Cost,
    /// Milliseconds that 99 of 100 requests take at most, at 70 % of the load that saturates.
    Latency,
}

/// What the proxy does besides forwarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Nothing.
    Forward,
    /// Looks a key up, counts its requests, sets two headers, one of them computed.
    Secured,
}

/// Whether every request is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logs {
    /// Not at all.
    Off,
    /// One line each, in the way that the product documents.
    On,
}

/// The figure of Portcullis is at most this share of the peer's.
#[derive(Debug)]
pub(super) struct Bar {
    /// Who is compared.
    pub(super) peer: Peer,
    /// Times the peer's figure.
    pub(super) at_most: f64,
}

/// From which each case says what is different.
const PLAIN: Case = Case {
    name: Name::Plain,
    title: "plain HTTP/1.1 keep-alive, 100-byte body, open API that only forwards",
    transport: Transport::Plain,
    connections: Connections::Kept,
    exchange: Exchange::Small,
    work: Work::Forward,
    logs: Logs::Off,
    figure: Figure::Cost,
    bars: &[at_most(1.05, Peer::Haproxy), at_most(0.36, Peer::Envoy)],
};

/// Nobody's latency may be better by more than a fifth.
const LATENCY: &[Bar] = &[
    at_most(1.2, Peer::Nginx),
    at_most(1.2, Peer::Haproxy),
    at_most(1.2, Peer::Envoy),
];

/// Every case, in the order of the tables.
pub(super) const CASES: &[Case] = &[
    PLAIN,
    Case {
        name: Name::Secured,
        title: "the same with subscription key, rate limit by key, two headers set, one from an expression",
        work: Work::Secured,
        bars: &[at_most(1.10, Peer::Haproxy)],
        ..PLAIN
    },
    Case {
        name: Name::Tls,
        title: "plain case over TLS 1.3 keep-alive, ECDSA P-256",
        transport: Transport::Tls,
        bars: &[at_most(0.85, Peer::Haproxy)],
        ..PLAIN
    },
    Case {
        name: Name::Http2,
        title: "plain case by HTTP/2 over TLS 1.3, 16 connections with 4 streams",
        transport: Transport::Http2,
        bars: &[at_most(1.35, Peer::Haproxy), at_most(1.0, Peer::Nginx)],
        ..PLAIN
    },
    Case {
        name: Name::Large,
        title: "plain case with a 10 KiB response",
        exchange: Exchange::Large,
        bars: &[at_most(1.12, Peer::Haproxy)],
        ..PLAIN
    },
    Case {
        name: Name::Upload,
        title: "plain case as a POST of 10 KiB",
        exchange: Exchange::Upload,
        bars: &[at_most(1.12, Peer::Haproxy)],
        ..PLAIN
    },
    Case {
        name: Name::Handshakes,
        title: "a new TLS 1.3 connection for each request, ECDSA P-256",
        transport: Transport::Tls,
        connections: Connections::New,
        bars: &[at_most(0.60, Peer::Haproxy)],
        ..PLAIN
    },
    Case {
        name: Name::Logs,
        title: "plain case with access logs on everywhere",
        logs: Logs::On,
        bars: &[],
        ..PLAIN
    },
    Case {
        name: Name::Latency,
        title: "plain case",
        figure: Figure::Latency,
        bars: LATENCY,
        ..PLAIN
    },
    Case {
        name: Name::LatencyTls,
        title: "over TLS 1.3",
        transport: Transport::Tls,
        figure: Figure::Latency,
        bars: LATENCY,
        ..PLAIN
    },
];

const fn at_most(at_most: f64, peer: Peer) -> Bar {
    Bar { peer, at_most }
}

impl std::fmt::Display for Name {
    /// As `--case` takes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
