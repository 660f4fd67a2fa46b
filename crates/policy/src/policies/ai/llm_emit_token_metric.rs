//! Emits metrics of the tokens that calls to language models use.
//!
//! # What it does
//!
//! The metrics `Total Tokens`, `Prompt Tokens` and `Completion Tokens` are emitted with the
//! dimensions that are listed.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At least one dimension is given.
//!
//! # Example
//!
//! ```xml
//! <llm-emit-token-metric namespace="shop">
//!     <dimension name="API ID" />
//!     <dimension name="Client" value="@(context.Request.IpAddress)" />
//! </llm-emit-token-metric>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional};
use crate::policies::parts::vocabulary::DIMENSIONS;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Emit language model token metrics",
    summary: "Emits metrics of the tokens that calls to language models use.",
    category: Category::Observability,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("namespace", Kind::Text, "the namespace of the metrics")
                .or("API Management")
                .literal(),
        ],
        children: &[DIMENSIONS],
        ..ElementSpec::new("llm-emit-token-metric")
    },
};
