//! Checks the size, type and content of bodies against the schemas of the API.
//!
//! # What it does
//!
//! The size and type of the body are checked, and the body itself against the schema that the API's
//! description gives for its type, or against a schema of the configuration.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An action is `ignore`, `prevent` or `detect`. A `type` has
//! exactly one of `from` and `when`.
//!
//! # Example
//!
//! ```xml
//! <validate-content unspecified-content-type-action="prevent" max-size="102400" size-exceeded-action="prevent" errors-variable-name="errors">
//!     <content type="application/json" validate-as="json" action="prevent" />
//! </validate-content>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then what is prevented is 400 for a
//! request and 502 for a response, after `on-error`.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections,
    optional, required,
};
use crate::policies::parts::vocabulary::{ACTION, ERRORS_VARIABLE};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Validate content",
    summary: "Checks the size, type and content of bodies against the schemas of the API.",
    category: Category::Validation,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "unspecified-content-type-action",
                ACTION,
                "what happens with a type that is not specified",
            ),
            required(
                "max-size",
                Kind::Int {
                    min: 0,
                    max: 4 * 1024 * 1024,
                },
                "how many bytes a body may have",
            ),
            required(
                "size-exceeded-action",
                ACTION,
                "what happens with a larger body",
            ),
            ERRORS_VARIABLE,
        ],
        children: &[
            ChildSpec::maybe(&CONTENT_TYPE_MAP),
            ChildSpec::any(&CONTENT),
        ],
        ..ElementSpec::new("validate-content")
    },
};

const CONTENT_TYPE_MAP: ElementSpec = ElementSpec {
    meaning: "What types are taken for others.",
    attributes: &[
        optional(
            "any-content-type-value",
            Kind::Text,
            "what every type is taken for",
        ),
        optional(
            "missing-content-type-value",
            Kind::Text,
            "what a missing type is taken for",
        ),
    ],
    children: &[ChildSpec::any(&TYPE)],
    ..ElementSpec::new("content-type-map")
};

const TYPE: ElementSpec = ElementSpec {
    meaning: "A type that is taken for another.",
    attributes: &[
        optional("from", Kind::Text, "the type").literal(),
        optional("when", Kind::Bool, "when the other is taken"),
        required("to", Kind::Text, "the other"),
    ],
    choices: &[Choice::exactly_one(&["from", "when"])],
    ..ElementSpec::new("type")
};

const CONTENT: ElementSpec = ElementSpec {
    meaning: "How bodies of a type are checked.",
    attributes: &[
        optional(
            "type",
            Kind::Text,
            "the type; every specified one if it is left out",
        ),
        required(
            "validate-as",
            Kind::OneOf(&["json", "xml", "soap"]),
            "the language of the body",
        )
        .literal(),
        required(
            "action",
            ACTION,
            "what happens with a body that does not conform",
        ),
        optional(
            "schema-id",
            Kind::Reference(Entity::Schema),
            "the schema, if it is not that of the API",
        )
        .literal(),
        optional(
            "schema-ref",
            Kind::Text,
            "the part of the schema, such as `#/components/schemas/address`",
        )
        .literal(),
        optional(
            "allow-additional-properties",
            Kind::Bool,
            "whether properties that the schema does not name are allowed",
        ),
        optional(
            "case-insensitive-property-names",
            Kind::Bool,
            "whether names are compared without regard to case",
        )
        .or("false"),
    ],
    ..ElementSpec::new("content")
};
