//! Refuses requests without a valid token of Microsoft Entra ID.
//!
//! # What it does
//!
//! As `validate-jwt`, with keys and issuers of the tenant. The application that the token was
//! issued to must be among `client-application-ids`.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. The token is taken from `Authorization` unless another place
//! is named.
//!
//! # Example
//!
//! ```xml
//! <validate-azure-ad-token tenant-id="72f988bf-0000-0000-0000-000000000000">
//!     <client-application-ids>
//!         <application-id>11111111-0000-0000-0000-000000000000</application-id>
//!     </client-application-ids>
//! </validate-azure-ad-token>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then as `validate-jwt`.

use super::validate_jwt;
use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections,
    TextSpec, optional, required,
};
use crate::policies::parts::vocabulary::{
    QUERY_PARAMETER_WITH_TOKEN, REFUSAL_MESSAGE, REFUSAL_STATUS, TOKEN_VALUE, TOKEN_VARIABLE,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate Microsoft Entra token",
    summary: "Refuses requests without a valid token of Microsoft Entra ID.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "tenant-id",
                Kind::Text,
                "the tenant: its id or address, `organizations` or `common`",
            ),
            optional(
                "header-name",
                Kind::HeaderName,
                "the header with the token; `Authorization` if no place is named",
            ),
            QUERY_PARAMETER_WITH_TOKEN,
            TOKEN_VALUE,
            REFUSAL_STATUS,
            REFUSAL_MESSAGE,
            TOKEN_VARIABLE,
        ],
        children: &[
            ChildSpec::maybe(&CLIENT_APPLICATION_IDS),
            ChildSpec::maybe(&BACKEND_APPLICATION_IDS),
            ChildSpec::maybe(&AUDIENCES),
            ChildSpec::maybe(&validate_jwt::REQUIRED_CLAIMS),
            ChildSpec::maybe(&DECRYPTION_KEYS),
        ],
        choices: &[
            Choice::at_most_one(&["header-name", "query-parameter-name", "token-value"]),
            Choice::at_least_one(&["client-application-ids", "audiences"]),
        ],
        ..ElementSpec::new("validate-azure-ad-token")
    },
};

const CLIENT_APPLICATION_IDS: ElementSpec = ElementSpec {
    meaning: "The applications that may call.",
    children: &[ChildSpec::some(&APPLICATION_ID)],
    ..ElementSpec::new("client-application-ids")
};

const BACKEND_APPLICATION_IDS: ElementSpec = ElementSpec {
    meaning: "The applications that a token may be for.",
    children: &[ChildSpec::some(&APPLICATION_ID)],
    ..ElementSpec::new("backend-application-ids")
};

const APPLICATION_ID: ElementSpec = ElementSpec {
    meaning: "An application.",
    text: TextSpec::required(Kind::Text, "its id").literal(),
    ..ElementSpec::new("application-id")
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

const DECRYPTION_KEYS: ElementSpec = ElementSpec {
    meaning: "Keys that a token may be encrypted for.",
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "A key.",
        attributes: &[required(
            "certificate-id",
            Kind::Reference(Entity::Certificate),
            "the certificate that holds it",
        )
        .literal()],
        ..ElementSpec::new("key")
    })],
    ..ElementSpec::new("decryption-keys")
};
