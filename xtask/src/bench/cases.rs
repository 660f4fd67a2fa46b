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
    /// What the proxy does besides forwarding.
    pub(super) work: Work,
    /// Whether every request is logged.
    pub(super) logs: Logs,
    /// What Portcullis may cost at most.
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
    /// Forwarding, with access logs.
    Logs,
}

/// How clients connect. Connections stay open; 64 of them at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// HTTP/1.1 in clear.
    Plain,
    /// HTTP/1.1 over TLS 1.3 with an ECDSA P-256 certificate.
    Tls,
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

/// The cost of Portcullis is at most this share of the peer's.
#[derive(Debug)]
pub(super) struct Bar {
    /// Who is compared.
    pub(super) peer: Peer,
    /// Times the peer's cost.
    pub(super) at_most: f64,
}

/// Every case, in the order of the table.
pub(super) const CASES: &[Case] = &[
    Case {
        name: Name::Plain,
        title: "plain HTTP/1.1 keep-alive, 100-byte body, open API that only forwards",
        transport: Transport::Plain,
        work: Work::Forward,
        logs: Logs::Off,
        bars: &[
            Bar {
                peer: Peer::Haproxy,
                at_most: 1.05,
            },
            Bar {
                peer: Peer::Envoy,
                at_most: 0.36,
            },
        ],
    },
    Case {
        name: Name::Secured,
        title: "the same with subscription key, rate limit by key, two headers set, one from an expression",
        transport: Transport::Plain,
        work: Work::Secured,
        logs: Logs::Off,
        bars: &[Bar {
            peer: Peer::Haproxy,
            at_most: 1.10,
        }],
    },
    Case {
        name: Name::Tls,
        title: "plain case over TLS 1.3 keep-alive, ECDSA P-256",
        transport: Transport::Tls,
        work: Work::Forward,
        logs: Logs::Off,
        bars: &[Bar {
            peer: Peer::Haproxy,
            at_most: 0.85,
        }],
    },
    Case {
        name: Name::Logs,
        title: "plain case with access logs on everywhere",
        transport: Transport::Plain,
        work: Work::Forward,
        logs: Logs::On,
        bars: &[],
    },
];

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Secured => "secured",
            Self::Tls => "tls",
            Self::Logs => "logs",
        })
    }
}
