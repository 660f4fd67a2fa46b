//! Programs that the project's habits call, and how to come by them.

use std::process::{Command, Stdio};

use anyhow::bail;

use crate::shell;
use crate::workspace::Workspace;

/// A program and the Debian package that carries it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    name: &'static str,
    package: &'static str,
}

/// What the tests call. None is mandatory: a test that misses its program says so.
pub(crate) const TESTS: &[Program] = &[
    Program {
        name: "curl",
        package: "curl",
    },
    Program {
        name: "haproxy",
        package: "haproxy",
    },
    Program {
        name: "nginx",
        package: "nginx",
    },
    Program {
        name: "openssl",
        package: "openssl",
    },
    Program {
        name: "python3",
        package: "python3",
    },
];

/// What a bench calls besides Envoy, which comes from PyPI.
pub(crate) const BENCH: &[Program] = &[
    Program {
        name: "nginx",
        package: "nginx",
    },
    Program {
        name: "haproxy",
        package: "haproxy",
    },
    Program {
        name: "wrk",
        package: "wrk",
    },
    Program {
        name: "h2load",
        package: "nghttp2-client",
    },
    Program {
        name: "openssl",
        package: "openssl",
    },
    Program {
        name: "taskset",
        package: "util-linux",
    },
    Program {
        name: "python3",
        package: "python3-venv",
    },
];

/// Installs the Debian packages of programs that are not there, and gives those still missing.
pub(crate) fn install(programs: &[Program]) -> Vec<&'static str> {
    let packages = missing(programs);
    if packages.is_empty() {
        return packages;
    }
    println!("installing Debian packages: {}", packages.join(" "));
    if apt(&["update", "--quiet=2"]) {
        let mut install = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
        install.extend(&packages);
        apt(&install);
    }
    let still = missing(programs);
    if !still.is_empty() {
        println!(
            "not installed: {}; as root: apt-get install {}",
            still.join(" "),
            still.join(" ")
        );
    }
    still
}

fn missing(programs: &[Program]) -> Vec<&'static str> {
    programs
        .iter()
        .filter(|program| !shell::has(program.name))
        .map(|program| program.package)
        .collect()
}

/// Runs apt-get where that can work at all: on Debian, as root.
fn apt(arguments: &[&str]) -> bool {
    let root = shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && shell::has("apt-get")
        && Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}

/// Installs a cargo subcommand that is not there.
pub(crate) fn install_cargo(workspace: &Workspace, subcommand: &str) -> anyhow::Result<()> {
    if has_cargo(subcommand) {
        return Ok(());
    }
    let package = format!("cargo-{subcommand}");
    println!("installing {package} with cargo; this takes a few minutes, once");
    if shell::run(&mut workspace.cargo(&["install", "--locked", &package])).is_err() {
        bail!("{package} could not be installed; try `cargo install --locked {package}`");
    }
    Ok(())
}

/// Whether cargo has this subcommand.
pub(crate) fn has_cargo(subcommand: &str) -> bool {
    shell::output(shell::cargo().args([subcommand, "--version"])).is_ok()
}
