//! The host a request is for, as its `Host` header or its absolute target writes it.

use std::net::Ipv6Addr;
use std::str;

use bytes::Bytes;

use crate::refusal::{HOST, Refusal};

/// A name, an IPv4 address or a bracketed IPv6 address, with an optional port.
///
/// Names are narrower than RFC 3986's `reg-name` on purpose: letters, digits, `-`, `.`, `_` and `~`.
/// Percent-encoding and punctuation occur in no host that can be reached, and a comma would make one
/// value of what a reader before us may have joined from two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    // INVARIANT: ASCII.
    text: Bytes,
    name: usize,
    port: Option<u16>,
}

/// DNS allows 253 bytes; a port takes six more.
const LONGEST: usize = 255 + 6;

impl Host {
    /// Parses what stands in a `Host` header (or in HTTP/2's `:authority`).
    pub fn parse(text: Bytes) -> Result<Self, Refusal> {
        if text.len() > LONGEST {
            return Err(HOST);
        }
        let (name, port) = parts(&text).ok_or(HOST)?;
        Ok(Self { text, name, port })
    }

    /// The host of a request that does not say (HTTP/1.0 may leave it out).
    pub(crate) const fn unnamed() -> Self {
        Self {
            text: Bytes::new(),
            name: 0,
            port: None,
        }
    }

    /// As it was written; empty for an HTTP/1.0 request without a `Host` header.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Without the port; an IPv6 address keeps its brackets. In the case it was written in.
    pub fn name(&self) -> &str {
        self.as_str().get(..self.name).unwrap_or_default()
    }

    /// The port, if one was written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether both name the same host and port, an unwritten port being `default_port`.
    pub(crate) fn is_same(&self, other: &Self, default_port: u16) -> bool {
        self.name().eq_ignore_ascii_case(other.name())
            && self.port.unwrap_or(default_port) == other.port.unwrap_or(default_port)
    }
}

/// The length of the name, and the port.
fn parts(text: &[u8]) -> Option<(usize, Option<u16>)> {
    let name = match text {
        [b'[', rest @ ..] => ipv6(rest)?,
        _ => text.iter().take_while(|byte| is_name_byte(**byte)).count(),
    };
    if name == 0 {
        return None;
    }
    match text.get(name..)? {
        [] | [b':'] => Some((name, None)),
        [b':', digits @ ..] => Some((name, Some(port(digits)?))),
        _ => None,
    }
}

/// The length of `[address]`, given what follows the opening bracket.
fn ipv6(rest: &[u8]) -> Option<usize> {
    let address = rest.get(..rest.iter().position(|byte| *byte == b']')?)?;
    str::from_utf8(address).ok()?.parse::<Ipv6Addr>().ok()?;
    Some(address.len() + 2)
}

fn port(digits: &[u8]) -> Option<u16> {
    // `parse` would take a sign.
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &'static str, expect: Option<(&str, Option<u16>)>) {
        let host = Host::parse(Bytes::from_static(text.as_bytes())).ok();
        let parts = host.as_ref().map(|host| (host.name(), host.port()));
        assert_eq!(parts, expect, "{text}");
        if let Some(host) = host {
            assert_eq!(host.as_str(), text);
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address_with_an_optional_port() {
        check("a", Some(("a", None)));
        check("api.Example.com", Some(("api.Example.com", None)));
        check(
            "api.example.com:8443",
            Some(("api.example.com", Some(8443))),
        );
        check("under_score.x~y", Some(("under_score.x~y", None)));
        check("127.0.0.1:80", Some(("127.0.0.1", Some(80))));
        check("[::1]", Some(("[::1]", None)));
        check("[2001:db8::7]:443", Some(("[2001:db8::7]", Some(443))));
        check("a:", Some(("a", None)));
        for text in [
            "",
            ":80",
            "a b",
            "a,b",
            "a/b",
            "user@a",
            "a?b",
            "a#b",
            "a\\b",
            "a%41",
            "a:b",
            "a:+80",
            "a:65536",
            "a:80:80",
            "::1",
            "[::1",
            "[]",
            "[::1]x",
            "[::g]",
            "[fe80::1%25eth0]",
            "[v1.x]",
            "a;b",
            "(a)",
            "\u{e9}.example",
            "a\tb",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_endless_host_is_refused() {
        assert!(Host::parse(Bytes::from(vec![b'a'; LONGEST])).is_ok());
        assert_eq!(Host::parse(Bytes::from(vec![b'a'; LONGEST + 1])), Err(HOST));
    }

    #[test]
    fn hosts_are_the_same_whatever_their_case_and_however_the_default_port_is_written() {
        let host = |text: &'static str| Host::parse(Bytes::from_static(text.as_bytes())).unwrap();
        assert!(host("A.example").is_same(&host("a.EXAMPLE:80"), 80));
        assert!(!host("a.example").is_same(&host("a.example:80"), 443));
        assert!(!host("a.example").is_same(&host("b.example"), 80));
    }
}
