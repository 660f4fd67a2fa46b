//! The environment: variables that set keys, and the one place that reads any variable.

use anyhow::{Context as _, Result, bail};
use portcullis_model::suggest::nearest;
use portcullis_model::{SourceId, Sources};

use super::{SETTINGS, Setting, Settings};

/// The prefix of variables that set keys: `PORTCULLIS_CLIENT__HEAD_TIMEOUT`.
const PREFIX: &str = "PORTCULLIS_";

/// Variables with the prefix that mean something to tests: where their data lies, and which page of
/// the manual runs.
const FOREIGN: [&str; 2] = ["PORTCULLIS_TESTDATA", "PORTCULLIS_PAGE"];

/// Variables with the prefix that set no key. Perhaps the configuration refers to them.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct UnknownVariables(Vec<String>);

/// A variable, if it is set and is text.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Every variable that is text.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Sets what variables say; gives those that say nothing.
pub(super) fn apply(
    settings: &mut Settings,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<UnknownVariables> {
    let mut unknown = Vec::new();
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let key = rest.to_ascii_lowercase().replace("__", ".");
        if let Some(setting) = Setting::find(&key) {
            (setting.set)(settings, &value)
                .with_context(|| format!("the variable `{name}` cannot be `{value}`"))?;
        } else if !FOREIGN.contains(&name.as_str()) && !is_injected(rest) {
            unknown.push(name);
        }
    }
    unknown.sort_unstable();
    Ok(UnknownVariables(unknown))
}

/// Whether it is one of those that Kubernetes gives to every container beside a service whose name
/// begins with `portcullis`: `PORTCULLIS_SERVICE_HOST`, `PORTCULLIS_PORT_8080_TCP_ADDR` ….
fn is_injected(rest: &str) -> bool {
    let mut parts = rest
        .split('_')
        .skip_while(|part| !matches!(*part, "SERVICE" | "PORT"));
    match (parts.next(), parts.next(), parts.next()) {
        (Some("SERVICE"), next, _) => matches!(next, Some("HOST" | "PORT")),
        (Some("PORT"), None, _) => true,
        (Some("PORT"), Some(number), Some("TCP" | "UDP" | "SCTP")) => {
            number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

impl UnknownVariables {
    /// Fails if there are any but those that a configuration with these texts refers to.
    pub(crate) fn refuse(&self, configuration: &Sources) -> Result<()> {
        let refused = self
            .0
            .iter()
            .filter(|name| !is_referred_to(name, configuration));
        let told: Vec<String> = refused.map(|name| complaint(name)).collect();
        if !told.is_empty() {
            bail!("{}", told.join("; "));
        }
        Ok(())
    }
}

fn is_referred_to(name: &str, configuration: &Sources) -> bool {
    let reference = format!("env:{name}");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (0..)
        .map_while(|at| configuration.get(SourceId(at)))
        .any(|source| source.text.split(&reference).skip(1).any(ends))
}

fn complaint(name: &str) -> String {
    let names: Vec<String> = SETTINGS
        .iter()
        .map(|s| format!("{PREFIX}{}", s.key.to_ascii_uppercase().replace('.', "__")))
        .collect();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("the variable `{name}` sets nothing: did you mean `{near}`?"),
        None => format!(
            "the variable `{name}` sets nothing: docs/configuration.md lists all that do; unset it, or \
             give what is no setting another prefix"
        ),
    }
}
