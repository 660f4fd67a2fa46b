//! Connections to backends that are kept for the next request; one pool a core, no locks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::{Equivalent, HashMap};
use hyper::client::conn::{http1, http2};
use portcullis_policy::body::Body;
use portcullis_policy::facts::Scheme;
use portcullis_policy::host::{BackendTarget, BackendTls, UpstreamVersion};
use portcullis_telemetry::metrics::CoreMetrics;

use crate::descriptors::Descriptors;
use crate::settings::UpstreamSettings;
use crate::timer::{TICK, Timers};

/// Connections to backends of one core.
pub(crate) struct Pool {
    pub(super) settings: UpstreamSettings,
    pub(super) timers: Rc<Timers>,
    pub(super) metrics: Arc<CoreMetrics>,
    pub(super) descriptors: Descriptors,
    places: RefCell<HashMap<Key, Rc<Place>>>,
}

/// What makes two connections interchangeable.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key<S = Box<str>> {
    scheme: Scheme,
    host: S,
    port: u16,
    tls: BackendTls,
    version: UpstreamVersion,
}

/// The interchangeable connections to one place.
#[derive(Default)]
pub(super) struct Place {
    idle: RefCell<Vec<Idle>>,
    open: Cell<usize>,
    http2: RefCell<Option<http2::SendRequest<Body>>>,
    /// How many sweeps no request has begun on it.
    quiet: Cell<u64>,
}

/// The right to open a connection, and then to have it: it counts as open.
pub(super) struct Seat(Option<Rc<Place>>);

/// As many places are in use as may be.
pub(super) struct Crowded;

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
    Open(Seat),
    /// As many are open as may be.
    Full,
}

impl<'t> Key<&'t str> {
    fn new(target: &'t BackendTarget, version: UpstreamVersion) -> Self {
        Self {
            scheme: target.scheme,
            host: &target.host,
            port: target.port,
            tls: target.tls,
            version,
        }
    }

    fn to_owned(&self) -> Key {
        Key {
            scheme: self.scheme,
            host: self.host.into(),
            port: self.port,
            tls: self.tls,
            version: self.version,
        }
    }
}

/// A request looks its place up without copying the host.
impl Equivalent<Key> for Key<&str> {
    fn equivalent(&self, key: &Key) -> bool {
        let Key {
            scheme,
            host,
            port,
            tls,
            version,
        } = key;
        (self.scheme, self.host, self.port) == (*scheme, &**host, *port)
            && (self.tls, self.version) == (*tls, *version)
    }
}

impl Pool {
    pub(crate) fn new(
        settings: UpstreamSettings,
        timers: Rc<Timers>,
        metrics: Arc<CoreMetrics>,
        descriptors: Descriptors,
    ) -> Self {
        Self {
            settings,
            timers,
            metrics,
            descriptors,
            places: RefCell::default(),
        }
    }

    /// The connections that a request to `target` may use. Whoever may choose backends by what callers
    /// send may meet very many: those that are idle make room for those that are called.
    pub(super) fn place(
        &self,
        target: &BackendTarget,
        version: UpstreamVersion,
    ) -> Result<Rc<Place>, Crowded> {
        let key = Key::new(target, version);
        let mut places = self.places.borrow_mut();
        if let Some(place) = places.get(&key) {
            return Ok(Rc::clone(place));
        }
        let most = self.settings.max_backends;
        if places.len() >= most {
            places.retain(|_, place| {
                let stays = place.is_in_use();
                if !stays {
                    place.unshare();
                }
                stays
            });
        }
        if places.len() >= most {
            return Err(Crowded);
        }
        Ok(Rc::clone(places.entry(key.to_owned()).or_default()))
    }

    /// Takes the connection that was used last and still lives.
    pub(super) fn checkout(&self, place: &Rc<Place>) -> Checkout {
        if let Some(sender) = place.shared() {
            place.quiet.set(0);
            return Checkout::Http2(sender);
        }
        while let Some(idle) = place.idle.borrow_mut().pop() {
            if !idle.sender.is_closed() {
                return Checkout::Http1(idle.sender);
            }
            place.closed();
        }
        if place.open.get() >= self.settings.max_connections {
            Checkout::Full
        } else {
            // Those that are being opened count: many requests may find nothing kept at once.
            Checkout::Open(Seat::new(place))
        }
    }

    /// Keeps a connection for the next request.
    pub(super) fn checkin(&self, place: &Place, sender: http1::SendRequest<Body>) {
        let mut idle = place.idle.borrow_mut();
        if sender.is_closed() || idle.len() >= self.settings.max_idle {
            place.closed();
        } else {
            idle.push(Idle { sender, sweeps: 0 });
        }
    }

    /// Lets go of what has been idle too long; the core's sweep task calls it once a tick.
    pub(crate) fn sweep(&self) {
        let patience = self.settings.idle_timeout.as_nanos() / TICK.as_nanos();
        self.places.borrow_mut().retain(|_, place| {
            place.idle.borrow_mut().retain_mut(|idle| {
                idle.sweeps += 1;
                let stays = !idle.sender.is_closed() && u128::from(idle.sweeps) <= patience;
                if !stays {
                    place.closed();
                }
                stays
            });
            place.quiet.set(place.quiet.get() + 1);
            if u128::from(place.quiet.get()) > patience {
                // Requests that are on it end on it.
                place.unshare();
            }
            // A request that looked it up may be opening a connection to it.
            let is_in_use = place.open.get() > 0 || Rc::strong_count(place) > 1;
            is_in_use || place.shared().is_some()
        });
    }
}

impl Seat {
    /// One more connection, whatever the limit says.
    pub(super) fn new(place: &Rc<Place>) -> Self {
        place.open.set(place.open.get() + 1);
        Self(Some(Rc::clone(place)))
    }

    /// Whoever has the connection counts it from now on.
    pub(super) fn hand_over(mut self) {
        self.0 = None;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(place) = self.0.take() {
            place.closed();
        }
    }
}

impl Place {
    /// Whether a request uses it, or is about to.
    fn is_in_use(self: &Rc<Self>) -> bool {
        let idle = self.idle.borrow().len() + usize::from(self.http2.borrow().is_some());
        // Its HTTP/2 connection holds on to it, too.
        let holders = 1 + usize::from(self.http2.borrow().is_some());
        self.open.get() > idle || Rc::strong_count(self) > holders
    }

    /// Counts a connection as gone.
    pub(super) fn closed(&self) {
        self.open.set(self.open.get().saturating_sub(1));
    }

    /// Shares an HTTP/2 connection with later requests.
    pub(super) fn share(&self, sender: &http2::SendRequest<Body>) {
        *self.http2.borrow_mut() = Some(sender.clone());
        self.quiet.set(0);
    }

    /// No longer shares an HTTP/2 connection with later requests.
    pub(super) fn unshare(&self) {
        *self.http2.borrow_mut() = None;
    }

    fn shared(&self) -> Option<http2::SendRequest<Body>> {
        let mut shared = self.http2.borrow_mut();
        if shared.as_ref().is_some_and(http2::SendRequest::is_closed) {
            *shared = None;
        }
        shared.clone()
    }
}
