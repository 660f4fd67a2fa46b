//! Takes up changes of the configuration while requests flow, until it is told to stop.
//!
//! A new configuration is compiled aside. If it has errors it is refused and the old one goes on; if
//! not it is put in place by one swap, and requests in flight end on the old one.

mod aside;
mod watch;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Result;
use portcullis_gateway::{Drained, Gateway, SnapshotStore};
use portcullis_telemetry::metrics::Metrics;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{info, warn};

use crate::load::{Loader, Outcome, QUIET, Seen};
use crate::manager::{self, Watchdog};
use crate::render;
use crate::serving::tell;
use crate::settings::SettingsFile;
use crate::successor;

use aside::Aside;
use watch::{LOOK, Watch};

/// How often a folder that is not quiet is waited for, each time as long as it should be quiet: for half
/// a minute. Whoever takes longer to write it turns a link (docs/operations.md).
pub(crate) const PATIENCE: u32 = 300;

/// Compiles and swaps.
pub(crate) struct Reloader {
    /// What the last reading saw.
    pub(crate) seen: Seen,
    /// Whether files were read that are part of no configuration in place, because others were still
    /// being written.
    pub(crate) is_behind: bool,
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
    /// Something in it was touched, and more may follow.
    Changing,
    /// Something in it was touched.
    Changed,
}

/// What came of a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reloaded {
    Applied,
    Refused,
    /// There was nothing new.
    Same,
    /// The folder was touched while it was read.
    TooEarly,
}

impl Reloader {
    /// Reads and compiles the folder; nothing if there is nothing new.
    fn read(&mut self, why: Why) -> Option<Outcome> {
        self.warn_of_new_settings();
        let names = self.store.load().names().clone();
        if why == Why::Asked || self.is_behind {
            Some(self.loader.load(names))
        } else {
            self.loader.load_if_changed(names, self.seen)
        }
    }

    /// Puts in place what was read. `is_touched` tells whether anything in the folder was touched since
    /// it was last asked.
    fn apply(
        &mut self,
        why: Why,
        read: Option<Outcome>,
        is_touched: impl FnOnce() -> bool,
    ) -> Reloaded {
        let Some(outcome) = read else {
            return Reloaded::Same;
        };
        self.seen = outcome.seen();
        // What was removed meanwhile leaves no file that says when.
        let is_torn = || outcome.too_fresh().is_some() || is_touched();
        self.is_behind = why == Why::Changing && is_torn();
        if self.is_behind {
            return Reloaded::TooEarly;
        }
        render::to_stderr(&outcome.diagnostics, &outcome.sources);
        let numbers = &self.metrics.process;
        if outcome.diagnostics.has_errors() {
            numbers.reloads_rejected.fetch_add(1, Ordering::Relaxed);
            warn!("the new configuration has errors and is refused: the old one goes on");
            return Reloaded::Refused;
        }
        tell(&outcome, &self.metrics);
        self.store.replace(outcome.snapshot);
        numbers.reloads_applied.fetch_add(1, Ordering::Relaxed);
        Reloaded::Applied
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
    upgrade: Signal,
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
        let upgrade = signal(SignalKind::user_defined2())?;
        drop(entered);
        Ok(Self {
            runtime,
            hangup,
            terminate,
            interrupt,
            upgrade,
        })
    }
}

/// Why a gateway stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It was told to.
    Asked,
    /// The process of this number has taken over.
    TakenOver(Option<u32>),
}

/// Reloads on SIGHUP and on changes of the folder, and starts a successor on SIGUSR2; returns on SIGTERM
/// or SIGINT, or when a successor tells its number.
pub(crate) fn until_stopped(
    reloader: Reloader,
    signals: &mut Signals,
    running: &mut Running<'_>,
) -> Stopped {
    let Signals {
        runtime,
        hangup,
        terminate,
        interrupt,
        upgrade,
    } = signals;
    runtime.block_on(async {
        let Changes { watch, changed } = &mut running.changes;
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watchdog = Watchdog::start();
        let mut aside = Aside::of(reloader);
        let mut settling: Option<Settling> = None;
        // No arm waits for anything: a manager or somebody who stops this waits for nobody's files.
        loop {
            let is_free = !aside.is_reading();
            tokio::select! {
                _ = terminate.recv() => return Stopped::Asked,
                _ = interrupt.recv() => return Stopped::Asked,
                Some(process) = running.successor.recv() => return Stopped::TakenOver(process),
                _ = hangup.recv(), if is_free => {
                    info!("asked to reload");
                    manager::reloading();
                    aside.begin(Why::Asked);
                }
                _ = upgrade.recv() => successor::start(running.control),
                Some(()) = changed.recv(), if settling.is_none() => settling = Some(Settling::begin()),
                () = Settling::pause(settling.as_ref()), if is_free => {
                    let is_touched = changed.try_recv().is_ok();
                    if let Some(why) = settling.as_mut().and_then(|s| s.next(is_touched)) {
                        watch.iter_mut().for_each(Watch::look);
                        aside.begin(why);
                    }
                }
                (why, read) = aside.read() => {
                    let is_touched = || changed.try_recv().is_ok();
                    let outcome = aside.reloader().apply(why, read, is_touched);
                    match (why, outcome) {
                        (Why::Asked, outcome) => manager::serving(outcome),
                        (_, Reloaded::TooEarly) => settling.iter_mut().for_each(Settling::again),
                        (_, outcome) => {
                            settling = None;
                            manager::status(outcome);
                        }
                    }
                }
                _ = look.tick() => watch.iter_mut().for_each(Watch::look),
                () = watchdog.due() => watchdog.tell(running.gateway),
            }
        }
    })
}

/// A folder that was touched, and is read when it has been quiet for a moment.
struct Settling {
    /// How often it is waited for once more.
    left: u32,
    until: Instant,
}

impl Settling {
    fn begin() -> Self {
        Self {
            left: PATIENCE,
            until: Instant::now() + QUIET,
        }
    }

    /// Waits for a moment; for ever if nothing was touched.
    async fn pause(settling: Option<&Self>) {
        match settling {
            Some(settling) => tokio::time::sleep_until(settling.until).await,
            None => std::future::pending().await,
        }
    }

    /// Why to read now, after a pause; or else there is one more.
    fn next(&mut self, is_touched: bool) -> Option<Why> {
        self.left = self.left.saturating_sub(1);
        match self.left {
            0 => Some(Why::Changed),
            _ if !is_touched => Some(Why::Changing),
            _ => {
                self.again();
                None
            }
        }
    }

    fn again(&mut self) {
        self.until = Instant::now() + QUIET;
    }
}

/// Tells when the folder has changed.
pub(crate) struct Changes {
    watch: Option<Watch>,
    changed: mpsc::Receiver<()>,
}

impl Changes {
    /// Begins to watch, if that is wanted.
    pub(crate) fn of(folder: &Path, watch: bool) -> Result<Self> {
        let (tell, changed) = mpsc::channel(1);
        let watch = watch.then(|| Watch::start(folder, tell)).transpose()?;
        Ok(Self { watch, changed })
    }
}

/// What runs while changes are waited for.
pub(crate) struct Running<'r> {
    pub(crate) changes: Changes,
    pub(crate) gateway: &'r Gateway,
    /// Tells the number of a process that has taken over.
    pub(crate) successor: mpsc::Receiver<Option<u32>>,
    /// Whether one can.
    pub(crate) control: Option<&'r Path>,
}

/// Waits until a gateway that drains is drained; SIGTERM or SIGINT cuts it short.
pub(crate) fn until_drained(gateway: &mut Gateway, signals: &mut Signals) -> Drained {
    let Signals {
        runtime,
        terminate,
        interrupt,
        ..
    } = signals;
    runtime.block_on(async {
        tokio::select! {
            drained = gateway.drained() => return drained,
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        warn!("asked to stop while draining: what is left is cut off");
        gateway.cut_short();
        gateway.drained().await
    })
}
