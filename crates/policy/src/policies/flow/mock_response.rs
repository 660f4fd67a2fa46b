//! Answers with an example from the API's description.
//!
//! # What it does
//!
//! Of the responses that the operation declares, the one with `status-code` is taken; of its
//! representations the one with `content-type`, or the first; and of that the first example, or a
//! sample made from its schema, or an empty body. The pipeline ends.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <mock-response status-code="200" content-type="application/json" />
//! ```
//!
//! # Differences from Azure
//!
//! The sample that is made from a schema is our own. Headers that the description declares are not
//! mocked.
//!
//! # Failure
//!
//! It does not fail; without example and schema the response has no body.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Mock response",
    summary: "Ends the pipeline and answers with an example from the API's description.",
    category: Category::Transformation,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "status-code",
                Kind::Status,
                "the status of the response, and which declared response is taken",
            )
            .or("200")
            .literal(),
            optional(
                "content-type",
                Kind::Text,
                "the type of the body, and which representation is taken",
            )
            .literal(),
            optional(
                "index",
                Kind::COUNT,
                "which of several examples is taken, from 0",
            )
            .literal(),
        ],
        ..ElementSpec::new("mock-response")
    },
};
