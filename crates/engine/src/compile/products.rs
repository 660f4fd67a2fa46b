//! Products and subscriptions, with their keys.

use portcullis_model::code::engine as code;
use portcullis_model::id::ProductId;
use portcullis_model::product::{Product, ProductState, Subscription};
use portcullis_model::secret::{Secret, SecretRef, SecretSource};
use portcullis_model::{Configuration, Diagnostic, Diagnostics};
use portcullis_policy::facts::{KeyKind, ProductFacts, SubscriptionFacts};

use super::SecretResolver;
use crate::access::{Grant, GrantScope, Holder, Keys, sha256};
use crate::snapshot::{CompiledProduct, CompiledSubscription};

pub(super) fn products(
    configuration: &Configuration,
    found: &mut Diagnostics,
) -> Vec<CompiledProduct> {
    let products = configuration.products.iter().zip(0_u32..);
    products
        .map(|(product, index)| CompiledProduct {
            facts: facts(product, index, configuration, found),
        })
        .collect()
}

fn facts(
    product: &Product,
    index: u32,
    configuration: &Configuration,
    found: &mut Diagnostics,
) -> ProductFacts {
    let mut apis = Vec::new();
    for id in &product.apis {
        if let Some(api) = configuration.apis.iter().find(|api| api.id == *id) {
            apis.push((id.as_str().into(), api.name.as_str().into()));
        } else {
            let message = format!(
                "the product `{}` contains the API `{id}`, which does not exist",
                product.id
            );
            dangling(found, product.at, message);
        }
    }
    if product.state == ProductState::NotPublished
        && !product.subscription_required
        && !apis.is_empty()
    {
        let message = format!(
            "the product `{}` is not published and needs no subscription: anybody may call its APIs",
            product.id
        );
        let (source, span) = product.at;
        found.push(Diagnostic::warning(
            code::UNPUBLISHED_OPEN_PRODUCT,
            source,
            span,
            message,
        ));
    }
    let groups = product.groups.iter().map(|id| {
        let group = configuration.groups.iter().find(|g| g.id == *id);
        (
            id.as_str().into(),
            group.map_or(id.as_str(), |g| &g.name).into(),
        )
    });
    ProductFacts {
        index,
        id: product.id.clone(),
        name: product.name.as_str().into(),
        state: product.state,
        approval_required: product.approval_required,
        subscription_required: product.subscription_required,
        subscriptions_limit: product.subscriptions_limit,
        groups: groups.collect(),
        apis: apis.into(),
    }
}

fn dangling(
    found: &mut Diagnostics,
    (source, span): (portcullis_model::SourceId, portcullis_model::Span),
    message: String,
) {
    found.push(Diagnostic::warning(
        code::DANGLING_REFERENCE,
        source,
        span,
        message,
    ));
}

pub(super) fn subscriptions(
    configuration: &Configuration,
    products: &[CompiledProduct],
    secrets: &dyn SecretResolver,
    keys: &mut Keys,
    found: &mut Diagnostics,
) -> Vec<CompiledSubscription> {
    let product = |id: &ProductId| products.iter().position(|p| p.facts.id == *id);
    let subscriptions = configuration.subscriptions.iter().zip(0_u32..);
    subscriptions
        .map(|(subscription, index)| {
            let scope = GrantScope::new(&subscription.scope, product);
            if scope == GrantScope::Nothing {
                let message = format!(
                    "the subscription `{}` is for a product that does not exist",
                    subscription.id
                );
                dangling(found, subscription.at, message);
            }
            let mut key = |reference: &Option<SecretRef>, kind| {
                let reference = reference.as_ref()?;
                add_key(
                    subscription,
                    reference,
                    (index as usize, kind),
                    secrets,
                    keys,
                    found,
                )
            };
            let primary_key = key(&subscription.primary_key, KeyKind::Primary);
            let secondary_key = key(&subscription.secondary_key, KeyKind::Secondary);
            CompiledSubscription {
                facts: SubscriptionFacts {
                    index,
                    id: subscription.id.clone(),
                    name: subscription.name.as_str().into(),
                    primary_key,
                    secondary_key,
                    created: subscription.created,
                    starts: subscription.starts,
                    ends: subscription.ends,
                },
                grant: Grant {
                    scope,
                    state: subscription.state,
                    ends: subscription.ends,
                },
            }
        })
        .collect()
}

/// A key as it is recognised, and its text where that is known. An empty key is none: everybody has
/// it.
fn digest_and_text(
    source: &SecretSource,
    secrets: &dyn SecretResolver,
) -> Result<([u8; 32], Option<Secret>), String> {
    if let SecretSource::Sha256(digest) = source {
        return if *digest == sha256(b"") {
            Err("it is the SHA-256 of an empty text".to_owned())
        } else {
            Ok((*digest, None))
        };
    }
    let text = secrets.resolve(source)?;
    if text.expose().trim().is_empty() {
        return Err("its text is empty".to_owned());
    }
    Ok((sha256(text.expose().as_bytes()), Some(text)))
}

/// Makes a key open its subscription; gives its text where that is known.
fn add_key(
    subscription: &Subscription,
    reference: &SecretRef,
    (index, kind): (usize, KeyKind),
    secrets: &dyn SecretResolver,
    keys: &mut Keys,
    found: &mut Diagnostics,
) -> Option<Secret> {
    let (source, span) = reference.at;
    let (digest, text) = match digest_and_text(&reference.source, secrets) {
        Ok(known) => known,
        Err(why) => {
            let message = format!(
                "a key of the subscription `{}` cannot be had: {why}",
                subscription.id
            );
            found.push(Diagnostic::warning(
                code::KEY_UNAVAILABLE,
                source,
                span,
                message,
            ));
            return None;
        }
    };
    if keys
        .add(
            digest,
            Holder {
                subscription: index,
                kind,
            },
        )
        .is_some()
    {
        let message = format!(
            "a key of the subscription `{}` is also another subscription's",
            subscription.id
        );
        found.push(Diagnostic::error(
            code::DUPLICATE_KEY,
            source,
            span,
            message,
        ));
    }
    text
}
