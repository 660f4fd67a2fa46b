//! The life of a request, without sockets, on one page.

use http::HeaderValue;
use http::header::RETRY_AFTER;
use portcullis_model::code::engine::API_UNSUPPORTED;
use portcullis_model::code::policy::NOT_RUNNABLE;
use portcullis_policy::body::Body;
use portcullis_policy::exchange::{Answer, Exchange, ResponseParts};
use portcullis_policy::facts::{ConnInfo, InboundRequest, Permit};
use portcullis_policy::flow::{Detail, Fault, FaultKind, Flow};
use portcullis_policy::host::{Caller, Host};
use portcullis_policy::plan::{Plan, Preflight, Unavailable};

use crate::access;
use crate::record::{Outcome, RecordDraft};
use crate::respond::respond;
use crate::snapshot::{Lost, Snapshot};

/// An answer, and what is kept of how it came about.
#[derive(Debug)]
pub struct Served {
    /// What goes back to the caller.
    pub answer: Answer,
    /// What is kept.
    pub draft: RecordDraft,
}

/// Decides one request: route, admit, open, inbound, backend, outbound, answer; on a fault, on-error.
/// Under overload it may be turned away before anything runs.
///
/// Cancel: the request is abandoned, its backend connection closed; what waited to be counted is counted.
pub async fn serve(
    snapshot: &Snapshot,
    conn: &ConnInfo,
    inbound: Box<InboundRequest>,
    host: &Host<'_>,
) -> Served {
    let mut opened = open(snapshot, conn, *inbound);
    if let Some(seconds) = host.load.turn_away(opened.caller()) {
        return turned_away(opened.ex, seconds);
    }
    let plan = opened.plan;
    let outcome = {
        // Whatever ends this block before its time, what was to be counted is.
        let counting = Counting {
            ex: &mut opened.ex,
            host,
        };
        let ex = &mut *counting.ex;
        let end = match opened.verdict {
            Verdict::Admitted => run(plan, ex, host).await,
            Verdict::Preflight => preflight(plan, ex, host),
            Verdict::Refused(fault) => Err(fault),
        };
        match end.and_then(|()| count(ex, host)) {
            Ok(()) => Outcome::Allowed,
            // Boxed: most requests do not need it, and all would carry it.
            Err(fault) => Box::pin(on_error(plan, ex, fault, host)).await,
        }
    };
    let (answer, facts, traces) = opened.ex.into_answer();
    Served {
        draft: RecordDraft::new(facts, outcome, traces),
        answer,
    }
}

/// An exchange, what runs over it, and how far.
struct Opened<'s> {
    ex: Exchange<'s>,
    plan: &'s Plan,
    verdict: Verdict,
}

impl Opened<'_> {
    /// Who shares the gateway's time with others.
    fn caller(&self) -> Caller<'_> {
        let facts = self.ex.facts();
        match facts.permit.subscription() {
            Some(subscription) => Caller::Subscription(subscription.id.as_str()),
            None => Caller::Address(facts.client_ip),
        }
    }
}

/// What is decided before anything runs that an author wrote.
enum Verdict {
    /// The plan runs.
    Admitted,
    /// `cors` alone answers.
    Preflight,
    /// Only `on-error` runs.
    Refused(Fault),
}

/// Routes and admits.
fn open<'s>(snapshot: &'s Snapshot, conn: &'s ConnInfo, inbound: InboundRequest) -> Opened<'s> {
    // A request that leads nowhere is told so before anybody asks who sent it.
    let routed = match snapshot.find(&inbound) {
        Ok(routed) => routed,
        Err(lost) => {
            let fault = match &lost {
                Lost::NoApi | Lost::NoOperation { .. } => no_route(),
                Lost::InTwoWays => ambiguous(),
            };
            let route = lost.into_route(snapshot);
            let plan = snapshot.plan_without_operation(&route);
            let permit = Permit::withheld();
            return Opened {
                ex: Exchange::new(&snapshot.service, conn, inbound, route, permit),
                plan,
                verdict: Verdict::Refused(fault),
            };
        }
    };
    let (permit, verdict) = match access::admit(snapshot, routed.api, &inbound) {
        // A preflight carries no credentials, so it needs none; a key in the query, or an open
        // product, still gives the product whose `cors` counts.
        admitted if routed.is_preflight => (
            admitted.unwrap_or_else(|_| Permit::withheld()),
            Verdict::Preflight,
        ),
        Ok(permit) => (permit, Verdict::Admitted),
        Err(fault) => (Permit::withheld(), Verdict::Refused(fault)),
    };
    let plan = routed.plans.for_product(permit.product());
    let (permit, verdict) = match (&plan.unavailable, verdict) {
        // What could not be compiled must not run in part.
        (Some(missing), Verdict::Admitted) => {
            (Permit::withheld(), Verdict::Refused(not_runnable(missing)))
        }
        (_, verdict) => (permit, verdict),
    };
    Opened {
        ex: Exchange::new(&snapshot.service, conn, inbound, routed.route, permit),
        plan,
        verdict,
    }
}

/// Inbound, backend, outbound, in this order; a step that answers ends it.
async fn run(plan: &Plan, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<(), Fault> {
    for section in [&plan.inbound, &plan.backend, &plan.outbound] {
        if section.run(ex, host).await? == Flow::Respond {
            return Ok(());
        }
    }
    Ok(())
}

/// Counts what waited for the response: all of it, also where something cannot be computed. The
/// first such fault is told.
fn count(ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<(), Fault> {
    let mut end = Ok(());
    for deferred in ex.take_deferred() {
        end = end.and(deferred.at_end(ex, host));
    }
    end
}

/// A request on its way. Dropped before it has a response, it counts all the same: who goes away in
/// time would otherwise never be limited.
struct Counting<'e, 's, 'h> {
    ex: &'e mut Exchange<'s>,
    host: &'h Host<'h>,
}

impl Drop for Counting<'_, '_, '_> {
    fn drop(&mut self) {
        // Nothing is left of it if the response stands.
        for deferred in self.ex.take_deferred() {
            deferred.abandoned(self.host);
        }
    }
}

/// Lets `on-error` change the response for a fault, and counts what waited for it.
async fn on_error(plan: &Plan, ex: &mut Exchange<'_>, fault: Fault, host: &Host<'_>) -> Outcome {
    let outcome = answer_fault(plan, ex, fault, host).await;
    // The request has failed already: one more fault changes nothing.
    let (Ok(()) | Err(_)) = count(ex, host);
    outcome
}

/// The response for a fault, as `on-error` leaves it. A fault in `on-error` itself is a fixed 500.
async fn answer_fault(
    plan: &Plan,
    ex: &mut Exchange<'_>,
    fault: Fault,
    host: &Host<'_>,
) -> Outcome {
    let id = ex.facts().id;
    let outcome = Outcome::of(&fault);
    ex.fail_with(fault.clone(), respond(&fault, id));
    if plan.unavailable.is_some() || plan.on_error.is_empty() {
        return outcome;
    }
    match plan.on_error.run(ex, host).await {
        Ok(_) => outcome,
        Err(second) => {
            let logged = second.logged_message().to_owned();
            let Detail {
                reason, message, ..
            } = *second.detail;
            let fixed = Fault::new(FaultKind::Internal, reason, message).logging(logged);
            let outcome = Outcome::of(&fixed);
            let response = respond(&fixed, id);
            ex.fail_with(fixed, response);
            outcome
        }
    }
}

/// The answer to a request that there is no time for. Nothing that an author wrote runs: it would take
/// the time that is missing.
fn turned_away(mut ex: Exchange<'_>, seconds: u32) -> Served {
    let message = "what has arrived waits longer than `overload.wait` allows";
    let fault = Fault::new(FaultKind::NoRoom, "Overloaded", message)
        .from_step("overload")
        .with_header(RETRY_AFTER, HeaderValue::from(seconds));
    let response = respond(&fault, ex.facts().id);
    let outcome = Outcome::of(&fault);
    ex.fail_with(fault, response);
    let (answer, facts, traces) = ex.into_answer();
    Served {
        draft: RecordDraft::new(facts, outcome, traces),
        answer,
    }
}

fn not_runnable(missing: &Unavailable) -> Fault {
    Fault::new(FaultKind::NotRunnable, missing.code.id(), &*missing.message)
        .from_step("configuration")
        .saying(public_reason(missing))
}

/// Why an operation is not served, as far as it is anybody's business: what this version lacks is said
/// in full, of mistakes in a configuration only the kind and the code.
fn public_reason(missing: &Unavailable) -> String {
    let code = missing.code;
    let why = if code == API_UNSUPPORTED || code == NOT_RUNNABLE {
        &*missing.message
    } else {
        code.0.title
    };
    format!("Service Unavailable: {why} ({code})")
}

fn no_route() -> Fault {
    let message = "Unable to match incoming request to an operation.";
    Fault::new(FaultKind::NoRoute, "OperationNotFound", message).from_step("configuration")
}

fn ambiguous() -> Fault {
    let message = "servers read this path in different ways, which lead to different operations: \
                   write it without empty segments, path parameters, blanks or dots at the end of a \
                   segment, and double encoding";
    Fault::new(FaultKind::Malformed, "MalformedRequest", message).from_step("configuration")
}

/// Lets `cors` answer; a plan without one has no operation for OPTIONS.
fn preflight(plan: &Plan, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<(), Fault> {
    let verdict = match &plan.unavailable {
        Some(_) => Preflight::Unconcerned,
        None => plan.inbound.preflight(ex, host)?,
    };
    match verdict {
        Preflight::Answered => Ok(()),
        // No policy allows it: an empty 200 without CORS headers, which a browser takes as a no.
        Preflight::Unmatched => {
            ex.respond_with(ResponseParts::default());
            Ok(())
        }
        Preflight::Unconcerned => Err(no_route()),
    }
}

/// An answer to what never became a request that could be routed (a malformed head, say).
pub fn refusal(fault: &Fault, id: portcullis_policy::facts::RequestId) -> Answer {
    let ResponseParts {
        status,
        reason,
        headers,
        body,
    } = respond(fault, id);
    let body: Body = body.into_body();
    Answer {
        status,
        reason,
        headers,
        body,
        upgraded: None,
    }
}
