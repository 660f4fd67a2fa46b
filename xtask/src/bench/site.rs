//! Where a bench takes place: one upstream, one certificate, and a folder for each proxy.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::LOAD_CORE;
use super::cases::{Case, Exchange, Transport, Work};
use super::load::Target;
use super::peers::Peer;
use super::process::Process;
use crate::shell;
use crate::workspace::Workspace;

/// How many subscription keys every proxy knows in the secured case.
const KEYS: usize = 100;
/// The header that carries the key.
pub(super) const KEY_HEADER: &str = "Ocp-Apim-Subscription-Key";
/// What is asked for: the operations of the API `bench`.
const SMALL: &str = "/bench/small";
const LARGE: &str = "/bench/large";

/// What all rounds share.
#[derive(Debug)]
pub(super) struct Bench<'w> {
    /// The checkout.
    pub(super) workspace: &'w Workspace,
    /// Everything a bench writes.
    pub(super) folder: PathBuf,
    upstream: SocketAddr,
    /// Stopped when the bench ends.
    upstream_process: Process,
}

/// One proxy's place in one case.
#[derive(Debug)]
pub(super) struct Site<'b> {
    /// What all rounds share.
    bench: &'b Bench<'b>,
    /// What is measured.
    pub(super) case: &'static Case,
    /// Who is measured.
    pub(super) peer: Peer,
    /// The proxy's own folder, empty.
    pub(super) folder: PathBuf,
}

impl<'w> Bench<'w> {
    /// Builds and starts the upstream and makes the certificate.
    pub(super) fn prepare(workspace: &'w Workspace) -> anyhow::Result<Self> {
        let folder = workspace.target.join("bench");
        fs::create_dir_all(folder.join("upstream"))?;
        certify(&folder)?;
        shell::run(&mut workspace.cargo(&["build", "--quiet", "--release", "--package", "xtask"]))?;
        let mut command = Command::new(workspace.target.join("release/xtask"));
        let place = folder.join("upstream");
        let mut process = Process::start(command.arg("upstream"), LOAD_CORE, &place)?;
        let upstream = process.wait_for(|| {
            fs::read_to_string(place.join("stdout.log"))
                .ok()?
                .trim()
                .parse()
                .ok()
        });
        let upstream = upstream.context("the upstream")?;
        Ok(Self {
            workspace,
            folder,
            upstream,
            upstream_process: process,
        })
    }

    /// An empty place for a proxy.
    pub(super) fn site(&self, case: &'static Case, peer: Peer) -> anyhow::Result<Site<'_>> {
        let folder = self
            .folder
            .join("run")
            .join(format!("{}-{peer:?}", case.name).to_lowercase());
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Site {
            bench: self,
            case,
            peer,
            folder,
        })
    }
}

impl Site<'_> {
    /// Where every proxy forwards to.
    pub(super) fn upstream(&self) -> SocketAddr {
        self.bench.upstream
    }

    /// The upstream's process.
    pub(super) fn upstream_process(&self) -> u32 {
        self.bench.upstream_process.id()
    }

    /// The file of the certificate, of its key, or of both.
    pub(super) fn pem(&self, name: &str) -> PathBuf {
        self.bench.folder.join(name)
    }

    /// Writes a file in the proxy's folder and gives its path.
    pub(super) fn write(&self, path: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// What the load generator asks of a proxy at this address.
    pub(super) fn target(&self, address: SocketAddr) -> Target {
        let middle = keys().nth(KEYS / 2);
        let header = match self.case.work {
            Work::Forward => None,
            Work::Secured => middle.map(|(_, key)| format!("{KEY_HEADER}: {key}")),
        };
        Target {
            address,
            transport: self.case.transport,
            connections: self.case.connections,
            exchange: self.case.exchange,
            path: match self.case.exchange {
                Exchange::Small | Exchange::Upload => SMALL,
                Exchange::Large => LARGE,
            },
            header,
            folder: self.folder.clone(),
        }
    }

    /// Whether clients connect with TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.case.transport != Transport::Plain
    }

    /// Whether they speak HTTP/2.
    pub(super) fn is_http2(&self) -> bool {
        self.case.transport == Transport::Http2
    }
}

/// The subscriptions of the secured case: names and keys.
pub(super) fn keys() -> impl Iterator<Item = (String, String)> {
    (0..KEYS).map(|n| {
        (
            format!("subscription-{n:03}"),
            format!("{n:03}c5f0a1e3b7d94826a0f3e1d2c4b"),
        )
    })
}

/// Makes `cert.pem`, `key.pem` and `both.pem`, once.
fn certify(folder: &Path) -> anyhow::Result<()> {
    let [cert, key, both] = ["cert.pem", "key.pem", "both.pem"].map(|name| folder.join(name));
    if both.exists() {
        return Ok(());
    }
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
    ]);
    openssl.args(["-nodes", "-days", "3650", "-subj", "/CN=localhost"]);
    openssl.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
    shell::output(openssl.arg("-out").arg(&cert).arg("-keyout").arg(&key))?;
    fs::write(
        &both,
        fs::read_to_string(&cert)? + &fs::read_to_string(&key)?,
    )?;
    Ok(())
}
