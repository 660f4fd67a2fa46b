//! The load, by generators that others wrote: wrk for HTTP/1.1 as fast as it goes, h2load for HTTP/2
//! and for HTTP/1.1 at a given rate.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::LOAD_CORE;
use super::cases::{Connections, Exchange, Transport};
use crate::shell;

/// How many HTTP/1.1 connections are open at a time.
const CONNECTIONS: u32 = 64;
/// How many HTTP/2 connections, and how many requests on each.
const CONNECTIONS_HTTP2: u32 = 16;
const STREAMS: u32 = 4;
/// The body of an upload.
const UPLOAD: usize = 10 * 1024;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Where the proxy listens.
    pub(super) address: SocketAddr,
    /// How to connect.
    pub(super) transport: Transport,
    /// How long a connection lives.
    pub(super) connections: Connections,
    /// What is sent and expected.
    pub(super) exchange: Exchange,
    /// The path of every request.
    pub(super) path: &'static str,
    /// A header of every request.
    pub(super) header: Option<String>,
    /// Where a generator may write files.
    pub(super) folder: PathBuf,
}

/// What a generator counted.
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
            Transport::Tls | Transport::Http2 => "https",
        };
        format!("{scheme}://{}{}", self.address, self.path)
    }
}

/// Loads the target for so long; every answer must be a success.
pub(super) fn expect_success(target: &Target, seconds: u32) -> anyhow::Result<Outcome> {
    let outcome = match target.transport {
        Transport::Http2 => {
            let duration = format!("--duration={seconds}");
            h2load(target, &[&duration, &format!("-m{STREAMS}")])?
        }
        Transport::Plain | Transport::Tls => wrk(target, seconds)?,
    };
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

/// How many requests a second h2load gets answered by HTTP/1.1 when it asks as fast as it can.
pub(super) fn peak(target: &Target, seconds: u32) -> anyhow::Result<f64> {
    let outcome = h2load(target, &[&format!("--duration={seconds}")])?;
    Ok(outcome.requests / f64::from(seconds))
}

/// Asks by HTTP/1.1 at so many requests a second for so long, and gives with the count the
/// milliseconds in which 99 of 100 requests were answered.
pub(super) fn at_rate(target: &Target, rate: f64, seconds: u32) -> anyhow::Result<(Outcome, f64)> {
    let log = target.folder.join("requests.log");
    let duration = format!("--duration={seconds}");
    let rps = format!("--rps={}", rate / f64::from(CONNECTIONS));
    let file = format!("--log-file={}", log.display());
    let outcome = h2load(target, &[&duration, &rps, &file])?;
    if outcome.refused > 0.0 {
        bail!("{} answered with errors: {outcome:?}", target.url());
    }
    let times = fs::read_to_string(&log).context("h2load wrote no log")?;
    let slow = percentile_99(&times).with_context(|| format!("in {}", log.display()))?;
    Ok((outcome, slow))
}

fn pinned(program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &LOAD_CORE.to_string(), program]);
    command
}

fn wrk(target: &Target, seconds: u32) -> anyhow::Result<Outcome> {
    let mut command = pinned("wrk");
    command.args(["--threads", "1", "--connections", &CONNECTIONS.to_string()]);
    command.args(["--duration", &format!("{seconds}s")]);
    if target.exchange == Exchange::Upload {
        command.arg("--script").arg(upload_script(&target.folder)?);
    }
    if target.connections == Connections::New {
        command.args(["--header", "Connection: close"]);
    }
    if let Some(header) = &target.header {
        command.args(["--header", header]);
    }
    let text = shell::output(command.arg(target.url()))?;
    parse_wrk(&text).with_context(|| format!("wrk said: {text}"))
}

/// wrk sends a body only when told so in Lua.
fn upload_script(folder: &Path) -> anyhow::Result<PathBuf> {
    let file = folder.join("upload.lua");
    let script = format!(
        "wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'text/plain'\nwrk.body = string.rep('a', {UPLOAD})\n"
    );
    fs::write(&file, script)?;
    Ok(file)
}

fn h2load(target: &Target, arguments: &[&str]) -> anyhow::Result<Outcome> {
    let mut command = pinned("h2load");
    match target.transport {
        Transport::Http2 => command.arg(format!("-c{CONNECTIONS_HTTP2}")),
        Transport::Plain | Transport::Tls => command.arg("--h1").arg(format!("-c{CONNECTIONS}")),
    };
    command.args(arguments);
    let text = shell::output(command.arg(target.url()))?;
    parse_h2load(&text).with_context(|| format!("h2load said: {text}"))
}

/// Of the third column of h2load's log, microseconds, in milliseconds.
fn percentile_99(log: &str) -> anyhow::Result<f64> {
    let times = log.lines().map(|line| {
        let time = line.split('\t').nth(2).context("no third column")?;
        Ok(time.parse()?)
    });
    let mut times = times.collect::<anyhow::Result<Vec<u32>>>()?;
    times.sort_unstable();
    let slow = times.get(times.len() * 99 / 100).context("no requests")?;
    Ok(f64::from(*slow) / 1000.0)
}

/// `requests: 9 total, 9 started, 9 done, 9 succeeded, 0 failed, 0 errored, 0 timeout`
fn parse_h2load(text: &str) -> anyhow::Result<Outcome> {
    let mut lines = text.lines();
    let counts = lines.find_map(|line| line.strip_prefix("requests: "));
    let counts = counts.context("no count of requests")?;
    let count = |name: &str| -> anyhow::Result<f64> {
        let mut counts = counts.split(", ");
        let count = counts.find_map(|count| count.strip_suffix(name));
        Ok(count.with_context(|| format!("no count{name}"))?.parse()?)
    };
    Ok(Outcome {
        requests: count(" done")?,
        refused: count(" failed")? + count(" errored")? + count(" timeout")?,
    })
}

fn parse_wrk(text: &str) -> anyhow::Result<Outcome> {
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
        let outcome = parse_wrk(&report("")).expect("a clean report");
        assert_eq!(
            outcome,
            Outcome {
                requests: 178_523.0,
                refused: 0.0
            }
        );
        let outcome =
            parse_wrk(&report("  Non-2xx or 3xx responses: 12\n")).expect("with refusals");
        assert_eq!(
            outcome,
            Outcome {
                requests: 178_523.0,
                refused: 12.0
            }
        );
        assert!(
            parse_wrk(&report(
                "  Socket errors: connect 0, read 5, write 0, timeout 0\n"
            ))
            .is_err()
        );
        assert!(parse_wrk("unable to connect").is_err());
    }

    #[test]
    fn the_report_of_h2load_is_understood() {
        let report = "finished in 2.00s\nrequests: 412 total, 412 started, 410 done, 409 succeeded, 1 failed, 0 errored, 2 timeout\nstatus codes: 409 2xx, 0 3xx, 1 4xx, 0 5xx\n";
        let outcome = parse_h2load(report).expect("a report");
        let expected = Outcome {
            requests: 410.0,
            refused: 3.0,
        };
        assert_eq!(outcome, expected);
        assert!(parse_h2load("").is_err());
    }

    #[test]
    fn one_request_of_a_hundred_is_slower_than_the_percentile() {
        let lines: Vec<_> = (1..=200).map(|n| format!("17\t200\t{n}000")).collect();
        let slow = percentile_99(&lines.join("\n")).expect("a log");
        assert!((slow - 199.0).abs() < 1e-9, "{slow}");
        assert!(percentile_99("").is_err());
        assert!(percentile_99("1\t200\n").is_err());
    }
}
