//! CPU time of a process tree, and who else used the cores.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::load::Outcome;
use super::{LOAD_CORE, PROXY_CORE};

/// More than this share of a core in other hands, and the round does not count. On the proxy's core
/// it makes the caches cold; on the other it starves the load, and a proxy that waits costs more.
const CONTENDED: f64 = 0.12;
/// How long a round waits for the machine to become calm before it begins all the same.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the cores are watched to say whether they are calm.
const WATCH: Duration = Duration::from_millis(400);
/// Ticks per second in /proc: USER_HZ, 100 on every Linux that we run on.
const TICKS: f64 = 100.0;

/// The counters at one moment.
#[derive(Debug)]
pub(super) struct Reading {
    at: Instant,
    proxy: Core,
    load: Core,
}

/// One core's counters.
#[derive(Debug, Clone, Copy)]
struct Core {
    /// Time that the processes which belong on it were on a CPU.
    ours: Duration,
    /// Time that it was not idle, whoever used it.
    busy: Duration,
}

/// One measured round.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// What the case compares.
    pub(super) figure: f64,
    /// In this unit.
    pub(super) unit: &'static str,
    /// The larger share of a core that something else used.
    pub(super) foreign: f64,
    /// Requests per second that the load generator saw.
    pub(super) rate: f64,
}

impl Reading {
    /// Reads the counters of both cores: the proxy on one, upstream and load generator on the other.
    pub(super) fn take(proxy: u32, upstream: u32) -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let core = |number: usize, ours: Duration| {
            let busy = busy(&stat, number);
            let busy = busy.with_context(|| format!("/proc/stat says nothing of core {number}"))?;
            anyhow::Ok(Core { ours, busy })
        };
        // The load generator has ended, so its time is that of our ended children.
        let ended = ended_children(&fs::read_to_string("/proc/self/stat")?);
        Ok(Self {
            at: Instant::now(),
            proxy: core(PROXY_CORE, on_cpu(proxy)?)?,
            load: core(LOAD_CORE, on_cpu(upstream)? + ended.unwrap_or_default())?,
        })
    }
}

impl Core {
    /// Seconds since an earlier reading that were not ours.
    fn foreign_since(self, before: Self) -> f64 {
        let busy = self.busy.saturating_sub(before.busy).as_secs_f64();
        busy - self.ours.saturating_sub(before.ours).as_secs_f64()
    }
}

impl Sample {
    /// What a round cost, from the counters before and after.
    pub(super) fn of_cost(before: &Reading, after: &Reading, outcome: &Outcome) -> Self {
        let proxy = after
            .proxy
            .ours
            .saturating_sub(before.proxy.ours)
            .as_secs_f64();
        let cost = proxy * 100_000.0 / outcome.requests;
        Self::of(before, after, outcome, cost, "CPU-s/100k")
    }

    /// How many milliseconds 99 of 100 requests took at most.
    pub(super) fn of_latency(
        before: &Reading,
        after: &Reading,
        outcome: &Outcome,
        slow: f64,
    ) -> Self {
        Self::of(before, after, outcome, slow, "ms")
    }

    fn of(
        before: &Reading,
        after: &Reading,
        outcome: &Outcome,
        figure: f64,
        unit: &'static str,
    ) -> Self {
        let wall = after.at.duration_since(before.at).as_secs_f64();
        let shares = [
            after.proxy.foreign_since(before.proxy),
            after.load.foreign_since(before.load),
        ];
        Self {
            figure,
            unit,
            foreign: shares.into_iter().fold(0.0, f64::max) / wall,
            rate: outcome.requests / wall,
        }
    }

    /// Whether proxy and load had their cores for themselves.
    pub(super) fn is_clean(&self) -> bool {
        self.foreign <= CONTENDED
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            figure,
            unit,
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
            "{figure:.2} {unit}, {rate:.0} requests/s, {percent:.0} % foreign{verdict}"
        )
    }
}

/// Waits while something else uses the cores; not forever, because a round says so itself.
pub(super) fn wait_for_calm() -> anyhow::Result<()> {
    let begin = Instant::now();
    let read = || fs::read_to_string("/proc/stat").context("cannot read /proc/stat");
    while begin.elapsed() < PATIENCE {
        let before = read()?;
        std::thread::sleep(WATCH);
        let after = read()?;
        let calm = [PROXY_CORE, LOAD_CORE].into_iter().all(|core| {
            let used = busy(&after, core)
                .unwrap_or_default()
                .saturating_sub(busy(&before, core).unwrap_or_default());
            used.as_secs_f64() <= CONTENDED * WATCH.as_secs_f64()
        });
        if calm {
            break;
        }
    }
    Ok(())
}

/// Time that all threads of a process and its descendants were on a CPU.
fn on_cpu(process: u32) -> anyhow::Result<Duration> {
    let mut sum = Duration::ZERO;
    for task in tasks(process)? {
        // A thread that ended meanwhile takes its time with it; no proxy here does that.
        let schedstat = fs::read_to_string(format!("{task}/schedstat")).unwrap_or_default();
        let nanoseconds = schedstat
            .split_whitespace()
            .next()
            .and_then(|ns| ns.parse().ok());
        sum += Duration::from_nanos(nanoseconds.unwrap_or(0));
    }
    Ok(sum)
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

/// CPU time of our children that have ended, from the text of /proc/self/stat.
fn ended_children(stat: &str) -> Option<Duration> {
    // The program's name stands in parentheses and may hold anything; cutime and cstime are the
    // 14th and 15th fields after it.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
    Some(Duration::from_secs_f64(ticks / TICKS))
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
    fn ended_children_are_read_behind_any_name() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 150 50 20 0 1 0";
        assert_eq!(ended_children(stat), Some(Duration::from_secs(2)));
    }

    #[test]
    fn a_sample_is_cpu_time_per_hundred_thousand_requests() {
        let at = Instant::now();
        let core = |ours: u64, busy: u64| Core {
            ours: Duration::from_millis(ours),
            busy: Duration::from_millis(busy),
        };
        let check = |proxy: Core, load: Core, foreign: f64| {
            let before = Reading {
                at,
                proxy: core(500, 0),
                load: core(0, 0),
            };
            let after = Reading {
                at: at + Duration::from_secs(4),
                proxy,
                load,
            };
            let outcome = Outcome {
                requests: 200_000.0,
                refused: 0.0,
            };
            let sample = Sample::of_cost(&before, &after, &outcome);
            assert!((sample.figure - 1.2).abs() < 1e-9, "{sample:?}");
            assert!((sample.foreign - foreign).abs() < 1e-9, "{sample:?}");
            assert_eq!(sample.is_clean(), foreign < 0.12, "{sample:?}");
        };
        check(core(2900, 2400), core(3900, 3900), 0.0);
        check(core(2900, 3200), core(3900, 3900), 0.2);
        check(core(2900, 2400), core(3000, 4000), 0.25);
    }
}
