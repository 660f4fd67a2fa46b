//! Changes the method of the request.
//!
//! # What it does
//!
//! The text is the method of the request that goes to the backend, or of the request that a
//! surrounding `send-request` describes.
//!
//! # Where it may stand
//!
//! In `inbound` and `on-error`, in every scope, and in `send-request` and its like.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <set-method>POST</set-method>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A text that is no method ends the section: 500 and `on-error`.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set method",
    summary: "Changes the method of the request.",
    category: Category::Transformation,
    sections: Sections::INBOUND.or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        text: TextSpec::required(Kind::Method, "the method"),
        ..ElementSpec::new("set-method")
    },
};
