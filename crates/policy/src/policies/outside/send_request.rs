//! Sends a request of its own and keeps the response in a variable.
//!
//! # What it does
//!
//! The request that is described is sent, and the response goes into the variable, whatever its
//! status. With `mode="copy"` it starts as a copy of the request that is being served.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. `set-url` is needed unless the mode is `copy`; without
//! `set-method` a new request is a GET.
//!
//! # Example
//!
//! ```xml
//! <send-request mode="new" response-variable-name="token" timeout="20" ignore-error="true">
//!     <set-url>https://login.example/token</set-url>
//!     <set-method>POST</set-method>
//!     <set-header name="Content-Type" exists-action="override">
//!         <value>application/x-www-form-urlencoded</value>
//!     </set-header>
//!     <set-body>grant_type=client_credentials</set-body>
//! </send-request>
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls `set-method` required in a new request; documents without it run in Azure.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then no response ends the section
//! with reason `Timeout` or `BackendConnectionFailure`: 500 and `on-error`; with `ignore-error` the
//! variable is `null`.

use crate::grammar::{
    AttributeSpec, Category, ChildSpec, Choice, ElementSpec, Kind, Nested, NestedPolicy,
    PolicySpec, Repeat, Scopes, Sections, TextSpec, optional, required,
};
use crate::policies::parts::vocabulary::IGNORE_ERROR;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Send request",
    summary: "Sends a request of its own and keeps the response in a variable.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            MODE,
            required(
                "response-variable-name",
                Kind::VariableName,
                "the variable that receives the response",
            )
            .literal(),
            TIMEOUT,
            IGNORE_ERROR,
        ],
        children: &[ChildSpec::maybe(&SET_URL)],
        policies: REQUEST,
        choices: &[Choice::all_unless("mode", "copy", &["set-url"])],
        ..ElementSpec::new("send-request")
    },
};

/// What a request is described by.
pub(super) const REQUEST: Nested = Nested::Only(&[
    NestedPolicy::maybe("set-method"),
    NestedPolicy::any("set-header"),
    NestedPolicy::maybe("set-body"),
    NestedPolicy::maybe("authentication-basic"),
    NestedPolicy::maybe("authentication-certificate"),
    NestedPolicy::maybe("authentication-managed-identity"),
    NestedPolicy::maybe("proxy"),
]);

pub(super) const MODE: AttributeSpec = optional(
    "mode",
    Kind::OneOf(&["new", "copy"]),
    "whether the request is new or a copy of the one that is served",
)
.or("new");

pub(super) const TIMEOUT: AttributeSpec = optional(
    "timeout",
    Kind::SECONDS,
    "how many seconds to wait for the response",
)
.or("60");

pub(super) const SET_URL: ElementSpec = ElementSpec {
    meaning: "Where the request goes.",
    text: TextSpec::required(Kind::Url, "the address"),
    ..ElementSpec::new("set-url")
};
