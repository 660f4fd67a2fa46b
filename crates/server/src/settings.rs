//! What the program is told at start: `portcullis.toml`, the environment, flags.
//!
//! Every key stands once, in [`table::SETTINGS`], with its default, its meaning and what it sets. The
//! file, the environment and `docs/configuration.md` all follow from that table.

pub(crate) mod environment;
mod file;
mod manual;
mod table;
mod units;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use portcullis_engine::{ForeignKey, OpenOperations};
use portcullis_gateway::settings::IpRange;
use portcullis_model::{Diagnostics, Sources};

use crate::render;

pub(crate) use environment::UnknownVariables;
pub(crate) use file::SettingsFile;
pub(crate) use manual::manual;
pub(crate) use table::SETTINGS;
pub(crate) use units::address;

/// Every key, parsed.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) listen: Listen,
    pub(crate) cores: usize,
    pub(crate) client: Client,
    pub(crate) upstream: Upstream,
    pub(crate) policy: Policy,
    pub(crate) security: Security,
    pub(crate) artifacts: Artifacts,
    pub(crate) log: Log,
    pub(crate) tunnel_idle: Duration,
    pub(crate) overload_wait: Duration,
    pub(crate) drain: Duration,
    pub(crate) deployment: Deployment,
}

/// `[listen]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Listen {
    pub(crate) http: Option<SocketAddr>,
    pub(crate) https: Option<SocketAddr>,
    pub(crate) certificate_file: Option<PathBuf>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) h2c: bool,
    pub(crate) allow_plaintext: bool,
}

/// `[client]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Client {
    pub(crate) head_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) min_request_rate: u64,
    pub(crate) min_response_rate: u64,
    pub(crate) rate_grace: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) max_body: u64,
    pub(crate) max_connections: usize,
    pub(crate) max_connections_per_address: usize,
    pub(crate) max_request_line: usize,
    pub(crate) max_header: usize,
    pub(crate) max_head: usize,
    pub(crate) max_headers: usize,
    pub(crate) http2_streams: u32,
}

/// `[upstream]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Upstream {
    pub(crate) connect_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_idle: usize,
    pub(crate) max_connections: usize,
    pub(crate) max_backends: usize,
    pub(crate) ca_file: Option<PathBuf>,
}

/// `[policy]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) buffered_body: u64,
    pub(crate) buffered_total: u64,
}

/// `[security]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Security {
    pub(crate) open_operations: OpenOperations,
    pub(crate) foreign_key: ForeignKey,
    pub(crate) trusted_proxies: Vec<IpRange>,
    pub(crate) sealing_key_file: Option<PathBuf>,
}

/// `[artifacts]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Artifacts {
    pub(crate) watch: bool,
    pub(crate) keep_going: bool,
}

/// `[log]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) access: AccessLog,
    pub(crate) level: String,
}

/// Where the access log goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum AccessLog {
    #[default]
    Off,
    Stdout,
    Stderr,
    File(PathBuf),
}

/// `[deployment]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Deployment {
    pub(crate) service_name: String,
    pub(crate) region: String,
    pub(crate) gateway_id: String,
}

/// One key: the only place that knows its name, its default and what it sets.
pub(crate) struct Setting {
    /// `client.head_timeout`.
    pub(crate) key: &'static str,
    /// What values look like: `duration`, `size`, `number` …
    pub(crate) form: &'static str,
    /// As it would be written.
    pub(crate) default: &'static str,
    /// What it is for, in full sentences.
    pub(crate) meaning: &'static str,
    /// Sets it from a text.
    pub(crate) set: fn(&mut Settings, &str) -> Result<()>,
}

/// What came of reading the settings.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) settings: Settings,
    /// What is wrong with the file.
    pub(crate) diagnostics: Diagnostics,
    /// Its text.
    pub(crate) sources: Sources,
    /// Variables that set nothing.
    pub(crate) unknown: UnknownVariables,
}

impl Reading {
    /// The settings, if nothing is wrong; else shows what is.
    pub(crate) fn sound(self, file: &SettingsFile) -> Result<(Settings, UnknownVariables)> {
        render::to_stderr(&self.diagnostics, &self.sources);
        if self.diagnostics.has_errors() {
            bail!("cannot use `{}`", file.path.display());
        }
        Ok((self.settings, self.unknown))
    }
}

impl Settings {
    /// Every key at its default.
    pub(crate) fn defaults() -> Result<Self> {
        let mut settings = Self {
            listen: Listen::default(),
            cores: 0,
            client: Client::default(),
            upstream: Upstream::default(),
            policy: Policy::default(),
            security: Security::default(),
            artifacts: Artifacts::default(),
            log: Log::default(),
            tunnel_idle: Duration::ZERO,
            overload_wait: Duration::ZERO,
            drain: Duration::ZERO,
            deployment: Deployment::default(),
        };
        for setting in SETTINGS {
            (setting.set)(&mut settings, setting.default)
                .with_context(|| format!("the default of `{}`", setting.key))?;
        }
        Ok(settings)
    }

    /// The defaults, then a file, then the environment.
    pub(crate) fn read(
        file: &SettingsFile,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Reading> {
        let mut settings = Self::defaults()?;
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        file.apply(&mut settings, &mut sources, &mut diagnostics);
        let unknown = environment::apply(&mut settings, environment)?;
        Ok(Reading {
            settings,
            diagnostics,
            sources,
            unknown,
        })
    }

    /// Relative paths begin at this folder.
    fn resolve_paths(&mut self, folder: &Path) {
        let paths = [
            &mut self.listen.certificate_file,
            &mut self.listen.key_file,
            &mut self.upstream.ca_file,
            &mut self.security.sealing_key_file,
        ];
        let log = match &mut self.log.access {
            AccessLog::File(path) => Some(path),
            AccessLog::Off | AccessLog::Stdout | AccessLog::Stderr => None,
        };
        for path in paths.into_iter().flatten().chain(log) {
            *path = folder.join(&path);
        }
    }
}

impl Setting {
    /// The setting of this key.
    fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SettingsFile {
        SettingsFile {
            path: "/etc/portcullis.toml".into(),
            text: Some(text.to_owned()),
        }
    }

    fn variables(pairs: &[(&str, &str)]) -> std::vec::IntoIter<(String, String)> {
        let pairs = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        pairs.collect::<Vec<_>>().into_iter()
    }

    /// What is said about a file, a line each, with its help.
    fn told(text: &str) -> Vec<String> {
        let read = Settings::read(&file(text), std::iter::empty()).unwrap();
        let told = read.diagnostics.iter();
        told.map(|d| {
            let line = read.sources.one_line(d);
            format!("{line}; {}", d.help.as_deref().unwrap_or_default())
        })
        .collect()
    }

    #[test]
    fn every_default_can_be_set() {
        let settings = Settings::defaults().unwrap();
        assert_eq!(settings.client.head_timeout, Duration::from_secs(10));
        assert_eq!(settings.client.max_body, 1 << 30);
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = file("[drain]\ntimeout = \"1s\"\n[client]\nmax_headers = 7\n");
        let environment = variables(&[("PORTCULLIS_DRAIN__TIMEOUT", "5s")]);
        let settings = Settings::read(&file, environment).unwrap().settings;
        assert_eq!(settings.drain, Duration::from_secs(5));
        assert_eq!(settings.client.max_headers, 7);
    }

    #[test]
    fn everything_that_is_wrong_with_a_file_is_told_at_once_with_its_place() {
        let text = "cores = 1\n[client]\nhead_timout = \"1s\"\nhead_timeout = \"soon\"\n[lisen]\nhttp = 1\n\
                    [listen]\nhttp = \"localhost:80\"\nadmin = { a = 1 }\n";
        let at = "/etc/portcullis.toml";
        assert_eq!(
            told(text),
            [
                format!(
                    "{at}:1:1: error[C0002]: `cores` stands outside a section; did you mean `runtime.cores`?"
                ),
                format!(
                    "{at}:3:1: error[C0002]: unknown key `client.head_timout`; did you mean `client.head_timeout`?"
                ),
                format!(
                    "{at}:4:16: error[C0003]: `client.head_timeout` cannot be `soon`; a duration is written `500ms`, `30s`, `5m` or `2h`"
                ),
                format!("{at}:5:2: error[C0002]: unknown section `lisen`; did you mean `listen`?"),
                format!(
                    "{at}:8:8: error[C0003]: `listen.http` cannot be `localhost:80`; an address is written `127.0.0.1:8080`: a number, not a name, and a port"
                ),
                format!(
                    "{at}:9:9: error[C0003]: `listen.admin` cannot be a table; a value is a text, a number, `true`, `false` or a list"
                ),
            ]
        );
        let [line] = &told("[client]\nhead_timeout = 5s\n")[..] else {
            panic!("one mistake")
        };
        assert!(line.starts_with("/etc/portcullis.toml:2:"), "{line}");
        assert!(
            line.contains("error[C0001]") && !line.contains('\n'),
            "{line}"
        );
    }

    #[test]
    fn relative_paths_of_a_file_begin_at_its_folder() {
        for setting in SETTINGS.iter().filter(|s| s.form.contains("path")) {
            let (section, key) = setting.key.split_once('.').unwrap();
            let file = file(&format!("[{section}]\n{key} = \"some/where\"\n"));
            let settings = Settings::read(&file, std::iter::empty()).unwrap().settings;
            let shown = format!("{settings:?}");
            assert!(shown.contains("\"/etc/some/where\""), "{}", setting.key);
            let name = format!(
                "PORTCULLIS_{}",
                setting.key.to_uppercase().replace('.', "__")
            );
            let environment = variables(&[(&name, "some/where")]);
            let settings = Settings::read(&SettingsFile::none(), environment).unwrap();
            let shown = format!("{:?}", settings.settings);
            assert!(shown.contains("\"some/where\""), "{}", setting.key);
        }
    }

    #[test]
    fn a_variable_that_sets_nothing_is_an_error_unless_something_else_uses_it() {
        let sources = |text: &str| {
            let mut sources = Sources::default();
            sources.add("subscriptionInformation.json", text);
            sources
        };
        let refused = |name: &str, text: &str| {
            let read = Settings::read(&SettingsFile::none(), variables(&[(name, "s3cret")]));
            let unknown = read.unwrap().unknown;
            unknown.refuse(&sources(text)).map_err(|e| format!("{e:#}"))
        };
        for (name, near) in [
            (
                "PORTCULLIS_LISTEN_HTTP",
                "did you mean `PORTCULLIS_LISTEN__HTTP`?",
            ),
            (
                "PORTCULLIS_LISTEN_HTTTP",
                "did you mean `PORTCULLIS_LISTEN__HTTP`?",
            ),
            (
                "PORTCULLIS_LISTEN__HTTTP",
                "did you mean `PORTCULLIS_LISTEN__HTTP`?",
            ),
            ("PORTCULLIS_SHOP_KEY", "docs/configuration.md lists all"),
        ] {
            let said = refused(name, "{}").unwrap_err();
            assert!(said.contains(name) && said.contains(near), "{said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
        for (name, text) in [
            (
                "PORTCULLIS_SHOP_KEY",
                r#"{"primaryKey":"env:PORTCULLIS_SHOP_KEY"}"#,
            ),
            ("PORTCULLIS_TESTDATA", ""),
            ("PORTCULLIS_PORT", ""),
            ("PORTCULLIS_PORT_8080_TCP_ADDR", ""),
            ("PORTCULLIS_SERVICE_HOST", ""),
            ("PORTCULLIS_ADMIN_SERVICE_PORT_HTTP", ""),
            ("OTHER", ""),
        ] {
            assert_eq!(refused(name, text), Ok(()), "{name}");
        }
        assert!(refused("PORTCULLIS_KEY", r#"{"primaryKey":"env:PORTCULLIS_KEY2"}"#).is_err());
        let wrong = variables(&[("PORTCULLIS_DRAIN__TIMEOUT", "soon")]);
        let said = format!(
            "{:#}",
            Settings::read(&SettingsFile::none(), wrong).unwrap_err()
        );
        assert!(said.contains("PORTCULLIS_DRAIN__TIMEOUT"), "{said}");
    }
}
