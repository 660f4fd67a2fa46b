//! Adds a value to a metric with dimensions of its own.
//!
//! # What it does
//!
//! The value is added to the metric of that name, with the dimensions that are listed.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. There are 1 to 10 dimensions; those with a name that the
//! gateway knows, such as `API ID`, need no value.
//!
//! # Example
//!
//! ```xml
//! <emit-metric name="orders" value="1" namespace="shop">
//!     <dimension name="API ID" />
//!     <dimension name="Client" value="@(context.Request.IpAddress)" />
//! </emit-metric>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};
use crate::policies::parts::vocabulary::DIMENSIONS;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Emit custom metrics",
    summary: "Adds a value to a metric with dimensions of its own.",
    category: Category::Observability,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::Text, "the name of the metric").literal(),
            optional(
                "value",
                Kind::Number {
                    min: f64::MIN,
                    max: f64::MAX,
                },
                "what is added",
            )
            .or("1"),
            optional("namespace", Kind::Text, "the namespace of the metric")
                .or("API Management")
                .literal(),
        ],
        children: &[DIMENSIONS],
        ..ElementSpec::new("emit-metric")
    },
};
