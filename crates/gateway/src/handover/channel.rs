//! Messages between two processes, with open files beside them.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use bytes::{Buf as _, BufMut as _};
use rustix::io::retry_on_intr;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::process::geteuid;
use tokio::net::unix::UCred;

use super::HandoverError;
use crate::core::runtime;

/// Who may do everything.
const ROOT: u32 = 0;

/// How long the other process may say nothing: it has everything at hand.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most open files beside one message; the kernel allows 253.
pub(super) const FILES: usize = 64;

/// What is said of one socket: its number, its role, its owner.
pub(super) const SOCKET: usize = 4 + 1 + 1;

/// A message's kind and length.
const HEAD: usize = 5;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// New: who calls, in which version.
    Hello = 1,
    /// Old: no, because.
    Refused = 2,
    /// Old: some of the sockets.
    Sockets = 3,
    /// Old: these were all of them; here is the link for counters.
    Link = 4,
    /// New: nothing can fail any more; these sockets are taken.
    Prepared = 5,
    /// New: callers are let in.
    Confirmed = 6,
    /// Old: nobody is let in here any more.
    Released = 7,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Hello,
        Self::Refused,
        Self::Sockets,
        Self::Link,
        Self::Prepared,
        Self::Confirmed,
        Self::Released,
    ];

    /// How long such a message may be.
    fn longest(self) -> usize {
        match self {
            // A later version may have more to say.
            Self::Hello => 64,
            Self::Refused => 4096,
            Self::Sockets => FILES * SOCKET,
            Self::Prepared => 16 * 1024,
            Self::Link | Self::Confirmed | Self::Released => 0,
        }
    }
}

/// A message as it came.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
    pub(super) files: Vec<OwnedFd>,
}

/// A connection to another process of the same user.
#[derive(Debug)]
pub(super) struct Channel {
    stream: UnixStream,
    /// The number of the process at the other end, if it has one where this one lives.
    pub(super) peer: Option<u32>,
}

impl Channel {
    /// Refuses a process of another user.
    pub(super) fn new(stream: UnixStream) -> Result<Self, HandoverError> {
        let (stream, peer) = with_peer(stream)?;
        let (ours, theirs) = (geteuid().as_raw(), peer.uid());
        if ours != theirs && theirs != ROOT {
            return Err(HandoverError::Stranger { ours, theirs });
        }
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let peer = peer.pid().and_then(|pid| u32::try_from(pid).ok());
        Ok(Self { stream, peer })
    }

    pub(super) fn send(
        &mut self,
        kind: Kind,
        text: &[u8],
        files: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        let mut head = Vec::with_capacity(HEAD);
        head.put_u8(kind as u8);
        head.put_u32(u32::try_from(text.len()).map_err(|_| garbled())?);
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        if !files.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(files)) {
            return Err(garbled());
        }
        let sent = retry_on_intr(|| {
            let head = [IoSlice::new(&head)];
            sendmsg(&self.stream, &head, &mut beside, SendFlags::NOSIGNAL)
        })?;
        if sent != HEAD {
            return Err(ErrorKind::WriteZero.into());
        }
        self.stream.write_all(text)
    }

    /// Waits for a message; one that refuses is an error.
    pub(super) fn receive(&mut self) -> Result<Message, HandoverError> {
        let message = self.receive_any()?;
        if message.kind == Kind::Refused {
            let why = String::from_utf8_lossy(&message.text).into_owned();
            return Err(HandoverError::Refused(why));
        }
        Ok(message)
    }

    /// Waits for a message of this kind.
    pub(super) fn expect(&mut self, kind: Kind) -> Result<Message, HandoverError> {
        let message = self.receive()?;
        if message.kind == kind {
            Ok(message)
        } else {
            Err(garbled().into())
        }
    }

    fn receive_any(&mut self) -> io::Result<Message> {
        let mut head = [0; HEAD];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
        let mut beside = RecvAncillaryBuffer::new(&mut space);
        // Not a byte more than the head, so that what lies beside it is this message's.
        let received = retry_on_intr(|| {
            let mut head = [IoSliceMut::new(&mut head)];
            let flags = RecvFlags::WAITALL | RecvFlags::CMSG_CLOEXEC;
            recvmsg(&self.stream, &mut head, &mut beside, flags)
        })?;
        let mut files = Vec::new();
        for message in beside.drain() {
            if let RecvAncillaryMessage::ScmRights(more) = message {
                files.extend(more);
            }
        }
        if received.bytes == 0 {
            let gone = "the other process has closed the connection";
            return Err(io::Error::new(ErrorKind::UnexpectedEof, gone));
        }
        if received.bytes != HEAD || received.flags.contains(ReturnFlags::CTRUNC) {
            return Err(garbled());
        }
        let mut head = &head[..];
        let (kind, length) = (head.get_u8(), head.get_u32());
        let kind = Kind::ALL.into_iter().find(|known| *known as u8 == kind);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(kind) = kind.filter(|kind| length <= kind.longest()) else {
            return Err(garbled());
        };
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text)?;
        Ok(Message { kind, text, files })
    }
}

/// Who is at the other end (`SO_PEERCRED`): the runtime's library asks for us, because a process of
/// another namespace has the number 0, which others take for impossible.
fn with_peer(stream: UnixStream) -> io::Result<(UnixStream, UCred)> {
    let runtime = runtime()?;
    let _entered = runtime.enter();
    stream.set_nonblocking(true)?;
    let stream = tokio::net::UnixStream::from_std(stream)?;
    let peer = stream.peer_cred()?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    Ok((stream, peer))
}

pub(super) fn garbled() -> io::Error {
    io::Error::new(
        ErrorKind::InvalidData,
        "a message of the other process cannot be understood",
    )
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::*;

    #[test]
    fn files_stay_with_the_message_that_they_were_sent_beside() {
        let (one, other) = UnixStream::pair().unwrap();
        let (mut one, mut other) = (Channel::new(one).unwrap(), Channel::new(other).unwrap());
        let file = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = file.local_addr().unwrap();
        one.send(Kind::Hello, b"first", &[]).unwrap();
        one.send(Kind::Sockets, b"second", &[file.as_fd(); FILES])
            .unwrap();
        one.send(Kind::Prepared, b"", &[]).unwrap();
        drop((file, one));
        let first = other.receive().unwrap();
        assert_eq!(
            (first.kind, &first.text[..], first.files.len()),
            (Kind::Hello, &b"first"[..], 0)
        );
        let mut second = other.expect(Kind::Sockets).unwrap();
        assert_eq!(second.files.len(), FILES);
        let same = std::net::TcpListener::from(second.files.pop().unwrap());
        assert_eq!(same.local_addr().unwrap(), address);
        assert_eq!(other.expect(Kind::Prepared).unwrap().files.len(), 0);
        assert!(matches!(other.receive(), Err(HandoverError::Broken(_))));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bytes in [
            &[0, 0, 0, 0, 0][..],
            &[1, 0xff, 0, 0, 0],
            &[1, 0, 0, 0, 9, 1],
            &[6, 0, 0, 0, 1, 0],
            &[1],
        ] {
            let (mut one, other) = UnixStream::pair().unwrap();
            one.write_all(bytes).unwrap();
            drop(one);
            assert!(Channel::new(other).unwrap().receive().is_err(), "{bytes:?}");
        }
    }
}
