//! Chooses the service that the request goes to.
//!
//! # What it does
//!
//! `base-url` names the service by its address, `backend-id` by the backend of the configuration
//! that describes it, with its credentials and checks. The path of the operation and the query are
//! added to it.
//!
//! With `backend-id="dapr"` the request goes to a Dapr sidecar, which calls the method
//! `dapr-method` of the application `dapr-app-id`.
//!
//! # Where it may stand
//!
//! In `inbound` and `backend`, in every scope, as often as needed. In `outbound` it is accepted and
//! has no effect.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Exactly one of `base-url` and `backend-id` is given.
//!
//! # Example
//!
//! ```xml
//! <set-backend-service base-url="https://backend.example/v2" />
//! ```
//!
//! # Differences from Azure
//!
//! A backend that a broader scope chose by `backend-id` cannot be replaced by a `base-url`, as in
//! Azure. Service Fabric is not supported.
//!
//! # Failure
//!
//! A backend that does not exist is an error when the document is loaded, or, if its id is
//! computed, ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set backend service",
    summary: "Chooses the service that the request goes to.",
    category: Category::Routing,
    sections: Sections::INBOUND
        .or(Sections::BACKEND)
        .or(Sections::OUTBOUND),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("base-url", Kind::Url, "the address of the service"),
            optional(
                "backend-id",
                Kind::Reference(Entity::Backend),
                "the backend that describes the service",
            ),
            optional(
                "sf-resolve-condition",
                Kind::Bool,
                "when a Service Fabric partition is resolved again",
            ),
            optional(
                "sf-service-instance-name",
                Kind::Text,
                "the Service Fabric service",
            ),
            optional(
                "sf-partition-key",
                Kind::Text,
                "the key of the Service Fabric partition",
            ),
            optional(
                "sf-listener-name",
                Kind::Text,
                "the Service Fabric listener",
            ),
            optional(
                "sf-replica-type",
                Kind::OneOf(&["primary", "secondary"]),
                "the kind of Service Fabric replica",
            ),
            optional("dapr-app-id", Kind::Text, "the Dapr application"),
            optional(
                "dapr-method",
                Kind::Text,
                "the method of the Dapr application",
            ),
            optional(
                "dapr-namespace",
                Kind::Text,
                "the namespace of the Dapr application",
            ),
        ],
        choices: &[
            Choice::exactly_one(&["base-url", "backend-id"]),
            Choice::all_or_none(&["dapr-app-id", "dapr-method"]),
        ],
        ..ElementSpec::new("set-backend-service")
    },
};
