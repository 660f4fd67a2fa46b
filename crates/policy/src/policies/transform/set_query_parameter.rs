//! Sets, adds to or removes a parameter of the query.
//!
//! # What it does
//!
//! Changes the query of the request that goes to the backend. With `override` exactly the values
//! listed here remain; `append` adds a pair of name and value for each; `skip` leaves a parameter
//! that exists as it is; `delete` removes it.
//!
//! # Where it may stand
//!
//! In `inbound` and `backend`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Every `value` may be an expression. `delete` needs no value.
//!
//! # Example
//!
//! ```xml
//! <set-query-parameter name="api-version" exists-action="override">
//!     <value>2024-06-01</value>
//! </set-query-parameter>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! An expression that throws ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};
use crate::policies::vocabulary::EXISTS_ACTION;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set query parameter",
    summary: "Sets, adds to or removes a parameter of the query.",
    category: Category::Transformation,
    sections: Sections::INBOUND.or(Sections::BACKEND),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::Text, "the name of the parameter"),
            EXISTS_ACTION,
        ],
        children: &[ChildSpec::any(&VALUE)],
        choices: &[Choice::all_unless("exists-action", "delete", &["value"])],
        ..ElementSpec::new("set-query-parameter")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "One value of the parameter.",
    text: TextSpec::optional(Kind::Text, "the value, before it is percent-encoded"),
    ..ElementSpec::new("value")
};
