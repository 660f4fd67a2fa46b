//! Publishes an event to the clients that subscribed to a field.
//!
//! # What it does
//!
//! When the query or mutation has run, the value of the field is sent to the clients that
//! subscribed to the fields that are listed.
//!
//! # Where it may stand
//!
//! In the response of a resolver.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <http-data-source>
//!     <http-request>
//!         <set-method>POST</set-method>
//!         <set-url>https://users.example/users</set-url>
//!     </http-request>
//!     <http-response>
//!         <publish-event>
//!             <targets>
//!                 <graphql-subscription id="onUserCreated" />
//!             </targets>
//!         </publish-event>
//!     </http-response>
//! </http-data-source>
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
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Publish event to GraphQL subscription",
    summary: "Publishes an event to the clients that subscribed to a field.",
    category: Category::GraphQl,
    sections: Sections::NONE,
    scopes: Scopes::NONE,
    repeat: Repeat::Many,
    root: ElementSpec {
        children: &[ChildSpec::one(&TARGETS)],
        ..ElementSpec::new("publish-event")
    },
};

const TARGETS: ElementSpec = ElementSpec {
    meaning: "Where the event goes.",
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "A field of the subscription type.",
        attributes: &[required("id", Kind::Text, "the name of the field").literal()],
        ..ElementSpec::new("graphql-subscription")
    })],
    ..ElementSpec::new("targets")
};
