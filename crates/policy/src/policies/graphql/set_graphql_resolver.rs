//! Resolves a field of a GraphQL type, in a form that is retired.
//!
//! # What it does
//!
//! Documents of the preview had resolvers in the sections of a policy document. Azure retired the
//! form; data sources take its place.
//!
//! # Where it may stand
//!
//! In `inbound` and `backend`, where old documents have it.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. What stands in it is not checked.
//!
//! # Example
//!
//! ```xml
//! <set-graphql-resolver parent-type="Query" field="users">
//!     <http-data-source>
//!         <http-request>
//!             <set-method>GET</set-method>
//!             <set-url>https://users.example/users</set-url>
//!         </http-request>
//!     </http-data-source>
//! </set-graphql-resolver>
//! ```
//!
//! # Differences from Azure
//!
//! Azure no longer runs it.
//!
//! # Failure
//!
//! It does not run; an operation that needs it answers 503.

use crate::grammar::{Category, Content, ElementSpec, PolicySpec, Repeat, Scopes, Sections};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set GraphQL resolver",
    summary: "Resolves a field of a GraphQL type, in a form that is retired.",
    category: Category::GraphQl,
    sections: Sections::INBOUND.or(Sections::BACKEND),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        content: Content::Foreign,
        ..ElementSpec::new("set-graphql-resolver")
    },
};
