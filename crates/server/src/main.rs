//! `portcullis`: settings → wiring → run, and the command line.
//!
//! Read in this order: [`cli`] (what can be asked for), [`settings`] (what is told at start), then the
//! commands, one file each. Everything else is done elsewhere: this room only wires.

mod cli;
mod clock;
mod command;
mod control;
mod load;
mod manager;
mod reload;
mod render;
mod secrets;
mod serving;
mod settings;
mod successor;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

/// Half the memory of the system's allocator with ten thousand idle connections, at the same speed.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() {
                cli::Exit::Usage
            } else {
                cli::Exit::Ok
            };
            // Nothing is left to say if the terminal is gone.
            drop(error.print());
            return code.into();
        }
    };
    match command::run(cli.command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            render::error(&error);
            cli::Exit::Error.into()
        }
    }
}
