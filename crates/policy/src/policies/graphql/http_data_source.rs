//! Resolves a field of a GraphQL type by an HTTP request.
//!
//! # What it does
//!
//! The request is put together and sent; its response, a JSON of the shape of the field's type, is
//! the value of the field.
//!
//! # Where it may stand
//!
//! As the root of a GraphQL resolver. It inherits nothing.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. The arguments of the field are in
//! `context.GraphQL.Arguments`.
//!
//! # Example
//!
//! ```xml
//! <http-data-source>
//!     <http-request>
//!         <set-method>GET</set-method>
//!         <set-url>@($"https://users.example/users/{context.GraphQL.Arguments["id"]}")</set-url>
//!     </http-request>
//!     <http-response>
//!         <set-body template="liquid">{"name": "{{body.name}}"}</set-body>
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
//! It cannot run yet; an operation that needs it answers 503. Then the field is `null` and the
//! answer has an entry in `errors`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, Nested, NestedPolicy, PolicySpec, Repeat, Scopes,
    Sections, TextSpec,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "HTTP data source for a resolver",
    summary: "Resolves a field of a GraphQL type by an HTTP request.",
    category: Category::GraphQl,
    sections: Sections::NONE,
    scopes: Scopes::NONE,
    repeat: Repeat::Many,
    root: ElementSpec {
        children: &[
            ChildSpec::one(&HTTP_REQUEST),
            ChildSpec::maybe(&BACKEND),
            ChildSpec::maybe(&HTTP_RESPONSE),
        ],
        ..ElementSpec::new("http-data-source")
    },
};

const HTTP_REQUEST: ElementSpec = ElementSpec {
    meaning: "The request.",
    children: &[ChildSpec::one(&SET_URL)],
    policies: Nested::Only(&[
        NestedPolicy::maybe("get-authorization-context"),
        NestedPolicy::maybe("set-backend-service"),
        NestedPolicy::one("set-method"),
        NestedPolicy::any("include-fragment"),
        NestedPolicy::any("set-header"),
        NestedPolicy::maybe("set-body"),
        NestedPolicy::maybe("authentication-certificate"),
    ]),
    ..ElementSpec::new("http-request")
};

const SET_URL: ElementSpec = ElementSpec {
    meaning: "Where the request goes.",
    text: TextSpec::required(Kind::Text, "the address"),
    ..ElementSpec::new("set-url")
};

const BACKEND: ElementSpec = ElementSpec {
    meaning: "How the request is sent.",
    policies: Nested::Only(&[NestedPolicy::one("forward-request")]),
    ..ElementSpec::new("backend")
};

const HTTP_RESPONSE: ElementSpec = ElementSpec {
    meaning: "What is made of the response.",
    policies: Nested::Only(&[
        NestedPolicy::maybe("set-body"),
        NestedPolicy::maybe("xml-to-json"),
        NestedPolicy::maybe("find-and-replace"),
        NestedPolicy::maybe("publish-event"),
        NestedPolicy::any("include-fragment"),
    ]),
    ..ElementSpec::new("http-response")
};
