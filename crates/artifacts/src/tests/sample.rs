//! The public sample folder, if it is at hand.

use portcullis_model::api::{Api, ApiKind, VersionScheme};
use portcullis_model::backend::{Backend, BackendKind};
use portcullis_model::config::{NamedValue, NamedValueText};
use portcullis_model::product::{ProductState, SubscriptionScope, SubscriptionState};

use super::errors;
use crate::{Folder, Loaded};

fn sample() -> Option<Loaded> {
    let root = portcullis_testkit::data::find("corpus/apiops-sample")?;
    Some(Folder::open(root).read())
}

#[test]
fn nothing_in_the_public_sample_is_an_error() {
    let Some(loaded) = sample() else { return };
    assert_eq!(errors(&loaded), Vec::<String>::new());
    // A logger, a diagnostic and two tags.
    assert_eq!(loaded.skipped, 4);
}

#[test]
fn what_apis_need_is_in_the_public_sample() {
    let Some(loaded) = sample() else { return };
    let c = &loaded.configuration;
    assert!(c.policy.is_some());
    let plain = |v: &NamedValue| matches!(v.value, NamedValueText::Plain(_));
    assert_eq!(c.named_values.iter().filter(|v| plain(v)).count(), 4);
    assert_eq!(c.fragments.len(), 2);
    let single = |b: &Backend| matches!(b.kind, BackendKind::Single(_));
    assert_eq!(c.backends.iter().filter(|b| single(b)).count(), 2);
    assert_eq!(c.version_sets.len(), 1);
    assert_eq!(c.version_sets[0].scheme, VersionScheme::Segment);
}

/// `name;revision current kind operations policies`.
fn summary(api: &Api) -> String {
    let kind = match &api.kind {
        ApiKind::Unsupported { kind, .. } => kind,
        ApiKind::Http => "http",
        ApiKind::WebSocket | ApiKind::Grpc => "other",
    };
    let current = if api.is_current { "current" } else { "other" };
    let policies = api.operation_policies.len() + usize::from(api.policy.is_some());
    let operations = api.operations.len();
    format!(
        "{};{} {current} {kind} {operations} {policies}",
        api.id, api.revision
    )
}

#[test]
fn the_apis_of_the_public_sample_are_read_with_their_revisions() {
    let Some(loaded) = sample() else { return };
    let apis: Vec<String> = loaded.configuration.apis.iter().map(summary).collect();
    assert_eq!(
        apis,
        [
            "basic-api;1 current http 2 3",
            "graphql-api;1 current graphql 0 0",
            "revisioned-api;1 current http 1 1",
            "revisioned-api;2 other http 2 2",
            "soap-api;1 current soap 0 0",
            "versioned-api-v1;1 current http 1 0",
            "versioned-api-v2;1 current http 1 0",
            "wadl-api;1 current wadl 0 0",
        ]
    );
}

#[test]
fn the_products_of_the_public_sample_are_read_with_their_subscriptions() {
    let Some(loaded) = sample() else { return };
    let c = &loaded.configuration;
    let [one, two] = c.products.as_slice() else {
        panic!("two products");
    };
    assert_eq!((one.apis.len(), two.apis.len()), (3, 4));
    assert!(one.subscription_required && !two.subscription_required);
    assert_eq!(one.subscriptions_limit, Some(10));
    for product in [one, two] {
        assert_eq!(product.state, ProductState::Published);
        assert!(product.policy.is_some());
    }
    let [by_product, by_api] = c.subscriptions.as_slice() else {
        panic!("two subscriptions");
    };
    assert!(matches!(&by_product.scope, SubscriptionScope::Product(p) if p.as_str() == "product1"));
    assert!(matches!(&by_api.scope, SubscriptionScope::Api(a) if a.as_str() == "basic-api"));
    assert_eq!(by_product.state, SubscriptionState::Active);
}
