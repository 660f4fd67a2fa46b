//! Removes a value from the cache.
//!
//! # What it does
//!
//! The value of the key is no longer there for any request that comes later.
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
//! <cache-remove-value key="@("user-" + context.User.Id)" />
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
    title: "Remove value from cache",
    summary: "Removes a value from the cache.",
    category: Category::Caching,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("key", Kind::Text, "the key of the value"),
            CACHING_TYPE,
        ],
        ..ElementSpec::new("cache-remove-value")
    },
};
