//! The service manager, such as systemd: the sockets that it lends, and what it is told.
//!
//! Without one (no `LISTEN_FDS`, no `NOTIFY_SOCKET`, no `WATCHDOG_USEC`) nothing here does anything.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use listenfd::ListenFd;
use portcullis_gateway::{Gateway, Role, Socket};
use sd_notify::NotifyState;
use tokio::time::{Interval, MissedTickBehavior};
use tracing::warn;

use crate::reload::Reloaded;
use crate::settings::environment::variable;

/// The sockets that it lends, by their names.
pub(crate) fn sockets() -> Result<Vec<Socket>> {
    let names = variable("LISTEN_FDNAMES").unwrap_or_default();
    let mut lent = ListenFd::from_env();
    let mut names = names.split(':');
    let mut sockets = Vec::new();
    for at in 0..lent.len() {
        let name = names.next().unwrap_or_default();
        let Some(role) = Role::named(name) else {
            bail!(
                "the service manager lends a socket named `{name}`: name it `http`, `https` or \
                 `admin` (`FileDescriptorName=`)"
            );
        };
        let taken = lent.take_tcp_listener(at);
        let taken = taken.with_context(|| {
            format!("the socket `{name}` of the service manager cannot be listened at")
        })?;
        if let Some(listener) = taken {
            sockets.push(Socket::lent(role, listener));
        }
    }
    Ok(sockets)
}

/// Callers are served, with this configuration.
pub(crate) fn serving(configuration: Reloaded) {
    tell(&[NotifyState::Ready, NotifyState::Status(text(configuration))]);
}

/// The configuration is read again.
pub(crate) fn reloading() {
    // A manager that is not told when would wait for it.
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// What came of a change.
pub(crate) fn status(configuration: Reloaded) {
    if matches!(configuration, Reloaded::Applied | Reloaded::Refused) {
        tell(&[NotifyState::Status(text(configuration))]);
    }
}

/// Nobody new is let in any more.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("draining")]);
}

/// Another process serves from now on: that one is the service, if it lives where the manager sees it.
pub(crate) fn succeeded_by(process: Option<u32>) {
    if let Some(process) = process {
        tell(&[NotifyState::MainPid(process)]);
    }
}

fn text(configuration: Reloaded) -> &'static str {
    match configuration {
        Reloaded::Applied | Reloaded::Same | Reloaded::TooEarly => "serving",
        Reloaded::Refused => {
            "serving; the last change of the configuration has errors and is refused"
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!(%error, "the service manager cannot be told");
    }
}

/// Tells the manager that this process goes on, as often as it wants to hear it.
pub(crate) struct Watchdog {
    tick: Option<Interval>,
    beat: Option<u64>,
}

impl Watchdog {
    /// Needs a runtime.
    pub(crate) fn start() -> Self {
        // Twice as often as asked for, as the manager's manual advises.
        let every = sd_notify::watchdog_enabled().map(|every| every / 2);
        let tick = every.filter(|every| *every > Duration::ZERO).map(|every| {
            let mut tick = tokio::time::interval(every);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            tick
        });
        Self { tick, beat: None }
    }

    /// Waits until it is time; for ever if nobody wants to hear it.
    pub(crate) async fn due(&mut self) {
        match &mut self.tick {
            Some(tick) => drop(tick.tick().await),
            None => std::future::pending().await,
        }
    }

    /// Tells it, if every core goes on.
    pub(crate) fn tell(&mut self, gateway: &Gateway) {
        let beat = gateway.beat();
        if self.beat.is_none_or(|last| beat > last) {
            tell(&[NotifyState::Watchdog]);
        }
        self.beat = Some(beat);
    }
}
