//! Sends a request of its own and does not wait for the response.
//!
//! # What it does
//!
//! The request that is described is sent while the pipeline goes on. With `mode="copy"` it starts
//! as a copy of the request that is being served.
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
//! <send-one-way-request mode="new">
//!     <set-url>https://hooks.example/alert</set-url>
//!     <set-method>POST</set-method>
//!     <set-body>@(context.RequestId.ToString())</set-body>
//! </send-one-way-request>
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls `set-method` required in a new request; documents without it run in Azure.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail.

use super::send_request::{MODE, REQUEST, SET_URL, TIMEOUT};
use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, PolicySpec, Repeat, Scopes, Sections,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Send one-way request",
    summary: "Sends a request of its own and does not wait for the response.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[MODE, TIMEOUT],
        children: &[ChildSpec::maybe(&SET_URL)],
        policies: REQUEST,
        choices: &[Choice::all_unless("mode", "copy", &["set-url"])],
        ..ElementSpec::new("send-one-way-request")
    },
};
