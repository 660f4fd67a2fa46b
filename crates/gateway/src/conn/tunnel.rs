//! Two connections that have switched protocols, joined.

use bytes::BytesMut;
use hyper_util::rt::TokioIo;
use portcullis_policy::host::Upgraded;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use crate::upstream::Switched;
use crate::worker::Worker;

/// Carries bytes both ways until both ends are done or the gateway stops; `input` is what the
/// client sent ahead.
pub(super) async fn join<IO>(mut client: IO, input: BytesMut, upgraded: Upgraded, worker: &Worker)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let Ok(switched) = upgraded.0.downcast::<Switched>() else {
        return;
    };
    // Held to the end: as long as the tunnel lasts, its connection to the backend is one.
    let Switched {
        upgrade,
        hold: _hold,
    } = *switched;
    let Ok(backend) = upgrade.await else { return };
    let mut backend = TokioIo::new(backend);
    if !input.is_empty() && backend.write_all(&input).await.is_err() {
        return;
    }
    // A tunnel has no end of its own to wait for, so draining ends it.
    tokio::select! {
        // Either way the connections are closed; who broke off is of no consequence here.
        _ = tokio::io::copy_bidirectional(&mut client, &mut backend) => {}
        () = worker.drain.begun() => {}
    }
}
