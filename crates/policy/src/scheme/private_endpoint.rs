//! `context.Request.PrivateEndpointConnection`.

use super::ContextHost;
use super::table::{Class, get};
use crate::facts::PrivateEndpointFacts;

pub(super) const CLASS: Class = Class::named(
    "IPrivateEndpointConnection",
    &[
        get("string GroupId", |cx, _| {
            cx.private_endpoint().map(|e| &*e.group_id).into()
        }),
        get("string MemberName", |cx, _| {
            cx.private_endpoint().map(|e| &*e.member_name).into()
        }),
        get("string Name", |cx, _| {
            cx.private_endpoint().map(|e| &*e.name).into()
        }),
    ],
);

/// Always `null`: there is no such network here.
pub(super) const VNET_CLASS: Class = Class::named("IAzureVnetInfo", &[]);

impl ContextHost<'_, '_> {
    fn private_endpoint(&self) -> Option<&PrivateEndpointFacts> {
        self.extras()?.private_endpoint.as_ref()
    }
}
