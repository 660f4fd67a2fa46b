//! Authenticates with the backend by a managed identity.
//!
//! # What it does
//!
//! Fetches a token for `resource` and sets the header `Authorization` to it, or puts it into the
//! variable that is named.
//!
//! # Where it may stand
//!
//! In `inbound` and `outbound`, in the scopes global, product, API and operation, as often as
//! needed, and in `send-request`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <authentication-managed-identity resource="https://vault.example" output-token-variable-name="token" />
//! ```
//!
//! # Differences from Azure
//!
//! With an output variable the header is not set; every published sample sets it by hand then. The
//! manual names `inbound` only; published documents that run in Azure fetch a token in `outbound`.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 500 and `on-error`, unless
//! `ignore-error` is set.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};
use crate::policies::parts::vocabulary::{IGNORE_ERROR, TOKEN_VARIABLE};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Authenticate with managed identity",
    summary: "Authenticates with the backend by a managed identity.",
    category: Category::Access,
    sections: Sections::INBOUND.or(Sections::OUTBOUND),
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("resource", Kind::Text, "what the token is for"),
            optional(
                "client-id",
                Kind::Text,
                "the identity, if it is not the one of the system",
            ),
            TOKEN_VARIABLE,
            IGNORE_ERROR,
        ],
        ..ElementSpec::new("authentication-managed-identity")
    },
};
