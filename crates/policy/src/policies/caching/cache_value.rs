//! Reads a value from the cache, or makes and keeps it.
//!
//! # What it does
//!
//! If the value is not there, or is older than `refresh-after`, the policies in `value` run once to
//! make it, while others that need it wait or take the old one.
//!
//! # Where it may stand
//!
//! In every section and scope.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. The policies in `value` set the variable.
//!
//! # Example
//!
//! ```xml
//! <cache-value key="rates" variable-name="rates" expires-after="300" refresh-after="240">
//!     <value>
//!         <set-variable name="rates" value="1.07" />
//!     </value>
//! </cache-value>
//! ```
//!
//! # Differences from Azure
//!
//! It is known from the policy toolkit only; the manual does not have it.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail: a cache that
//! cannot be reached holds nothing.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, Nested, PolicySpec, Repeat, Scopes, Sections, optional,
    required,
};
use crate::policies::parts::vocabulary::CACHING_TYPE;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Cache value",
    summary: "Reads a value from the cache, or makes and keeps it.",
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
                "expires-after",
                Kind::SECONDS,
                "after how many seconds the value is gone",
            ),
            optional(
                "refresh-after",
                Kind::SECONDS,
                "after how many seconds the value is made anew",
            ),
            optional(
                "default-value",
                Kind::Text,
                "what the variable gets if the value cannot be made",
            ),
            CACHING_TYPE,
        ],
        children: &[ChildSpec::maybe(&VALUE)],
        ..ElementSpec::new("cache-value")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "The policies that make the value.",
    policies: Nested::Any,
    ..ElementSpec::new("value")
};
