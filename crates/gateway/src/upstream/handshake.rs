//! Whether a backend agrees to the very WebSocket it was asked for (RFC 6455 §4.1).
//!
//! An answer that merely looks like an agreement, such as one that was meant for another request, must
//! not open a tunnel: what goes through it is seen by no policy.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, UPGRADE};

use crate::inbound::is_websocket;

/// What RFC 6455 §1.3 has a server append to the key.
const SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What is wrong with the answer that switches to a WebSocket, `key` being what was asked with.
pub(super) fn check(key: &HeaderValue, answer: &HeaderMap) -> Result<(), &'static str> {
    if !only(answer, UPGRADE).is_some_and(is_websocket) {
        return Err("it switched to a protocol that nobody had asked for");
    }
    if !answer.get_all(CONNECTION).iter().any(lists_upgrade) {
        return Err("it switched protocols without saying so in `Connection`");
    }
    let accept = accept(key);
    if only(answer, SEC_WEBSOCKET_ACCEPT).is_none_or(|given| given.as_bytes() != accept.as_bytes())
    {
        return Err("its `Sec-WebSocket-Accept` does not belong to the key it was asked with");
    }
    Ok(())
}

/// The `Sec-WebSocket-Accept` for a key.
fn accept(key: &HeaderValue) -> String {
    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    digest.update(key.as_bytes());
    digest.update(SUFFIX);
    STANDARD.encode(digest.finish())
}

/// The only value of a field.
fn only(headers: &HeaderMap, name: http::HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).into_iter();
    values.next().filter(|_| values.next().is_none())
}

fn lists_upgrade(value: &HeaderValue) -> bool {
    value
        .as_bytes()
        .split(|byte| *byte == b',')
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_accepted() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept(&key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
