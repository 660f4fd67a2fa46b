//! Converts the body of the request or the response from JSON to XML.
//!
//! # What it does
//!
//! The body of the request or the response becomes XML, always or if its type says that it is JSON;
//! with `consider-accept-header` only if the client asks for XML.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <json-to-xml apply="always" consider-accept-header="false" parse-date="false" />
//! ```
//!
//! # Differences from Azure
//!
//! The root of a document without one is not documented; here it is `Document`.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then a body that cannot be converted
//! ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Convert JSON to XML",
    summary: "Converts the body of the request or the response from JSON to XML.",
    category: Category::Transformation,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "apply",
                Kind::OneOf(&["always", "content-type-json"]),
                "when it converts",
            ),
            optional(
                "consider-accept-header",
                Kind::Bool,
                "whether it converts only if the client asks for XML",
            )
            .or("true"),
            optional(
                "parse-date",
                Kind::Bool,
                "whether texts that look like dates are converted",
            )
            .or("true")
            .literal(),
            optional(
                "namespace-separator",
                Kind::Character,
                "what separates a prefix from a name",
            )
            .or("_"),
            optional(
                "namespace-prefix",
                Kind::Text,
                "the property that declares a namespace",
            ),
            optional(
                "attribute-block-name",
                Kind::Text,
                "the property whose properties become attributes",
            ),
        ],
        ..ElementSpec::new("json-to-xml")
    },
};
