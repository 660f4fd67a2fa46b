//! `context.Product`.

use portcullis_expr::{EnumType, Type, Value};
use portcullis_model::product::ProductState;

use super::ContextHost;
use super::table::{Class, Kind, get};
use crate::facts::ProductFacts;

pub(super) const CLASS: Class = Class::named(
    "IProduct",
    &[
        get("IEnumerable<IApi> Apis", apis),
        get("bool ApprovalRequired", |cx, _| {
            read(cx, |p| p.approval_required.into())
        }),
        get("IEnumerable<IGroup> Groups", groups),
        get("string Id", |cx, _| {
            read(cx, |product| product.id.as_str().into())
        }),
        get("string Name", |cx, _| {
            read(cx, |product| (*product.name).into())
        }),
        get("ProductState State", |cx, _| {
            read(cx, |product| state(product.state))
        }),
        get("int? SubscriptionLimit", |cx, _| read(cx, limit)),
        get("int? SubscriptionsLimit", |cx, _| read(cx, limit)),
        get("bool SubscriptionRequired", |cx, _| {
            read(cx, |p| p.subscription_required.into())
        }),
    ],
);

pub(super) const STATE_CLASS: Class = Class::enumeration(
    "ProductState",
    "Apim.ProductState",
    &[("NotPublished", NOT_PUBLISHED), ("Published", PUBLISHED)],
);

const NOT_PUBLISHED: i32 = 0;
const PUBLISHED: i32 = 1;

fn read(cx: &ContextHost<'_, '_>, part: impl FnOnce(&ProductFacts) -> Value) -> Value {
    cx.ex.facts().permit.product().map_or(Value::Null, part)
}

fn state(state: ProductState) -> Value {
    let number = match state {
        ProductState::NotPublished => NOT_PUBLISHED,
        ProductState::Published => PUBLISHED,
    };
    Value::Enum(EnumType::Host(Kind::ProductState.host_type()), number)
}

fn limit(product: &ProductFacts) -> Value {
    product
        .subscriptions_limit
        .and_then(|limit| i32::try_from(limit).ok())
        .into()
}

fn apis(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    // The first handle is the API of the request.
    read(cx, |product| {
        listed(Kind::Api, (1..).take(product.apis.len()))
    })
}

fn groups(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    read(cx, |product| {
        listed(Kind::Group, (0..).take(product.groups.len()))
    })
}

/// The objects of a type with these handles.
pub(super) fn listed(kind: Kind, handles: impl Iterator<Item = u32>) -> Value {
    let objects = handles.map(|handle| kind.object(handle)).collect();
    Value::array(Type::Host(kind.host_type()), objects)
}
