//! The project's habits as code: `cargo xtask ci`, `tidy`, `test`, `soak`, `vectors`, `codegen`, `bench`.
//!
//! Read in this order: [`ci`] (what must hold before a change goes in), [`tidy`] (the rules of the
//! repository that no compiler knows), [`mod@bench`] (what a request costs, beside other proxies).
//!
//! Nothing depends on this program. It must never change a tracked file except in `codegen` and
//! where `bench --out` was asked for, and it never decides anything that `.ci/run` would not.

#![expect(
    clippy::print_stdout,
    reason = "a command-line tool for developers talks on stdout"
)]
#![expect(clippy::print_stderr, reason = "what went wrong is told on stderr")]
#![expect(
    clippy::disallowed_methods,
    reason = "it reads files, the environment and the clock: that is its work, and no request waits for it"
)]

mod bench;
mod ci;
mod codegen;
mod needs;
mod shell;
mod suites;
mod tidy;
mod vectors;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The project's habits as code.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    habit: Habit,
}

#[derive(Debug, Subcommand)]
enum Habit {
    /// Everything that must hold before a change goes in: format, lints, tests, docs, tidy, deny.
    Ci,
    /// The rules of the repository that no compiler checks.
    Tidy,
    /// The tests, or those whose name contains FILTER.
    Test {
        /// Part of a test's name.
        filter: Option<String>,
    },
    /// The tests that are too long for CI: those whose name begins with `soak_`, in a release build.
    Soak {
        /// How the test's name goes on after `soak_`.
        rest: Option<String>,
    },
    /// The score of the expression language against a real .NET runtime's results.
    Vectors(vectors::Options),
    /// Writes the generated pages below `docs/` anew.
    Codegen,
    /// CPU seconds per 100,000 requests, beside nginx, HAProxy and Envoy.
    Bench(bench::Options),
    /// The cheap upstream behind every proxy of a bench (started by `bench`).
    #[command(hide = true)]
    Upstream,
}

fn main() -> ExitCode {
    match run(Arguments::parse().habit) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(habit: Habit) -> anyhow::Result<()> {
    if let Habit::Upstream = habit {
        return bench::upstream::serve();
    }
    let workspace = Workspace::discover()?;
    match habit {
        Habit::Ci => ci::run(&workspace),
        Habit::Tidy => tidy::run(&workspace),
        Habit::Test { filter } => suites::test(&workspace, filter.as_deref()),
        Habit::Soak { rest } => suites::soak(&workspace, rest.as_deref()),
        Habit::Vectors(options) => vectors::run(&workspace, &options),
        Habit::Codegen => codegen::run(&workspace),
        Habit::Bench(options) => bench::run(&workspace, &options),
        Habit::Upstream => Ok(()),
    }
}
