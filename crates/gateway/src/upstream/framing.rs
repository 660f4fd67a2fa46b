//! Whether a backend says in one way only where its answer ends.
//!
//! hyper reads what RFC 9112 §6.3 lets a lenient recipient read. An answer that others may read in
//! another way is one that somebody before the backend may have split: it is not passed on.

use http::HeaderValue;
use http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};

/// What is wrong with the framing fields of an answer over HTTP/1.
pub(super) fn check(answer: &HeaderMap) -> Result<(), &'static str> {
    let (length, coding) = (answer.get(CONTENT_LENGTH), answer.get(TRANSFER_ENCODING));
    match (length, coding) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => {
            Err("`Content-Length` and `Transfer-Encoding` stand together in its answer")
        }
        (Some(length), None) => {
            if has_several(answer, CONTENT_LENGTH) || !is_length(length) {
                Err("`Content-Length` of its answer is not one decimal number")
            } else {
                Ok(())
            }
        }
        (None, Some(coding)) => {
            let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked");
            if has_several(answer, TRANSFER_ENCODING) || !is_chunked {
                Err("`Transfer-Encoding` of its answer is not exactly `chunked`")
            } else {
                Ok(())
            }
        }
    }
}

fn has_several(answer: &HeaderMap, name: http::HeaderName) -> bool {
    answer.get_all(name).into_iter().nth(1).is_some()
}

fn is_length(value: &HeaderValue) -> bool {
    let digits = value.as_bytes();
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}
