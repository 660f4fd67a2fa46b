//! The request as it goes to the backend.

use bytes::Bytes;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::exchange::{Exchange, RequestParts};
use crate::flow::{Fault, FaultKind};
use crate::header_name::remove_look_alikes;
use crate::host::BackendTarget;
use crate::policies::parts::query;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The headers of the request, with what this hop and the backend entity add.
pub(super) fn headers(ex: &Exchange<'_>, target: &BackendTarget) -> HeaderMap {
    let mut headers = ex.request().headers.clone();
    // A policy may have set `Host`; the caller's own never gets here.
    headers
        .entry(HOST)
        .or_insert_with(|| target.authority.clone());
    headers.insert(TRACEPARENT, ex.facts().trace.header());
    add(&mut headers, &target.headers);
    headers
}

/// What the entity says replaces what the caller sent, for it is often a credential.
fn add(headers: &mut HeaderMap, added: &[(HeaderName, HeaderValue)]) {
    for (name, _) in added {
        remove_look_alikes(headers, name);
        headers.remove(name);
    }
    for (name, value) in added {
        headers.append(name, value.clone());
    }
}

/// Base path and path; the base URL's query, the request's and the entity's.
pub(super) fn path_and_query(
    target: &BackendTarget,
    request: &RequestParts,
) -> Result<PathAndQuery, Fault> {
    let bytes = if is_plain(target) && request.query.is_none() {
        // Nothing to join: the bytes that were received go on.
        request.path.clone()
    } else {
        joined(target, &request.path, request.query.as_ref())
    };
    PathAndQuery::from_maybe_shared(bytes).map_err(|why| {
        let message = format!("the URL of the request to the backend is unusable: {why}");
        Fault::new(FaultKind::Internal, "BackendUrlInvalid", message)
    })
}

fn is_plain(target: &BackendTarget) -> bool {
    target.base_path.is_empty() && target.base_query.is_none() && target.query.is_empty()
}

fn joined(target: &BackendTarget, path: &[u8], query: Option<&Bytes>) -> Bytes {
    let base_query = target.base_query.as_deref().unwrap_or_default().as_bytes();
    let query = query.map(|query| without_added(query, target));
    let sent = query.as_deref().unwrap_or_default();
    let mut out =
        Vec::with_capacity(target.base_path.len() + path.len() + base_query.len() + sent.len() + 2);
    out.extend_from_slice(target.base_path.as_bytes());
    out.extend_from_slice(path);
    let mut separator = b'?';
    for query in [base_query, sent]
        .into_iter()
        .filter(|query| !query.is_empty())
    {
        out.push(std::mem::replace(&mut separator, b'&'));
        out.extend_from_slice(query);
    }
    for (name, value) in &target.query {
        out.push(std::mem::replace(&mut separator, b'&'));
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        out.extend_from_slice(value.as_bytes());
    }
    out.into()
}

/// What the entity adds replaces what the caller sent under the same name.
fn without_added(query: &Bytes, target: &BackendTarget) -> Bytes {
    if target.query.is_empty() {
        return query.clone();
    }
    query::without(query, |pair| {
        target
            .query
            .iter()
            .any(|(name, _)| query::same_name(name.as_bytes(), pair))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend_url;

    fn check(base: &str, added: &[(&str, &str)], target: &'static str, expect: &str) {
        let (path, query) = target
            .split_once('?')
            .map_or((target, None), |(p, q)| (p, Some(q)));
        let backend = BackendTarget {
            query: added
                .iter()
                .map(|(n, v)| ((*n).into(), (*v).into()))
                .collect(),
            ..backend_url::parse(base).unwrap()
        };
        let request = RequestParts {
            method: http::Method::GET,
            path: Bytes::from_static(path.as_bytes()),
            query: query.map(|query| Bytes::from_static(query.as_bytes())),
            headers: HeaderMap::new(),
            removed: Vec::new(),
            body: crate::exchange::MessageBody::default(),
        };
        let got = path_and_query(&backend, &request).unwrap();
        assert_eq!(got.as_str(), expect, "{base} {target}");
    }

    #[test]
    fn the_base_url_comes_first_and_what_the_entity_adds_last() {
        check("http://b", &[], "/a", "/a");
        check("http://b", &[], "/a?x=1", "/a?x=1");
        check("http://b/v1/", &[], "/a?x=1", "/v1/a?x=1");
        check("http://b/v1", &[], "/", "/v1/");
        check("http://b/v1?k=0", &[], "/a", "/v1/a?k=0");
        check("http://b/v1?k=0", &[], "/a?x=1", "/v1/a?k=0&x=1");
        check(
            "http://b",
            &[("code", "s%2F")],
            "/a?x=1",
            "/a?x=1&code=s%2F",
        );
        check("http://b", &[("code", "s")], "/a", "/a?code=s");
        check(
            "http://b",
            &[("code", "s")],
            "/a?Code=guess&x=1",
            "/a?x=1&code=s",
        );
        check("http://b", &[], "/a?", "/a");
    }

    #[test]
    fn an_untouched_path_is_not_copied() {
        let path = Bytes::from_static(b"/orders/7");
        let target = backend_url::parse("http://b").unwrap();
        let request = RequestParts {
            method: http::Method::GET,
            path: path.clone(),
            query: None,
            headers: HeaderMap::new(),
            removed: Vec::new(),
            body: crate::exchange::MessageBody::default(),
        };
        let got = path_and_query(&target, &request).unwrap();
        assert_eq!(got.as_str().as_ptr(), path.as_ptr());
    }

    #[test]
    fn what_the_entity_adds_replaces_what_was_sent() {
        let mut headers = HeaderMap::new();
        let name = |name: &'static str| HeaderName::from_static(name);
        headers.append(name("x-key"), HeaderValue::from_static("guess"));
        headers.append(name("x_key"), HeaderValue::from_static("guess"));
        let added = [
            (name("x-key"), HeaderValue::from_static("1")),
            (name("x-key"), HeaderValue::from_static("2")),
        ];
        add(&mut headers, &added);
        assert_eq!(
            headers.get_all("x-key").iter().collect::<Vec<_>>(),
            ["1", "2"]
        );
        assert!(!headers.contains_key("x_key"), "servers join it to `x-key`");
    }
}
