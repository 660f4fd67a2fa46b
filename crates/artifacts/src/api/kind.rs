//! What kinds of API there are, and which of them are served.

use portcullis_model::api::ApiKind;

use crate::record::Record;

/// `type` of an information file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Http,
    Soap,
    WebSocket,
    GraphQl,
    OData,
    Grpc,
    Mcp,
    A2a,
}

const TYPES: [(&str, Type); 8] = [
    ("http", Type::Http),
    ("soap", Type::Soap),
    ("websocket", Type::WebSocket),
    ("graphql", Type::GraphQl),
    ("odata", Type::OData),
    ("grpc", Type::Grpc),
    ("mcp", Type::Mcp),
    ("a2a", Type::A2a),
];

/// `type` counts; `apiType`, which says how to import, only when there is none.
pub(super) fn read(record: &mut Record<'_, '_>) -> Type {
    let import = record.choice("apiType", &TYPES);
    let kind = record.choice("type", &TYPES);
    kind.or(import).unwrap_or(Type::Http)
}

/// What is served of it.
pub(super) fn served(kind: Type) -> ApiKind {
    let (kind, missing) = match kind {
        Type::Http => return ApiKind::Http,
        Type::WebSocket => return ApiKind::WebSocket,
        Type::Grpc => return ApiKind::Grpc,
        Type::Soap => ("soap", "a WSDL reader is missing"),
        Type::GraphQl => ("graphql", "a query engine is missing"),
        Type::OData => ("odata", "a reader of OData metadata is missing"),
        Type::Mcp => ("mcp", "a tool endpoint is missing"),
        Type::A2a => ("a2a", "an agent endpoint is missing"),
    };
    ApiKind::Unsupported { kind, missing }
}
