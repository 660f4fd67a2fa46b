//! From a message head to the one form of a request that everything behind this point shares.

#![warn(clippy::wildcard_enum_match_arm)]

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
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

use crate::forwarding::Hop;
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

/// The request in its one form, boxed because it is handed on several times, or the fault of a head that could be read in two ways.
pub(crate) fn inbound(
    head: Head,
    body: Body,
    conn: &ConnInfo,
    trusted: &[IpRange],
    (id, trace, received): (RequestId, TraceContext, Received),
) -> Result<Box<InboundRequest>, Fault> {
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
    let peer = conn.peer.ip().to_canonical();
    let client_ip = client_ip(peer, &headers, trusted)?;
    let scheme = scheme(conn, &headers, trusted);
    // All of it before any policy runs: what policies set, no header of the caller takes away.
    remove_hop_by_hop(&mut headers);
    headers.remove(http::header::CONTENT_LENGTH);
    let hop = Hop {
        peer,
        is_trusted: is_trusted(peer, trusted),
        scheme,
        host: &host,
        port,
    };
    hop.restate(&mut headers);
    // RFC 6455 §4.1. Whatever else two ends may switch to, HTTP/2 above all, would carry requests past
    // every policy.
    let upgrade = upgrade.filter(|to| method == Method::GET && is_websocket(to));
    Ok(Box::new(InboundRequest {
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
    }))
}

/// Whether a connection that switches to this carries WebSocket frames.
pub(crate) fn is_websocket(protocol: &HeaderValue) -> bool {
    protocol.as_bytes().eq_ignore_ascii_case(b"websocket")
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
/// somebody nobody trusts, and is not looked at.
///
/// A hop that a trusted proxy wrote and that is no address is a fault: whatever address stood in for
/// it might be one that more is allowed to.
fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> Result<IpAddr, Fault> {
    let mut client = peer.to_canonical();
    if trusted.is_empty() || !is_trusted(client, trusted) {
        return Ok(client);
    }
    // `ValueIter` goes both ways; a proxy that adds a line of its own adds it last.
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        for hop in line.as_bytes().rsplit(|byte| *byte == b',') {
            let hop = hop.trim_ascii();
            if hop.is_empty() {
                continue;
            }
            let address = hop_address(hop).ok_or_else(|| {
                malformed("a hop of `X-Forwarded-For` that a trusted proxy wrote is no address")
            })?;
            client = address.to_canonical();
            if !is_trusted(client, trusted) {
                return Ok(client);
            }
        }
    }
    Ok(client)
}

/// An address as proxies write it: alone, with a port, in brackets.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?;
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    text.parse().ok().or_else(with_port).or_else(bare)
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
    // The last one is the trusted proxy's own.
    let last = headers.get_all(FORWARDED_PROTO).iter().next_back();
    let last = last.and_then(|line| line.as_bytes().rsplit(|byte| *byte == b',').next());
    match last.map(<[u8]>::trim_ascii) {
        Some(proto) if proto.eq_ignore_ascii_case(b"https") => Scheme::Https,
        Some(proto) if proto.eq_ignore_ascii_case(b"http") => Scheme::Http,
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, lines: &[&[u8]], expect: &str) {
        let trusted = [IpRange::parse("10.0.0.0/8").unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
        }
        let got = client_ip(peer.parse().unwrap(), &headers, &trusted)
            .map_or_else(|_| "refused".to_owned(), |client| client.to_string());
        assert_eq!(got, expect, "{peer} {lines:?}");
    }

    #[test]
    fn only_trusted_proxies_are_believed_about_the_caller() {
        check("192.0.2.1", &[b"198.51.100.7"], "192.0.2.1");
        check("10.0.0.1", &[b"198.51.100.7"], "198.51.100.7");
        check(
            "10.0.0.1",
            &[b"203.0.113.9, 198.51.100.7, 10.0.0.2"],
            "198.51.100.7",
        );
        check(
            "10.0.0.1",
            &[b"203.0.113.9", b"198.51.100.7"],
            "198.51.100.7",
        );
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &[b" , "], "10.0.0.1");
        check("::ffff:192.0.2.1", &[], "192.0.2.1");
    }

    #[test]
    fn an_address_may_be_written_with_a_port() {
        check("10.0.0.1", &[b"198.51.100.7:4711"], "198.51.100.7");
        check("10.0.0.1", &[b"[2001:db8::7]:443"], "2001:db8::7");
        check("10.0.0.1", &[b"[2001:db8::7]"], "2001:db8::7");
    }

    #[test]
    fn what_a_caller_wrote_first_hides_nothing_and_what_a_proxy_wrote_is_an_address() {
        check("10.0.0.1", &[b"\xff, 198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &[b"\xff", b"198.51.100.7"], "198.51.100.7");
        for hop in [
            &b"garbage"[..],
            b"\xff",
            b"198.51.100.7 10.0.0.2",
            b"unknown",
        ] {
            check("10.0.0.1", &[hop], "refused");
        }
    }

    #[test]
    fn only_the_nearest_proxy_says_how_the_caller_came() {
        let trusted = [IpRange::parse("10.0.0.0/8").unwrap()];
        let conn = ConnInfo {
            peer: ([10, 0, 0, 1], 1).into(),
            local: ([10, 0, 0, 2], 2).into(),
            transport: Transport::Plain,
        };
        for (lines, expect) in [
            (&["https"][..], Scheme::Https),
            (&["http, https"], Scheme::Https),
            (&["https, http"], Scheme::Http),
            (&["https", "http"], Scheme::Http),
            (&["gopher"], Scheme::Http),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_PROTO, HeaderValue::from_static(line));
            }
            assert_eq!(scheme(&conn, &headers, &trusted), expect, "{lines:?}");
        }
    }
}
