//! `portcullis gateway`: the data plane from an artefact folder, until it is told to stop.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result, bail};
use portcullis_gateway::{Drained, Gateway as DataPlane, Parts, SnapshotStore};
use portcullis_policy::names::Names;
use portcullis_telemetry::metrics::Metrics;
use portcullis_telemetry::record::Sink;
use serde_json::json;
use tracing::{info, warn};

use crate::cli::{Exit, Format, Gateway};
use crate::clock::SystemClock;
use crate::load::{Loader, Outcome};
use crate::reload::{self, Reloader, Signals};
use crate::render::{self, Paint};
use crate::secrets::{environment, read_text};
use crate::settings::{AccessLog, Settings};
use crate::wire;

/// The settings that a folder may bring along.
const FOLDER_SETTINGS: &str = "portcullis.toml";

pub(super) fn run(args: &Gateway) -> Result<Exit> {
    let settings = settings(args)?;
    start_log(&settings);
    let mut loader = Loader::new(&args.artifacts, &settings)?;
    let outcome = loader.load(Names::default());
    report(&outcome)?;
    if outcome.diagnostics.has_errors() && !settings.artifacts.keep_going {
        bail!(
            "the configuration in `{}` has errors: mend them, or start with `--keep-going` to answer \
             503 where they matter",
            args.artifacts.display()
        );
    }
    let metrics = Arc::new(Metrics::default());
    tell(&outcome, &metrics);
    let files = outcome.files;
    let store = SnapshotStore::new(outcome.snapshot);
    let (sink, log_thread) = match access_log(&settings.log.access, &metrics)? {
        Some((sink, thread)) => (Some(sink), Some(thread)),
        None => (None, None),
    };
    let parts = Parts {
        store: Arc::clone(&store),
        clock: Arc::new(SystemClock::start()),
        sink: sink.clone(),
        metrics: Arc::clone(&metrics),
    };
    let signals = Signals::catch()?;
    let gateway = DataPlane::start(wire::settings(&settings)?, &parts).context("cannot listen")?;
    announce(&gateway, args.ready_file.as_deref())?;
    let reloader = Reloader {
        files,
        loader,
        store,
        metrics,
    };
    reload::until_stopped(&args.artifacts, settings.artifacts.watch, reloader, signals)?;
    info!("draining");
    let Drained { cut_off } = gateway.stop();
    if cut_off > 0 {
        warn!(
            connections = cut_off,
            "cut off what took longer than the drain time"
        );
    }
    if let Some(sink) = sink {
        sink.close();
    }
    if let Some(thread) = log_thread {
        // The log thread has nothing to give but its end.
        drop(thread.join());
    }
    info!("stopped");
    Ok(Exit::Ok)
}

/// The file, the environment, the flags: each wins over the one before.
fn settings(args: &Gateway) -> Result<Settings> {
    let beside = args.artifacts.join(FOLDER_SETTINGS);
    let file = args
        .config
        .clone()
        .or_else(|| beside.is_file().then_some(beside));
    let text = file.as_deref().map(read_text).transpose()?;
    let name = file.map(|f| f.display().to_string()).unwrap_or_default();
    let named = text.as_deref().map(|text| (name.as_str(), text));
    let mut settings = Settings::read(named, std::env::vars())?;
    let listen = &mut settings.listen;
    if args.tls_listen.is_some() {
        listen.https = args.tls_listen;
        // Whoever asks for TLS alone does not want a plaintext door beside it.
        listen.http = args.listen;
    }
    listen.http = args.listen.or(listen.http);
    listen.admin = args.admin.or(listen.admin);
    listen.certificate_file = args.cert.clone().or_else(|| listen.certificate_file.take());
    listen.key_file = args.key.clone().or_else(|| listen.key_file.take());
    settings.cores = args.cores.unwrap_or(settings.cores);
    settings.artifacts.keep_going |= args.keep_going;
    Ok(settings)
}

fn start_log(settings: &Settings) {
    let paint = Paint::of(&std::io::stderr());
    let filter = environment("RUST_LOG").unwrap_or_else(|| settings.log.level.clone());
    // A second start in one process (tests) keeps the first log.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(paint == Paint::Colours)
            .with_target(false)
            .try_init(),
    );
}

/// Shows what is wrong with a configuration, on stderr.
pub(crate) fn report(outcome: &Outcome) -> Result<()> {
    let mut out = std::io::stderr().lock();
    let paint = Paint::of(&out);
    render::diagnostics(
        &mut out,
        &outcome.diagnostics,
        &outcome.sources,
        Format::Human,
        paint,
    )?;
    Ok(())
}

/// Says in the log and in numbers what is served.
pub(crate) fn tell(outcome: &Outcome, metrics: &Metrics) {
    let summary = outcome.snapshot.summary();
    info!(
        apis = summary.apis,
        operations = summary.operations,
        products = summary.products,
        subscriptions = summary.subscriptions,
        files = outcome.files,
        parsed = outcome.parsed,
        skipped = outcome.skipped,
        "configuration in place"
    );
    for operation in &summary.open {
        info!(%operation, "open operation: anybody may call it");
    }
    for (operation, why) in &summary.unavailable {
        warn!(%operation, %why, "answers 503");
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    metrics
        .process
        .open_operations
        .store(count(summary.open.len()), Ordering::Relaxed);
    metrics
        .process
        .unavailable_operations
        .store(count(summary.unavailable.len()), Ordering::Relaxed);
    metrics
        .process
        .reloads_applied
        .fetch_add(1, Ordering::Relaxed);
}

type LogThread = std::thread::JoinHandle<()>;

fn access_log(log: &AccessLog, metrics: &Arc<Metrics>) -> Result<Option<(Sink, LogThread)>> {
    let metrics = Arc::clone(metrics);
    let started = match log {
        AccessLog::Off => return Ok(None),
        AccessLog::Stdout => Sink::drop_oldest(std::io::stdout(), metrics),
        AccessLog::Stderr => Sink::drop_oldest(std::io::stderr(), metrics),
        AccessLog::File(path) => {
            let file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .with_context(|| format!("cannot open the access log `{}`", path.display()))?;
            Sink::drop_oldest(file, metrics)
        }
    };
    Ok(Some(started?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the ready file is an output of this command"
)]
fn announce(gateway: &DataPlane, ready_file: Option<&Path>) -> Result<()> {
    for address in &gateway.addresses {
        info!(%address, "listening");
    }
    if let Some(admin) = gateway.admin {
        info!(%admin, "health and metrics");
    }
    let Some(path) = ready_file else {
        return Ok(());
    };
    let ready = json!({
        "listen": gateway.http.map(|a| a.to_string()),
        "tls_listen": gateway.https.map(|a| a.to_string()),
        "admin": gateway.admin.map(|a| a.to_string()),
    });
    // Written aside and renamed, so that nobody reads half of it.
    let aside = path.with_extension("tmp");
    std::fs::write(&aside, format!("{ready}\n"))
        .and_then(|()| std::fs::rename(&aside, path))
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// How many cores serve.
pub(crate) fn cores(wanted: usize) -> NonZeroUsize {
    let all = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    NonZeroUsize::new(wanted).unwrap_or_else(all)
}
