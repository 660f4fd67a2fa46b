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
