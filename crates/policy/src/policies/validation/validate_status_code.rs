//! Checks the status of the response against the API's description.
//!
//! # What it does
//!
//! A status that the operation does not declare is ignored, prevented or noted; single codes can be
//! treated otherwise.
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
//! <validate-status-code unspecified-status-code-action="prevent">
//!     <status-code code="404" action="ignore" />
//! </validate-status-code>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then what is prevented is 502, after
//! `on-error`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required,
};
use crate::policies::parts::vocabulary::{ACTION, ERRORS_VARIABLE};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate status code",
    summary: "Checks the status of the response against the API's description.",
    category: Category::Validation,
    sections: Sections::OUTBOUND.or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required(
                "unspecified-status-code-action",
                ACTION,
                "what happens with a status that is not declared",
            ),
            ERRORS_VARIABLE,
        ],
        children: &[ChildSpec::any(&STATUS_CODE)],
        ..ElementSpec::new("validate-status-code")
    },
};

const STATUS_CODE: ElementSpec = ElementSpec {
    meaning: "What differs for one status.",
    attributes: &[
        required("code", Kind::Status, "the status"),
        required("action", ACTION, "what happens if it is not declared"),
    ],
    ..ElementSpec::new("status-code")
};
