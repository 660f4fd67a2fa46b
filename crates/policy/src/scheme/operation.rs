//! `context.Operation`.

use portcullis_expr::Value;
use portcullis_model::api::Operation;

use super::ContextHost;
use super::table::{Class, get};

pub(super) const CLASS: Class = Class::named(
    "IOperation",
    &[
        get("string Id", |cx, _| {
            read(cx, |operation| operation.id.as_str().into())
        }),
        get("string Method", |cx, _| {
            read(cx, |operation| operation.method.as_str().into())
        }),
        get("string Name", |cx, _| {
            read(cx, |operation| operation.name.as_str().into())
        }),
        get("string UrlTemplate", |cx, _| {
            read(cx, |operation| operation.template.as_str().into())
        }),
    ],
);

fn read(cx: &ContextHost<'_, '_>, part: impl FnOnce(&Operation) -> Value) -> Value {
    let operation = cx.ex.facts().route.operation;
    operation.map_or(Value::Null, |operation| part(&operation.operation))
}
