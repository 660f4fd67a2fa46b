//! Refuses requests without a valid JSON Web Token.
//!
//! # What it does
//!
//! The token is taken from a header, a query parameter or an expression. Its signature must verify
//! under one of the keys, given here or found through OpenID Connect discovery; it must be in time,
//! and its issuer, audience and claims must be among those that are listed.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Exactly one of `header-name`, `query-parameter-name` and
//! `token-value` is given. A key is a symmetric one in Base64, a certificate, or the modulus and
//! exponent of an RSA key.
//!
//! # Example
//!
//! ```xml
//! <validate-jwt header-name="Authorization" require-scheme="Bearer" failed-validation-httpcode="401">
//!     <openid-config url="https://login.example/.well-known/openid-configuration" />
//!     <audiences>
//!         <audience>api://orders</audience>
//!     </audiences>
//!     <required-claims>
//!         <claim name="scp" match="any" separator=" ">
//!             <value>orders.read</value>
//!         </claim>
//!     </required-claims>
//! </validate-jwt>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: `failed-validation-httpcode`,
//! after `on-error`, with a reason such as `TokenExpired`.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections,
    TextSpec, optional, required,
};
use crate::policies::parts::vocabulary::{
    QUERY_PARAMETER_WITH_TOKEN, REFUSAL_MESSAGE, REFUSAL_STATUS, TOKEN_VALUE, TOKEN_VARIABLE,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate JWT",
    summary: "Refuses requests without a valid JSON Web Token.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("header-name", Kind::HeaderName, "the header with the token"),
            QUERY_PARAMETER_WITH_TOKEN,
            TOKEN_VALUE,
            REFUSAL_STATUS,
            REFUSAL_MESSAGE,
            optional(
                "require-expiration-time",
                Kind::Bool,
                "whether a token must say when it expires",
            )
            .or("true"),
            optional(
                "require-scheme",
                Kind::Text,
                "the scheme that must precede the token in `Authorization`",
            ),
            optional(
                "require-signed-tokens",
                Kind::Bool,
                "whether a token must be signed",
            )
            .or("true"),
            optional(
                "clock-skew",
                Kind::SECONDS,
                "by how many seconds the clock of the issuer may differ",
            )
            .or("0"),
            TOKEN_VARIABLE,
        ],
        children: &[
            ChildSpec::any(&OPENID_CONFIG),
            ChildSpec::maybe(&ISSUER_SIGNING_KEYS),
            ChildSpec::maybe(&DECRYPTION_KEYS),
            ChildSpec::maybe(&AUDIENCES),
            ChildSpec::maybe(&ISSUERS),
            ChildSpec::maybe(&REQUIRED_CLAIMS),
        ],
        choices: &[Choice::exactly_one(&[
            "header-name",
            "query-parameter-name",
            "token-value",
        ])],
        ..ElementSpec::new("validate-jwt")
    },
};

const OPENID_CONFIG: ElementSpec = ElementSpec {
    meaning: "Where keys and issuer are found.",
    attributes: &[required(
        "url",
        Kind::Url,
        "the address of the discovery document",
    )],
    ..ElementSpec::new("openid-config")
};

const ISSUER_SIGNING_KEYS: ElementSpec = ElementSpec {
    meaning: "Keys that a signature may verify under.",
    children: &[ChildSpec::some(&KEY)],
    ..ElementSpec::new("issuer-signing-keys")
};

const DECRYPTION_KEYS: ElementSpec = ElementSpec {
    meaning: "Keys that a token may be encrypted for.",
    children: &[ChildSpec::some(&KEY)],
    ..ElementSpec::new("decryption-keys")
};

const KEY: ElementSpec = ElementSpec {
    meaning: "A key.",
    attributes: &[
        optional("id", Kind::Text, "the `kid` of tokens that it is for").literal(),
        optional(
            "certificate-id",
            Kind::Reference(Entity::Certificate),
            "the certificate that holds it",
        )
        .literal(),
        optional("n", Kind::Text, "the modulus of an RSA key, in Base64url").literal(),
        optional("e", Kind::Text, "the exponent of an RSA key, in Base64url").literal(),
    ],
    text: TextSpec::optional(Kind::Text, "a symmetric key, in Base64"),
    choices: &[
        Choice::all_or_none(&["n", "e"]),
        Choice::at_most_one(&["certificate-id", "n"]),
    ],
    ..ElementSpec::new("key")
};

const AUDIENCES: ElementSpec = ElementSpec {
    meaning: "The audiences that a token may be for.",
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "An audience.",
        text: TextSpec::required(Kind::Text, "the audience"),
        ..ElementSpec::new("audience")
    })],
    ..ElementSpec::new("audiences")
};

const ISSUERS: ElementSpec = ElementSpec {
    meaning: "The issuers that a token may be from.",
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "An issuer.",
        text: TextSpec::required(Kind::Text, "the issuer"),
        ..ElementSpec::new("issuer")
    })],
    ..ElementSpec::new("issuers")
};

pub(super) const REQUIRED_CLAIMS: ElementSpec = ElementSpec {
    meaning: "The claims that a token must have.",
    children: &[ChildSpec::some(&CLAIM)],
    ..ElementSpec::new("required-claims")
};

const CLAIM: ElementSpec = ElementSpec {
    meaning: "A claim; without values it need only be there.",
    attributes: &[
        required("name", Kind::Text, "its name").literal(),
        optional(
            "match",
            Kind::OneOf(&["all", "any"]),
            "whether all of the values must be there or any",
        )
        .or("all"),
        optional(
            "separator",
            Kind::Text,
            "what stands between the values of a claim that is one text",
        )
        .literal(),
    ],
    children: &[ChildSpec::any(&ElementSpec {
        meaning: "A value of the claim.",
        text: TextSpec::optional(Kind::Text, "the value"),
        ..ElementSpec::new("value")
    })],
    ..ElementSpec::new("claim")
};
