//! Connections to backends that are kept for the next request; one pool a core, no locks.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Poll, Waker};

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
    open: Rc<Cell<usize>>,
    http2: RefCell<Vec<Shared>>,
    /// Somebody opens the connection that others may share.
    is_opening: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
    /// How often that has failed.
    failures: Cell<u64>,
    /// It was offered HTTP/2 and did not take it.
    declined_http2: Cell<bool>,
}

/// As many places are in use as may be.
pub(super) struct Crowded;

struct Idle {
    sender: http1::SendRequest<Body>,
    slot: Slot,
    /// How many sweeps it has been idle.
    sweeps: u64,
}

/// An HTTP/2 connection that requests share.
struct Shared {
    sender: http2::SendRequest<Body>,
    /// Every request that is on it holds one.
    users: User,
    /// How many requests the backend takes at once, kept current.
    room: Rc<Cell<usize>>,
    /// How many sweeps nobody has used it.
    sweeps: u64,
}

/// Held by a request that is on a shared connection.
pub(super) type User = Rc<()>;

/// One of the connections that may be open to a place, from before it is opened until it is gone.
pub(super) struct Slot(Rc<Cell<usize>>);

/// The opening of a connection that others wait for; over when it is dropped.
pub(super) struct Opening<'p>(&'p Place);

/// A kept connection, or the right to open one.
pub(super) enum Checkout {
    Http1(http1::SendRequest<Body>, Slot),
    Http2(http2::SendRequest<Body>, User),
    /// Nothing is kept; one may be opened.
    Open(Slot),
    /// Nothing is kept, and somebody opens one that can be shared.
    Wait,
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
            places.retain(|_, place| place.is_in_use());
        }
        if places.len() >= most {
            return Err(Crowded);
        }
        Ok(Rc::clone(places.entry(key.to_owned()).or_default()))
    }

    /// Takes the connection that was used last and still lives.
    pub(super) fn checkout(&self, place: &Place, version: UpstreamVersion) -> Checkout {
        if let Some((sender, user)) = place.shared(Shared::has_room) {
            return Checkout::Http2(sender, user);
        }
        while let Some(Idle { sender, slot, .. }) = place.idle.borrow_mut().pop() {
            if !sender.is_closed() {
                return Checkout::Http1(sender, slot);
            }
        }
        if version != UpstreamVersion::Http1 && place.is_opening.get() {
            return Checkout::Wait;
        }
        if let Some(slot) = self.reserve(place) {
            return Checkout::Open(slot);
        }
        // Behind others rather than not at all.
        match place.shared(|_| true) {
            Some((sender, user)) => Checkout::Http2(sender, user),
            None => Checkout::Full,
        }
    }

    /// The right to open one more connection, if there may be one more.
    pub(super) fn reserve(&self, place: &Place) -> Option<Slot> {
        (place.open.get() < self.settings.max_connections).then(|| Slot::new(&place.open))
    }

    /// Keeps a connection for the next request.
    pub(super) fn checkin(&self, place: &Place, sender: http1::SendRequest<Body>, slot: Slot) {
        let mut idle = place.idle.borrow_mut();
        if !sender.is_closed() && idle.len() < self.settings.max_idle {
            let sweeps = 0;
            idle.push(Idle {
                sender,
                slot,
                sweeps,
            });
        }
    }

    /// Lets go of what has been idle too long; the core's sweep task calls it once a tick.
    pub(crate) fn sweep(&self) {
        let patience = self.settings.idle_timeout.as_nanos() / TICK.as_nanos();
        self.places.borrow_mut().retain(|_, place| {
            place.idle.borrow_mut().retain_mut(|idle| {
                idle.sweeps += 1;
                !idle.sender.is_closed() && u128::from(idle.sweeps) <= patience
            });
            place.sweep_shared(patience);
            // A request that looked it up may be opening a connection to it.
            let is_in_use = place.open.get() > 0 || Rc::strong_count(place) > 1;
            is_in_use || !place.http2.borrow().is_empty()
        });
    }
}

impl Place {
    /// Whether a request uses it, or is about to.
    fn is_in_use(self: &Rc<Self>) -> bool {
        let idle = self.idle.borrow().len() + self.http2.borrow().len();
        let is_shared = || self.http2.borrow().iter().any(|shared| shared.users() > 0);
        self.open.get() > idle || Rc::strong_count(self) > 1 || is_shared()
    }

    /// Begins to open a connection that others may share, unless they would wait for nothing.
    pub(super) fn opening(&self, version: UpstreamVersion) -> Option<Opening<'_>> {
        let may_share = match version {
            UpstreamVersion::Http1 => false,
            UpstreamVersion::Http2 => true,
            UpstreamVersion::Http2OrHttp1 => !self.declined_http2.get(),
        };
        may_share.then(|| {
            self.is_opening.set(true);
            Opening(self)
        })
    }

    /// Waits until whoever opens a connection has it, has failed, or has gone away; false if it has
    /// failed, as everybody who waits would.
    pub(super) async fn opened(&self) -> bool {
        let failures = self.failures.get();
        std::future::poll_fn(|cx| {
            if !self.is_opening.get() {
                return Poll::Ready(self.failures.get() == failures);
            }
            self.waiting.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Shares an HTTP/2 connection with later requests.
    pub(super) fn share(&self, sender: &http2::SendRequest<Body>, room: Rc<Cell<usize>>) -> User {
        let users = User::default();
        self.http2.borrow_mut().push(Shared {
            sender: sender.clone(),
            users: Rc::clone(&users),
            room,
            sweeps: 0,
        });
        users
    }

    /// No longer shares the HTTP/2 connection of this user with later requests.
    pub(super) fn unshare(&self, user: &Weak<()>) {
        let is_another = |shared: &Shared| !Weak::ptr_eq(&Rc::downgrade(&shared.users), user);
        self.http2.borrow_mut().retain(is_another);
    }

    /// It speaks HTTP/1.1 alone.
    pub(super) fn declined_http2(&self) {
        self.declined_http2.set(true);
    }

    /// The connection with the fewest requests on it of those that will do.
    fn shared(
        &self,
        will_do: impl Fn(&Shared) -> bool,
    ) -> Option<(http2::SendRequest<Body>, User)> {
        let mut shared = self.http2.borrow_mut();
        shared.retain(|shared| !shared.sender.is_closed());
        let fitting = shared.iter().filter(|shared| will_do(shared));
        let least = fitting.min_by_key(|shared| shared.users())?;
        Some((least.sender.clone(), Rc::clone(&least.users)))
    }

    fn sweep_shared(&self, patience: u128) {
        self.http2.borrow_mut().retain_mut(|shared| {
            shared.sweeps = if shared.users() > 0 {
                0
            } else {
                shared.sweeps + 1
            };
            u128::from(shared.sweeps) <= patience
        });
    }
}

impl Shared {
    /// How many requests are on it.
    fn users(&self) -> usize {
        Rc::strong_count(&self.users) - 1
    }

    /// Whether the backend takes one more.
    fn has_room(&self) -> bool {
        self.users() < self.room.get()
    }
}

impl Opening<'_> {
    /// It failed.
    pub(super) fn failed(&self) {
        self.0.failures.set(self.0.failures.get() + 1);
    }
}

impl Slot {
    fn new(open: &Rc<Cell<usize>>) -> Self {
        open.set(open.get() + 1);
        Self(Rc::clone(open))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.is_opening.set(false);
        let waiting = self.0.waiting.take();
        waiting.into_iter().for_each(Waker::wake);
    }
}
