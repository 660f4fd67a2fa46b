//! One core: one runtime, one thread, its own listeners, pool, deadlines and counters.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http::HeaderValue;
use portcullis_model::time::Clock;
use portcullis_policy::host::Host;
use portcullis_telemetry::metrics::{ApiMetrics, CoreMetrics};
use portcullis_telemetry::record::Sink;
use tracing::{info, warn};

use crate::admit::Admission;
use crate::date::HttpDate;
use crate::descriptors::Descriptors;
use crate::drain::Drain;
use crate::overload::{Change, Overload};
use crate::ports::SharedCounters;
use crate::ports::random::CoreRandom;
use crate::run::Parts;
use crate::settings::Settings;
use crate::store::{Handle, SnapshotStore, Watch};
use crate::timer::Timers;
use crate::upstream::{Backends, Pool};

/// How large the buffers are that a core lends to its connections.
pub(crate) const READ_SIZE: usize = 32 * 1024;

/// How many of them a core keeps.
const SPARE_BUFFERS: usize = 8;

/// Everything that lives on one core.
pub(crate) struct Worker {
    pub(crate) settings: Arc<Settings>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) timers: Rc<Timers>,
    pub(crate) backends: Backends,
    pub(crate) random: CoreRandom,
    pub(crate) metrics: Arc<CoreMetrics>,
    pub(crate) drain: Drain,
    pub(crate) overload: Overload,
    pub(crate) connections: Cell<usize>,
    date: RefCell<HttpDate>,
    buffers: RefCell<Vec<BytesMut>>,
    watch: RefCell<Watch>,
    counts: RefCell<ApiCounts>,
}

/// What all cores share.
pub(crate) struct Shared {
    pub(crate) store: Arc<SnapshotStore>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) descriptors: Descriptors,
    pub(crate) counters: SharedCounters,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sink: Option<Sink>,
}

impl Shared {
    pub(crate) fn new(parts: &Parts, settings: &Settings) -> Self {
        let descriptors = Descriptors::of_process();
        let room = descriptors.clients();
        if room < settings.client.max_connections as u64 {
            warn!(
                room,
                max_connections = settings.client.max_connections,
                "the process may not have as many descriptors as `client.max_connections` needs: raise \
                 its limit (`LimitNOFILE=`, `ulimit -n`)"
            );
        }
        Self {
            admission: Admission::new(settings),
            descriptors,
            store: Arc::clone(&parts.store),
            counters: SharedCounters::default(),
            clock: Arc::clone(&parts.clock),
            sink: parts.sink.clone(),
        }
    }
}

impl Worker {
    pub(crate) fn new(
        settings: Arc<Settings>,
        shared: Arc<Shared>,
        metrics: Arc<CoreMetrics>,
        drain: Drain,
    ) -> Rc<Self> {
        let timers = Rc::new(Timers::default());
        let pool = Pool::new(
            settings.upstream.clone(),
            Rc::clone(&timers),
            Arc::clone(&metrics),
            shared.descriptors,
        );
        let overload = Overload::new(settings.overload_wait);
        let mut date = HttpDate::default();
        date.advance(shared.clock.now());
        let watch = RefCell::new(shared.store.watch());
        Rc::new(Self {
            settings,
            shared,
            timers,
            backends: Backends(Rc::new(pool)),
            random: CoreRandom::default(),
            metrics,
            overload,
            drain,
            connections: Cell::new(0),
            date: RefCell::new(date),
            buffers: RefCell::default(),
            watch,
            counts: RefCell::default(),
        })
    }

    /// The snapshot that requests which begin now are decided on.
    pub(crate) fn snapshot(&self) -> Handle {
        self.watch.borrow_mut().current()
    }

    /// The ports that policies are lent.
    pub(crate) fn host(&self) -> Host<'_> {
        Host {
            clock: &*self.shared.clock,
            counters: &self.shared.counters,
            upstream: &self.backends,
            random: &self.random,
            load: &self.overload,
        }
    }

    /// Lends an empty buffer: an idle connection holds none of its own.
    pub(crate) fn take_buffer(&self) -> BytesMut {
        self.buffers
            .borrow_mut()
            .pop()
            .unwrap_or_else(|| BytesMut::with_capacity(READ_SIZE))
    }

    /// Takes an empty buffer back, unless enough are spare or it was cut up.
    pub(crate) fn give_buffer(&self, buffer: BytesMut) {
        let mut buffers = self.buffers.borrow_mut();
        if buffers.len() < SPARE_BUFFERS && buffer.is_empty() && buffer.capacity() >= READ_SIZE / 2
        {
            buffers.push(buffer);
        }
    }

    /// What `Date` says now, at most a tick late.
    pub(crate) fn date(&self) -> HeaderValue {
        self.date.borrow().value()
    }

    /// Does what is due at every tick; this one came so late, and so long after the one before.
    pub(crate) fn sweep(&self, late: Duration, after: Duration) {
        match self.overload.late(late, after) {
            Some(Change::Begun) => {
                warn!(?late, "overloaded: some requests are answered with 503");
            }
            Some(Change::Over) => info!("no longer overloaded: all requests are taken on"),
            None => {}
        }
        self.metrics
            .requests_turned_away
            .add(self.overload.take_turned_away().into());
        self.timers.sweep();
        self.backends.0.sweep();
        self.date.borrow_mut().advance(self.shared.clock.now());
    }

    /// Counts an answer.
    pub(crate) fn count(&self, snapshot: &Handle, api: Option<u32>, status: u16) {
        let mut counts = self.counts.borrow_mut();
        if !counts
            .of
            .as_ref()
            .is_some_and(|of| Rc::ptr_eq(of, snapshot))
        {
            counts.apis = snapshot.api_ids().map(|id| self.metrics.api(id)).collect();
            counts.none = Some(self.metrics.api(""));
            counts.of = Some(Rc::clone(snapshot));
        }
        let api = api.and_then(|at| counts.apis.get(at as usize));
        if let Some(metrics) = api.or(counts.none.as_ref()) {
            metrics.count(status);
        }
    }
}

/// The numbers of every API of a snapshot, by its place in it.
#[derive(Default)]
struct ApiCounts {
    of: Option<Handle>,
    apis: Vec<Arc<ApiMetrics>>,
    none: Option<Arc<ApiMetrics>>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Worker({} connections)", self.connections.get())
    }
}
