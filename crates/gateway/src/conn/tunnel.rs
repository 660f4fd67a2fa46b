//! Two connections that have switched protocols, joined.

use bytes::BytesMut;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use portcullis_policy::host::Upgraded;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

/// Carries bytes both ways until both ends are done or the drain time cuts it off; `input` is what the
/// client sent ahead.
pub(super) async fn join<IO>(mut client: IO, input: BytesMut, upgraded: Upgraded)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let Ok(upgrade) = upgraded.0.downcast::<OnUpgrade>() else {
        return;
    };
    let Ok(backend) = upgrade.await else { return };
    let mut backend = TokioIo::new(backend);
    if !input.is_empty() && backend.write_all(&input).await.is_err() {
        return;
    }
    // Either way the connections are closed; who broke off is of no consequence here.
    let _: std::io::Result<_> = tokio::io::copy_bidirectional(&mut client, &mut backend).await;
}
