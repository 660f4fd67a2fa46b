//! `specification.*`: the operations of an API.

use std::path::PathBuf;
use std::sync::Arc;

use portcullis_model::api::{ApiKind, Operation, UrlTemplate};
use portcullis_model::code::artifact as codes;
use portcullis_model::diagnostic::{Diagnostic, SourceId, Span};
use portcullis_model::id::OperationId;

use super::kind::{Type, served};
use super::sheet::Sheet;
use crate::backend::is_base_url;
use crate::disk::ReadDescription;
use crate::reading::{Place, Reading};

/// The files that can describe an API; the first that is there counts.
pub(super) const FILES: [&str; 5] = [
    "specification.graphql",
    "specification.wsdl",
    "specification.wadl",
    "specification.json",
    "specification.yaml",
];

/// What an API's description brings.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) kind: ApiKind,
    pub(super) title: Option<String>,
    /// The first server, for an API that names no service.
    pub(super) service_url: Option<String>,
    pub(super) operations: Arc<[Operation]>,
}

/// The description that counts, if it is one that can be read.
pub(super) fn path(place: &Place) -> Option<PathBuf> {
    let is_there = |file: &&str| place.listing.files.iter().any(|f| f == file);
    let file = FILES.into_iter().find(is_there)?;
    matches!(by_file(file), ApiKind::Http).then(|| place.path.join(file))
}

/// Reads the description that counts.
pub(super) fn read(reading: &mut Reading<'_>, place: &Place, sheet: &Sheet) -> Described {
    let mut files = FILES
        .into_iter()
        .filter(|file| place.listing.files.iter().any(|f| f == file));
    let chosen = files.next();
    for other in files {
        let source = reading.name_only(&place.path.join(other));
        let message = format!("`{other}` is not read: another description comes before it");
        let help = "keep one description";
        let at = Span::at(0);
        reading.warning(codes::NEAR_MISS, source, at, message, help);
    }
    let kind = match (served(sheet.kind), chosen) {
        (ApiKind::Http, Some(file)) => by_file(file),
        (kind, _) => kind,
    };
    match (&kind, chosen) {
        (ApiKind::Http | ApiKind::Grpc, Some(file)) => openapi(reading, place, sheet, file, kind),
        (ApiKind::WebSocket | ApiKind::Grpc, _) => Described::of(kind, implied(sheet.kind)),
        (ApiKind::Http, None) => {
            let (source, span) = sheet.at;
            let message = "the API has no description, so it has no operations";
            let help = "add `specification.yaml` or `specification.json`";
            reading.warning(codes::NO_DESCRIPTION, source, span, message, help);
            Described::of(kind, Vec::new())
        }
        (ApiKind::Unsupported { missing, .. }, _) => {
            let (source, span) = sheet.at;
            let message = format!("the API is not served yet: {missing}");
            let help = "it answers 503 until a version serves it";
            reading.warning(codes::UNSERVED_API, source, span, message, help);
            Described::of(kind, Vec::new())
        }
    }
}

impl Described {
    fn of(kind: ApiKind, operations: Vec<Operation>) -> Self {
        Self {
            kind,
            title: None,
            service_url: None,
            operations: Arc::from(operations),
        }
    }
}

/// An HTTP API may be described by something that is not read yet.
fn by_file(file: &str) -> ApiKind {
    let (kind, missing) = match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("graphql") => ("graphql", "a query engine is missing"),
        Some("wsdl") => ("wsdl", "a WSDL reader is missing"),
        Some("wadl") => ("wadl", "a WADL reader is missing"),
        _ => return ApiKind::Http,
    };
    ApiKind::Unsupported { kind, missing }
}

fn openapi(
    reading: &mut Reading<'_>,
    place: &Place,
    sheet: &Sheet,
    file: &str,
    kind: ApiKind,
) -> Described {
    let path = place.path.join(file);
    let most = reading.limits.description.bytes as u64;
    let unreadable = ApiKind::Unsupported {
        kind: "http",
        missing: "its description cannot be read",
    };
    let Some(Ok(text)) = reading.text(&path, most) else {
        return Described::of(unreadable, Vec::new());
    };
    let Some(read) = reading.disk.description(&path, sheet.query_parameters) else {
        return Described::of(unreadable, Vec::new());
    };
    let told = read.diagnostics.iter().map(|diagnostic| Diagnostic {
        source: text.source,
        ..diagnostic.clone()
    });
    reading.diagnostics.extend(told);
    if !read.sound {
        return Described::of(unreadable, Vec::new());
    }
    Described {
        kind,
        title: Some(read.title.trim().to_owned()).filter(|t| !t.is_empty()),
        service_url: first_server(reading, sheet, &read, text.source),
        operations: Arc::clone(&read.operations),
    }
}

/// The first absolute server stands in for a missing `serviceUrl`, as an import has it.
fn first_server(
    reading: &mut Reading<'_>,
    sheet: &Sheet,
    read: &ReadDescription,
    source: SourceId,
) -> Option<String> {
    if sheet.service_url.is_some() {
        return None;
    }
    let server = read.servers.first().filter(|server| is_base_url(server))?;
    if server.to_ascii_lowercase().contains(".azure-api.net") {
        let message = format!("the API has no `serviceUrl`, and its first server is `{server}`");
        let help = "add `serviceUrl` with the address of the service to the information file";
        let at = Span::at(0);
        reading.warning(codes::GATEWAY_AS_BACKEND, source, at, message, help);
    }
    Some(server.clone())
}

/// The one operation of an API that no description describes.
fn implied(kind: Type) -> Vec<Operation> {
    let (id, method, template) = match kind {
        Type::WebSocket => ("onHandshake", "GET", "/"),
        _ => ("call", "POST", "/*"),
    };
    let parts = OperationId::parse(id)
        .ok()
        .zip(UrlTemplate::parse(template).ok());
    let operation = parts.map(|(operation, template)| Operation {
        id: operation,
        name: id.to_owned(),
        description: None,
        method: method.to_owned(),
        template,
        responses: Vec::new(),
    });
    operation.into_iter().collect()
}
