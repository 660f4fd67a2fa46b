//! Headers that end at this hop, and those that begin here.

use http::header::{
    self, CONNECTION, HeaderMap, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE,
};

use portcullis_http1::is_head_only;

use crate::forwarding;

/// Headers that concern one connection only (RFC 9110 §7.6.1).
const HOP_BY_HOP: [HeaderName; 6] = [
    CONNECTION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
];

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
/// Part of the switch to HTTP/2 (RFC 7540 §3.2.1), which RFC 9113 §3.1 has withdrawn.
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// Removes every header that must not cross this hop, and those that `Connection` nominates.
///
/// `TE: trailers` is put back, because gRPC needs to tell the backend that trailers are welcome.
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    // Most messages carry none of them, and a look at every name costs less than a search for each.
    if !headers.keys().any(concerns_this_hop) {
        return;
    }
    let wants_trailers = headers
        .get(TE)
        .is_some_and(|te| te.as_bytes().eq_ignore_ascii_case(b"trailers"));
    if headers.contains_key(CONNECTION) {
        for name in nominated(headers) {
            headers.remove(name);
        }
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove(&KEEP_ALIVE);
    headers.remove(&PROXY_CONNECTION);
    headers.remove(&HTTP2_SETTINGS);
    if wants_trailers {
        headers.insert(TE, http::HeaderValue::from_static("trailers"));
    }
}

/// Removes from the trailers of a caller what has no business there (RFC 9110 §6.5.1): what frames,
/// routes or authenticates, and what states where the request came from. A backend that joins trailers
/// to headers must not get past policies that way what they check or take away.
pub(crate) fn remove_from_trailers(trailers: &mut HeaderMap) {
    let goes = |name: &&HeaderName| {
        is_head_only(name)
            || concerns_this_hop(name)
            || is_for_everybody(name)
            || forwarding::is_taken_for_another(name.as_str())
    };
    let kept_by_purpose = ["content-digest", "content-md5"];
    let found: Vec<HeaderName> = trailers
        .keys()
        .filter(goes)
        .filter(|name| !kept_by_purpose.contains(&name.as_str()))
        .cloned()
        .collect();
    for name in found {
        trailers.remove(name);
    }
}

fn concerns_this_hop(name: &HeaderName) -> bool {
    HOP_BY_HOP.contains(name) || [KEEP_ALIVE, PROXY_CONNECTION, HTTP2_SETTINGS].contains(name)
}

/// Whether a header is meant for all who read the message, whatever `Connection` says of it
/// (RFC 9110 §7.6.1): who it is from, what it asks for, what its body is. A caller who could have them
/// taken away here would have the backend decide without them.
fn is_for_everybody(name: &HeaderName) -> bool {
    const NAMES: [HeaderName; 12] = [
        header::ACCEPT,
        header::AUTHORIZATION,
        header::CACHE_CONTROL,
        header::COOKIE,
        header::EXPECT,
        header::HOST,
        header::ORIGIN,
        header::RANGE,
        header::REFERER,
        header::SET_COOKIE,
        header::TRAILER,
        header::VIA,
    ];
    const PREFIXES: [&str; 6] = [
        "access-control-",
        "content-",
        "if-",
        "ocp-apim-",
        "sec-",
        "traceparent",
    ];
    let text = name.as_str();
    NAMES.contains(name)
        || PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        || forwarding::rule(text).is_some()
}

/// The headers that `Connection` nominates, and that end here.
fn nominated(headers: &HeaderMap) -> Vec<HeaderName> {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|token| HeaderName::from_bytes(token.trim().as_bytes()).ok())
        .filter(|name| !is_for_everybody(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn trailers_state_nothing_that_is_decided_on() {
        let mut trailers = HeaderMap::new();
        for name in [
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "cookie",
            "forwarded",
            "host",
            "ocp-apim-subscription-key",
            "te",
            "transfer-encoding",
            "transfer_encoding",
            "x-forwarded-for",
            "x_forwarded_for",
            "x-original-url",
            "x-real-ip",
            "content-digest",
            "grpc-status",
            "x-checksum",
        ] {
            trailers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        remove_from_trailers(&mut trailers);
        let mut left: Vec<_> = trailers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-digest", "grpc-status", "x-checksum"]);
    }

    #[test]
    fn what_everybody_must_read_cannot_be_nominated_away() {
        let mut headers = HeaderMap::new();
        let names = [
            "authorization",
            "cookie",
            "content-type",
            "x-forwarded-for",
            "x-real-ip",
            "ocp-apim-subscription-key",
            "if-match",
        ];
        for name in names {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        let all = HeaderValue::try_from(names.join(", ")).unwrap();
        headers.insert(CONNECTION, all);
        remove_hop_by_hop(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left.len(), names.len(), "{left:?}");
    }

    #[test]
    fn what_concerns_one_hop_does_not_cross() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Secret-Hop"),
            ("x-secret-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("upgrade", "h2c"),
            ("te", "trailers"),
            ("proxy-authorization", "x"),
            ("x-end-to-end", "stays"),
        ] {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        remove_hop_by_hop(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["x-end-to-end", "te"]);
    }
}
