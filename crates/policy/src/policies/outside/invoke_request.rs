//! Sends a request to an address or backend.
//!
//! # What it does
//!
//! The request that is described is sent to the address or backend. Its response goes into the
//! variable, or, without one, becomes the response and ends the section.
//!
//! # Where it may stand
//!
//! In `inbound`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <invoke-request method="GET" url="https://stock.example/items" response-variable-name="stock">
//!     <header name="Accept" value="application/json" />
//! </invoke-request>
//! ```
//!
//! # Differences from Azure
//!
//! It is known from the policy toolkit only; the manual does not have it.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then no response ends the section:
//! 500 and `on-error`.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections,
    TextSpec, optional, required,
};
use crate::policies::parts::vocabulary::RESPONSE_VARIABLE;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Invoke request",
    summary: "Sends a request to an address or backend.",
    category: Category::Integration,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("method", Kind::Method, "the method"),
            optional("url", Kind::Text, "the address, or the path at the backend"),
            optional(
                "backend-id",
                Kind::Reference(Entity::Backend),
                "the backend",
            ),
            RESPONSE_VARIABLE,
        ],
        children: &[ChildSpec::any(&HEADER), ChildSpec::maybe(&BODY)],
        choices: &[Choice::at_least_one(&["url", "backend-id"])],
        ..ElementSpec::new("invoke-request")
    },
};

const HEADER: ElementSpec = ElementSpec {
    meaning: "A header of the request.",
    attributes: &[
        required("name", Kind::HeaderName, "its name"),
        required("value", Kind::Text, "its value"),
    ],
    ..ElementSpec::new("header")
};

const BODY: ElementSpec = ElementSpec {
    meaning: "The body of the request.",
    text: TextSpec::optional(Kind::Text, "the body").verbatim(),
    ..ElementSpec::new("body")
};
