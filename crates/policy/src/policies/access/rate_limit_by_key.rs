//! Limits the calls of whoever a key stands for in a sliding window.
//!
//! # What it does
//!
//! Each value of `counter-key` may make `calls` calls in any `renewal-period` seconds. The same key
//! is the same counter wherever it is used, in whatever scope.
//!
//! If `increment-condition` or `increment-count` is an expression, the call is counted at the end
//! of `outbound`, when the response is known; the first refusal then comes one call later.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <rate-limit-by-key calls="10" renewal-period="60" counter-key="@(context.Request.IpAddress)" />
//! ```
//!
//! # Differences from Azure
//!
//! Azure says that its limit is not exact; here it is exact within one gateway.
//!
//! # Failure
//!
//! 429 with `Retry-After`, after `on-error`. Reason `RateLimitExceeded`.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};
use crate::policies::vocabulary::{
    REMAINING_CALLS_HEADER, REMAINING_CALLS_VARIABLE, RETRY_AFTER_HEADER, RETRY_AFTER_VARIABLE,
    TOTAL_CALLS_HEADER,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit call rate by key",
    summary: "Limits the calls of each value of a key in a sliding window.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "calls",
                Kind::COUNT,
                "how many calls are allowed in the window",
            ),
            required(
                "renewal-period",
                Kind::Seconds { min: 1, max: 300 },
                "the length of the sliding window",
            ),
            required("counter-key", Kind::Text, "what is counted apart"),
            optional("increment-condition", Kind::Bool, "whether the call counts").or("true"),
            optional(
                "increment-count",
                Kind::COUNT,
                "as how many calls it counts",
            )
            .or("1"),
            optional(
                "increment-after-response",
                Kind::Bool,
                "whether the call is counted only when the response is known",
            )
            .or("false")
            .literal(),
            RETRY_AFTER_HEADER,
            RETRY_AFTER_VARIABLE,
            REMAINING_CALLS_HEADER,
            REMAINING_CALLS_VARIABLE,
            TOTAL_CALLS_HEADER,
        ],
        ..ElementSpec::new("rate-limit-by-key")
    },
};
