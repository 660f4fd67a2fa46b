//! Sets a context variable.
//!
//! # What it does
//!
//! The variable lives as long as the request and is read as `context.Variables["name"]`. A literal
//! gives a string; an expression gives whatever its value is, without conversion.
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
//! <set-variable name="isMobile" value="@(context.Request.Headers.GetValueOrDefault("User-Agent", "").Contains("Mobile"))" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! An expression that throws ends the section: 500 and `on-error`.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set variable",
    summary: "Sets a context variable to a literal or to the value of an expression.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::VariableName, "the name of the variable").literal(),
            required("value", Kind::Text, "the value"),
        ],
        ..ElementSpec::new("set-variable")
    },
};
