//! Sends a message to a queue or topic of Service Bus.
//!
//! # What it does
//!
//! The payload is sent with the properties that are listed, under a managed identity.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in the scopes global, product, API and operation, as
//! often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Exactly one of `queue-name` and `topic-name` is given.
//!
//! # Example
//!
//! ```xml
//! <send-service-bus-message queue-name="orders" namespace="contoso.servicebus.example">
//!     <message-properties>
//!         <message-property name="kind">created</message-property>
//!     </message-properties>
//!     <payload>@(context.Request.Body.As<string>(preserveContent: true))</payload>
//! </send-service-bus-message>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then no connection ends the section:
//! 500 and `on-error`.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Send service bus message",
    summary: "Sends a message to a queue or topic of Service Bus.",
    category: Category::Integration,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("queue-name", Kind::Text, "the queue"),
            optional("topic-name", Kind::Text, "the topic"),
            optional("namespace", Kind::Text, "the full name of the namespace"),
            optional(
                "client-id",
                Kind::Text,
                "the identity, if it is not the one of the system",
            ),
        ],
        children: &[
            ChildSpec::maybe(&MESSAGE_PROPERTIES),
            ChildSpec::one(&PAYLOAD),
        ],
        choices: &[Choice::exactly_one(&["queue-name", "topic-name"])],
        ..ElementSpec::new("send-service-bus-message")
    },
};

const MESSAGE_PROPERTIES: ElementSpec = ElementSpec {
    meaning: "What the message carries beside the payload.",
    children: &[ChildSpec::any(&MESSAGE_PROPERTY)],
    ..ElementSpec::new("message-properties")
};

const MESSAGE_PROPERTY: ElementSpec = ElementSpec {
    meaning: "One of these.",
    attributes: &[required("name", Kind::Text, "its name")],
    text: TextSpec::optional(Kind::Text, "its value"),
    ..ElementSpec::new("message-property")
};

const PAYLOAD: ElementSpec = ElementSpec {
    meaning: "The message itself.",
    text: TextSpec::optional(Kind::Text, "the message").verbatim(),
    ..ElementSpec::new("payload")
};
