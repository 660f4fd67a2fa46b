//! Sends a message to the event hub of a logger.
//!
//! # What it does
//!
//! The text goes to the event hub that the logger stands for. A message above 200 KB is cut.
//!
//! # Where it may stand
//!
//! In every section, in the scopes global, product, API and operation, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At most one of `partition-id` and `partition-key` is given.
//!
//! # Example
//!
//! ```xml
//! <log-to-eventhub logger-id="audit" partition-id="0">@(string.Join(",", DateTime.UtcNow, context.RequestId, context.Request.IpAddress))</log-to-eventhub>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail.

use crate::grammar::{
    Category, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Log to event hub",
    summary: "Sends a message to the event hub of a logger.",
    category: Category::Observability,
    sections: Sections::ALL,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("logger-id", Kind::Reference(Entity::Logger), "the logger").literal(),
            optional("partition-id", Kind::Text, "the partition").literal(),
            optional(
                "partition-key",
                Kind::Text,
                "what messages are spread over partitions by",
            ),
        ],
        text: TextSpec::required(Kind::Text, "the message").verbatim(),
        choices: &[Choice::at_most_one(&["partition-id", "partition-key"])],
        ..ElementSpec::new("log-to-eventhub")
    },
};
