//! Connections to backends that are kept for the next request; one pool a core, no locks.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hyper::client::conn::{http1, http2};
use portcullis_policy::body::Body;
use portcullis_policy::facts::Scheme;
use portcullis_policy::host::{BackendTarget, BackendTls, UpstreamVersion};
use portcullis_telemetry::metrics::CoreMetrics;

use crate::settings::UpstreamSettings;
use crate::timer::{TICK, Timers};

/// Connections to backends of one core.
pub(crate) struct Pool {
    pub(super) settings: UpstreamSettings,
    pub(super) timers: Rc<Timers>,
    pub(super) metrics: Arc<CoreMetrics>,
    hosts: RefCell<HashMap<Key, Host>>,
}

/// What makes two connections interchangeable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    scheme: Scheme,
    host: Box<str>,
    port: u16,
    tls: BackendTls,
    version: UpstreamVersion,
}

impl Key {
    pub(super) fn new(target: &BackendTarget, version: UpstreamVersion) -> Self {
        Self {
            scheme: target.scheme,
            host: target.host.clone(),
            port: target.port,
            tls: target.tls,
            version,
        }
    }
}

#[derive(Default)]
struct Host {
    idle: Vec<Idle>,
    open: usize,
    http2: Option<http2::SendRequest<Body>>,
}

struct Idle {
    sender: http1::SendRequest<Body>,
    /// How many sweeps it has been idle.
    sweeps: u64,
}

/// A kept connection, or the right to open one.
pub(super) enum Checkout {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
    /// Nothing is kept; one may be opened.
    Open,
    /// As many are open as may be.
    Full,
}

impl Pool {
    pub(crate) fn new(
        settings: UpstreamSettings,
        timers: Rc<Timers>,
        metrics: Arc<CoreMetrics>,
    ) -> Self {
        Self {
            settings,
            timers,
            metrics,
            hosts: RefCell::default(),
        }
    }

    /// Takes the connection that was used last and still lives.
    pub(super) fn checkout(&self, key: &Key) -> Checkout {
        let mut hosts = self.hosts.borrow_mut();
        let host = match hosts.get_mut(key) {
            Some(host) => host,
            None => hosts.entry(key.clone()).or_default(),
        };
        if let Some(sender) = &host.http2 {
            if !sender.is_closed() {
                return Checkout::Http2(sender.clone());
            }
            host.http2 = None;
        }
        while let Some(idle) = host.idle.pop() {
            if !idle.sender.is_closed() {
                return Checkout::Http1(idle.sender);
            }
            host.open = host.open.saturating_sub(1);
        }
        if host.open >= self.settings.max_connections {
            Checkout::Full
        } else {
            Checkout::Open
        }
    }

    /// Counts a connection as open; the count falls when it is dropped or ends.
    pub(super) fn opened(&self, key: &Key) {
        // While it was opened its host may have been swept away as one without connections.
        self.hosts.borrow_mut().entry(key.clone()).or_default().open += 1;
        self.metrics.upstream_connections_opened.add(1);
    }

    /// Counts a connection as gone.
    pub(super) fn closed(&self, key: &Key) {
        if let Some(host) = self.hosts.borrow_mut().get_mut(key) {
            host.open = host.open.saturating_sub(1);
        }
    }

    /// Shares an HTTP/2 connection with later requests.
    pub(super) fn share(&self, key: &Key, sender: &http2::SendRequest<Body>) {
        self.hosts
            .borrow_mut()
            .entry(key.clone())
            .or_default()
            .http2 = Some(sender.clone());
    }

    /// No longer shares an HTTP/2 connection with later requests.
    pub(super) fn unshare(&self, key: &Key) {
        if let Some(host) = self.hosts.borrow_mut().get_mut(key) {
            host.http2 = None;
        }
    }

    /// Keeps a connection for the next request.
    pub(super) fn checkin(&self, key: &Key, sender: http1::SendRequest<Body>) {
        if let Some(host) = self.hosts.borrow_mut().get_mut(key) {
            if sender.is_closed() || host.idle.len() >= self.settings.max_idle {
                host.open = host.open.saturating_sub(1);
            } else {
                host.idle.push(Idle { sender, sweeps: 0 });
            }
        }
    }

    /// Lets go of what has been idle too long; the core's sweep task calls it once a tick.
    pub(crate) fn sweep(&self) {
        let patience = self.settings.idle_timeout.as_nanos() / TICK.as_nanos();
        let mut hosts = self.hosts.borrow_mut();
        for host in hosts.values_mut() {
            let before = host.idle.len();
            host.idle.retain_mut(|idle| {
                idle.sweeps += 1;
                !idle.sender.is_closed() && u128::from(idle.sweeps) <= patience
            });
            host.open = host.open.saturating_sub(before - host.idle.len());
        }
        hosts
            .retain(|_, host| host.open > 0 || host.http2.as_ref().is_some_and(|s| !s.is_closed()));
    }
}
