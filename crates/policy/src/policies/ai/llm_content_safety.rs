//! Refuses prompts and completions that are harmful.
//!
//! # What it does
//!
//! Prompts, and with `enforce-on-completions` responses, are judged by the content safety service;
//! what reaches the threshold of a category or is on a blocklist is refused.
//!
//! # Where it may stand
//!
//! In `inbound` and `outbound`, in the scopes global, workspace, product and API, as often as
//! needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. A threshold is a severity from 0 to 7.
//!
//! # Example
//!
//! ```xml
//! <llm-content-safety backend-id="content-safety" shield-prompt="true">
//!     <categories output-type="EightSeverityLevels">
//!         <category name="Hate" threshold="4" />
//!     </categories>
//!     <blocklists>
//!         <id>trade-secrets</id>
//!     </blocklists>
//! </llm-content-safety>
//! ```
//!
//! # Differences from Azure
//!
//! The operation scope is accepted too.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then: 403, after `on-error`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Enforce content safety checks",
    summary: "Refuses prompts and completions that are harmful.",
    category: Category::Ai,
    sections: Sections::INBOUND.or(Sections::OUTBOUND),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "backend-id",
                Kind::Reference(Entity::Backend),
                "the backend of the content safety service",
            ),
            optional(
                "shield-prompt",
                Kind::Bool,
                "whether attacks on the model are looked for",
            )
            .or("false"),
            optional(
                "enforce-on-completions",
                Kind::Bool,
                "whether completions are judged too",
            )
            .or("false"),
            optional(
                "window-size",
                Kind::POSITIVE,
                "how many characters of a completion are judged at once",
            )
            .or("10000"),
            optional(
                "window-overlap-size",
                Kind::COUNT,
                "how many characters two windows have in common",
            ),
        ],
        children: &[ChildSpec::maybe(&CATEGORIES), ChildSpec::maybe(&BLOCKLISTS)],
        ..ElementSpec::new("llm-content-safety")
    },
};

const CATEGORIES: ElementSpec = ElementSpec {
    meaning: "What is harmful.",
    attributes: &[optional(
        "output-type",
        Kind::OneOf(&["FourSeverityLevels", "EightSeverityLevels"]),
        "how finely severity is told",
    )],
    children: &[ChildSpec::any(&CATEGORY)],
    ..ElementSpec::new("categories")
};

const CATEGORY: ElementSpec = ElementSpec {
    meaning: "A kind of harm.",
    attributes: &[
        required(
            "name",
            Kind::OneOf(&["Hate", "SelfHarm", "Sexual", "Violence"]),
            "its name",
        ),
        required(
            "threshold",
            Kind::Int { min: 0, max: 7 },
            "the severity from which it is refused",
        ),
    ],
    ..ElementSpec::new("category")
};

const BLOCKLISTS: ElementSpec = ElementSpec {
    meaning: "Lists of words that are refused.",
    children: &[ChildSpec::any(&ElementSpec {
        meaning: "A list.",
        text: TextSpec::required(Kind::Text, "its id"),
        ..ElementSpec::new("id")
    })],
    ..ElementSpec::new("blocklists")
};
