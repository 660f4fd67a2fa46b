//! Authenticates with the backend by user name and password.
//!
//! # What it does
//!
//! Sets the header `Authorization` of the request to `Basic` and the encoded credentials.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, once in a section, and in `send-request`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Put the password into a secret named value.
//!
//! # Example
//!
//! ```xml
//! <authentication-basic username="gateway" password="@((string)context.Variables["password"])" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail.

use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Authenticate with Basic",
    summary: "Authenticates with the backend by user name and password.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required("username", Kind::Text, "the user"),
            required("password", Kind::Text, "the password"),
        ],
        ..ElementSpec::new("authentication-basic")
    },
};
