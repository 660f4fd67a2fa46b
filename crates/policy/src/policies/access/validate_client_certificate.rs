//! Refuses requests without a valid client certificate.
//!
//! # What it does
//!
//! The certificate of the connection must pass every check that is not switched off and, if
//! identities are listed, have all attributes of one of them.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. A quote within a distinguished name is written `&quot;`.
//! `issuer-certificate-id` excludes the other attributes of the issuer.
//!
//! # Example
//!
//! ```xml
//! <validate-client-certificate validate-revocation="false">
//!     <identities>
//!         <identity issuer-subject="CN=Partners" common-name="orders.partner.example" />
//!     </identities>
//! </validate-client-certificate>
//! ```
//!
//! # Differences from Azure
//!
//! The status of a refusal is not documented; here it is 403.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 403, after `on-error`.

use crate::grammar::{
    AttributeSpec, Category, ChildSpec, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat,
    Scopes, Sections, optional,
};
use crate::policies::parts::vocabulary::IGNORE_ERROR;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate client certificate",
    summary: "Refuses requests without a valid client certificate.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            check("validate-revocation", "whether it must not be revoked"),
            check(
                "validate-trust",
                "whether its chain must end in a trusted root",
            ),
            check("validate-not-before", "whether it must have become valid"),
            check("validate-not-after", "whether it must not have expired"),
            IGNORE_ERROR,
        ],
        children: &[ChildSpec::maybe(&IDENTITIES)],
        ..ElementSpec::new("validate-client-certificate")
    },
};

const IDENTITIES: ElementSpec = ElementSpec {
    meaning: "Whose certificates are accepted.",
    children: &[ChildSpec::some(&IDENTITY)],
    ..ElementSpec::new("identities")
};

const IDENTITY: ElementSpec = ElementSpec {
    meaning: "A certificate with all of these attributes.",
    attributes: &[
        attribute("thumbprint", "its thumbprint"),
        attribute("serial-number", "its serial number"),
        attribute("common-name", "the common name of its subject"),
        attribute("subject", "its subject, as a distinguished name"),
        attribute("dns-name", "a DNS name among its alternative names"),
        attribute("issuer-subject", "the subject of its issuer"),
        attribute("issuer-thumbprint", "the thumbprint of its issuer"),
        optional(
            "issuer-certificate-id",
            Kind::Reference(Entity::Certificate),
            "the certificate of its issuer",
        )
        .literal(),
    ],
    choices: &[
        Choice::at_most_one(&["issuer-certificate-id", "issuer-subject"]),
        Choice::at_most_one(&["issuer-certificate-id", "issuer-thumbprint"]),
    ],
    ..ElementSpec::new("identity")
};

const fn check(name: &'static str, meaning: &'static str) -> AttributeSpec {
    optional(name, Kind::Bool, meaning).or("true").literal()
}

const fn attribute(name: &'static str, meaning: &'static str) -> AttributeSpec {
    optional(name, Kind::Text, meaning).literal()
}
