//! Why a message was not taken: the glossary of everything the codec refuses.

use http::StatusCode;
use thiserror::Error;

/// A message the codec does not take. Answer with `status` and close: no later byte of the connection
/// can be trusted to begin a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{reason} ({rule})")]
pub struct Refusal {
    /// What to answer.
    pub status: StatusCode,
    /// The rule that was broken, such as `RFC 9112 §6.1`.
    pub rule: &'static str,
    /// What is wrong, as the middle of a sentence. Never contains bytes of the message.
    pub reason: &'static str,
    /// A field that the answer must carry: its name in lower case, and its value.
    pub field: Option<(&'static str, &'static str)>,
}

impl Refusal {
    const fn bad(rule: &'static str, reason: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            rule,
            reason,
            field: None,
        }
    }

    const fn too_large(rule: &'static str, reason: &'static str) -> Self {
        Self {
            status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            rule,
            reason,
            field: None,
        }
    }
}

// === Lines ===

pub(crate) const BARE_LF: Refusal = Refusal::bad(
    "RFC 9112 §2.2",
    "a line ends with LF alone, end it with CRLF",
);
pub(crate) const BARE_CR: Refusal = Refusal::bad(
    "RFC 9112 §2.2",
    "a CR stands alone, only CRLF may end a line",
);
pub(crate) const EMPTY_LINES: Refusal = Refusal::bad(
    "RFC 9112 §2.2",
    "more than one empty line precedes the request line",
);

// === Request line ===

pub(crate) const REQUEST_LINE: Refusal = Refusal::bad(
    "RFC 9112 §3",
    "the request line is not a method, a target and a version with single spaces between",
);
pub(crate) const METHOD: Refusal = Refusal::bad("RFC 9112 §3.1", "the method is not a token");
pub(crate) const CONNECT: Refusal = Refusal {
    status: StatusCode::NOT_IMPLEMENTED,
    rule: "RFC 9110 §9.3.6",
    reason: "this gateway opens no tunnels, send the request to it without CONNECT",
    field: None,
};
pub(crate) const TARGET: Refusal = Refusal::bad(
    "RFC 9112 §3.2",
    "the target has a character that no URL carries, percent-encode it",
);
pub(crate) const TARGET_FORM: Refusal = Refusal::bad(
    "RFC 9112 §3.2",
    "the target is neither a path that starts with a slash nor an http or https URL",
);
pub(crate) const ASTERISK: Refusal =
    Refusal::bad("RFC 9112 §3.2.4", "the target `*` is only for OPTIONS");
pub(crate) const OTHER_HOST: Refusal = Refusal::bad(
    "RFC 9112 §3.2.2",
    "the target names another host than the Host header",
);
pub(crate) const VERSION_SYNTAX: Refusal =
    Refusal::bad("RFC 9112 §2.3", "the version is not written as HTTP/1.1");
pub(crate) const VERSION: Refusal = Refusal {
    status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
    rule: "RFC 9110 §15.6.6",
    reason: "the version is neither HTTP/1.1 nor HTTP/1.0",
    field: None,
};

// === Field lines ===

pub(crate) const OBS_FOLD: Refusal = Refusal::bad(
    "RFC 9112 §5.2",
    "a header is folded over several lines, write it on one",
);
pub(crate) const LEADING_SPACE: Refusal =
    Refusal::bad("RFC 9112 §2.2", "whitespace stands before the first header");
pub(crate) const SPACE_BEFORE_COLON: Refusal = Refusal::bad(
    "RFC 9112 §5.1",
    "whitespace stands between a header's name and its colon",
);
pub(crate) const NO_COLON: Refusal = Refusal::bad("RFC 9112 §5", "a header line has no colon");
pub(crate) const EMPTY_NAME: Refusal = Refusal::bad("RFC 9110 §5.1", "a header has no name");
pub(crate) const NAME: Refusal = Refusal::bad("RFC 9110 §5.1", "a header's name is not a token");
pub(crate) const VALUE: Refusal =
    Refusal::bad("RFC 9110 §5.5", "a header's value has a control character");
pub(crate) const MALFORMED: Refusal = Refusal::bad("RFC 9112 §2.1", "the head is malformed");

// === Framing and routing fields ===

pub(crate) const NO_HOST: Refusal = Refusal::bad(
    "RFC 9112 §3.2",
    "the Host header is missing, HTTP/1.1 requires one",
);
pub(crate) const SEVERAL_HOSTS: Refusal =
    Refusal::bad("RFC 9112 §3.2", "there is more than one Host header");
pub(crate) const HOST: Refusal = Refusal::bad(
    "RFC 9110 §7.2",
    "the host is not a name, an IPv4 address or a bracketed IPv6 address, with an optional port",
);
pub(crate) const LENGTH_AND_CODING: Refusal = Refusal::bad(
    "RFC 9112 §6.1",
    "Content-Length and Transfer-Encoding stand together, send only one of them",
);
pub(crate) const SEVERAL_LENGTHS: Refusal =
    Refusal::bad("RFC 9112 §6.3", "there is more than one Content-Length");
pub(crate) const LENGTH: Refusal = Refusal::bad(
    "RFC 9110 §8.6",
    "Content-Length is not a whole decimal number below 2^63",
);
pub(crate) const CODING: Refusal = Refusal::bad(
    "RFC 9112 §6.1",
    "Transfer-Encoding is not exactly `chunked`",
);
pub(crate) const SEVERAL_CODINGS: Refusal =
    Refusal::bad("RFC 9112 §6.1", "there is more than one Transfer-Encoding");
pub(crate) const CODING_IN_OLD_VERSION: Refusal = Refusal::bad(
    "RFC 9112 §6.1",
    "HTTP/1.0 has no Transfer-Encoding, send Content-Length",
);
pub(crate) const CONNECTION: Refusal = Refusal::bad(
    "RFC 9110 §7.6.1",
    "the Connection header is not a list of tokens",
);
pub(crate) const NOMINATED: Refusal = Refusal::bad(
    "RFC 9110 §7.6.1",
    "the Connection header names a header that decides where the message goes or ends",
);
pub(crate) const EXPECTATION: Refusal = Refusal {
    status: StatusCode::EXPECTATION_FAILED,
    rule: "RFC 9110 §10.1.1",
    reason: "the only expectation understood is `100-continue`",
    field: None,
};

pub(crate) const TRACE_CONTENT: Refusal = Refusal::bad(
    "RFC 9110 §9.3.8",
    "a TRACE request has a body, send it without one",
);

// === WebSocket handshake ===

pub(crate) const SOCKET_KEY: Refusal = Refusal::bad(
    "RFC 6455 §4.2.1",
    "a WebSocket is asked for without exactly one Sec-WebSocket-Key of 16 bytes in base64",
);
pub(crate) const SOCKET_VERSION: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    rule: "RFC 6455 §4.4",
    reason: "a WebSocket is asked for without exactly one Sec-WebSocket-Version of 13",
    field: Some(("sec-websocket-version", "13")),
};

// === Chunks and trailers ===

pub(crate) const CHUNK_SIZE: Refusal = Refusal::bad(
    "RFC 9112 §7.1",
    "a chunk size is not 1 to 16 hexadecimal digits below 2^63",
);
pub(crate) const CHUNK_EXTENSION: Refusal = Refusal::bad(
    "RFC 9112 §7.1.1",
    "something other than a chunk extension follows a chunk size",
);
pub(crate) const CHUNK_END: Refusal = Refusal::bad(
    "RFC 9112 §7.1",
    "a chunk's data does not end with CRLF where its size says",
);
pub(crate) const CHUNK_LINE: Refusal =
    Refusal::bad("RFC 9112 §7.1.1", "a chunk-size line is too long");
pub(crate) const CHUNK_EXTENSIONS: Refusal =
    Refusal::bad("RFC 9112 §7.1.1", "the body has too many chunk extensions");
pub(crate) const TRAILER: Refusal = Refusal::bad(
    "RFC 9110 §6.5.1",
    "a trailer has a name that may stand only in the head of a message",
);

// === Limits ===

pub(crate) const LONG_REQUEST_LINE: Refusal = Refusal {
    status: StatusCode::URI_TOO_LONG,
    rule: "RFC 9112 §3",
    reason: "the request line is too long, shorten the URL",
    field: None,
};
pub(crate) const LONG_HEADER: Refusal = Refusal::too_large("RFC 6585 §5", "a header is too long");
pub(crate) const BIG_HEAD: Refusal =
    Refusal::too_large("RFC 6585 §5", "the headers together are too long");
pub(crate) const MANY_HEADERS: Refusal =
    Refusal::too_large("RFC 6585 §5", "there are too many headers");
