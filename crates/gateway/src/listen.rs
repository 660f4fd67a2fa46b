//! Sockets that several cores listen on together.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// How many connections may wait to be accepted, for one core.
const BACKLOG: i32 = 4096;

/// Binds one socket a core to the same address (`SO_REUSEPORT`), so that the kernel spreads
/// connections and no core waits for another.
pub(crate) fn bind(
    address: SocketAddr,
    cores: usize,
) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    let first = bind_one(address)?;
    let bound = first.local_addr()?;
    let mut sockets = vec![first];
    for _ in 1..cores {
        sockets.push(bind_one(bound)?);
    }
    Ok((bound, sockets))
}

fn bind_one(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
