//! `context.Request`.

use portcullis_expr::Value;

use super::ContextHost;
use super::objects::REQUEST;
use super::table::{Class, Kind, get};
use super::url::{CURRENT, ORIGINAL};

pub(super) const CLASS: Class = Class::named(
    "IRequest",
    &[
        get("IMessageBody Body", body),
        get("X509Certificate2 Certificate", |_, _| Value::Null),
        get("Headers Headers", |_, _| Kind::Headers.object(REQUEST)),
        get("string IpAddress", |cx, _| {
            cx.ex.facts().client_ip.to_string().into()
        }),
        get("Parameters MatchedParameters", |_, _| {
            Kind::Parameters.object(0)
        }),
        get("string Method", |cx, _| {
            cx.ex.request().method.as_str().into()
        }),
        get("IUrl OriginalUrl", |_, _| Kind::Url.object(ORIGINAL)),
        get("IUrl Url", |_, _| Kind::Url.object(CURRENT)),
        get(
            "IPrivateEndpointConnection PrivateEndpointConnection",
            private_endpoint,
        ),
        get("IAzureVnetInfo AzureVnetInfo", |_, _| Value::Null).undocumented(),
    ],
);

/// How a program says that it wants the request's body.
pub(super) const BODY: &str = "IMessageBody Body";

fn body(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    let absent = cx.ex.request().body.is_absent();
    if absent {
        Value::Null
    } else {
        Kind::Body.object(REQUEST)
    }
}

fn private_endpoint(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    let stated = cx
        .extras()
        .is_some_and(|extras| extras.private_endpoint.is_some());
    if stated {
        Kind::PrivateEndpoint.object(0)
    } else {
        Value::Null
    }
}
