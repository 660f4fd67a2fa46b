//! From an artefact folder to a snapshot, at start and at every change.

use std::path::Path;

use anyhow::Result;
use portcullis_artifacts::{Folder, Loaded};
use portcullis_engine::{Compilation, Options, Snapshot, compile};
use portcullis_model::api::Protocols;
use portcullis_model::{Configuration, Diagnostics, Sources};
use portcullis_policy::budget::Budget;
use portcullis_policy::exchange::Limits;
use portcullis_policy::facts::DeploymentFacts;
use portcullis_policy::names::Names;

use crate::secrets::Secrets;
use crate::settings::Settings;

/// Reads and compiles one folder, again and again.
#[derive(Debug)]
pub(crate) struct Loader {
    folder: Folder,
    secrets: Secrets,
    options: Options,
    doors: Doors,
}

/// The protocols that callers can come by.
#[derive(Debug, Clone, Copy)]
struct Doors {
    plain: bool,
    secure: bool,
}

/// What a reading saw of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    files: usize,
    shape: u64,
}

/// What came of reading and compiling a folder.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What would be served.
    pub(crate) snapshot: Snapshot,
    /// Everything that is wrong.
    pub(crate) diagnostics: Diagnostics,
    /// The texts that diagnostics point into.
    pub(crate) sources: Sources,
    /// How many files there are.
    pub(crate) files: usize,
    /// How many of them were parsed anew.
    pub(crate) parsed: usize,
    /// How many resources of kinds that a gateway has no use for.
    pub(crate) skipped: usize,
    /// APIs that nobody can reach, with the only protocol that they take.
    pub(crate) unreachable: Vec<(String, &'static str)>,
    shape: u64,
}

impl Outcome {
    /// With `parsed`, whether anything has changed.
    pub(crate) fn seen(&self) -> Seen {
        Seen {
            files: self.files,
            shape: self.shape,
        }
    }
}

impl Loader {
    pub(crate) fn new(folder: &Path, settings: &Settings) -> Result<Self> {
        let secrets = Secrets::new(folder, settings.security.sealing_key_file.as_deref())?;
        Ok(Self {
            folder: Folder::open(folder.to_owned()),
            secrets,
            options: options(settings),
            doors: Doors::of(settings),
        })
    }

    /// The same with other options.
    pub(crate) fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Reads what has changed and compiles all. `names` are those of the snapshot before.
    pub(crate) fn load(&mut self, names: Names) -> Outcome {
        let loaded = self.folder.read();
        self.compile(loaded, names)
    }

    /// The same, unless nothing has changed since the reading that saw this.
    pub(crate) fn load_if_changed(&mut self, names: Names, seen: Seen) -> Option<Outcome> {
        let loaded = self.folder.read();
        let now = Seen {
            files: loaded.files,
            shape: loaded.shape,
        };
        let same = loaded.parsed == 0 && now == seen;
        (!same).then(|| self.compile(loaded, names))
    }

    fn compile(&self, loaded: Loaded, names: Names) -> Outcome {
        let Loaded {
            configuration,
            sources,
            mut diagnostics,
            files,
            parsed,
            skipped,
            shape,
        } = loaded;
        let unreachable = self.doors.unreachable(&configuration);
        let Compilation {
            snapshot,
            diagnostics: compiled,
        } = compile(&configuration, &self.secrets, self.options.clone(), names);
        diagnostics.append(compiled);
        Outcome {
            snapshot,
            diagnostics,
            sources,
            files,
            parsed,
            skipped,
            unreachable,
            shape,
        }
    }
}

impl Doors {
    fn of(settings: &Settings) -> Self {
        // A proxy in front says by which protocol the caller came.
        let behind_proxy = !settings.security.trusted_proxies.is_empty();
        Self {
            plain: settings.listen.http.is_some() || behind_proxy,
            secure: settings.listen.https.is_some() || behind_proxy,
        }
    }

    fn unreachable(self, configuration: &Configuration) -> Vec<(String, &'static str)> {
        let closed = |protocols: Protocols| match (protocols.plain, protocols.secure) {
            (true, false) if !self.plain => Some("http"),
            (false, true) if !self.secure => Some("https"),
            _ => None,
        };
        let apis = configuration.apis.iter();
        apis.filter_map(|api| Some((api.id.to_string(), closed(api.protocols)?)))
            .collect()
    }
}

fn options(settings: &Settings) -> Options {
    let deployment = &settings.deployment;
    Options {
        foreign_key: settings.security.foreign_key,
        open_operations: settings.security.open_operations,
        deployment: DeploymentFacts {
            service_name: deployment.service_name.as_str().into(),
            region: deployment.region.as_str().into(),
            gateway_id: deployment.gateway_id.as_str().into(),
        },
        limits: Limits {
            buffered_body: settings.policy.buffered_body,
            buffered_total: Budget::new(settings.policy.buffered_total),
            ..Limits::default()
        },
        ..Options::default()
    }
}
