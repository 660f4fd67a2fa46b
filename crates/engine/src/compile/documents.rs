//! Policy documents, each compiled once, and the plans that they come to.

use std::collections::HashMap;

use portcullis_model::api::Api;
use portcullis_model::id::{OperationId, ProductId};
use portcullis_model::policy::{PolicyText, Scope};
use portcullis_model::{Configuration, Diagnostics};
use portcullis_policy::compile::{self, CompiledDocument, Environment};
use portcullis_policy::inherit;
use portcullis_policy::names::Names;
use portcullis_policy::plan::Plan;

use super::Options;
use super::entities::Entities;
use super::texts::NamedTexts;

/// What every service runs that has no global document: the backend is called.
const DEFAULT_GLOBAL: &str =
    "<policies><inbound /><backend><forward-request /></backend><outbound /></policies>";

/// The documents of the scopes that APIs share.
pub(super) struct Documents<'c> {
    env: Environment<'c>,
    global: CompiledDocument,
    products: HashMap<ProductId, CompiledDocument>,
}

/// The documents of one API.
#[derive(Debug)]
pub(super) struct ApiDocuments {
    api: Option<CompiledDocument>,
    operations: HashMap<OperationId, CompiledDocument>,
}

impl<'c> Documents<'c> {
    pub(super) fn compile(
        configuration: &Configuration,
        texts: &'c NamedTexts,
        entities: &'c Entities<'c>,
        options: &Options,
        names: &mut Names,
        found: &mut Diagnostics,
    ) -> Self {
        let env = Environment {
            named_values: texts,
            catalogue: entities,
            references: options.references,
        };
        for fragment in &configuration.fragments {
            compile::fragment(&fragment.text, env, names, found);
        }
        let default = PolicyText {
            source: portcullis_model::SourceId(u32::MAX),
            text: DEFAULT_GLOBAL.into(),
            format: portcullis_model::policy::PolicyFormat::Raw,
        };
        let global = configuration.policy.as_ref().unwrap_or(&default);
        let global = compile::document(global, Scope::Global, None, env, names, found);
        let products = configuration
            .products
            .iter()
            .filter_map(|product| {
                let text = product.policy.as_ref()?;
                let document = compile::document(text, Scope::Product, None, env, names, found);
                Some((product.id.clone(), document))
            })
            .collect();
        Self {
            env,
            global,
            products,
        }
    }

    /// Compiles the documents of one API.
    pub(super) fn of_api(
        &self,
        api: &Api,
        names: &mut Names,
        found: &mut Diagnostics,
    ) -> ApiDocuments {
        let mut one = |text: &PolicyText, scope, template| {
            compile::document(text, scope, template, self.env, names, found)
        };
        let document = api.policy.as_ref().map(|text| one(text, Scope::Api, None));
        let operations = api
            .operation_policies
            .iter()
            .map(|(id, text)| {
                let operation = api.operations.iter().find(|o| o.id == *id);
                (
                    id.clone(),
                    one(text, Scope::Operation, operation.map(|o| &o.template)),
                )
            })
            .collect();
        ApiDocuments {
            api: document,
            operations,
        }
    }

    /// The effective policy of an operation (or of an API without one) in a product (or without).
    pub(super) fn plan(
        &self,
        documents: &ApiDocuments,
        operation: Option<&OperationId>,
        product: Option<&ProductId>,
    ) -> Plan {
        let chain: Vec<&CompiledDocument> = operation
            .and_then(|id| documents.operations.get(id))
            .into_iter()
            .chain(&documents.api)
            .chain(product.and_then(|id| self.products.get(id)))
            .chain([&self.global])
            .collect();
        inherit::effective(&chain)
    }

    /// The global policy alone.
    pub(super) fn global_plan(&self) -> Plan {
        inherit::effective(&[&self.global])
    }
}

impl ApiDocuments {
    /// Whether an operation has a document of its own; if not, it shares the plans of its API.
    pub(super) fn has_own(&self, operation: &OperationId) -> bool {
        self.operations.contains_key(operation)
    }
}
