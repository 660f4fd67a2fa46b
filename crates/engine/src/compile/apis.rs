//! APIs and operations: facts, routes and plans.

use std::sync::Arc;

use http::{HeaderName, Method};
use portcullis_model::api::{Api, ApiKind, Operation, TemplateSegment, UrlTemplate};
use portcullis_model::code::engine as code;
use portcullis_model::id::{ApiId, OperationId};
use portcullis_model::product::{Doubt, Product};
use portcullis_model::{Configuration, Diagnostic, Diagnostics};
use portcullis_policy::backend_url;
use portcullis_policy::facts::{ApiFacts, OperationFacts};
use portcullis_policy::host::BackendTarget;
use portcullis_policy::names::Names;
use portcullis_policy::plan::{Plan, Unavailable};

use super::documents::{ApiDocuments, Documents};
use super::places::{self, Place};
use super::texts::NamedTexts;
use super::{OpenOperations, Options};
use crate::route::{OperationTable, SuffixEntry, SuffixTable};
use crate::snapshot::{CompiledApi, CompiledOperation, CompiledProduct, Plans, Serving, Summary};

/// Policies that let nobody in without a credential of their own. They protect where they stand
/// directly in `inbound`, not in a branch.
const AUTHORIZING: [&str; 3] = [
    "validate-jwt",
    "validate-azure-ad-token",
    "validate-client-certificate",
];

/// What building the APIs needs, and what it adds to.
pub(super) struct Builder<'b, 'c> {
    pub(super) configuration: &'c Configuration,
    pub(super) texts: &'b NamedTexts,
    pub(super) products: &'b [CompiledProduct],
    pub(super) options: &'b Options,
    pub(super) documents: &'b mut Documents<'c>,
    pub(super) names: &'b mut Names,
    pub(super) found: &'b mut Diagnostics,
    pub(super) summary: &'b mut Summary,
}

/// The APIs and the way to them.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) suffixes: SuffixTable,
    pub(super) apis: Vec<CompiledApi>,
}

impl Builder<'_, '_> {
    pub(super) fn build(mut self) -> Built {
        let mut built = Built {
            suffixes: SuffixTable::default(),
            apis: Vec::new(),
        };
        let configuration = self.configuration;
        let places: Vec<Place> = configuration.apis.iter().map(|a| self.place(a)).collect();
        let contested = places::contested(&configuration.apis, &places, self.found);
        let all = configuration.apis.iter().zip(places);
        for ((api, place), contested) in all.zip(contested) {
            let entry = SuffixEntry {
                api: built.apis.len(),
                version: place.version,
                revision: api.revision,
                is_current: api.is_current,
            };
            built
                .suffixes
                .add(place.segments.iter().map(String::as_str), entry);
            let compiled = self.api(api, built.apis.len(), contested.or(place.broken));
            built.apis.push(compiled);
        }
        self.summary.apis = built.apis.len();
        built
    }

    fn place(&mut self, api: &Api) -> Place {
        places::of(api, self.configuration, self.found)
    }

    fn api(&mut self, api: &Api, index: usize, broken: Option<Unavailable>) -> CompiledApi {
        let documents = self.documents.of_api(api, self.names, self.found);
        let members: Vec<usize> = (self.configuration.products.iter().enumerate())
            .filter(|(_, product)| product.apis.contains(&api.id) || may_hold(product, &api.id))
            .map(|(at, _)| at)
            .collect();
        let service = self.service(api);
        let no_service = service.as_ref().err().cloned();
        let unsupported = match &api.kind {
            ApiKind::Http | ApiKind::WebSocket | ApiKind::Grpc => None,
            ApiKind::Unsupported { kind, missing } => Some(Unavailable {
                code: code::API_UNSUPPORTED,
                message: format!("{kind} APIs are not served yet: {missing}").into(),
            }),
        };
        let unsupported = unsupported.or(broken);
        let missing = unsupported.clone().or(no_service);
        let scope = Within {
            documents: &documents,
            api: &api.id,
            members: &members,
        };
        let plans = self.plans(scope, None, missing.as_ref());
        let mut compiled = CompiledApi {
            facts: facts(api, index, service.ok().flatten()),
            protocols: api.protocols,
            subscription_required: api.subscription_required,
            key_header: HeaderName::from_bytes(api.key_names.header.as_bytes())
                .unwrap_or(DEFAULT_KEY_HEADER),
            open_product: self.open_product(api, &members),
            products: members.clone(),
            operations: Vec::new(),
            table: OperationTable::default(),
            plans,
            serving: if unsupported.is_some() {
                Serving::Nothing
            } else {
                Serving::Operations
            },
        };
        if let Some(missing) = unsupported {
            self.summary
                .unavailable
                .push((api.id.to_string(), missing.message.to_string()));
            return compiled;
        }
        for operation in api.operations.iter() {
            self.operation(&mut compiled, operation, scope, missing.as_ref());
        }
        compiled
    }

    fn operation(
        &mut self,
        api: &mut CompiledApi,
        operation: &Operation,
        within: Within<'_>,
        missing: Option<&Unavailable>,
    ) {
        // A method that is none can match no request.
        let Ok(method) = Method::from_bytes(operation.method.as_bytes()) else {
            return;
        };
        let index = api.operations.len();
        api.table.add(method, &operation.template, index);
        let shadowed = self.may_shadow(operation);
        let missing = missing.or(shadowed.as_ref());
        let mut plans = if within.documents.has_own(&operation.id) || shadowed.is_some() {
            self.plans(within, Some(&operation.id), missing)
        } else {
            api.plans.clone()
        };
        self.summarize(api, operation, &mut plans);
        api.operations.push(CompiledOperation {
            facts: OperationFacts {
                index: u32::try_from(index).unwrap_or(u32::MAX),
                operation: operation.clone(),
            },
            parameters: parameters(&operation.template),
            plans,
        });
    }

    /// Lists what is open and what cannot run.
    fn summarize(&mut self, api: &CompiledApi, operation: &Operation, plans: &mut Plans) {
        self.summary.operations += 1;
        let name = format!("{}/{}", api.facts.id, operation.id);
        let open_plan = match api.open_product.and_then(|at| self.products.get(at)) {
            Some(product) => Some(plans.for_product(Some(&product.facts))),
            None if !api.subscription_required => Some(plans.without_product()),
            None => None,
        };
        // A call without key runs this plan, whether or not calls with a key have one that runs.
        let open = open_plan.is_some_and(|plan| plan.unavailable.is_none() && is_open(plan));
        if open && self.options.open_operations == OpenOperations::Deny {
            close(plans);
            self.summary.unavailable.push((name, OPEN.to_owned()));
            return;
        }
        if let Some(why) = plans.unavailable() {
            let why = (name.clone(), why.message.to_string());
            self.summary.unavailable.push(why);
        }
        if open {
            self.summary.open.push(name);
        }
    }

    fn plans(
        &mut self,
        within: Within<'_>,
        operation: Option<&OperationId>,
        missing: Option<&Unavailable>,
    ) -> Plans {
        let shared = &*self.documents;
        let plan = |product, missing: Option<Unavailable>| {
            let mut plan = shared.plan(within.documents, operation, product);
            plan.unavailable = missing.or(plan.unavailable);
            Arc::new(plan)
        };
        let through = |at: &usize| {
            let product = self.configuration.products.get(*at)?;
            let facts = &self.products.get(*at)?.facts;
            let doubtful = may_hold(product, within.api).then(|| doubt(product, within.api));
            let plan = plan(Some(&facts.id), missing.cloned().or(doubtful));
            Some((facts.index, plan))
        };
        Plans {
            without: plan(None, missing.cloned()),
            by_product: within.members.iter().filter_map(through).collect(),
        }
    }

    /// Why an operation is not served while the URL of another API is not known: with a parameter or a
    /// wildcard in its template it could take that one's calls.
    fn may_shadow(&self, operation: &Operation) -> Option<Unavailable> {
        let lost = self.configuration.unaddressed.first()?;
        let mut segments = operation.template.segments().iter();
        let is_open = segments.any(|segment| !matches!(segment, TemplateSegment::Literal(_)));
        is_open.then(|| Unavailable {
            code: code::UNKNOWN_URL,
            message: format!("the URL of the API `{}` is not known", lost.name).into(),
        })
    }

    /// The API's own backend, if it has one.
    fn service(&mut self, api: &Api) -> Result<Option<Arc<BackendTarget>>, Unavailable> {
        let Some(url) = api.service_url.as_deref().filter(|u| !u.trim().is_empty()) else {
            return Ok(None);
        };
        let target = self
            .texts
            .substitute(url)
            .and_then(|u| backend_url::parse(&u).map_err(|e| e.to_string()));
        target.map(|t| Some(Arc::new(t))).map_err(|why| {
            let message = format!(
                "the service URL of the API `{}` cannot be used: {why}",
                api.id
            );
            let (source, span) = api.at;
            self.found.push(Diagnostic::error(
                code::BACKEND_URL,
                source,
                span,
                message.clone(),
            ));
            Unavailable {
                code: code::BACKEND_URL,
                message: message.into(),
            }
        })
    }

    /// The product that lets callers in without a key: at most one for an API.
    fn open_product(&mut self, api: &Api, members: &[usize]) -> Option<usize> {
        let products = self.products;
        let mut open = members.iter().copied().filter(|at| {
            products
                .get(*at)
                .is_some_and(|p| !p.facts.subscription_required)
        });
        let first = open.next();
        if open.next().is_some() {
            let message = format!(
                "the API `{}` is in more than one open product; the first counts",
                api.id
            );
            let (source, span) = api.at;
            self.found.push(Diagnostic::warning(
                code::SECOND_OPEN_PRODUCT,
                source,
                span,
                message,
            ));
        }
        first
    }
}

const DEFAULT_KEY_HEADER: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");

const OPEN: &str = "anybody may call it, and `security.open_operations` is `deny`";

/// What the plans of one API are made of.
#[derive(Debug, Clone, Copy)]
struct Within<'a> {
    documents: &'a ApiDocuments,
    api: &'a ApiId,
    /// The products it is in, or may be in, by their places.
    members: &'a [usize],
}

/// Whether a product, for all that is known, lets callers of an API in without a key.
fn may_hold(product: &Product, api: &ApiId) -> bool {
    let meant = |doubt: &Doubt| match doubt {
        Doubt::Api(id) => id == api,
        Doubt::Any => true,
    };
    !product.subscription_required
        && !product.apis.contains(api)
        && product.doubts.iter().any(meant)
}

fn doubt(product: &Product, api: &ApiId) -> Unavailable {
    let message = format!("the API `{api}` may be in the product `{}`", product.id);
    Unavailable {
        code: code::UNKNOWN_MEMBERSHIP,
        message: message.into(),
    }
}

/// Whether a plan lets anybody in.
fn is_open(plan: &Plan) -> bool {
    !plan
        .inbound
        .steps()
        .iter()
        .any(|step| AUTHORIZING.contains(&step.element()))
}

fn close(plans: &mut Plans) {
    let closed = |plan: &Arc<Plan>| {
        let mut plan = Plan::clone(plan);
        plan.unavailable.get_or_insert_with(|| Unavailable {
            code: code::OPEN_OPERATION,
            message: OPEN.into(),
        });
        Arc::new(plan)
    };
    plans.without = closed(&plans.without);
    plans.by_product = plans
        .by_product
        .iter()
        .map(|(at, plan)| (*at, closed(plan)))
        .collect();
}

fn parameters(template: &UrlTemplate) -> Box<[Option<Box<str>>]> {
    use portcullis_model::api::TemplateValue;
    let path = template
        .segments()
        .iter()
        .filter_map(|segment| match segment {
            TemplateSegment::Literal(_) => None,
            TemplateSegment::Parameter { name, .. } => Some(Some(name.as_str().into())),
            TemplateSegment::Rest { name } => Some(name.as_deref().map(Into::into)),
        });
    let query = template
        .query()
        .iter()
        .filter_map(|(_, value)| match value {
            TemplateValue::Parameter(name) => Some(Some(name.as_str().into())),
            TemplateValue::Literal(_) => None,
        });
    path.chain(query).collect()
}

fn facts(api: &Api, index: usize, service: Option<Arc<BackendTarget>>) -> ApiFacts {
    let protocols = [
        (api.protocols.plain, "http"),
        (api.protocols.secure, "https"),
    ];
    ApiFacts {
        index: u32::try_from(index).ok(),
        id: api.id.clone(),
        name: api.name.as_str().into(),
        path: api.path.as_str().into(),
        revision: api.revision,
        is_current: api.is_current,
        version: api
            .version
            .as_ref()
            .and_then(|v| v.name.as_deref())
            .map(Into::into),
        service,
        protocols: protocols
            .iter()
            .filter(|(spoken, _)| *spoken)
            .map(|(_, name)| *name)
            .collect(),
        key_header: api.key_names.header.as_str().into(),
        key_query: api.key_names.query.as_str().into(),
    }
}
