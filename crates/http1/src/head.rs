//! The head of a request: from the front of a connection's bytes to one value that cannot be wrong.

use std::mem::MaybeUninit;

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use httparse::Status;

use crate::blame;
use crate::field::{BodyLength, Expect, Meaning, Notes, Persistence, is_token_byte};
use crate::host::Host;
use crate::limits::{Limits, MOST_HEADERS};
use crate::refusal::{
    BARE_CR, BARE_LF, BIG_HEAD, EMPTY_LINES, MALFORMED, METHOD, NAME, NO_HOST, OTHER_HOST, Refusal,
    TRACE_CONTENT, VALUE,
};
use crate::scan::{Bounds, LineScan};
use crate::target::{Authority, Target, Written};

/// The head of a request.
#[derive(Debug, Clone)]
pub struct RequestHead {
    /// The method; never CONNECT.
    pub method: Method,
    /// What is asked for.
    pub target: Target,
    /// Whom it is asked of: the `Host` header, or for HTTP/1.0 without one an absolute target's
    /// authority, or else an empty host.
    pub host: Host,
    /// The version the client speaks.
    pub version: Version,
    /// Every field line in order, those that were read into the other members included.
    pub headers: HeaderMap,
    /// Where the body ends.
    pub length: BodyLength,
    /// Whether another request may follow.
    pub persistence: Persistence,
    /// Whether the client waits before it sends its body.
    pub expect: Expect,
    /// The protocol that may be switched to: one `Upgrade` line that `Connection` names, in HTTP/1.1,
    /// on a request without a body. Any other is ignored, as RFC 9110 §7.8 permits. Where it is
    /// `websocket` on GET, the handshake of RFC 6455 §4.2.1 is whole.
    pub upgrade: Option<HeaderValue>,
}

/// The versions this codec speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

/// Takes request heads off the front of a connection's bytes, one after the other.
///
/// Remembers how far an unfinished head has been looked at, so a client that sends single bytes costs
/// no more than one that sends them together. After a [`Refusal`] it gives only that refusal.
#[derive(Debug, Default)]
pub struct HeadScan {
    lines: LineScan,
    before: Before,
    refused: Option<Refusal>,
}

/// What came before the request line.
#[derive(Debug, Default, Clone, Copy)]
enum Before {
    #[default]
    Nothing,
    EmptyLine,
}

impl HeadScan {
    /// Takes one head off the front of `input`, or nothing while its end has not arrived.
    ///
    /// Between calls that give `None` only append to `input`. One empty line before the request line
    /// is skipped (RFC 9112 §2.2).
    pub fn take_head(
        &mut self,
        input: &mut BytesMut,
        limits: &Limits,
    ) -> Result<Option<RequestHead>, Refusal> {
        if let Some(refusal) = self.refused {
            return Err(refusal);
        }
        let taken = match self.block(input, limits) {
            Ok(None) => Ok(None),
            Ok(Some(head)) => parse(&head).map(Some),
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = &taken {
            self.refused = Some(*refusal);
        }
        taken
    }

    /// Takes the bytes of one head off the front of `input`.
    fn block(&mut self, input: &mut BytesMut, limits: &Limits) -> Result<Option<Bytes>, Refusal> {
        if !self.begin(input)? {
            return Ok(None);
        }
        let bounds = Bounds {
            request_line: Some(limits.request_line),
            header: limits.header,
            headers: limits.headers.min(MOST_HEADERS),
            block: limits.head,
        };
        let Some(end) = self.lines.end(input, bounds)? else {
            return Ok(None);
        };
        *self = Self::default();
        // A copy of its own size: the connection keeps its buffer, and whoever keeps a header value
        // keeps this head alive and not the buffer.
        let head = Bytes::copy_from_slice(input.get(..end).unwrap_or_default());
        input.advance(head.len());
        Ok(Some(head))
    }

    /// Skips an empty line and looks at the first byte; whether a request line has begun.
    fn begin(&mut self, input: &mut BytesMut) -> Result<bool, Refusal> {
        match (&**input, self.before) {
            ([] | [b'\r'], Before::Nothing) | ([], Before::EmptyLine) => Ok(false),
            ([b'\r', b'\n', ..], Before::Nothing) => {
                input.advance(2);
                self.before = Before::EmptyLine;
                self.begin(input)
            }
            ([b'\r', ..], Before::Nothing) => Err(BARE_CR),
            ([b'\r', ..], Before::EmptyLine) => Err(EMPTY_LINES),
            ([b'\n', ..], _) => Err(BARE_LF),
            // What will not become a request (a TLS hello, say) is not waited for.
            ([first, ..], _) if !is_token_byte(*first) => Err(METHOD),
            _ => Ok(true),
        }
    }
}

/// Parses a whole head, of which is known that each LF follows a CR, that only the last line is empty
/// and that there are at most [`MOST_HEADERS`] field lines.
fn parse(head: &Bytes) -> Result<RequestHead, Refusal> {
    let mut slots = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(head, &mut slots) {
        Ok(Status::Complete(size)) if size == head.len() => {}
        Ok(_) => return Err(MALFORMED),
        Err(_) => return Err(blame::head(head)),
    }
    let (Some(method), Some(target), Some(version)) =
        (request.method, request.path, request.version)
    else {
        return Err(MALFORMED);
    };
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| METHOD)?;
    let version = if version == 1 {
        Version::Http11
    } else {
        Version::Http10
    };
    let Written { target, authority } = Written::parse(&method, head.slice_ref(target.as_bytes()))?;
    let mut notes = Notes::default();
    let headers = fields(head, request.headers, |name, value| notes.note(name, value))?;
    let meaning = notes.meaning(version)?;
    agree(&method, &notes, &meaning)?;
    Ok(RequestHead {
        method,
        target,
        host: host(notes.host, authority, version)?,
        version,
        headers,
        length: meaning.length,
        persistence: meaning.persistence,
        expect: meaning.expect,
        upgrade: meaning.upgrade,
    })
}

/// Whether the fields say nothing that the method rules out.
fn agree(method: &Method, notes: &Notes, meaning: &Meaning) -> Result<(), Refusal> {
    let is_empty = matches!(meaning.length, BodyLength::None | BodyLength::Exactly(0));
    if *method == Method::TRACE && !is_empty {
        return Err(TRACE_CONTENT);
    }
    let is_socket = |protocol: &HeaderValue| protocol.as_bytes().eq_ignore_ascii_case(b"websocket");
    if *method == Method::GET && meaning.upgrade.as_ref().is_some_and(is_socket) {
        return notes.handshake.check();
    }
    Ok(())
}

/// Whom a request is asked of, by its `Host` header and the authority of an absolute target.
fn host(
    header: Option<Host>,
    authority: Option<Authority>,
    version: Version,
) -> Result<Host, Refusal> {
    match (header, authority) {
        (Some(host), Some(authority)) if !authority.is(&host) => Err(OTHER_HOST),
        (Some(host), _) => Ok(host),
        (None, _) if version == Version::Http11 => Err(NO_HOST),
        (None, Some(authority)) => Ok(authority.host),
        (None, None) => Ok(Host::unnamed()),
    }
}

/// Room for what a gateway states beside what it was sent, so that the map need not grow for it.
const ROOM: usize = 3;

/// Collects parsed field lines, which lie in `block`, showing each to `note`.
pub(crate) fn fields(
    block: &Bytes,
    lines: &[httparse::Header<'_>],
    mut note: impl FnMut(&HeaderName, &Bytes) -> Result<(), Refusal>,
) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::with_capacity(lines.len() + ROOM);
    for line in lines {
        let name = HeaderName::from_bytes(line.name.as_bytes()).map_err(|_| NAME)?;
        let value = block.slice_ref(line.value);
        note(&name, &value)?;
        let value = HeaderValue::from_maybe_shared(value).map_err(|_| VALUE)?;
        headers.try_append(name, value).map_err(|_| BIG_HEAD)?;
    }
    Ok(headers)
}
