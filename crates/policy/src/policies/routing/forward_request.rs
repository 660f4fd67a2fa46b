//! Calls the backend.
//!
//! # What it does
//!
//! Sends the request to the backend and waits for the headers of the response. Nothing reaches the
//! backend unless this policy runs; the default document of the global scope has it.
//!
//! # Where it may stand
//!
//! In `backend`, in every scope, directly or in `retry`, `choose` and `limit-concurrency`.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At most one of `timeout` and `timeout-ms` is given.
//! `buffer-request-body` is what lets a surrounding `retry` send a body again;
//! `buffer-response="false"` passes events on as they come.
//!
//! # Example
//!
//! ```xml
//! <forward-request timeout="60" follow-redirects="false" />
//! ```
//!
//! # Differences from Azure
//!
//! A time limit above four minutes is honoured.
//!
//! # Failure
//!
//! No response in time is `Timeout`, no connection `BackendConnectionFailure`: 500 and `on-error`.
//! With `fail-on-error-status-code` a status from 400 is a failure too.

use crate::grammar::{
    Category, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Forward request",
    summary: "Sends the request to the backend and takes its response.",
    category: Category::Routing,
    sections: Sections::BACKEND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "timeout",
                Kind::SECONDS,
                "how many seconds to wait for the headers of the response",
            )
            .or("300"),
            optional("timeout-ms", Kind::COUNT, "the same in milliseconds"),
            optional(
                "continue-timeout",
                Kind::SECONDS,
                "how many seconds to wait for `100 Continue`",
            ),
            optional(
                "http-version",
                Kind::OneOf(&["1", "2or1", "2"]),
                "HTTP/1.1, HTTP/2 if possible, or HTTP/2",
            )
            .or("1")
            .literal(),
            optional(
                "follow-redirects",
                Kind::Bool,
                "whether redirections are followed here",
            )
            .or("false"),
            optional(
                "buffer-request-body",
                Kind::Bool,
                "whether the request's body is kept so that it can be sent again",
            )
            .or("false")
            .literal(),
            optional(
                "buffer-response",
                Kind::Bool,
                "whether parts of the response's body are gathered before they are sent on",
            )
            .or("true")
            .literal(),
            optional(
                "fail-on-error-status-code",
                Kind::Bool,
                "whether a status from 400 to 599 is a failure",
            )
            .or("false")
            .literal(),
        ],
        choices: &[Choice::at_most_one(&["timeout", "timeout-ms"])],
        ..ElementSpec::new("forward-request")
    },
};
