//! `portcullis gateway`: the data plane from an artefact folder, until it is told to stop.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use portcullis_gateway::{Drained, Gateway as DataPlane};
use portcullis_telemetry::metrics::Metrics;
use portcullis_telemetry::record::Sink;
use serde_json::json;
use tracing::{info, warn};

use crate::cli::{Exit, Gateway};
use crate::reload::{self, Signals};
use crate::serving::{Serving, Time, start_log};
use crate::settings::environment::{variable, variables};
use crate::settings::{AccessLog, Settings, SettingsFile};

pub(super) fn run(args: &Gateway) -> Result<Exit> {
    let file = SettingsFile::of(&args.artifacts, args.config.as_deref())?;
    let (mut settings, unknown) = Settings::read(&file, variables())?.sound(&file)?;
    apply_flags(args, &mut settings);
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
    let (mut gateway, reloader) = serving.start(sink.clone())?;
    announce(&gateway, args.ready_file.as_deref())?;
    let watch = settings.artifacts.watch;
    reload::until_stopped(&args.artifacts, watch, reloader, &mut signals)?;
    info!("draining");
    gateway.drain();
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
