//! Answers cross-origin requests.
//!
//! # What it does
//!
//! A preflight whose origin, method and headers are allowed is answered here with 200 and the
//! `Access-Control-*` headers; no other policy runs. An actual request from an allowed origin goes
//! on, and its response gets those headers.
//!
//! What matches nothing is answered with an empty 200 while `terminate-unmatched-request` is
//! `true`. With `false` an actual request goes on without the headers, and a preflight is offered
//! to the `cors` policies of broader scopes.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An origin is `*` or `scheme://host[:port]`; a trailing slash
//! is ignored and a missing port is that of the scheme. Methods and headers may be `*`. Without
//! `allowed-methods` they are GET and POST.
//!
//! # Example
//!
//! ```xml
//! <cors allow-credentials="true">
//!     <allowed-origins>
//!         <origin>https://portal.example</origin>
//!     </allowed-origins>
//!     <allowed-methods preflight-result-max-age="300">
//!         <method>*</method>
//!     </allowed-methods>
//!     <allowed-headers>
//!         <header>*</header>
//!     </allowed-headers>
//! </cors>
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls `allowed-headers` required; documents without it run in Azure, so it is
//! optional here and stands for the headers that are always allowed. The manual gives both values
//! for the default of `terminate-unmatched-request`; here it is `true`.
//!
//! # Failure
//!
//! It does not fail; a request that matches nothing is answered as described.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "CORS",
    summary: "Allows browsers to call the API from pages of other origins.",
    category: Category::CrossDomain,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            optional(
                "allow-credentials",
                Kind::Bool,
                "whether a browser may send cookies and credentials",
            )
            .or("false"),
            optional(
                "terminate-unmatched-request",
                Kind::Bool,
                "whether a request that matches nothing is answered here",
            )
            .or("true"),
        ],
        children: &[
            ChildSpec::one(&ALLOWED_ORIGINS),
            ChildSpec::maybe(&ALLOWED_METHODS),
            ChildSpec::maybe(&ALLOWED_HEADERS),
            ChildSpec::maybe(&EXPOSE_HEADERS),
        ],
        ..ElementSpec::new("cors")
    },
};

const ALLOWED_ORIGINS: ElementSpec = ElementSpec {
    meaning: "The origins that may call.",
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "An origin.",
        text: TextSpec::required(Kind::Text, "`*`, or an origin such as `https://host:port`"),
        ..ElementSpec::new("origin")
    })],
    ..ElementSpec::new("allowed-origins")
};

const ALLOWED_METHODS: ElementSpec = ElementSpec {
    meaning: "The methods that may be used.",
    attributes: &[optional(
        "preflight-result-max-age",
        Kind::COUNT,
        "for how many seconds a browser may remember the answer",
    )
    .or("0")],
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "A method.",
        text: TextSpec::required(Kind::Method, "`*`, or a method"),
        ..ElementSpec::new("method")
    })],
    ..ElementSpec::new("allowed-methods")
};

const ALLOWED_HEADERS: ElementSpec = ElementSpec {
    meaning: "The request headers that may be sent.",
    children: &[ChildSpec::some(&HEADER)],
    ..ElementSpec::new("allowed-headers")
};

const EXPOSE_HEADERS: ElementSpec = ElementSpec {
    meaning: "The response headers that a page may read.",
    children: &[ChildSpec::some(&HEADER)],
    ..ElementSpec::new("expose-headers")
};

const HEADER: ElementSpec = ElementSpec {
    meaning: "A header.",
    text: TextSpec::required(Kind::HeaderName, "`*`, or the name of a header"),
    ..ElementSpec::new("header")
};
