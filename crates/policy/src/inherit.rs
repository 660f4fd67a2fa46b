//! `<base />`: what a section runs when several scopes have a document.
//!
//! A section runs what the narrowest document has in it; `<base />` there stands for the same
//! section of the next broader document, and so on. A section without `<base />`, and a section
//! that a document does not have, runs nothing of any broader scope. A scope without a document is
//! not in the chain, so what is broader shows through.

use std::sync::Arc;

use crate::compile::{CompiledDocument, Line};
use crate::grammar::Section;
use crate::plan::{Pipeline, Plan, Step, Unavailable};

/// The effective policy. `chain` goes from the narrowest scope to the broadest.
pub fn effective(chain: &[&CompiledDocument]) -> Plan {
    let mut plan = Plan::default();
    for section in Section::ALL {
        let mut steps = Vec::new();
        let result = flatten(section, chain, &mut steps);
        plan.unavailable = plan.unavailable.take().or(result.err());
        *match section {
            Section::Inbound => &mut plan.inbound,
            Section::Backend => &mut plan.backend,
            Section::Outbound => &mut plan.outbound,
            Section::OnError => &mut plan.on_error,
        } = Pipeline::new(steps);
    }
    plan
}

/// The narrowest section with its `<base />` replaced. Only the first of a section counts: a second
/// is an error of its document, and would make the result grow without bound.
fn flatten(
    section: Section,
    chain: &[&CompiledDocument],
    steps: &mut Vec<Arc<Step>>,
) -> Result<(), Unavailable> {
    let Some((document, broader)) = chain.split_first() else {
        return Ok(());
    };
    let mut base = Some(broader);
    for line in document.section(section) {
        match line {
            Line::Step(step) => steps.push(Arc::clone(step)),
            Line::Base => base
                .take()
                .map_or(Ok(()), |broader| flatten(section, broader, steps))?,
            Line::Unavailable(why) => return Err(why.clone()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use portcullis_model::policy::Scope;

    use super::*;
    use crate::exchange::{BodyNeeds, Exchange};
    use crate::flow::{Fault, Flow, Place};
    use crate::host::Host;
    use crate::plan::{Run, SyncStep};

    #[derive(Debug)]
    struct Nothing;

    impl SyncStep for Nothing {
        fn run(&self, _: &mut Exchange<'_>, _: &Host<'_>) -> Result<Flow, Fault> {
            Ok(Flow::Continue)
        }
    }

    /// A document whose inbound section is written `A base B`; `!` is a policy that cannot run.
    fn document(scope: Scope, inbound: &'static str) -> CompiledDocument {
        let line = |word: &'static str| match word {
            "base" => Line::Base,
            "!" => Line::Unavailable(Unavailable {
                code: portcullis_model::code::policy::NOT_RUNNABLE,
                message: "missing".into(),
            }),
            own => {
                let place = Place {
                    scope,
                    section: "inbound",
                    path: own.into(),
                    policy_id: None,
                };
                Line::Step(Arc::new(Step::new(
                    own,
                    place,
                    BodyNeeds::default(),
                    Run::sync(Nothing),
                )))
            }
        };
        let inbound = inbound.split_whitespace().map(line).collect();
        CompiledDocument::new(scope, [inbound, Vec::new(), Vec::new(), Vec::new()])
    }

    /// `chain` goes from the narrowest scope to the broadest; `A@operation D@global` comes out.
    fn check(chain: &[(Scope, &'static str)], expected: &str) {
        let documents: Vec<_> = chain
            .iter()
            .map(|(scope, text)| document(*scope, text))
            .collect();
        let plan = effective(&documents.iter().collect::<Vec<_>>());
        let steps = plan.inbound.steps().iter();
        let flat: Vec<_> = steps
            .map(|s| format!("{}@{}", s.element(), s.scope()))
            .collect();
        let came = if plan.unavailable.is_some() {
            "unavailable".to_owned()
        } else {
            flat.join(" ")
        };
        assert_eq!(came, expected, "{chain:?}");
    }

    #[test]
    fn base_stands_for_the_broader_scopes_section() {
        use Scope::{Api, Global, Operation, Product};
        check(
            &[(Operation, "A base B"), (Api, "base C"), (Global, "D")],
            "A@operation D@global C@api B@operation",
        );
        check(
            &[(Operation, "A"), (Api, "C"), (Global, "D")],
            "A@operation",
        );
        check(
            &[(Api, "base"), (Product, "P base"), (Global, "D")],
            "P@product D@global",
        );
        check(&[(Api, ""), (Global, "D")], "");
        check(&[(Global, "base D")], "D@global");
        check(&[(Api, "base base"), (Global, "D")], "D@global");
    }

    #[test]
    fn a_policy_that_cannot_run_spoils_only_the_plans_that_contain_it() {
        use Scope::{Api, Global, Operation};
        check(
            &[(Operation, "A base"), (Api, "!"), (Global, "D")],
            "unavailable",
        );
        check(
            &[(Operation, "A"), (Api, "!"), (Global, "D")],
            "A@operation",
        );
    }
}
