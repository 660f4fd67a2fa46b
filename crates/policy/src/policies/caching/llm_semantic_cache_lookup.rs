//! Answers a prompt from the cache if it holds the response to a similar one.
//!
//! # What it does
//!
//! The prompt is turned into a vector by the embeddings backend and compared with those that
//! `llm-semantic-cache-store` kept. A response that is near enough is the answer, and the model is
//! not called.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes global, product, API and operation, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. A lower threshold is stricter.
//!
//! # Example
//!
//! ```xml
//! <llm-semantic-cache-lookup score-threshold="0.05" embeddings-backend-id="embeddings" embeddings-backend-auth="system-assigned">
//!     <vary-by>@(context.Subscription.Id)</vary-by>
//! </llm-semantic-cache-lookup>
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

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Get cached responses of language model requests",
    summary: "Answers a prompt from the cache if it holds the response to a similar one.",
    category: Category::Caching,
    sections: Sections::INBOUND,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required(
                "score-threshold",
                Kind::Number { min: 0.0, max: 1.0 },
                "how far a prompt may be from another",
            ),
            required(
                "embeddings-backend-id",
                Kind::Reference(Entity::Backend),
                "the backend that makes vectors",
            ),
            required(
                "embeddings-backend-auth",
                Kind::OneOf(&["system-assigned"]),
                "the identity for that backend",
            ),
            optional(
                "ignore-system-messages",
                Kind::Bool,
                "whether system messages are left out",
            )
            .or("false"),
            optional(
                "max-message-count",
                Kind::COUNT,
                "how many messages a prompt may have to be looked up",
            ),
        ],
        children: &[ChildSpec::any(&VARY_BY)],
        ..ElementSpec::new("llm-semantic-cache-lookup")
    },
};

const VARY_BY: ElementSpec = ElementSpec {
    meaning: "What responses are kept apart by.",
    text: TextSpec::required(Kind::Text, "a part of the key"),
    ..ElementSpec::new("vary-by")
};
