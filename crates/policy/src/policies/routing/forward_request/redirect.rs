//! Where a redirection leads, and what may go there (RFC 9110 §15.4).

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE,
    CONTENT_TYPE, HOST, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION, RANGE, USER_AGENT,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, StatusCode};

use crate::backend_url;
use crate::facts::Scheme;
use crate::host::{BackendTarget, UpstreamResponse};
use crate::path;

/// How many redirections are followed; the response after that goes to the caller as it is.
pub(super) const MAX_REDIRECTS: usize = 10;

/// What may cross to another origin: nothing in it can be a credential.
const HARMLESS: [HeaderName; 10] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    CACHE_CONTROL,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    RANGE,
    USER_AGENT,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// What describes a body that is not sent.
const ABOUT_THE_BODY: [HeaderName; 3] = [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE];

/// A request that followed a redirection, or the first one.
#[derive(Debug)]
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: PathAndQuery,
    pub(super) payload: Payload,
    /// Where it goes, once it has left the exchange's own backend: credentials stay behind from
    /// then on, even if the way leads back.
    pub(super) elsewhere: Option<Arc<BackendTarget>>,
}

/// Whether the body goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    Kept,
    Dropped,
}

/// A reference, resolved.
#[derive(Debug)]
struct Target {
    /// `None` is the origin that the reference came from.
    origin: Option<BackendTarget>,
    url: PathAndQuery,
}

/// The hop that a response asks for; `None` if it is no redirection or one that must not be
/// followed.
pub(super) fn next(response: &UpstreamResponse, own: &BackendTarget, hop: &Hop) -> Option<Hop> {
    let (method, payload) = request_after(response.status, hop)?;
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    let from = hop.elsewhere.as_deref().unwrap_or(own);
    let Target { origin, url } = resolve(location, from, &hop.url)?;
    let elsewhere = match origin {
        None => hop.elsewhere.clone(),
        Some(origin) if hop.elsewhere.is_none() && is_same(&origin, own) => None,
        Some(origin) => Some(Arc::new(origin)),
    };
    let Some(other) = &elsewhere else {
        return Some(Hop {
            method,
            url,
            payload,
            elsewhere,
        });
    };
    let only_reads = matches!(method, Method::GET | Method::HEAD);
    let loses_encryption = from.scheme == Scheme::Https && other.scheme == Scheme::Http;
    let payload = Payload::Dropped;
    (only_reads && !loses_encryption).then_some(Hop {
        method,
        url,
        payload,
        elsewhere,
    })
}

/// Takes out of the headers for the own backend what must not go along on this hop.
pub(super) fn prune(headers: &mut HeaderMap, hop: &Hop) {
    if let Some(other) = &hop.elsewhere {
        let all: Vec<HeaderName> = headers.keys().cloned().collect();
        for name in all.iter().filter(|name| !HARMLESS.contains(name)) {
            headers.remove(name);
        }
        headers.insert(HOST, other.authority.clone());
    }
    if hop.payload == Payload::Dropped {
        for name in &ABOUT_THE_BODY {
            headers.remove(name);
        }
    }
}

fn request_after(status: StatusCode, hop: &Hop) -> Option<(Method, Payload)> {
    let method = &hop.method;
    match status {
        StatusCode::SEE_OTHER if method == Method::HEAD => Some((Method::HEAD, Payload::Dropped)),
        StatusCode::SEE_OTHER => Some((Method::GET, Payload::Dropped)),
        // What browsers always did, and the standard allows.
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if method == Method::POST => {
            Some((Method::GET, Payload::Dropped))
        }
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => Some((method.clone(), hop.payload)),
        _ => None,
    }
}

/// Resolves a reference (RFC 3986 §5.2) from `url` at `from`.
fn resolve(location: &str, from: &BackendTarget, url: &PathAndQuery) -> Option<Target> {
    let location = location.split('#').next()?.trim();
    let absolute = location
        .split_once("://")
        .filter(|(scheme, _)| is_scheme(scheme));
    let scheme = from.scheme.as_str();
    let network = location.strip_prefix("//").map(|rest| (scheme, rest));
    let Some((scheme, rest)) = absolute.or(network) else {
        return Some(Target {
            origin: None,
            url: relative(location, url)?,
        });
    };
    let (authority, local) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let origin = backend_url::parse(&format!("{scheme}://{authority}")).ok()?;
    let local = if local.starts_with('/') {
        local.to_owned()
    } else {
        format!("/{local}")
    };
    Some(Target {
        origin: Some(origin),
        url: relative(&local, url)?,
    })
}

fn is_scheme(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

fn relative(location: &str, url: &PathAndQuery) -> Option<PathAndQuery> {
    let (path, query) = location
        .split_once('?')
        .map_or((location, None), |(p, q)| (p, Some(q)));
    let path: Cow<'_, str> = if path.starts_with('/') {
        path.into()
    } else if path.is_empty() {
        url.path().into()
    } else {
        let folder = url.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{path}").into()
    };
    let mut all = Vec::from(path::normalize(&Bytes::from(path.into_owned())).ok()?);
    if let Some(query) = query {
        all.push(b'?');
        all.extend_from_slice(query.as_bytes());
    }
    PathAndQuery::from_maybe_shared(Bytes::from(all)).ok()
}

fn is_same(one: &BackendTarget, other: &BackendTarget) -> bool {
    one.scheme == other.scheme
        && one.port == other.port
        && one.host.eq_ignore_ascii_case(&other.host)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::body::Body;

    const OWN: &str = "https://own.example";

    /// Where a redirection to `location` leads: method, URL, whether the body goes along.
    fn lead(status: u16, method: &str, location: &str, elsewhere: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let response = UpstreamResponse {
            status,
            headers,
            body: Body::Empty,
            upgraded: None,
        };
        let hop = Hop {
            method: method.parse().unwrap(),
            url: PathAndQuery::from_static("/a/b?c=d"),
            payload: Payload::Kept,
            elsewhere: elsewhere.map(|url| Arc::new(backend_url::parse(url).unwrap())),
        };
        let next = next(&response, &backend_url::parse(OWN).unwrap(), &hop)?;
        let host = next
            .elsewhere
            .as_ref()
            .map_or("own", |t| t.authority.to_str().unwrap());
        let payload = if next.payload == Payload::Kept {
            "with body"
        } else {
            ""
        };
        Some(
            format!("{} {host} {} {payload}", next.method, next.url)
                .trim_end()
                .to_owned(),
        )
    }

    #[test]
    fn the_status_decides_what_is_sent_next() {
        let check = |status, method, expect: Option<&str>| {
            assert_eq!(
                lead(status, method, "/x", None).as_deref(),
                expect,
                "{status} {method}"
            );
        };
        check(301, "GET", Some("GET own /x with body"));
        check(301, "POST", Some("GET own /x"));
        check(302, "PUT", Some("PUT own /x with body"));
        check(303, "PUT", Some("GET own /x"));
        check(303, "HEAD", Some("HEAD own /x"));
        check(307, "POST", Some("POST own /x with body"));
        check(308, "DELETE", Some("DELETE own /x with body"));
        check(200, "GET", None);
        check(300, "GET", None);
        check(304, "GET", None);
    }

    #[test]
    fn a_reference_is_resolved_from_where_it_was_given() {
        let check = |location, expect: Option<&str>| {
            assert_eq!(
                lead(303, "GET", location, None).as_deref(),
                expect,
                "{location}"
            );
        };
        check("/x/../y?z=1#f", Some("GET own /y?z=1"));
        check("x", Some("GET own /a/x"));
        check("../x", Some("GET own /x"));
        check("?x=1", Some("GET own /a/b?x=1"));
        check("https://OWN.example:443/x", Some("GET own /x"));
        check(
            "https://own.example:8443/x",
            Some("GET own.example:8443 /x"),
        );
        check("//other.example/x", Some("GET other.example /x"));
        check("https://other.example", Some("GET other.example /"));
        check("https://other.example?x=1", Some("GET other.example /?x=1"));
        check("/../..", None);
        check("https://user@other.example/", None);
        check("ftp://other.example/", None);
    }

    #[test]
    fn only_reading_follows_to_another_origin_and_never_out_of_encryption() {
        let other = "https://other.example/x";
        assert_eq!(lead(307, "POST", other, None), None);
        assert_eq!(
            lead(307, "GET", other, None).as_deref(),
            Some("GET other.example /x")
        );
        assert_eq!(
            lead(302, "POST", other, None).as_deref(),
            Some("GET other.example /x")
        );
        assert_eq!(lead(302, "GET", "http://own.example/x", None), None);
        let back = lead(
            302,
            "GET",
            "https://own.example/x",
            Some("https://other.example"),
        );
        assert_eq!(
            back.as_deref(),
            Some("GET own.example /x"),
            "credentials stay behind"
        );
    }

    #[test]
    fn credentials_stay_behind() {
        let mut headers = HeaderMap::new();
        for name in [
            "accept",
            "authorization",
            "cookie",
            "x-functions-key",
            "host",
            "content-type",
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("v"));
        }
        let hop = Hop {
            method: Method::GET,
            url: PathAndQuery::from_static("/"),
            payload: Payload::Dropped,
            elsewhere: Some(Arc::new(
                backend_url::parse("https://other.example").unwrap(),
            )),
        };
        prune(&mut headers, &hop);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["accept", "host"]);
        assert_eq!(headers["host"], "other.example");
    }
}
