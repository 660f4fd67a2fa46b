//! Starts the process that takes over from this one: the same program, as it lies on disk now, with the
//! same arguments.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command};

use tracing::{info, warn};

/// What a service manager has said to this process and to no other.
const OWN: [&str; 4] = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID"];

/// Starts a successor; whether it comes so far as to take over is told by itself.
pub(crate) fn start(control: Option<&Path>) {
    if control.is_none() {
        warn!("asked to start a successor, which could not take over: set `runtime.control`");
        return;
    }
    match spawn() {
        Ok(child) => info!(process = child, "asked to start a successor"),
        Err(error) => warn!(%error, "asked to start a successor, and it cannot be started"),
    }
}

fn spawn() -> std::io::Result<u32> {
    let takeover = OsStr::new("--takeover");
    let mut arguments = std::env::args_os();
    // Not the running file: that may have been removed by whoever put a new one in its place.
    let mut command = Command::new(arguments.next().unwrap_or_default());
    let arguments: Vec<_> = arguments.filter(|argument| argument != takeover).collect();
    command.args(arguments).arg(takeover);
    for name in OWN {
        command.env_remove(name);
    }
    let child = command.spawn()?;
    let process = child.id();
    std::thread::Builder::new()
        .name("successor".into())
        .spawn(move || wait_for(child))?;
    Ok(process)
}

/// A child that nobody waits for stays in the table of processes.
fn wait_for(mut child: Child) {
    match child.wait() {
        Ok(status) if status.success() => {}
        Ok(status) => warn!(%status, "the successor has ended"),
        Err(error) => warn!(%error, "the successor cannot be waited for"),
    }
}
