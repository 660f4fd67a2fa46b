//! Sockets that several cores listen on together: bound here, or taken over from whoever had them.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::{Domain, Protocol, SockFilter, SockRef, Type};

use crate::tcp::tune_listener;

/// How many connections may wait to be accepted, for one core.
const BACKLOG: i32 = 4096;

/// How long a socket that is to be closed waits for connections that the kernel is still opening:
/// longer than a round trip across an ocean.
pub(crate) const LAST_CALL: Duration = Duration::from_millis(200);

/// What is listened for at a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Callers without encryption.
    Http,
    /// Callers with TLS.
    Https,
    /// Health and metrics.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Http, Self::Https, Self::Admin];

    /// What it is called, in settings and by a service manager.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who else listens at a socket when this process does not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Nobody: it closes with this process.
    Gateway,
    /// The service manager: it keeps the socket open, and whoever waits there, for the next process.
    Manager,
}

/// A socket that is listened at.
#[derive(Debug)]
pub struct Socket {
    /// What for.
    pub role: Role,
    /// Whose it is.
    pub owner: Owner,
    /// The socket.
    pub listener: TcpListener,
    /// Which one it was for the process that had it before.
    pub(crate) number: Option<usize>,
    /// Whether it is only bound so far, and listened at from [`Self::begin`] on.
    pub(crate) is_deaf: bool,
}

impl Socket {
    /// A socket that the service manager has opened.
    pub fn lent(role: Role, listener: TcpListener) -> Self {
        Self {
            role,
            owner: Owner::Manager,
            listener,
            number: None,
            is_deaf: false,
        }
    }

    fn own(role: Role, listener: TcpListener) -> Self {
        Self {
            role,
            owner: Owner::Gateway,
            listener,
            number: None,
            is_deaf: false,
        }
    }

    /// Listens, if that was put off.
    pub(crate) fn begin(&self) -> io::Result<()> {
        if self.is_deaf {
            SockRef::from(&self.listener).listen(BACKLOG)?;
        }
        Ok(())
    }

    /// The same socket once more.
    pub(crate) fn again(&self) -> io::Result<Self> {
        Ok(Self {
            listener: self.listener.try_clone()?,
            ..*self
        })
    }
}

/// The sockets of one listener.
pub(crate) struct Opened {
    pub(crate) bound: SocketAddr,
    /// Each socket once.
    pub(crate) sockets: Vec<Socket>,
}

/// Opens what `address` asks for: the sockets among `inherited` that are for it, else new ones.
pub(crate) fn open(
    role: Role,
    address: SocketAddr,
    cores: usize,
    inherited: &mut Vec<Socket>,
) -> io::Result<Opened> {
    let mine = |socket: &mut Socket| {
        let is_there = |bound| is_at(bound, address);
        socket.role == role && socket.listener.local_addr().is_ok_and(is_there)
    };
    let mut sockets: Vec<Socket> = inherited.extract_if(.., mine).collect();
    let Some(first) = sockets.first() else {
        return bind(role, address, cores);
    };
    let bound = first.listener.local_addr()?;
    if first.owner == Owner::Gateway {
        // Whoever ran on fewer cores had fewer sockets. If there can be no more, cores share them. The
        // other process serves callers here: the kernel must send none of them to a socket that closes
        // if this one does not take over after all.
        while sockets.len() < cores
            && let Ok(one_more) = bound_one(bound, Sharing::AmongCores)
        {
            sockets.push(Socket {
                is_deaf: true,
                ..Socket::own(role, one_more.into())
            });
        }
    }
    for socket in &sockets {
        socket.listener.set_nonblocking(true)?;
        tune_listener(&socket.listener)?;
        // In case somebody was about to close it.
        drop(SockRef::from(&socket.listener).detach_filter());
    }
    Ok(Opened { bound, sockets })
}

/// Whether a socket that is bound here is what was asked for: any port is, where none was.
fn is_at(bound: SocketAddr, wanted: SocketAddr) -> bool {
    bound == wanted || (wanted.port() == 0 && bound.ip() == wanted.ip())
}

/// Binds one socket a core to the same address (`SO_REUSEPORT`), so that the kernel spreads
/// connections and no core waits for another.
fn bind(role: Role, address: SocketAddr, cores: usize) -> io::Result<Opened> {
    if address.port() != 0 {
        // A second gateway on the port would share it: every other call would be decided by the
        // configuration of the other one. A socket that does not share finds that out.
        drop(bind_one(address, Sharing::Alone)?);
    }
    let first = bind_one(address, Sharing::AmongCores)?;
    let bound = first.local_addr()?;
    let mut sockets = vec![Socket::own(role, first)];
    for _ in 1..cores {
        sockets.push(Socket::own(role, bind_one(bound, Sharing::AmongCores)?));
    }
    Ok(Opened { bound, sockets })
}

/// Lets in nobody new who asks for this socket, and everybody who is half way through its door.
///
/// Closing a socket resets whoever the kernel has let in meanwhile; between the last look at the queue
/// and the close there is always a moment. So new callers (SYN without ACK) are not heard from here on:
/// they ask again after a second, and find another listener or none.
pub(crate) fn hear_nobody_new(socket: &SockRef<'_>) -> io::Result<()> {
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    /// Where the flags stand in a TCP header.
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const SYN_AND_ACK: u32 = 0x12;
    socket.attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN_AND_ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    Alone,
    AmongCores,
}

fn bind_one(address: SocketAddr, sharing: Sharing) -> io::Result<TcpListener> {
    let socket = bound_one(address, sharing)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A socket that nobody is heard at yet.
fn bound_one(address: SocketAddr, sharing: Sharing) -> io::Result<socket2::Socket> {
    let socket = socket2::Socket::new(
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
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

    fn opened(address: SocketAddr, cores: usize, inherited: &mut Vec<Socket>) -> Opened {
        open(Role::Http, address, cores, inherited).unwrap()
    }

    #[test]
    fn a_port_is_shared_among_cores_and_with_nobody_else() {
        let Opened { bound, sockets } = opened(ANY.into(), 2, &mut Vec::new());
        assert_eq!(sockets.len(), 2);
        let error = bind(Role::Http, bound, 2).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop(sockets);
        assert_eq!(bind(Role::Http, bound, 2).unwrap().bound, bound);
    }

    #[test]
    fn what_somebody_had_before_is_listened_at_whatever_the_number_of_cores() {
        for (before, now, sockets) in [(2, 2, 2), (1, 3, 3), (3, 1, 3)] {
            let mut had = opened(ANY.into(), before, &mut Vec::new());
            let bound = had.bound;
            let other = bind(Role::Admin, ANY.into(), 1).unwrap();
            had.sockets.extend(other.sockets);
            let taken = opened(bound, now, &mut had.sockets);
            assert_eq!((taken.bound, taken.sockets.len()), (bound, sockets));
            assert_eq!(had.sockets.len(), 1, "what is for something else is left");
        }
    }

    #[test]
    fn what_a_manager_lends_is_not_added_to() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut lent = vec![Socket::lent(Role::Http, listener)];
        assert_eq!(opened(address, 4, &mut lent).sockets.len(), 1);
    }

    #[test]
    fn nobody_waits_at_a_socket_that_was_added_before_it_is_certain_that_it_stays() {
        let had = opened(ANY.into(), 1, &mut Vec::new());
        let mut given = vec![had.sockets[0].again().unwrap()];
        let taken = opened(had.bound, 3, &mut given);
        let waiting = |socket: &Socket| {
            let accepted = (0..).take_while(|_| socket.listener.accept().is_ok());
            accepted.count()
        };
        let call = || -> Vec<_> {
            let called = (0..30).map(|_| std::net::TcpStream::connect(had.bound).unwrap());
            called.collect()
        };
        let callers = call();
        let late: usize = taken.sockets.iter().skip(1).map(&waiting).sum();
        assert_eq!(late, 0, "they would be reset if nothing came of it");
        assert_eq!(waiting(&had.sockets[0]), 30);
        drop(callers);
        for socket in &taken.sockets {
            socket.begin().unwrap();
        }
        let _callers = call();
        let all = taken.sockets.iter().map(waiting);
        assert!(all.skip(1).all(|callers| callers > 0), "now they share");
    }
}
