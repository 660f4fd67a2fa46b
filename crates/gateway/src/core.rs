//! One core before and while it runs: it accepts, serves, and drains.

use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::task::Poll;
use std::time::Duration;

use portcullis_telemetry::metrics::CoreMetrics;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::conn;
use crate::descriptors::is_of_one_connection;
use crate::drain::Drain;
use crate::listen::{self, LAST_CALL, Owner};
use crate::overload::Overload;
use crate::settings::{Security, Settings};
use crate::timer::TICK;
use crate::worker::{Shared, Worker};

/// How long accepting pauses when the process has no descriptors left.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many names of backends one core looks up at once; each takes a thread.
const LOOKUPS: usize = 64;

/// Where the life of a data plane stands; it only ever goes on.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// Everything is at hand, and nobody is let in yet.
    Prepared,
    /// Callers are let in.
    Open,
    /// Nobody new is let in, and whoever is in is served to the end. Another process listens at the
    /// sockets of these numbers.
    Draining(Arc<[usize]>),
    /// Nothing is waited for any more.
    Over,
}

/// What one core listens at.
pub(crate) struct Door {
    /// The place of its socket among the gateway's.
    pub(crate) number: usize,
    pub(crate) owner: Owner,
    pub(crate) socket: TcpListener,
    pub(crate) security: Security,
}

/// One core before it runs.
pub(crate) struct Core {
    pub(crate) settings: Arc<Settings>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) metrics: Arc<CoreMetrics>,
    pub(crate) doors: Vec<Door>,
    pub(crate) phase: watch::Receiver<Phase>,
    /// Grows with every tick.
    pub(crate) beat: Arc<AtomicU64>,
    /// Told how many connections were cut off in the end.
    pub(crate) ended: mpsc::Sender<usize>,
}

/// A runtime of the calling thread.
pub(crate) fn runtime() -> io::Result<LocalRuntime> {
    Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(LOOKUPS)
        .build_local(LocalOptions::default())
}

impl Core {
    /// Runs until the core is drained; `begun` hears whether it can run at all.
    pub(crate) fn run(self, begun: &SyncSender<io::Result<()>>) {
        let runtime = match runtime() {
            Ok(runtime) => runtime,
            // Whoever started this core waits for it.
            Err(error) => return drop(begun.send(Err(error))),
        };
        drop(begun.send(Ok(())));
        let ended = self.ended.clone();
        let cut_off = runtime.block_on(self.serve());
        // Before it is told, so that whoever hears it finds every connection closed.
        drop(runtime);
        let _: Result<(), _> = ended.try_send(cut_off);
    }

    async fn serve(self) -> usize {
        let Self {
            settings,
            shared,
            metrics,
            doors,
            mut phase,
            beat,
            ..
        } = self;
        let (accepting, serving) = (Drain::default(), Drain::default());
        let patience = settings.drain;
        let worker = Worker::new(settings, shared, metrics, serving.clone());
        hyper::rt::Executor::execute(&crate::exec::LocalExec, sweep(Rc::clone(&worker), beat));
        until(&mut phase, |phase| !matches!(phase, Phase::Prepared)).await;
        if matches!(*phase.borrow(), Phase::Open) {
            for door in doors {
                accepting.spawn(listen_at(
                    door,
                    phase.clone(),
                    Rc::clone(&worker),
                    accepting.clone(),
                ));
            }
        }
        until(&mut phase, |phase| !matches!(phase, Phase::Open)).await;
        // From now on every answer says that its connection closes: also to those who come last.
        serving.begin();
        accepting.begin();
        let drained = async {
            accepting.finished().await;
            serving.finished().await;
        };
        // However it ends: what is left is counted and cut off.
        tokio::select! {
            () = drained => {}
            () = tokio::time::sleep(patience) => {}
            () = until(&mut phase, |phase| matches!(phase, Phase::Over)) => {}
        }
        serving.running()
    }
}

/// Waits for a phase; the end of the gateway is any.
async fn until(phase: &mut watch::Receiver<Phase>, is_so: impl Fn(&Phase) -> bool) {
    let _: Result<_, _> = phase.wait_for(is_so).await;
}

async fn listen_at(
    door: Door,
    phase: watch::Receiver<Phase>,
    worker: Rc<Worker>,
    accepting: Drain,
) {
    let Door {
        number,
        owner,
        socket,
        security,
    } = door;
    let Ok(listener) = tokio::net::TcpListener::from_std(socket) else {
        return;
    };
    let serve = |(tcp, peer): (TcpStream, _)| conn::begin(tcp, peer, &security, &worker);
    let overload = &worker.overload;
    accept(&listener, overload, &serve, accepting.begun()).await;
    let goes_on = match &*phase.borrow() {
        Phase::Draining(taken) => owner == Owner::Manager || taken.contains(&number),
        Phase::Prepared | Phase::Open | Phase::Over => false,
    };
    // Where somebody else listens on, whoever waits in the queue is let in there.
    if !goes_on {
        if listen::hear_nobody_new(&SockRef::from(&listener)).is_ok() {
            accept(&listener, overload, &serve, tokio::time::sleep(LAST_CALL)).await;
        }
        let waiting = std::future::poll_fn(|cx| {
            while let Poll::Ready(Ok(caller)) = listener.poll_accept(cx) {
                serve(caller);
            }
            Poll::Ready(())
        });
        tokio::task::coop::unconstrained(waiting).await;
    }
}

/// Lets callers in until `end`.
async fn accept(
    listener: &tokio::net::TcpListener,
    overload: &Overload,
    serve: &impl Fn((TcpStream, std::net::SocketAddr)),
    end: impl Future<Output = ()>,
) {
    let mut end = std::pin::pin!(end);
    loop {
        let accepted = async {
            // Under overload they wait where the kernel keeps them.
            while !overload.takes_connection() {
                tokio::time::sleep(TICK).await;
            }
            listener.accept().await
        };
        let accepted = tokio::select! {
            biased;
            () = &mut end => return,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok(caller) => serve(caller),
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn sweep(worker: Rc<Worker>, beat: Arc<AtomicU64>) {
    let mut last = Instant::now();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let due = tick.tick().await;
        let now = Instant::now();
        worker.sweep(now - due, now - last);
        last = now;
        beat.fetch_add(1, Ordering::Relaxed);
    }
}
