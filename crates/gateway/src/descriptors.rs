//! The descriptors of the process, and for whom the last of them are kept.
//!
//! The kernel gives the lowest number that is free, so the number of a new descriptor tells how many
//! are in use. Clients may have those below one mark, backends those below a higher one; above both
//! the health of the gateway can still be asked for and its files can be read.

use std::io;
use std::os::fd::AsRawFd;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The most descriptors that the process asks for.
const WANTED: u64 = 1 << 20;

/// The marks below which descriptors may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptors {
    clients: u64,
    backends: u64,
}

impl Descriptors {
    /// Raises the soft limit as far as it may go, and divides it.
    pub(crate) fn of_process() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let current = current.unwrap_or(WANTED);
        let wanted = maximum.unwrap_or(WANTED).min(WANTED).max(current);
        let raised = Rlimit {
            current: Some(wanted),
            maximum,
        };
        // Where it may not be raised it stays as it is.
        let limit = setrlimit(Resource::Nofile, raised).map_or(current, |()| wanted);
        Self::divide(limit)
    }

    fn divide(limit: u64) -> Self {
        let backends = limit - (limit / 8).min(64);
        Self {
            clients: backends - limit / 4,
            backends,
        }
    }

    /// Whether a client may have this one.
    pub(crate) fn has_room_for_client(self, socket: &impl AsRawFd) -> bool {
        number(socket) < self.clients
    }

    /// Whether a backend may have this one.
    pub(crate) fn has_room_for_backend(self, socket: &impl AsRawFd) -> bool {
        number(socket) < self.backends
    }

    /// How many connections of clients there is room for.
    pub(crate) fn clients(self) -> u64 {
        self.clients
    }
}

fn number(socket: &impl AsRawFd) -> u64 {
    u64::try_from(socket.as_raw_fd()).unwrap_or(u64::MAX)
}

/// Whether accepting failed because of the one connection that was to be accepted: the next may do
/// better at once. Everything else is waited out, for it lasts (`accept(2)`).
pub(crate) fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionReset, HostUnreachable, Interrupted, NetworkDown,
        NetworkUnreachable, TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | NetworkDown
            | NetworkUnreachable
            | TimedOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_leave_room_for_backends_and_both_for_the_rest() {
        for (limit, clients, backends) in [
            (0, 0, 0),
            (64, 40, 56),
            (1024, 704, 960),
            (1 << 20, 786_368, 1_048_512),
        ] {
            assert_eq!(
                Descriptors::divide(limit),
                Descriptors { clients, backends },
                "{limit}"
            );
        }
    }

    #[test]
    fn only_what_lasts_is_waited_out() {
        use rustix::io::Errno;
        for (errno, of_one) in [
            (Errno::CONNABORTED, true),
            (Errno::NETUNREACH, true),
            (Errno::MFILE, false),
            (Errno::NFILE, false),
            (Errno::NOBUFS, false),
            (Errno::NOMEM, false),
            (Errno::BADF, false),
        ] {
            let error = io::Error::from(errno);
            assert_eq!(is_of_one_connection(&error), of_one, "{error}");
        }
    }
}
