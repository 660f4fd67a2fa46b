//! Replaces every occurrence of a text in the body of the request or the response.
//!
//! # What it does
//!
//! Every occurrence of `from` in the body becomes `to`: in `inbound` and `backend` in the body that
//! goes to the backend, in `outbound` and `on-error` in the one that goes to the caller. It is a
//! plain comparison, not a pattern, and distinguishes case. The whole body is buffered.
//!
//! `Content-Length` follows. A body in which nothing is found stays as it is.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <find-and-replace from="http://internal.example" to="https://api.example" />
//! ```
//!
//! # Differences from Azure
//!
//! Whether Azure distinguishes case is not documented; here it does. A body with a
//! `Content-Encoding` is not decoded yet.
//!
//! # Failure
//!
//! A body above the limit for buffering and a body with a `Content-Encoding` end the section: 500
//! and `on-error`. So does a computed text to find that is empty; one that is written is refused
//! when the document is loaded.

use bytes::Bytes;
use http::HeaderMap;
use memchr::memmem::Finder;
use portcullis_model::code::policy as code;

use crate::body::content_coding;
use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, FaultKind, Flow};
use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::policies::parts::message::{Message, replace_body};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Find and replace in body",
    summary: "Replaces every occurrence of a text in the body of the request or the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("from", Kind::Text, "what is replaced"),
            required("to", Kind::Text, "what it becomes"),
        ],
        ..ElementSpec::new("find-and-replace")
    },
};

const NOTHING_TO_FIND: &str = "the empty text cannot be replaced: it is everywhere";

/// Replaces a text in the body of the message that its section is about.
#[derive(Debug)]
struct FindAndReplace {
    message: Message,
    from: Wanted,
    to: Val<Box<str>>,
}

/// What is looked for.
#[derive(Debug)]
enum Wanted {
    /// Prepared when the document was loaded.
    Known(Box<Finder<'static>>),
    Computed(Val<Box<str>>),
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let message = Message::of(cx.section());
    cx.reads(message.needs());
    let from = wanted(checked, cx);
    let to = cx.text(checked, "to")?;
    Some(Run::sync(FindAndReplace {
        message,
        from: from?,
        to,
    }))
}

fn wanted(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Wanted> {
    let attr = checked.text("from")?;
    let span = attr.span();
    match cx.text_of(checked, attr)? {
        Val::Known(text) if text.is_empty() => {
            let help = "write the text that is to be replaced";
            cx.error_with_help(checked, code::WRONG_VALUE, span, NOTHING_TO_FIND, help);
            None
        }
        Val::Known(text) => Some(Wanted::Known(Box::new(Finder::new(&*text).into_owned()))),
        computed @ Val::Computed(_) => Some(Wanted::Computed(computed)),
    }
}

/// The content with every occurrence replaced; `None` if there is none.
fn replaced(content: &[u8], from: &Finder<'_>, to: &str) -> Option<Bytes> {
    let length = from.needle().len();
    let mut out = Vec::new();
    let mut done = 0;
    for at in from.find_iter(content) {
        out.extend_from_slice(content.get(done..at)?);
        out.extend_from_slice(to.as_bytes());
        done = at + length;
    }
    if done == 0 {
        return None;
    }
    out.extend_from_slice(content.get(done..)?);
    Some(out.into())
}

/// A text cannot be found in an encoded body, and passing it on unchanged would be half the work.
fn check_plain(headers: Option<&HeaderMap>) -> Result<(), Fault> {
    match headers.and_then(content_coding) {
        Some(coding) => {
            let message = format!(
                "the body is encoded with `{coding}` and cannot be searched: \
                 delete `Accept-Encoding` from the request to the backend"
            );
            Err(Fault::new(
                FaultKind::Internal,
                "ContentEncodingNotSupported",
                message,
            ))
        }
        None => Ok(()),
    }
}

impl SyncStep for FindAndReplace {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let Some(content) = self.message.content(ex)? else {
            return Ok(Flow::Continue);
        };
        check_plain(self.message.headers(ex))?;
        let to = self.to.text(ex, host)?;
        let new = match &self.from {
            Wanted::Known(from) => replaced(&content, from, &to),
            Wanted::Computed(from) => {
                let from = from.text(ex, host)?;
                if from.is_empty() {
                    return Err(Fault::expression(NOTHING_TO_FIND));
                }
                replaced(&content, &Finder::new(&*from), &to)
            }
        };
        if let Some(new) = new {
            let (headers, body) = self.message.parts_mut(ex);
            replace_body(headers, body, new);
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_ENCODING;

    use super::*;

    fn check(content: &str, from: &str, to: &str, expect: Option<&str>) {
        let got = replaced(content.as_bytes(), &Finder::new(from), to);
        assert_eq!(
            got.as_deref(),
            expect.map(str::as_bytes),
            "{content} {from} {to}"
        );
    }

    #[test]
    fn every_occurrence_is_replaced_and_nothing_else() {
        check("a-b-a", "a", "c", Some("c-b-c"));
        check("aaa", "aa", "b", Some("ba"));
        check("aaa", "a", "", Some(""));
        check("aa", "a", "aa", Some("aaaa"));
        check("a.c", ".", "b", Some("abc"));
        check("größe", "ö", "oe", Some("groeße"));
        check("Abc", "abc", "x", None);
        check("", "a", "x", None);
    }

    #[test]
    fn an_encoded_body_is_not_searched() {
        let mut headers = HeaderMap::new();
        for (coding, good) in [("gzip", false), ("identity", true)] {
            headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
            assert_eq!(check_plain(Some(&headers)).is_ok(), good, "{coding}");
        }
        assert!(check_plain(None).is_ok());
    }
}
