//! Everything a gateway needs to decide requests: compiled once, immutable, shared by all cores.

use std::sync::Arc;

use http::HeaderName;
use portcullis_model::api::Protocols;
use portcullis_policy::exchange::Service;
use portcullis_policy::facts::{
    ApiFacts, OperationFacts, ProductFacts, RouteMatch, SubscriptionFacts,
};
use portcullis_policy::plan::{Plan, Unavailable};

use crate::access::{ForeignKey, Grant, Keys};
use crate::record::RecordDraft;
use crate::route::{OperationTable, SuffixTable};

/// Everything a gateway needs to decide requests.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) service: Service,
    pub(crate) suffixes: SuffixTable,
    pub(crate) apis: Vec<CompiledApi>,
    pub(crate) products: Vec<CompiledProduct>,
    pub(crate) subscriptions: Vec<CompiledSubscription>,
    pub(crate) access: Access,
    /// Stands in for the API of a request that reaches none.
    pub(crate) nowhere: ApiFacts,
    /// The global policy alone, for requests that reach no API.
    pub(crate) global: Arc<Plan>,
    pub(crate) summary: Summary,
}

/// Keys, and what happens to those that open nothing.
#[derive(Debug, Default)]
pub(crate) struct Access {
    pub(crate) keys: Keys,
    pub(crate) foreign_key: ForeignKey,
}

/// One revision of an API.
#[derive(Debug)]
pub(crate) struct CompiledApi {
    pub(crate) facts: ApiFacts,
    pub(crate) protocols: Protocols,
    pub(crate) subscription_required: bool,
    pub(crate) key_header: HeaderName,
    /// The products it is in, by their places.
    pub(crate) products: Vec<usize>,
    pub(crate) open_product: Option<usize>,
    pub(crate) operations: Vec<CompiledOperation>,
    pub(crate) table: OperationTable,
    /// What runs where there is no operation: `on-error`, `cors` for a preflight.
    pub(crate) plans: Plans,
    pub(crate) serving: Serving,
}

/// Whether an API's operations are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Serving {
    /// Yes.
    Operations,
    /// No: its kind is not served, its plans say what is missing.
    Nothing,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct CompiledOperation {
    pub(crate) facts: OperationFacts,
    /// The names of the template's parameters in the order of the values that matching gives;
    /// `None` for a rest without a name.
    pub(crate) parameters: Box<[Option<Box<str>>]>,
    pub(crate) plans: Plans,
}

/// A product.
#[derive(Debug)]
pub(crate) struct CompiledProduct {
    pub(crate) facts: ProductFacts,
}

/// A subscription.
#[derive(Debug)]
pub(crate) struct CompiledSubscription {
    pub(crate) facts: SubscriptionFacts,
    pub(crate) grant: Grant,
}

/// The plans of an operation: one without product, one for each product it is in.
#[derive(Debug, Clone)]
pub(crate) struct Plans {
    pub(crate) without: Arc<Plan>,
    pub(crate) by_product: Box<[(u32, Arc<Plan>)]>,
}

impl Plans {
    /// The plan of a call without product context.
    pub(crate) fn without_product(&self) -> &Plan {
        &self.without
    }

    /// Why one of them does not run.
    pub(crate) fn unavailable(&self) -> Option<&Unavailable> {
        let through_products = self.by_product.iter().map(|(_, plan)| plan);
        std::iter::once(&self.without)
            .chain(through_products)
            .find_map(|plan| plan.unavailable.as_ref())
    }

    /// The plan of a call through a product.
    pub(crate) fn for_product(&self, product: Option<&ProductFacts>) -> &Plan {
        let Some(product) = product else {
            return &self.without;
        };
        let own = self
            .by_product
            .iter()
            .find(|(index, _)| *index == product.index);
        own.map_or(&*self.without, |(_, plan)| plan)
    }
}

/// What is worth knowing about a snapshot as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many APIs (revisions counted apart).
    pub apis: usize,
    /// How many operations.
    pub operations: usize,
    /// How many products.
    pub products: usize,
    /// How many subscriptions.
    pub subscriptions: usize,
    /// Operations that anybody may call: `api/operation`.
    pub open: Vec<String>,
    /// Operations that answer 503, to all calls or to those through a product or none, and why.
    pub unavailable: Vec<(String, String)>,
}

/// The operation that a request leads to.
#[derive(Debug)]
pub(crate) struct Routed<'s> {
    pub(crate) api: &'s CompiledApi,
    pub(crate) route: RouteMatch<'s>,
    pub(crate) plans: &'s Plans,
    /// No operation is defined for OPTIONS here, so a preflight is answered by `cors`.
    pub(crate) is_preflight: bool,
}

/// A request that leads nowhere.
#[derive(Debug)]
pub(crate) enum Lost {
    /// To no API.
    NoApi,
    /// To an API that has no such operation.
    NoOperation { api: usize, rest: bytes::Bytes },
    /// To one operation or another, by how its path is read.
    InTwoWays,
}

impl Lost {
    /// The route that `on-error` sees.
    pub(crate) fn into_route(self, snapshot: &Snapshot) -> RouteMatch<'_> {
        let (api, rest) = match self {
            Self::NoApi | Self::InTwoWays => (None, bytes::Bytes::from_static(b"/")),
            Self::NoOperation { api, rest } => (snapshot.apis.get(api), rest),
        };
        let api = api.map_or(&snapshot.nowhere, |api| &api.facts);
        RouteMatch {
            api,
            operation: None,
            parameters: Vec::new(),
            rest,
        }
    }
}

/// Names for a request's record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordNames {
    /// API id.
    pub api: Option<String>,
    /// Its revision.
    pub revision: Option<u32>,
    /// Operation id.
    pub operation: Option<String>,
    /// Product id.
    pub product: Option<String>,
    /// Subscription id.
    pub subscription: Option<String>,
}

impl Snapshot {
    /// What is worth knowing about it.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The names that its policies use; the next compilation goes on from them.
    pub fn names(&self) -> &portcullis_policy::names::Names {
        &self.service.names
    }

    /// The ids of its APIs, in order.
    pub fn api_ids(&self) -> impl Iterator<Item = &str> {
        self.apis.iter().map(|api| api.facts.id.as_str())
    }

    /// The names behind the numbers of a draft that was made on this snapshot.
    pub fn names_of(&self, draft: &RecordDraft) -> RecordNames {
        let api = draft.api.and_then(|at| self.apis.get(at as usize));
        let operation = draft
            .operation
            .and_then(|at| api?.operations.get(at as usize));
        let product = draft.product.and_then(|at| self.products.get(at as usize));
        let subscription = draft
            .subscription
            .and_then(|at| self.subscriptions.get(at as usize));
        RecordNames {
            api: api.map(|a| a.facts.id.to_string()),
            revision: api.map(|a| a.facts.revision.0),
            operation: operation.map(|o| o.facts.operation.id.to_string()),
            product: product.map(|p| p.facts.id.to_string()),
            subscription: subscription.map(|s| s.facts.id.to_string()),
        }
    }

    /// What runs for a request that leads to no operation.
    pub(crate) fn plan_without_operation(&self, route: &RouteMatch<'_>) -> &Plan {
        let api = route.api.index.and_then(|at| self.apis.get(at as usize));
        api.map_or(&*self.global, |api| api.plans.without_product())
    }
}
