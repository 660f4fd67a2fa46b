//! Ends the pipeline with a response.
//!
//! # What it does
//!
//! The response is put together in this order: the one in the variable `response-variable-name`, or
//! 200 without a body; then `set-status`, `set-header`, `set-body`. It goes to the client at once:
//! no further section runs, and neither does `on-error`.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. It holds `set-status` and `set-body` at most once and
//! `set-header` as often as needed.
//!
//! # Example
//!
//! ```xml
//! <return-response>
//!     <set-status code="401" reason="Unauthorized" />
//!     <set-header name="WWW-Authenticate" exists-action="override">
//!         <value>Bearer error="invalid_token"</value>
//!     </set-header>
//! </return-response>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A variable that holds no response, and an expression that throws, end the section: 500 and
//! `on-error`.

use crate::grammar::{
    Category, ElementSpec, Kind, Nested, NestedPolicy, PolicySpec, Repeat, Scopes, Sections,
    optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Return response",
    summary: "Ends the pipeline and answers with a response that is described here.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[optional(
            "response-variable-name",
            Kind::VariableName,
            "the variable with the response to start from",
        )
        .literal()],
        policies: Nested::Only(&[
            NestedPolicy::maybe("set-status"),
            NestedPolicy::any("set-header"),
            NestedPolicy::maybe("set-body"),
        ]),
        ..ElementSpec::new("return-response")
    },
};
