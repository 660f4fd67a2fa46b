//! Chooses the service that the request goes to.
//!
//! # What it does
//!
//! `base-url` names the service by its address; `backend-id` by the backend of the configuration
//! that describes it, with its credentials and checks. The request goes to that address followed by
//! the path of the operation and the query.
//!
//! A backend that was chosen by `backend-id`, in whatever scope, is replaced only by another
//! `backend-id`, not by a `base-url`.
//!
//! With `backend-id="dapr"` the request is meant for a Dapr sidecar, which calls the method
//! `dapr-method` of the application `dapr-app-id`.
//!
//! # Where it may stand
//!
//! In `inbound` and `backend`, in every scope, as often as needed. In `outbound` it is accepted and
//! has no effect, since the backend was called already.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Exactly one of `base-url` and `backend-id` is given.
//!
//! # Example
//!
//! ```xml
//! <set-backend-service base-url="https://backend.example/v2" />
//! ```
//!
//! # Differences from Azure
//!
//! Service Fabric and the Dapr form cannot run yet.
//!
//! # Failure
//!
//! A backend that does not exist, and an address that is none, are errors when the document is
//! loaded. If they are computed they end the section: 500 and `on-error`. An address with a `.` or
//! `..` segment, however encoded, is none: a value in it must not lead up in its path.

use std::collections::HashMap;
use std::sync::Arc;

use portcullis_model::Span;
use portcullis_model::code::engine as code;
use portcullis_model::id::BackendId;

use crate::backend_url;
use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, FaultKind, Flow};
use crate::grammar::{
    Category, Choice, ElementSpec, Entity, Kind, PolicySpec, Repeat, Scopes, Sections, optional,
};
use crate::host::{BackendTarget, Host};
use crate::parse::{Attr, Checked};
use crate::plan::{Run, SyncStep};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set backend service",
    summary: "Chooses the service that the request goes to.",
    category: Category::Routing,
    sections: Sections::INBOUND
        .or(Sections::BACKEND)
        .or(Sections::OUTBOUND),
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            optional("base-url", Kind::Url, "the address of the service"),
            optional(
                "backend-id",
                Kind::Reference(Entity::Backend),
                "the backend that describes the service",
            ),
            optional(
                "sf-resolve-condition",
                Kind::Bool,
                "when a Service Fabric partition is resolved again",
            ),
            optional(
                "sf-service-instance-name",
                Kind::Text,
                "the Service Fabric service",
            ),
            optional(
                "sf-partition-key",
                Kind::Text,
                "the key of the Service Fabric partition",
            ),
            optional(
                "sf-listener-name",
                Kind::Text,
                "the Service Fabric listener",
            ),
            optional(
                "sf-replica-type",
                Kind::OneOf(&["primary", "secondary"]),
                "the kind of Service Fabric replica",
            ),
            optional("dapr-app-id", Kind::Text, "the Dapr application"),
            optional(
                "dapr-method",
                Kind::Text,
                "the method of the Dapr application",
            ),
            optional(
                "dapr-namespace",
                Kind::Text,
                "the namespace of the Dapr application",
            ),
        ],
        choices: &[
            Choice::exactly_one(&["base-url", "backend-id"]),
            Choice::all_or_none(&["dapr-app-id", "dapr-method"]),
        ],
        ..ElementSpec::new("set-backend-service")
    },
};

/// The attributes that only backends of Service Fabric have.
const SERVICE_FABRIC: [&str; 5] = [
    "sf-resolve-condition",
    "sf-service-instance-name",
    "sf-partition-key",
    "sf-listener-name",
    "sf-replica-type",
];

/// Chooses the service that the request goes to.
#[derive(Debug)]
struct SetBackendService(Service);

/// How the service is named.
#[derive(Debug)]
enum Service {
    /// Known when the document was loaded.
    Known(Arc<BackendTarget>),
    /// By an address that is computed.
    Url(Val<Box<str>>),
    /// By a backend's id that is computed.
    Id(Val<Box<str>>, Backends),
}

/// Every backend of the configuration that can be used.
#[derive(Debug)]
struct Backends(HashMap<BackendId, Arc<BackendTarget>>);

/// Compiled for outbound, where the backend was called already.
#[derive(Debug)]
struct TooLate;

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    if SERVICE_FABRIC.iter().any(|name| checked.has(name)) {
        cx.cannot_run_yet(checked, "Service Fabric");
        return None;
    }
    let service = match checked.text("base-url") {
        Some(attr) => by_url(checked, cx, attr)?,
        None => by_id(checked, cx)?,
    };
    Some(match cx.section() {
        crate::grammar::Section::Outbound => Run::sync(TooLate),
        _ => Run::sync(SetBackendService(service)),
    })
}

fn by_url(checked: &Checked<'_>, cx: &mut CompileCx<'_>, attr: Attr<String>) -> Option<Service> {
    let span = attr.span();
    match cx.text_of(checked, attr)? {
        Val::Known(url) => match backend_url::parse(&url) {
            Ok(target) => Some(Service::Known(Arc::new(target))),
            Err(why) => {
                let help = "write it as `https://host[:port]/path`";
                cx.error_with_help(checked, code::BACKEND_URL, span, why.to_string(), help);
                None
            }
        },
        computed @ Val::Computed(_) => Some(Service::Url(computed)),
    }
}

fn by_id(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Service> {
    let attr = checked.text("backend-id")?;
    let span = attr.span();
    match cx.text_of(checked, attr)? {
        Val::Known(id) => known_id(checked, cx, &id, span),
        computed @ Val::Computed(_) => Some(Service::Id(computed, Backends::new(cx.backends()))),
    }
}

fn known_id(
    checked: &Checked<'_>,
    cx: &mut CompileCx<'_>,
    id: &str,
    span: Span,
) -> Option<Service> {
    if id == "dapr" {
        cx.cannot_run_yet(checked, "Dapr sidecars");
        return None;
    }
    cx.backend(checked, id, span).map(Service::Known)
}

impl Backends {
    fn new(targets: Vec<Arc<BackendTarget>>) -> Self {
        let by_id = |target: Arc<BackendTarget>| {
            Some((BackendId::parse(target.id.as_deref()?).ok()?, target))
        };
        Self(targets.into_iter().filter_map(by_id).collect())
    }

    fn find(&self, id: &str) -> Result<Arc<BackendTarget>, Fault> {
        let found = BackendId::parse(id).ok().and_then(|id| self.0.get(&id));
        found.map(Arc::clone).ok_or_else(|| {
            let message = format!("there is no backend `{id}` that can be used");
            Fault::new(FaultKind::Internal, "BackendNotFound", message)
        })
    }
}

impl SyncStep for SetBackendService {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let target = match &self.0 {
            Service::Known(target) => Arc::clone(target),
            Service::Url(url) => {
                Arc::new(backend_url::parse(&url.text(ex, host)?).map_err(|why| {
                    Fault::new(FaultKind::Internal, "BackendUrlInvalid", why.to_string())
                })?)
            }
            Service::Id(id, backends) => backends.find(&id.text(ex, host)?)?,
        };
        ex.set_backend(target);
        Ok(Flow::Continue)
    }
}

impl SyncStep for TooLate {
    fn run(&self, _: &mut Exchange<'_>, _: &Host<'_>) -> Result<Flow, Fault> {
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backend_is_found_by_its_id_without_regard_to_case() {
        let target = backend_url::parse("https://orders.internal").unwrap();
        let orders = BackendTarget {
            id: Some("Orders".into()),
            ..target
        };
        let backends = Backends::new(vec![Arc::new(orders)]);
        for (id, found) in [
            ("Orders", true),
            ("orders", true),
            ("other", false),
            ("", false),
        ] {
            assert_eq!(backends.find(id).is_ok(), found, "{id}");
        }
    }
}
