//! Keeps the response in the cache.
//!
//! # What it does
//!
//! Keeps the response of a GET request that `cache-lookup` did not find. Without `cache-response`
//! only a 200 is kept.
//!
//! # Where it may stand
//!
//! In `outbound`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <cache-store duration="3600" />
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

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Store to cache",
    summary: "Keeps the response in the cache.",
    category: Category::Caching,
    sections: Sections::OUTBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required("duration", Kind::SECONDS, "for how many seconds"),
            optional(
                "cache-response",
                Kind::Bool,
                "whether the response is kept, whatever its status",
            ),
        ],
        ..ElementSpec::new("cache-store")
    },
};
