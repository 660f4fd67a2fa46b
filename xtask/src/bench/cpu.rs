//! CPU time of a process tree, and who else used its core.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::PROXY_CORE;
use super::load::Outcome;

/// More than this share of the proxy's core in other hands, and the round does not count.
const CONTENDED: f64 = 0.12;
/// Ticks per second in /proc/stat: USER_HZ, 100 on every Linux that we run on.
const TICKS: f64 = 100.0;

/// The counters at one moment.
#[derive(Debug)]
pub(super) struct Reading {
    at: Instant,
    /// Time that all threads of the proxy were on a CPU.
    proxy: Duration,
    /// Time that the proxy's core was not idle, whoever used it.
    core: Duration,
}

/// One measured round.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// CPU seconds of the proxy per 100,000 requests.
    pub(super) cost: f64,
    /// Share of the proxy's core that something else used.
    pub(super) foreign: f64,
    /// Requests per second that the load generator saw.
    pub(super) rate: f64,
}

impl Reading {
    /// Reads the counters of a process and all its children.
    pub(super) fn take(process: u32) -> anyhow::Result<Self> {
        let mut proxy = Duration::ZERO;
        for task in tasks(process)? {
            // A thread that ended meanwhile takes its time with it; no proxy here does that.
            let schedstat = fs::read_to_string(format!("{task}/schedstat")).unwrap_or_default();
            let on_cpu = schedstat
                .split_whitespace()
                .next()
                .and_then(|ns| ns.parse().ok());
            proxy += Duration::from_nanos(on_cpu.unwrap_or(0));
        }
        let core = busy(&fs::read_to_string("/proc/stat")?, PROXY_CORE)
            .with_context(|| format!("/proc/stat says nothing of core {PROXY_CORE}"))?;
        Ok(Self {
            at: Instant::now(),
            proxy,
            core,
        })
    }
}

impl Sample {
    /// What a round cost, from the counters before and after.
    pub(super) fn between(before: &Reading, after: &Reading, outcome: &Outcome) -> Self {
        let proxy = after.proxy.saturating_sub(before.proxy).as_secs_f64();
        let core = after.core.saturating_sub(before.core).as_secs_f64();
        let wall = after.at.duration_since(before.at).as_secs_f64();
        Self {
            cost: proxy * 100_000.0 / outcome.requests,
            foreign: ((core - proxy) / wall).max(0.0),
            rate: outcome.requests / wall,
        }
    }

    /// Whether the proxy had its core for itself.
    pub(super) fn is_clean(&self) -> bool {
        self.foreign <= CONTENDED
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cost,
            foreign,
            rate,
        } = self;
        let verdict = if self.is_clean() {
            ""
        } else {
            ", contended: does not count"
        };
        let percent = foreign * 100.0;
        write!(
            f,
            "{cost:.2} CPU-s/100k, {rate:.0} requests/s, {percent:.0} % foreign{verdict}"
        )
    }
}

/// The folders in /proc of every thread of a process and its descendants.
fn tasks(process: u32) -> anyhow::Result<BTreeSet<String>> {
    let mut tasks = BTreeSet::new();
    let mut waiting = vec![process];
    while let Some(process) = waiting.pop() {
        let folder = format!("/proc/{process}/task");
        let threads = fs::read_dir(&folder).with_context(|| format!("process {process} ended"))?;
        for thread in threads {
            let task = format!("{folder}/{}", thread?.file_name().to_string_lossy());
            let children = fs::read_to_string(format!("{task}/children")).unwrap_or_default();
            waiting.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
            tasks.insert(task);
        }
    }
    Ok(tasks)
}

/// How long a core was busy, from the text of /proc/stat.
fn busy(stat: &str, core: usize) -> Option<Duration> {
    let name = format!("cpu{core}");
    let line = stat
        .lines()
        .find_map(|line| line.strip_prefix(&name)?.strip_prefix(' '))?;
    let ticks: Vec<f64> = line
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // user nice system (idle iowait) irq softirq steal; guest time is already in user.
    let busy: f64 = [0, 1, 2, 5, 6, 7]
        .iter()
        .filter_map(|&field| ticks.get(field))
        .sum();
    Some(Duration::from_secs_f64(busy / TICKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_busy_with_everything_but_idling_and_waiting() {
        let stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n\
                    cpu1 100 20 30 5000 600 7 8 35 0 0\ncpu10 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(busy(stat, 1), Some(Duration::from_secs(2)));
        assert_eq!(busy(stat, 2), None);
    }

    #[test]
    fn a_sample_is_cpu_time_per_hundred_thousand_requests() {
        let at = Instant::now();
        let reading = |seconds: u64, proxy: u64, core: u64| Reading {
            at: at + Duration::from_secs(seconds),
            proxy: Duration::from_millis(proxy),
            core: Duration::from_millis(core),
        };
        let outcome = Outcome {
            requests: 200_000.0,
            refused: 0.0,
        };
        let sample = Sample::between(&reading(0, 500, 0), &reading(4, 2900, 3200), &outcome);
        assert!((sample.cost - 1.2).abs() < 1e-9, "{sample:?}");
        assert!(
            (sample.foreign - 0.2).abs() < 1e-9 && !sample.is_clean(),
            "{sample:?}"
        );
    }
}
