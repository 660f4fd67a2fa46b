//! A child process that ends with its owner.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How long a proxy may take to listen, or to stop.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// A running child; dropping it stops it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    errors: PathBuf,
}

impl Process {
    /// Starts a program on one core; what it prints goes to files in the folder.
    pub(super) fn start(command: &Command, core: usize, folder: &Path) -> anyhow::Result<Self> {
        let errors = folder.join("stderr.log");
        let mut pinned = Command::new("taskset");
        pinned.args(["--cpu-list", &core.to_string()]);
        pinned
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(folder);
        for (name, value) in command.get_envs() {
            pinned.env(name, value.unwrap_or_default());
        }
        let child = pinned
            .stdin(Stdio::null())
            .stdout(File::create(folder.join("stdout.log"))?)
            .stderr(File::create(&errors)?)
            .spawn()
            .context("cannot start `taskset`")?;
        Ok(Self { child, errors })
    }

    /// Its id, which taskset handed to the program that it became.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the probe gives something; fails when the process ends before.
    pub(super) fn wait_for<T>(
        &mut self,
        mut probe: impl FnMut() -> Option<T>,
    ) -> anyhow::Result<T> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Some(found) = probe() {
                return Ok(found);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status}): {}", self.last_words());
            }
            std::thread::sleep(PAUSE);
        }
        bail!(
            "it was not ready after {} s: {}",
            PATIENCE.as_secs(),
            self.last_words()
        );
    }

    /// Waits until something accepts connections at the address.
    pub(super) fn wait_until_listening(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        self.wait_for(|| TcpStream::connect(address).ok()).map(drop)
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.errors).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(10).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Process {
    /// Asks politely first: a killed master would leave its workers behind.
    fn drop(&mut self) {
        let _asked = Command::new("kill").arg(self.id().to_string()).status();
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// An address on loopback that the kernel says is free, for programs that cannot ask it themselves.
pub(super) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
