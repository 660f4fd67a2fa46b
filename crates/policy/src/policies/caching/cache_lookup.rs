//! Answers from the cache if it holds the response.
//!
//! # What it does
//!
//! For a GET request the response is looked up by URL and by what it varies with. If it is there it
//! is the answer, and the backend is not called; if not, `cache-store` in `outbound` keeps the
//! response for the next time.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Without `vary-by-query-parameter` every query parameter
//! counts.
//!
//! # Example
//!
//! ```xml
//! <cache-lookup vary-by-developer="false" vary-by-developer-groups="false" downstream-caching-type="none">
//!     <vary-by-header>Accept</vary-by-header>
//!     <vary-by-query-parameter>page;size</vary-by-query-parameter>
//! </cache-lookup>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail: a cache that
//! cannot be reached holds nothing.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};
use crate::policies::parts::vocabulary::CACHING_TYPE;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Get from cache",
    summary: "Answers from the cache if it holds the response.",
    category: Category::Caching,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            required(
                "vary-by-developer",
                Kind::Bool,
                "whether each developer has responses of their own",
            ),
            required(
                "vary-by-developer-groups",
                Kind::Bool,
                "whether each group has responses of its own",
            ),
            CACHING_TYPE,
            optional(
                "downstream-caching-type",
                Kind::OneOf(&["none", "private", "public"]),
                "what the client may keep",
            )
            .or("none"),
            optional(
                "must-revalidate",
                Kind::Bool,
                "whether the client must ask again when its copy is old",
            )
            .or("true"),
            optional(
                "allow-private-response-caching",
                Kind::Bool,
                "whether responses to requests with `Authorization` are kept",
            )
            .or("false"),
        ],
        children: &[
            ChildSpec::any(&VARY_BY_HEADER),
            ChildSpec::any(&VARY_BY_QUERY_PARAMETER),
        ],
        ..ElementSpec::new("cache-lookup")
    },
};

const VARY_BY_HEADER: ElementSpec = ElementSpec {
    meaning: "A header that responses differ by.",
    text: TextSpec::required(Kind::HeaderName, "its name"),
    ..ElementSpec::new("vary-by-header")
};

const VARY_BY_QUERY_PARAMETER: ElementSpec = ElementSpec {
    meaning: "Query parameters that responses differ by.",
    text: TextSpec::required(Kind::Text, "their names, separated by `;`"),
    ..ElementSpec::new("vary-by-query-parameter")
};
