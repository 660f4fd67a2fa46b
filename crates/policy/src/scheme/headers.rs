//! `Headers` of the request, of the response and of stored responses.

use std::borrow::Cow;

use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderName, HeaderValue};

use super::ContextHost;
use super::dictionary::{LISTS, Lists, Name, members, pairs};
use super::objects::REQUEST;
use super::table::{Class, Entry, KeyKind};

const MEMBERS: &[Entry] = &{
    const ALL: [Entry; 7] = members::<Headers>();
    ALL
};

pub(super) const CLASS: Class = Class::hidden("Headers", LISTS, MEMBERS)
    .with_parents(&[LISTS])
    .listing(pairs::<Headers>);

/// Header names are compared without regard to case.
pub(super) struct Headers;

impl Lists for Headers {
    const KEYS: KeyKind = KeyKind::Header;

    fn each(
        cx: &ContextHost<'_, '_>,
        handle: u32,
        name: &Name<'_>,
        show: &mut dyn FnMut(&str),
    ) -> bool {
        let interned = name
            .key
            .and_then(|key| cx.ex.facts().service.names.header_name(key.0));
        match interned {
            Some(known) => each_value(cx, handle, known, show),
            None => HeaderName::from_bytes(name.text.as_bytes())
                .is_ok_and(|computed| each_value(cx, handle, &computed, show)),
        }
    }

    fn all(cx: &ContextHost<'_, '_>, handle: u32) -> Vec<(String, Vec<String>)> {
        let Some(headers) = cx.headers(handle) else {
            return Vec::new();
        };
        let values = |name| {
            headers
                .get_all(name)
                .iter()
                .map(|v| text_of(v).into_owned())
                .collect()
        };
        let unspoken = [HOST, CONTENT_LENGTH]
            .into_iter()
            .filter(|name| !headers.contains_key(name))
            .filter_map(|name| Some((shown_name(&name), vec![cx.unspoken(handle, &name)?])));
        unspoken
            .chain(headers.keys().map(|name| (shown_name(name), values(name))))
            .collect()
    }
}

fn each_value(
    cx: &ContextHost<'_, '_>,
    handle: u32,
    name: &HeaderName,
    show: &mut dyn FnMut(&str),
) -> bool {
    let Some(headers) = cx.headers(handle) else {
        return false;
    };
    let mut found = false;
    for value in headers.get_all(name) {
        found = true;
        show(&text_of(value));
    }
    if !found && let Some(value) = cx.unspoken(handle, name) {
        found = true;
        show(&value);
    }
    found
}

impl ContextHost<'_, '_> {
    /// A header that a message carries on the wire and the exchange keeps elsewhere: the host that
    /// the caller asked for, the length of the body. A described request has what it states.
    fn unspoken(&self, handle: u32, name: &HeaderName) -> Option<String> {
        let facts = self.ex.facts();
        if facts.extras.is_some() {
            return None;
        }
        if *name == CONTENT_LENGTH {
            return self
                .body(handle)?
                .known_length()
                .map(|length| length.to_string());
        }
        if *name != HOST || handle != REQUEST || facts.original.host.is_empty() {
            return None;
        }
        let host = &facts.original.host;
        Some(
            facts
                .original
                .port
                .map_or_else(|| host.to_string(), |port| format!("{host}:{port}")),
        )
    }
}

/// A header's value as a text: UTF-8, or else ISO-8859-1.
fn text_of(value: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(value.as_bytes().iter().copied().map(char::from).collect()),
    }
}

/// A header's name as enumerations show it. Names are kept in lower case, so this is the customary
/// spelling: each word with a capital, but for the ones that are spelled otherwise.
fn shown_name(name: &HeaderName) -> String {
    match name.as_str() {
        "etag" => return "ETag".to_owned(),
        "www-authenticate" => return "WWW-Authenticate".to_owned(),
        "te" => return "TE".to_owned(),
        "dnt" => return "DNT".to_owned(),
        "soapaction" => return "SOAPAction".to_owned(),
        _ => {}
    }
    let mut word_starts = true;
    let spell = |c: char| {
        let shown = if word_starts {
            c.to_ascii_uppercase()
        } else {
            c
        };
        word_starts = c == '-';
        shown
    };
    name.as_str().chars().map(spell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are_customarily_spelled() {
        for (name, shown) in [
            ("user-agent", "User-Agent"),
            ("host", "Host"),
            ("etag", "ETag"),
            ("x-b3-traceid", "X-B3-Traceid"),
            ("ocp-apim-subscription-key", "Ocp-Apim-Subscription-Key"),
        ] {
            assert_eq!(shown_name(&HeaderName::from_static(name)), shown);
        }
    }

    #[test]
    fn a_value_that_is_no_utf_8_is_read_as_latin_1() {
        assert_eq!(text_of(&HeaderValue::from_bytes(b"p\xe5").unwrap()), "på");
        assert_eq!(
            text_of(&HeaderValue::from_bytes("på".as_bytes()).unwrap()),
            "på"
        );
    }
}
