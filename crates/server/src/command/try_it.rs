//! `portcullis try`: three small services, the gateway in front of them, and six calls that show what
//! it does.
//!
//! Nothing is pretended: the services listen on the loopback interface, the configuration is a folder
//! on disk, and it takes the same way into the same gateway as with `portcullis gateway`.

mod case;
mod client;
mod folder;
mod service;
mod show;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use portcullis_gateway::{Gateway, Parts, SnapshotStore};
use portcullis_identity::key::generate_key;
use portcullis_model::secret::Secret;
use portcullis_policy::names::Names;
use portcullis_telemetry::metrics::Metrics;
use tempfile::TempDir;

use crate::cli::{Exit, Try};
use crate::clock::SystemClock;
use crate::command::cores;
use crate::command::gateway::report;
use crate::load::Loader;
use crate::reload::{self, Reloader, Signals};
use crate::render::Paint;
use crate::settings::Settings;
use crate::wire;

use service::Services;

/// How long calls in flight may take when somebody presses Ctrl-C: nothing here takes long.
const DRAIN: Duration = Duration::from_secs(1);

/// More cores than this would only take longer to start.
const MOST_CORES: usize = 4;

/// What runs where.
#[derive(Debug)]
struct Site {
    gateway: SocketAddr,
    services: Services,
    keys: Keys,
    home: Home,
}

/// The keys of this run.
#[derive(Debug)]
struct Keys {
    /// Opens the product `travel`.
    shop: Secret,
    /// Opens the product `partners`.
    partner: Secret,
}

/// Where the configuration folder is.
#[derive(Debug)]
enum Home {
    /// Gone when the program ends.
    Passing(TempDir),
    /// Where the user wants it.
    Kept(PathBuf),
}

impl Home {
    fn new(wanted: Option<&Path>) -> Result<Self> {
        match wanted {
            Some(folder) => Ok(Self::Kept(folder.to_owned())),
            None => tempfile::Builder::new()
                .prefix("portcullis-try-")
                .tempdir()
                .map(Self::Passing)
                .context("cannot make a temporary folder: name one with `--folder`"),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

pub(super) fn run(args: &Try) -> Result<Exit> {
    if args.listen.is_ipv6() {
        bail!(
            "`--listen {}` must be IPv4 here: one of the calls comes from 127.0.0.2",
            args.listen
        );
    }
    let services = Services::start()?;
    let keys = Keys {
        shop: generate_key()?,
        partner: generate_key()?,
    };
    let home = Home::new(args.folder.as_deref())?;
    folder::write(home.path(), &services, &keys)?;
    let settings = settings(args)?;
    let (gateway, reloader) = start(home.path(), &settings)?;
    let Some(address) = gateway.http else {
        bail!("the gateway listens nowhere")
    };
    let site = Site {
        gateway: address,
        services,
        keys,
        home,
    };
    let out = std::io::stdout();
    let paint = Paint::of(&out);
    let exit = if args.exercise {
        show::exercise(&mut out.lock(), &site, paint)?
    } else {
        let signals = Signals::catch()?;
        show::announce(&mut out.lock(), &site, paint)?;
        start_log();
        reload::until_stopped(site.home.path(), true, reloader, signals)?;
        Exit::Ok
    };
    gateway.stop();
    Ok(exit)
}

/// The folder's own settings; the environment has no say in a demonstration.
fn settings(args: &Try) -> Result<Settings> {
    let file = Some((folder::SETTINGS, folder::settings()));
    let mut settings = Settings::read(file, std::iter::empty())?;
    settings.listen.http = Some(args.listen);
    settings.listen.admin = None;
    settings.cores = cores(settings.cores).get().min(MOST_CORES);
    settings.drain = DRAIN;
    Ok(settings)
}

/// As `portcullis gateway` does it, without an access log.
fn start(folder: &Path, settings: &Settings) -> Result<(Gateway, Reloader)> {
    let mut loader = Loader::new(folder, settings)?;
    let outcome = loader.load(Names::default());
    report(&outcome)?;
    if outcome.diagnostics.has_errors() {
        bail!(
            "the example in `{}` does not compile: please report this",
            folder.display()
        );
    }
    let metrics = Arc::new(Metrics::default());
    let files = outcome.files;
    let store = SnapshotStore::new(outcome.snapshot);
    let parts = Parts {
        store: Arc::clone(&store),
        clock: Arc::new(SystemClock::start()),
        sink: None,
        metrics: Arc::clone(&metrics),
    };
    let gateway = Gateway::start(wire::settings(settings)?, &parts).context("cannot listen")?;
    Ok((
        gateway,
        Reloader {
            files,
            loader,
            store,
            metrics,
        },
    ))
}

/// Whoever edits the folder reads here what came of it.
fn start_log() {
    drop(
        tracing_subscriber::fmt()
            .with_env_filter("info")
            .with_writer(std::io::stderr)
            .with_ansi(Paint::of(&std::io::stderr()) == Paint::Colours)
            .with_target(false)
            .without_time()
            .try_init(),
    );
}
