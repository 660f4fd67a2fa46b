//! The request target: the path asked for, freed of the forms in which HTTP/1 can write it.

use bytes::{Bytes, BytesMut};
use http::Method;
use http::uri::PathAndQuery;

use crate::host::Host;
use crate::refusal::{ASTERISK, CONNECT, Refusal, TARGET, TARGET_FORM};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path that starts with `/` and the query, byte for byte as they were sent: no dot segment is
    /// resolved and no percent-encoding looked at.
    ///
    /// Only ASCII, without control character, space or `#`, and without what [`PathAndQuery`] cannot
    /// carry (`<`, `>`, a backquote in the path, `"` in the query): what comes in can go out again.
    Path(PathAndQuery),
    /// The server as a whole: `OPTIONS *`.
    Asterisk,
}

/// A target with the authority that only the absolute form has.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) target: Target,
    pub(crate) authority: Option<Authority>,
}

/// The authority of an absolute target.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) host: Host,
    /// By the scheme.
    default_port: u16,
}

impl Authority {
    /// Whether a `Host` header names the same.
    pub(crate) fn is(&self, host: &Host) -> bool {
        self.host.is_same(host, self.default_port)
    }
}

impl Target {
    /// As it stands in a request line: the path and query, or `*`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Path(path) => path.as_str(),
            Self::Asterisk => "*",
        }
    }
}

impl Written {
    /// Parses `text`, a slice of the head.
    pub(crate) fn parse(method: &Method, text: Bytes) -> Result<Self, Refusal> {
        if *method == Method::CONNECT {
            return Err(CONNECT);
        }
        if text.starts_with(b"/") {
            return Ok(Self {
                target: path(text)?,
                authority: None,
            });
        }
        if text == "*" {
            let target = Target::Asterisk;
            return if *method == Method::OPTIONS {
                Ok(Self {
                    target,
                    authority: None,
                })
            } else {
                Err(ASTERISK)
            };
        }
        Self::absolute(method, &text)
    }

    fn absolute(method: &Method, text: &Bytes) -> Result<Self, Refusal> {
        let (scheme, default_port) = scheme(text).ok_or(TARGET_FORM)?;
        let rest = text.slice(scheme..);
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        let end = end.unwrap_or(rest.len());
        let authority = Authority {
            host: Host::parse(rest.slice(..end))?,
            default_port,
        };
        let target = match rest.get(end..).unwrap_or_default() {
            // RFC 9112 §3.2.4: what a client sends to a proxy instead of `*`.
            [] if *method == Method::OPTIONS => Target::Asterisk,
            [b'/', ..] => path(rest.slice(end..))?,
            other => path(rooted(other))?,
        };
        Ok(Self {
            target,
            authority: Some(authority),
        })
    }
}

/// The length of `http://` or `https://`, and the port that goes with it.
fn scheme(text: &[u8]) -> Option<(usize, u16)> {
    [("http://", 80), ("https://", 443)]
        .into_iter()
        .find_map(|(scheme, port)| {
            let start = text.get(..scheme.len())?;
            start
                .eq_ignore_ascii_case(scheme.as_bytes())
                .then_some((scheme.len(), port))
        })
}

fn rooted(query: &[u8]) -> Bytes {
    let mut path = BytesMut::with_capacity(1 + query.len());
    path.extend_from_slice(b"/");
    path.extend_from_slice(query);
    path.freeze()
}

fn path(text: Bytes) -> Result<Target, Refusal> {
    // `PathAndQuery` takes UTF-8 and cuts a fragment off in silence.
    if !text.is_ascii() || memchr::memchr(b'#', &text).is_some() {
        return Err(TARGET);
    }
    PathAndQuery::from_maybe_shared(text)
        .map(Target::Path)
        .map_err(|_| TARGET)
}
