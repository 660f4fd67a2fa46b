//! The one place where a snapshot is swapped.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use portcullis_engine::Snapshot;

/// Holds the snapshot that new requests are decided on.
#[derive(Debug)]
pub struct SnapshotStore {
    current: ArcSwap<Snapshot>,
    generation: AtomicU64,
}

impl SnapshotStore {
    /// A store that begins with `snapshot`.
    pub fn new(snapshot: Snapshot) -> Arc<Self> {
        Arc::new(Self {
            current: ArcSwap::from_pointee(snapshot),
            generation: AtomicU64::new(0),
        })
    }

    /// Puts a new snapshot in place: one swap. Requests in flight end on the old one.
    pub fn replace(&self, snapshot: Snapshot) {
        self.current.store(Arc::new(snapshot));
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// The snapshot of this moment.
    pub fn load(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// A core's own handle.
    pub(crate) fn watch(self: &Arc<Self>) -> Watch {
        let generation = self.generation.load(Ordering::Acquire);
        Watch {
            store: Arc::clone(self),
            generation,
            held: Rc::new(self.load()),
        }
    }
}

/// A snapshot as a core holds it: handing it on counts on this core alone, where an `Arc` would make
/// all cores write to one counter.
pub(crate) type Handle = Rc<Arc<Snapshot>>;

/// A core's own handle: a request costs it one relaxed look at the generation, and no shared
/// reference count is touched.
#[derive(Debug)]
pub(crate) struct Watch {
    store: Arc<SnapshotStore>,
    generation: u64,
    held: Handle,
}

impl Watch {
    pub(crate) fn current(&mut self) -> Handle {
        let generation = self.store.generation.load(Ordering::Acquire);
        if generation != self.generation {
            // INVARIANT: the generation is read before the snapshot, so a swap between the two is
            // seen as one more change, never missed.
            self.generation = generation;
            self.held = Rc::new(self.store.load());
        }
        Rc::clone(&self.held)
    }
}
