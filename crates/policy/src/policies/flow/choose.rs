//! Runs the policies of the first branch whose condition holds.
//!
//! # What it does
//!
//! The conditions are evaluated in order; the policies of the first `when` that is true run, and no
//! other. If none is true, those of `otherwise` run.
//!
//! # Where it may stand
//!
//! In every section and scope, nested as needed. In a branch may stand whatever may stand in the
//! section.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At least one `when`; `otherwise` once or not at all. `<base
//! />` cannot stand in a branch.
//!
//! # Example
//!
//! ```xml
//! <choose>
//!     <when condition="@(context.Request.Method == "GET")">
//!         <set-header name="Cache-Control" exists-action="override">
//!             <value>no-store</value>
//!         </set-header>
//!     </when>
//!     <otherwise>
//!         <set-variable name="write" value="true" />
//!     </otherwise>
//! </choose>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A condition that throws ends the section: 500 and `on-error`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, Nested, PolicySpec, Repeat, Scopes, Sections, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Choose",
    summary: "Runs the policies of the first branch whose condition holds.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        children: &[ChildSpec::some(&WHEN), ChildSpec::maybe(&OTHERWISE)],
        ..ElementSpec::new("choose")
    },
};

const WHEN: ElementSpec = ElementSpec {
    meaning: "A branch.",
    attributes: &[required("condition", Kind::Bool, "when the branch runs")],
    policies: Nested::Any,
    ..ElementSpec::new("when")
};

const OTHERWISE: ElementSpec = ElementSpec {
    meaning: "The branch that runs if no other does.",
    policies: Nested::Any,
    ..ElementSpec::new("otherwise")
};
