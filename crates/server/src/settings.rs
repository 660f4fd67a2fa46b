//! What the program is told at start: `portcullis.toml`, the environment, flags.
//!
//! Every key stands once, in [`table::SETTINGS`], with its default, its meaning and what it sets. The
//! file, the environment and `docs/configuration.md` all follow from that table.

mod table;
mod units;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use portcullis_engine::{ForeignKey, OpenOperations};
use portcullis_gateway::settings::IpRange;
use portcullis_model::suggest::nearest;

pub(crate) use table::SETTINGS;

/// The prefix of environment variables that set keys: `PORTCULLIS_CLIENT__HEAD_TIMEOUT`.
pub(crate) const ENVIRONMENT: &str = "PORTCULLIS_";

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
    pub(crate) handshake_timeout: Duration,
    pub(crate) max_body: u64,
    pub(crate) max_connections: usize,
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
    pub(crate) ca_file: Option<PathBuf>,
}

/// `[policy]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) buffered_body: u64,
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
            drain: Duration::ZERO,
            deployment: Deployment::default(),
        };
        for setting in SETTINGS {
            (setting.set)(&mut settings, setting.default)
                .with_context(|| format!("the default of `{}`", setting.key))?;
        }
        Ok(settings)
    }

    /// The defaults, then a file's text (named `name`), then the environment.
    pub(crate) fn read(
        file: Option<(&str, &str)>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self> {
        let mut settings = Self::defaults()?;
        if let Some((name, text)) = file {
            settings
                .apply_file(text)
                .with_context(|| format!("cannot use `{name}`"))?;
        }
        for (variable, value) in environment {
            let Some(rest) = variable.strip_prefix(ENVIRONMENT) else {
                continue;
            };
            let key = rest.to_ascii_lowercase().replace("__", ".");
            // Only keys have a section; other `PORTCULLIS_…` variables mean other things.
            if key.contains('.') {
                settings
                    .set(&key, &value)
                    .with_context(|| format!("the variable `{variable}`"))?;
            }
        }
        Ok(settings)
    }

    fn apply_file(&mut self, text: &str) -> Result<()> {
        let table: toml::Table = text.parse().context("it is not TOML")?;
        for (section, value) in &table {
            let toml::Value::Table(entries) = value else {
                bail!(
                    "`{section}` stands outside a section: write it as `[section]` and `key = value`"
                );
            };
            for (key, value) in entries {
                self.set(&format!("{section}.{key}"), &as_text(value)?)?;
            }
        }
        Ok(())
    }

    /// Sets one key.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let Some(setting) = SETTINGS.iter().find(|s| s.key == key) else {
            match nearest(key, SETTINGS.iter().map(|s| s.key)) {
                Some(near) => bail!("unknown key `{key}`: did you mean `{near}`?"),
                None => bail!("unknown key `{key}`: docs/configuration.md lists all keys"),
            }
        };
        (setting.set)(self, value).with_context(|| format!("`{key}` cannot be `{value}`"))
    }
}

/// A value as a text; a list is joined with commas.
fn as_text(value: &toml::Value) -> Result<String> {
    Ok(match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(n) => n.to_string(),
        toml::Value::Boolean(b) => b.to_string(),
        toml::Value::Array(items) => items
            .iter()
            .map(as_text)
            .collect::<Result<Vec<_>>>()?
            .join(","),
        other => bail!("a value is a text, a number, `true`, `false` or a list, not `{other}`"),
    })
}

/// `docs/configuration.md`.
pub(crate) fn manual() -> String {
    let mut out = String::from(
        "# Configuration\n\n\
         <!-- Generated by `cargo xtask codegen` from the table of settings. Do not edit. -->\n\n\
         `portcullis.toml` is read from `--config FILE`, else from the artefact folder if there is one in\n\
         it. Every key can also be set by an environment variable: `client.head_timeout` is\n\
         `PORTCULLIS_CLIENT__HEAD_TIMEOUT`. Flags win over the environment, the environment over the file.\n\
         An unknown key is an error. Secrets are never written in this file: keys that end in `_file`\n\
         name files, and configuration refers to secrets as `env:NAME`, `file:PATH` or `sealed:…`.\n\n\
         Durations are written `500ms`, `30s`, `5m`, `2h`; sizes `512`, `64KiB`, `8MiB`, `1GiB`.\n",
    );
    let mut section = "";
    for setting in SETTINGS {
        let (name, key) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if name != section {
            section = name;
            push(
                &mut out,
                format_args!(
                    "\n## `[{section}]`\n\n| key | value | default | meaning |\n|---|---|---|---|\n"
                ),
            );
        }
        let default = if setting.default.is_empty() {
            "none".into()
        } else {
            format!("`{}`", setting.default)
        };
        push(
            &mut out,
            format_args!(
                "| `{key}` | {} | {default} | {} |\n",
                setting.form, setting.meaning
            ),
        );
    }
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    std::fmt::Write::write_fmt(out, text).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings> {
        Settings::read(Some(("portcullis.toml", text)), std::iter::empty())
    }

    #[test]
    fn every_default_can_be_set() {
        let settings = Settings::defaults().unwrap();
        assert_eq!(settings.client.head_timeout, Duration::from_secs(10));
        assert_eq!(settings.client.max_body, 1 << 30);
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let environment = [("PORTCULLIS_DRAIN__TIMEOUT".to_owned(), "5s".to_owned())];
        let file = Some((
            "f",
            "[drain]\ntimeout = \"1s\"\n[client]\nmax_headers = 7\n",
        ));
        let settings = Settings::read(file, environment.into_iter()).unwrap();
        assert_eq!(settings.drain, Duration::from_secs(5));
        assert_eq!(settings.client.max_headers, 7);
    }

    #[test]
    fn a_wrong_key_or_value_is_an_error_that_says_how_to_mend_it() {
        let error = |text| format!("{:#}", read(text).unwrap_err());
        assert!(
            error("[client]\nhead_timout = \"1s\"").contains("did you mean `client.head_timeout`?")
        );
        assert!(
            error("[client]\nhead_timeout = \"soon\"")
                .contains("`client.head_timeout` cannot be `soon`")
        );
        assert!(error("cores = 1").contains("outside a section"));
        assert!(error("[client").contains("not TOML"));
    }
}
