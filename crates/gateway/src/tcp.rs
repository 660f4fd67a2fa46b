//! What the kernel is told about connections. Listeners are told once: what they accept inherits it.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// How much of a response the kernel takes in that it has not sent. With less of it in the kernel it is
/// seen sooner that a client takes nothing, and a slow one that takes something is not mistaken for one;
/// it is memory, too. (Its own choice is up to 4 MiB, told of in steps of a third.)
const UNSENT: u32 = 64 * 1024;

/// A connection on which nothing has come for so long is asked whether its other end still lives …
const ASKED_AFTER: Duration = Duration::from_mins(1);

/// … and asked again after so long …
const ASKED_AGAIN: Duration = Duration::from_secs(10);

/// … and is gone when so many questions had no answer.
const QUESTIONS: u32 = 6;

/// How long the other end may leave what was sent without acknowledgement, or take nothing.
const UNACKNOWLEDGED: Duration = Duration::from_mins(2);

/// Tells a listener about the connections that it will accept.
pub(crate) fn tune_listener<'s>(listener: impl Into<SockRef<'s>>) -> io::Result<()> {
    let listener = listener.into();
    listener.set_tcp_notsent_lowat(UNSENT)?;
    notice_absence(&listener)
}

/// Tells a connection to a backend.
pub(crate) fn tune_backend<'s>(connection: impl Into<SockRef<'s>>) -> io::Result<()> {
    let connection = connection.into();
    connection.set_tcp_nodelay(true)?;
    notice_absence(&connection)
}

/// Lets a connection end whose other end has gone without a word.
fn notice_absence(socket: &SockRef<'_>) -> io::Result<()> {
    let keepalive = TcpKeepalive::new()
        .with_time(ASKED_AFTER)
        .with_interval(ASKED_AGAIN)
        .with_retries(QUESTIONS);
    socket.set_tcp_keepalive(&keepalive)?;
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn an_accepted_connection_inherits_what_its_listener_was_told() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        tune_listener(&listener).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let accepted = SockRef::from(&accepted);
        assert!(accepted.keepalive().unwrap());
        assert_eq!(accepted.tcp_keepalive_time().unwrap(), ASKED_AFTER);
        assert_eq!(accepted.tcp_keepalive_retries().unwrap(), QUESTIONS);
        assert_eq!(accepted.tcp_notsent_lowat().unwrap(), UNSENT);
        let unacknowledged = accepted.tcp_user_timeout().unwrap();
        assert_eq!(unacknowledged, Some(UNACKNOWLEDGED));
        tune_backend(&client).unwrap();
        assert!(SockRef::from(&client).keepalive().unwrap());
    }
}
