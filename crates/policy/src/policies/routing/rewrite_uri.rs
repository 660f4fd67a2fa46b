//! Changes the path and query of the request to the backend.
//!
//! # What it does
//!
//! The template takes the place of the path that follows the backend's address. `{name}` in it
//! stands for a parameter of the operation's URL template. The query of the template is added, and
//! so are, unless `copy-unmatched-params` is `false`, the parameters of the request that the
//! operation's template does not name.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. If the template is computed, the whole value is one
//! expression.
//!
//! # Example
//!
//! ```xml
//! <rewrite-uri template="/api/items" copy-unmatched-params="false" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A `{name}` that is no parameter of the operation is an error when the document is loaded at
//! operation scope; at a broader scope it ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Rewrite URL",
    summary: "Changes the path and query of the request that goes to the backend.",
    category: Category::Transformation,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "template",
                Kind::Text,
                "the new path and query, with `{name}` for parameters",
            ),
            optional(
                "copy-unmatched-params",
                Kind::Bool,
                "whether other query parameters of the request are kept",
            )
            .or("true"),
        ],
        ..ElementSpec::new("rewrite-uri")
    },
};
