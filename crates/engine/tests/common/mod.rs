//! Loads a configuration and sends requests to what came of it.

use portcullis_engine::{Compilation, Options, SecretResolver, Served, Snapshot, compile, serve};
use portcullis_model::Configuration;
use portcullis_model::secret::{Secret, SecretSource};
use portcullis_policy::names::Names;
use portcullis_testkit::ready;
use portcullis_testkit::request::RequestDraft;
use portcullis_testkit::rig::Rig;

/// Secrets are written in clear, and an environment variable is its own name without `_`.
struct Clear;

impl SecretResolver for Clear {
    fn resolve(&self, source: &SecretSource) -> Result<Secret, String> {
        match source {
            SecretSource::Clear(secret) => Ok(secret.clone()),
            SecretSource::Environment(name) => Ok(Secret::new(name.replace('_', ""))),
            _ => Err("tests have no such secrets".to_owned()),
        }
    }
}

/// Compiles a configuration.
pub(crate) fn load(configuration: &Configuration, options: Options) -> Compilation {
    compile(configuration, &Clear, options, Names::default())
}

/// Sends a request that is written as text.
pub(crate) fn ask(snapshot: &Snapshot, rig: &Rig, request: &str) -> Served {
    let draft = RequestDraft::parse(request).unwrap();
    let conn = draft.connection();
    let inbound = draft.inbound(1, &rig.clock).unwrap();
    let host = rig.host();
    ready::block_on(serve(snapshot, &conn, Box::new(inbound), &host))
}
