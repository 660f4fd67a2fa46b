//! `Configuration` → [`Snapshot`], with all its diagnostics, and [`serve`]: the life of a request
//! without sockets.
//!
//! Read in this order: [`compile()`] (what a configuration becomes), [`Snapshot`] (routes, admission,
//! plans), [`serve`] (one request, on one page), `access` (who may call), `route` (from a path to an
//! operation), `respond` (what a fault becomes), [`record`] (what is kept).
//!
//! The gateway, the control plane, policy tests and the command line all run this one thing, so
//! "accepted" means "will load". It never touches a socket, a file, the environment or the clock:
//! secrets and time come through ports.

mod access;
mod compile;
pub mod record;
mod respond;
mod route;
mod serve;
mod snapshot;

pub use access::ForeignKey;
pub use compile::{Compilation, OpenOperations, Options, SecretResolver, compile};
pub use respond::{REQUEST_ID, respond};
pub use serve::{Served, refusal, serve};
pub use snapshot::{RecordNames, Snapshot, Summary};
