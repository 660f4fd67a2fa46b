//! From a request to an API and an operation.
//!
//! Two tries of path segments: one leads to the API (longest URL suffix wins), one in each API leads
//! to the operation. At every segment fixed text beats a parameter, which beats a rest; among
//! templates that differ in their query only, the one that wants more parameters wins; then the one
//! that was written first. A method that a path does not have is no match: there is no 405.
//!
//! Segments are compared decoded and without regard to case. A backend may take `admin;x` or
//! `admin%20` for `admin`, so what such a segment is without its ending is looked for too, before
//! anything less specific: the policies of a specific operation cannot be evaded by spelling.

mod operation;
mod suffix;

use std::borrow::Cow;

pub(crate) use operation::{Matched, OperationTable};
pub(crate) use suffix::{SuffixEntry, SuffixTable, Version};

/// Fixed text, decoded, in the form in which it is compared: lower case.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .any(|b| b.is_ascii_uppercase() || !b.is_ascii())
    {
        Cow::Owned(text.to_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// A decoded segment without path parameters (`;x`) and blanks at its end; `None` if it has none.
pub(crate) fn bare(segment: &str) -> Option<&str> {
    let end = position(segment, b';');
    let bare = segment.get(..end)?.trim_end();
    (bare.len() < segment.len()).then_some(bare)
}

/// The first segment of a path that starts with `/`, and the path after it.
pub(crate) fn split_first(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix('/')?;
    rest.split_at_checked(position(rest, b'/'))
}

/// Where an ASCII character first stands, or the end: segments are short, so nothing clever pays.
fn position(text: &str, wanted: u8) -> usize {
    let found = text.bytes().position(|byte| byte == wanted);
    found.unwrap_or(text.len())
}

/// The values of a query parameter, decoded.
pub(crate) fn query_values<'q>(query: &'q str, name: &'q str) -> impl Iterator<Item = String> + 'q {
    query.split('&').filter_map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        decode_query(key)
            .eq_ignore_ascii_case(name)
            .then(|| decode_query(value).into_owned())
    })
}

/// Decodes `%xx` and `+` as in a query (`application/x-www-form-urlencoded`).
pub(crate) fn decode_query(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| matches!(b, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8_lossy()
            .into_owned(),
    )
}
