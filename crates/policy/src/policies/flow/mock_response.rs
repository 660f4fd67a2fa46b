//! Ends the pipeline and answers with an example from the API's description.
//!
//! # What it does
//!
//! Of the responses that the operation declares, the one with `status-code` is taken; of its
//! representations the one with `content-type`, or the first if none is asked for; and of that the
//! first example, or a sample made from its schema. Without any of these the response has no body.
//! The response has the content type that was asked for, or that of the representation. It goes to
//! the caller at once.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <mock-response status-code="200" content-type="application/json" />
//! ```
//!
//! # Differences from Azure
//!
//! The sample that is made from a schema is our own. Headers that the description declares are not
//! mocked. Of several examples of one representation the first is taken: another `index` than `0`
//! cannot run yet.
//!
//! # Failure
//!
//! It does not fail while it runs: without example and schema the response has no body.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use portcullis_model::Span;
use portcullis_model::api::{Representation, ResponseDescription};
use portcullis_model::code::policy as code;

use crate::body::Body;
use crate::compile::CompileCx;
use crate::exchange::{Exchange, MessageBody, ResponseParts};
use crate::flow::{Fault, Flow};
use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::policies::transform::set_status::final_status;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Mock response",
    summary: "Ends the pipeline and answers with an example from the API's description.",
    category: Category::Transformation,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "status-code",
                Kind::Status,
                "the status of the response, and which declared response is taken",
            )
            .or("200")
            .literal(),
            optional(
                "content-type",
                Kind::Filled,
                "the type of the body, and which representation is taken",
            )
            .literal(),
            optional(
                "index",
                Kind::COUNT,
                "which of several examples is taken, from 0",
            )
            .literal(),
        ],
        ..ElementSpec::new("mock-response")
    },
};

/// Answers with a declared response of the operation.
#[derive(Debug)]
struct MockResponse {
    status: StatusCode,
    content_type: Option<HeaderValue>,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let status = status(checked, cx);
    if checked
        .int::<u64>("index")
        .is_some_and(|index| index.literal() != Some(&0))
    {
        cx.cannot_run_yet(checked, "choosing among several examples");
        return None;
    }
    let content_type = match checked.literal("content-type") {
        Some((text, span)) => Some(content_type(checked, &text, span, cx)?),
        None => None,
    };
    Some(Run::sync(MockResponse {
        status: status?,
        content_type,
    }))
}

fn status(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<StatusCode> {
    let attr = checked.int::<u16>("status-code")?;
    let status = StatusCode::from_u16(*attr.literal()?).ok()?;
    if let Err(why) = final_status(status) {
        let help = "write a code from 200 to 999";
        cx.error_with_help(checked, code::WRONG_VALUE, attr.span(), why, help);
        return None;
    }
    Some(status)
}

fn content_type(
    checked: &Checked<'_>,
    text: &str,
    span: Span,
    cx: &mut CompileCx<'_>,
) -> Option<HeaderValue> {
    let value = HeaderValue::try_from(text.trim());
    if value.is_err() {
        let message = "the content type has a line break or another control character";
        cx.error(checked, code::WRONG_VALUE, span, message);
    }
    value.ok()
}

/// The representation of the declared response with that status, if there is one: with that content
/// type, or the first.
fn representation<'o>(
    declared: &'o [ResponseDescription],
    status: StatusCode,
    content_type: Option<&HeaderValue>,
) -> Option<&'o Representation> {
    let response = declared
        .iter()
        .find(|r| r.status == Some(status.as_u16()))?;
    let mut representations = response.representations.iter();
    let Some(wanted) = content_type else {
        return representations.next();
    };
    let wanted = wanted.to_str().ok()?;
    representations.find(|r| media_type(&r.content_type).eq_ignore_ascii_case(media_type(wanted)))
}

/// `text/plain` of `text/plain; charset=utf-8`.
fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

impl MockResponse {
    fn response(&self, declared: &[ResponseDescription]) -> ResponseParts {
        let mut response = ResponseParts {
            status: self.status,
            ..ResponseParts::default()
        };
        let found = representation(declared, self.status, self.content_type.as_ref());
        let example = found.and_then(|found| found.example.as_deref());
        let own = || HeaderValue::try_from(&*found?.content_type).ok();
        if let Some(content_type) = self.content_type.clone().or_else(own) {
            response.headers.insert(CONTENT_TYPE, content_type);
        }
        if let Some(example) = example {
            let body = Body::bytes(Bytes::copy_from_slice(example.as_bytes()));
            response.body = MessageBody::new(body);
        }
        response
    }
}

impl SyncStep for MockResponse {
    fn run(&self, ex: &mut Exchange<'_>, _: &Host<'_>) -> Result<Flow, Fault> {
        let operation = ex.facts().route.operation;
        let declared = operation.map_or(&[][..], |facts| &facts.operation.responses);
        let response = self.response(declared);
        ex.respond_with(response);
        Ok(Flow::Respond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Vec<ResponseDescription> {
        let response = |status, representations: &[(&str, Option<&str>)]| ResponseDescription {
            status,
            description: None,
            representations: representations
                .iter()
                .map(|(content_type, example)| Representation {
                    content_type: (*content_type).to_owned(),
                    example: example.map(Into::into),
                })
                .collect(),
        };
        vec![
            response(None, &[("text/plain", Some("default"))]),
            response(
                Some(200),
                &[
                    ("application/json; charset=utf-8", Some("{}")),
                    ("text/xml", Some("<a/>")),
                    ("text/csv", None),
                ],
            ),
            response(Some(204), &[]),
        ]
    }

    #[test]
    fn chooses_by_status_then_by_content_type() {
        // (status, content type asked for, content type given, body)
        for (status, asked, content_type, body) in [
            (200, None, Some("application/json; charset=utf-8"), "{}"),
            (
                200,
                Some("application/json"),
                Some("application/json"),
                "{}",
            ),
            (200, Some("TEXT/XML"), Some("TEXT/XML"), "<a/>"),
            (200, Some("text/csv"), Some("text/csv"), ""),
            (200, Some("text/html"), Some("text/html"), ""),
            (204, None, None, ""),
            (404, None, None, ""),
            (404, Some("text/plain"), Some("text/plain"), ""),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let content_type_asked = asked.map(HeaderValue::from_static);
            let mock = MockResponse {
                status,
                content_type: content_type_asked,
            };
            let response = mock.response(&declared());
            let given = response
                .headers
                .get(CONTENT_TYPE)
                .map(|v| v.to_str().unwrap());
            let content = response.body.content().unwrap();
            assert_eq!(
                (response.status, given),
                (status, content_type),
                "{status} {asked:?}"
            );
            assert_eq!(content, body, "{status} {asked:?}");
        }
    }
}
