//! Bytes, TLS, runtimes, upstream pools, reload and drain around the engine.
//!
//! Read in this order: [`Settings`] (what it is told), [`Gateway`] (start and stop), then one
//! connection: `conn` (bytes → head), `inbound` (head → the one form of a request), `decide` (the
//! engine), `conn::answer` (answer → bytes); `upstream` is the way to backends, [`SnapshotStore`] the
//! one place where a configuration is swapped, `ports` what the policies' ports are made of.
//!
//! Only `server` depends on it. It knows no policy, no configuration file and no database; whatever
//! is decided about a request is decided in `engine`.

mod admin;
mod admit;
mod conn;
mod core;
mod date;
mod decide;
mod descriptors;
mod drain;
mod exec;
pub mod forwarding;
mod frames;
pub mod handover;
mod headers;
mod inbound;
mod listen;
mod overload;
mod pace;
mod ports;
mod run;
pub mod settings;
mod store;
mod tcp;
mod timer;
pub mod tls;
mod upstream;
mod worker;

pub use listen::{Owner, Role, Socket};
pub use portcullis_http1::Limits as Http1Limits;
pub use run::{Drained, Gateway, Parts, Prepared, StartError};
pub use settings::Settings;
pub use store::SnapshotStore;
