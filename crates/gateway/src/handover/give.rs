//! The process that runs: the socket at which the next one asks, and what it is given.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Buf as _, BufMut as _};
use tracing::warn;

use super::channel::{Channel, FILES, Kind, garbled};
use super::{HandoverError, VERSION};
use crate::listen::{Owner, Role, Socket};
use crate::run::{Gateway, Inner, lock};

/// The control socket of a running gateway: only its own user may connect.
#[derive(Debug)]
pub struct Control {
    listener: UnixListener,
    name: Name,
}

/// The name of a control socket, which goes when this does.
#[derive(Debug)]
pub struct Name {
    path: PathBuf,
    /// Which file is this socket: the name may be another one's by now.
    identity: (u64, u64),
}

impl Control {
    /// Listens beside `path`, if nobody answers there; [`Self::put_in_place`] makes it known. With a
    /// predecessor somebody does answer there, and goes on to do so.
    pub fn bind(
        path: &Path,
        predecessor: Option<&super::Predecessor>,
    ) -> Result<Self, HandoverError> {
        let listen = |error| HandoverError::Listen {
            path: path.to_owned(),
            error,
        };
        if predecessor.is_none() && is_answered(path).map_err(listen)? {
            return Err(HandoverError::Occupied(path.to_owned()));
        }
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{}", std::process::id()));
        Self::make(PathBuf::from(aside)).map_err(listen)
    }

    fn make(path: PathBuf) -> io::Result<Self> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            // Left behind by a process that had our number.
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let metadata = path.metadata()?;
        let name = Name {
            path,
            identity: (metadata.dev(), metadata.ino()),
        };
        fs::set_permissions(&name.path, Permissions::from_mode(0o600))?;
        Ok(Self { listener, name })
    }

    /// Answers at `path` from now on, in place of whoever did.
    pub fn put_in_place(&mut self, path: &Path) -> Result<(), HandoverError> {
        fs::rename(&self.name.path, path).map_err(|error| HandoverError::Listen {
            path: path.to_owned(),
            error,
        })?;
        path.clone_into(&mut self.name.path);
        Ok(())
    }

    /// Answers on a thread of its own until another process has taken over, and tells its number. The
    /// thread ends with the process.
    pub fn answer(
        self,
        gateway: &Gateway,
        taken: tokio::sync::mpsc::Sender<u32>,
    ) -> io::Result<Name> {
        let Self { listener, name } = self;
        let inner = gateway.inner.clone();
        let answering = move || {
            for stream in listener.incoming() {
                match stream
                    .map_err(Into::into)
                    .and_then(|s| hand_over(s, &inner))
                {
                    Ok(successor) => {
                        // If nobody listens, the process ends already.
                        let _: Result<(), _> = taken.blocking_send(successor);
                        return;
                    }
                    Err(error) => {
                        let error = error.to_string();
                        warn!(
                            error,
                            "another process could not take over: this one goes on"
                        );
                    }
                }
            }
        };
        std::thread::Builder::new()
            .name("control".into())
            .spawn(answering)?;
        Ok(name)
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let is_ours = |metadata: fs::Metadata| self.identity == (metadata.dev(), metadata.ino());
        if self.path.metadata().is_ok_and(is_ours) {
            // Whoever comes next finds that nobody answers, and puts another one in its place.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Whether a process answers at this socket.
fn is_answered(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            let error = "there is something else, which is not a socket";
            return Err(io::Error::new(ErrorKind::AlreadyExists, error));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives everything to the process at the other end; its number, once it has confirmed.
fn hand_over(stream: UnixStream, inner: &Inner) -> Result<u32, HandoverError> {
    let mut channel = Channel::new(stream)?;
    let hello = channel.expect(Kind::Hello)?;
    let theirs = (&hello.text[..]).try_get_u16().map_err(|_| garbled())?;
    if theirs != VERSION {
        let why = format!(
            "it hands over in version {VERSION}, not {theirs}: stop it, and start the other one \
             without `--takeover`"
        );
        return refuse(&mut channel, why);
    }
    // INVARIANT: held until the end, so that no stop closes sockets that are being handed over.
    let sockets = lock(&inner.sockets);
    if sockets.is_empty() {
        return refuse(&mut channel, "it is stopping".to_owned());
    }
    send_sockets(&mut channel, &sockets)?;
    let (ours, theirs) = UnixStream::pair()?;
    channel.send(Kind::Link, &[], &[theirs.as_fd()])?;
    drop(theirs);
    let taken = channel.expect(Kind::Prepared)?.text;
    let taken: Arc<[usize]> = taken
        .chunks_exact(4)
        .map(|mut n| usize::try_from(n.get_u32()).unwrap_or(usize::MAX))
        .collect();
    let counters = &inner.shared.counters;
    counters.give_away(ours)?;
    if let Err(error) = channel.expect(Kind::Confirmed) {
        counters.come_back();
        return Err(error);
    }
    inner.drain_except(sockets, taken);
    // It goes on in any case.
    drop(channel.send(Kind::Released, &[], &[]));
    Ok(channel.peer)
}

fn refuse(channel: &mut Channel, why: String) -> Result<u32, HandoverError> {
    channel.send(Kind::Refused, why.as_bytes(), &[])?;
    Err(HandoverError::Refused(why))
}

fn send_sockets(channel: &mut Channel, sockets: &[Socket]) -> io::Result<()> {
    let numbered: Vec<(u32, &Socket)> = (0u32..).zip(sockets).collect();
    for some in numbered.chunks(FILES) {
        let mut text = Vec::new();
        for (number, socket) in some {
            text.put_u32(*number);
            text.put_u8(match socket.role {
                Role::Http => 0,
                Role::Https => 1,
                Role::Admin => 2,
            });
            text.put_u8(match socket.owner {
                Owner::Gateway => 0,
                Owner::Manager => 1,
            });
        }
        let files: Vec<_> = some.iter().map(|(_, s)| s.listener.as_fd()).collect();
        channel.send(Kind::Sockets, &text, &files)?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "these tests look at files that lie about"
)]
mod tests {
    use super::*;

    #[test]
    fn a_control_socket_is_for_its_user_only_and_goes_with_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let mut first = Control::bind(&path, None).unwrap();
        first.put_in_place(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(
            Control::bind(&path, None),
            Err(HandoverError::Occupied(_))
        ));
        let stale = path.with_file_name("stale");
        fs::rename(&path, &stale).unwrap();
        drop(first);
        assert!(stale.exists(), "only what is at its own name");
        let mut second = Control::bind(&stale, None).expect("nobody answers there");
        second.put_in_place(&stale).unwrap();
        drop(second);
        assert!(!stale.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_socket_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        fs::write(&path, "precious").unwrap();
        let error = Control::bind(&path, None).unwrap_err().to_string();
        assert!(error.contains("not a socket"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }
}
