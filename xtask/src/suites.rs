//! The test suites: what runs on every change, and what is too long for that.
//!
//! A soak test is a test whose name begins with `soak_`. It needs no feature and no variable: the
//! two runners leave it out by name, and `cargo xtask soak` runs nothing else, in a release build.

use std::process::Command;

use crate::workspace::Workspace;
use crate::{needs, shell};

/// What every soak test's name begins with.
const SOAK: &str = "soak_";

/// Every test but the long ones, or those whose name contains the filter.
pub(crate) fn test(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    shell::run(&mut tests(workspace, filter))
}

/// The command that runs the tests: nextest where it is installed, else cargo's own runner.
pub(crate) fn tests(workspace: &Workspace, filter: Option<&str>) -> Command {
    let mut command;
    if needs::has_cargo("nextest") {
        command = workspace.cargo(&["nextest", "run", "--workspace", "--profile", "ci"]);
        command.args(filter);
    } else {
        command = workspace.cargo(&["test", "--workspace", "--all-targets", "--"]);
        command.args(filter).args(["--skip", SOAK]);
    }
    command
}

/// The long tests, or those whose name goes on with `rest` after `soak_`. They run one after the
/// other: most of them measure.
pub(crate) fn soak(workspace: &Workspace, rest: Option<&str>) -> anyhow::Result<()> {
    let filter = format!("{SOAK}{}", rest.unwrap_or_default());
    let mut command;
    if needs::has_cargo("nextest") {
        command = workspace.cargo(&["nextest", "run", "--workspace", "--release"]);
        command.args([
            "--profile",
            "soak",
            "--no-capture",
            "--no-tests",
            "pass",
            &filter,
        ]);
    } else {
        command = workspace.cargo(&["test", "--workspace", "--release", "--all-targets", "--"]);
        command.args([filter.as_str(), "--nocapture", "--test-threads", "1"]);
    }
    shell::run(&mut command)
}
