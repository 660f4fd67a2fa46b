//! `portcullis gateway`: the data plane from an artefact folder, until it is told to stop.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use portcullis_gateway::handover::{self, Predecessor};
use portcullis_gateway::{Drained, Gateway as DataPlane, Role, Socket};
use portcullis_telemetry::metrics::Metrics;
use portcullis_telemetry::record::Sink;
use serde_json::json;
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::cli::{Exit, Gateway};
use crate::control::{Answered, Control, Name};
use crate::manager;
use crate::reload::{self, Changes, Reloaded, Reloader, Running, Signals, Stopped};
use crate::serving::{Serving, Time, start_log};
use crate::settings::environment::{variable, variables};
use crate::settings::{AccessLog, Settings, SettingsFile};

pub(super) fn run(args: &Gateway) -> Result<Exit> {
    // First of all: while nobody else opens files.
    let lent = manager::sockets()?;
    let file = SettingsFile::of(&args.artifacts, args.config.as_deref())?;
    let (mut settings, unknown) = Settings::read(&file, variables())?.sound(&file)?;
    apply_flags(args, &mut settings);
    listen_where_lent(&lent, &mut settings)?;
    let filter = variable("RUST_LOG").unwrap_or_else(|| settings.log.level.clone());
    start_log(&filter, Time::Shown);
    let serving = Serving::read(&args.artifacts, &settings, file)?;
    serving.refuse(&unknown)?;
    if serving.has_errors() && !settings.artifacts.keep_going {
        bail!(
            "the configuration in `{}` has errors: mend them, or start with `--keep-going` to answer \
             503 where they matter",
            args.artifacts.display()
        );
    }
    let (sink, log_thread) = match access_log(&settings.log.access, &serving.metrics)? {
        Some((sink, thread)) => (Some(sink), Some(thread)),
        None => (None, None),
    };
    let mut signals = Signals::catch()?;
    // Before anybody is taken over from: whatever fails afterwards must not end this process.
    let changes = Changes::of(&args.artifacts, settings.artifacts.watch)?;
    let Started {
        mut gateway,
        reloader,
        successor,
        name,
    } = start(args, serving, &settings, sink.clone(), lent)?;
    or_warn(args, announce(&gateway, args.ready_file.as_deref()))?;
    manager::serving(Reloaded::Applied);
    let mut running = Running {
        changes,
        gateway: &gateway,
        successor,
        control: settings.control.as_deref(),
    };
    let stopped = reload::until_stopped(reloader, &mut signals, &mut running);
    match stopped {
        Stopped::Asked => {
            manager::stopping();
            info!("draining");
        }
        Stopped::TakenOver(process) => {
            manager::succeeded_by(process);
            info!(process, "another process has taken over: draining");
        }
    }
    gateway.drain();
    if gateway.has_successor() || matches!(stopped, Stopped::TakenOver(_)) {
        name.into_iter().for_each(Name::leave);
    } else {
        // Whoever starts now need not take over.
        drop(name);
    }
    let Drained { cut_off } = reload::until_drained(&mut gateway, &mut signals);
    if cut_off > 0 {
        warn!(
            connections = cut_off,
            "cut off what took longer than the drain time"
        );
    }
    if let Some(sink) = sink {
        sink.close();
    }
    if let Some(thread) = log_thread {
        // The log thread has nothing to give but its end.
        drop(thread.join());
    }
    info!("stopped");
    Ok(Exit::Ok)
}

/// What runs from now on.
struct Started {
    gateway: DataPlane,
    reloader: Reloader,
    /// Tells when another process takes over.
    successor: mpsc::Receiver<Option<u32>>,
    /// Where that one asks.
    name: Option<Name>,
}

/// Listens, with the sockets of whoever has them: the process that runs, or the service manager.
fn start(
    args: &Gateway,
    serving: Serving<'_>,
    settings: &Settings,
    sink: Option<Sink>,
    lent: Vec<Socket>,
) -> Result<Started> {
    let (predecessor, inherited) = match (&settings.control, args.takeover) {
        (_, false) => (None, lent),
        (Some(_), true) if !lent.is_empty() => bail!(
            "`--takeover` takes the sockets of the gateway that runs: start it without those of a \
             service manager"
        ),
        (Some(path), true) => {
            let (predecessor, sockets) = Predecessor::call(path)?;
            (Some(predecessor), sockets)
        }
        (None, true) => bail!(
            "`--takeover` needs `runtime.control`: the socket at which the gateway that runs answers"
        ),
    };
    let (prepared, reloader) = serving.prepare(sink, inherited)?;
    if predecessor.is_none()
        && let Some(socket) = prepared.unused.first()
    {
        let name = socket.role.name();
        bail!(
            "the service manager lends several sockets named `{name}`: there can be one of each name"
        );
    }
    let control = settings.control.as_deref();
    let answered = if args.takeover {
        Answered::MayBe
    } else {
        Answered::MustNotBe
    };
    let bind = |path| Ok::<_, anyhow::Error>((path, Control::bind(path, answered)?));
    let control = control.map(bind).transpose()?;
    let gateway = match predecessor {
        Some(predecessor) => predecessor.take_over(prepared)?,
        None => prepared.open(),
    };
    let (taken, successor) = mpsc::channel(1);
    let answered = control.map(|(path, control)| {
        let (listener, name) = control.put_in_place(path)?;
        handover::answer(listener, &gateway, taken)?;
        Ok(name)
    });
    let name = answered.and_then(|answered| or_warn(args, answered).transpose());
    Ok(Started {
        gateway,
        reloader,
        successor,
        name: name.transpose()?,
    })
}

/// Whoever has taken over serves alone: what fails then is told, and is no reason to end.
fn or_warn<T>(args: &Gateway, done: Result<T>) -> Result<Option<T>> {
    match done {
        Err(error) if args.takeover => {
            warn!("{error:#}");
            Ok(None)
        }
        done => done.map(Some),
    }
}

/// Sockets of the service manager replace addresses of the settings.
fn listen_where_lent(lent: &[Socket], settings: &mut Settings) -> Result<()> {
    for socket in lent {
        let address = socket.listener.local_addr();
        let address = address.with_context(|| {
            let name = socket.role.name();
            format!("the socket `{name}` of the service manager has no address")
        })?;
        let listen = &mut settings.listen;
        match socket.role {
            Role::Http => listen.http = Some(address),
            Role::Https => listen.https = Some(address),
            Role::Admin => listen.admin = Some(address),
        }
    }
    Ok(())
}

/// Flags win over everything else.
fn apply_flags(args: &Gateway, settings: &mut Settings) {
    let listen = &mut settings.listen;
    if args.tls_listen.is_some() {
        listen.https = args.tls_listen;
        // Whoever asks for TLS alone does not want a plaintext door beside it.
        listen.http = args.listen;
    }
    listen.http = args.listen.or(listen.http);
    listen.admin = args.admin.or(listen.admin);
    listen.certificate_file = args.cert.clone().or_else(|| listen.certificate_file.take());
    listen.key_file = args.key.clone().or_else(|| listen.key_file.take());
    settings.cores = args.cores.unwrap_or(settings.cores);
    settings.artifacts.keep_going |= args.keep_going;
}

type LogThread = std::thread::JoinHandle<()>;

fn access_log(log: &AccessLog, metrics: &Arc<Metrics>) -> Result<Option<(Sink, LogThread)>> {
    let metrics = Arc::clone(metrics);
    let started = match log {
        AccessLog::Off => return Ok(None),
        AccessLog::Stdout => Sink::drop_oldest(std::io::stdout(), metrics),
        AccessLog::Stderr => Sink::drop_oldest(std::io::stderr(), metrics),
        AccessLog::File(path) => {
            let file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .with_context(|| format!("cannot open the access log `{}`", path.display()))?;
            Sink::drop_oldest(file, metrics)
        }
    };
    Ok(Some(started?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the ready file is an output of this command"
)]
fn announce(gateway: &DataPlane, ready_file: Option<&Path>) -> Result<()> {
    for address in &gateway.addresses {
        info!(%address, "listening");
    }
    if let Some(admin) = gateway.admin {
        info!(%admin, "health and metrics");
    }
    let Some(path) = ready_file else {
        return Ok(());
    };
    let ready = json!({
        "listen": gateway.http.map(|a| a.to_string()),
        "tls_listen": gateway.https.map(|a| a.to_string()),
        "admin": gateway.admin.map(|a| a.to_string()),
    });
    // Written aside and renamed, so that nobody reads half of it.
    let aside = path.with_extension("tmp");
    std::fs::write(&aside, format!("{ready}\n"))
        .and_then(|()| std::fs::rename(&aside, path))
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// How many cores serve.
pub(crate) fn cores(wanted: usize) -> NonZeroUsize {
    let all = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    NonZeroUsize::new(wanted).unwrap_or_else(all)
}
