//! Checks that requests to an OData API conform to OData.
//!
//! # What it does
//!
//! URL, headers and parameters must conform to OData, in a version within the bounds.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes global, workspace, product and API, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <validate-odata-request error-variable-name="errors" min-odata-version="4.0" max-odata-version="4.01" max-size="1024" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 400, after `on-error`.

use portcullis_model::policy::Scope;

use crate::grammar::{
    AttributeSpec, Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate OData request",
    summary: "Checks that requests to an OData API conform to OData.",
    category: Category::Validation,
    sections: Sections::INBOUND,
    scopes: Scopes::of(Scope::Global)
        .or(Scopes::of(Scope::Workspace))
        .or(Scopes::of(Scope::Product))
        .or(Scopes::of(Scope::Api)),
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            optional(
                "error-variable-name",
                Kind::VariableName,
                "the variable that receives the errors",
            )
            .literal(),
            version(
                "default-odata-version",
                "the version of a request that names none",
            )
            .or("4.0"),
            version("min-odata-version", "the lowest version that is accepted"),
            version("max-odata-version", "the highest version that is accepted"),
            optional("max-size", Kind::COUNT, "how many bytes a body may have").literal(),
        ],
        ..ElementSpec::new("validate-odata-request")
    },
};

const fn version(name: &'static str, meaning: &'static str) -> AttributeSpec {
    optional(name, Kind::Text, meaning).literal()
}
