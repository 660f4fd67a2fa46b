//! Sockets that several cores listen on together.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use crate::tcp::tune_listener;

/// How many connections may wait to be accepted, for one core.
const BACKLOG: i32 = 4096;

/// Binds one socket a core to the same address (`SO_REUSEPORT`), so that the kernel spreads
/// connections and no core waits for another.
pub(crate) fn bind(
    address: SocketAddr,
    cores: usize,
) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    if address.port() != 0 {
        // A second gateway on the port would share it: every other call would be decided by the
        // configuration of the other one. A socket that does not share finds that out.
        drop(bind_one(address, Sharing::Alone)?);
    }
    let first = bind_one(address, Sharing::AmongCores)?;
    let bound = first.local_addr()?;
    let mut sockets = vec![first];
    for _ in 1..cores {
        sockets.push(bind_one(bound, Sharing::AmongCores)?);
    }
    Ok((bound, sockets))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    Alone,
    AmongCores,
}

fn bind_one(address: SocketAddr, sharing: Sharing) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(sharing == Sharing::AmongCores)?;
    tune_listener(&socket)?;
    socket.set_nonblocking(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_shared_among_cores_and_with_nobody_else() {
        let (bound, sockets) = bind(([127, 0, 0, 1], 0).into(), 2).unwrap();
        assert_eq!(sockets.len(), 2);
        assert_eq!(bind(bound, 2).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(sockets);
        assert_eq!(bind(bound, 2).unwrap().0, bound);
    }
}
