//! What the policies and information files of a folder name: keys, networks, headers, origins.

use std::net::IpAddr;
use std::path::PathBuf;

use http::{HeaderMap, HeaderName, HeaderValue};
use portcullis_engine::SecretResolver;
use portcullis_model::Configuration;
use portcullis_model::config::NamedValueText;
use portcullis_model::secret::{Secret, SecretSource};
use portcullis_testkit::request::CLIENT;

use crate::tree::Tree;

/// The one environment variable that is set.
pub(crate) const VARIABLE: (&str, &str) = ("PORTCULLIS_PROOF_SECRET", "a text of the environment");

/// Resolves references as the gateway does, but for the environment.
#[derive(Debug)]
pub(crate) struct InFolder(pub(crate) PathBuf);

impl SecretResolver for InFolder {
    fn resolve(&self, source: &SecretSource) -> Result<Secret, String> {
        match source {
            SecretSource::Clear(secret) => Ok(secret.clone()),
            SecretSource::Environment(name) if name == VARIABLE.0 => Ok(Secret::new(VARIABLE.1)),
            SecretSource::File(path) => std::fs::read_to_string(self.0.join(path))
                .map(|text| Secret::new(text.trim_end_matches(['\r', '\n'])))
                .map_err(|error| error.to_string()),
            _ => Err("it cannot be had".to_owned()),
        }
    }
}

/// What probes are made of.
#[derive(Debug)]
pub(crate) struct Site {
    /// Every subscription's keys.
    pub(crate) keys: Vec<String>,
    /// A stranger's address, then some that policies name.
    pub(crate) addresses: Vec<IpAddr>,
    /// Every header that a policy asks for, with a value that it takes.
    pub(crate) headers: HeaderMap,
    /// An origin that a policy names.
    pub(crate) origins: Vec<String>,
    /// One call more than the lowest rate allows.
    pub(crate) most_calls: usize,
    /// Every path of an API, those that are not served included.
    pub(crate) paths: Vec<String>,
}

impl Site {
    pub(crate) fn of(tree: &Tree, configuration: &Configuration, secrets: &InFolder) -> Self {
        let policies = tree.0.keys().filter(|path| path.ends_with("policy.xml"));
        let policies: String = policies
            .map(|path| filled(tree.text(path), configuration, secrets))
            .collect();
        let inside = texts(&policies, "<address>", "</address>").chain(texts(
            &policies,
            "<address-range from=\"",
            "\"",
        ));
        let inside = inside.filter_map(|text| text.parse().ok()).take(2);
        let calls = texts(&policies, "calls=\"", "\"").filter_map(|text| text.parse().ok());
        let sheets = tree.0.keys().filter(|p| p.ends_with("apiInformation.json"));
        let origins = texts(&policies, "<origin>", "</origin>");
        Self {
            keys: keys(configuration, secrets),
            addresses: std::iter::once(CLIENT).chain(inside).collect(),
            headers: asked_for(&policies),
            origins: origins.take(1).map(str::to_owned).collect(),
            most_calls: calls.min().unwrap_or(0).min(8) + 1,
            paths: sheets.filter_map(|path| path_of(tree.text(path))).collect(),
        }
    }
}

fn path_of(sheet: &str) -> Option<String> {
    let sheet: serde_json::Value = serde_json::from_str(sheet).ok()?;
    Some(sheet.pointer("/properties/path")?.as_str()?.to_owned())
}

fn keys(configuration: &Configuration, secrets: &InFolder) -> Vec<String> {
    let references = configuration
        .subscriptions
        .iter()
        .flat_map(|s| s.primary_key.iter().chain(&s.secondary_key));
    let resolved = references.filter_map(|key| secrets.resolve(&key.source).ok());
    resolved.map(|key| key.expose().to_owned()).collect()
}

/// A text with its named values put in.
fn filled(text: &str, configuration: &Configuration, secrets: &InFolder) -> String {
    let mut text = text.to_owned();
    for value in &configuration.named_values {
        let resolved = match &value.value {
            NamedValueText::Plain(text) => Some(text.clone()),
            NamedValueText::Secret(secret) => {
                let resolved = secrets.resolve(&secret.source).ok();
                resolved.map(|secret| secret.expose().to_owned())
            }
            NamedValueText::Absent => None,
        };
        let reference = format!("{{{{{}}}}}", value.display_name);
        text = text.replace(&reference, &resolved.unwrap_or_default());
    }
    text
}

/// What stands between two words, wherever it does.
pub(crate) fn texts<'t>(
    text: &'t str,
    before: &'t str,
    after: &'t str,
) -> impl Iterator<Item = &'t str> {
    text.split(before)
        .skip(1)
        .filter_map(move |rest| Some(rest.split_once(after)?.0.trim()))
}

/// The headers of every `check-header`.
pub(crate) fn asked_for(policies: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for check in policies.split("<check-header").skip(1) {
        let end = check
            .find("/>")
            .into_iter()
            .chain(check.find("</check-header>"))
            .max();
        let check = &check[..end.unwrap_or(check.len())];
        let name = texts(check, "name=\"", "\"").next();
        let value = texts(check, "<value>", "</value>").next().unwrap_or("any");
        let name = name.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok());
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    headers
}
