//! Base URLs.

use crate::document::Node;

/// OpenAPI 3: `servers`, with each variable at its default.
pub(super) fn from_list(root: Node<'_>) -> Vec<String> {
    let servers = root.get("servers").into_iter().flat_map(Node::items);
    servers.filter_map(url).collect()
}

fn url(server: Node<'_>) -> Option<String> {
    let mut url = server.get("url")?.string()?.trim().to_owned();
    let variables = server.get("variables").into_iter().flat_map(Node::members);
    for variable in variables {
        if let Some(default) = variable.value.get("default").and_then(Node::scalar) {
            url = url.replace(&format!("{{{}}}", variable.name), default);
        }
    }
    (!url.is_empty()).then_some(url)
}

/// OpenAPI 2: `schemes`, `host` and `basePath` put together.
pub(super) fn from_parts(root: Node<'_>) -> Vec<String> {
    let text = |name| root.get(name).and_then(Node::string).map(str::trim);
    let base = text("basePath").unwrap_or("").trim_end_matches('/');
    let Some(host) = text("host").filter(|host| !host.is_empty()) else {
        return (!base.is_empty())
            .then(|| base.to_owned())
            .into_iter()
            .collect();
    };
    let slash = if base.is_empty() || base.starts_with('/') {
        ""
    } else {
        "/"
    };
    let schemes = root.get("schemes").into_iter().flat_map(Node::items);
    let mut schemes: Vec<&str> = schemes.filter_map(Node::string).collect();
    if schemes.is_empty() {
        schemes.push("https");
    }
    // The secure ones first: the first server becomes the backend of an API that names none.
    schemes.sort_by_key(|scheme| !matches!(*scheme, "https" | "wss"));
    schemes
        .into_iter()
        .map(|scheme| format!("{scheme}://{host}{slash}{base}"))
        .collect()
}
