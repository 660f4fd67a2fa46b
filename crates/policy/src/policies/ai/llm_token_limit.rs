//! Limits the tokens that each value of a key uses in calls to language models.
//!
//! # What it does
//!
//! Each value of `counter-key` may use so many tokens in a minute, and so many in an hour, day,
//! week, month or year. Prompt and completion count; with `estimate-prompt-tokens` a prompt can be
//! refused before it is sent.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. `token-quota` and `token-quota-period` go together, and a
//! rate, a quota or both are given.
//!
//! # Example
//!
//! ```xml
//! <llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="5000" estimate-prompt-tokens="false" remaining-tokens-variable-name="remainingTokens" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 429 above the rate, 403 above
//! the quota, with `Retry-After`, after `on-error`.

use crate::grammar::{
    AttributeSpec, Category, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections,
    optional, required,
};
use crate::policies::parts::vocabulary::{RETRY_AFTER_HEADER, RETRY_AFTER_VARIABLE};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit language model tokens",
    summary: "Limits the tokens that each value of a key uses in calls to language models.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("counter-key", Kind::Text, "what is counted apart"),
            optional(
                "tokens-per-minute",
                Kind::COUNT,
                "how many tokens are allowed in a minute",
            ),
            optional(
                "token-quota",
                Kind::COUNT,
                "how many tokens are allowed in the period",
            ),
            optional(
                "token-quota-period",
                Kind::OneOf(&["Hourly", "Daily", "Weekly", "Monthly", "Yearly"]),
                "the period of the quota",
            ),
            required(
                "estimate-prompt-tokens",
                Kind::Bool,
                "whether the size of a prompt is estimated before it is sent",
            )
            .literal(),
            RETRY_AFTER_HEADER,
            RETRY_AFTER_VARIABLE,
            header(
                "remaining-quota-tokens-header-name",
                "the response header that says how many tokens of the quota remain",
            ),
            variable(
                "remaining-quota-tokens-variable-name",
                "the variable that says how many tokens of the quota remain",
            ),
            header(
                "remaining-tokens-header-name",
                "the response header that says how many tokens of the minute remain",
            ),
            variable(
                "remaining-tokens-variable-name",
                "the variable that says how many tokens of the minute remain",
            ),
            header(
                "tokens-consumed-header-name",
                "the response header that says how many tokens were used",
            ),
            variable(
                "tokens-consumed-variable-name",
                "the variable that says how many tokens were used",
            ),
        ],
        choices: &[
            Choice::at_least_one(&["tokens-per-minute", "token-quota"]),
            Choice::all_or_none(&["token-quota", "token-quota-period"]),
        ],
        ..ElementSpec::new("llm-token-limit")
    },
};

const fn header(name: &'static str, meaning: &'static str) -> AttributeSpec {
    optional(name, Kind::HeaderName, meaning).literal()
}

const fn variable(name: &'static str, meaning: &'static str) -> AttributeSpec {
    optional(name, Kind::VariableName, meaning).literal()
}
