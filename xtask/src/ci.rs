//! Everything that must hold before a change goes in, in the order in which it fails fastest.

use std::process::Command;
use std::time::Instant;

use anyhow::bail;

use crate::workspace::Workspace;
use crate::{needs, shell, suites, tidy};

/// One thing that must hold.
struct Step<'w> {
    name: &'static str,
    run: Box<dyn FnOnce() -> anyhow::Result<()> + 'w>,
    /// What a person types to repeat it alone.
    again: String,
}

impl<'w> Step<'w> {
    fn command(name: &'static str, mut command: Command) -> Self {
        let again = shell::shown(&command);
        Self {
            name,
            run: Box::new(move || shell::run(&mut command)),
            again,
        }
    }

    fn habit(
        name: &'static str,
        again: &str,
        run: impl FnOnce() -> anyhow::Result<()> + 'w,
    ) -> Self {
        Self {
            name,
            run: Box::new(run),
            again: format!("`{again}`"),
        }
    }
}

/// Runs every step; stops at the first that fails and says how to repeat it.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    needs::install(needs::TESTS);
    needs::install_cargo(workspace, "deny")?;
    let begin = Instant::now();
    for step in steps(workspace) {
        println!("== {}", step.name);
        let begin = Instant::now();
        let outcome = (step.run)();
        println!("== {}: {:.1} s", step.name, begin.elapsed().as_secs_f64());
        if let Err(error) = outcome {
            bail!(
                "{error:#}\nrepeat the step {} with {}",
                step.name,
                step.again
            );
        }
    }
    println!(
        "== everything holds: {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    Ok(())
}

fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let format = workspace.cargo(&["fmt", "--all", "--check"]);
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    let mut docs = workspace.cargo(&["doc", "--no-deps", "--workspace"]);
    docs.env("RUSTDOCFLAGS", "--deny warnings");
    let docs_again = "RUSTDOCFLAGS='--deny warnings' cargo doc --no-deps --workspace";
    let dependencies = workspace.cargo(&["deny", "check", "bans", "licenses", "sources"]);
    vec![
        Step::command("format", format),
        Step::command("clippy", workspace.cargo(&lints)),
        Step::command("tests", suites::tests(workspace, None)),
        Step::habit("docs", docs_again, move || shell::run(&mut docs)),
        Step::habit("tidy", "cargo xtask tidy", || tidy::run(workspace)),
        Step::command("deny", dependencies),
        Step::habit("advisories", "cargo deny check advisories", || {
            advisories(workspace)
        }),
    ]
}

/// Known weaknesses of what we depend on, where the database of them is at hand: CI does not
/// depend on somebody else's server.
fn advisories(workspace: &Workspace) -> anyhow::Result<()> {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let database = home.map(|home| home.join("advisory-dbs"));
    if !database.is_some_and(|folder| folder.is_dir()) {
        println!("advisories: SKIPPED (database not at hand; `cargo deny fetch db` gets it)");
        return Ok(());
    }
    shell::run(&mut workspace.cargo(&["deny", "check", "--disable-fetch", "advisories"]))
}
