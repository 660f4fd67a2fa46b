//! Limits the calls or the volume of each value of a key over a long period.
//!
//! # What it does
//!
//! Each value of `counter-key` may make `calls` calls and move `bandwidth` kilobytes in each
//! period. Periods follow each other from `first-period-start`. The same key is the same counter
//! wherever it is used; in one request it is incremented once.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At least one of `calls` and `bandwidth` is given. A period
//! has at least 300 seconds; 0 never ends.
//!
//! # Example
//!
//! ```xml
//! <quota-by-key calls="10000" bandwidth="40000" renewal-period="3600" counter-key="@(context.Request.IpAddress)" />
//! ```
//!
//! # Differences from Azure
//!
//! Periods from 1 to 299 seconds are accepted when the document is checked.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 403 with `Retry-After`, after
//! `on-error`. Reason `QuotaExceeded`.

use crate::grammar::{
    Category, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set usage quota by key",
    summary: "Limits the calls or the volume of each value of a key over a long period.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "calls",
                Kind::COUNT,
                "how many calls are allowed in the period",
            )
            .literal(),
            optional(
                "bandwidth",
                Kind::COUNT,
                "how many kilobytes are allowed in the period",
            )
            .literal(),
            required(
                "renewal-period",
                Kind::SECONDS,
                "the length of the period; 0 never ends",
            )
            .literal(),
            required("counter-key", Kind::Text, "what is counted apart"),
            optional("increment-condition", Kind::Bool, "whether the call counts").or("true"),
            optional(
                "increment-count",
                Kind::COUNT,
                "as how many calls it counts",
            )
            .or("1"),
            optional(
                "first-period-start",
                Kind::DateTime,
                "when the first period starts",
            )
            .or("0001-01-01T00:00:00Z")
            .literal(),
        ],
        choices: &[Choice::at_least_one(&["calls", "bandwidth"])],
        ..ElementSpec::new("quota-by-key")
    },
};
