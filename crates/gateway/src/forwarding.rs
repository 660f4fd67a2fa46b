//! Headers by which whoever forwards a request states where it came from.
//!
//! Anybody can write them, and backends believe them. So what a peer that is no trusted proxy states
//! is removed, and the gateway states what it knows: `X-Forwarded-For`, `X-Forwarded-Proto` and
//! `X-Forwarded-Host`. What a trusted proxy states is continued. This happens before any policy runs:
//! policies see what the backend would get, and what they set or delete stands.

use std::fmt::Write as _;
use std::net::IpAddr;

use http::header::{FORWARDED, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use portcullis_policy::facts::Scheme;
use portcullis_policy::header_name;

/// What happens to a header that a trusted proxy sends. From anybody else it is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FromTrusted {
    /// The peer's address is added to it.
    Continued,
    /// It says what the gateway found out, which heeds what the trusted proxy said.
    Restated,
    /// The last element stays, which the trusted proxy itself wrote.
    LastOnly,
    /// It stays as it is.
    Kept,
    /// It is removed as well.
    Removed,
}

/// One such header.
#[derive(Debug, Clone, Copy)]
pub struct ForwardingHeader {
    /// Its name in lower case; with `*` at the end, all that begin so and have no row of their own.
    pub name: &'static str,
    /// What happens to it if a trusted proxy sends it.
    pub from_trusted: FromTrusted,
    /// What it states.
    pub states: &'static str,
}

const fn row(
    name: &'static str,
    from_trusted: FromTrusted,
    states: &'static str,
) -> ForwardingHeader {
    ForwardingHeader {
        name,
        from_trusted,
        states,
    }
}

/// Every header that states where a request came from.
pub const FORWARDING: &[ForwardingHeader] = &[
    row(
        "x-forwarded-for",
        FromTrusted::Continued,
        "the caller's address, and the proxies'",
    ),
    row(
        "x-forwarded-proto",
        FromTrusted::Restated,
        "the caller's scheme",
    ),
    row(
        "x-forwarded-host",
        FromTrusted::LastOnly,
        "the host that the caller asked",
    ),
    row(
        "x-forwarded-port",
        FromTrusted::LastOnly,
        "the port that the caller asked",
    ),
    row(
        "x-forwarded-prefix",
        FromTrusted::Kept,
        "the path that a proxy took away",
    ),
    row(
        "x-forwarded-*",
        FromTrusted::Kept,
        "the like: `Server`, `By`, `Ssl`, `Scheme` …",
    ),
    row(
        "forwarded",
        FromTrusted::Continued,
        "all of that (RFC 7239)",
    ),
    row("x-real-ip", FromTrusted::Kept, "the caller's address"),
    row("x-client-ip", FromTrusted::Kept, "the caller's address"),
    row(
        "x-cluster-client-ip",
        FromTrusted::Kept,
        "the caller's address",
    ),
    row("true-client-ip", FromTrusted::Kept, "the caller's address"),
    row(
        "cf-connecting-ip",
        FromTrusted::Kept,
        "the caller's address",
    ),
    row(
        "x-original-host",
        FromTrusted::Kept,
        "the host that the caller asked",
    ),
    row(
        "x-original-url",
        FromTrusted::Removed,
        "another path, which some frameworks serve instead",
    ),
    row(
        "x-rewrite-url",
        FromTrusted::Removed,
        "another path, which some frameworks serve instead",
    ),
    row(
        "client-cert",
        FromTrusted::Kept,
        "the caller's certificate (RFC 9440)",
    ),
    row(
        "client-cert-chain",
        FromTrusted::Kept,
        "the caller's certificate (RFC 9440)",
    ),
    row(
        "x-arr-clientcert",
        FromTrusted::Kept,
        "the caller's certificate",
    ),
    row(
        "x-ms-client-principal*",
        FromTrusted::Kept,
        "who the caller is, to services in Azure",
    ),
];

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What the gateway knows of a request itself.
pub(crate) struct Hop<'h> {
    /// The address of the connection's other end.
    pub(crate) peer: IpAddr,
    /// Whether it is a trusted proxy.
    pub(crate) is_trusted: bool,
    /// The caller's scheme.
    pub(crate) scheme: Scheme,
    /// The host and port that were asked.
    pub(crate) host: &'h str,
    pub(crate) port: Option<u16>,
}

impl Hop<'_> {
    /// Takes `Host` away, removes what was stated and is not to be believed, and states what is known.
    pub(crate) fn restate(&self, headers: &mut HeaderMap) {
        let host = headers.remove(HOST).filter(|host| !host.is_empty());
        let stated = stated(headers);
        let mut continued = None;
        let mut last_host = None;
        for (name, rule) in stated {
            match rule.filter(|_| self.is_trusted) {
                Some(FromTrusted::Continued) if name == FORWARDED_FOR => {
                    continued = joined(headers, &name);
                }
                Some(FromTrusted::Continued) => self.continue_forwarded(headers),
                Some(FromTrusted::LastOnly) => {
                    let last = last_element(headers, &name);
                    if name == FORWARDED_HOST {
                        last_host = last;
                    } else if let Some(last) = last {
                        headers.insert(name, last);
                    }
                }
                Some(FromTrusted::Kept | FromTrusted::Restated) => {}
                Some(FromTrusted::Removed) | None => drop(headers.remove(name)),
            }
        }
        headers.insert(FORWARDED_FOR, self.forwarded_for(continued));
        headers.insert(
            FORWARDED_PROTO,
            HeaderValue::from_static(self.scheme.as_str()),
        );
        if let Some(host) = last_host.or(host).or_else(|| self.authority()) {
            headers.insert(FORWARDED_HOST, host);
        }
    }

    fn forwarded_for(&self, before: Option<Vec<u8>>) -> HeaderValue {
        let mut line = before.map_or_else(String::new, |line| {
            // What a trusted proxy wrote was read as addresses; what stands left of it may be anything.
            String::from_utf8_lossy(&line).into_owned() + ", "
        });
        // Writing to a String does not fail.
        write!(line, "{}", self.peer).unwrap_or_default();
        value(line)
    }

    /// RFC 7239 §4: an element for this hop.
    fn continue_forwarded(&self, headers: &mut HeaderMap) {
        let Some(before) = joined(headers, &FORWARDED) else {
            return;
        };
        let mut line = String::from_utf8_lossy(&before).into_owned();
        let element = match self.peer {
            IpAddr::V4(peer) => write!(line, ", for={peer}"),
            IpAddr::V6(peer) => write!(line, ", for=\"[{peer}]\""),
        };
        element.unwrap_or_default();
        headers.insert(FORWARDED, value(line));
    }

    fn authority(&self) -> Option<HeaderValue> {
        match (self.host, self.port) {
            ("", _) => None,
            (host, None) => HeaderValue::from_str(host).ok(),
            (host, Some(port)) => HeaderValue::try_from(format!("{host}:{port}")).ok(),
        }
    }
}

/// The headers that state something, or that a backend would take for one that does or that frames
/// the message. With the rule for those that a trusted proxy may send.
///
/// Allocates only if there are any.
fn stated(headers: &HeaderMap) -> Vec<(HeaderName, Option<FromTrusted>)> {
    let mut found = Vec::new();
    for name in headers.keys() {
        let text = name.as_str();
        if let Some(rule) = rule(text) {
            found.push((name.clone(), Some(rule)));
        } else if is_taken_for_another(text) {
            found.push((name.clone(), None));
        }
    }
    found
}

/// What happens to a header of this name from a trusted proxy, if it states something.
pub(crate) fn rule(name: &str) -> Option<FromTrusted> {
    // No row begins otherwise: most names need no look at the table.
    let may_state = matches!(
        name.as_bytes(),
        [b'x', b'-', ..] | [b'c', b'f' | b'l', ..] | [b'f', b'o', ..] | [b't', b'r', ..]
    );
    if !may_state {
        return None;
    }
    let row = FORWARDING
        .iter()
        .find(|row| match row.name.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix) && !has_own_row(name),
            None => row.name == name,
        });
    row.map(|row| row.from_trusted)
}

fn has_own_row(name: &str) -> bool {
    FORWARDING.iter().any(|row| row.name == name)
}

/// Whether a backend that takes `_` for `-` would take this for a header that it believes or frames by.
pub(crate) fn is_taken_for_another(name: &str) -> bool {
    header_name::is_odd(name) && is_guarded(&header_name::folded(name))
}

fn is_guarded(folded: &str) -> bool {
    const GUARDED: [&str; 11] = [
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "proxy-authenticate",
        "http2-settings",
        "ocp-apim-subscription-key",
        "ocp-apim-trace",
    ];
    GUARDED.contains(&folded) || rule(folded).is_some()
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = headers
        .get_all(name)
        .iter()
        .map(|line| line.as_bytes().trim_ascii())
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| lines.join(&b", "[..]))
}

fn last_element(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let line = headers.get_all(name).iter().next_back()?;
    let last = line.as_bytes().rsplit(|byte| *byte == b',').next()?;
    let last = last.trim_ascii();
    if last.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(last).ok()
}

/// INVARIANT: made of values of headers and of addresses, so it is one.
fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of `lines`, which come from `peer`, sorted.
    fn check(is_trusted: bool, lines: &[(&str, &str)], expect: &[(&str, &str)]) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let hop = Hop {
            peer: [192, 0, 2, 1].into(),
            is_trusted,
            scheme: Scheme::Https,
            host: "fallback.example",
            port: Some(81),
        };
        hop.restate(&mut headers);
        let mut got: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        got.sort_unstable();
        let mut expect = expect.to_vec();
        expect.sort_unstable();
        assert_eq!(got, expect, "{is_trusted} {lines:?}");
    }

    const OWN: [(&str, &str); 3] = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "a.example"),
        ("x-forwarded-proto", "https"),
    ];
    const HOST: (&str, &str) = ("host", "a.example");

    #[test]
    fn what_anybody_states_is_removed_and_what_is_known_is_stated() {
        for row in FORWARDING {
            let name = row.name.replace('*', "x");
            check(false, &[HOST, (&name, "203.0.113.9")], &OWN);
            check(false, &[HOST, (&name, "a"), (&name, "b")], &OWN);
        }
        check(false, &[HOST], &OWN);
    }

    #[test]
    fn a_name_that_a_backend_takes_for_such_a_header_is_removed() {
        for name in [
            "x_forwarded_for",
            "x-forwarded_for",
            "X_Real_IP",
            "x.forwarded.proto",
            "content_length",
            "transfer_encoding",
            "transfer-encoding_",
            "ocp_apim_subscription_key",
            "x_original_url",
            "client_cert",
            "x_ms_client_principal_name",
        ] {
            for is_trusted in [false, true] {
                let kept = name == "transfer-encoding_";
                let mut expect = OWN.to_vec();
                expect.extend(kept.then_some((name, "1")));
                check(is_trusted, &[HOST, (name, "1")], &expect);
            }
        }
        for name in ["api_key", "x_request_id", "user_agent"] {
            let mut expect = OWN.to_vec();
            expect.push((name, "1"));
            check(false, &[HOST, (name, "1")], &expect);
        }
    }

    #[test]
    fn what_a_trusted_proxy_states_is_continued() {
        let with = |changed: &[(&'static str, &'static str)]| {
            let mut all: Vec<_> = changed.to_vec();
            let missing = |own: &&(&str, &str)| !changed.iter().any(|(name, _)| *name == own.0);
            all.extend(OWN.iter().filter(missing));
            all
        };
        for (lines, expect) in [
            (
                &[
                    ("x-forwarded-for", "203.0.113.9"),
                    ("x-forwarded-for", "198.51.100.1"),
                ][..],
                &[("x-forwarded-for", "203.0.113.9, 198.51.100.1, 192.0.2.1")][..],
            ),
            (&[("x-forwarded-proto", "http, https")], &[]),
            (
                &[("x-forwarded-host", "evil, b.example")],
                &[("x-forwarded-host", "b.example")],
            ),
            (
                &[("x-forwarded-port", "1, 443")],
                &[("x-forwarded-port", "443")],
            ),
            (
                &[("x-forwarded-prefix", "/p")],
                &[("x-forwarded-prefix", "/p")],
            ),
            (
                &[("x-forwarded-server", "p")],
                &[("x-forwarded-server", "p")],
            ),
            (
                &[("forwarded", "for=203.0.113.9;proto=https")],
                &[("forwarded", "for=203.0.113.9;proto=https, for=192.0.2.1")],
            ),
            (
                &[("x-real-ip", "203.0.113.9")],
                &[("x-real-ip", "203.0.113.9")],
            ),
            (&[("x-original-url", "/admin")], &[]),
            (&[("x-rewrite-url", "/admin")], &[]),
        ] {
            let mut lines = lines.to_vec();
            lines.push(HOST);
            check(true, &lines, &with(expect));
        }
    }

    #[test]
    fn the_host_is_the_one_that_was_asked_however_it_came() {
        let host = ("x-forwarded-host", "fallback.example:81");
        check(false, &[], &[OWN[0], host, OWN[2]]);
    }
}
