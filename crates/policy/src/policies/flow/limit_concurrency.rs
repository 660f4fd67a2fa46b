//! Limits how many requests run the policies in it at the same time.
//!
//! # What it does
//!
//! At most `max-count` requests with the same `key` are within the policies at a time. A request
//! beyond that is refused at once; nobody waits.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed. It holds whatever may stand in the section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. A constant key means one limit for all.
//!
//! # Example
//!
//! ```xml
//! <limit-concurrency key="@(context.Request.IpAddress)" max-count="3">
//!     <set-variable name="slow" value="true" />
//! </limit-concurrency>
//! ```
//!
//! # Differences from Azure
//!
//! Azure splits the limit over the units of a region; here it is exact within one gateway.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 429, after `on-error`.

use crate::grammar::{
    Category, ElementSpec, Kind, Nested, PolicySpec, Repeat, Scopes, Sections, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit concurrency",
    summary: "Limits how many requests run the policies in it at the same time.",
    category: Category::Limits,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("key", Kind::Text, "what is counted apart"),
            required("max-count", Kind::POSITIVE, "how many requests at a time").literal(),
        ],
        policies: Nested::Any,
        ..ElementSpec::new("limit-concurrency")
    },
};
