//! Starts the cores and stops them: stop accepting, drain, abort, report who was late.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use portcullis_model::time::Clock;
use portcullis_telemetry::metrics::{CoreMetrics, Metrics};
use portcullis_telemetry::record::Sink;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::admin::{self, Health};
use crate::descriptors::is_of_one_connection;
use crate::drain::Drain;
use crate::settings::{Security, Settings};
use crate::store::SnapshotStore;
use crate::timer::TICK;
use crate::worker::{Shared, Worker};
use crate::{conn, listen};

/// How long accepting pauses when the process has no descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many names of backends one core looks up at once; each takes a thread.
const LOOKUPS: usize = 64;

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
    cores: Vec<JoinHandle<usize>>,
    stop: watch::Sender<Stop>,
    ready: Arc<AtomicBool>,
}

/// Whether the cores go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    NotYet,
    Drain,
}

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// How many connections were cut off because they took longer than the drain time.
    pub cut_off: usize,
}

/// What one core listens on.
struct Door {
    socket: TcpListener,
    security: Security,
}

impl Gateway {
    /// Binds every listener and starts one thread a core.
    pub fn start(settings: Settings, parts: &Parts) -> Result<Self, StartError> {
        let bind = |address, cores| {
            listen::bind(address, cores).map_err(|error| StartError::Listen { address, error })
        };
        let cores = settings.cores.get();
        let mut addresses = Vec::new();
        let (mut http, mut https) = (None, None);
        let mut doors: Vec<Vec<Door>> = (0..cores).map(|_| Vec::new()).collect();
        for listener in &settings.listeners {
            let (bound, sockets) = bind(listener.address, cores)?;
            addresses.push(bound);
            match &listener.security {
                Security::Plain { .. } => http = http.or(Some(bound)),
                Security::Tls(_) => https = https.or(Some(bound)),
            }
            for (door, socket) in doors.iter_mut().zip(sockets) {
                door.push(Door {
                    socket,
                    security: listener.security.clone(),
                });
            }
        }
        let admin_socket = settings.admin.map(|a| bind(a, 1)).transpose()?;
        let (stop, stopping) = watch::channel(Stop::NotYet);
        let ready = Arc::new(AtomicBool::new(true));
        let settings = Arc::new(settings);
        let shared = Arc::new(Shared::new(parts, &settings));
        let threads = doors
            .into_iter()
            .enumerate()
            .map(|(n, doors)| {
                let core = Core {
                    settings: Arc::clone(&settings),
                    shared: Arc::clone(&shared),
                    metrics: parts.metrics.core(),
                    doors,
                    stopping: stopping.clone(),
                };
                std::thread::Builder::new()
                    .name(format!("core-{n}"))
                    .spawn(move || core.run())
            })
            .collect::<io::Result<Vec<_>>>()?;
        let health = Health {
            metrics: Arc::clone(&parts.metrics),
            ready: Arc::clone(&ready),
        };
        let admin = match admin_socket {
            Some((address, sockets)) => {
                for socket in sockets {
                    start_admin(socket, health.clone(), stopping.clone())?;
                }
                Some(address)
            }
            None => None,
        };
        Ok(Self {
            addresses,
            http,
            https,
            admin,
            cores: threads,
            stop,
            ready,
        })
    }

    /// Stops accepting, lets requests in flight end within the drain time, and cuts off the rest.
    pub fn stop(self) -> Drained {
        self.ready.store(false, Ordering::Relaxed);
        // Cores that have ended already have nothing to drain.
        let _: Result<(), _> = self.stop.send(Stop::Drain);
        let cut_off = self
            .cores
            .into_iter()
            .filter_map(|core| core.join().ok())
            .sum();
        Drained { cut_off }
    }
}

fn start_admin(
    socket: TcpListener,
    health: Health,
    mut stopping: watch::Receiver<Stop>,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default());
    // The runtime is made where it runs; this only proves early that it can be made.
    drop(runtime?);
    std::thread::Builder::new()
        .name("admin".into())
        .spawn(move || {
            let Ok(runtime) = Builder::new_current_thread()
                .enable_all()
                .build_local(LocalOptions::default())
            else {
                return;
            };
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(socket) else {
                    return;
                };
                tokio::select! {
                    () = admin::serve(listener, health) => {}
                    // The gateway itself is gone: there is nothing left to tell.
                    () = async { while stopping.changed().await.is_ok() {} } => {}
                }
            });
        })?;
    Ok(())
}

/// One core before it runs.
struct Core {
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    metrics: Arc<CoreMetrics>,
    doors: Vec<Door>,
    stopping: watch::Receiver<Stop>,
}

impl Core {
    /// Runs until the core is drained; gives the number of connections that were cut off.
    fn run(self) -> usize {
        match Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(LOOKUPS)
            .build_local(LocalOptions::default())
        {
            Ok(runtime) => runtime.block_on(self.serve()),
            Err(_) => 0,
        }
    }

    async fn serve(self) -> usize {
        let Self {
            settings,
            shared,
            metrics,
            doors,
            mut stopping,
        } = self;
        let (accepting, serving) = (Drain::default(), Drain::default());
        let patience = settings.drain;
        let worker = Worker::new(settings, shared, metrics, serving.clone());
        for Door { socket, security } in doors {
            let Ok(listener) = tokio::net::TcpListener::from_std(socket) else {
                continue;
            };
            accepting.spawn(accept(
                listener,
                security,
                Rc::clone(&worker),
                accepting.clone(),
            ));
        }
        hyper::rt::Executor::execute(&crate::exec::LocalExec, sweep(Rc::clone(&worker)));
        while *stopping.borrow() == Stop::NotYet && stopping.changed().await.is_ok() {}
        accepting.begin();
        accepting.finished().await;
        serving.begin();
        // Elapsed or not: what is left is counted and cut off.
        drop(tokio::time::timeout(patience, serving.finished()).await);
        serving.running()
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    security: Security,
    worker: Rc<Worker>,
    until: Drain,
) {
    loop {
        if !worker.overload.takes_connection() {
            tokio::select! {
                () = tokio::time::sleep(TICK) => continue,
                () = until.begun() => return,
            }
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = until.begun() => return,
        };
        match accepted {
            Ok((tcp, peer)) => {
                conn::begin(tcp, peer, &security, &worker);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn sweep(worker: Rc<Worker>) {
    let mut last = Instant::now();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let due = tick.tick().await;
        let now = Instant::now();
        worker.sweep(now - due, now - last);
        last = now;
    }
}
