//! Ends the pipeline and answers with a response that is described here.
//!
//! # What it does
//!
//! The response starts as 200 without headers and body, or as the one that the variable
//! `response-variable-name` holds. Then `set-status`, `set-header` and `set-body` in it change it,
//! in this order. It goes to the caller at once: no further policy runs, no further section, and
//! neither does `on-error`.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. It holds `set-status` and `set-body` once or not at all, and
//! `set-header` as often as needed. They are written as everywhere, and describe this response.
//!
//! # Example
//!
//! ```xml
//! <return-response>
//!     <set-status code="401" reason="Unauthorized" />
//!     <set-header name="WWW-Authenticate" exists-action="override">
//!         <value>Bearer error="invalid_token"</value>
//!     </set-header>
//! </return-response>
//! ```
//!
//! # Differences from Azure
//!
//! The body of the request and of the response can still be read by expressions in it.
//!
//! # Failure
//!
//! A variable that is not set or holds no response, and an expression that throws, end the section
//! with `ExpressionValueEvaluationFailure`: 500 and `on-error`. Nothing of the response that was
//! being described is sent.

use std::ptr;

use bytes::Bytes;

use crate::body::Body;
use crate::compile::CompileCx;
use crate::exchange::{Exchange, MessageBody, ResponseParts};
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ElementSpec, Kind, Nested, NestedPolicy, PolicySpec, Repeat, Scopes, Sections,
    optional,
};
use crate::host::Host;
use crate::names::VarId;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::policies::parts::message::replace_body;
use crate::policies::transform::set_body::BodyEdit;
use crate::policies::transform::set_header::HeaderEdit;
use crate::policies::transform::set_status::StatusEdit;
use crate::scheme;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Return response",
    summary: "Ends the pipeline and answers with a response that is described here.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[optional(
            "response-variable-name",
            Kind::VariableName,
            "the variable with the response to start from",
        )
        .literal()],
        policies: Nested::Only(&[
            NestedPolicy::maybe("set-status"),
            NestedPolicy::any("set-header"),
            NestedPolicy::maybe("set-body"),
        ]),
        ..ElementSpec::new("return-response")
    },
};

/// Ends the pipeline with a response.
#[derive(Debug)]
struct ReturnResponse {
    base: Option<VarId>,
    status: Option<StatusEdit>,
    headers: Box<[HeaderEdit]>,
    body: Option<BodyEdit>,
}

/// Where the body of a response comes from while no `set-body` replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyFrom {
    /// It is in the response.
    Here,
    /// It is still in the response of the context, where expressions may read it.
    Context,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let base = cx.variable(checked, "response-variable-name");
    let (mut status, mut headers, mut body) = (None, Vec::new(), None);
    // Every element is compiled, so that all mistakes are reported.
    let mut sound = true;
    for part in checked.nested() {
        sound &= match part.name() {
            "set-status" => StatusEdit::compile(part, cx).map(|edit| status = Some(edit)),
            "set-body" => BodyEdit::compile(part, cx).map(|edit| body = Some(edit)),
            _ => HeaderEdit::compile(part, cx).map(|edit| headers.push(edit)),
        }
        .is_some();
    }
    let headers = headers.into_boxed_slice();
    sound.then(|| {
        Run::sync(ReturnResponse {
            base,
            status,
            headers,
            body,
        })
    })
}

/// The response to start from.
fn base(variable: VarId, ex: &Exchange<'_>) -> Result<(ResponseParts, BodyFrom), Fault> {
    let value = ex.variables().get(variable);
    let Some(stored) = value.and_then(|value| scheme::stored_response(ex, value)) else {
        let name = ex.facts().service.names.variable_name(variable);
        return Err(Fault::expression(&format!(
            "The variable `{name}` holds no response."
        )));
    };
    let mut response = ResponseParts {
        status: stored.status,
        reason: stored.reason.clone(),
        headers: stored.headers.clone(),
        body: MessageBody::default(),
    };
    match stored.body.content() {
        Ok(_) if ex.response().is_some_and(|own| ptr::eq(own, stored)) => {
            return Ok((response, BodyFrom::Context));
        }
        Ok(content) => response.body = MessageBody::new(Body::bytes(content)),
        // What an expression consumed is gone here too, and so is what described it.
        Err(_) => replace_body(&mut response.headers, &mut response.body, Bytes::new()),
    }
    Ok((response, BodyFrom::Here))
}

impl ReturnResponse {
    fn response(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<ResponseParts, Fault> {
        let (mut response, body_from) = match self.base {
            Some(variable) => base(variable, ex)?,
            None => (ResponseParts::default(), BodyFrom::Here),
        };
        if let Some(status) = &self.status {
            status.change(ex, host)?.apply(&mut response);
        }
        for header in &self.headers {
            header.change(ex, host)?.apply(&mut response.headers);
        }
        if let Some(body) = &self.body {
            let content = body.content(ex, host)?;
            replace_body(&mut response.headers, &mut response.body, content);
        } else if body_from == BodyFrom::Context {
            response.body = MessageBody::new(ex.response_mut().body.send().unwrap_or_default());
        }
        Ok(response)
    }
}

impl SyncStep for ReturnResponse {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let response = self.response(ex, host)?;
        ex.respond_with(response);
        Ok(Flow::Respond)
    }
}
