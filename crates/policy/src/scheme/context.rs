//! `context`: where every expression starts.

use portcullis_expr::{DateTime, Guid, Text, TimeSpan, Value};

use super::ContextHost;
use super::objects::RESPONSE;
use super::table::{Class, Kind, call, get};
use crate::exchange::TraceEntry;

pub(super) const CLASS: Class = Class::named(
    "IExpressionContext",
    &[
        get("IContextApi Api", |_, _| Kind::ContextApi.object(0)),
        get("IDeployment Deployment", |_, _| Kind::Deployment.object(0)),
        get("TimeSpan Elapsed", elapsed),
        get("IGraphQL GraphQL", |cx, _| {
            cx.if_stated(Kind::GraphQl, |e| e.graphql.is_some())
        }),
        get("ILastError LastError", |cx, _| {
            Kind::LastError.if_there(cx.ex.last_error().is_some())
        }),
        get("IOperation Operation", |cx, _| {
            Kind::Operation.if_there(cx.ex.facts().route.operation.is_some())
        }),
        get("IProduct Product", |cx, _| {
            Kind::Product.if_there(cx.ex.facts().permit.product().is_some())
        }),
        get(REQUEST, |_, _| Kind::Request.object(0)),
        get("Guid RequestId", |cx, _| {
            Value::Guid(Guid(cx.ex.facts().id.0.to_be_bytes()))
        }),
        get(RESPONSE_PROPERTY, response),
        get("ISubscription Subscription", |cx, _| {
            Kind::Subscription.if_there(cx.ex.facts().permit.subscription().is_some())
        }),
        get("DateTime Timestamp", |cx, _| {
            Value::DateTime(DateTime::from_unix_nanos(cx.ex.facts().received.at.0))
        }),
        get("bool Tracing", |_, _| Value::Bool(false)),
        get("IUser User", |cx, _| {
            cx.if_stated(Kind::User, |e| e.user.is_some())
        }),
        get("Variables Variables", |_, _| Kind::Variables.object(0)),
        get("IWorkspace Workspace", |cx, _| {
            cx.if_stated(Kind::Workspace, |e| e.workspace.is_some())
        }),
        call("void Trace(string message)", |cx, call| {
            cx.trace(call.args.first());
            Ok(Value::Null)
        }),
    ],
);

/// How a program says that it looks at the request.
pub(super) const REQUEST: &str = "IRequest Request";
/// How a program says that it looks at the response.
pub(super) const RESPONSE_PROPERTY: &str = "IResponse Response";

/// Nanoseconds in a .NET tick.
const NANOS_PER_TICK: u128 = 100;

fn elapsed(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    let elapsed = cx
        .host
        .clock
        .instant()
        .since(cx.ex.facts().received.instant);
    let ticks = i64::try_from(elapsed.as_nanos() / NANOS_PER_TICK).unwrap_or(i64::MAX);
    Value::TimeSpan(TimeSpan(ticks))
}

fn response(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    if cx.ex.response().is_some() {
        Kind::Response.object(RESPONSE)
    } else {
        Value::Null
    }
}

impl ContextHost<'_, '_> {
    fn trace(&mut self, message: Option<&Value>) {
        let message = message
            .and_then(Value::as_text)
            .map(Text::to_str)
            .unwrap_or_default();
        self.ex.trace(TraceEntry {
            source: "context.Trace".into(),
            severity: "verbose",
            message: message.into_owned(),
            metadata: Vec::new(),
        });
    }
}
