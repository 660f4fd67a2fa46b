//! Publishes a message through a Dapr sidecar.
//!
//! # What it does
//!
//! The text is the message, sent to the topic of the sidecar beside the gateway.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in the scopes global, product, API and operation, as
//! often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Without `pubsub-name` the topic is `component/topic`.
//!
//! # Example
//!
//! ```xml
//! <publish-to-dapr pubsub-name="orders" topic="created">@(context.Request.Body.As<string>(preserveContent: true))</publish-to-dapr>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then an error of the sidecar ends the
//! section: 500 and `on-error`, unless it is ignored.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec, optional, required,
};
use crate::policies::parts::vocabulary::{
    DAPR_IGNORE_ERROR, DAPR_TIMEOUT, RESPONSE_VARIABLE, TEMPLATE, TEMPLATE_TYPE,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Send message to Pub/Sub topic",
    summary: "Publishes a message through a Dapr sidecar.",
    category: Category::Integration,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("pubsub-name", Kind::Text, "the component of the sidecar"),
            required("topic", Kind::Text, "the topic"),
            DAPR_IGNORE_ERROR,
            RESPONSE_VARIABLE,
            DAPR_TIMEOUT,
            TEMPLATE,
            TEMPLATE_TYPE,
        ],
        text: TextSpec::optional(Kind::Text, "the message").verbatim(),
        ..ElementSpec::new("publish-to-dapr")
    },
};
