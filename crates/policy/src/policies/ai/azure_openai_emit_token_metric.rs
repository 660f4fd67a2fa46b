//! Emits metrics of the tokens that calls to Azure OpenAI use.
//!
//! # What it does
//!
//! It is `llm-emit-token-metric` for APIs of Azure OpenAI: the same attributes and the same effect.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. They are those of `llm-emit-token-metric`.
//!
//! # Example
//!
//! ```xml
//! <azure-openai-emit-token-metric namespace="shop">
//!     <dimension name="API ID" />
//! </azure-openai-emit-token-metric>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then as `llm-emit-token-metric`.

use super::llm_emit_token_metric;
use crate::grammar::{ElementSpec, PolicySpec};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Emit Azure OpenAI token metrics",
    summary: "Emits metrics of the tokens that calls to Azure OpenAI use.",
    root: ElementSpec {
        name: "azure-openai-emit-token-metric",
        ..llm_emit_token_metric::SPEC.root
    },
    ..llm_emit_token_metric::SPEC
};
