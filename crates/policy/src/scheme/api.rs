//! `context.Api`, and the APIs of a product.

use portcullis_expr::Value;

use super::ContextHost;
use super::table::{Class, Kind, get};
use super::url::SERVICE;
use crate::facts::ApiFacts;

/// The API of this request; `n` above it is the API number `n - 1` of the product.
const OF_REQUEST: u32 = 0;

pub(super) const CLASS: Class = Class::named(
    "IApi",
    &[
        get("string Id", |cx, api| {
            cx.api_names(api).map(|(id, _)| id).into()
        }),
        get("string Name", |cx, api| {
            cx.api_names(api).map(|(_, name)| name).into()
        }),
        get("string Path", |cx, api| {
            cx.api(api).map(|api| &*api.path).into()
        }),
        get("IEnumerable<string> Protocols", |cx, api| {
            cx.api(api)
                .map(|api| Value::strings(api.protocols.iter().copied()))
                .into()
        }),
        get("IUrl ServiceUrl", service_url),
        get(
            "ISubscriptionKeyParameterNames SubscriptionKeyParameterNames",
            key_names,
        ),
    ],
);

pub(super) const CONTEXT_CLASS: Class = Class::named(
    "IContextApi",
    &[
        get("bool IsCurrentRevision", |cx, _| {
            cx.ex.facts().route.api.is_current.into()
        }),
        get("string Revision", |cx, _| {
            cx.ex.facts().route.api.revision.to_string().into()
        }),
        get("string Version", |cx, _| {
            cx.ex.facts().route.api.version.as_deref().into()
        }),
    ],
)
.with_parents(&["IApi"]);

pub(super) const KEY_NAMES_CLASS: Class = Class::named(
    "ISubscriptionKeyParameterNames",
    &[
        get("string Header", |cx, _| {
            (*cx.ex.facts().route.api.key_header).into()
        }),
        get("string Query", |cx, _| {
            (*cx.ex.facts().route.api.key_query).into()
        }),
    ],
);

impl ContextHost<'_, '_> {
    /// Id and name of the API with that handle.
    fn api_names(&self, handle: u32) -> Option<(&str, &str)> {
        let own = &self.ex.facts().route.api;
        if handle == OF_REQUEST {
            return Some((own.id.as_str(), &own.name));
        }
        let apis = &self.ex.facts().permit.product()?.apis;
        apis.get(usize::try_from(handle - 1).ok()?)
            .map(|(id, name)| (&**id, &**name))
    }

    /// The API with that handle. Of a product's other APIs no more than id and name is known.
    fn api(&self, handle: u32) -> Option<&ApiFacts> {
        let own = self.ex.facts().route.api;
        let (id, _) = self.api_names(handle)?;
        own.id.as_str().eq_ignore_ascii_case(id).then_some(own)
    }
}

fn service_url(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    let known = cx.api(handle).is_some_and(|api| api.service.is_some());
    if known {
        Kind::Url.object(SERVICE)
    } else {
        Value::Null
    }
}

fn key_names(cx: &ContextHost<'_, '_>, handle: u32) -> Value {
    if cx.api(handle).is_some() {
        Kind::KeyNames.object(0)
    } else {
        Value::Null
    }
}
