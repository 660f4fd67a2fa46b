//! Sets, adds to or removes a parameter of the query.
//!
//! # What it does
//!
//! Changes the query of the request that goes to the backend. `exists-action` says what happens to
//! a parameter that is there already: with `override` (taken if nothing is said) exactly the values
//! listed here remain; `skip` leaves it as it is; `append` adds a pair of name and value for each;
//! `delete` removes it and needs no value.
//!
//! Names are compared without regard to case. Values are percent-encoded, so none can end its pair.
//! What is added stands at the end of the query.
//!
//! # Where it may stand
//!
//! In `inbound` and `backend`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Every `value` may be an expression.
//!
//! # Example
//!
//! ```xml
//! <set-query-parameter name="api-version" exists-action="override">
//!     <value>2024-06-01</value>
//! </set-query-parameter>
//! ```
//!
//! # Differences from Azure
//!
//! Where what is added stands among the other parameters, and whether names are compared without
//! regard to case, is not documented; here it comes last, and they are.
//!
//! # Failure
//!
//! An expression that throws ends the section: 500 and `on-error`.

use std::borrow::Cow;

use bytes::Bytes;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::policies::parts::exists_action::{self, ExistsAction};
use crate::policies::parts::query;
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set query parameter",
    summary: "Sets, adds to or removes a parameter of the query.",
    category: Category::Transformation,
    sections: Sections::INBOUND.or(Sections::BACKEND),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::Filled, "the name of the parameter"),
            exists_action::ATTRIBUTE,
        ],
        children: &[ChildSpec::any(&VALUE)],
        choices: &[Choice::all_unless(
            "exists-action",
            ExistsAction::Delete.word(),
            &["value"],
        )],
        ..ElementSpec::new("set-query-parameter")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "One value of the parameter.",
    text: TextSpec::optional(Kind::Text, "the value, before it is percent-encoded"),
    ..ElementSpec::new("value")
};

/// Changes a parameter of the query that goes to the backend.
#[derive(Debug)]
struct SetQueryParameter {
    name: Val<Box<str>>,
    action: Val<ExistsAction>,
    values: Box<[Val<Box<str>>]>,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let name = cx.text(checked, "name");
    let action = exists_action::action(checked, cx)?;
    let written = exists_action::values(checked, &action);
    // Every value is looked at, so that all mistakes are reported.
    let values: Vec<_> = written
        .into_iter()
        .map(|(at, attr)| cx.text_of(at, attr))
        .collect();
    let values = values.into_iter().collect::<Option<_>>()?;
    Some(Run::sync(SetQueryParameter {
        name: name?,
        action,
        values,
    }))
}

/// The query with one parameter changed; what is added comes last.
fn changed(
    query: Option<&Bytes>,
    name: &str,
    action: ExistsAction,
    values: &[Cow<'_, str>],
) -> Option<Bytes> {
    let exists = query.is_some_and(|q| query::pairs(q).any(|pair| query::is_named(pair, name)));
    let rest = match action {
        ExistsAction::Skip if exists => return query.cloned(),
        ExistsAction::Override | ExistsAction::Delete if exists => {
            query.map(|q| query::without(q, |pair| query::is_named(pair, name)))
        }
        _ => query.cloned(),
    };
    if action == ExistsAction::Delete || values.is_empty() {
        return rest.filter(|rest| !rest.is_empty());
    }
    let mut changed = rest.map(Vec::from).unwrap_or_default();
    for value in values {
        query::push_pair(&mut changed, name, value);
    }
    Some(changed.into())
}

impl SyncStep for SetQueryParameter {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let name = self.name.text(ex, host)?;
        let action = self.action.get(ex, host)?;
        let values: Vec<_> = self
            .values
            .iter()
            .map(|value| value.text(ex, host))
            .collect::<Result<_, _>>()?;
        let request = ex.request_mut();
        request.query = changed(request.query.as_ref(), &name, action, &values);
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        before: Option<&'static str>,
        action: ExistsAction,
        values: &[&'static str],
        after: Option<&str>,
    ) {
        let query = before.map(|query| Bytes::from_static(query.as_bytes()));
        let values: Vec<_> = values.iter().copied().map(Cow::Borrowed).collect();
        let got = changed(query.as_ref(), "v", action, &values);
        assert_eq!(
            got.as_deref(),
            after.map(str::as_bytes),
            "{before:?} {action:?} {values:?}"
        );
    }

    #[test]
    fn the_action_decides_what_happens_to_a_parameter_that_is_there() {
        use ExistsAction::{Append, Delete, Override, Skip};
        check(Some("a=1&v=1&V=2"), Override, &["3"], Some("a=1&v=3"));
        check(Some("a=1&v=1"), Skip, &["3"], Some("a=1&v=1"));
        check(Some("v=1"), Append, &["2", "3"], Some("v=1&v=2&v=3"));
        check(Some("a=1&v=1&b=2"), Delete, &[], Some("a=1&b=2"));
        check(Some("v=1"), Delete, &[], None);
        check(None, Delete, &[], None);
        check(None, Override, &["3"], Some("v=3"));
        check(None, Skip, &["3"], Some("v=3"));
        check(Some(""), Append, &["3"], Some("v=3"));
    }

    #[test]
    fn a_value_cannot_smuggle_another_parameter_in() {
        check(
            None,
            ExistsAction::Override,
            &["1&role=admin"],
            Some("v=1%26role%3Dadmin"),
        );
    }
}
