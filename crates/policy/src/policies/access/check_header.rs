//! Refuses requests without a header or with another value of it.
//!
//! # What it does
//!
//! The request goes on if it has the header and, if any `value` is given, the header's value is one
//! of them.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes global, product, API and operation, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Without `value` the header need only be there.
//!
//! # Example
//!
//! ```xml
//! <check-header name="X-Tenant" failed-check-httpcode="403" failed-check-error-message="Unknown tenant" ignore-case="true">
//!     <value>contoso</value>
//!     <value>fabrikam</value>
//! </check-header>
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls all attributes required; documents without `ignore-case` or the message run in
//! Azure, so leaving these out is a warning here.
//!
//! # Failure
//!
//! `failed-check-httpcode` with the message, after `on-error`. Reason `HeaderNotFound` or
//! `HeaderValueNotAllowed`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Check HTTP header",
    summary: "Refuses requests without a header or with a value of it that is not allowed.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::HeaderName, "the name of the header"),
            required(
                "failed-check-httpcode",
                Kind::Status,
                "the status of the refusal",
            ),
            required(
                "failed-check-error-message",
                Kind::Text,
                "the message of the refusal",
            )
            .expected(),
            required(
                "ignore-case",
                Kind::Bool,
                "whether values are compared without regard to case",
            )
            .or("false")
            .expected(),
        ],
        children: &[ChildSpec::any(&VALUE)],
        ..ElementSpec::new("check-header")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "A value that is allowed.",
    text: TextSpec::optional(Kind::Text, "the value"),
    ..ElementSpec::new("value")
};
