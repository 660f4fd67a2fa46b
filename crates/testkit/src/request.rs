//! A request from its text, with complete defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use portcullis_model::time::Clock;
use portcullis_policy::body::Body;
use portcullis_policy::facts::{
    ConnInfo, InboundRequest, Received, RequestId, Scheme, TraceContext, Transport,
};
use portcullis_policy::path;

/// The host that requests are sent to unless they say otherwise.
pub const HOST: &str = "gateway.test";

/// Where requests come from unless they say otherwise (RFC 5737).
pub const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

/// A request as a test writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDraft {
    /// Method.
    pub method: Method,
    /// Path, in whatever form.
    pub path: String,
    /// Query without `?`.
    pub query: Option<String>,
    /// Headers, `Host` among them if it was written.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Scheme.
    pub scheme: Scheme,
    /// The caller's address.
    pub from: IpAddr,
}

impl RequestDraft {
    /// A request without headers and body.
    pub fn new(method: Method, target: &str) -> Self {
        let (path, query) = target
            .split_once('?')
            .map_or((target, None), |(p, q)| (p, Some(q)));
        Self {
            method,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            scheme: Scheme::Https,
            from: CLIENT,
        }
    }

    /// Reads a request line, header lines, a blank line and a body. The version may be left out; the
    /// line break that ends the last line is not part of the body.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (head, body) = split_message(text);
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let method = words
            .next()
            .and_then(|m| Method::from_bytes(m.as_bytes()).ok());
        let (Some(method), Some(target)) = (method, words.next()) else {
            return Err(format!("`{line}` is no request line"));
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = header_line(line)?;
            headers.append(name, value);
        }
        let body = Bytes::copy_from_slice(body.unwrap_or_default().as_bytes());
        Ok(Self {
            headers,
            body,
            ..Self::new(method, target)
        })
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.append(name, HeaderValue::from_static(value));
        self
    }

    /// The connection it comes through.
    pub fn connection(&self) -> ConnInfo {
        ConnInfo {
            peer: SocketAddr::new(self.from, 50_000),
            local: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 443),
            transport: match self.scheme {
                Scheme::Http => Transport::Plain,
                Scheme::Https => Transport::Tls,
            },
        }
    }

    /// The request as a gateway hands it on; `number` makes its ids.
    pub fn inbound(self, number: u64, clock: &dyn Clock) -> Result<InboundRequest, String> {
        let path = path::normalize(&Bytes::from(self.path)).map_err(|e| e.to_string())?;
        let host = self
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let host = host.unwrap_or(HOST).to_ascii_lowercase();
        let (host, port) = split_port(&host);
        Ok(InboundRequest {
            method: self.method,
            path,
            query: self.query.map(Bytes::from),
            host: host.into(),
            port,
            scheme: self.scheme,
            client_ip: self.from,
            headers: self.headers,
            body: Body::bytes(self.body),
            upgrade: None,
            received: Received {
                at: clock.now(),
                instant: clock.instant(),
            },
            id: RequestId::from_random(number.into()),
            trace: TraceContext {
                trace_id: number.into(),
                span_id: number,
                flags: 0,
            },
        })
    }
}

/// `host:port`; the brackets of an IPv6 address stay.
fn split_port(host: &str) -> (&str, Option<u16>) {
    let split = host.rsplit_once(':');
    let split = split.and_then(|(host, port)| Some((host, port.parse().ok()?)));
    split.map_or((host, None), |(host, port)| (host, Some(port)))
}

/// The head of a message and its body; no body if there is no blank line.
pub fn split_message(text: &str) -> (&str, Option<&str>) {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if let Some(body) = text.strip_prefix('\n') {
        return ("", Some(body));
    }
    match text.split_once("\n\n") {
        Some((head, body)) => (head, Some(body)),
        // A blank last line: a body, and it is empty.
        None => match text.strip_suffix('\n') {
            Some(head) => (head, Some("")),
            None => (text, None),
        },
    }
}

/// `Name: value`.
pub fn header_line(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let wrong = || format!("`{line}` is no header line");
    let (name, value) = line.split_once(':').ok_or_else(wrong)?;
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    let value = HeaderValue::from_str(value.trim()).map_err(|_| wrong())?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FakeClock;

    #[test]
    fn a_request_is_read_from_its_text() {
        let text = "POST /a/./b?c=d HTTP/1.1\nHost: Example.com:81\nX-A: 1\n\nhello\n\nworld\n";
        let draft = RequestDraft::parse(text).unwrap();
        let request = draft.inbound(1, &FakeClock::default()).unwrap();
        assert_eq!(
            (&*request.path, request.query.as_deref()),
            (&b"/a/b"[..], Some(&b"c=d"[..]))
        );
        assert_eq!((&*request.host, request.port), ("example.com", Some(81)));
        assert_eq!(request.headers["x-a"], "1");
        assert_eq!(request.body.at_hand().unwrap(), "hello\n\nworld");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for bad in ["", "GET", "G@T /", "GET / HTTP/1.1\nno header\n"] {
            assert!(RequestDraft::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_port_is_told_apart_from_an_address() {
        assert_eq!(split_port("a.test:81"), ("a.test", Some(81)));
        assert_eq!(split_port("[::1]"), ("[::1]", None));
        assert_eq!(split_port("[::1]:81"), ("[::1]", Some(81)));
    }

    #[test]
    fn a_blank_line_makes_a_body() {
        let table = [
            ("a\nb\n", ("a\nb", None)),
            ("a\n\n", ("a", Some(""))),
            ("a\n\nb\n", ("a", Some("b"))),
            ("a\n\nb\n\n", ("a", Some("b\n"))),
        ];
        for (text, expect) in table {
            assert_eq!(split_message(text), expect, "{text:?}");
        }
    }
}
