//! Takes up changes of the configuration while requests flow, until it is told to stop.
//!
//! A new configuration is compiled aside. If it has errors it is refused and the old one goes on; if
//! not it is put in place by one swap, and requests in flight end on the old one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::{RecursiveMode, Watcher as _};
use portcullis_gateway::SnapshotStore;
use portcullis_telemetry::metrics::Metrics;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::command::gateway::{report, tell};
use crate::load::Loader;

/// How long a folder must be quiet before it is read: editors and deployments write several files.
const QUIET: Duration = Duration::from_millis(100);

/// How long changes may go on before the folder is read all the same.
const PATIENCE: u32 = 20;

/// Compiles and swaps.
pub(crate) struct Reloader {
    /// How many files the last reading found.
    pub(crate) files: usize,
    pub(crate) loader: Loader,
    pub(crate) store: Arc<SnapshotStore>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Why the folder is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Somebody asked: what lies outside the folder may have changed.
    Asked,
    /// Something in it was touched.
    Changed,
}

impl Reloader {
    fn reload(&mut self, why: Why) -> Result<()> {
        let names = self.store.load().names().clone();
        let outcome = self.loader.load(names);
        let same = outcome.parsed == 0 && outcome.files == self.files;
        self.files = outcome.files;
        if same && why == Why::Changed {
            return Ok(());
        }
        report(&outcome)?;
        if outcome.diagnostics.has_errors() {
            self.metrics
                .process
                .reloads_rejected
                .fetch_add(1, Ordering::Relaxed);
            warn!("the new configuration has errors and is refused: the old one goes on");
            return Ok(());
        }
        tell(&outcome, &self.metrics);
        self.store.replace(outcome.snapshot);
        Ok(())
    }
}

/// The signals that the program answers. They are caught before anybody is told that it runs: one that
/// comes earlier would end it.
pub(crate) struct Signals {
    runtime: Runtime,
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(crate) fn catch() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let entered = runtime.enter();
        let hangup = signal(SignalKind::hangup())?;
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        drop(entered);
        Ok(Self {
            runtime,
            hangup,
            terminate,
            interrupt,
        })
    }
}

/// Reloads on SIGHUP and on changes of the folder; returns on SIGTERM or SIGINT.
pub(crate) fn until_stopped(
    folder: &Path,
    watch: bool,
    mut reloader: Reloader,
    signals: Signals,
) -> Result<()> {
    let Signals {
        runtime,
        mut hangup,
        mut terminate,
        mut interrupt,
    } = signals;
    runtime.block_on(async {
        let (changed, mut changes) = mpsc::channel(1);
        let _watcher = if watch {
            let watcher = watch_folder(folder, changed.clone())?;
            // What was edited between the first reading and now made no event.
            let _: Result<(), _> = changed.try_send(());
            Some(watcher)
        } else {
            None
        };
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                _ = hangup.recv() => {
                    info!("asked to reload");
                    reloader.reload(Why::Asked)?;
                }
                Some(()) = changes.recv() => {
                    settle(&mut changes).await;
                    reloader.reload(Why::Changed)?;
                }
            }
        }
    })
}

/// Waits until the folder has been quiet for a moment.
async fn settle(changes: &mut mpsc::Receiver<()>) {
    for _ in 0..PATIENCE {
        tokio::time::sleep(QUIET).await;
        if changes.try_recv().is_err() {
            return;
        }
    }
}

fn watch_folder(folder: &Path, changed: mpsc::Sender<()>) -> Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let matters = event.is_ok_and(|e| !e.kind.is_access());
        if matters {
            // A full channel already says that something has changed.
            let _: Result<(), _> = changed.try_send(());
        }
    })?;
    watcher
        .watch(folder, RecursiveMode::Recursive)
        .with_context(|| {
            format!(
                "cannot watch `{}`: set `artifacts.watch` to false",
                folder.display()
            )
        })?;
    Ok(watcher)
}
