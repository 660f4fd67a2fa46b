//! HTTP/1.1 towards a client: one request after the other, each to its end.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::BytesMut;
use http::{HeaderName, HeaderValue, StatusCode};
use portcullis_engine::Served;
use portcullis_http1::{BodyLength, HeadScan, Persistence, Refusal, RequestHead, Target, Version};
use portcullis_policy::body::Body;
use portcullis_policy::exchange::Answer;
use portcullis_policy::facts::{ConnInfo, RequestId};
use portcullis_policy::host::{Random as _, Upgraded};
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer::{self, Asked};
use super::failure::{BodyFailure, fault};
use super::record::Recording;
use super::tunnel;
use super::wire::{RequestBody, Shared, Wire};
use crate::decide::{Marked, decide};
use crate::drain::Waiter;
use crate::inbound::Head;
use crate::worker::Worker;

/// What records call it.
const PROTOCOL: &str = "HTTP/1.1";

/// How long a connection that is to be closed still takes in what the client sends, so that the
/// client can read its answer before the connection is reset.
const LINGER: Duration = Duration::from_secs(1);

/// How much is taken in meanwhile.
const LINGER_BYTES: usize = 256 * 1024;

/// Serves one connection; `input` is what was read from it already.
pub(super) async fn serve<IO>(io: IO, conn: ConnInfo, input: BytesMut, worker: Rc<Worker>)
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let wire = Rc::new(RefCell::new(Wire::new(io, input, &worker)));
    let stop = worker.drain.waiter();
    let client = Client {
        wire,
        conn,
        worker,
        stop,
    };
    let end = client.requests().await;
    if !matches!(end, End::Switched(_)) {
        client.wire.borrow_mut().abandon();
    }
    match end {
        End::Closed => {}
        End::Linger => client.linger().await,
        End::Switched(upgraded) => Box::pin(client.join(upgraded)).await,
    }
}

/// How the last request of a connection ended.
enum End {
    /// Nothing more can be said.
    Closed,
    /// The answer must reach the client before the connection goes.
    Linger,
    /// The connection speaks another protocol from now on.
    Switched(Upgraded),
}

/// What comes on a connection in place of another head.
enum NoHead {
    Refused(Refusal),
    TooSlow,
    Nothing,
}

struct Client<IO> {
    wire: Shared<IO>,
    conn: ConnInfo,
    worker: Rc<Worker>,
    stop: Waiter,
}

impl<IO: AsyncRead + AsyncWrite + Unpin + 'static> Client<IO> {
    async fn requests(&self) -> End {
        let mut scan = HeadScan::default();
        loop {
            let (asked, request) = match self.next(&mut scan).await {
                Ok(head) => self.begin(head),
                Err(NoHead::Refused(refusal)) => {
                    let Refusal {
                        status,
                        reason,
                        field,
                        ..
                    } = refusal;
                    return Box::pin(self.refuse(status, reason, field)).await;
                }
                Err(NoHead::TooSlow) => {
                    let why = "the head did not arrive in time";
                    return Box::pin(self.refuse(StatusCode::REQUEST_TIMEOUT, why, None)).await;
                }
                Err(NoHead::Nothing) => return End::Closed,
            };
            // Boxed so that an idle connection does not carry it.
            let end = match request {
                Some((head, body)) => Box::pin(self.request(asked, head, body)).await,
                None => Box::pin(self.server_wide(asked)).await,
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// Waits for the next head: as long as it likes to begin, not as long as it likes to end.
    async fn next(&self, scan: &mut HeadScan) -> Result<RequestHead, NoHead> {
        let client = &self.worker.settings.client;
        let mut began = false;
        std::future::poll_fn(|cx| {
            let wire = &mut *self.wire.borrow_mut();
            loop {
                match scan.take_head(&mut wire.input, &client.http1) {
                    Ok(Some(head)) => {
                        wire.timer.disarm();
                        return Poll::Ready(Ok(head));
                    }
                    Ok(None) => {}
                    Err(refusal) => return Poll::Ready(Err(NoHead::Refused(refusal))),
                }
                if !wire.input.is_empty() && !began {
                    began = true;
                    wire.timer.arm(client.head_timeout);
                } else if !wire.timer.is_armed() {
                    wire.timer.arm(client.idle_timeout);
                }
                match wire.poll_fill(cx) {
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(NoHead::Nothing)),
                    Poll::Ready(Ok(_)) => {}
                    Poll::Pending if wire.timer.has_fired(cx) => {
                        return Poll::Ready(Err(if began {
                            NoHead::TooSlow
                        } else {
                            NoHead::Nothing
                        }));
                    }
                    // A connection that is between two requests ends when draining begins.
                    Poll::Pending if !began && self.stop.poll_begun(cx) => {
                        return Poll::Ready(Err(NoHead::Nothing));
                    }
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }

    /// One request to its end; `None` if another may follow.
    async fn request(&self, mut asked: Asked, head: Head, body: Body) -> Option<End> {
        // In a block of its own, so that its room is free again for the answer.
        let marked = {
            let deciding = pin!(decide(&self.worker, &self.conn, head, body, PROTOCOL));
            self.unless_gone(deciding).await
        };
        let Some(Marked {
            mut served,
            snapshot,
        }) = marked
        else {
            return Some(End::Closed);
        };
        if let Some(failure) = self.wire.borrow().failure {
            if let BodyFailure::Refused(_) = failure {
                self.worker.metrics.requests_malformed.add(1);
            }
            failure.take_over(&mut served);
        }
        let Served { mut answer, draft } = served;
        asked.persistence = self.persistence(asked.persistence);
        let status = answer.status;
        let upgraded = answer.upgraded.take();
        let recording = Recording::new(&self.worker, snapshot, draft, PROTOCOL, status.as_u16());
        let sent = {
            let (wire, worker) = (&self.wire, &*self.worker);
            let sending = pin!(answer::send(wire, worker, &asked, answer, Some(recording)));
            sending.await
        };
        match (sent, upgraded) {
            (Err(_), _) => Some(End::Closed),
            (Ok(()), Some(upgraded)) if status == StatusCode::SWITCHING_PROTOCOLS => {
                Some(End::Switched(upgraded))
            }
            (Ok(()), _) if asked.persistence == Persistence::Close => Some(End::Linger),
            (Ok(()), _) => {
                self.wire.borrow_mut().rest();
                None
            }
        }
    }

    /// Takes a head apart: for the answer, for the decision, and the body that follows it. Nothing is
    /// to be decided about `OPTIONS *`.
    fn begin(&self, head: RequestHead) -> (Asked, Option<(Head, Body)>) {
        let RequestHead {
            method,
            target,
            host,
            version,
            headers,
            length,
            persistence,
            expect,
            upgrade,
        } = head;
        // Before anything is answered: what follows the head is this request's, not the next one.
        self.wire.borrow_mut().begin_body(length, expect);
        let asked = Asked {
            method: method.clone(),
            version,
            persistence,
        };
        let Target::Path(target) = target else {
            return (asked, None);
        };
        let body = match length {
            BodyLength::None | BodyLength::Exactly(0) => Body::Empty,
            BodyLength::Exactly(_) | BodyLength::Chunked => {
                Body::stream(RequestBody::new(Rc::clone(&self.wire), length))
            }
        };
        let head = Head {
            method,
            target,
            host: host.name().to_ascii_lowercase().into(),
            port: host.port(),
            headers,
            upgrade,
        };
        (asked, Some((head, body)))
    }

    /// Waits, unless the client goes away first.
    async fn unless_gone<F: Future>(&self, mut future: Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.wire.borrow_mut().poll_gone(cx) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Another request may follow only if this one's body was read to its end and nobody holds on to
    /// it: a backend may answer while it is still being sent the body, and whoever sends it would take
    /// the next request's body for the rest of this one.
    fn persistence(&self, asked: Persistence) -> Persistence {
        let is_held = Rc::strong_count(&self.wire) > 1;
        let mut wire = self.wire.borrow_mut();
        if is_held {
            return Persistence::Close;
        }
        wire.discard_at_hand();
        if self.worker.drain.has_begun() || !wire.decoder.is_done() || wire.failure.is_some() {
            Persistence::Close
        } else {
            asked
        }
    }

    /// Answers what is not a request and ends the connection.
    async fn refuse(
        &self,
        status: StatusCode,
        why: &str,
        field: Option<(&'static str, &'static str)>,
    ) -> End {
        self.worker.metrics.requests_malformed.add(1);
        let bits =
            u128::from(self.worker.random.next()) << 64 | u128::from(self.worker.random.next());
        let mut fault = fault(status, why);
        if let Some((name, value)) = field {
            let name = HeaderName::from_static(name);
            fault = fault.with_header(name, HeaderValue::from_static(value));
        }
        let answer = portcullis_engine::refusal(&fault, RequestId::from_random(bits));
        self.send_own(answer, Version::Http11, Persistence::Close)
            .await
    }

    /// `OPTIONS *` asks about the server, not about a resource (RFC 9110 §9.3.7).
    async fn server_wide(&self, asked: Asked) -> Option<End> {
        let answer = Answer {
            status: StatusCode::NO_CONTENT,
            reason: None,
            headers: http::HeaderMap::new(),
            body: Body::Empty,
            upgraded: None,
        };
        let persistence = self.persistence(asked.persistence);
        match self.send_own(answer, asked.version, persistence).await {
            End::Linger if self.persistence(persistence) == Persistence::KeepAlive => None,
            end => Some(end),
        }
    }

    async fn send_own(&self, answer: Answer, version: Version, persistence: Persistence) -> End {
        let asked = Asked {
            method: http::Method::GET,
            version,
            persistence,
        };
        match answer::send(&self.wire, &self.worker, &asked, answer, None).await {
            Ok(()) => End::Linger,
            Err(_) => End::Closed,
        }
    }

    /// Closes so that the client can still read its answer: half-close, then take in what comes.
    async fn linger(&self) {
        let mut taken = 0;
        let closing = pin!(std::future::poll_fn(|cx| {
            let wire = &mut *self.wire.borrow_mut();
            if Pin::new(&mut wire.io).poll_shutdown(cx).is_pending() {
                return Poll::Pending;
            }
            loop {
                wire.input.clear();
                match wire.poll_fill(cx) {
                    Poll::Ready(Ok(n)) if n > 0 && taken < LINGER_BYTES => taken += n,
                    Poll::Ready(_) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        }));
        // Elapsed or not: the connection goes.
        let _: Result<(), _> = self.worker.timers.timeout(LINGER, closing).await;
    }

    async fn join(self, upgraded: Upgraded) {
        // The request had no body, so nobody else holds the wire.
        if let Ok(wire) = Rc::try_unwrap(self.wire) {
            let Wire { io, input, .. } = wire.into_inner();
            tunnel::join(io, input, upgraded, &self.worker).await;
        }
    }
}
