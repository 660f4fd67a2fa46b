//! What a fault becomes: one status, one body, its headers.

#![warn(clippy::wildcard_enum_match_arm)]

use std::fmt::Write as _;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use portcullis_policy::body::Body;
use portcullis_policy::exchange::{MessageBody, ResponseParts};
use portcullis_policy::facts::RequestId;
use portcullis_policy::flow::{Fault, FaultKind};

/// Every answer that the gateway itself gives carries the request's id in this header.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The response for a fault, as `on-error` sees it and as the caller gets it if nobody changes it.
pub fn respond(fault: &Fault, id: RequestId) -> ResponseParts {
    let status = fault.status();
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(CONTENT_TYPE, JSON);
    if let Ok(id) = HeaderValue::from_str(id.encode(&mut [0; 36])) {
        headers.insert(REQUEST_ID, id);
    }
    if fault.kind == FaultKind::Unauthenticated {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    }
    for (name, value) in &fault.detail.headers {
        headers.append(name, value.clone());
    }
    ResponseParts {
        status,
        reason: reason_phrase(fault.kind),
        headers,
        body: MessageBody::new(Body::bytes(body(fault, id))),
    }
}

/// The service says `401 Access Denied`.
fn reason_phrase(kind: FaultKind) -> Option<Box<str>> {
    (kind == FaultKind::Unauthenticated).then(|| "Access Denied".into())
}

/// `{ "statusCode": 404, "message": "Resource not found" }`, with the spaces that the service writes.
fn body(fault: &Fault, id: RequestId) -> String {
    let status = fault.status().as_u16();
    let message = json_string(fault.public_message());
    match fault.kind {
        FaultKind::BackendUnreachable
        | FaultKind::BackendTimeout
        | FaultKind::Expression
        | FaultKind::Internal => {
            format!(
                "{{ \"statusCode\": {status}, \"message\": {message}, \"activityId\": \"{id}\" }}"
            )
        }
        FaultKind::Malformed
        | FaultKind::TooLarge
        | FaultKind::NoRoute
        | FaultKind::Unauthenticated
        | FaultKind::Denied(_)
        | FaultKind::Limited
        | FaultKind::BackendStatus(_)
        | FaultKind::NotRunnable
        | FaultKind::NoRoom => {
            format!("{{ \"statusCode\": {status}, \"message\": {message} }}")
        }
    }
}

/// A JSON string (RFC 8259 §7).
fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => write!(out, "\\u{:04x}", u32::from(c)).unwrap_or_default(),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fault: &Fault, status: u16, expect: &str) {
        let response = respond(fault, RequestId(7));
        assert_eq!(response.status.as_u16(), status);
        assert_eq!(response.body.content().unwrap(), expect);
    }

    #[test]
    fn bodies_are_those_that_clients_of_the_service_know() {
        let fault = |kind| Fault::new(kind, "Reason", "details that stay in the log");
        check(
            &fault(FaultKind::NoRoute),
            404,
            r#"{ "statusCode": 404, "message": "Resource not found" }"#,
        );
        check(
            &fault(FaultKind::Limited).saying("Rate limit is exceeded. Try again in 57 seconds."),
            429,
            r#"{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds." }"#,
        );
        check(
            &fault(FaultKind::Expression),
            500,
            r#"{ "statusCode": 500, "message": "Internal server error", "activityId": "00000000-0000-0000-0000-000000000007" }"#,
        );
        check(
            &Fault::forbidden("X", "m").saying("a \"quoted\"\nline"),
            403,
            "{ \"statusCode\": 403, \"message\": \"a \\\"quoted\\\"\\u000aline\" }",
        );
    }
}
