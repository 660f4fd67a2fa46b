//! Keeps the response of Azure OpenAI to a prompt in the cache.
//!
//! # What it does
//!
//! It is `llm-semantic-cache-store` for APIs of Azure OpenAI: the same attributes and the same
//! effect.
//!
//! # Where it may stand
//!
//! In `outbound`. In the scopes global, product, API and operation, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. They are those of `llm-semantic-cache-store`.
//!
//! # Example
//!
//! ```xml
//! <azure-openai-semantic-cache-store duration="60" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then as `llm-semantic-cache-store`.

use super::llm_semantic_cache_store;
use crate::grammar::{ElementSpec, PolicySpec};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Store responses of Azure OpenAI requests",
    summary: "Keeps the response of Azure OpenAI to a prompt in the cache.",
    root: ElementSpec {
        name: "azure-openai-semantic-cache-store",
        ..llm_semantic_cache_store::SPEC.root
    },
    ..llm_semantic_cache_store::SPEC
};
