//! Limits the calls of a subscription in a sliding window.
//!
//! # What it does
//!
//! Each subscription may make `calls` calls in any `renewal-period` seconds, counted for the scope
//! that the policy stands in. Limits of single APIs and operations within a product are counted
//! beside it, and each must have room.
//!
//! A request without a subscription is not counted.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes product, API and operation, once in a document.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An `api` or `operation` is meant by `id`, or by `name` if it
//! has no `id`.
//!
//! # Example
//!
//! ```xml
//! <rate-limit calls="20" renewal-period="90" remaining-calls-header-name="X-Remaining-Calls">
//!     <api id="flights" calls="10" renewal-period="60" />
//! </rate-limit>
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
    AttributeSpec, Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes,
    Sections, optional, required,
};
use crate::policies::vocabulary::{
    REMAINING_CALLS_HEADER, REMAINING_CALLS_VARIABLE, RETRY_AFTER_HEADER, RETRY_AFTER_VARIABLE,
    TOTAL_CALLS_HEADER,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit call rate by subscription",
    summary: "Limits the calls of each subscription in a sliding window.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::PRODUCT_AND_NARROWER,
    repeat: Repeat::OncePerDocument,
    root: ElementSpec {
        attributes: &[
            CALLS,
            RENEWAL_PERIOD,
            RETRY_AFTER_HEADER,
            RETRY_AFTER_VARIABLE,
            REMAINING_CALLS_HEADER,
            REMAINING_CALLS_VARIABLE,
            TOTAL_CALLS_HEADER,
        ],
        children: &[ChildSpec::any(&API)],
        ..ElementSpec::new("rate-limit")
    },
};

const API: ElementSpec = ElementSpec {
    meaning: "A limit for one API of the product.",
    attributes: &[NAME, ID, CALLS, RENEWAL_PERIOD],
    children: &[ChildSpec::any(&OPERATION)],
    choices: &[Choice::at_least_one(&["name", "id"])],
    ..ElementSpec::new("api")
};

const OPERATION: ElementSpec = ElementSpec {
    meaning: "A limit for one operation of the API.",
    attributes: &[NAME, ID, CALLS, RENEWAL_PERIOD],
    choices: &[Choice::at_least_one(&["name", "id"])],
    ..ElementSpec::new("operation")
};

const CALLS: AttributeSpec = required(
    "calls",
    Kind::COUNT,
    "how many calls are allowed in the window",
)
.literal();

const RENEWAL_PERIOD: AttributeSpec = required(
    "renewal-period",
    Kind::Seconds { min: 1, max: 300 },
    "the length of the sliding window",
)
.literal();

const NAME: AttributeSpec =
    optional("name", Kind::Text, "its name; not read if `id` is given").literal();

const ID: AttributeSpec = optional("id", Kind::Text, "its id").literal();
