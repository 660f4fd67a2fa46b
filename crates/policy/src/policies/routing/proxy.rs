//! Sends the request through an HTTP proxy.
//!
//! # What it does
//!
//! The request to the backend, or the one that a surrounding `send-request` describes, goes through
//! the proxy.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed, and in `send-request`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <proxy url="http://proxy.example:8080" username="gateway" password="@((string)context.Variables["password"])" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then a proxy that cannot be reached
//! is `BackendConnectionFailure`: 500 and `on-error`.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set HTTP proxy",
    summary: "Sends the request through an HTTP proxy.",
    category: Category::Routing,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("url", Kind::Url, "the address of the proxy"),
            optional("username", Kind::Text, "the user"),
            optional("password", Kind::Text, "the password"),
        ],
        ..ElementSpec::new("proxy")
    },
};
