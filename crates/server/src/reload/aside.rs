//! Reads the folder on a thread of its own: whoever else wants something is answered meanwhile.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{Reloader, Why};
use crate::load::Outcome;

/// As much as the first thread has by custom: a configuration that could be read at start can be read
/// again.
const STACK: usize = 8 << 20;

/// A reloader, and the reading that is under way.
pub(super) struct Aside {
    reloader: Arc<Mutex<Reloader>>,
    reading: Option<Reading>,
}

struct Reading {
    why: Why,
    read: oneshot::Receiver<Option<Outcome>>,
    thread: Option<JoinHandle<()>>,
}

impl Aside {
    pub(super) fn of(reloader: Reloader) -> Self {
        Self {
            reloader: Arc::new(Mutex::new(reloader)),
            reading: None,
        }
    }

    pub(super) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// The reloader; while the folder is read this waits.
    pub(super) fn reloader(&self) -> MutexGuard<'_, Reloader> {
        lock(&self.reloader)
    }

    /// Begins to read.
    pub(super) fn begin(&mut self, why: Why) {
        let (tell, read) = oneshot::channel();
        let reloader = Arc::clone(&self.reloader);
        let reading = move || {
            let outcome = lock(&reloader).read(why);
            // If nobody waits for it, the process stops.
            drop(tell.send(outcome));
        };
        let named = std::thread::Builder::new().name("reload".into());
        self.reading = Some(match named.stack_size(STACK).spawn(reading) {
            Ok(thread) => Reading {
                why,
                read,
                thread: Some(thread),
            },
            // The system gives no thread.
            Err(_) => self.read_here(why),
        });
    }

    fn read_here(&self, why: Why) -> Reading {
        let (tell, read) = oneshot::channel();
        drop(tell.send(self.reloader().read(why)));
        Reading {
            why,
            read,
            thread: None,
        }
    }

    /// What was read; waits for ever if nothing is.
    ///
    /// Cancel: may be called again.
    pub(super) async fn read(&mut self) -> (Why, Option<Outcome>) {
        let Some(reading) = &mut self.reading else {
            return std::future::pending().await;
        };
        let (read, why) = ((&mut reading.read).await, reading.why);
        let thread = self.reading.take().and_then(|reading| reading.thread);
        let ended = thread.map_or(Ok(()), JoinHandle::join);
        match (read, ended) {
            (_, Err(panic)) => resume_unwind(panic),
            (Ok(outcome), Ok(())) => (why, outcome),
            (Err(_), Ok(())) => (why, None),
        }
    }
}

fn lock(reloader: &Mutex<Reloader>) -> MutexGuard<'_, Reloader> {
    reloader.lock().unwrap_or_else(PoisonError::into_inner)
}
