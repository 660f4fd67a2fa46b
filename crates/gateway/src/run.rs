//! Starts the cores and stops them: stop accepting, drain, abort, report who was late.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use portcullis_model::time::Clock;
use portcullis_telemetry::metrics::Metrics;
use portcullis_telemetry::record::Sink;
use tokio::sync::{mpsc, watch};
use tracing::warn;

use crate::admin::{self, Health};
use crate::core::{Core, Door, Phase};
use crate::handover::Cut;
use crate::listen::{self, Opened, Role, Socket};
use crate::settings::{Security, Settings};
use crate::store::SnapshotStore;
use crate::worker::Shared;

/// What the data plane needs from outside.
#[derive(Clone)]
pub struct Parts {
    /// The snapshot that is served, and every later one.
    pub store: Arc<SnapshotStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where request records go; `None` writes none.
    pub sink: Option<Sink>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}

/// Why the data plane does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nobody can listen on this address, or somebody does already.
    #[error("cannot listen on `{address}`: {error}")]
    Listen {
        /// The address, as it was told.
        address: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The system gives no thread or runtime.
    #[error("cannot start a core: {0}")]
    Core(#[from] io::Error),
}

/// A data plane that has everything it needs and lets nobody in yet.
#[derive(Debug)]
pub struct Prepared {
    gateway: Gateway,
    /// Sockets that it was given and that nothing in its settings asks for.
    pub unused: Vec<Socket>,
    /// Which sockets of the process before are listened at.
    pub(crate) taken: Vec<usize>,
}

/// A running data plane.
#[derive(Debug)]
pub struct Gateway {
    /// The addresses of the listeners, in the order of the settings.
    pub addresses: Vec<SocketAddr>,
    /// The first address without encryption.
    pub http: Option<SocketAddr>,
    /// The first address with TLS.
    pub https: Option<SocketAddr>,
    /// The address of the admin listener.
    pub admin: Option<SocketAddr>,
    pub(crate) inner: Inner,
    cores: Vec<JoinHandle<()>>,
    beats: Vec<Arc<AtomicU64>>,
    ended: mpsc::Receiver<usize>,
    kept: mpsc::Receiver<()>,
    patience: Duration,
}

/// What a running data plane shares with whoever ends it.
#[derive(Debug, Clone)]
pub(crate) struct Inner {
    /// Each socket that is listened at, once more, to be handed over.
    pub(crate) sockets: Arc<Mutex<Vec<Socket>>>,
    pub(crate) shared: Arc<Shared>,
    /// Ends a handover that is not confirmed.
    pub(crate) cut: Cut,
    phase: watch::Sender<Phase>,
    ready: Arc<AtomicBool>,
    /// Held by whoever counts for the process before, as long as that one has something to count.
    keeping: Arc<Mutex<Option<mpsc::Sender<()>>>>,
}

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// How many connections were cut off because they took longer than the drain time.
    pub cut_off: usize,
}

impl Inner {
    /// Lets nobody new in, and serves whoever is in to the end.
    fn drain(&self) {
        self.ready.store(false, Ordering::Relaxed);
        // While sockets are handed over this waits: they must not be closed for both. But it waits for
        // this process only, not for the other one.
        self.cut.stop();
        let sockets = lock(&self.sockets);
        lock(&self.keeping).take();
        self.drain_except(sockets, Arc::new([]));
    }

    /// The same, when another process listens at the sockets of these numbers.
    pub(crate) fn drain_except(
        &self,
        mut sockets: MutexGuard<'_, Vec<Socket>>,
        taken: Arc<[usize]>,
    ) {
        self.ready.store(false, Ordering::Relaxed);
        sockets.clear();
        self.phase.send_if_modified(|phase| {
            let goes_on = matches!(phase, Phase::Prepared | Phase::Open);
            if goes_on {
                *phase = Phase::Draining(taken);
            }
            goes_on
        });
    }

    /// Held by whoever counts for the process before.
    pub(crate) fn keeping(&self) -> Option<mpsc::Sender<()>> {
        lock(&self.keeping).clone()
    }
}

/// Locks what stays whole when somebody panics who holds it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// === Start ===

impl Gateway {
    /// Binds every listener, starts one thread a core, and lets callers in.
    pub fn start(settings: Settings, parts: &Parts) -> Result<Self, StartError> {
        Ok(Self::prepare(settings, parts, Vec::new())?.open())
    }

    /// Does everything that can fail. Sockets that are there already are listened at in place of new
    /// ones.
    pub fn prepare(
        settings: Settings,
        parts: &Parts,
        mut inherited: Vec<Socket>,
    ) -> Result<Prepared, StartError> {
        let doors = Doors::open(&settings, &mut inherited)?;
        let Doors {
            addresses,
            http,
            https,
            admin,
            sockets,
            cores,
            admins,
        } = doors;
        let taken = sockets.iter().filter_map(|socket| socket.number).collect();
        let (phase, phases) = watch::channel(Phase::Prepared);
        let (ended_sender, ended) = mpsc::channel(cores.len());
        let (keeping, kept) = mpsc::channel(1);
        let patience = settings.drain;
        let shared = Arc::new(Shared::new(parts, &settings));
        let settings = Arc::new(settings);
        let mut beats = Vec::new();
        let cores = start_cores(cores, |doors| Core {
            beat: {
                let beat = Arc::new(AtomicU64::new(0));
                beats.push(Arc::clone(&beat));
                beat
            },
            settings: Arc::clone(&settings),
            shared: Arc::clone(&shared),
            metrics: parts.metrics.core(),
            doors,
            phase: phases.clone(),
            ended: ended_sender.clone(),
        })?;
        drop(ended_sender);
        let ready = Arc::new(AtomicBool::new(true));
        if !admins.is_empty() {
            let health = Health {
                metrics: Arc::clone(&parts.metrics),
                ready: Arc::clone(&ready),
            };
            admin::start(admins, health, phases)?;
        }
        let inner = Inner {
            sockets: Arc::new(sockets.into()),
            shared,
            cut: Cut::default(),
            phase,
            ready,
            keeping: Arc::new(Some(keeping).into()),
        };
        let gateway = Self {
            addresses,
            http,
            https,
            admin,
            inner,
            cores,
            beats,
            ended,
            kept,
            patience,
        };
        Ok(Prepared {
            gateway,
            unused: inherited,
            taken,
        })
    }
}

impl Prepared {
    /// Lets callers in.
    pub fn open(self) -> Gateway {
        for socket in &*lock(&self.gateway.inner.sockets) {
            if let Err(error) = socket.begin() {
                // Nobody is sent there, and the other cores have theirs.
                let role = socket.role.name();
                warn!(role, %error, "a core cannot listen at a socket of its own and takes no part");
            }
        }
        self.gateway.inner.phase.send_replace(Phase::Open);
        self.gateway
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.gateway.inner
    }
}

/// Starts a thread for each core's doors, and waits until all of them can run.
fn start_cores(
    doors: Vec<Vec<Door>>,
    mut core: impl FnMut(Vec<Door>) -> Core,
) -> io::Result<Vec<JoinHandle<()>>> {
    let (begun, all_begun) = sync_channel(doors.len());
    let mut threads = Vec::with_capacity(doors.len());
    for (n, doors) in doors.into_iter().enumerate() {
        let (core, begun) = (core(doors), begun.clone());
        let named = std::thread::Builder::new().name(format!("core-{n}"));
        threads.push(named.spawn(move || core.run(&begun))?);
    }
    drop(begun);
    all_begun
        .iter()
        .take(threads.len())
        .collect::<io::Result<()>>()?;
    Ok(threads)
}

/// Everything that is listened at.
#[derive(Default)]
struct Doors {
    addresses: Vec<SocketAddr>,
    http: Option<SocketAddr>,
    https: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    sockets: Vec<Socket>,
    cores: Vec<Vec<Door>>,
    admins: Vec<Door>,
}

impl Doors {
    fn open(settings: &Settings, inherited: &mut Vec<Socket>) -> Result<Self, StartError> {
        let cores = settings.cores.get();
        let mut doors = Self {
            cores: (0..cores).map(|_| Vec::new()).collect(),
            ..Self::default()
        };
        let mut open = |role, address, cores| {
            listen::open(role, address, cores, inherited)
                .map_err(|error| StartError::Listen { address, error })
        };
        for listener in &settings.listeners {
            let role = listener.role();
            let Opened { bound, sockets } = open(role, listener.address, cores)?;
            doors.addresses.push(bound);
            match role {
                Role::Http => doors.http = doors.http.or(Some(bound)),
                Role::Https | Role::Admin => doors.https = doors.https.or(Some(bound)),
            }
            doors.spread(sockets, &listener.security)?;
        }
        if let Some(address) = settings.admin {
            let Opened { bound, sockets } = open(Role::Admin, address, 1)?;
            doors.admin = Some(bound);
            for socket in sockets {
                let door = doors.door(socket, &Security::Plain { h2c: false })?;
                doors.admins.push(door);
            }
        }
        Ok(doors)
    }

    /// Gives every core a socket and every socket a core: whoever has more shares.
    fn spread(&mut self, sockets: Vec<Socket>, security: &Security) -> io::Result<()> {
        let first = self.sockets.len();
        let count = sockets.len();
        let cores = self.cores.len();
        for (n, socket) in sockets.into_iter().enumerate() {
            let door = self.door(socket, security)?;
            if let Some(core) = self.cores.get_mut(n % cores) {
                core.push(door);
            }
        }
        for n in count..cores {
            let shared = self.sockets.get(first + n % count);
            if let (Some(shared), Some(core)) = (shared, self.cores.get_mut(n)) {
                core.push(Door {
                    number: first + n % count,
                    owner: shared.owner,
                    socket: shared.listener.try_clone()?,
                    security: security.clone(),
                });
            }
        }
        Ok(())
    }

    /// The door at a socket, which is kept once more to be handed over.
    fn door(&mut self, socket: Socket, security: &Security) -> io::Result<Door> {
        let number = self.sockets.len();
        self.sockets.push(socket.again()?);
        Ok(Door {
            number,
            owner: socket.owner,
            socket: socket.listener,
            security: security.clone(),
        })
    }
}

// === Stop ===

impl Gateway {
    /// Lets nobody new in, and serves whoever is in to the end.
    pub fn drain(&self) {
        self.inner.drain();
    }

    /// Ends a drain: what is left is cut off.
    pub fn cut_short(&self) {
        self.inner.phase.send_replace(Phase::Over);
    }

    /// Waits until everything is drained, at most as long as the drain time.
    ///
    /// Cancel: may be called again.
    pub async fn drained(&mut self) -> Drained {
        let mut cut_off = 0;
        while let Some(more) = self.ended.recv().await {
            cut_off += more;
        }
        for core in self.cores.drain(..) {
            // Whatever a core had to say it has said.
            drop(core.join());
        }
        if self.has_successor() {
            // The process before asks this one, which asks the next one: it must not go between them.
            let _: Result<_, _> = tokio::time::timeout(self.patience, self.kept.recv()).await;
        }
        Drained { cut_off }
    }

    /// Whether another process listens at its sockets: one may have taken over just when this one was
    /// told to stop.
    pub fn has_successor(&self) -> bool {
        match &*self.inner.phase.borrow() {
            Phase::Draining(taken) => !taken.is_empty(),
            Phase::Prepared | Phase::Open | Phase::Over => false,
        }
    }

    /// A number that grows as long as every core goes on.
    pub fn beat(&self) -> u64 {
        let beats = self.beats.iter().map(|beat| beat.load(Ordering::Relaxed));
        beats.min().unwrap_or_default()
    }

    /// Stops accepting, lets requests in flight end within the drain time, and cuts off the rest.
    pub fn stop(mut self) -> Drained {
        self.drain();
        let mut cut_off = 0;
        while let Some(more) = self.ended.blocking_recv() {
            cut_off += more;
        }
        Drained { cut_off }
    }
}
