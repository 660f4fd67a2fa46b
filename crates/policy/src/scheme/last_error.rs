//! `context.LastError`: the fault that `on-error` handles.

use portcullis_expr::Value;

use super::ContextHost;
use super::table::{Class, get};
use crate::flow::{Detail, Fault, Place};

pub(super) const CLASS: Class = Class::named(
    "ILastError",
    &[
        get("string Source", |cx, _| {
            detail(cx, |detail| stated(&detail.source))
        }),
        get("string Reason", reason),
        get("string Message", |cx, _| {
            detail(cx, |detail| stated(&detail.message))
        }),
        get("string Scope", |cx, _| {
            place(cx, |place| place.scope.name().into())
        }),
        get("string Section", |cx, _| {
            place(cx, |place| place.section.into())
        }),
        get("string Path", |cx, _| {
            place(cx, |place| stated(&place.path))
        }),
        get("string PolicyId", |cx, _| {
            place(cx, |place| place.policy_id.as_deref().into())
        }),
        get("int HttpErrorCode", status).undocumented(),
    ],
);

fn fault<'x>(cx: &'x ContextHost<'_, '_>) -> Option<&'x Fault> {
    cx.ex.last_error()
}

fn detail(cx: &ContextHost<'_, '_>, part: impl FnOnce(&Detail) -> Value) -> Value {
    fault(cx).map_or(Value::Null, |fault| part(&fault.detail))
}

fn reason(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    match cx
        .extras()
        .and_then(|extras| extras.error_reason.as_deref())
    {
        Some(described) => described.into(),
        None => detail(cx, |detail| stated(detail.reason)),
    }
}

fn place(cx: &ContextHost<'_, '_>, part: impl FnOnce(&Place) -> Value) -> Value {
    fault(cx)
        .and_then(|fault| fault.detail.place.as_ref())
        .map_or(Value::Null, part)
}

fn status(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    Value::Int(fault(cx).map_or(0, |fault| fault.status().as_u16().into()))
}

fn stated(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        text.into()
    }
}
