//! Connections to backends: one pool a core, HTTP/1.1 and HTTP/2 by hyper's client connections.

mod body;
mod connect;
mod framing;
mod handshake;
mod pool;
mod send;

pub(crate) use pool::Pool;
pub(crate) use send::{Backends, Switched};
