//! Limits the tokens that each value of a key uses in calls to Azure OpenAI.
//!
//! # What it does
//!
//! It is `llm-token-limit` for APIs of Azure OpenAI: the same attributes and the same effect.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. They are those of `llm-token-limit`.
//!
//! # Example
//!
//! ```xml
//! <azure-openai-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="5000" estimate-prompt-tokens="false" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then as `llm-token-limit`.

use super::llm_token_limit;
use crate::grammar::{ElementSpec, PolicySpec};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit Azure OpenAI tokens",
    summary: "Limits the tokens that each value of a key uses in calls to Azure OpenAI.",
    root: ElementSpec {
        name: "azure-openai-token-limit",
        ..llm_token_limit::SPEC.root
    },
    ..llm_token_limit::SPEC
};
