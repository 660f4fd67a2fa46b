//! One connection from its acceptance to its end.

mod activity;
mod answer;
mod failure;
mod http1;
mod http2;
mod record;
mod tunnel;
mod wire;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::BytesMut;
use portcullis_policy::facts::{ConnInfo, Transport};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

pub(crate) use self::record::Recording;
use crate::admit::{Refused, Slot};
use crate::frames::PREFACE;
use crate::settings::Security;
use crate::timer::Elapsed;
use crate::worker::Worker;

/// Takes a connection that was accepted, or closes it at once.
pub(crate) fn begin(tcp: TcpStream, peer: SocketAddr, security: &Security, worker: &Rc<Worker>) {
    let refused = &worker.metrics.connections_refused;
    if !worker.shared.descriptors.has_room_for_client(&tcp) {
        return refused.descriptors.add(1);
    }
    match worker.shared.admission.admit(peer.ip()) {
        Ok(slot) => {
            let open = Open::new(worker, slot);
            worker.drain.spawn(serve(tcp, peer, security.clone(), open));
        }
        Err(Refused::Total) => refused.total.add(1),
        Err(Refused::Address) => refused.address.add(1),
    }
}

/// Serves one connection.
///
/// What a connection needs in one phase of its life is boxed wherever it would otherwise carry it in
/// all others: there may be very many that are idle.
async fn serve(tcp: TcpStream, peer: SocketAddr, security: Security, open: Open) {
    let worker = Rc::clone(&open.worker);
    let (Ok(()), Ok(local)) = (tcp.set_nodelay(true), tcp.local_addr()) else {
        return;
    };
    let conn = |transport| ConnInfo {
        peer,
        local,
        transport,
    };
    match security {
        Security::Plain { h2c: false } => {
            Box::pin(http1::serve(
                tcp,
                conn(Transport::Plain),
                BytesMut::new(),
                worker,
            ))
            .await;
        }
        Security::Plain { h2c: true } => {
            Box::pin(either(tcp, conn(Transport::Plain), worker)).await;
        }
        Security::Tls(config) => {
            Box::pin(encrypted(tcp, config, conn(Transport::Tls), worker)).await;
        }
    }
}

async fn encrypted(
    tcp: TcpStream,
    config: Arc<rustls::ServerConfig>,
    conn: ConnInfo,
    worker: Rc<Worker>,
) {
    let handshake = TlsAcceptor::from(config).accept(tcp);
    let patience = worker.settings.client.handshake_timeout;
    let handshake = Box::pin(unless_draining(&worker, patience, handshake));
    let Some(handshake) = handshake.await else {
        return;
    };
    let Ok(Ok(mut tls)) = handshake else {
        worker.metrics.tls_handshakes_failed.add(1);
        return;
    };
    if tls.get_ref().1.alpn_protocol() != Some(b"h2") {
        return Box::pin(http1::serve(tls, conn, BytesMut::new(), worker)).await;
    }
    // The client has promised HTTP/2. hyper would wait for its first bytes as long as it likes.
    if let Some(first) = first_bytes(&mut tls, &worker).await {
        Box::pin(http2::serve(tls, conn, first, worker)).await;
    }
}

/// Tells HTTP/2 by prior knowledge from HTTP/1 by the first bytes.
async fn either(mut tcp: TcpStream, conn: ConnInfo, worker: Rc<Worker>) {
    let Some(first) = first_bytes(&mut tcp, &worker).await else {
        return;
    };
    if first.starts_with(PREFACE) {
        Box::pin(http2::serve(tcp, conn, first, worker)).await;
    } else {
        Box::pin(http1::serve(tcp, conn, first, worker)).await;
    }
}

/// The first bytes of a connection, within the time that a head has; nothing if they do not come.
async fn first_bytes(
    io: &mut (impl AsyncRead + AsyncWrite + Unpin),
    worker: &Rc<Worker>,
) -> Option<BytesMut> {
    let patience = worker.settings.client.head_timeout;
    unless_draining(worker, patience, preface(io)).await?.ok()?
}

/// Waits for something before which there can be no request: a stop does not wait for it longer than
/// for a next request.
async fn unless_draining<F: Future>(
    worker: &Rc<Worker>,
    patience: Duration,
    begins: F,
) -> Option<Result<F::Output, Elapsed>> {
    let mut begins = pin!(begins);
    let (timer, stop) = (worker.timers.timer(), worker.drain.waiter());
    timer.arm(patience);
    let mut parting = false;
    std::future::poll_fn(|cx| {
        if let Poll::Ready(begun) = begins.as_mut().poll(cx) {
            return Poll::Ready(Some(Ok(begun)));
        }
        if !parting && stop.poll_begun(cx) {
            parting = true;
            timer.arm(patience.min(worker.settings.parting()));
        }
        if timer.has_fired(cx) {
            return Poll::Ready((!parting).then_some(Err(Elapsed)));
        }
        Poll::Pending
    })
    .await
}

/// Reads until it is clear whether the preface comes.
async fn preface(io: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<BytesMut> {
    let mut first = BytesMut::with_capacity(PREFACE.len());
    while first.len() < PREFACE.len() && PREFACE.starts_with(&first) {
        if io.read_buf(&mut first).await.ok()? == 0 {
            return None;
        }
    }
    Some(first)
}

/// Counts a connection as long as it is open.
struct Open {
    worker: Rc<Worker>,
    _slot: Slot,
}

impl Open {
    fn new(worker: &Rc<Worker>, slot: Slot) -> Self {
        worker.connections.set(worker.connections.get() + 1);
        worker.metrics.connections_accepted.add(1);
        worker
            .metrics
            .connections_open
            .set(worker.connections.get() as u64);
        Self {
            worker: Rc::clone(worker),
            _slot: slot,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Self { worker, .. } = self;
        worker.connections.set(worker.connections.get() - 1);
        worker
            .metrics
            .connections_open
            .set(worker.connections.get() as u64);
    }
}
