//! Limits the calls or the volume of each subscription over a long period.
//!
//! # What it does
//!
//! Each subscription of the product may make `calls` calls and move `bandwidth` kilobytes in each
//! period. Periods are aligned to the start of the subscription; a period of 0 seconds never ends.
//! Single APIs and operations can have limits of their own.
//!
//! # Where it may stand
//!
//! In `inbound`, in the product scope, once in a document.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At least one of `calls` and `bandwidth` is given. An `api`
//! or `operation` without `renewal-period` has that of the whole.
//!
//! # Example
//!
//! ```xml
//! <quota calls="10000" bandwidth="40000" renewal-period="3600" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 403 with `Retry-After`, after
//! `on-error`. Reason `QuotaExceeded`.

use portcullis_model::policy::Scope;

use crate::grammar::{
    AttributeSpec, Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes,
    Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set usage quota by subscription",
    summary: "Limits the calls or the volume of each subscription over a long period.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::of(Scope::Product),
    repeat: Repeat::OncePerDocument,
    root: ElementSpec {
        attributes: &[
            CALLS,
            BANDWIDTH,
            required(
                "renewal-period",
                Kind::SECONDS,
                "the length of the period; 0 never ends",
            )
            .literal(),
        ],
        children: &[ChildSpec::any(&API)],
        choices: &[Choice::at_least_one(&["calls", "bandwidth"])],
        ..ElementSpec::new("quota")
    },
};

const API: ElementSpec = ElementSpec {
    meaning: "A limit for one API of the product.",
    attributes: &[NAME, ID, CALLS, BANDWIDTH, RENEWAL_PERIOD],
    children: &[ChildSpec::any(&OPERATION)],
    choices: &[Choice::at_least_one(&["name", "id"])],
    ..ElementSpec::new("api")
};

const OPERATION: ElementSpec = ElementSpec {
    meaning: "A limit for one operation of the API.",
    attributes: &[NAME, ID, CALLS, BANDWIDTH, RENEWAL_PERIOD],
    choices: &[Choice::at_least_one(&["name", "id"])],
    ..ElementSpec::new("operation")
};

const CALLS: AttributeSpec = optional(
    "calls",
    Kind::COUNT,
    "how many calls are allowed in the period",
)
.literal();

const BANDWIDTH: AttributeSpec = optional(
    "bandwidth",
    Kind::COUNT,
    "how many kilobytes are allowed in the period",
)
.literal();

const RENEWAL_PERIOD: AttributeSpec =
    optional("renewal-period", Kind::SECONDS, "the length of the period").literal();

const NAME: AttributeSpec =
    optional("name", Kind::Text, "its name; not read if `id` is given").literal();

const ID: AttributeSpec = optional("id", Kind::Text, "its id").literal();
