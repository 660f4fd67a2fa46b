//! Keeps the response to a prompt in the cache.
//!
//! # What it does
//!
//! Keeps the response together with the vector that `llm-semantic-cache-lookup` made of the prompt.
//!
//! # Where it may stand
//!
//! In `outbound`, in the scopes global, product, API and operation, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <llm-semantic-cache-store duration="60" />
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

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Store responses of language model requests",
    summary: "Keeps the response to a prompt in the cache.",
    category: Category::Caching,
    sections: Sections::OUTBOUND,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[required("duration", Kind::SECONDS, "for how many seconds")],
        ..ElementSpec::new("llm-semantic-cache-store")
    },
};
