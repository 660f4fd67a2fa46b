//! Puts the policies of a fragment in its place.
//!
//! # What it does
//!
//! The policies of the fragment run as if they stood here, in the section and scope of the document
//! that includes it. One fragment may be included in many places; what changes in it changes in all
//! of them.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed. The policies of the fragment must be ones that
//! may stand there. A fragment holds no sections and no `<base />`, and includes no other fragment.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <include-fragment fragment-id="strip-internal-headers" />
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! A fragment that does not exist is an error when the document is loaded. What is wrong with a
//! fragment is reported where it stands and where it is included. Operations that need it answer
//! 503.

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, required,
};
use crate::host::{Host, LocalFuture};
use crate::parse::Checked;
use crate::plan::{AsyncStep, Pipeline, Preflight, Run, SyncStep};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Include fragment",
    summary: "Puts the policies of a fragment in its place.",
    category: Category::Integration,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[required(
            "fragment-id",
            Kind::Reference(Entity::Fragment),
            "the name of the fragment",
        )
        .literal()],
        ..ElementSpec::new("include-fragment")
    },
};

/// Runs the policies of a fragment.
#[derive(Debug)]
struct IncludeFragment(Pipeline);

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let (id, span) = checked.literal("fragment-id")?;
    let include = IncludeFragment(cx.fragment(checked, &id, span)?);
    Some(if include.0.waits() {
        Run::waiting(include)
    } else {
        Run::sync(include)
    })
}

impl SyncStep for IncludeFragment {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        self.0.run_sync(ex, host)
    }

    /// A `cors` in the fragment stands where the fragment stands.
    fn preflight(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Preflight, Fault> {
        self.0.preflight(ex, host)
    }
}

impl AsyncStep for IncludeFragment {
    fn run<'a>(
        &'a self,
        ex: &'a mut Exchange<'_>,
        host: &'a Host<'_>,
    ) -> LocalFuture<'a, Result<Flow, Fault>> {
        Box::pin(self.0.run(ex, host))
    }

    fn preflight(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Preflight, Fault> {
        self.0.preflight(ex, host)
    }
}
