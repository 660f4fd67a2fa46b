//! Checks the headers of the response against the API's description.
//!
//! # What it does
//!
//! Headers that the description names are checked against their schemas, others by whether they are
//! allowed at all.
//!
//! # Where it may stand
//!
//! In `outbound` and `on-error`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An action is `ignore`, `prevent` or `detect`.
//!
//! # Example
//!
//! ```xml
//! <validate-headers specified-header-action="detect" unspecified-header-action="ignore" errors-variable-name="errors" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then what is prevented is 400 for a
//! request and 502 for a response, after `on-error`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required,
};
use crate::policies::parts::vocabulary::{ACTION, ERRORS_VARIABLE};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate headers",
    summary: "Checks the headers of the response against the API's description.",
    category: Category::Validation,
    sections: Sections::OUTBOUND.or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required(
                "specified-header-action",
                ACTION,
                "what happens with a header that does not conform",
            ),
            required(
                "unspecified-header-action",
                ACTION,
                "what happens with a header that is not described",
            ),
            ERRORS_VARIABLE,
        ],
        children: &[ChildSpec::any(&HEADER)],
        ..ElementSpec::new("validate-headers")
    },
};

const HEADER: ElementSpec = ElementSpec {
    meaning: "What differs for one header.",
    attributes: &[
        required("name", Kind::HeaderName, "its name").literal(),
        required("action", ACTION, "what happens if it does not conform"),
    ],
    ..ElementSpec::new("header")
};
