//! Invokes a binding of a Dapr sidecar.
//!
//! # What it does
//!
//! The sidecar beside the gateway is asked to do `operation` on the external system that the
//! binding stands for.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in the scopes global, product, API and operation, as
//! often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <invoke-dapr-binding name="queue" operation="create">
//!     <metadata>
//!         <item key="source">gateway</item>
//!     </metadata>
//!     <data>@(context.Request.Body.As<string>(preserveContent: true))</data>
//! </invoke-dapr-binding>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then an error of the sidecar ends the
//! section: 500 and `on-error`, unless it is ignored.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};
use crate::policies::parts::vocabulary::{
    DAPR_IGNORE_ERROR, DAPR_TIMEOUT, RESPONSE_VARIABLE, TEMPLATE, TEMPLATE_TYPE,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Trigger output binding",
    summary: "Invokes a binding of a Dapr sidecar.",
    category: Category::Integration,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::Text, "the binding"),
            optional("operation", Kind::Text, "what to do"),
            DAPR_IGNORE_ERROR,
            RESPONSE_VARIABLE,
            DAPR_TIMEOUT,
            TEMPLATE,
            TEMPLATE_TYPE,
        ],
        children: &[ChildSpec::maybe(&METADATA), ChildSpec::maybe(&DATA)],
        ..ElementSpec::new("invoke-dapr-binding")
    },
};

const METADATA: ElementSpec = ElementSpec {
    meaning: "What the binding is told beside the data.",
    children: &[ChildSpec::any(&ITEM)],
    ..ElementSpec::new("metadata")
};

const ITEM: ElementSpec = ElementSpec {
    meaning: "One of these.",
    attributes: &[required("key", Kind::Text, "its name").literal()],
    text: TextSpec::optional(Kind::Text, "its value"),
    ..ElementSpec::new("item")
};

const DATA: ElementSpec = ElementSpec {
    meaning: "The data.",
    text: TextSpec::optional(Kind::Text, "the data").verbatim(),
    ..ElementSpec::new("data")
};
