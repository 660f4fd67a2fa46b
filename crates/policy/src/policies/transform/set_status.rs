//! Changes the status of the response.
//!
//! # What it does
//!
//! Sets code and reason phrase of the response, or of the response that a surrounding
//! `return-response` describes.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Without `reason` the standard phrase of the code is taken.
//!
//! # Example
//!
//! ```xml
//! <set-status code="404" reason="Not Found" />
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls `reason` required; documents without it run in Azure, so it is a warning here.
//!
//! # Failure
//!
//! A computed code that is no status code ends the section: 500 and `on-error`.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set status",
    summary: "Changes the status code and reason phrase of the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("code", Kind::Status, "the status code"),
            required("reason", Kind::Text, "the reason phrase").expected(),
        ],
        ..ElementSpec::new("set-status")
    },
};
