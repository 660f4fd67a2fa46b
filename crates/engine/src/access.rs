//! Who may call: subscription keys, products, and the permit that opens an exchange.
//!
//! The decision is the table of the product documentation: a key opens what its scope names; without
//! a key an open product, or an API that asks for none, lets a call in. A key that opens nothing
//! here is ignored on an open operation (the documented behaviour since 2025) unless
//! [`ForeignKey::Refuse`] says otherwise (as documented before).

use std::borrow::Cow;
use std::collections::HashMap;

use http::{HeaderValue, header};
use portcullis_model::product::{SubscriptionScope, SubscriptionState};
use portcullis_model::time::Timestamp;
use portcullis_policy::facts::{InboundRequest, KeyKind, Permit};
use portcullis_policy::flow::{Fault, FaultKind};

use crate::route::query_values;
use crate::snapshot::{CompiledApi, Snapshot};

/// What happens to a key that opens nothing, where none is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForeignKey {
    /// It is ignored.
    #[default]
    Ignore,
    /// The call is refused.
    Refuse,
}

/// Every key, by the SHA-256 of its text.
///
/// The table's own hash is keyed per process, and the text itself is never compared, so nobody can
/// feel a way to a key by timing.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    by_digest: HashMap<[u8; 32], Holder>,
}

/// Whose key it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    pub(crate) subscription: usize,
    pub(crate) kind: KeyKind,
}

/// What admission needs of a subscription.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) scope: GrantScope,
    pub(crate) state: SubscriptionState,
    pub(crate) ends: Option<Timestamp>,
}

/// What a subscription opens, by indices into the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GrantScope {
    AllApis,
    Api(portcullis_model::id::ApiId),
    Product(usize),
    /// Its scope names something that does not exist: it opens nothing.
    Nothing,
}

impl GrantScope {
    pub(crate) fn new(
        scope: &SubscriptionScope,
        product: impl Fn(&portcullis_model::id::ProductId) -> Option<usize>,
    ) -> Self {
        match scope {
            SubscriptionScope::AllApis => Self::AllApis,
            SubscriptionScope::Api(id) => Self::Api(id.clone()),
            SubscriptionScope::Product(id) => product(id).map_or(Self::Nothing, Self::Product),
        }
    }
}

impl Keys {
    /// Adds a key; the one that was there first if it stands already.
    pub(crate) fn add(&mut self, digest: [u8; 32], holder: Holder) -> Option<Holder> {
        let first = *self.by_digest.entry(digest).or_insert(holder);
        (first.subscription != holder.subscription).then_some(first)
    }

    fn find(&self, key: &[u8]) -> Option<Holder> {
        self.by_digest.get(&sha256(key)).copied()
    }
}

/// SHA-256.
pub(crate) fn sha256(text: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text);
    digest.as_ref().try_into().unwrap_or_default()
}

/// Decides whether the call may run policies.
pub(crate) fn admit<'s>(
    snapshot: &'s Snapshot,
    api: &'s CompiledApi,
    request: &InboundRequest,
) -> Result<Permit<'s>, Fault> {
    let key = presented_key(api, request);
    if let Some(key) = &key
        && let Some(permit) = permit_for_key(snapshot, api, key, request.received.at)
    {
        return Ok(permit);
    }
    let foreign = key.is_some();
    if foreign && snapshot.access.foreign_key == ForeignKey::Refuse {
        return Err(refused(api, request, Credential::Invalid));
    }
    if let Some(product) = api.open_product.and_then(|at| snapshot.products.get(at)) {
        return Ok(Permit::granted(None, Some(&product.facts)));
    }
    if !api.subscription_required {
        return Ok(Permit::granted(None, None));
    }
    Err(refused(
        api,
        request,
        if foreign {
            Credential::Invalid
        } else {
            Credential::Missing
        },
    ))
}

/// The key in the header, else in the query. An empty value is no key.
fn presented_key<'r>(api: &CompiledApi, request: &'r InboundRequest) -> Option<Cow<'r, [u8]>> {
    let key = if let Some(value) = request.headers.get(&api.key_header) {
        Cow::Borrowed(value.as_bytes())
    } else {
        let query = std::str::from_utf8(request.query.as_deref()?).ok()?;
        let value = query_values(query, &api.facts.key_query).next()?;
        Cow::Owned(value.into_bytes())
    };
    (!key.trim_ascii().is_empty()).then_some(key)
}

fn permit_for_key<'s>(
    snapshot: &'s Snapshot,
    api: &CompiledApi,
    key: &[u8],
    now: Timestamp,
) -> Option<Permit<'s>> {
    let Holder { subscription, kind } = snapshot.access.keys.find(key)?;
    let holder = snapshot.subscriptions.get(subscription)?;
    let alive = holder.grant.state == SubscriptionState::Active
        && holder.grant.ends.is_none_or(|end| now < end);
    if !alive {
        return None;
    }
    let product = match &holder.grant.scope {
        GrantScope::AllApis => None,
        GrantScope::Api(id) if *id == api.facts.id => None,
        GrantScope::Product(at) if api.products.contains(at) => {
            Some(&snapshot.products.get(*at)?.facts)
        }
        GrantScope::Api(_) | GrantScope::Product(_) | GrantScope::Nothing => return None,
    };
    Some(Permit::granted(Some((&holder.facts, kind)), product))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Credential {
    Missing,
    Invalid,
}

/// 401 with the texts that clients of the service know: the caller reads "an API", policies "this API".
fn refused(api: &CompiledApi, request: &InboundRequest, credential: Credential) -> Fault {
    let (reason, message, public) = match credential {
        Credential::Missing => (
            "SubscriptionKeyNotFound",
            "Access denied due to missing subscription key. Make sure to include subscription key \
             when making requests to this API.",
            "Access denied due to missing subscription key. Make sure to include subscription key \
             when making requests to an API.",
        ),
        Credential::Invalid => ("SubscriptionKeyInvalid", INVALID_KEY, INVALID_KEY),
    };
    let fault = Fault::new(FaultKind::Unauthenticated, reason, message)
        .from_step("authorization")
        .saying(public);
    match challenge(api, request) {
        Some(challenge) => fault.with_header(header::WWW_AUTHENTICATE, challenge),
        None => fault,
    }
}

const INVALID_KEY: &str = "Access denied due to invalid subscription key. Make sure to provide a \
                           valid key for an active subscription.";

fn challenge(api: &CompiledApi, request: &InboundRequest) -> Option<HeaderValue> {
    let port = request.port.map(|p| format!(":{p}")).unwrap_or_default();
    let facts = &api.facts;
    let value = format!(
        "AzureApiManagementKey realm=\"{}://{}{port}/{}\",name=\"{}\",type=\"header\"",
        request.scheme.as_str(),
        request.host,
        facts.path,
        facts.key_header,
    );
    HeaderValue::try_from(value).ok()
}
