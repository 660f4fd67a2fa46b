//! Checks headers, query and path of the request against the API's description.
//!
//! # What it does
//!
//! Headers, query and path parameters are checked: those that the description names against their
//! schemas, others by whether they are allowed at all.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An action is `ignore`, `prevent` or `detect`; an inner one
//! overrides an outer one.
//!
//! # Example
//!
//! ```xml
//! <validate-parameters specified-parameter-action="prevent" unspecified-parameter-action="prevent">
//!     <headers specified-parameter-action="detect" unspecified-parameter-action="ignore">
//!         <parameter name="X-Trace" action="ignore" />
//!     </headers>
//! </validate-parameters>
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
    AttributeSpec, Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections,
    optional, required,
};
use crate::policies::parts::vocabulary::{ACTION, ERRORS_VARIABLE};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate parameters",
    summary: "Checks headers, query and path of the request against the API's description.",
    category: Category::Validation,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required(
                "specified-parameter-action",
                ACTION,
                "what happens with a parameter that does not conform",
            ),
            required(
                "unspecified-parameter-action",
                ACTION,
                "what happens with a parameter that is not described",
            ),
            ERRORS_VARIABLE,
        ],
        children: &[
            ChildSpec::maybe(&HEADERS),
            ChildSpec::maybe(&QUERY),
            ChildSpec::maybe(&PATH),
        ],
        ..ElementSpec::new("validate-parameters")
    },
};

const HEADERS: ElementSpec = ElementSpec {
    meaning: "What differs for headers.",
    attributes: &[SPECIFIED, UNSPECIFIED],
    children: &[ChildSpec::any(&PARAMETER)],
    ..ElementSpec::new("headers")
};

const QUERY: ElementSpec = ElementSpec {
    meaning: "What differs for the query.",
    attributes: &[SPECIFIED, UNSPECIFIED],
    children: &[ChildSpec::any(&PARAMETER)],
    ..ElementSpec::new("query")
};

const PATH: ElementSpec = ElementSpec {
    meaning: "What differs for the path.",
    attributes: &[SPECIFIED],
    children: &[ChildSpec::any(&PARAMETER)],
    ..ElementSpec::new("path")
};

const SPECIFIED: AttributeSpec = optional(
    "specified-parameter-action",
    ACTION,
    "what happens with a parameter that does not conform",
);

const UNSPECIFIED: AttributeSpec = optional(
    "unspecified-parameter-action",
    ACTION,
    "what happens with a parameter that is not described",
);

const PARAMETER: ElementSpec = ElementSpec {
    meaning: "What differs for one parameter.",
    attributes: &[
        required("name", Kind::Text, "its name").literal(),
        required("action", ACTION, "what happens if it does not conform"),
    ],
    ..ElementSpec::new("parameter")
};
