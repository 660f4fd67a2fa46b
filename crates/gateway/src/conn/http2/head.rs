//! The head of a request: what RFC 9113 lets stand in it, and our limits.
//!
//! h2 has refused before what it calls malformed: pseudo-headers that are missing, doubled, unknown or
//! late, names with capitals, values with control characters, and the fields of HTTP/1 connections.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, COOKIE, HOST, SEC_WEBSOCKET_VERSION};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use hyper::ext::Protocol;
use portcullis_http1::{Host, Limits, Refusal, is_head_only};

use crate::inbound::{self, Head};

/// What a client of HTTP/2 asks for.
pub(super) enum Asked {
    /// A resource.
    Resource(Head),
    /// A WebSocket (RFC 8441).
    Socket(Head),
    /// The server as a whole: `OPTIONS *`.
    Server,
}

/// Content gives TRACE no meaning, and somebody behind us might not expect it.
pub(super) const TRACE_CONTENT: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    rule: "RFC 9110 §9.3.8",
    reason: "a TRACE request has a body",
    field: None,
};

/// The head in the form that all versions of HTTP share.
pub(super) fn parse(parts: http::request::Parts, limits: &Limits) -> Result<Asked, Refusal> {
    let socket = socket(&parts)?;
    let authority = parts.uri.authority().map(http::uri::Authority::as_str);
    if parts
        .uri
        .scheme_str()
        .is_some_and(|scheme| !is_http(scheme))
    {
        return Err(bad(
            "RFC 9113 §8.3.1",
            "the scheme is neither http nor https",
        ));
    }
    let target = target(&parts.method, parts.uri.path_and_query(), limits)?;
    let host = host(authority, &parts.headers)?;
    let mut headers = parts.headers;
    join_cookies(&mut headers);
    check_fields(&headers, limits)?;
    let Some(target) = target else {
        return Ok(Asked::Server);
    };
    let mut head = Head {
        target,
        host: host.name().to_ascii_lowercase().into(),
        port: host.port(),
        method: parts.method,
        headers,
        upgrade: None,
    };
    let Some(protocol) = socket else {
        return Ok(Asked::Resource(head));
    };
    // What the same client would have asked for over HTTP/1.1 (RFC 8441 §5).
    head.method = Method::GET;
    head.upgrade = Some(protocol);
    Ok(Asked::Socket(head))
}

/// Whether trailers may follow a request's body (RFC 9110 §6.5.1).
pub(super) fn check_trailers(trailers: &HeaderMap, limits: &Limits) -> Result<(), Refusal> {
    if trailers.keys().any(is_head_only) {
        return Err(bad(
            "RFC 9110 §6.5.1",
            "a field that belongs into the head stands in the trailers",
        ));
    }
    let size = trailers.iter().map(|(name, value)| line(name, value));
    if size.sum::<usize>() > limits.trailers {
        return Err(too_large("the trailers are too large"));
    }
    check_fields(trailers, limits)
}

/// The protocol that an extended CONNECT asks for, if it is one; no other CONNECT is served.
fn socket(parts: &http::request::Parts) -> Result<Option<HeaderValue>, Refusal> {
    if parts.method != Method::CONNECT {
        return Ok(None);
    }
    let protocol = parts.extensions.get::<Protocol>().map(Protocol::as_str);
    let protocol = protocol.and_then(|protocol| HeaderValue::try_from(protocol).ok());
    match protocol {
        Some(protocol) if inbound::is_websocket(&protocol) => {
            check_version(&parts.headers)?;
            Ok(Some(protocol))
        }
        Some(_) => Err(not_implemented(
            "RFC 8441 §4",
            "the only protocol that a stream can switch to is websocket",
        )),
        None => Err(not_implemented(
            "RFC 9110 §9.3.6",
            "this gateway opens no tunnels, send the request to it without CONNECT",
        )),
    }
}

/// Whether it is the one version of WebSocket that is asked for (RFC 6455 §4.4).
fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).iter();
    if versions.all(|version| version == "13") {
        return Ok(());
    }
    Err(Refusal {
        status: StatusCode::BAD_REQUEST,
        rule: "RFC 6455 §4.4",
        reason: "a WebSocket is asked for in another Sec-WebSocket-Version than 13",
        field: Some(("sec-websocket-version", "13")),
    })
}

/// The path and query; nothing for `OPTIONS *`.
fn target(
    method: &Method,
    target: Option<&PathAndQuery>,
    limits: &Limits,
) -> Result<Option<PathAndQuery>, Refusal> {
    let rule = "RFC 9113 §8.3.1";
    let target = target.ok_or_else(|| bad(rule, "the path is missing"))?;
    let text = target.as_str();
    let line = method.as_str().len() + text.len() + "  HTTP/1.1\r\n".len();
    if line > limits.request_line {
        return Err(Refusal {
            status: StatusCode::URI_TOO_LONG,
            rule: "RFC 9110 §15.5.15",
            reason: "the path is too long",
            field: None,
        });
    }
    if text == "*" {
        return if *method == Method::OPTIONS {
            Ok(None)
        } else {
            Err(bad(rule, "the path `*` is only for OPTIONS"))
        };
    }
    if !text.starts_with('/') || !text.is_ascii() {
        return Err(bad(
            rule,
            "the path does not start with a slash or has a character that no URL carries",
        ));
    }
    Ok(Some(target.clone()))
}

/// Who is asked: `:authority`, or `Host` if there is none; they must agree (RFC 9113 §8.3.1).
fn host(authority: Option<&str>, headers: &HeaderMap) -> Result<Host, Refusal> {
    let rule = "RFC 9113 §8.3.1";
    let mut hosts = headers.get_all(HOST).iter();
    let named = hosts.next().map(HeaderValue::to_str).transpose();
    let named = named.map_err(|_| bad(rule, "the Host header is not text"))?;
    if hosts.next().is_some() {
        return Err(bad(rule, "there is more than one Host header"));
    }
    let differs = |(a, h): (&str, &str)| !a.eq_ignore_ascii_case(h);
    if authority.zip(named).is_some_and(differs) {
        return Err(bad(
            rule,
            "the Host header names another host than the authority",
        ));
    }
    let host = authority.or(named).ok_or_else(|| {
        bad(
            rule,
            "neither an authority nor a Host header names the host",
        )
    })?;
    Host::parse(Bytes::copy_from_slice(host.as_bytes()))
}

/// Holds fields to what HTTP/1 holds them to, for that is what they may be sent on in.
fn check_fields(headers: &HeaderMap, limits: &Limits) -> Result<(), Refusal> {
    if headers.len() > limits.headers {
        return Err(too_large("there are too many headers"));
    }
    for (name, value) in headers {
        if line(name, value) > limits.header {
            return Err(too_large("a header is too long"));
        }
        let bytes = value.as_bytes();
        if bytes.trim_ascii().len() < bytes.len() {
            return Err(bad(
                "RFC 9113 §8.2.1",
                "a header's value starts or ends with whitespace",
            ));
        }
    }
    if headers.get_all(CONTENT_LENGTH).iter().nth(1).is_some() {
        return Err(bad(
            "RFC 9110 §8.6",
            "there is more than one Content-Length header",
        ));
    }
    Ok(())
}

/// How long a field is as a line of HTTP/1.
fn line(name: &HeaderName, value: &HeaderValue) -> usize {
    name.as_str().len() + value.len() + ": \r\n".len()
}

/// HTTP/2 clients send each cookie in a field of its own; everybody else knows one field
/// (RFC 9113 §8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let mut crumbs = headers.get_all(COOKIE).iter();
    let (Some(first), Some(second)) = (crumbs.next(), crumbs.next()) else {
        return;
    };
    let mut cookie = first.as_bytes().to_vec();
    for crumb in std::iter::once(second).chain(crumbs) {
        cookie.extend_from_slice(b"; ");
        cookie.extend_from_slice(crumb.as_bytes());
    }
    // Every part of it was a value, and so is the whole.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.insert(COOKIE, cookie);
    }
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn bad(rule: &'static str, reason: &'static str) -> Refusal {
    Refusal {
        status: StatusCode::BAD_REQUEST,
        rule,
        reason,
        field: None,
    }
}

fn too_large(reason: &'static str) -> Refusal {
    Refusal {
        status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        rule: "RFC 6585 §5",
        reason,
        field: None,
    }
}

fn not_implemented(rule: &'static str, reason: &'static str) -> Refusal {
    Refusal {
        status: StatusCode::NOT_IMPLEMENTED,
        rule,
        reason,
        field: None,
    }
}
