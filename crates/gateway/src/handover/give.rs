//! The process that runs, and what it gives to the next one.

use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;

use bytes::{Buf as _, BufMut as _};
use tokio::sync::mpsc;
use tracing::warn;

use super::channel::{Channel, FILES, Kind, garbled};
use super::cut::Limit;
use super::{HandoverError, VERSION};
use crate::core::ACCEPT_PAUSE;
use crate::listen::{Owner, Role, Socket};
use crate::run::{Gateway, Inner, lock};

/// Answers at a control socket, on a thread of its own, until another process has taken over; tells its
/// number. The thread ends with the process.
pub fn answer(
    control: UnixListener,
    gateway: &Gateway,
    taken: mpsc::Sender<Option<u32>>,
) -> io::Result<()> {
    let inner = gateway.inner.clone();
    let answering = move || {
        for stream in callers(control.incoming()) {
            match hand_over(stream, &inner) {
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
    Ok(())
}

/// Whoever calls. When the system gives nobody, that pauses: it would not mend itself sooner.
fn callers(
    incoming: impl Iterator<Item = io::Result<UnixStream>>,
) -> impl Iterator<Item = UnixStream> {
    incoming.filter_map(|accepted| {
        let failed = |error: &io::Error| {
            let error = error.to_string();
            warn!(error, "the control socket cannot be answered for a moment");
            std::thread::sleep(ACCEPT_PAUSE);
        };
        accepted.inspect_err(failed).ok()
    })
}

/// Gives everything to the process at the other end; its number, once it has confirmed.
fn hand_over(stream: UnixStream, inner: &Inner) -> Result<Option<u32>, HandoverError> {
    let limit = inner.cut.begin(&stream)?;
    give(Channel::new(stream)?, inner, &limit).map_err(|error| limit.explain(error))
}

fn give(mut channel: Channel, inner: &Inner, limit: &Limit) -> Result<Option<u32>, HandoverError> {
    let hello = channel.expect(Kind::Hello)?;
    let theirs = (&hello.text[..]).try_get_u16().map_err(|_| garbled())?;
    if theirs != VERSION {
        let why = format!(
            "it hands over in version {VERSION}, not {theirs}: stop it, and start the other one \
             without `--takeover`"
        );
        return refuse(&mut channel, why);
    }
    // INVARIANT: held until the end, so that no stop closes sockets that are being handed over. A stop
    // that waits for it has cut the handover, or is noticed here.
    let sockets = lock(&inner.sockets);
    if sockets.is_empty() || inner.cut.is_stopping() {
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
    limit.includes(&ours)?;
    counters.give_away(ours)?;
    let is_given = limit.leaves_out_last().map_err(HandoverError::from);
    if let Err(error) = is_given.and_then(|()| channel.expect(Kind::Confirmed)) {
        counters.come_back();
        return Err(error);
    }
    inner.drain_except(sockets, taken);
    // It goes on in any case.
    drop(channel.send(Kind::Released, &[], &[]));
    Ok(channel.peer)
}

fn refuse(channel: &mut Channel, why: String) -> Result<Option<u32>, HandoverError> {
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
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    #[test]
    fn a_process_without_descriptors_does_not_spend_its_time_on_asking_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let control = UnixListener::bind(&path).unwrap();
        // Stands for every accept that fails at once.
        control.set_nonblocking(true).unwrap();
        let since = Instant::now();
        let calling = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            UnixStream::connect(path).unwrap()
        });
        let mut failed = 0;
        let incoming = control.incoming().inspect(|accepted| {
            failed += usize::from(accepted.is_err());
        });
        assert!(callers(incoming).next().is_some(), "it goes on afterwards");
        let most = since.elapsed().as_millis() / ACCEPT_PAUSE.as_millis() + 1;
        assert!(failed > 0 && failed as u128 <= most, "{failed} in {most}");
        drop(calling.join().unwrap());
    }
}
