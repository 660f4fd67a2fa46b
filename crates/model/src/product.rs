//! Products, the groups that see them, and the subscriptions that open them.

use crate::diagnostic::{SourceId, Span};
use crate::id::{ApiId, GroupId, ProductId, SubscriptionId};
use crate::policy::PolicyText;
use crate::secret::SecretRef;
use crate::time::Timestamp;

/// A bundle of APIs that is subscribed to as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its resource name.
    pub id: ProductId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is shown and can be subscribed to.
    pub state: ProductState,
    /// Whether a call needs a subscription; if not, the product is *open*.
    pub subscription_required: bool,
    /// Whether an administrator must approve new subscriptions.
    pub approval_required: bool,
    /// How many subscriptions a user may have; `None` is unlimited.
    pub subscriptions_limit: Option<u32>,
    /// The APIs in it.
    pub apis: Vec<ApiId>,
    /// The APIs that may be in it: links that could not be followed. An open product decides who may
    /// call them without a key, and how, so nobody may.
    pub doubts: Vec<Doubt>,
    /// The groups whose users see it.
    pub groups: Vec<GroupId>,
    /// The policy document at product scope.
    pub policy: Option<PolicyText>,
    /// Where it was written.
    pub at: (SourceId, Span),
}

/// An API that may be in a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// This one.
    Api(ApiId),
    /// Any: which one is meant is not known.
    Any,
}

/// Whether a product is shown and can be subscribed to; calls with existing keys work either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductState {
    /// Not shown.
    NotPublished,
    /// Shown.
    Published,
}

/// A group of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its resource name.
    pub id: GroupId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// A pair of keys that opens what its scope names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its resource name.
    pub id: SubscriptionId,
    /// What people call it.
    pub name: String,
    /// What it opens.
    pub scope: SubscriptionScope,
    /// Only `Active` opens anything.
    pub state: SubscriptionState,
    /// The user it belongs to, by resource name.
    pub owner: Option<String>,
    /// The first key, if the configuration carries one.
    pub primary_key: Option<SecretRef>,
    /// The second key, if the configuration carries one.
    pub secondary_key: Option<SecretRef>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it starts; a record only, the service does not enforce it.
    pub starts: Option<Timestamp>,
    /// When it ends; after that it is treated as expired.
    pub ends: Option<Timestamp>,
    /// Where it was written.
    pub at: (SourceId, Span),
}

/// What a subscription opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionScope {
    /// Every API, without product context (`/apis`).
    AllApis,
    /// One API, without product context (`/apis/x`).
    Api(ApiId),
    /// The APIs of a product, with its context (`/products/x`).
    Product(ProductId),
}

/// The life of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Its keys open its scope.
    Active,
    /// Stopped by an administrator.
    Suspended,
    /// Waits for approval.
    Submitted,
    /// Approval was refused.
    Rejected,
    /// Given up by its owner.
    Cancelled,
    /// Past its end.
    Expired,
}
