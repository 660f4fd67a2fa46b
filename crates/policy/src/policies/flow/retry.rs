//! Runs the policies in it again while a condition holds.
//!
//! # What it does
//!
//! The policies run once. Then, while the condition is true and no more than `count` times, it
//! waits and they run again.
//!
//! The wait is `interval`; with `delta` it grows linearly, with `delta` and `max-interval`
//! exponentially up to that bound; with `first-fast-retry` the first repetition comes at once.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed. It holds whatever may stand in the section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. To send a body again, set `buffer-request-body` on the
//! `forward-request` in it.
//!
//! # Example
//!
//! ```xml
//! <retry condition="@(context.Response.StatusCode == 500)" count="3" interval="1" max-interval="10" delta="1" first-fast-retry="true">
//!     <forward-request buffer-request-body="true" />
//! </retry>
//! ```
//!
//! # Differences from Azure
//!
//! An interval of 0 is accepted, as documents that run in Azure have it.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then the failure of a policy in it,
//! once repetitions are exhausted, is its own.

use crate::grammar::{
    Category, ElementSpec, Kind, Nested, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Retry",
    summary: "Runs the policies in it again while a condition holds.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("condition", Kind::Bool, "whether to run them again"),
            required(
                "count",
                Kind::Int { min: 1, max: 50 },
                "how often at most to run them again",
            ),
            required("interval", Kind::SECONDS, "how many seconds to wait"),
            optional(
                "max-interval",
                Kind::SECONDS,
                "how many seconds to wait at most",
            ),
            optional("delta", Kind::SECONDS, "by how many seconds the wait grows"),
            optional(
                "first-fast-retry",
                Kind::Bool,
                "whether the first repetition comes at once",
            )
            .or("false"),
        ],
        policies: Nested::Any,
        ..ElementSpec::new("retry")
    },
};
