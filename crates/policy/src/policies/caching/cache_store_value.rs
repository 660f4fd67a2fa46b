//! Keeps a value in the cache.
//!
//! # What it does
//!
//! The value can be read by its key until the duration is over, in this request and in others, of
//! any API.
//!
//! # Where it may stand
//!
//! In every section and scope.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <cache-store-value key="@("user-" + context.User.Id)" value="@((string)context.Variables["profile"])" duration="300" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail: a cache that
//! cannot be reached holds nothing.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};
use crate::policies::parts::vocabulary::CACHING_TYPE;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Store value in cache",
    summary: "Keeps a value in the cache.",
    category: Category::Caching,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("key", Kind::Text, "the key of the value"),
            required("value", Kind::Text, "the value"),
            required("duration", Kind::SECONDS, "for how many seconds"),
            CACHING_TYPE,
        ],
        ..ElementSpec::new("cache-store-value")
    },
};
