//! What a configuration becomes: every name resolved, every policy compiled, every route built.
//!
//! A compilation always gives a snapshot. What cannot run in it answers 503; whether a snapshot with
//! errors is put in place is for the caller to decide.

mod apis;
mod documents;
mod entities;
mod places;
mod products;
mod texts;

use std::sync::Arc;

use portcullis_model::secret::{Secret, SecretSource};
use portcullis_model::{Configuration, Diagnostics};
use portcullis_policy::exchange::{Limits, Service};
use portcullis_policy::facts::{ApiFacts, DeploymentFacts};
use portcullis_policy::names::Names;
use portcullis_policy::parse::References;

use crate::access::ForeignKey;
use crate::snapshot::{Access, Snapshot, Summary};

/// Gives the text behind a reference to a secret. Implemented by `server`.
pub trait SecretResolver {
    /// The text, or why it cannot be had, as a sentence part.
    fn resolve(&self, source: &SecretSource) -> Result<Secret, String>;
}

/// What happens to operations that anybody may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenOperations {
    /// They are listed and run.
    #[default]
    Warn,
    /// They answer 503.
    Deny,
}

/// Choices of the operator, not of the configuration's author.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What happens to a key that opens nothing, where none is needed.
    pub foreign_key: ForeignKey,
    /// What happens to operations that anybody may call.
    pub open_operations: OpenOperations,
    /// What a reference to something that is not at hand means.
    pub references: References,
    /// The installation as policies see it.
    pub deployment: DeploymentFacts,
    /// Bounds on what one request may use.
    pub limits: Limits,
}

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation {
    /// What would be served.
    pub snapshot: Snapshot,
    /// Everything that is wrong with the configuration.
    pub diagnostics: Diagnostics,
}

/// Compiles a configuration. `names` are those of the snapshot before, or none.
pub fn compile(
    configuration: &Configuration,
    secrets: &dyn SecretResolver,
    options: Options,
    mut names: Names,
) -> Compilation {
    let mut found = Diagnostics::default();
    let texts = texts::NamedTexts::resolve(&configuration.named_values, secrets, &mut found);
    let entities = entities::Entities::resolve(configuration, &texts, secrets, &mut found);
    let mut documents = documents::Documents::compile(
        configuration,
        &texts,
        &entities,
        &options,
        &mut names,
        &mut found,
    );
    let products = products::products(configuration, &mut found);
    let mut access = Access {
        foreign_key: options.foreign_key,
        ..Access::default()
    };
    let subscriptions = products::subscriptions(
        configuration,
        &products,
        secrets,
        &mut access.keys,
        &mut found,
    );
    let mut summary = Summary {
        products: products.len(),
        subscriptions: subscriptions.len(),
        ..Summary::default()
    };
    let built = apis::Builder {
        configuration,
        texts: &texts,
        products: &products,
        options: &options,
        documents: &mut documents,
        names: &mut names,
        found: &mut found,
        summary: &mut summary,
    }
    .build();
    let global = documents.global_plan();
    let Options {
        deployment, limits, ..
    } = options;
    let snapshot = Snapshot {
        service: Service {
            deployment,
            names,
            limits,
        },
        suffixes: built.suffixes,
        apis: built.apis,
        products,
        subscriptions,
        access,
        nowhere: nowhere(),
        global: Arc::new(global),
        summary,
    };
    Compilation {
        snapshot,
        diagnostics: found,
    }
}

/// Stands in for the API of a request that reaches none.
fn nowhere() -> ApiFacts {
    use portcullis_model::api::KeyNames;
    use portcullis_model::id::{ApiId, Revision};
    let names = KeyNames::default();
    ApiFacts {
        index: None,
        id: ApiId::none(),
        name: Box::default(),
        path: Box::default(),
        revision: Revision::default(),
        is_current: true,
        version: None,
        service: None,
        protocols: Box::default(),
        key_header: names.header.into(),
        key_query: names.query.into(),
    }
}
