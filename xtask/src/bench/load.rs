//! The load: wrk with 64 open connections, and what it reports.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::{Context, bail};

use super::LOAD_CORE;
use super::cases::Transport;
use crate::shell;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Where the proxy listens.
    pub(super) address: SocketAddr,
    /// How to connect.
    pub(super) transport: Transport,
    /// The path of every request.
    pub(super) path: &'static str,
    /// A header of every request.
    pub(super) header: Option<String>,
}

/// What wrk counted.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    /// Answers of any status. A float, because it is only ever divided by.
    pub(super) requests: f64,
    /// Answers that were neither 2xx nor 3xx.
    pub(super) refused: f64,
}

impl Target {
    /// The same without the key.
    pub(super) fn without_key(&self) -> Self {
        Self {
            header: None,
            ..self.clone()
        }
    }

    fn url(&self) -> String {
        let scheme = match self.transport {
            Transport::Plain => "http",
            Transport::Tls => "https",
        };
        format!("{scheme}://{}{}", self.address, self.path)
    }
}

/// Loads the target for so long; every answer must be a success.
pub(super) fn expect_success(target: &Target, seconds: u32) -> anyhow::Result<Outcome> {
    let outcome = wrk(target, seconds)?;
    if outcome.refused > 0.0 || outcome.requests < 1.0 {
        bail!("{} answered with errors: {outcome:?}", target.url());
    }
    Ok(outcome)
}

/// Loads the target for a second; every answer must be a refusal.
pub(super) fn expect_refusal(target: &Target) -> anyhow::Result<()> {
    let outcome = wrk(target, 1)?;
    if outcome.refused < outcome.requests || outcome.requests < 1.0 {
        bail!(
            "{} let requests through without a key: {outcome:?}",
            target.url()
        );
    }
    Ok(())
}

fn wrk(target: &Target, seconds: u32) -> anyhow::Result<Outcome> {
    let mut command = Command::new("taskset");
    command.args([
        "--cpu-list",
        &LOAD_CORE.to_string(),
        "wrk",
        "--threads",
        "1",
    ]);
    command.args(["--connections", "64", "--duration", &format!("{seconds}s")]);
    if let Some(header) = &target.header {
        command.args(["--header", header]);
    }
    let text = shell::output(command.arg(target.url()))?;
    parse(&text).with_context(|| format!("wrk said: {text}"))
}

fn parse(text: &str) -> anyhow::Result<Outcome> {
    if let Some(line) = text
        .lines()
        .find(|line| line.trim_start().starts_with("Socket errors"))
    {
        bail!("{}", line.trim());
    }
    let requests = text
        .lines()
        .find_map(|line| line.trim().split_once(" requests in "));
    let requests = requests.context("no count of requests")?.0.parse()?;
    let refused = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Non-2xx or 3xx responses: "));
    let refused = refused.map_or(Ok(0.0), |count| count.trim().parse())?;
    Ok(Outcome { requests, refused })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_wrk_is_understood() {
        let report = |middle: &str| {
            format!(
                "Running 2s test @ http://127.0.0.1:1/\n  1 threads and 64 connections\n  \
                 178523 requests in 2.01s, 40.01MB read\n{middle}Requests/sec:  88891.21\n"
            )
        };
        let outcome = parse(&report("")).expect("a clean report");
        assert_eq!(
            outcome,
            Outcome {
                requests: 178_523.0,
                refused: 0.0
            }
        );
        let outcome = parse(&report("  Non-2xx or 3xx responses: 12\n")).expect("with refusals");
        assert_eq!(
            outcome,
            Outcome {
                requests: 178_523.0,
                refused: 12.0
            }
        );
        assert!(
            parse(&report(
                "  Socket errors: connect 0, read 5, write 0, timeout 0\n"
            ))
            .is_err()
        );
        assert!(parse("unable to connect").is_err());
    }
}
