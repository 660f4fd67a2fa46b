//! `context.Response`, and responses that policies stored in variables.

use portcullis_expr::Value;

use super::ContextHost;
use super::table::{Class, Kind, get};

pub(super) const CLASS: Class = Class::named(
    "IResponse",
    &[
        get("IMessageBody Body", body),
        get("Headers Headers", |_, handle| Kind::Headers.object(handle)),
        get("int StatusCode", status_code),
        get("string StatusReason", status_reason),
    ],
);

/// How a program says that it wants a response's body.
pub(super) const BODY: &str = "IMessageBody Body";

fn body(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    let absent = cx
        .body(handle)
        .is_none_or(crate::exchange::MessageBody::is_absent);
    if absent {
        Value::Null
    } else {
        Kind::Body.object(handle)
    }
}

fn status_code(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    let status = cx
        .response(handle)
        .map_or(0, |response| response.status.as_u16());
    Value::Int(i32::from(status))
}

fn status_reason(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    let Some(response) = cx.response(handle) else {
        return Value::Null;
    };
    let standard = || response.status.canonical_reason();
    response
        .reason
        .as_deref()
        .or_else(standard)
        .unwrap_or_default()
        .into()
}
