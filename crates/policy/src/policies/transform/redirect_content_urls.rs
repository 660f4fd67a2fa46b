//! Rewrites links in the body so that they point to the gateway.
//!
//! # What it does
//!
//! In `outbound`, links in the body that point to the backend come to point to the gateway; in
//! `inbound` the other way round. Headers are not touched.
//!
//! # Where it may stand
//!
//! In `inbound` and `outbound`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. It has neither.
//!
//! # Example
//!
//! ```xml
//! <redirect-content-urls />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then a body that cannot be read ends
//! the section: 500 and `on-error`.

use crate::grammar::{Category, ElementSpec, PolicySpec, Repeat, Scopes, Sections};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Mask URLs in content",
    summary: "Rewrites links in the body so that they point to the gateway.",
    category: Category::Transformation,
    sections: Sections::INBOUND.or(Sections::OUTBOUND),
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec::new("redirect-content-urls"),
};
