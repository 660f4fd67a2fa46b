//! Runs the policies in it at the same time.
//!
//! # What it does
//!
//! The policies in it run at the same time. It goes on when all have ended, or, with `for="any"`,
//! when the first has.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed. It holds `send-request`, `cache-lookup-value`
//! and `choose`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <wait for="all">
//!     <send-request response-variable-name="a">
//!         <set-url>https://a.example/</set-url>
//!         <set-method>GET</set-method>
//!     </send-request>
//!     <cache-lookup-value key="b" variable-name="b" />
//! </wait>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then the failure of a policy in it is
//! its own.

use crate::grammar::{
    Category, ElementSpec, Kind, Nested, PolicySpec, Repeat, Scopes, Sections, optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Wait",
    summary: "Runs the policies in it at the same time.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[optional("for", Kind::OneOf(&["all", "any"]), "what it waits for").or("all")],
        policies: Nested::Steps(&["send-request", "cache-lookup-value", "choose"]),
        ..ElementSpec::new("wait")
    },
};
