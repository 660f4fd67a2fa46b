//! Changes the status code and reason phrase of the response.
//!
//! # What it does
//!
//! Sets code and reason phrase of the response, or of the response that a surrounding
//! `return-response` describes. Without `reason` the standard phrase of the code is taken. HTTP/2
//! has no phrase.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed. Before the backend was called there is no
//! response, so one is made; the backend's takes its place.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <set-status code="404" reason="Not Found" />
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls `reason` required; documents without it run in Azure, so it is a warning here. A
//! status from 100 to 199 is refused: it announces a response and cannot be one.
//!
//! # Failure
//!
//! A computed code that is no status from 200 to 999, and a reason with a line break, end the
//! section: 500 and `on-error`.

use http::StatusCode;
use portcullis_model::code::policy as code;

use crate::compile::CompileCx;
use crate::exchange::{Exchange, ResponseParts};
use crate::flow::{Fault, Flow};
use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set status",
    summary: "Changes the status code and reason phrase of the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("code", Kind::Status, "the status code"),
            required("reason", Kind::Text, "the reason phrase").expected(),
        ],
        ..ElementSpec::new("set-status")
    },
};

/// Status code and reason phrase for whatever response.
#[derive(Debug)]
pub(in crate::policies) struct StatusEdit {
    code: Val<StatusCode>,
    /// `None` is the standard phrase.
    reason: Option<Val<Box<str>>>,
}

/// Status code and reason phrase, both computed.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::policies) struct StatusChange {
    code: StatusCode,
    reason: Option<Box<str>>,
}

/// Changes the status of the response.
#[derive(Debug)]
struct SetStatus(StatusEdit);

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    StatusEdit::compile(checked, cx).map(|edit| Run::sync(SetStatus(edit)))
}

impl StatusEdit {
    /// What a `set-status` element says, in whatever policy it stands.
    pub(in crate::policies) fn compile(
        checked: &Checked<'_>,
        cx: &mut CompileCx<'_>,
    ) -> Option<Self> {
        let code = status(checked, cx);
        let reason = if checked.has("reason") {
            Some(reason(checked, cx)?)
        } else {
            None
        };
        let code = code?;
        Some(Self {
            reason: reason.filter(|reason| !is_standard(&code, reason)),
            code,
        })
    }

    /// What it comes to for this request.
    pub(in crate::policies) fn change(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<StatusChange, Fault> {
        let code = final_status(self.code.get(ex, host)?).map_err(Fault::expression)?;
        let reason = match &self.reason {
            None => None,
            Some(reason) => Some(phrase(&reason.text(ex, host)?).map_err(Fault::expression)?),
        };
        Ok(StatusChange { code, reason })
    }
}

impl StatusChange {
    /// Does it.
    pub(in crate::policies) fn apply(self, response: &mut ResponseParts) {
        response.status = self.code;
        response.reason = self.reason;
    }
}

fn status(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Val<StatusCode>> {
    let attr = checked.int::<u16>("code")?;
    let span = attr.span();
    let code = cx.value(
        checked,
        attr.and_then(|code| StatusCode::from_u16(code).ok())?,
    )?;
    if let Val::Known(known) = &code
        && let Err(why) = final_status(*known)
    {
        cx.error_with_help(
            checked,
            code::WRONG_VALUE,
            span,
            why,
            "write a code from 200 to 999",
        );
        return None;
    }
    Some(code)
}

fn reason(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Val<Box<str>>> {
    let attr = checked.text("reason")?;
    let span = attr.span();
    let reason = cx.text_of(checked, attr)?;
    if let Val::Known(known) = &reason
        && let Err(why) = phrase(known)
    {
        cx.error_with_help(
            checked,
            code::WRONG_VALUE,
            span,
            why,
            "write the phrase in one line",
        );
        return None;
    }
    Some(reason)
}

fn is_standard(code: &Val<StatusCode>, reason: &Val<Box<str>>) -> bool {
    match (code, reason) {
        (Val::Known(code), Val::Known(reason)) => code.canonical_reason() == Some(&**reason),
        _ => false,
    }
}

/// A status that ends an exchange: 1xx announces that another one follows.
pub(in crate::policies) fn final_status(code: StatusCode) -> Result<StatusCode, &'static str> {
    if code.is_informational() {
        return Err("a status from 100 to 199 announces a response and cannot be one");
    }
    Ok(code)
}

/// A reason phrase (RFC 9112 §4); what else stands in a status line would end it.
fn phrase(text: &str) -> Result<Box<str>, &'static str> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err("the reason phrase has a line break or another control character");
    }
    Ok(text.into())
}

impl SyncStep for SetStatus {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        self.0.change(ex, host)?.apply(ex.response_mut());
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_only_announces_is_refused() {
        for (code, good) in [
            (100, false),
            (101, false),
            (199, false),
            (200, true),
            (999, true),
        ] {
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(final_status(status).is_ok(), good, "{code}");
        }
    }

    #[test]
    fn a_phrase_stays_in_its_line() {
        for (text, good) in [
            ("Not Found", true),
            ("", true),
            ("Größer", true),
            ("a\r\nb: c", false),
        ] {
            assert_eq!(phrase(text).is_ok(), good, "{text:?}");
        }
    }
}
