//! Answers a prompt to Azure OpenAI from the cache if it holds the response to a similar one.
//!
//! # What it does
//!
//! It is `llm-semantic-cache-lookup` for APIs of Azure OpenAI: the same attributes and the same
//! effect.
//!
//! # Where it may stand
//!
//! In `inbound`. In the scopes global, product, API and operation, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. They are those of `llm-semantic-cache-lookup`.
//!
//! # Example
//!
//! ```xml
//! <azure-openai-semantic-cache-lookup score-threshold="0.05" embeddings-backend-id="embeddings" embeddings-backend-auth="system-assigned" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then as `llm-semantic-cache-lookup`.

use super::llm_semantic_cache_lookup;
use crate::grammar::{ElementSpec, PolicySpec};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Get cached responses of Azure OpenAI requests",
    summary: "Answers a prompt to Azure OpenAI from the cache if it holds the response to a similar one.",
    root: ElementSpec {
        name: "azure-openai-semantic-cache-lookup",
        ..llm_semantic_cache_lookup::SPEC.root
    },
    ..llm_semantic_cache_lookup::SPEC
};
