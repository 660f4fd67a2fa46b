//! The head of a response, written straight into the connection's buffer.

use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use thiserror::Error;

use crate::field::Persistence;
use crate::head::Version;

/// The head of a response. Framing and connection fields are not taken from `headers` but follow from
/// the other members, so they cannot contradict the body.
#[derive(Debug, Clone, Copy)]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: StatusCode,
    /// The words after the status; its usual ones if there are none.
    pub reason: Option<ReasonPhrase<'a>>,
    /// The fields. `Content-Length`, `Transfer-Encoding`, `Connection`, `Keep-Alive`,
    /// `Proxy-Connection` and (unless the status is 101) `Upgrade` are not written.
    pub headers: &'a HeaderMap,
    /// How the body will end.
    pub length: ResponseLength,
    /// Whether another request may follow.
    pub persistence: Persistence,
    /// The version of the request. HTTP/1.0 clients must be told that a connection stays open.
    pub client: Version,
    /// What `Date` says if `headers` has none; `None` for a server without a clock.
    pub date: Option<&'a HeaderValue>,
}

/// How the body of a response ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseLength {
    /// There is no body and cannot be one: 1xx, 204, 304.
    None,
    /// After this many bytes.
    Exactly(u64),
    /// There is no body because HEAD was asked; with the length that GET would have given, if known.
    HeadOnly(Option<u64>),
    /// After the last chunk and its trailers.
    Chunked,
    /// With the connection: HTTP/1.0 clients know no chunks.
    UntilClose,
}

/// The words after a status, free of whatever could end the line early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonPhrase<'a>(&'a str);

/// A reason phrase with a control character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the reason phrase has a control character, write it on one line")]
pub struct InvalidReasonPhrase;

impl<'a> ReasonPhrase<'a> {
    /// Takes anything without control characters other than tabs; also nothing at all.
    pub fn parse(text: &'a str) -> Result<Self, InvalidReasonPhrase> {
        let is_text = |byte: u8| byte == b'\t' || !byte.is_ascii_control();
        if text.bytes().all(is_text) {
            Ok(Self(text))
        } else {
            Err(InvalidReasonPhrase)
        }
    }

    /// The words.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl ResponseLength {
    /// How the body of the response to a `method` request ends, `known` being its length where that is
    /// known beforehand.
    pub fn of(method: &Method, status: StatusCode, client: Version, known: Option<u64>) -> Self {
        let has_no_body = status.is_informational()
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        match (known, client) {
            _ if has_no_body => Self::None,
            _ if *method == Method::HEAD => Self::HeadOnly(known),
            (Some(size), _) => Self::Exactly(size),
            (None, Version::Http11) => Self::Chunked,
            (None, Version::Http10) => Self::UntilClose,
        }
    }
}

/// Writes the interim response that tells a waiting client to send its body.
pub fn put_continue(out: &mut BytesMut) {
    out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
}

/// Writes the head of a response. The body follows through a [`BodyEncoder`](crate::BodyEncoder).
///
/// The status line says HTTP/1.1 whatever the client speaks, as RFC 9110 §6.2 asks.
pub fn put_head(out: &mut BytesMut, head: &ResponseHead<'_>) {
    // Status line, our own fields, and what fields usually take: one growth for most heads.
    out.reserve(160 + 48 * head.headers.len());
    put_status(out, head);
    let has_date = put_headers(out, head);
    put_length(out, head.length);
    put_connection(out, head);
    if let Some(date) = head.date
        && !has_date
        && !head.status.is_informational()
    {
        put_field(out, "date", date.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

fn put_status(out: &mut BytesMut, head: &ResponseHead<'_>) {
    if head.status == StatusCode::OK && head.reason.is_none() {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
    let usual = || head.status.canonical_reason().unwrap_or_default();
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(head.status.as_str().as_bytes());
    // RFC 9112 §4: the space stays even if no words follow.
    out.extend_from_slice(b" ");
    out.extend_from_slice(
        head.reason
            .map_or_else(usual, ReasonPhrase::as_str)
            .as_bytes(),
    );
    out.extend_from_slice(b"\r\n");
}

/// Writes the fields that are the caller's to decide; whether `Date` was among them.
fn put_headers(out: &mut BytesMut, head: &ResponseHead<'_>) -> bool {
    let mut has_date = false;
    for (name, value) in head.headers {
        let is_upgrade = head.status == StatusCode::SWITCHING_PROTOCOLS && *name == header::UPGRADE;
        if is_upgrade || !is_connection_field(name) {
            has_date |= *name == header::DATE;
            put_field(out, name.as_str(), value.as_bytes());
        }
    }
    has_date
}

/// Whether a field speaks of this connection or of framing, which `put_head` decides.
fn is_connection_field(name: &HeaderName) -> bool {
    match *name {
        header::CONTENT_LENGTH
        | header::TRANSFER_ENCODING
        | header::CONNECTION
        | header::UPGRADE => true,
        _ => matches!(name.as_str(), "keep-alive" | "proxy-connection"),
    }
}

fn put_length(out: &mut BytesMut, length: ResponseLength) {
    match length {
        ResponseLength::Exactly(size) | ResponseLength::HeadOnly(Some(size)) => {
            put_field(
                out,
                "content-length",
                itoa::Buffer::new().format(size).as_bytes(),
            );
        }
        ResponseLength::Chunked => put_field(out, "transfer-encoding", b"chunked"),
        ResponseLength::None | ResponseLength::HeadOnly(None) | ResponseLength::UntilClose => {}
    }
}

fn put_connection(out: &mut BytesMut, head: &ResponseHead<'_>) {
    let persistence = match head.length {
        ResponseLength::UntilClose => Persistence::Close,
        _ => head.persistence,
    };
    match (persistence, head.client) {
        _ if head.status == StatusCode::SWITCHING_PROTOCOLS => {
            put_field(out, "connection", b"upgrade");
        }
        _ if head.status.is_informational() => {}
        (Persistence::Close, _) => put_field(out, "connection", b"close"),
        (Persistence::KeepAlive, Version::Http10) => put_field(out, "connection", b"keep-alive"),
        (Persistence::KeepAlive, Version::Http11) => {}
    }
}

pub(crate) fn put_field(out: &mut BytesMut, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}
