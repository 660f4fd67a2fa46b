//! Query strings as policies change them: pairs of a name and a value, joined by `&`.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Everything but the characters that need no encoding anywhere (RFC 3986 §2.3).
pub(in crate::policies) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The pairs of a query as they are written, empty ones left out.
pub(in crate::policies) fn pairs(query: &[u8]) -> impl Iterator<Item = &[u8]> {
    query
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
}

/// Whether a pair has that name. Names are compared without regard to case, as in `Url.Query`.
pub(in crate::policies) fn is_named(pair: &[u8], name: &str) -> bool {
    name_of(pair).eq_ignore_ascii_case(name.as_bytes())
}

/// Whether two pairs have one name.
pub(in crate::policies) fn same_name(one: &[u8], other: &[u8]) -> bool {
    name_of(one).eq_ignore_ascii_case(&name_of(other))
}

fn name_of(pair: &[u8]) -> Cow<'_, [u8]> {
    decode(pair.split(|byte| *byte == b'=').next().unwrap_or_default())
}

/// A query from which the pairs go that `goes` picks; the same bytes if it picks none.
pub(in crate::policies) fn without(query: &Bytes, mut goes: impl FnMut(&[u8]) -> bool) -> Bytes {
    if !pairs(query).any(&mut goes) {
        return query.clone();
    }
    let mut rest = Vec::with_capacity(query.len());
    for pair in pairs(query).filter(|pair| !goes(pair)) {
        push(&mut rest, pair);
    }
    rest.into()
}

/// Adds what is written already.
pub(in crate::policies) fn push(query: &mut Vec<u8>, written: &[u8]) {
    if !query.is_empty() && !written.is_empty() {
        query.push(b'&');
    }
    query.extend_from_slice(written);
}

/// Adds a pair, encoded.
pub(in crate::policies) fn push_pair(query: &mut Vec<u8>, name: &str, value: &str) {
    if !query.is_empty() {
        query.push(b'&');
    }
    push_encoded(query, name);
    query.push(b'=');
    push_encoded(query, value);
}

/// Adds a text, encoded.
pub(in crate::policies) fn push_encoded(query: &mut Vec<u8>, text: &str) {
    for piece in percent_encode(text.as_bytes(), RESERVED) {
        query.extend_from_slice(piece.as_bytes());
    }
}

fn decode(written: &[u8]) -> Cow<'_, [u8]> {
    if !written.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(written);
    }
    let plus = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let spaced: Vec<u8> = written.iter().map(plus).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        for (pair, name) in [
            ("a=1", "a"),
            ("A", "a"),
            ("%61=1", "a"),
            ("a+b=", "a b"),
            ("=1", ""),
        ] {
            assert!(is_named(pair.as_bytes(), name), "{pair} is named {name}");
        }
        assert!(!is_named(b"ab=a", "a"));
        assert!(!is_named(b"%2561=1", "a"));
    }

    #[test]
    fn a_query_without_the_name_keeps_its_bytes() {
        let query = Bytes::from_static(b"a=1&&b=2");
        let same = without(&query, |pair| is_named(pair, "c"));
        assert_eq!(same.as_ptr(), query.as_ptr());
        assert_eq!(without(&query, |pair| is_named(pair, "a")), "b=2");
        assert_eq!(without(&query, |_| true), "");
    }

    #[test]
    fn what_is_added_cannot_end_its_pair() {
        let mut query = b"a=1".to_vec();
        push_pair(&mut query, "n m", "1&admin=true#é");
        assert_eq!(query, b"a=1&n%20m=1%26admin%3Dtrue%23%C3%A9");
    }
}
