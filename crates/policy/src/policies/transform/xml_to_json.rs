//! Converts the body of the request or the response from XML to JSON.
//!
//! # What it does
//!
//! The body of the request or the response becomes JSON, always or if its type says that it is XML;
//! with `consider-accept-header` only if the client asks for JSON.
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
//! <xml-to-json kind="direct" apply="always" consider-accept-header="false" />
//! ```
//!
//! # Differences from Azure
//!
//! The mapping is not documented in detail; `direct` follows the convention of Newtonsoft,
//! `javascript-friendly` leaves out its prefixes where names stay distinct.
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
    title: "Convert XML to JSON",
    summary: "Converts the body of the request or the response from XML to JSON.",
    category: Category::Transformation,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "kind",
                Kind::OneOf(&["javascript-friendly", "direct"]),
                "how names are mapped",
            ),
            required(
                "apply",
                Kind::OneOf(&["always", "content-type-xml"]),
                "when it converts",
            ),
            optional(
                "consider-accept-header",
                Kind::Bool,
                "whether it converts only if the client asks for JSON",
            )
            .or("true"),
            optional(
                "always-array-child-elements",
                Kind::Bool,
                "whether every element in another becomes an array",
            )
            .or("false"),
        ],
        ..ElementSpec::new("xml-to-json")
    },
};
