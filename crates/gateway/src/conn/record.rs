//! The end of a request: its numbers and its record, also when it was cut off.

use std::rc::Rc;
use std::time::Duration;

use portcullis_engine::record::{Outcome, RecordDraft};
use portcullis_telemetry::record::{Decision, RECORD_VERSION, RequestRecord, Sink};

use crate::store::Handle;
use crate::worker::Worker;

/// A request whose answer is on its way. It is recorded once: when it ends or when it is dropped.
pub(crate) struct Recording {
    worker: Rc<Worker>,
    snapshot: Handle,
    draft: Option<RecordDraft>,
    protocol: &'static str,
    status: u16,
    sent: u64,
}

impl Recording {
    pub(crate) fn new(
        worker: &Rc<Worker>,
        snapshot: Handle,
        draft: RecordDraft,
        protocol: &'static str,
        status: u16,
    ) -> Self {
        Self {
            worker: Rc::clone(worker),
            snapshot,
            draft: Some(draft),
            protocol,
            status,
            sent: 0,
        }
    }

    /// Counts bytes of the body that were sent.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent += bytes as u64;
    }

    /// The answer was sent to its end.
    pub(crate) fn complete(mut self) {
        self.record(true);
    }

    fn record(&mut self, complete: bool) {
        let Some(draft) = self.draft.take() else {
            return;
        };
        let took = self
            .worker
            .shared
            .clock
            .instant()
            .since(draft.received.instant);
        self.worker.metrics.took(took);
        self.worker.count(&self.snapshot, draft.api, self.status);
        if let Some(sink) = &self.worker.shared.sink {
            self.write(sink, draft, complete, took);
        }
    }

    fn write(&self, sink: &Sink, draft: RecordDraft, complete: bool, took: Duration) {
        let names = self.snapshot.names_of(&draft);
        let (decision, why) = match draft.outcome {
            Outcome::Allowed => (Decision::Allowed, None),
            Outcome::Denied(why) => (Decision::Denied, Some(why)),
            Outcome::Failed(why) => (Decision::Failed, Some(why)),
        };
        let traces = draft
            .traces
            .iter()
            .map(|t| format!("{}: {}", t.source, t.message))
            .collect();
        sink.put(RequestRecord {
            v: RECORD_VERSION,
            time: crate::date::rfc3339(draft.received.at),
            request_id: draft.id.to_string(),
            trace_id: format!("{:032x}", draft.trace_id),
            client_ip: draft.client_ip.to_string(),
            protocol: self.protocol,
            method: draft.method.to_string(),
            host: draft.host.to_string(),
            path: String::from_utf8_lossy(&draft.path).into_owned(),
            api: names.api,
            revision: names.revision,
            operation: names.operation,
            product: names.product,
            subscription: names.subscription,
            status: self.status,
            decision,
            reason: why.as_ref().map(|w| w.reason),
            message: why.map(|w| w.message),
            bytes_sent: self.sent,
            complete,
            duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            traces,
        });
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.record(false);
    }
}
