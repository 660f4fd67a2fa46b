//! From a message head to the one form of a request that everything behind this point shares.

#![warn(clippy::wildcard_enum_match_arm)]

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;
use http::{HeaderName, Method};
use portcullis_model::time::Clock;
use portcullis_policy::body::Body;
use portcullis_policy::facts::{
    ConnInfo, InboundRequest, Received, RequestId, Scheme, TraceContext, Transport,
};
use portcullis_policy::flow::{Fault, FaultKind};
use portcullis_policy::host::Random;
use portcullis_policy::path::normalize;

use crate::headers::remove_hop_by_hop;
use crate::settings::IpRange;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A head, whatever version it came in.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: PathAndQuery,
    /// Without the port.
    pub(crate) host: Box<str>,
    pub(crate) port: Option<u16>,
    pub(crate) headers: HeaderMap,
    pub(crate) upgrade: Option<HeaderValue>,
}

/// Marks a request: its id, its trace, the time.
pub(crate) fn mark(
    headers: &HeaderMap,
    random: &dyn Random,
    clock: &dyn Clock,
) -> (RequestId, TraceContext, Received) {
    let wide = || u128::from(random.next()) << 64 | u128::from(random.next());
    let parent = headers
        .get(TRACEPARENT)
        .and_then(|p| TraceContext::parse_parent(p.as_bytes()));
    // A new trace is sampled: who records it decides for itself.
    let (trace_id, flags) = parent.unwrap_or_else(|| (wide().max(1), 1));
    let trace = TraceContext {
        trace_id,
        span_id: random.next().max(1),
        flags,
    };
    let received = Received {
        at: clock.now(),
        instant: clock.instant(),
    };
    (RequestId::from_random(wide()), trace, received)
}

/// The request in its one form, or the fault of a head that could be read in two ways.
pub(crate) fn inbound(
    head: Head,
    body: Body,
    conn: &ConnInfo,
    trusted: &[IpRange],
    (id, trace, received): (RequestId, TraceContext, Received),
) -> Result<InboundRequest, Fault> {
    let Head {
        method,
        target,
        host,
        port,
        mut headers,
        upgrade,
    } = head;
    let (path, query) = split(&target);
    let path = normalize(&path).map_err(|why| malformed(&why.to_string()))?;
    let client_ip = client_ip(conn.peer.ip(), &headers, trusted);
    let scheme = scheme(conn, &headers, trusted);
    remove_hop_by_hop(&mut headers);
    headers.remove(HOST);
    headers.remove(http::header::CONTENT_LENGTH);
    Ok(InboundRequest {
        method,
        path,
        query,
        host,
        port,
        scheme,
        client_ip,
        headers,
        body,
        upgrade,
        received,
        id,
        trace,
    })
}

/// What cannot be decided on.
pub(crate) fn malformed(why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, "MalformedRequest", why).from_step("configuration")
}

fn split(target: &PathAndQuery) -> (Bytes, Option<Bytes>) {
    // `PathAndQuery` does not give its bytes away; one copy serves path and query.
    let all = Bytes::copy_from_slice(target.as_str().as_bytes());
    let path = all.slice(..target.path().len().min(all.len()));
    let query = target.query().map(|q| all.slice(all.len() - q.len()..));
    (path, query)
}

fn is_trusted(address: IpAddr, trusted: &[IpRange]) -> bool {
    trusted.iter().any(|range| range.contains(address))
}

/// The address of the caller: the peer, or behind trusted proxies the last address in
/// `X-Forwarded-For` that is not itself a trusted proxy. What stands left of it was written by
/// somebody nobody trusts.
fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> IpAddr {
    let peer = peer.to_canonical();
    if trusted.is_empty() || !is_trusted(peer, trusted) {
        return peer;
    }
    let mut client = peer;
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    for line in lines.into_iter().rev() {
        let Ok(line) = line.to_str() else {
            return client;
        };
        for hop in line.rsplit(',') {
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                return client;
            };
            client = address.to_canonical();
            if !is_trusted(client, trusted) {
                return client;
            }
        }
    }
    client
}

/// The caller's scheme: the connection's, or what a trusted proxy says in `X-Forwarded-Proto`.
fn scheme(conn: &ConnInfo, headers: &HeaderMap, trusted: &[IpRange]) -> Scheme {
    let own = match conn.transport {
        Transport::Plain => Scheme::Http,
        Transport::Tls => Scheme::Https,
    };
    if trusted.is_empty() || !is_trusted(conn.peer.ip(), trusted) {
        return own;
    }
    match headers.get(FORWARDED_PROTO).map(HeaderValue::as_bytes) {
        Some(proto) if proto.eq_ignore_ascii_case(b"https") => Scheme::Https,
        Some(proto) if proto.eq_ignore_ascii_case(b"http") => Scheme::Http,
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(peer: &str, lines: &[&str]) -> String {
        let trusted = [IpRange::parse("10.0.0.0/8").unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        client_ip(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_about_the_caller() {
        assert_eq!(forwarded("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(forwarded("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            forwarded("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]),
            "198.51.100.7"
        );
        assert_eq!(
            forwarded("10.0.0.1", &["203.0.113.9", "198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(forwarded("10.0.0.1", &["garbage"]), "10.0.0.1");
        assert_eq!(forwarded("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(forwarded("::ffff:192.0.2.1", &[]), "192.0.2.1");
    }
}
