//! From a folder and settings to a gateway that runs, as `portcullis gateway` and `portcullis try` do it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Error, Result, anyhow, bail};
use portcullis_gateway::{Gateway, Parts, Prepared, SnapshotStore, Socket, StartError};
use portcullis_policy::names::Names;
use portcullis_telemetry::metrics::Metrics;
use portcullis_telemetry::record::Sink;
use tracing::{info, warn};

use crate::clock::SystemClock;
use crate::load::{Loader, Outcome};
use crate::reload::{PATIENCE, Reloader};
use crate::render::{self, Paint};
use crate::settings::{Listen, Settings, SettingsFile, UnknownVariables};
use crate::wire;

/// A folder that was read and can be served.
pub(crate) struct Serving<'s> {
    settings: &'s Settings,
    file: SettingsFile,
    loader: Loader,
    outcome: Outcome,
    pub(crate) metrics: Arc<Metrics>,
}

impl<'s> Serving<'s> {
    /// Reads the folder and shows what is wrong with it. `file` is where the settings stand.
    pub(crate) fn read(folder: &Path, settings: &'s Settings, file: SettingsFile) -> Result<Self> {
        if !folder.exists() {
            bail!("`{}` does not exist", folder.display());
        }
        if !folder.is_dir() {
            bail!("`{}` is not a folder", folder.display());
        }
        let mut loader = Loader::new(folder, settings)?;
        let mut outcome = loader.load(Names::default());
        // Whoever ended while somebody wrote the folder must not begin on half of it.
        for _ in 0..PATIENCE {
            let Some(left) = outcome.too_fresh() else {
                break;
            };
            std::thread::sleep(left);
            let parsed = outcome.parsed;
            outcome = loader.load(Names::default());
            outcome.parsed += parsed;
        }
        render::to_stderr(&outcome.diagnostics, &outcome.sources);
        Ok(Self {
            settings,
            file,
            loader,
            outcome,
            metrics: Arc::new(Metrics::default()),
        })
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.outcome.diagnostics.has_errors()
    }

    /// Fails if a variable neither sets anything nor is referred to.
    pub(crate) fn refuse(&self, unknown: &UnknownVariables) -> Result<()> {
        unknown.refuse(&self.outcome.sources)
    }

    /// Listens and serves.
    pub(crate) fn start(self, sink: Option<Sink>) -> Result<(Gateway, Reloader)> {
        let (prepared, reloader) = self.prepare(sink, Vec::new())?;
        Ok((prepared.open(), reloader))
    }

    /// Listens, where somebody else has done so already at that one's sockets.
    pub(crate) fn prepare(
        self,
        sink: Option<Sink>,
        inherited: Vec<Socket>,
    ) -> Result<(Prepared, Reloader)> {
        let Self {
            settings,
            file,
            loader,
            outcome,
            metrics,
        } = self;
        let wired = wire::settings(settings)?;
        tell(&outcome, &metrics);
        let seen = outcome.seen();
        let store = SnapshotStore::new(outcome.snapshot);
        let parts = Parts {
            store: Arc::clone(&store),
            clock: Arc::new(SystemClock),
            sink,
            metrics: Arc::clone(&metrics),
        };
        let prepared = Gateway::prepare(wired, &parts, inherited)
            .map_err(|error| not_started(&settings.listen, error))?;
        let reloader = Reloader {
            seen,
            is_behind: false,
            loader,
            store,
            metrics,
            settings: file,
        };
        Ok((prepared, reloader))
    }
}

/// Names the setting of an address that nobody can listen on.
fn not_started(listen: &Listen, error: StartError) -> Error {
    let wanted = [
        (listen.http, "listen.http", "--listen"),
        (listen.https, "listen.https", "--tls-listen"),
        (listen.admin, "listen.admin", "--admin"),
    ];
    match error {
        StartError::Listen { address, error } => {
            match wanted.iter().find(|(own, ..)| *own == Some(address)) {
                Some((_, key, flag)) => anyhow!(
                    "cannot listen on `{address}` (`{key}`): {error}; choose another with `{flag}`"
                ),
                None => anyhow!("cannot listen on `{address}`: {error}"),
            }
        }
        StartError::Core(_) => error.into(),
    }
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
        "configuration in place"
    );
    if outcome.skipped > 0 {
        info!(
            resources = outcome.skipped,
            "not read, because a gateway has no use for them: loggers, diagnostics, tags, gateways"
        );
    }
    for (api, operations) in by_api(&summary.open) {
        info!(%api, %operations, "open: anybody may call these operations");
    }
    for (operation, why) in &summary.unavailable {
        warn!(%operation, %why, "answers 503");
    }
    for (api, protocol) in &outcome.unreachable {
        warn!(
            %api,
            "answers 404 to everybody: it takes {protocol} only and nothing listens for that: set \
             `listen.{protocol}`, or extend the API's `protocols`"
        );
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
}

/// `api/operation` names, API by API: a line each for thousands of operations would hide the others.
fn by_api(operations: &[String]) -> Vec<(&str, String)> {
    let mut apis: Vec<(&str, String)> = Vec::new();
    for name in operations {
        let (api, operation) = name.split_once('/').unwrap_or((name, ""));
        match apis.last_mut() {
            Some((last, operations)) if *last == api => {
                operations.extend([", ", operation]);
            }
            _ => apis.push((api, operation.to_owned())),
        }
    }
    apis
}

/// Whether lines of the log begin with the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    Shown,
    Left,
}

/// Those who speak HTTP/2 for us warn of what a client does, which is no business of whoever reads the
/// log, and a client could fill it with that. Asked for by name they are heard.
const QUIET: &str = "h2=error,hyper=error";

/// Begins to log to stderr.
pub(crate) fn start_log(filter: &str, time: Time) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(format!("{QUIET},{filter}"))
        .with_writer(std::io::stderr)
        .with_ansi(Paint::of(&std::io::stderr()) == Paint::Colours)
        .with_target(false)
        // It would be told on stderr, and panic, that nothing can be told on stderr.
        .log_internal_errors(false);
    // A second start in one process (tests) keeps the first log.
    drop(match time {
        Time::Shown => log.try_init(),
        Time::Left => log.without_time().try_init(),
    });
}
