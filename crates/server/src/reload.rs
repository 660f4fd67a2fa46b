//! Takes up changes of the configuration while requests flow, until it is told to stop.
//!
//! A new configuration is compiled aside. If it has errors it is refused and the old one goes on; if
//! not it is put in place by one swap, and requests in flight end on the old one.

mod watch;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Result;
use portcullis_gateway::SnapshotStore;
use portcullis_telemetry::metrics::Metrics;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

use crate::load::{Loader, Seen};
use crate::render;
use crate::serving::tell;
use crate::settings::SettingsFile;

use watch::{LOOK, Watch};

/// How long a folder must be quiet before it is read: editors and deployments write several files.
const QUIET: Duration = Duration::from_millis(100);

/// How long changes may go on before the folder is read all the same.
const PATIENCE: u32 = 20;

/// Compiles and swaps.
pub(crate) struct Reloader {
    /// What the last reading saw.
    pub(crate) seen: Seen,
    pub(crate) loader: Loader,
    pub(crate) store: Arc<SnapshotStore>,
    pub(crate) metrics: Arc<Metrics>,
    /// Where the settings stand, and what stood there.
    pub(crate) settings: SettingsFile,
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
    fn reload(&mut self, why: Why) {
        self.warn_of_new_settings();
        let names = self.store.load().names().clone();
        let outcome = match why {
            Why::Asked => self.loader.load(names),
            Why::Changed => match self.loader.load_if_changed(names, self.seen) {
                Some(outcome) => outcome,
                None => return,
            },
        };
        self.seen = outcome.seen();
        render::to_stderr(&outcome.diagnostics, &outcome.sources);
        let numbers = &self.metrics.process;
        if outcome.diagnostics.has_errors() {
            numbers.reloads_rejected.fetch_add(1, Ordering::Relaxed);
            warn!("the new configuration has errors and is refused: the old one goes on");
            return;
        }
        tell(&outcome, &self.metrics);
        self.store.replace(outcome.snapshot);
        numbers.reloads_applied.fetch_add(1, Ordering::Relaxed);
    }

    fn warn_of_new_settings(&mut self) {
        let now = self.settings.again();
        if now != self.settings.text {
            let file = self.settings.path.display();
            warn!(%file, "settings are read at start: restart to apply what has changed in them");
            self.settings.text = now;
        }
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
        let mut watch = if watch {
            Some(Watch::start(folder, changed)?)
        } else {
            None
        };
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                _ = hangup.recv() => {
                    info!("asked to reload");
                    reloader.reload(Why::Asked);
                }
                Some(()) = changes.recv() => {
                    settle(&mut changes).await;
                    watch.iter_mut().for_each(Watch::look);
                    reloader.reload(Why::Changed);
                }
                _ = look.tick() => watch.iter_mut().for_each(Watch::look),
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
