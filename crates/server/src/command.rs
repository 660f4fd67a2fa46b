//! The commands, one file each.

mod check;
mod docs;
mod explain;
mod expr;
pub(crate) mod gateway;
mod key;
mod new;
mod try_it;

use anyhow::Result;

use crate::cli::{Command, Exit};

pub(crate) use gateway::cores;

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<Exit> {
    match command {
        Command::Try(args) => try_it::run(&args),
        Command::New(args) => new::run(&args),
        Command::Gateway(args) => gateway::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Expr(args) => expr::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Docs(args) => docs::run(&args),
    }
}
