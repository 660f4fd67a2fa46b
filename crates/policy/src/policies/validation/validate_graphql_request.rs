//! Checks GraphQL queries against the schema and authorizes access to fields.
//!
//! # What it does
//!
//! The query must be valid under the API's schema and within size and depth; rules allow, remove or
//! reject fields by their path.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes global, product, API and operation, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. A path is `/type/field`, with `*` for any; `/__*` is
//! introspection.
//!
//! # Example
//!
//! ```xml
//! <validate-graphql-request error-variable-name="errors" max-size="102400" max-depth="4">
//!     <authorize>
//!         <rule path="/__*" action="reject" />
//!         <rule path="/Mutation/deleteUser" action="@(context.User == null ? "reject" : "allow")" />
//!     </authorize>
//! </validate-graphql-request>
//! ```
//!
//! # Differences from Azure
//!
//! The action `deny`, which one published sample uses, means `reject`.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: an answer with an `errors`
//! block and no `data`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
    required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate GraphQL request",
    summary: "Checks GraphQL queries against the schema and authorizes access to fields.",
    category: Category::Validation,
    sections: Sections::INBOUND,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional(
                "error-variable-name",
                Kind::VariableName,
                "the variable that receives the errors",
            )
            .literal(),
            required(
                "max-size",
                Kind::Int {
                    min: 1,
                    max: 102_400,
                },
                "how many bytes a query may have",
            ),
            optional("max-depth", Kind::POSITIVE, "how deeply a query may nest").or("6"),
        ],
        children: &[ChildSpec::maybe(&AUTHORIZE)],
        ..ElementSpec::new("validate-graphql-request")
    },
};

const AUTHORIZE: ElementSpec = ElementSpec {
    meaning: "Who may see what.",
    children: &[ChildSpec::some(&RULE)],
    ..ElementSpec::new("authorize")
};

const RULE: ElementSpec = ElementSpec {
    meaning: "What happens with the fields of a path.",
    attributes: &[
        required("path", Kind::Text, "the path").literal(),
        optional(
            "action",
            Kind::OneOf(&["allow", "remove", "reject", "ignore", "deny"]),
            "pass the field, drop it, reject the query, or ask the next rule",
        )
        .or("allow"),
    ],
    ..ElementSpec::new("rule")
};
