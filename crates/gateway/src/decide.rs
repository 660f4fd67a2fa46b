//! Hands a request to the engine, with the core's snapshot and ports; a panic costs one request.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use portcullis_engine::record::RecordDraft;
use portcullis_engine::{Served, refusal, serve};
use portcullis_policy::body::Body;
use portcullis_policy::facts::ConnInfo;
use portcullis_policy::flow::{Fault, FaultKind};

use crate::inbound::{Head, inbound, mark};
use crate::store::Handle;
use crate::worker::Worker;

/// An answer with the snapshot that it was decided on.
pub(crate) struct Marked {
    pub(crate) served: Served,
    pub(crate) snapshot: Handle,
}

/// Decides one request.
pub(crate) async fn decide(worker: &Worker, conn: &ConnInfo, head: Head, body: Body) -> Marked {
    let snapshot = worker.snapshot();
    let marks = mark(&head.headers, &worker.random, &*worker.shared.clock);
    let method = head.method.clone();
    let draft = || RecordDraft::refused(&method, conn.peer.ip(), marks);
    let served = match inbound(head, body, conn, &worker.settings.trusted_proxies, marks) {
        Ok(request) => {
            let host = worker.host();
            let serving = serve(&snapshot, conn, request, &host);
            AssertUnwindSafe(serving)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| {
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
