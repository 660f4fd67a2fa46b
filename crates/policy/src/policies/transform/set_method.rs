//! Changes the method of the request.
//!
//! # What it does
//!
//! The text is the method of the request that goes to the backend. Inside `send-request` and its
//! like it is the method of that request. The operation stays the one that the caller's method
//! chose.
//!
//! # Where it may stand
//!
//! In `inbound` and `on-error`, in every scope, and in policies that describe a request. In
//! `on-error` the backend was called already, so it changes only what expressions see.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <set-method>POST</set-method>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A text that is no method, and `CONNECT`, which asks for a tunnel that a gateway does not open,
//! are errors when they are written, and end the section when they are computed: 500 and
//! `on-error`.

use http::Method;
use portcullis_model::code::policy as code;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set method",
    summary: "Changes the method of the request.",
    category: Category::Transformation,
    sections: Sections::INBOUND.or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        text: TextSpec::required(Kind::Method, "the method"),
        ..ElementSpec::new("set-method")
    },
};

const NO_TUNNELS: &str = "the method `CONNECT` asks for a tunnel, which a gateway does not open";

/// A method for whatever request.
#[derive(Debug)]
pub(in crate::policies) struct MethodEdit(Val<Method>);

/// Changes the method of the request.
#[derive(Debug)]
struct SetMethod(MethodEdit);

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    MethodEdit::compile(checked, cx).map(|edit| Run::sync(SetMethod(edit)))
}

impl MethodEdit {
    /// What a `set-method` element says, in whatever policy it stands.
    pub(in crate::policies) fn compile(
        checked: &Checked<'_>,
        cx: &mut CompileCx<'_>,
    ) -> Option<Self> {
        let attr = checked.body()?;
        let span = attr.span();
        let attr = attr.and_then(|text| Method::from_bytes(text.as_bytes()).ok())?;
        let method = cx.value(checked, attr)?;
        if matches!(method, Val::Known(Method::CONNECT)) {
            let help = "write a method that asks for a resource, such as `GET`";
            cx.error_with_help(checked, code::WRONG_VALUE, span, NO_TUNNELS, help);
            return None;
        }
        Some(Self(method))
    }

    /// The method for this request.
    pub(in crate::policies) fn method(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<Method, Fault> {
        match self.0.get(ex, host)? {
            Method::CONNECT => Err(Fault::expression(NO_TUNNELS)),
            method => Ok(method),
        }
    }
}

impl SyncStep for SetMethod {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let method = self.0.method(ex, host)?;
        ex.request_mut().method = method;
        Ok(Flow::Continue)
    }
}
