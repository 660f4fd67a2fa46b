//! Reads a value from the cache into a variable.
//!
//! # What it does
//!
//! The value goes into the variable. If it is not there the variable gets `default-value`, or is
//! left as it is.
//!
//! # Where it may stand
//!
//! In every section and scope.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <cache-lookup-value key="@("user-" + context.User.Id)" variable-name="profile" />
//! ```
//!
//! # Differences from Azure
//!
//! The manual allows it once in a section and not in a fragment; documents that do otherwise run in
//! Azure, so neither is checked.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail: a cache that
//! cannot be reached holds nothing.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};
use crate::policies::parts::vocabulary::CACHING_TYPE;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Get value from cache",
    summary: "Reads a value from the cache into a variable.",
    category: Category::Caching,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("key", Kind::Text, "the key of the value"),
            required(
                "variable-name",
                Kind::VariableName,
                "the variable that receives the value",
            )
            .literal(),
            optional(
                "default-value",
                Kind::Text,
                "what the variable gets if the value is not there",
            ),
            CACHING_TYPE,
        ],
        ..ElementSpec::new("cache-lookup-value")
    },
};
