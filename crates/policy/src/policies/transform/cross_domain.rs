//! Serves a cross-domain policy file to Flash and Silverlight clients.
//!
//! # What it does
//!
//! Answers `GET /crossdomain.xml` with the file that stands in the policy, in the format of Adobe.
//!
//! # Where it may stand
//!
//! In `inbound`. Its page names the global scope only; documents of other scopes have it too, so it
//! is accepted everywhere.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. The file is taken as it stands.
//!
//! # Example
//!
//! ```xml
//! <cross-domain>
//!     <cross-domain-policy>
//!         <allow-http-request-headers-from domain="*" headers="*" />
//!     </cross-domain-policy>
//! </cross-domain>
//! ```
//!
//! # Differences from Azure
//!
//! Where Azure serves the file is not documented.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then it does not fail.

use crate::grammar::{
    Category, ChildSpec, Content, ElementSpec, PolicySpec, Repeat, Scopes, Sections,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Allow cross-domain calls",
    summary: "Serves a cross-domain policy file to Flash and Silverlight clients.",
    category: Category::CrossDomain,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        children: &[ChildSpec::maybe(&FILE)],
        ..ElementSpec::new("cross-domain")
    },
};

const FILE: ElementSpec = ElementSpec {
    meaning: "The file.",
    content: Content::Foreign,
    ..ElementSpec::new("cross-domain-policy")
};
