//! Fields after a chunked body: which may stand there, in and out.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, header};

use crate::blame;
use crate::head::fields;
use crate::limits::MOST_HEADERS;
use crate::refusal::{MALFORMED, Refusal, TRAILER};

/// Parses a trailer section with its empty line.
pub(crate) fn parse(block: &Bytes) -> Result<HeaderMap, Refusal> {
    let mut slots = [httparse::EMPTY_HEADER; MOST_HEADERS];
    match httparse::parse_headers(block, &mut slots) {
        Ok(httparse::Status::Complete((size, lines))) if size == block.len() => {
            fields(block, lines, |name, _| {
                if is_head_only(name) {
                    Err(TRAILER)
                } else {
                    Ok(())
                }
            })
        }
        Ok(_) => Err(MALFORMED),
        Err(_) => Err(blame::trailers(block)),
    }
}

/// Whether RFC 9110 §6.5.1 keeps a field out of trailers: framing, routing, request modifiers,
/// authentication, and what is needed to read the content.
///
/// `Content-*` is taken as a whole except for what describes without being needed (`Content-MD5`,
/// `Content-Digest`, which exist to be trailers).
pub fn is_head_only(name: &HeaderName) -> bool {
    match *name {
        header::AUTHORIZATION
        | header::CACHE_CONTROL
        | header::CONNECTION
        | header::CONTENT_ENCODING
        | header::CONTENT_LENGTH
        | header::CONTENT_RANGE
        | header::CONTENT_TYPE
        | header::COOKIE
        | header::EXPECT
        | header::FORWARDED
        | header::HOST
        | header::IF_MATCH
        | header::IF_MODIFIED_SINCE
        | header::IF_NONE_MATCH
        | header::IF_RANGE
        | header::IF_UNMODIFIED_SINCE
        | header::LOCATION
        | header::MAX_FORWARDS
        | header::PRAGMA
        | header::PROXY_AUTHENTICATE
        | header::PROXY_AUTHORIZATION
        | header::RANGE
        | header::SET_COOKIE
        | header::TE
        | header::TRAILER
        | header::TRANSFER_ENCODING
        | header::UPGRADE
        | header::VARY
        | header::WWW_AUTHENTICATE => true,
        _ => {
            let name = name.as_str();
            matches!(name, "keep-alive" | "proxy-connection")
                || (name.starts_with("content-")
                    && !matches!(name, "content-digest" | "content-md5"))
        }
    }
}
