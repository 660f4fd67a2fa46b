//! Replaces the body of the request or the response.
//!
//! # What it does
//!
//! The text of the element is the new body: literally, computed by an expression that gives a
//! string or bytes, or a Liquid template with `template="liquid"`. Markup within is part of the
//! text, and so is white space. In `inbound` and `backend` it is the body that goes to the backend,
//! in `outbound` and `on-error` the one that goes to the caller.
//!
//! `Content-Length` follows the new body and `Content-Encoding` goes; `Content-Type` is not
//! touched.
//!
//! An expression that reads the old body with `As<T>()` consumes it, unless it passes
//! `preserveContent: true`; what is consumed cannot be read again and does not reach the backend.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. In a template `{{name}}` is a named value only if one of
//! that name exists; all else is Liquid.
//!
//! # Example
//!
//! ```xml
//! <set-body>@{
//!     var body = context.Request.Body.As<JObject>(preserveContent: true);
//!     body["source"] = "gateway";
//!     return body.ToString();
//! }</set-body>
//! ```
//!
//! # Differences from Azure
//!
//! The page of the policy does not list `on-error`; the guide does, so it is accepted. Whether
//! Azure trims the text is not documented; here it is taken as it stands. Azure refuses to give a
//! body to a request that has none; here that is possible after `set-method`, as documents in use
//! rely on it. Liquid templates cannot run yet.
//!
//! # Failure
//!
//! Changing the body of a request that has none, reading a body that was consumed, and a body above
//! the limit for buffering each end the section: 500, or 413 for a request that is too large, and
//! `on-error`.

use bytes::Bytes;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec, optional,
};
use crate::host::Host;
use crate::parse::{Attr, Checked};
use crate::plan::{Run, SyncStep};
use crate::policies::parts::message::{Message, replace_body};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set body",
    summary: "Replaces the body of the request or the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "template",
                Kind::OneOf(&["liquid", "none"]),
                "the language of the text",
            )
            .literal(),
            optional(
                "xsi-nil",
                Kind::OneOf(&["blank", "null"]),
                "how a template sees elements that are `xsi:nil`",
            )
            .or("blank")
            .literal(),
            optional(
                "parse-date",
                Kind::Bool,
                "whether a template sees texts that look like dates as dates",
            )
            .literal(),
        ],
        text: TextSpec::optional(Kind::Text, "the new body").verbatim(),
        ..ElementSpec::new("set-body")
    },
};

/// New content for the body of whatever message.
#[derive(Debug)]
pub(in crate::policies) struct BodyEdit(Val<Bytes>);

/// Replaces the body of the message that its section is about.
#[derive(Debug)]
struct SetBody {
    message: Message,
    edit: BodyEdit,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let edit = BodyEdit::compile(checked, cx)?;
    Some(Run::sync(SetBody {
        message: Message::of(cx.section()),
        edit,
    }))
}

impl BodyEdit {
    /// What a `set-body` element says, in whatever policy it stands.
    pub(in crate::policies) fn compile(
        checked: &Checked<'_>,
        cx: &mut CompileCx<'_>,
    ) -> Option<Self> {
        let template = checked.one_of("template");
        if template.is_some_and(|template| template.literal() == Some(&"liquid")) {
            cx.cannot_run_yet(checked, "Liquid templates");
            return None;
        }
        let content = match checked.body() {
            Some(attr) => attr.and_then(|text| Some(Bytes::from(text)))?,
            None => Attr::Literal(Bytes::new(), checked.span()),
        };
        cx.value(checked, content).map(Self)
    }

    /// The new content for this request.
    pub(in crate::policies) fn content(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<Bytes, Fault> {
        self.0.get(ex, host)
    }
}

/// A request without a body has none to change, unless a policy gave it another method.
fn check_changeable(ex: &Exchange<'_>) -> Result<(), Fault> {
    let request = ex.request();
    if request.body.is_absent() && request.method == ex.facts().original_method {
        return Err(Fault::expression(
            "The request has no body that could be changed",
        ));
    }
    Ok(())
}

impl SyncStep for SetBody {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        if self.message == Message::Request {
            check_changeable(ex)?;
        }
        let content = self.edit.content(ex, host)?;
        let (headers, body) = self.message.parts_mut(ex);
        replace_body(headers, body, content);
        Ok(Flow::Continue)
    }
}
