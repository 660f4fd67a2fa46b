//! Backends and fragments: the entities that policies refer to.

use std::collections::HashMap;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use portcullis_model::Configuration;
use portcullis_model::backend::{Backend, BackendKind, SingleBackend, Verify};
use portcullis_model::code::engine as code;
use portcullis_model::id::{BackendId, FragmentId};
use portcullis_model::policy::PolicyText;
use portcullis_model::secret::SecretRef;
use portcullis_model::{Diagnostic, Diagnostics};
use portcullis_policy::backend_url;
use portcullis_policy::compile::{Catalogue, Lookup};
use portcullis_policy::host::{BackendTarget, BackendTls};

use super::SecretResolver;
use super::texts::NamedTexts;

/// Backends and fragments by id.
#[derive(Debug, Default)]
pub(super) struct Entities<'c> {
    backends: HashMap<BackendId, Result<Arc<BackendTarget>, String>>,
    fragments: HashMap<FragmentId, &'c PolicyText>,
}

impl<'c> Entities<'c> {
    pub(super) fn resolve(
        configuration: &'c Configuration,
        texts: &NamedTexts,
        secrets: &dyn SecretResolver,
        found: &mut Diagnostics,
    ) -> Self {
        let mut entities = Self::default();
        for backend in &configuration.backends {
            let target = target(backend, texts, secrets);
            if let Err(why) = &target {
                let message = format!("the backend `{}` cannot be used: {why}", backend.id);
                let (source, span) = backend.at;
                found.push(Diagnostic::warning(
                    code::BACKEND_UNUSABLE,
                    source,
                    span,
                    message,
                ));
            }
            entities
                .backends
                .insert(backend.id.clone(), target.map(Arc::new));
        }
        let fragments = configuration.fragments.iter();
        entities.fragments = fragments.map(|f| (f.id.clone(), &f.text)).collect();
        entities
    }
}

impl Catalogue for Entities<'_> {
    fn backend(&self, id: &str) -> Lookup<Arc<BackendTarget>> {
        match BackendId::parse(id)
            .ok()
            .and_then(|id| self.backends.get(&id))
        {
            Some(Ok(target)) => Lookup::Found(Arc::clone(target)),
            Some(Err(why)) => Lookup::Unusable(why.clone()),
            None => Lookup::Unknown(self.backends.keys().map(ToString::to_string).collect()),
        }
    }

    fn backends(&self) -> Vec<Arc<BackendTarget>> {
        self.backends.values().flatten().map(Arc::clone).collect()
    }

    fn fragment(&self, id: &str) -> Lookup<&PolicyText> {
        match FragmentId::parse(id)
            .ok()
            .and_then(|id| self.fragments.get(&id).copied())
        {
            Some(text) if text.format == portcullis_model::policy::PolicyFormat::Unreadable => {
                Lookup::Unusable(format!("the policy fragment `{id}` could not be read"))
            }
            Some(text) => Lookup::Found(text),
            None => Lookup::Unknown(self.fragments.keys().map(ToString::to_string).collect()),
        }
    }
}

fn target(
    backend: &Backend,
    texts: &NamedTexts,
    secrets: &dyn SecretResolver,
) -> Result<BackendTarget, String> {
    let single = match &backend.kind {
        BackendKind::Single(single) => single,
        BackendKind::Unsupported(why) => return Err(why.clone()),
    };
    let target = backend_url::parse(&texts.substitute(&single.url)?).map_err(|e| e.to_string())?;
    Ok(BackendTarget {
        id: Some(backend.id.as_str().into()),
        headers: headers(single, texts, secrets)?.into(),
        query: query(single, texts, secrets)?.into(),
        tls: match (single.verify_chain, single.verify_name) {
            (Verify::Yes, Verify::Yes) => BackendTls::Verify,
            (Verify::Yes, Verify::DangerSkip) => BackendTls::DangerSkipName,
            (Verify::DangerSkip, _) => BackendTls::DangerSkipAll,
        },
        ..target
    })
}

fn text(
    secret: &SecretRef,
    texts: &NamedTexts,
    secrets: &dyn SecretResolver,
) -> Result<String, String> {
    texts.substitute(secrets.resolve(&secret.source)?.expose())
}

fn headers(
    single: &SingleBackend,
    texts: &NamedTexts,
    secrets: &dyn SecretResolver,
) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let value = |text: &str| {
        let mut value =
            HeaderValue::from_str(text).map_err(|_| "a header value has control characters")?;
        value.set_sensitive(true);
        Ok::<_, String>(value)
    };
    let mut headers = Vec::new();
    for (name, values) in &single.headers {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` is not the name of a header"))?;
        for one in values {
            headers.push((header.clone(), value(&text(one, texts, secrets)?)?));
        }
    }
    if let Some((scheme, parameter)) = &single.authorization {
        let credentials = format!("{scheme} {}", text(parameter, texts, secrets)?);
        headers.push((http::header::AUTHORIZATION, value(&credentials)?));
    }
    Ok(headers)
}

/// A query parameter and its value, percent-encoded.
type Encoded = (Box<str>, Box<str>);

fn query(
    single: &SingleBackend,
    texts: &NamedTexts,
    secrets: &dyn SecretResolver,
) -> Result<Vec<Encoded>, String> {
    let encode = |text: &str| {
        let set = percent_encoding::NON_ALPHANUMERIC;
        percent_encoding::utf8_percent_encode(text, set)
            .to_string()
            .into_boxed_str()
    };
    let mut query = Vec::new();
    for (name, values) in &single.query {
        for one in values {
            query.push((encode(name), encode(&text(one, texts, secrets)?)));
        }
    }
    Ok(query)
}
