//! `IUrl.Query`: the parameters of a URL, decoded.

use super::ContextHost;
use super::dictionary::{LISTS, Lists, Name, members, pairs};
use super::form;
use super::table::{Class, Entry};

const MEMBERS: &[Entry] = &{
    const ALL: [Entry; 7] = members::<Query>();
    ALL
};

pub(super) const CLASS: Class = Class::hidden("Query", LISTS, MEMBERS)
    .with_parents(&[LISTS])
    .listing(pairs::<Query>);

/// Names are compared without regard to case; the handle is that of the URL.
pub(super) struct Query;

impl Lists for Query {
    fn each(
        cx: &ContextHost<'_, '_>,
        handle: u32,
        name: &Name<'_>,
        show: &mut dyn FnMut(&str),
    ) -> bool {
        let mut found = false;
        if let Some(query) = cx.url(handle).and_then(|url| url.query) {
            for (key, value) in form::pairs(query.as_bytes()) {
                if same_name(&key, name.text) {
                    found = true;
                    show(&value);
                }
            }
        }
        found
    }

    fn all(cx: &ContextHost<'_, '_>, handle: u32) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        if let Some(query) = cx.url(handle).and_then(|url| url.query) {
            for (key, value) in form::pairs(query.as_bytes()) {
                match all.iter_mut().find(|(known, _)| same_name(known, &key)) {
                    Some((_, values)) => values.push(value.into_owned()),
                    None => all.push((key.into_owned(), vec![value.into_owned()])),
                }
            }
        }
        all
    }
}

/// `OrdinalIgnoreCase`, near enough: by simple upper case.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let upper = |c: char| c.to_uppercase();
    a == b || a.eq_ignore_ascii_case(b) || a.chars().flat_map(upper).eq(b.chars().flat_map(upper))
}
