//! From a request to an API and an operation.
//!
//! Two tries of path segments: one leads to the API (longest URL suffix wins), one in each API leads
//! to the operation. At every segment fixed text beats a parameter, which beats a rest; among
//! templates that differ in their query only, the one that wants more parameters wins; then the one
//! that was written first. A method that a path does not have is no match: there is no 405.
//!
//! Segments are compared decoded and without regard to case. Where nothing else is there, `admin;x`
//! and `admin%20` lead to `admin`. But servers do not agree on what such a path names, and on some
//! others (`//admin`, `admin.`, `%2561dmin`): `find` asks for each reading where it leads, and a path
//! that leads to two operations is refused. So no spelling evades the policies of an operation.

mod find;
mod operation;
mod suffix;

use std::borrow::Cow;

pub(crate) use operation::{Matched, OperationTable};
pub(crate) use suffix::{SuffixEntry, SuffixTable, Version};

/// How a segment is compared with fixed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As it stands.
    Exact,
    /// If it does not fit as it stands, without path parameters and blanks at its end.
    Lenient,
}

/// Fixed text, decoded, in the form in which it is compared: lower case.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .any(|b| b.is_ascii_uppercase() || !b.is_ascii())
    {
        Cow::Owned(text.chars().map(fold_char).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A character without its case: servers compare by the upper or by the lower one, so `ſ` is `s`, and
/// the Kelvin sign is `k`. What has no single counterpart (`ß`) stays.
fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let upper = only(c.to_uppercase()).unwrap_or(c);
    only(upper.to_lowercase()).unwrap_or(upper)
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    first.filter(|_| chars.next().is_none())
}

/// What follows `prefix`, which is folded, in a text however it is written.
pub(crate) fn after_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut chars = text.chars();
    prefix
        .chars()
        .all(|wanted| chars.next().map(fold_char) == Some(wanted))
        .then_some(chars.as_str())
}

/// What stands before `suffix`, which is folded, in a text however it is written.
pub(crate) fn before_suffix<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let mut chars = text.chars();
    suffix
        .chars()
        .rev()
        .all(|wanted| chars.next_back().map(fold_char) == Some(wanted))
        .then_some(chars.as_str())
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
