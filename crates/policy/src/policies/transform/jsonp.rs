//! Wraps JSON responses into a function call for old browsers.
//!
//! # What it does
//!
//! If the request has the query parameter that is named, the response becomes a call of the
//! function that it names.
//!
//! # Where it may stand
//!
//! In `outbound`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <jsonp callback-parameter-name="cb" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then a name that is no JavaScript
//! identifier is 400, after `on-error`. Reason `CallbackParameterInvalid`.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "JSONP",
    summary: "Wraps JSON responses into a function call for old browsers.",
    category: Category::CrossDomain,
    sections: Sections::OUTBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[required(
            "callback-parameter-name",
            Kind::Text,
            "the query parameter that names the function",
        )],
        ..ElementSpec::new("jsonp")
    },
};
