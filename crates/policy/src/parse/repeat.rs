//! Finds policies that stand more often than they may.

use std::collections::HashMap;

use portcullis_model::code::policy as code;

use super::checked::Checked;
use super::{CheckedDocument, Line, ParseCx};
use crate::grammar::{Repeat, Section};

/// How often each policy stands on the way of one request.
type Counts = HashMap<&'static str, usize>;

/// Checks a document.
pub(super) fn check(document: &CheckedDocument<'_>, cx: &mut ParseCx<'_>) {
    let mut in_document = Counts::new();
    for section in Section::ALL {
        let lines = document.section(section).unwrap_or(&[]);
        let policies = lines.iter().filter_map(|line| match line {
            Line::Policy(policy) => Some(&**policy),
            Line::Base(_) => None,
        });
        count(
            policies.clone(),
            Repeat::OncePerSection,
            &mut Counts::new(),
            cx,
        );
        count(policies, Repeat::OncePerDocument, &mut in_document, cx);
    }
}

/// Checks a fragment.
pub(super) fn check_list(policies: &[Checked<'_>], cx: &mut ParseCx<'_>) {
    count(
        policies.iter(),
        Repeat::OncePerSection,
        &mut Counts::new(),
        cx,
    );
    count(
        policies.iter(),
        Repeat::OncePerDocument,
        &mut Counts::new(),
        cx,
    );
}

/// Counts policies of one kind, and those in policies that run others.
fn count<'c, 'd: 'c>(
    policies: impl Iterator<Item = &'c Checked<'d>>,
    repeat: Repeat,
    counts: &mut Counts,
    cx: &mut ParseCx<'_>,
) {
    for checked in policies {
        let Some(entry) = checked.policy() else {
            continue;
        };
        if entry.spec.repeat == repeat {
            let times = counts.entry(checked.name()).or_insert(0);
            *times += 1;
            if *times == 2 {
                again(checked, repeat, cx);
            }
        }
        if matches!(checked.spec.policies, crate::grammar::Nested::Any) {
            count(checked.nested().iter(), repeat, counts, cx);
        }
        // Only one branch of a `choose` runs, so its branches do not count together.
        let branches: Vec<Counts> = checked
            .parts()
            .iter()
            .filter(|part| !part.nested().is_empty())
            .map(|part| {
                let mut branch = counts.clone();
                count(part.nested().iter(), repeat, &mut branch, cx);
                branch
            })
            .collect();
        for (name, times) in branches.into_iter().flatten() {
            let most = counts.entry(name).or_insert(0);
            *most = times.max(*most);
        }
    }
}

fn again(checked: &Checked<'_>, repeat: Repeat, cx: &mut ParseCx<'_>) {
    let of = match repeat {
        Repeat::OncePerDocument => "document",
        Repeat::OncePerSection | Repeat::Many => "section",
    };
    let message = format!(
        "`{}` may be used only once in a policy {of}",
        checked.name()
    );
    let help = "remove one of the two, or join them into one";
    cx.error(code::REPEATED_POLICY, checked.span(), message, help);
}
