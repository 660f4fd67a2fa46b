//! Plays an example and says what is not as it should be.

use portcullis_engine::record::{Outcome, Why};
use portcullis_engine::{Options, SecretResolver, Served, Snapshot, compile, serve};
use portcullis_model::diagnostic::Severity;
use portcullis_model::secret::{Secret, SecretSource};
use portcullis_model::{Diagnostic, Sources};
use portcullis_policy::names::Names;
use portcullis_testkit::ready;
use portcullis_testkit::rig::Rig;
use portcullis_testkit::upstream::Received;

use crate::compare::{fits, status_differs};
use crate::example::{Example, Exchange, Forwarded, Problem};
use crate::given;

/// The largest body of an example.
const BODY_LIMIT: u64 = 16 * 1024 * 1024;

/// Secrets of examples are written in clear.
struct Clear;

impl SecretResolver for Clear {
    fn resolve(&self, source: &SecretSource) -> Result<Secret, String> {
        match source {
            SecretSource::Clear(secret) => Ok(secret.clone()),
            _ => Err("examples have secrets in clear only".to_owned()),
        }
    }
}

/// Loads the example's configuration, sends its requests, compares.
pub(crate) fn play(example: &Example) -> Vec<Problem> {
    let mut sources = Sources::default();
    let configuration = match given::configuration(example, &mut sources) {
        Ok(configuration) => configuration,
        Err(problems) => return problems,
    };
    let compiled = compile(&configuration, &Clear, Options::default(), Names::default());
    let said: Vec<&Diagnostic> = compiled.diagnostics.iter().collect();
    let mut problems = loading(example, &said, &sources);
    let rig = Rig::default();
    for (exchange, number) in example.exchanges.iter().zip(1..) {
        let differences = converse(&compiled.snapshot, &rig, exchange, number);
        problems.extend(differences);
    }
    problems
}

/// What loading said against what it should say.
fn loading(example: &Example, said: &[&Diagnostic], sources: &Sources) -> Vec<Problem> {
    let (line, expect) = match &example.diagnostics {
        Some((line, expect)) => (*line, &**expect),
        None => (example.documents.first().map_or(1, |d| d.line), &[][..]),
    };
    let mut said: Vec<&&Diagnostic> = said.iter().collect();
    // A document that stands in several places says the same thing several times.
    said.dedup_by_key(|d| (d.code.id(), &*d.message));
    let as_said = |(pattern, d): (&String, &&&Diagnostic)| {
        let severity = if d.severity == Severity::Warning {
            "warning "
        } else {
            ""
        };
        let code = format!("{severity}{}", d.code);
        let rest = pattern.strip_prefix(&code).map(str::trim_start);
        rest.is_some_and(|part| fits(&format!("…{part}…"), &d.message))
    };
    if said.len() == expect.len() && expect.iter().zip(&said).all(as_said) {
        return Vec::new();
    }
    let said: Vec<String> = said.iter().map(|d| sources.one_line(d)).collect();
    vec![(
        line,
        format!(
            "loading says\n  {}\nnot\n  {}",
            said.join("\n  "),
            expect.join("\n  ")
        ),
    )]
}

/// Sends one request and compares what comes of it.
fn converse(snapshot: &Snapshot, rig: &Rig, exchange: &Exchange, number: u64) -> Vec<Problem> {
    if let Some(at) = exchange.at {
        rig.clock.set(at);
    }
    for answer in &exchange.answers {
        rig.upstream.then(answer.clone());
    }
    let conn = exchange.request.connection();
    let inbound = match exchange.request.clone().inbound(number, &rig.clock) {
        Ok(inbound) => inbound,
        Err(what) => return vec![(exchange.line, what)],
    };
    let host = rig.host();
    let Some(served) = ready::run(serve(snapshot, &conn, Box::new(inbound), &host)) else {
        return vec![(exchange.line, "the request never ends".to_owned())];
    };
    let unplayed = rig.upstream.take_unplayed().len();
    let mut problems = Vec::new();
    if unplayed > 0 {
        problems.push((
            exchange.line,
            format!("{unplayed} answers of the backend were not needed"),
        ));
    }
    problems.extend(calls(exchange, &rig.upstream.take_received()));
    problems.extend(outcome(exchange, &served));
    problems.extend(response(exchange, served));
    problems
}

fn calls(exchange: &Exchange, received: &[Received]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(line) = exchange.never_forwarded
        && !received.is_empty()
    {
        problems.push((
            line,
            format!("the backend was called {} times", received.len()),
        ));
    }
    let Some((first, _)) = exchange.forwarded.first() else {
        return problems;
    };
    if exchange.forwarded.len() != received.len() {
        problems.push((
            *first,
            format!("the backend was called {} times", received.len()),
        ));
    }
    for ((line, expect), got) in exchange.forwarded.iter().zip(received) {
        problems.extend(
            call_differs(expect, got)
                .into_iter()
                .map(|what| (*line, what)),
        );
    }
    problems
}

fn call_differs(expect: &Forwarded, got: &Received) -> Vec<String> {
    let mut problems = Vec::new();
    let line = format!("{} {}", got.method, got.path_and_query);
    let words = expect.message.line.get(..2).unwrap_or(&expect.message.line);
    if !fits(&words.join(" "), &line) {
        problems.push(format!("the backend got {line:?}"));
    }
    let scheme = got.scheme.as_str();
    let port = (got.port != got.scheme.default_port()).then(|| format!(":{}", got.port));
    let to = format!("{scheme}://{}{}", got.host, port.unwrap_or_default());
    if let Some(expect) = expect.to.as_ref().filter(|expect| **expect != to) {
        problems.push(format!("it went to {to}, not {expect}"));
    }
    problems.extend(expect.message.differences(&got.headers, &got.body));
    problems
}

fn outcome(exchange: &Exchange, served: &Served) -> Vec<Problem> {
    let mut problems = Vec::new();
    let ended = |word: &str, why: &Why| format!("{word} {}: {}", why.reason, why.message);
    let got = match &served.draft.outcome {
        Outcome::Allowed => "allowed".to_owned(),
        Outcome::Denied(why) => ended("denied", why),
        Outcome::Failed(why) => ended("failed", why),
    };
    if let Some((line, expect)) = &exchange.log
        && !fits(expect, &got)
        && !fits(&format!("{expect}: …"), &got)
    {
        problems.push((*line, format!("it ended {got:?}")));
    }
    let traced = served.draft.traces.iter();
    let traced: Vec<_> = traced
        .map(|t| format!("{} {}: {}", t.severity, t.source, t.message))
        .collect();
    if let Some((line, expect)) = &exchange.trace
        && *expect != traced
    {
        problems.push((*line, format!("it traced {traced:?}")));
    }
    problems
}

fn response(exchange: &Exchange, served: Served) -> Vec<Problem> {
    let Some((line, expect)) = &exchange.response else {
        return Vec::new();
    };
    let mut answer = served.answer;
    let reason = answer.reason.as_deref();
    let mut differences: Vec<String> = status_differs(&expect.line, answer.status, reason)
        .into_iter()
        .collect();
    match ready::run(answer.body.buffer(BODY_LIMIT)) {
        Some(Ok(body)) => differences.extend(expect.differences(&answer.headers, &body)),
        Some(Err(error)) => differences.push(format!("the body broke: {error}")),
        None => differences.push("the body never ends".to_owned()),
    }
    if !differences.is_empty() {
        let (reason, message) = match &served.draft.outcome {
            Outcome::Allowed => ("", ""),
            Outcome::Denied(why) | Outcome::Failed(why) => (why.reason, &*why.message),
        };
        differences.push(format!("(it ended: {reason} {message})"));
    }
    differences.into_iter().map(|what| (*line, what)).collect()
}
