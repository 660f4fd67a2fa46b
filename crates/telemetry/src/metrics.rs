//! Counters, core by core, and their Prometheus form.
//!
//! A core writes its own [`CoreMetrics`] and nobody else does, so counting is a load and a store;
//! a scrape adds the cores up. Label values come from the configuration, never from a request.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// A number that one core writes and any core reads.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds; only the core that owns the number may.
    pub fn add(&self, n: u64) {
        self.0.store(
            self.0.load(Ordering::Relaxed).wrapping_add(n),
            Ordering::Relaxed,
        );
    }

    /// Sets; only the core that owns the number may.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the duration histogram, in seconds.
pub const DURATION_BOUNDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Everything that one core counts.
#[derive(Debug, Default)]
pub struct CoreMetrics {
    /// Connections accepted.
    pub connections_accepted: Count,
    /// Connections closed as soon as they were accepted.
    pub connections_refused: ConnectionsRefused,
    /// Connections open now.
    pub connections_open: Count,
    /// TLS handshakes that failed.
    pub tls_handshakes_failed: Count,
    /// Requests refused for their framing, before they were requests.
    pub requests_malformed: Count,
    /// Requests turned away because the core was overloaded.
    pub requests_turned_away: Count,
    /// Connections opened to backends.
    pub upstream_connections_opened: Count,
    /// Bugs of ours that cost a request.
    pub bugs: Count,
    durations: [Count; DURATION_BOUNDS.len() + 1],
    duration_nanos: Count,
    apis: Mutex<BTreeMap<Box<str>, Arc<ApiMetrics>>>,
}

/// Why connections were closed as soon as they were accepted.
#[derive(Debug, Default)]
pub struct ConnectionsRefused {
    /// As many were open as may be.
    pub total: Count,
    /// As many were open from the address as may be.
    pub address: Count,
    /// The process had no descriptors left for clients.
    pub descriptors: Count,
}

impl ConnectionsRefused {
    /// Each reason as it is called, with its number.
    fn by_reason(&self) -> [(&'static str, u64); 3] {
        [
            ("total", self.total.get()),
            ("address", self.address.get()),
            ("descriptors", self.descriptors.get()),
        ]
    }
}

/// What one core counts of one API.
#[derive(Debug, Default)]
pub struct ApiMetrics {
    classes: [Count; 6],
}

impl ApiMetrics {
    /// Counts a response.
    pub fn count(&self, status: u16) {
        if let Some(class) = self.classes.get(usize::from(status / 100)) {
            class.add(1);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl CoreMetrics {
    /// The numbers of an API on this core; kept across reloads by its id.
    pub fn api(&self, id: &str) -> Arc<ApiMetrics> {
        Arc::clone(lock(&self.apis).entry(id.into()).or_default())
    }

    /// Counts how long a request took.
    pub fn took(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = DURATION_BOUNDS.iter().position(|bound| seconds <= *bound);
        if let Some(count) = self.durations.get(bucket.unwrap_or(DURATION_BOUNDS.len())) {
            count.add(1);
        }
        self.duration_nanos
            .add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }
}

/// What the process counts beside its cores.
#[derive(Debug, Default)]
pub struct ProcessMetrics {
    /// Configurations that were put in place.
    pub reloads_applied: AtomicU64,
    /// Configurations that were refused.
    pub reloads_rejected: AtomicU64,
    /// Operations that anybody may call.
    pub open_operations: AtomicU64,
    /// Operations that answer 503 because something they need cannot run.
    pub unavailable_operations: AtomicU64,
    /// Request records that were dropped because the way out was full.
    pub records_dropped: AtomicU64,
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    cores: Mutex<Vec<Arc<CoreMetrics>>>,
    /// What the process counts beside its cores.
    pub process: ProcessMetrics,
}

impl Metrics {
    /// Adds a core.
    pub fn core(&self) -> Arc<CoreMetrics> {
        let core = Arc::new(CoreMetrics::default());
        lock(&self.cores).push(Arc::clone(&core));
        core
    }

    /// The Prometheus text of this moment (OpenMetrics 1.0).
    pub fn render(self: &Arc<Self>) -> String {
        let mut registry = Registry::with_prefix("portcullis");
        registry.register_collector(Box::new(Scrape(Arc::clone(self))));
        let mut out = String::new();
        // Writing to a String does not fail.
        text::encode(&mut out, &registry).unwrap_or_default();
        out
    }
}

/// One scrape.
#[derive(Debug)]
struct Scrape(Arc<Metrics>);

/// A counter of the cores: name, help, and which number.
type CoreCounter = (&'static str, &'static str, fn(&CoreMetrics) -> &Count);

const COUNTERS: [CoreCounter; 6] = [
    ("connections_accepted", "Connections accepted", |c| {
        &c.connections_accepted
    }),
    ("tls_handshakes_failed", "TLS handshakes that failed", |c| {
        &c.tls_handshakes_failed
    }),
    (
        "requests_malformed",
        "Requests refused for their framing",
        |c| &c.requests_malformed,
    ),
    (
        "requests_turned_away",
        "Requests turned away because a core was overloaded",
        |c| &c.requests_turned_away,
    ),
    (
        "upstream_connections_opened",
        "Connections opened to backends",
        |c| &c.upstream_connections_opened,
    ),
    ("gateway_bug", "Requests that a bug of ours cost", |c| {
        &c.bugs
    }),
];

impl prometheus_client::collector::Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let cores = lock(&self.0.cores).clone();
        let sum =
            |pick: fn(&CoreMetrics) -> &Count| cores.iter().map(|c| pick(c).get()).sum::<u64>();
        for (name, help, pick) in COUNTERS {
            counter(&mut encoder, name, help, sum(pick))?;
        }
        gauge(
            &mut encoder,
            "connections_open",
            "Connections open now",
            sum(|c| &c.connections_open),
        )?;
        refused(&mut encoder, &cores)?;
        requests(&mut encoder, &cores)?;
        durations(&mut encoder, &cores)?;
        process(&mut encoder, &self.0.process)
    }
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, n: u64) -> fmt::Result {
    let metric = ConstCounter::new(n);
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, n: u64) -> fmt::Result {
    let metric = ConstGauge::new(i64::try_from(n).unwrap_or(i64::MAX));
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn refused(encoder: &mut DescriptorEncoder<'_>, cores: &[Arc<CoreMetrics>]) -> fmt::Result {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, n) in cores.iter().flat_map(|c| c.connections_refused.by_reason()) {
        *totals.entry(reason).or_default() += n;
    }
    let help = "Connections closed as soon as they were accepted, by reason";
    let kind = MetricType::Counter;
    let mut family = encoder.encode_descriptor("connections_refused", help, None, kind)?;
    for (reason, n) in totals {
        ConstCounter::new(n).encode(family.encode_family(&[("reason", reason)])?)?;
    }
    Ok(())
}

fn requests(encoder: &mut DescriptorEncoder<'_>, cores: &[Arc<CoreMetrics>]) -> fmt::Result {
    let mut totals: BTreeMap<(Box<str>, usize), u64> = BTreeMap::new();
    for core in cores {
        for (api, metrics) in &*lock(&core.apis) {
            for (class, count) in metrics
                .classes
                .iter()
                .enumerate()
                .filter(|(_, c)| c.get() > 0)
            {
                *totals.entry((api.clone(), class)).or_default() += count.get();
            }
        }
    }
    let help = "Requests answered, by API and class of status";
    let mut family = encoder.encode_descriptor("requests", help, None, MetricType::Counter)?;
    for ((api, class), n) in totals {
        let labels = [("api", api.to_string()), ("class", format!("{class}xx"))];
        ConstCounter::new(n).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

fn durations(encoder: &mut DescriptorEncoder<'_>, cores: &[Arc<CoreMetrics>]) -> fmt::Result {
    let bounds = DURATION_BOUNDS.into_iter().chain([f64::INFINITY]);
    let buckets: Vec<(f64, u64)> = bounds
        .enumerate()
        .map(|(at, bound)| {
            (
                bound,
                cores
                    .iter()
                    .filter_map(|c| c.durations.get(at))
                    .map(Count::get)
                    .sum(),
            )
        })
        .collect();
    let count = buckets.iter().map(|(_, n)| n).sum();
    let nanos: u64 = cores.iter().map(|c| c.duration_nanos.get()).sum();
    let help = "Time from the end of a request's head to the end of its response";
    let unit = prometheus_client::registry::Unit::Seconds;
    let mut metric =
        encoder.encode_descriptor("request_duration", help, Some(&unit), MetricType::Histogram)?;
    metric.encode_histogram::<prometheus_client::encoding::NoLabelSet>(
        Duration::from_nanos(nanos).as_secs_f64(),
        count,
        &buckets,
        None,
    )
}

fn process(encoder: &mut DescriptorEncoder<'_>, process: &ProcessMetrics) -> fmt::Result {
    let get = |n: &AtomicU64| n.load(Ordering::Relaxed);
    counter(
        encoder,
        "reloads_applied",
        "Configurations put in place",
        get(&process.reloads_applied),
    )?;
    counter(
        encoder,
        "reloads_rejected",
        "Configurations refused",
        get(&process.reloads_rejected),
    )?;
    counter(
        encoder,
        "records_dropped",
        "Request records dropped",
        get(&process.records_dropped),
    )?;
    gauge(
        encoder,
        "open_operations",
        "Operations that anybody may call",
        get(&process.open_operations),
    )?;
    gauge(
        encoder,
        "unavailable_operations",
        "Operations that answer 503",
        get(&process.unavailable_operations),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrape_adds_the_cores_up() {
        let metrics = Arc::new(Metrics::default());
        let (a, b) = (metrics.core(), metrics.core());
        a.connections_accepted.add(2);
        b.connections_accepted.add(3);
        a.api("flights").count(200);
        b.api("flights").count(204);
        b.api("flights").count(429);
        b.took(Duration::from_millis(3));
        let text = metrics.render();
        for line in [
            "portcullis_connections_accepted_total 5",
            "portcullis_requests_total{api=\"flights\",class=\"2xx\"} 2",
            "portcullis_requests_total{api=\"flights\",class=\"4xx\"} 1",
            "portcullis_request_duration_seconds_count 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
