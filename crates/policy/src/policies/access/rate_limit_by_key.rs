//! Limits the calls of each value of a key in a sliding window.
//!
//! # What it does
//!
//! Each value of `counter-key` may make `calls` calls in any `renewal-period` seconds. The same
//! value is the same counter wherever it is used, in whatever API and scope: put what tells
//! counters apart into the key.
//!
//! If `increment-condition` or `increment-count` is an expression, the call is counted when the
//! response is known, whichever policy or error made it. Until then it is not counted, so the first
//! refusal comes one call late. A call counts if it cannot be known whether it does: the expression
//! throws, or the client goes away before there is a response.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <rate-limit-by-key calls="10" renewal-period="60" counter-key="@(context.Request.IpAddress)" />
//! ```
//!
//! # Differences from Azure
//!
//! Azure says that its limit is not exact; here it is exact within one gateway. A condition that
//! reads the body of the response cannot run yet.
//!
//! # Failure
//!
//! 429 with the seconds to wait in `Retry-After`, or the header that takes its place, after
//! `on-error`. The reason is `RateLimitExceeded`. An expression that throws ends the section with
//! `ExpressionValueEvaluationFailure`: 500.

use std::sync::Arc;
use std::time::Duration;

use crate::compile::CompileCx;
use crate::exchange::{AtEnd, Exchange};
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};
use crate::host::{CounterKey, Host, Limit, Verdict};
use crate::parse::{Attr, Checked};
use crate::plan::{Run, SyncStep};
use crate::policies::parts::rate::Report;
use crate::policies::parts::vocabulary::{
    REMAINING_CALLS_HEADER, REMAINING_CALLS_VARIABLE, RETRY_AFTER_HEADER, RETRY_AFTER_VARIABLE,
    TOTAL_CALLS_HEADER,
};
use crate::scheme;
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Limit call rate by key",
    summary: "Limits the calls of each value of a key in a sliding window.",
    category: Category::Limits,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "calls",
                Kind::COUNT,
                "how many calls are allowed in the window",
            ),
            required(
                "renewal-period",
                Kind::Seconds { min: 1, max: 300 },
                "the length of the sliding window",
            ),
            required("counter-key", Kind::Text, "what is counted apart"),
            optional("increment-condition", Kind::Bool, "whether the call counts").or("true"),
            optional(
                "increment-count",
                Kind::COUNT,
                "as how many calls it counts",
            )
            .or("1"),
            optional(
                "increment-after-response",
                Kind::Bool,
                "whether the call is counted only when the response is known",
            )
            .or("false")
            .literal(),
            RETRY_AFTER_HEADER,
            RETRY_AFTER_VARIABLE,
            REMAINING_CALLS_HEADER,
            REMAINING_CALLS_VARIABLE,
            TOTAL_CALLS_HEADER,
        ],
        ..ElementSpec::new("rate-limit-by-key")
    },
};

/// The longest window, as the manual of the service has it.
const LONGEST_PERIOD: u64 = 300;

/// Limits the calls of whoever a key stands for.
#[derive(Debug)]
struct RateLimitByKey {
    key: Val<Box<str>>,
    calls: Val<u64>,
    period: Val<u64>,
    increment: Arc<Increment>,
    counted: Counted,
    report: Report,
}

/// Whether a call counts, and as how many.
#[derive(Debug)]
struct Increment {
    condition: Val<bool>,
    count: Val<u64>,
}

/// When a call is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// Here.
    AtOnce,
    /// When the response stands.
    AfterResponse,
}

/// A call that will be counted when the response is known.
#[derive(Debug)]
struct Pending {
    counter: CounterKey,
    limit: Limit,
    increment: Arc<Increment>,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let key = cx.text(checked, "counter-key");
    let calls = cx.int(checked, "calls");
    let period = cx.int(checked, "renewal-period");
    let condition = cx.bool(checked, "increment-condition");
    let count = cx.int(checked, "increment-count");
    let report = Report::compile(checked, cx)?;
    let increment = Increment {
        condition: condition?,
        count: count?,
    };
    if increment.reads_response_body() {
        cx.cannot_run_yet(checked, "reading the body of the response to count a call");
        return None;
    }
    Some(Run::sync(RateLimitByKey {
        key: key?,
        calls: calls?,
        period: period?,
        increment: Arc::new(increment),
        counted: counted(checked),
        report,
    }))
}

/// An expression may want the response, so it waits for it.
fn counted(checked: &Checked<'_>) -> Counted {
    let condition = checked.bool("increment-condition");
    let count = checked.int::<u64>("increment-count");
    let asked = checked.bool("increment-after-response");
    let waits = matches!(condition, Some(Attr::Expression(_)))
        || matches!(count, Some(Attr::Expression(_)))
        || matches!(asked, Some(Attr::Literal(true, _)));
    if waits {
        Counted::AfterResponse
    } else {
        Counted::AtOnce
    }
}

impl Increment {
    fn reads_response_body(&self) -> bool {
        let condition = match &self.condition {
            Val::Known(_) => false,
            Val::Computed(program) => scheme::needs(program).response,
        };
        let count = match &self.count {
            Val::Known(_) => false,
            Val::Computed(program) => scheme::needs(program).response,
        };
        condition || count
    }

    /// As how many calls this one counts.
    fn amount(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<u64, Fault> {
        if self.condition.get(ex, host)? {
            self.count.get(ex, host)
        } else {
            Ok(0)
        }
    }

    /// As how many calls one counts of which no more is known than what is written.
    fn amount_at_worst(&self) -> u64 {
        match (&self.condition, &self.count) {
            (Val::Known(false), _) => 0,
            (_, Val::Known(count)) => *count,
            (_, Val::Computed(_)) => 1,
        }
    }
}

impl RateLimitByKey {
    fn limit(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Limit, Fault> {
        let calls = self.calls.get(ex, host)?;
        let seconds = self.period.get(ex, host)?;
        // What is written is checked when it is loaded; this is about what is computed.
        if !(1..=LONGEST_PERIOD).contains(&seconds) {
            let message =
                format!("the renewal period `{seconds}` is not from 1 to {LONGEST_PERIOD} seconds");
            return Err(Fault::expression(&message));
        }
        Ok(Limit {
            calls,
            period: Duration::from_secs(seconds),
        })
    }
}

impl SyncStep for RateLimitByKey {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let limit = self.limit(ex, host)?;
        // One counter for each key, whatever scope the policy stands in.
        let counter = {
            let key = self.key.text(ex, host)?;
            host.counters.key(&["rate-limit-by-key", &key])
        };
        let now = host.clock.instant();
        let standing = match self.counted {
            Counted::AtOnce => match self.increment.amount(ex, host)? {
                0 => host.counters.look(counter, limit, now),
                amount => host.counters.take(counter, limit, amount, now),
            },
            Counted::AfterResponse => host.counters.look(counter, limit, now),
        };
        self.report.tell(ex, standing, limit.calls);
        if standing.verdict == Verdict::Exceeded {
            return Err(self.report.refuse(ex, standing));
        }
        if self.counted == Counted::AfterResponse {
            let increment = Arc::clone(&self.increment);
            ex.defer(Arc::new(Pending {
                counter,
                limit,
                increment,
            }));
        }
        Ok(Flow::Continue)
    }
}

impl Pending {
    fn count(&self, amount: u64, host: &Host<'_>) {
        if amount > 0 {
            host.counters
                .add(self.counter, self.limit, amount, host.clock.instant());
        }
    }
}

impl AtEnd for Pending {
    fn at_end(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<(), Fault> {
        let amount = self.increment.amount(ex, host);
        let counted = amount.as_ref().copied();
        // A limit that a failing expression switches off would be none.
        self.count(counted.unwrap_or(self.increment.amount_at_worst()), host);
        amount.map(|_| ())
    }

    fn abandoned(&self, host: &Host<'_>) {
        self.count(self.increment.amount_at_worst(), host);
    }
}
