//! One line for one request, and the bounded way out.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex};

use serde::Serialize;

use crate::metrics::Metrics;

/// Version of the record's shape; grows when a member changes its meaning.
pub const RECORD_VERSION: u32 = 1;

/// What is kept of one request. Produced once, at its end, also when it was aborted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequestRecord {
    /// [`RECORD_VERSION`].
    pub v: u32,
    /// When the head was complete: RFC 3339, UTC, microseconds.
    pub time: String,
    /// The request's id.
    pub request_id: String,
    /// The trace it belongs to (W3C trace context).
    pub trace_id: String,
    /// The caller's address.
    pub client_ip: String,
    /// `HTTP/1.1`, `HTTP/2`.
    pub protocol: &'static str,
    /// Method.
    pub method: String,
    /// Host.
    pub host: String,
    /// Path in normal form, without the query: queries carry keys.
    pub path: String,
    /// API id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// API revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// Operation id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Product id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Subscription id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Status sent.
    pub status: u16,
    /// What was decided.
    pub decision: Decision,
    /// The reason code of a denial or failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What the log keeps of a denial or failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Bytes of the response's body that were sent.
    pub bytes_sent: u64,
    /// Whether the response was sent to its end.
    pub complete: bool,
    /// From the end of the head to the end of the response, in microseconds.
    pub duration_us: u64,
    /// What `trace` policies said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<String>,
}

/// What was decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It ran.
    Allowed,
    /// It was refused: the caller's doing.
    Denied,
    /// It failed: the gateway's or the backend's doing.
    Failed,
}

/// The way out: a bounded queue in front of a thread that writes JSON lines.
#[derive(Debug, Clone)]
pub struct Sink(Arc<Spool>);

#[derive(Debug)]
struct Spool {
    queue: Mutex<Queue>,
    more: Condvar,
    capacity: usize,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct Queue {
    records: VecDeque<RequestRecord>,
    closed: bool,
}

/// How many records wait at most.
pub const SPOOL_CAPACITY: usize = 8192;

impl Sink {
    /// Writes to `out` on a thread of its own. When [`SPOOL_CAPACITY`] records wait, the oldest are
    /// dropped and counted.
    pub fn drop_oldest(
        out: impl Write + Send + 'static,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let spool = Arc::new(Spool {
            queue: Mutex::default(),
            more: Condvar::new(),
            capacity: SPOOL_CAPACITY,
            metrics,
        });
        let reader = Arc::clone(&spool);
        let writer = std::thread::Builder::new()
            .name("access-log".into())
            .spawn(move || reader.write_all(out))?;
        Ok((Self(spool), writer))
    }

    /// Puts a record into the queue; never waits for the disk.
    pub fn put(&self, record: RequestRecord) {
        let mut queue = self.0.lock();
        if queue.records.len() >= self.0.capacity {
            queue.records.pop_front();
            self.0
                .metrics
                .process
                .records_dropped
                .fetch_add(1, Ordering::Relaxed);
        }
        queue.records.push_back(record);
        drop(queue);
        self.0.more.notify_one();
    }

    /// Ends the thread when everything that waits is written.
    pub fn close(&self) {
        self.0.lock().closed = true;
        self.0.more.notify_one();
    }
}

impl Spool {
    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write_all(&self, out: impl Write) {
        let mut out = std::io::BufWriter::new(out);
        loop {
            let mut queue = self.lock();
            while queue.records.is_empty() && !queue.closed {
                queue = self
                    .more
                    .wait(queue)
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
            }
            let batch = std::mem::take(&mut queue.records);
            let closed = queue.closed;
            drop(queue);
            for record in &batch {
                if write_line(&mut out, record).is_err() {
                    self.metrics
                        .process
                        .records_dropped
                        .fetch_add(1, Ordering::Relaxed);
                }
            }
            if out.flush().is_err() || (closed && batch.is_empty()) {
                return;
            }
        }
    }
}

fn write_line(out: &mut impl Write, record: &RequestRecord) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn record(id: usize) -> RequestRecord {
        RequestRecord {
            v: RECORD_VERSION,
            time: "2026-01-01T00:00:00.000000Z".into(),
            request_id: id.to_string(),
            trace_id: String::new(),
            client_ip: "127.0.0.1".into(),
            protocol: "HTTP/1.1",
            method: "GET".into(),
            host: "h".into(),
            path: "/".into(),
            api: None,
            revision: None,
            operation: None,
            product: None,
            subscription: None,
            status: 200,
            decision: Decision::Allowed,
            reason: None,
            message: None,
            bytes_sent: 0,
            complete: true,
            duration_us: 1,
            traces: Vec::new(),
        }
    }

    #[test]
    fn every_record_is_one_json_line() {
        let page = Page::default();
        let (sink, writer) = Sink::drop_oldest(page.clone(), Arc::default()).unwrap();
        (0..3).for_each(|id| sink.put(record(id)));
        sink.close();
        writer.join().unwrap();
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        let ids: Vec<_> = text
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["request_id"].clone()
            })
            .collect();
        assert_eq!(ids, ["0", "1", "2"]);
    }
}
