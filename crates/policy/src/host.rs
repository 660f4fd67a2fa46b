//! The ports: everything a policy needs from the world outside.
//!
//! Implemented by `gateway` (real sockets, shared counters) and by tests. A [`Host`] belongs to one
//! core and is not `Send`.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use portcullis_model::time::{Clock, Instant};

use crate::body::Body;
use crate::facts::Scheme;
use crate::flow::Fault;

/// A boxed future that stays on its core.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// All ports, lent to every step.
#[derive(Clone, Copy)]
pub struct Host<'h> {
    /// Time.
    pub clock: &'h dyn Clock,
    /// Exact counters, shared by all cores.
    pub counters: &'h dyn Counters,
    /// The way to backends.
    pub upstream: &'h dyn Upstream,
    /// Randomness: ids, `Guid.NewGuid`, `Random`.
    pub random: &'h dyn Random,
    /// Whether there is time for another request.
    pub load: &'h dyn Load,
}

impl std::fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Host")
    }
}

/// Random bits. Implemented by `gateway` and by tests with a fixed sequence.
pub trait Random {
    /// 64 bits.
    fn next(&self) -> u64;
}

/// Whether there is time for another request. Implemented by `gateway` for each core.
pub trait Load {
    /// Asks for one request of a caller. `Some`: there is none; it may come back after so many seconds.
    fn turn_away(&self, caller: Caller<'_>) -> Option<u32>;
}

/// Who asks, where time is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller<'c> {
    /// The subscription whose key was used.
    Subscription(&'c str),
    /// Nobody that is known, at this address.
    Address(IpAddr),
}

/// There is always time: for whatever runs one request at a time.
#[derive(Debug, Clone, Copy)]
pub struct Leisure;

impl Load for Leisure {
    fn turn_away(&self, _: Caller<'_>) -> Option<u32> {
        None
    }
}

/// Exact counters over sliding windows, shared by all cores and kept across reloads.
pub trait Counters {
    /// Adds `amount` to `key`'s window if that keeps it within `limit`; says how it stands.
    fn take(&self, key: CounterKey, limit: Limit, amount: u64, now: Instant) -> Standing;
    /// Says how `key`'s window stands without adding to it.
    fn look(&self, key: CounterKey, limit: Limit, now: Instant) -> Standing;
    /// Adds `amount` to `key`'s window whatever it holds.
    fn add(&self, key: CounterKey, limit: Limit, amount: u64, now: Instant);
    /// The key for a text, by a hash that is keyed per process.
    fn key(&self, parts: &[&str]) -> CounterKey;
}

/// A counter's identity: a keyed 128-bit hash, so that no caller can choose collisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CounterKey(pub u128);

/// How many calls a sliding window may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Calls.
    pub calls: u64,
    /// The window's length.
    pub period: Duration,
}

/// How a window stands after it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether there was room.
    pub verdict: Verdict,
    /// How many more calls fit now.
    pub remaining: u64,
    /// After which time there will be room again; zero if there is.
    pub retry_after: Duration,
}

/// Whether there was room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Within,
    /// No.
    Exceeded,
}

/// The way to backends. Implemented by `gateway`'s per-core pool and by scripted backends in tests.
pub trait Upstream {
    /// Sends one request and waits for the response's head.
    ///
    /// Cancel: dropping the future closes the connection that the request went out on.
    fn send<'a>(
        &'a self,
        request: UpstreamRequest<'a>,
    ) -> LocalFuture<'a, Result<UpstreamResponse, Fault>>;
}

/// Where a backend is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct BackendTarget {
    /// The backend entity's id; `None` for a bare URL.
    pub id: Option<Box<str>>,
    /// Plain or encrypted.
    pub scheme: Scheme,
    /// Host name or address, without brackets.
    pub host: Box<str>,
    /// Port.
    pub port: u16,
    /// `host` or `host:port`, as the `Host` header carries it.
    pub authority: HeaderValue,
    /// The base path, in normal form, without a trailing slash; empty for none.
    pub base_path: Box<str>,
    /// A query that stands in the base URL, without `?`.
    pub base_query: Option<Box<str>>,
    /// Headers that the backend entity adds.
    pub headers: Box<[(HeaderName, HeaderValue)]>,
    /// Query parameters that the backend entity adds, encoded.
    pub query: Box<[(Box<str>, Box<str>)]>,
    /// How its certificate is verified.
    pub tls: BackendTls,
}

/// How a backend's certificate is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BackendTls {
    /// Chain and name.
    #[default]
    Verify,
    /// The chain only.
    DangerSkipName,
    /// Nothing.
    DangerSkipAll,
}

/// Which HTTP version to speak to a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UpstreamVersion {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2; over plain TCP by prior knowledge.
    Http2,
    /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
    Http2OrHttp1,
}

/// One request to a backend.
#[derive(Debug)]
pub struct UpstreamRequest<'a> {
    /// Where to.
    pub target: &'a BackendTarget,
    /// The method.
    pub method: Method,
    /// Path and query, starting with `/`.
    pub path_and_query: http::uri::PathAndQuery,
    /// Headers, `Host` included.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// Which version to speak.
    pub version: UpstreamVersion,
    /// How long to wait for the response's head.
    pub timeout: Duration,
    /// The caller asked to switch protocols and the backend shall be asked too.
    pub upgrade: Option<HeaderValue>,
    /// Whether a kept connection may be used.
    pub reuse: Reuse,
}

/// Whether a kept connection may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// Yes.
    Pooled,
    /// No: a kept one has just failed.
    Fresh,
}

/// A backend's response.
#[derive(Debug)]
pub struct UpstreamResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers; hop-by-hop ones are gone.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The switched connection, if the backend agreed (status 101).
    pub upgraded: Option<Upgraded>,
}

/// A connection that has switched protocols; opaque here, `gateway` joins the two ends.
pub struct Upgraded(pub Box<dyn std::any::Any>);

impl std::fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Upgraded")
    }
}
