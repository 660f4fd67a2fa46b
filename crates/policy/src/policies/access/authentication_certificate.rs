//! Authenticates with the backend by a client certificate.
//!
//! # What it does
//!
//! The certificate of the configuration that is named, or the one in `body`, is presented to the
//! backend.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed, and in `send-request`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Exactly one of `thumbprint`, `certificate-id` and `body` is
//! given.
//!
//! # Example
//!
//! ```xml
//! <authentication-certificate certificate-id="orders-client" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then a certificate that does not
//! exist is an error when the document is loaded.

use crate::grammar::{
    Category, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Authenticate with client certificate",
    summary: "Authenticates with the backend by a client certificate.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "thumbprint",
                Kind::Text,
                "the thumbprint of the certificate",
            ),
            optional(
                "certificate-id",
                Kind::Reference(Entity::Certificate),
                "the certificate",
            ),
            optional("body", Kind::Text, "the bytes of the certificate"),
            optional("password", Kind::Text, "the password of `body`"),
        ],
        choices: &[Choice::exactly_one(&[
            "thumbprint",
            "certificate-id",
            "body",
        ])],
        ..ElementSpec::new("authentication-certificate")
    },
};
