//! The process that takes over.

use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use bytes::{Buf as _, BufMut as _};

use super::channel::{Channel, Kind, Message, SOCKET, garbled};
use super::cut::{Cut, Limit};
use super::{HandoverError, VERSION};
use crate::listen::{Owner, Role, Socket};
use crate::run::{Gateway, Prepared};

/// How long all counters may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The process that has served so far, and serves on until [`Self::take_over`] has come to its end.
#[derive(Debug)]
pub struct Predecessor {
    channel: Channel,
    /// Where counters come from and are asked for.
    link: UnixStream,
    limit: Limit,
}

impl Predecessor {
    /// Calls the process at this control socket; it gives its listening sockets, and listens on.
    pub fn call(path: &Path) -> Result<(Self, Vec<Socket>), HandoverError> {
        let stream = UnixStream::connect(path).map_err(|error| HandoverError::Nobody {
            path: path.to_owned(),
            error,
        })?;
        let limit = Cut::default().begin(&stream)?;
        match receive_sockets(Channel::new(stream)?) {
            Ok((channel, link, sockets)) => {
                let predecessor = Self {
                    channel,
                    link,
                    limit,
                };
                Ok((predecessor, sockets))
            }
            Err(error) => Err(limit.explain(error)),
        }
    }

    /// Takes over: from here on `prepared` serves, and the other process drains.
    pub fn take_over(self, prepared: Prepared) -> Result<Gateway, HandoverError> {
        let Self {
            mut channel,
            link,
            limit,
        } = self;
        let mut taken = Vec::new();
        for number in &prepared.taken {
            taken.put_u32(u32::try_from(*number).map_err(|_| garbled())?);
        }
        channel.send(Kind::Prepared, &taken, &[])?;
        keep_counters(link, &prepared)?;
        let gateway = prepared.open();
        if let Err(error) = channel.send(Kind::Confirmed, &[], &[]) {
            // The other one serves on: it has not heard that it need not.
            gateway.stop();
            return Err(limit.explain(error.into()));
        }
        // Only so that whoever hears of the takeover finds it done: it is, in any case.
        drop(channel.expect(Kind::Released));
        Ok(gateway)
    }
}

/// Says hello; gives what the other process has.
fn receive_sockets(
    mut channel: Channel,
) -> Result<(Channel, UnixStream, Vec<Socket>), HandoverError> {
    channel.send(Kind::Hello, &VERSION.to_be_bytes(), &[])?;
    let mut sockets = Vec::new();
    loop {
        let mut message = channel.receive()?;
        match message.kind {
            Kind::Sockets => sockets.extend(read_sockets(message)?),
            Kind::Link => {
                let link = message.files.pop().ok_or_else(garbled)?.into();
                return Ok((channel, link, sockets));
            }
            _ => return Err(garbled().into()),
        }
    }
}

fn read_sockets(message: Message) -> io::Result<Vec<Socket>> {
    let facts = message.text.chunks_exact(SOCKET);
    if facts.len() != message.files.len() {
        return Err(garbled());
    }
    facts
        .zip(message.files)
        .map(|(facts, file)| read_socket(facts, file))
        .collect()
}

fn read_socket(mut facts: &[u8], file: OwnedFd) -> io::Result<Socket> {
    let number = usize::try_from(facts.get_u32()).map_err(|_| garbled())?;
    let role = Role::ALL.get(usize::from(facts.get_u8()));
    let owner = match facts.get_u8() {
        0 => Owner::Gateway,
        _ => Owner::Manager,
    };
    Ok(Socket {
        role: *role.ok_or_else(garbled)?,
        owner,
        listener: TcpListener::from(file),
        number: Some(number),
        is_deaf: false,
    })
}

/// Takes in the counters, and answers for them until the other process has nothing to count any more.
fn keep_counters(link: UnixStream, prepared: &Prepared) -> io::Result<()> {
    let inner = prepared.inner();
    let (whole, is_whole) = sync_channel(1);
    let counters = Arc::clone(&inner.shared.counters);
    let keeping = inner.keeping();
    let keep = move || {
        // It ends when the connection does, which is when the other process is done.
        let _: io::Result<()> = counters.keep_for(&link, &whole);
        drop(keeping);
    };
    std::thread::Builder::new()
        .name("counters".into())
        .spawn(keep)?;
    is_whole.recv_timeout(PATIENCE).map_err(|_| {
        let late = "the counters of the other process did not arrive";
        io::Error::new(ErrorKind::TimedOut, late)
    })
}
