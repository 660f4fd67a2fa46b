//! Whether the folder has changed: by the kernel's word, and by a look at the folder now and then.
//!
//! The kernel watches a folder, not a name: if the folder is removed, or another one is put in its
//! place, it says so once or not at all, and nothing after that.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tracing::{info, warn};

/// How often is looked whether the folder is still the one that is watched.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// After how many looks a folder that cannot be watched is read again.
const PATIENCE: u32 = 10;

/// The watch over one folder, kept up while the folder comes and goes.
pub(super) struct Watch {
    folder: PathBuf,
    changed: mpsc::Sender<()>,
    /// Set by the kernel's word that what it watches is gone or that it lost count.
    lost: Arc<AtomicBool>,
    state: State,
    /// How often it was looked at a folder that cannot be watched.
    looks: u32,
}

enum State {
    /// The watcher ends when it is dropped.
    Watched(
        Identity,
        #[expect(dead_code, reason = "it is kept for its end")] RecommendedWatcher,
    ),
    /// There is no folder, or it cannot be watched; that was said.
    Lost,
}

/// Which folder it is: one that was made anew is another, even if it got the number of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    number: u64,
    born: Option<SystemTime>,
}

impl Identity {
    fn of(folder: &Path) -> Option<Self> {
        let metadata = folder.metadata().ok().filter(Metadata::is_dir)?;
        Some(Self {
            device: metadata.dev(),
            number: metadata.ino(),
            born: metadata.created().ok(),
        })
    }
}

impl Watch {
    /// Begins to watch; `changed` hears of every change. A folder that is gone since it was read is
    /// waited for; one that is there and cannot be watched is an error.
    pub(super) fn start(folder: &Path, changed: mpsc::Sender<()>) -> Result<Self> {
        let lost = Arc::new(AtomicBool::new(false));
        let state = match watched(folder, &changed, &lost) {
            Ok(state) => state,
            Err(_) if Identity::of(folder).is_none() => {
                say_that_it_is_gone(folder);
                State::Lost
            }
            Err(error) => {
                let folder = folder.display();
                let what = format!("cannot watch `{folder}`: set `artifacts.watch` to false");
                return Err(error.context(what));
            }
        };
        // What was edited between the first reading and now made no event.
        tell(&changed);
        Ok(Self {
            folder: folder.to_owned(),
            changed,
            lost,
            state,
            looks: 0,
        })
    }

    /// Looks whether the folder of this name is still the one that is watched; if not, watches the new
    /// one as soon as there is one.
    pub(super) fn look(&mut self) {
        let now = Identity::of(&self.folder);
        let lost = self.lost.swap(false, Ordering::Relaxed);
        match (&self.state, now) {
            (State::Watched(identity, _), Some(now)) if *identity == now && !lost => {}
            (State::Lost, None) => {}
            (State::Watched(..), None) => {
                say_that_it_is_gone(&self.folder);
                self.state = State::Lost;
            }
            (_, Some(_)) => self.watch_again(),
        }
    }

    fn watch_again(&mut self) {
        let folder = self.folder.display();
        match watched(&self.folder, &self.changed, &self.lost) {
            Ok(state) => {
                info!(%folder, "the folder is another one than before and is watched again");
                self.state = state;
                tell(&self.changed);
            }
            Err(error) if matches!(self.state, State::Watched(..)) => {
                let error = format!("{error:#}");
                let every = LOOK * PATIENCE;
                warn!(%folder, error, ?every, "the folder cannot be watched: it is read now and then");
                self.state = State::Lost;
            }
            Err(_) => {
                self.looks = self.looks.wrapping_add(1);
                if self.looks.is_multiple_of(PATIENCE) {
                    tell(&self.changed);
                }
            }
        }
    }
}

fn say_that_it_is_gone(folder: &Path) {
    warn!(
        folder = %folder.display(),
        "the folder is gone: the configuration in place goes on until it is back"
    );
}

fn watched(folder: &Path, changed: &mpsc::Sender<()>, lost: &Arc<AtomicBool>) -> Result<State> {
    let identity = Identity::of(folder).context("there is no such folder")?;
    let root = std::path::absolute(folder)?;
    let (changed, lost) = (changed.clone(), Arc::clone(lost));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        match event {
            Ok(event) if event.kind.is_access() => return,
            Ok(event) if !is_end(&event, &root) => {}
            // Gone, or the kernel or the watcher lost count.
            Ok(_) | Err(_) => lost.store(true, Ordering::Relaxed),
        }
        tell(&changed);
    })?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(State::Watched(identity, watcher))
}

/// Whether the folder itself was removed or moved, or events were dropped.
fn is_end(event: &Event, root: &Path) -> bool {
    let is_gone = matches!(
        event.kind,
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
    );
    event.need_rescan() || (is_gone && event.paths.iter().any(|path| path == root))
}

fn tell(changed: &mpsc::Sender<()>) {
    // A full channel already says that something has changed.
    let _: Result<(), _> = changed.try_send(());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_gone_before_the_watch_began_is_waited_for() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("artifacts");
        let (changed, _changes) = mpsc::channel(1);
        let mut watch = Watch::start(&folder, changed).unwrap();
        watch.look();
        assert!(matches!(watch.state, State::Lost));
        std::fs::create_dir(&folder).unwrap();
        watch.look();
        assert!(matches!(watch.state, State::Watched(..)));
    }
}
