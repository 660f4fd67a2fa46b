//! Transforms the body by a style sheet.
//!
//! # What it does
//!
//! The body, which must be XML, is transformed by the XSLT 1.0 style sheet that stands in the
//! policy.
//!
//! # Where it may stand
//!
//! In `inbound`, `outbound` and `on-error`, in every scope, once in a section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. The style sheet is taken as it stands.
//!
//! # Example
//!
//! ```xml
//! <xsl-transform>
//!     <parameter name="agent">@(context.Request.Headers.GetValueOrDefault("User-Agent", "none"))</parameter>
//!     <xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
//!         <xsl:template match="/"><copy><xsl:value-of select="." /></copy></xsl:template>
//!     </xsl:stylesheet>
//! </xsl-transform>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then a body that cannot be
//! transformed ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, ChildSpec, Content, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections,
    TextSpec, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Transform XML using an XSLT",
    summary: "Transforms the body by a style sheet.",
    category: Category::Transformation,
    sections: Sections::INBOUND
        .or(Sections::OUTBOUND)
        .or(Sections::ON_ERROR),
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        children: &[ChildSpec::any(&PARAMETER), ChildSpec::one(&STYLESHEET)],
        ..ElementSpec::new("xsl-transform")
    },
};

const PARAMETER: ElementSpec = ElementSpec {
    meaning: "A parameter of the style sheet.",
    attributes: &[required("name", Kind::Text, "its name").literal()],
    text: TextSpec::optional(Kind::Text, "its value"),
    ..ElementSpec::new("parameter")
};

const STYLESHEET: ElementSpec = ElementSpec {
    meaning: "The style sheet.",
    content: Content::Foreign,
    ..ElementSpec::new("xsl:stylesheet")
};
