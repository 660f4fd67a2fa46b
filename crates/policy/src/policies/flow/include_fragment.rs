//! Puts the policies of a fragment in its place.
//!
//! # What it does
//!
//! The policies of the fragment run as if they stood here.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed, but not in a fragment. The policies of the
//! fragment must be ones that may stand here.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <include-fragment fragment-id="strip-internal-headers" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A fragment that does not exist is an error when the document is loaded.

use crate::grammar::{
    Category, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Include fragment",
    summary: "Puts the policies of a fragment in its place.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[required(
            "fragment-id",
            Kind::Reference(Entity::Fragment),
            "the name of the fragment",
        )
        .literal()],
        ..ElementSpec::new("include-fragment")
    },
};
