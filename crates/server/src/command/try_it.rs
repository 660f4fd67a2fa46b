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
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use portcullis_identity::key::generate_key;
use portcullis_model::secret::Secret;
use tempfile::TempDir;

use crate::cli::{Exit, Try};
use crate::command::cores;
use crate::reload::{self, Changes, Signals};
use crate::render::Paint;
use crate::serving::{Serving, Time, start_log};
use crate::settings::{Settings, SettingsFile};

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
    if !args.listen.ip().is_loopback() {
        bail!(
            "`--listen {}` must be a loopback address here, such as `127.0.0.1:8080`: what is tried out \
             has no encryption",
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
    let file = SettingsFile::of(home.path(), None)?;
    let settings = settings(args, &file)?;
    let serving = Serving::read(home.path(), &settings, file)?;
    if serving.has_errors() {
        bail!(
            "the example in `{}` does not compile: please report this",
            home.path().display()
        );
    }
    let (gateway, reloader) = serving.start(None)?;
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
        let mut signals = Signals::catch()?;
        show::announce(&mut out.lock(), &site, paint)?;
        // Whoever edits the folder reads here what came of it.
        start_log("info", Time::Left);
        let mut running = reload::Running {
            changes: Changes::of(site.home.path(), true)?,
            gateway: &gateway,
            successor: tokio::sync::mpsc::channel(1).1,
            control: None,
        };
        reload::until_stopped(reloader, &mut signals, &mut running);
        Exit::Ok
    };
    gateway.stop();
    Ok(exit)
}

/// The folder's own settings; the environment has no say in a demonstration.
fn settings(args: &Try, file: &SettingsFile) -> Result<Settings> {
    let (mut settings, _) = Settings::read(file, std::iter::empty())?.sound(file)?;
    settings.listen.http = Some(args.listen);
    settings.listen.admin = None;
    settings.cores = cores(settings.cores).get().min(MOST_CORES);
    settings.drain = DRAIN;
    settings.drain_idle = std::time::Duration::ZERO;
    Ok(settings)
}
