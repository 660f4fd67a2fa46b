//! Replaces the body of the request or the response.
//!
//! # What it does
//!
//! The text is the new body: literally, computed by an expression that gives a string or bytes, or
//! a Liquid template with `template="liquid"`. Markup within is part of the text. `Content-Length`
//! follows; `Content-Type` is not touched.
//!
//! An expression that reads the old body with `As<T>()` consumes it unless it passes
//! `preserveContent: true`.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed. In `on-error` it changes the answer.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. In a template `{{name}}` is a named value only if one of
//! that name exists; all else is Liquid.
//!
//! # Example
//!
//! ```xml
//! <set-body>@{
//!     var body = context.Request.Body.As<JObject>(preserveContent: true);
//!     body["source"] = "gateway";
//!     return body.ToString();
//! }</set-body>
//! ```
//!
//! # Differences from Azure
//!
//! The page of the policy does not list `on-error`; the guide does, so it is accepted. Whether
//! Azure trims the text is not documented; here it is taken as it stands.
//!
//! # Failure
//!
//! Changing the body of a request that has none, reading a body twice, and a body above the limit
//! for buffering each end the section: 500 and `on-error`.

use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec, optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set body",
    summary: "Replaces the body of the request or the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "template",
                Kind::OneOf(&["liquid", "none"]),
                "the language of the text",
            )
            .literal(),
            optional(
                "xsi-nil",
                Kind::OneOf(&["blank", "null"]),
                "how a template sees elements that are `xsi:nil`",
            )
            .or("blank")
            .literal(),
            optional(
                "parse-date",
                Kind::Bool,
                "whether a template sees texts that look like dates as dates",
            )
            .literal(),
        ],
        text: TextSpec::optional(Kind::Text, "the new body").verbatim(),
        ..ElementSpec::new("set-body")
    },
};
