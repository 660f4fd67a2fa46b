//! Declared ways for callers to identify themselves.

use crate::description::{KeyPlace, SecurityScheme, SecuritySchemeKind};
use crate::document::Node;
use crate::reference::References;

/// `components.securitySchemes`, or `securityDefinitions` of OpenAPI 2.
pub(super) fn schemes<'d>(root: Node<'d>, references: &References<'d>) -> Vec<SecurityScheme> {
    let declared = root
        .get("components")
        .and_then(|components| components.get("securitySchemes"))
        .or_else(|| root.get("securityDefinitions"));
    let members = declared.into_iter().flat_map(Node::members);
    members
        .map(|member| SecurityScheme {
            name: member.name.to_owned(),
            kind: references
                .follow(member.value)
                .ok()
                .and_then(kind)
                .unwrap_or(SecuritySchemeKind::Unknown),
        })
        .collect()
}

fn kind(scheme: Node<'_>) -> Option<SecuritySchemeKind> {
    let text = |name| scheme.get(name).and_then(Node::string);
    match text("type")? {
        "apiKey" => Some(SecuritySchemeKind::ApiKey {
            place: match text("in")? {
                "header" => KeyPlace::Header,
                "query" => KeyPlace::Query,
                "cookie" => KeyPlace::Cookie,
                _ => return None,
            },
            parameter: text("name")?.to_owned(),
        }),
        "http" => Some(SecuritySchemeKind::Http {
            scheme: text("scheme")?.to_ascii_lowercase(),
        }),
        "basic" => Some(SecuritySchemeKind::Http {
            scheme: "basic".to_owned(),
        }),
        "oauth2" => Some(SecuritySchemeKind::OAuth2),
        "openIdConnect" => Some(SecuritySchemeKind::OpenIdConnect {
            metadata: text("openIdConnectUrl")?.to_owned(),
        }),
        "mutualTLS" => Some(SecuritySchemeKind::MutualTls),
        _ => None,
    }
}
