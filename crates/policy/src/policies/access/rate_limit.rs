//! Limits the calls of each subscription in a sliding window.
//!
//! # What it does
//!
//! Each subscription may make `calls` calls in any `renewal-period` seconds. They are counted for
//! the scope that the policy stands in: a limit in the document of a product counts the calls of
//! all APIs of the product together, one in the document of an API those of the API. Every
//! subscription has counters of its own.
//!
//! `api` and `operation` in it limit single APIs of a product and single operations, beside the
//! limit of the whole: each limit that applies must have room, and a call that is refused by one is
//! counted by none.
//!
//! A request without a subscription is not counted and never refused.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes product, API and operation, once in a document.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An `api` or `operation` is meant by its `id`, or by its
//! display name in `name` if it has no `id`.
//!
//! # Example
//!
//! ```xml
//! <rate-limit calls="20" renewal-period="90" remaining-calls-header-name="X-Remaining-Calls">
//!     <api id="flights" calls="10" renewal-period="60" />
//! </rate-limit>
//! ```
//!
//! # Differences from Azure
//!
//! Azure says that its limit is not exact; here it is exact within one gateway.
//!
//! # Failure
//!
//! 429 with the seconds to wait in `Retry-After`, or the header that takes its place, after
//! `on-error`. The reason is `RateLimitExceeded`.

use std::time::Duration;

use portcullis_model::policy::Scope;

use crate::compile::CompileCx;
use crate::exchange::{Exchange, Facts};
use crate::facts::SubscriptionFacts;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    AttributeSpec, Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes,
    Sections, optional, required,
};
use crate::host::{CounterKey, Host, Limit, Standing, Verdict};
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::policies::parts::rate::Report;
use crate::policies::parts::vocabulary::{
    REMAINING_CALLS_HEADER, REMAINING_CALLS_VARIABLE, RETRY_AFTER_HEADER, RETRY_AFTER_VARIABLE,
    TOTAL_CALLS_HEADER,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit call rate by subscription",
    summary: "Limits the calls of each subscription in a sliding window.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::PRODUCT_AND_NARROWER,
    repeat: Repeat::OncePerDocument,
    root: ElementSpec {
        attributes: &[
            CALLS,
            RENEWAL_PERIOD,
            RETRY_AFTER_HEADER,
            RETRY_AFTER_VARIABLE,
            REMAINING_CALLS_HEADER,
            REMAINING_CALLS_VARIABLE,
            TOTAL_CALLS_HEADER,
        ],
        children: &[ChildSpec::any(&API)],
        ..ElementSpec::new("rate-limit")
    },
};

const API: ElementSpec = ElementSpec {
    meaning: "A limit for one API of the product.",
    attributes: &[NAME, ID, CALLS, RENEWAL_PERIOD],
    children: &[ChildSpec::any(&OPERATION)],
    choices: &[Choice::at_least_one(&["name", "id"])],
    ..ElementSpec::new("api")
};

const OPERATION: ElementSpec = ElementSpec {
    meaning: "A limit for one operation of the API.",
    attributes: &[NAME, ID, CALLS, RENEWAL_PERIOD],
    choices: &[Choice::at_least_one(&["name", "id"])],
    ..ElementSpec::new("operation")
};

const CALLS: AttributeSpec = required(
    "calls",
    Kind::COUNT,
    "how many calls are allowed in the window",
)
.literal();

const RENEWAL_PERIOD: AttributeSpec = required(
    "renewal-period",
    Kind::Seconds { min: 1, max: 300 },
    "the length of the sliding window",
)
.literal();

const NAME: AttributeSpec =
    optional("name", Kind::Text, "its name; not read if `id` is given").literal();

const ID: AttributeSpec = optional("id", Kind::Text, "its id").literal();

/// Limits the calls of each subscription.
#[derive(Debug)]
struct RateLimit {
    scope: Scope,
    /// Where it stands in the document; keeps two limits of one scope apart.
    place: Box<str>,
    limit: Limit,
    apis: Box<[ApiLimit]>,
    report: Report,
}

/// A limit for one API, and for operations of it.
#[derive(Debug)]
struct ApiLimit {
    of: Named,
    limit: Limit,
    operations: Box<[(Named, Limit)]>,
}

/// How a limit says what it is for.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    /// By resource name, without regard to case.
    Id(Box<str>),
    /// By display name, if it has no id.
    Name(Box<str>),
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let report = Report::compile(checked, cx)?;
    let apis = checked.children("api").map(api).collect::<Option<_>>()?;
    Some(Run::sync(RateLimit {
        scope: cx.scope(),
        place: checked.path().into(),
        limit: limit(checked)?,
        apis,
        report,
    }))
}

fn api(checked: &Checked<'_>) -> Option<ApiLimit> {
    let operation = |checked: &Checked<'_>| Some((Named::read(checked)?, limit(checked)?));
    Some(ApiLimit {
        of: Named::read(checked)?,
        limit: limit(checked)?,
        operations: checked
            .children("operation")
            .map(operation)
            .collect::<Option<_>>()?,
    })
}

fn limit(checked: &Checked<'_>) -> Option<Limit> {
    let calls = *checked.int::<u64>("calls")?.literal()?;
    let period: Duration = *checked.seconds("renewal-period")?.literal()?;
    Some(Limit { calls, period })
}

impl Named {
    fn read(checked: &Checked<'_>) -> Option<Self> {
        match (checked.literal("id"), checked.literal("name")) {
            (Some((id, _)), _) => Some(Self::Id(id.into())),
            (None, Some((name, _))) => Some(Self::Name(name.into())),
            (None, None) => None,
        }
    }

    fn means(&self, id: &str, name: &str) -> bool {
        match self {
            Self::Id(own) => own.eq_ignore_ascii_case(id),
            Self::Name(own) => **own == *name,
        }
    }
}

impl RateLimit {
    /// The limits that this call counts against, each with its counter.
    fn applying(
        &self,
        facts: &Facts<'_>,
        subscription: &SubscriptionFacts,
        host: &Host<'_>,
    ) -> Vec<(CounterKey, Limit)> {
        let (api, operation) = (facts.route.api, facts.route.operation.map(|o| &o.operation));
        let operation_id = operation.map_or("", |operation| operation.id.as_str());
        let product = facts
            .permit
            .product()
            .map_or("", |product| product.id.as_str());
        let whose = match self.scope {
            Scope::Global | Scope::Workspace => ["", ""],
            Scope::Product => [product, ""],
            Scope::Api => [api.id.as_str(), ""],
            Scope::Operation => [api.id.as_str(), operation_id],
        };
        let key = |api: &str, operation: &str| {
            let [first, second] = whose;
            let (scope, place) = (self.scope.name(), &*self.place);
            let subscription = subscription.id.as_str();
            host.counters.key(&[
                "rate-limit",
                subscription,
                scope,
                first,
                second,
                place,
                api,
                operation,
            ])
        };
        let mut limits = vec![(key("", ""), self.limit)];
        for own in self
            .apis
            .iter()
            .filter(|own| own.of.means(api.id.as_str(), &api.name))
        {
            limits.push((key(api.id.as_str(), ""), own.limit));
            let Some(operation) = operation else { continue };
            let mut operations = own.operations.iter();
            if let Some((_, limit)) =
                operations.find(|(of, _)| of.means(operation_id, &operation.name))
            {
                limits.push((key(api.id.as_str(), operation_id), *limit));
            }
        }
        limits
    }
}

/// Counts a call against every limit if each has room for it. Gives the standing that leaves the
/// least, with its limit; or of those that have no room, the one to wait for longest.
fn take(limits: &[(CounterKey, Limit)], host: &Host<'_>) -> Option<(Standing, Limit)> {
    let now = host.clock.instant();
    let ask = |(key, limit): &(CounterKey, Limit)| (host.counters.look(*key, *limit, now), *limit);
    let count =
        |(key, limit): &(CounterKey, Limit)| (host.counters.take(*key, *limit, 1, now), *limit);
    if limits.len() > 1
        && let Some(full) = tightest(limits.iter().map(ask))
        && full.0.verdict == Verdict::Exceeded
    {
        return Some(full);
    }
    tightest(limits.iter().map(count))
}

fn tightest(standings: impl Iterator<Item = (Standing, Limit)>) -> Option<(Standing, Limit)> {
    standings
        .min_by_key(|(standing, _)| (standing.remaining, std::cmp::Reverse(standing.retry_after)))
}

impl SyncStep for RateLimit {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let facts = ex.facts();
        let Some(subscription) = facts.permit.subscription() else {
            return Ok(Flow::Continue);
        };
        let limits = self.applying(facts, subscription, host);
        let Some((standing, limit)) = take(&limits, host) else {
            return Ok(Flow::Continue);
        };
        self.report.tell(ex, standing, limit.calls);
        match standing.verdict {
            Verdict::Within => Ok(Flow::Continue),
            Verdict::Exceeded => Err(self.report.refuse(ex, standing)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_that_leaves_the_least_decides() {
        let limit = |calls| Limit {
            calls,
            period: Duration::from_secs(1),
        };
        let standing = |remaining, wait| Standing {
            verdict: if wait == 0 {
                Verdict::Within
            } else {
                Verdict::Exceeded
            },
            remaining,
            retry_after: Duration::from_secs(wait),
        };
        // (remaining and wait of each limit, which decides)
        for (standings, expect) in [
            (&[(5, 0)][..], 0),
            (&[(5, 0), (2, 0), (3, 0)], 1),
            (&[(5, 0), (0, 7), (3, 0)], 1),
            (&[(0, 7), (0, 9), (0, 8)], 1),
        ] {
            let all = standings.iter().zip(0..);
            let all = all.map(|((remaining, wait), at)| (standing(*remaining, *wait), limit(at)));
            assert_eq!(tightest(all).unwrap().1.calls, expect, "{standings:?}");
        }
    }

    #[test]
    fn an_id_is_compared_without_regard_to_case_and_a_name_with() {
        let (id, name) = (Named::Id("Flights".into()), Named::Name("Flights".into()));
        assert!(id.means("flights", "other") && name.means("other", "Flights"));
        assert!(!id.means("other", "Flights") && !name.means("flights", "flights"));
    }
}
