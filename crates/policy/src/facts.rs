//! What is known about a request before any policy runs; nobody can change it afterwards.

mod extras;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};
use portcullis_model::api::Operation;
use portcullis_model::id::{ApiId, ProductId, Revision, SubscriptionId};
use portcullis_model::product::ProductState;
use portcullis_model::secret::Secret;
use portcullis_model::time::{Instant, Timestamp};

pub use extras::{
    DeploymentExtras, Extras, GraphQlFacts, NamedFacts, PrivateEndpointFacts, UserFacts,
};

use crate::body::Body;
use crate::host::BackendTarget;

/// The connection a request came through.
#[derive(Debug, Clone)]
pub struct ConnInfo {
    /// The other end.
    pub peer: SocketAddr,
    /// Our end.
    pub local: SocketAddr,
    /// Whether it is encrypted.
    pub transport: Transport,
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Plain TCP.
    Plain,
    /// TLS.
    Tls,
}

/// `http` or `https`, as the caller sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A request in the one form that routing, policies and backends share.
#[derive(Debug)]
pub struct InboundRequest {
    /// The method, as sent.
    pub method: Method,
    /// The path in normal form: starts with `/`, dot segments resolved, percent-encoding unified.
    pub path: Bytes,
    /// The query without `?`, as sent; `None` if there is no `?`.
    pub query: Option<Bytes>,
    /// The host without port, lower case; empty for an HTTP/1.0 request without one.
    pub host: Box<str>,
    /// The port, if the host carries one.
    pub port: Option<u16>,
    /// The scheme the caller used, told by a trusted proxy or by the connection.
    pub scheme: Scheme,
    /// The caller's address, told by a trusted proxy or by the connection.
    pub client_ip: IpAddr,
    /// End-to-end headers: hop-by-hop ones are gone.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The caller asks to switch protocols (a WebSocket handshake).
    pub upgrade: Option<HeaderValue>,
    /// When the head was complete.
    pub received: Received,
    /// Its id, which every log line and refusal carries.
    pub id: RequestId,
    /// The trace it belongs to.
    pub trace: TraceContext,
}

impl InboundRequest {
    /// Whether it is a CORS preflight: OPTIONS with `Origin` and `Access-Control-Request-Method`.
    pub fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS
            && self.headers.contains_key(ORIGIN)
            && self.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }
}

/// The trace a request belongs to (W3C Trace Context), with the span that this gateway is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: u128,
    /// This gateway's span.
    pub span_id: u64,
    /// Flags, as the caller sent them.
    pub flags: u8,
}

impl TraceContext {
    /// Reads `traceparent`: version, trace id, parent id, flags. `None` for a value that the
    /// recommendation says to ignore.
    pub fn parse_parent(value: &[u8]) -> Option<(u128, u8)> {
        let text = std::str::from_utf8(value).ok()?;
        let lower = |t: &str| {
            t.bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
        };
        let mut parts = text.splitn(5, '-');
        let (version, trace, parent, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let sizes_fit = [(version, 2), (trace, 32), (parent, 16), (flags, 2)]
            .iter()
            .all(|(part, size)| part.len() == *size && lower(part));
        let has_more = parts.next().is_some();
        if !sizes_fit || version == "ff" || (version == "00" && has_more) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        u64::from_str_radix(parent, 16).ok().filter(|id| *id != 0)?;
        Some((trace_id, u8::from_str_radix(flags, 16).ok()?))
    }

    /// The `traceparent` that the backend gets.
    pub fn header(&self) -> HeaderValue {
        let mut text = [b'-'; 55];
        let fields = [
            (0..2, 0),
            (3..35, self.trace_id),
            (36..52, self.span_id.into()),
            (53..55, self.flags.into()),
        ];
        for (place, number) in fields {
            put_hex(text.get_mut(place).unwrap_or_default(), number);
        }
        HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Fills `out` with the last digits of `number`, hexadecimal and lower case: an even number of them.
fn put_hex(out: &mut [u8], number: u128) {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    for (pair, byte) in out.rchunks_exact_mut(2).zip(number.to_le_bytes()) {
        if let [high, low] = pair {
            (*high, *low) = (digit(byte >> 4), digit(byte & 0xf));
        }
    }
}

/// When a request was received, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Received {
    /// Wall clock.
    pub at: Timestamp,
    /// Monotonic.
    pub instant: Instant,
}

/// The id of a request: a random UUID (RFC 9562 version 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub u128);

impl RequestId {
    /// Makes a version 4 UUID of 128 random bits.
    pub fn from_random(bits: u128) -> Self {
        let versioned = (bits & !(0xf << 76)) | (0x4 << 76);
        Self((versioned & !(0x3 << 62)) | (0x2 << 62))
    }

    /// The 36 characters of the `8-4-4-4-12` form, lower case, without allocating.
    pub fn encode(self, out: &mut [u8; 36]) -> &str {
        *out = [b'-'; 36];
        let mut number = self.0;
        for place in [24..36, 19..23, 14..18, 9..13, 0..8] {
            let bits = 4 * place.len();
            put_hex(out.get_mut(place).unwrap_or_default(), number);
            number >>= bits;
        }
        std::str::from_utf8(out).unwrap_or_default()
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.encode(&mut [0; 36]))
    }
}

/// The operation a request was routed to, borrowed from the snapshot.
#[derive(Debug, Clone)]
pub struct RouteMatch<'s> {
    /// The API.
    pub api: &'s ApiFacts,
    /// The operation; `None` while an API answers that it has none such.
    pub operation: Option<&'s OperationFacts>,
    /// Template parameters with their decoded values, in template order.
    pub parameters: Vec<(&'s str, String)>,
    /// The path below the API's suffix and version, in normal form, with its leading `/`.
    pub rest: Bytes,
}

/// An API as policies see it.
#[derive(Debug)]
pub struct ApiFacts {
    /// Its place in the snapshot; `None` for the stand-in of a request that reaches no API.
    pub index: Option<u32>,
    /// Resource name.
    pub id: ApiId,
    /// Display name.
    pub name: Box<str>,
    /// URL suffix.
    pub path: Box<str>,
    /// Revision number.
    pub revision: Revision,
    /// Whether it is the current one.
    pub is_current: bool,
    /// Version identifier, if any.
    pub version: Option<Box<str>>,
    /// The backend that requests go to unless a policy says otherwise.
    pub service: Option<Arc<BackendTarget>>,
    /// `http`, `https`.
    pub protocols: Box<[&'static str]>,
    /// The header that carries the key.
    pub key_header: Box<str>,
    /// The query parameter that carries the key.
    pub key_query: Box<str>,
}

/// An operation as policies see it.
#[derive(Debug)]
pub struct OperationFacts {
    /// Its place in its API.
    pub index: u32,
    /// What was configured.
    pub operation: Operation,
}

/// Why a request may run policies: evidence that it was admitted.
///
/// INVARIANT: made by `engine::access` alone (and by testkit); `cargo xtask tidy` checks that.
#[derive(Debug, Clone, Copy)]
pub struct Permit<'s> {
    subscription: Option<&'s SubscriptionFacts>,
    key: Option<KeyKind>,
    product: Option<&'s ProductFacts>,
}

/// Which key of a subscription was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The first.
    Primary,
    /// The second.
    Secondary,
}

impl<'s> Permit<'s> {
    /// Admits: proves that the caller's credential was checked for this route.
    pub fn granted(
        subscription: Option<(&'s SubscriptionFacts, KeyKind)>,
        product: Option<&'s ProductFacts>,
    ) -> Self {
        Self {
            subscription: subscription.map(|(s, _)| s),
            key: subscription.map(|(_, k)| k),
            product,
        }
    }

    /// The subscription whose key was used.
    pub fn subscription(&self) -> Option<&'s SubscriptionFacts> {
        self.subscription
    }

    /// Which of its keys was used.
    pub fn key(&self) -> Option<KeyKind> {
        self.key
    }

    /// For evaluating expressions outside a gateway, over a request that is only described.
    pub(crate) fn of_fixture(
        subscription: Option<(&'s SubscriptionFacts, KeyKind)>,
        product: Option<&'s ProductFacts>,
    ) -> Self {
        Self {
            subscription: subscription.map(|(s, _)| s),
            key: subscription.map(|(_, k)| k),
            product,
        }
    }

    /// Admits nobody: for running `on-error` alone over a request that was refused.
    pub fn withheld() -> Self {
        Self {
            subscription: None,
            key: None,
            product: None,
        }
    }

    /// The product through which the call came.
    pub fn product(&self) -> Option<&'s ProductFacts> {
        self.product
    }
}

/// A product as policies see it.
#[derive(Debug)]
pub struct ProductFacts {
    /// Its place in the snapshot.
    pub index: u32,
    /// Resource name.
    pub id: ProductId,
    /// Display name.
    pub name: Box<str>,
    /// Whether it is shown.
    pub state: ProductState,
    /// Whether subscriptions need approval.
    pub approval_required: bool,
    /// Whether a subscription is needed.
    pub subscription_required: bool,
    /// How many subscriptions a user may have.
    pub subscriptions_limit: Option<u32>,
    /// Ids and names of its groups.
    pub groups: Box<[(Box<str>, Box<str>)]>,
    /// Ids and names of its APIs.
    pub apis: Box<[(Box<str>, Box<str>)]>,
}

/// A subscription as policies see it.
#[derive(Debug)]
pub struct SubscriptionFacts {
    /// Its place in the snapshot.
    pub index: u32,
    /// Resource name.
    pub id: SubscriptionId,
    /// Display name.
    pub name: Box<str>,
    /// The first key, where its text is known.
    pub primary_key: Option<Secret>,
    /// The second key, where its text is known.
    pub secondary_key: Option<Secret>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it starts.
    pub starts: Option<Timestamp>,
    /// When it ends.
    pub ends: Option<Timestamp>,
}

/// The installation as policies see it (`context.Deployment`).
#[derive(Debug, Clone)]
pub struct DeploymentFacts {
    /// `context.Deployment.ServiceName`.
    pub service_name: Box<str>,
    /// `context.Deployment.Region`.
    pub region: Box<str>,
    /// `context.Deployment.GatewayId`.
    pub gateway_id: Box<str>,
}

impl Default for DeploymentFacts {
    fn default() -> Self {
        Self {
            service_name: "portcullis".into(),
            region: "local".into(),
            gateway_id: "managed".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_and_written() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let (trace_id, flags) = TraceContext::parse_parent(text.as_bytes()).unwrap();
        let written = TraceContext {
            trace_id,
            span_id: 0x00f0_67aa_0ba9_02b7,
            flags,
        }
        .header();
        assert_eq!(written, text);
    }

    #[test]
    fn what_the_recommendation_says_to_ignore_is_ignored() {
        for bad in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(TraceContext::parse_parent(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_preflight_is_options_with_an_origin_and_a_method_to_ask_for() {
        let request = |method: Method, headers: &[&'static str]| InboundRequest {
            method,
            path: Bytes::from_static(b"/"),
            query: None,
            host: Box::default(),
            port: None,
            scheme: Scheme::Https,
            client_ip: IpAddr::from([203, 0, 113, 7]),
            headers: headers
                .iter()
                .map(|name| (name.parse().unwrap(), HeaderValue::from_static("x")))
                .collect(),
            body: Body::Empty,
            upgrade: None,
            received: Received {
                at: Timestamp(0),
                instant: Instant(0),
            },
            id: RequestId(1),
            trace: TraceContext {
                trace_id: 1,
                span_id: 1,
                flags: 0,
            },
        };
        let asks = "access-control-request-method";
        for (method, headers, expect) in [
            (Method::OPTIONS, &["origin", asks][..], true),
            (Method::OPTIONS, &["origin"], false),
            (Method::OPTIONS, &[asks], false),
            (Method::GET, &["origin", asks], false),
        ] {
            let request = request(method, headers);
            let shown = format!("{} {headers:?}", request.method);
            assert_eq!(request.is_preflight(), expect, "{shown}");
        }
    }

    #[test]
    fn a_request_id_is_a_version_4_uuid() {
        assert_eq!(
            RequestId::from_random(0).to_string(),
            "00000000-0000-4000-8000-000000000000"
        );
        assert_eq!(
            RequestId::from_random(u128::MAX).to_string(),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
    }
}
