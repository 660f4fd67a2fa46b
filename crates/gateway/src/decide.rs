//! Hands a request to the engine, with the core's snapshot and ports; a panic costs one request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes;
use portcullis_engine::record::RecordDraft;
use portcullis_engine::{Served, refusal, serve};
use portcullis_policy::body::Body;
use portcullis_policy::facts::ConnInfo;
use portcullis_policy::flow::{Fault, FaultKind};

use crate::conn::Recording;
use crate::inbound::{Head, inbound, mark};
use crate::store::Handle;
use crate::worker::Worker;

/// What the record of a request says whose client went away before it had an answer; nobody receives
/// it (nginx made the number known).
const CLIENT_GONE: u16 = 499;

/// An answer with the snapshot that it was decided on.
pub(crate) struct Marked {
    pub(crate) served: Served,
    pub(crate) snapshot: Handle,
}

/// Decides one request.
///
/// Cancel: the request is recorded as one whose client went away.
pub(crate) fn decide<'w>(
    worker: &'w Rc<Worker>,
    conn: &'w ConnInfo,
    head: Head,
    body: Body,
    protocol: &'static str,
) -> impl Future<Output = Marked> + 'w {
    // What needs no waiting is done here, so that the future does not carry what that needed.
    let snapshot = worker.snapshot();
    let marks = mark(&head.headers, &worker.random, &*worker.shared.clock);
    let method = head.method.clone();
    let draft = move || RecordDraft::refused(&method, conn.peer.ip(), marks);
    let request = inbound(head, body, conn, &worker.settings.trusted_proxies, marks);
    async move {
        let served = match request {
            Ok(request) => {
                let mut unanswered = Unanswered {
                    worker,
                    snapshot: &snapshot,
                    protocol,
                    path: Some(request.path.clone()),
                    draft: &draft,
                };
                let host = worker.host();
                let serving = pin!(serve(&snapshot, conn, request, &host));
                let served = unless_it_panics(serving).await;
                unanswered.path = None;
                served.unwrap_or_else(|_| {
                    worker.metrics.bugs.add(1);
                    refused(draft(), &met_a_bug())
                })
            }
            Err(fault) => {
                worker.metrics.requests_malformed.add(1);
                refused(draft(), &fault)
            }
        };
        Marked { served, snapshot }
    }
}

fn met_a_bug() -> Fault {
    Fault::new(
        FaultKind::Internal,
        "InternalError",
        "the request met a bug",
    )
}

/// Runs a future that a panic ends.
async fn unless_it_panics<F: Future>(mut future: Pin<&mut F>) -> std::thread::Result<F::Output> {
    std::future::poll_fn(|cx| {
        // What it was about to change is dropped with it.
        let polled = AssertUnwindSafe(|| future.as_mut().poll(cx));
        match catch_unwind(polled) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

fn refused(mut draft: RecordDraft, fault: &Fault) -> Served {
    draft.fail(fault);
    Served {
        answer: refusal(fault, draft.id),
        draft,
    }
}

/// A request that has no answer yet. If it is dropped so, its client went away, which is recorded.
struct Unanswered<'d, D: Fn() -> RecordDraft> {
    worker: &'d Rc<Worker>,
    snapshot: &'d Handle,
    protocol: &'static str,
    /// `None` as soon as there is an answer.
    path: Option<Bytes>,
    draft: &'d D,
}

impl<D: Fn() -> RecordDraft> Drop for Unanswered<'_, D> {
    fn drop(&mut self) {
        let Some(path) = self.path.take() else { return };
        let mut draft = (self.draft)();
        draft.path = path;
        let gone = "the client went away before it had an answer";
        draft.fail(&Fault::new(
            FaultKind::Malformed,
            "ClientConnectionFailure",
            gone,
        ));
        let snapshot = Rc::clone(self.snapshot);
        // Dropped at once: it was never sent.
        drop(Recording::new(
            self.worker,
            snapshot,
            draft,
            self.protocol,
            CLIENT_GONE,
        ));
    }
}
