//! Fetches an access token from the credential manager.
//!
//! # What it does
//!
//! The token of a connection that was authorized before goes into a variable, as an `Authorization`
//! with `AccessToken` and `Claims`.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes global, product, API and operation, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. `identity` is needed with `identity-type="jwt"`.
//!
//! # Example
//!
//! ```xml
//! <get-authorization-context provider-id="github" authorization-id="bot" context-variable-name="auth" identity-type="managed" ignore-error="false" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 500 and `on-error`, or `null`
//! in the variable with `ignore-error`.

use crate::grammar::{
    Category, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Get authorization context",
    summary: "Fetches an access token from the credential manager.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("provider-id", Kind::Text, "the credential provider"),
            required("authorization-id", Kind::Text, "the connection"),
            required(
                "context-variable-name",
                Kind::VariableName,
                "the variable that receives the token",
            ),
            optional(
                "identity-type",
                Kind::OneOf(&["managed", "jwt"]),
                "who asks: the managed identity, or the bearer of a token",
            )
            .or("managed"),
            optional("identity", Kind::Text, "the token of who asks"),
            optional(
                "ignore-error",
                Kind::Bool,
                "whether to go on after a failure, with `null` for the result",
            )
            .or("false"),
        ],
        choices: &[Choice::all_if("identity-type", "jwt", &["identity"])],
        ..ElementSpec::new("get-authorization-context")
    },
};
