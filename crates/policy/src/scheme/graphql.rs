//! `context.GraphQL`: what a resolver is called with.

use portcullis_expr::{Type, Value};

use super::ContextHost;
use super::library;
use super::table::{Class, get};

pub(super) const CLASS: Class = Class::named(
    "IGraphQL",
    &[
        get("JObject Arguments", arguments),
        get("JObject GraphQLArguments", arguments),
        get("JToken Parent", parent),
    ],
);

fn arguments(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    let facts = cx.extras().and_then(|extras| extras.graphql.as_ref());
    json(facts.map(|facts| &*facts.arguments), &Type::JOBJECT)
}

fn parent(cx: &ContextHost<'_, '_>, _: u32) -> Value {
    let facts = cx.extras().and_then(|extras| extras.graphql.as_ref());
    json(
        facts.and_then(|facts| facts.parent.as_deref()),
        &Type::JTOKEN,
    )
}

fn json(text: Option<&str>, ty: &Type) -> Value {
    let parsed = text.and_then(|text| library::json(&text.into(), ty).ok());
    parsed.unwrap_or_default()
}
