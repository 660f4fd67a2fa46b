//! What the gateway is told at start; already parsed and checked by `server`.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use portcullis_http1::Limits as Http1Limits;

use crate::pace::Rate;

/// Everything the data plane is told at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where callers connect.
    pub listeners: Vec<Listener>,
    /// Where health and metrics are served; `None` serves none.
    pub admin: Option<SocketAddr>,
    /// How many cores serve.
    pub cores: NonZeroUsize,
    /// Patience with callers.
    pub client: ClientSettings,
    /// Dealings with backends.
    pub upstream: UpstreamSettings,
    /// How long nothing may move through a tunnel.
    pub tunnel_idle: Duration,
    /// How long what has arrived may wait for its core before requests are turned away; zero: for ever.
    pub overload_wait: Duration,
    /// How long requests in flight may take after a stop was asked for.
    pub drain: Duration,
    /// Peers that are believed about where a request came from ([`crate::forwarding`]).
    pub trusted_proxies: Vec<IpRange>,
}

/// One address that callers connect to.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The address; port 0 lets the kernel choose.
    pub address: SocketAddr,
    /// How it is encrypted.
    pub security: Security,
}

/// How a listener is encrypted.
#[derive(Clone)]
pub enum Security {
    /// Not at all; HTTP/2 by prior knowledge if `h2c`.
    Plain {
        /// Whether HTTP/2 by prior knowledge (RFC 9113 §3.3) is spoken.
        h2c: bool,
    },
    /// TLS 1.2 and 1.3 with ALPN.
    Tls(Arc<rustls::ServerConfig>),
}

impl std::fmt::Debug for Security {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain { .. } => "Plain",
            Self::Tls(_) => "Tls",
        })
    }
}

/// Patience with callers, and how much of them is taken in.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// From the first byte of a request's head to its last.
    pub head_timeout: Duration,
    /// Between two pieces of a request's body.
    pub body_timeout: Duration,
    /// Between two requests of a connection.
    pub idle_timeout: Duration,
    /// Between two successful writes of a response.
    pub write_timeout: Duration,
    /// The slowest that a request's body may come, in bytes a second; 0: as slowly as it likes.
    pub min_request_rate: u64,
    /// The slowest that a response may be taken, in bytes a second; 0: as slowly as it likes.
    pub min_response_rate: u64,
    /// How long a transfer may be slower at first.
    pub rate_grace: Duration,
    /// For the TLS handshake.
    pub handshake_timeout: Duration,
    /// The largest request body, in bytes.
    pub max_body: u64,
    /// How many connections the process holds.
    pub max_connections: usize,
    /// How many of them one address may have, or one IPv6 network of 64 bits; `None`: as many as there
    /// are. Trusted proxies may have as many as they like.
    pub max_connections_per_address: Option<usize>,
    /// Bounds of a message's head.
    pub http1: Http1Limits,
    /// How many requests one HTTP/2 connection may have open.
    pub http2_streams: u32,
}

impl ClientSettings {
    /// The slowest that a request's body may come.
    pub(crate) fn request_rate(&self) -> Rate {
        Rate::new(self.min_request_rate, self.rate_grace, self.body_timeout)
    }

    /// The slowest that a response may be taken.
    pub(crate) fn response_rate(&self) -> Rate {
        Rate::new(self.min_response_rate, self.rate_grace, self.write_timeout)
    }
}

/// Dealings with backends.
#[derive(Debug, Clone)]
pub struct UpstreamSettings {
    /// For TCP and TLS together.
    pub connect_timeout: Duration,
    /// Between two pieces of a response's body.
    pub body_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// How many unused connections are kept for one backend on one core.
    pub max_idle: usize,
    /// How many connections are open to one backend on one core.
    pub max_connections: usize,
    /// How many backends one core has connections to at once.
    pub max_backends: usize,
    /// How backends' certificates are verified.
    pub tls: crate::tls::UpstreamTls,
}

/// A range of addresses: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange {
    network: IpAddr,
    prefix: u8,
}

/// A text that is not a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an IP address nor a range such as `10.0.0.0/8`")]
pub struct InvalidIpRange(String);

impl IpRange {
    /// Reads `10.0.0.0/8`, `::1/128` or a single address.
    pub fn parse(text: &str) -> Result<Self, InvalidIpRange> {
        let invalid = || InvalidIpRange(text.to_owned());
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        let network: IpAddr = address.parse().map_err(|_| invalid())?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix
            .map_or(Ok(longest), str::parse)
            .map_err(|_| invalid())?;
        if prefix > longest {
            Err(invalid())
        } else {
            Ok(Self { network, prefix })
        }
    }

    /// Whether the address lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32 - u32::from(self.prefix);
                let bits = |a: std::net::Ipv4Addr| u32::from(a).checked_shr(shift).unwrap_or(0);
                bits(network) == bits(address)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128 - u32::from(self.prefix);
                let bits = |a: std::net::Ipv6Addr| u128::from(a).checked_shr(shift).unwrap_or(0);
                bits(network) == bits(address)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_addresses_and_no_others() {
        let cases = [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "::1", false),
        ];
        for (range, address, inside) in cases {
            let range = IpRange::parse(range).unwrap();
            assert_eq!(
                range.contains(address.parse().unwrap()),
                inside,
                "{range:?} {address}"
            );
        }
    }

    #[test]
    fn a_wrong_range_is_refused() {
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "x", "::/129"] {
            assert!(IpRange::parse(bad).is_err(), "{bad}");
        }
    }
}
