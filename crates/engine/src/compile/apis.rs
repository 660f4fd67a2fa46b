//! APIs and operations: facts, routes and plans.

use std::collections::HashMap;
use std::sync::Arc;

use http::{HeaderName, Method};
use portcullis_model::api::{Api, ApiKind, Operation, TemplateSegment, UrlTemplate, VersionScheme};
use portcullis_model::code::engine as code;
use portcullis_model::id::{ApiId, OperationId};
use portcullis_model::{Configuration, Diagnostic, Diagnostics};
use portcullis_policy::backend_url;
use portcullis_policy::facts::{ApiFacts, OperationFacts};
use portcullis_policy::host::BackendTarget;
use portcullis_policy::names::Names;
use portcullis_policy::plan::{Plan, Unavailable};

use super::documents::{ApiDocuments, Documents};
use super::texts::NamedTexts;
use super::{OpenOperations, Options};
use crate::route::{OperationTable, SuffixEntry, SuffixTable, Version, fold};
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
        let mut places = HashMap::new();
        let configuration = self.configuration;
        for api in &configuration.apis {
            let version = self.version(api);
            let segments: Vec<String> = api
                .path
                .segments()
                .chain(version.segment.as_deref())
                .map(|segment| fold(segment).into_owned())
                .collect();
            let place = (segments.join("/"), version.version.clone(), api.revision);
            if let Some(first) = places.get(&place) {
                self.duplicate(api, first);
                continue;
            }
            places.insert(place, api.id.clone());
            let entry = SuffixEntry {
                api: built.apis.len(),
                version: version.version,
                revision: api.revision,
                is_current: api.is_current,
            };
            built
                .suffixes
                .add(segments.iter().map(String::as_str), entry);
            let compiled = self.api(api, built.apis.len());
            built.apis.push(compiled);
        }
        self.summary.apis = built.apis.len();
        built
    }

    fn duplicate(&mut self, api: &Api, first: &ApiId) {
        let message = format!(
            "the API `{}` has the URL of the API `{first}`, which is served",
            api.id
        );
        let (source, span) = api.at;
        self.found.push(Diagnostic::error(
            code::DUPLICATE_ROUTE,
            source,
            span,
            message,
        ));
    }

    fn version(&mut self, api: &Api) -> Place {
        let plain = Place {
            version: Version::None,
            segment: None,
        };
        let Some(version) = &api.version else {
            return plain;
        };
        let set = self
            .configuration
            .version_sets
            .iter()
            .find(|s| s.id == version.set);
        let Some(set) = set else {
            let message = format!(
                "the API `{}` is in the version set `{}`, which does not exist",
                api.id, version.set
            );
            let (source, span) = api.at;
            self.found.push(Diagnostic::error(
                code::DANGLING_REFERENCE,
                source,
                span,
                message,
            ));
            return plain;
        };
        let name: Option<Box<str>> = version
            .name
            .as_deref()
            .filter(|n| !n.trim().is_empty())
            .map(Into::into);
        match &set.scheme {
            // Folders that were exported carry the version in the path already.
            VersionScheme::Segment => {
                let last = api.path.segments().last();
                let named = last
                    .zip(name.as_deref())
                    .is_some_and(|(l, n)| l.eq_ignore_ascii_case(n));
                Place {
                    segment: name.filter(|_| !named).map(String::from),
                    ..plain
                }
            }
            VersionScheme::Header(header) => match HeaderName::from_bytes(header.as_bytes()) {
                Ok(header) => Place {
                    version: Version::Header {
                        name: header,
                        version: name.as_deref().map(folded),
                    },
                    ..plain
                },
                // The reader of the folder reports what cannot be the name of a header.
                Err(_) => plain,
            },
            VersionScheme::Query(query) => Place {
                version: Version::Query {
                    name: folded(query),
                    version: name.as_deref().map(folded),
                },
                ..plain
            },
        }
    }

    fn api(&mut self, api: &Api, index: usize) -> CompiledApi {
        let documents = self.documents.of_api(api, self.names, self.found);
        let members: Vec<usize> = (self.configuration.products.iter().enumerate())
            .filter(|(_, product)| product.apis.contains(&api.id))
            .map(|(at, _)| at)
            .collect();
        let service = self.service(api);
        let broken = service.as_ref().err().cloned();
        let unsupported = match &api.kind {
            ApiKind::Http | ApiKind::WebSocket | ApiKind::Grpc => None,
            ApiKind::Unsupported { kind, missing } => Some(Unavailable {
                code: code::API_UNSUPPORTED,
                message: format!("{kind} APIs are not served yet: {missing}").into(),
            }),
        };
        let missing = unsupported.clone().or(broken);
        let plans = self.plans(&documents, None, &members, missing.as_ref());
        let mut compiled = CompiledApi {
            facts: facts(api, index, service.ok().flatten()),
            protocols: api.protocols,
            subscription_required: api.subscription_required,
            key_header: HeaderName::from_bytes(api.key_names.header.as_bytes())
                .unwrap_or(DEFAULT_KEY_HEADER),
            open_product: self.open_product(api, &members),
            products: members,
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
            self.operation(&mut compiled, operation, &documents, missing.as_ref());
        }
        compiled
    }

    fn operation(
        &mut self,
        api: &mut CompiledApi,
        operation: &Operation,
        documents: &ApiDocuments,
        missing: Option<&Unavailable>,
    ) {
        // A method that is none can match no request.
        let Ok(method) = Method::from_bytes(operation.method.as_bytes()) else {
            return;
        };
        let index = api.operations.len();
        api.table.add(method, &operation.template, index);
        let mut plans = if documents.has_own(&operation.id) {
            self.plans(documents, Some(&operation.id), &api.products, missing)
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
        documents: &ApiDocuments,
        operation: Option<&OperationId>,
        products: &[usize],
        missing: Option<&Unavailable>,
    ) -> Plans {
        let shared = &*self.documents;
        let plan = |product| {
            let mut plan = shared.plan(documents, operation, product);
            plan.unavailable = missing.cloned().or(plan.unavailable);
            Arc::new(plan)
        };
        let by_product = products
            .iter()
            .filter_map(|at| self.products.get(*at))
            .map(|product| (product.facts.index, plan(Some(&product.facts.id))))
            .collect();
        Plans {
            without: plan(None),
            by_product,
        }
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

/// Where a version stands in a request.
struct Place {
    version: Version,
    segment: Option<String>,
}

fn folded(text: &str) -> Box<str> {
    fold(text.trim()).into()
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
