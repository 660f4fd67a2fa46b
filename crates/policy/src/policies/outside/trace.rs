//! Writes a message into the trace of the request.
//!
//! # What it does
//!
//! The message and its properties go into the trace of the request while it is traced, and into the
//! log from the severity that is configured.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <trace source="checkout" severity="information">
//!     <message>@("cart " + context.Request.MatchedParameters["cart"])</message>
//!     <metadata name="Operation" value="New-Order" />
//! </trace>
//! ```
//!
//! # Differences from Azure
//!
//! The page of the policy does not list `on-error`; the page on errors does, so it is accepted.
//!
//! # Failure
//!
//! An expression that throws ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Trace",
    summary: "Writes a message into the trace of the request and the log.",
    category: Category::Observability,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("source", Kind::Text, "who speaks").literal(),
            optional(
                "severity",
                Kind::OneOf(&["verbose", "information", "error"]),
                "how much it matters",
            )
            .or("verbose")
            .literal(),
        ],
        children: &[ChildSpec::one(&MESSAGE), ChildSpec::any(&METADATA)],
        ..ElementSpec::new("trace")
    },
};

const MESSAGE: ElementSpec = ElementSpec {
    meaning: "What is said.",
    text: TextSpec::required(Kind::Text, "the message"),
    ..ElementSpec::new("message")
};

const METADATA: ElementSpec = ElementSpec {
    meaning: "A property of the message.",
    attributes: &[
        required("name", Kind::Text, "its name").literal(),
        required("value", Kind::Text, "its value"),
    ],
    ..ElementSpec::new("metadata")
};
