//! Replaces a text in the body.
//!
//! # What it does
//!
//! Every occurrence of `from` in the body of the request (before the backend was called) or of the
//! response becomes `to`. It is a plain comparison, not a pattern, and distinguishes case.
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
//! <find-and-replace from="http://internal.example" to="https://api.example" />
//! ```
//!
//! # Differences from Azure
//!
//! Whether Azure distinguishes case is not documented; here it does.
//!
//! # Failure
//!
//! A body above the limit for buffering ends the section: 500 and `on-error`.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Find and replace in body",
    summary: "Replaces every occurrence of a text in the body of the request or the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("from", Kind::Text, "what is replaced"),
            required("to", Kind::Text, "what it becomes"),
        ],
        ..ElementSpec::new("find-and-replace")
    },
};
