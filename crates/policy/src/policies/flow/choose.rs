//! Runs the policies of the first branch whose condition holds.
//!
//! # What it does
//!
//! The conditions are evaluated in the order in which they stand. The policies of the first `when`
//! that is true run, and no others; the conditions after it are not evaluated. If none is true, the
//! policies of `otherwise` run, if there is one.
//!
//! # Where it may stand
//!
//! In every section and scope, nested as needed. A branch may hold every policy that may stand in
//! the section, another `choose` too; `<base />` cannot stand in a branch.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. At least one `when`; `otherwise` once or not at all.
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
//! A condition that throws, or that gives no truth value, ends the section with
//! `ExpressionValueEvaluationFailure`: 500 and `on-error`. A failure in a branch is the branch's
//! own.

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, Nested, PolicySpec, Repeat, Scopes, Sections, required,
};
use crate::host::{Host, LocalFuture};
use crate::parse::Checked;
use crate::plan::{AsyncStep, Pipeline, Run, SyncStep};
use crate::value::Val;

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

/// Runs the first branch whose condition holds.
#[derive(Debug)]
struct Choose {
    branches: Box<[Branch]>,
    otherwise: Pipeline,
}

/// Policies that run if a condition holds.
#[derive(Debug)]
struct Branch {
    condition: Val<bool>,
    policies: Pipeline,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    // Every branch is compiled, so that all mistakes are reported.
    let branches: Vec<_> = checked
        .children("when")
        .map(|when| branch(when, cx))
        .collect();
    let otherwise = match checked.child("otherwise") {
        Some(otherwise) => cx.pipeline(otherwise.nested()),
        None => Some(Pipeline::default()),
    };
    let choose = Choose {
        branches: branches.into_iter().collect::<Option<_>>()?,
        otherwise: otherwise?,
    };
    Some(if choose.waits() {
        Run::waiting(choose)
    } else {
        Run::sync(choose)
    })
}

fn branch(when: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Branch> {
    let condition = cx.bool(when, "condition");
    let policies = cx.pipeline(when.nested());
    Some(Branch {
        condition: condition?,
        policies: policies?,
    })
}

impl Choose {
    fn waits(&self) -> bool {
        self.otherwise.waits() || self.branches.iter().any(|branch| branch.policies.waits())
    }

    /// The policies to run. Conditions after the first that holds are not evaluated.
    fn chosen(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<&Pipeline, Fault> {
        for branch in &self.branches {
            if branch.condition.get(ex, host)? {
                return Ok(&branch.policies);
            }
        }
        Ok(&self.otherwise)
    }
}

impl SyncStep for Choose {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        self.chosen(ex, host)?.run_sync(ex, host)
    }
}

impl AsyncStep for Choose {
    fn run<'a>(
        &'a self,
        ex: &'a mut Exchange<'_>,
        host: &'a Host<'_>,
    ) -> LocalFuture<'a, Result<Flow, Fault>> {
        Box::pin(async move { self.chosen(ex, host)?.run(ex, host).await })
    }
}
