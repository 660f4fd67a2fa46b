//! Where and with what a table was measured: without that its figures mean nothing.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::peers::Peer;
use crate::shell;
use crate::workspace::Workspace;

/// A list of facts: machine, versions, commit, command.
pub(super) fn describe(
    workspace: &Workspace,
    peers: &[(Peer, PathBuf)],
) -> anyhow::Result<Vec<String>> {
    let mut facts = vec![machine()?];
    for (peer, binary) in peers {
        facts.push(version(*peer, binary));
    }
    let mut git = Command::new("git");
    git.current_dir(&workspace.root)
        .args(["describe", "--always", "--dirty", "--abbrev=12"]);
    let commit = shell::output(&mut git)?;
    let date = shell::output(Command::new("date").args(["--utc", "+%F"]))?;
    facts.push(format!("commit {}, {}", commit.trim(), date.trim()));
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    facts.push(format!("`cargo xtask {}`", arguments.join(" ")));
    Ok(facts)
}

fn machine() -> anyhow::Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let cores = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model
        .unwrap_or("an unnamed CPU")
        .trim_start_matches([' ', '\t', ':']);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let system = system.unwrap_or("Linux").trim_matches('"');
    Ok(format!(
        "{cores} cores of {model}, Linux {}, {system}",
        kernel.trim()
    ))
}

/// The first line that the program prints about itself, on whichever stream, from the word
/// `version` on: some say before it where they lie.
fn version(peer: Peer, binary: &PathBuf) -> String {
    let output = Command::new(binary).arg(peer.version_flag()).output();
    let text = output
        .map(|output| [output.stdout, output.stderr].concat())
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("unknown");
    let version = line
        .split_once("version")
        .map_or(line, |(_, version)| version);
    format!("{peer}: {}", version.trim_start_matches([':', ' ']))
}
