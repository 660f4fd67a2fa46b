//! Hands a request to the engine, with the core's snapshot and ports; a panic costs one request.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::FutureExt as _;
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
pub(crate) async fn decide(
    worker: &Rc<Worker>,
    conn: &ConnInfo,
    head: Head,
    body: Body,
    protocol: &'static str,
) -> Marked {
    let snapshot = worker.snapshot();
    let marks = mark(&head.headers, &worker.random, &*worker.shared.clock);
    let method = head.method.clone();
    let draft = || RecordDraft::refused(&method, conn.peer.ip(), marks);
    let served = match inbound(head, body, conn, &worker.settings.trusted_proxies, marks) {
        Ok(request) => {
            let mut unanswered = Unanswered {
                worker,
                snapshot: &snapshot,
                protocol,
                path: Some(request.path.clone()),
                draft: &draft,
            };
            let host = worker.host();
            let serving = serve(&snapshot, conn, request, &host);
            let served = AssertUnwindSafe(serving).catch_unwind().await;
            unanswered.path = None;
            served.unwrap_or_else(|_| {
                worker.metrics.bugs.add(1);
                let met = "the request met a bug";
                refused(
                    draft(),
                    &Fault::new(FaultKind::Internal, "InternalError", met),
                )
            })
        }
        Err(fault) => {
            worker.metrics.requests_malformed.add(1);
            refused(draft(), &fault)
        }
    };
    Marked { served, snapshot }
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
