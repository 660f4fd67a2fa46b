//! The files of a folder: read once, and again only when they change.
#![expect(clippy::disallowed_methods, reason = "this room reads the folder")]

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, ErrorKind, Read as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use portcullis_model::api::Operation;
use portcullis_model::diagnostic::{Diagnostics, SourceId};
use portcullis_spec::QueryParameters;
use portcullis_spec::document::{Document, Malformed};

use crate::limits::Limits;

/// So few descriptions are read sooner than threads begin.
const FEW: usize = 8;

/// A folder and what was read of it last time.
#[derive(Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    limits: Limits,
    kept: HashMap<PathBuf, Kept>,
    /// Counts the readings, to find out which files have gone.
    reading: u64,
    parsed: usize,
    /// Of every name that was listed in this reading.
    shape: DefaultHasher,
}

/// What was found under a name.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// Nothing.
    Absent,
    /// Something that cannot be read.
    Refused(Refusal),
    /// A text, without a byte order mark.
    Text(Arc<str>),
}

/// Why a file cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("it is not UTF-8: byte {0} cannot be part of a text")]
    NotText(usize),
    #[error("it has {bytes} bytes, more than the {most} that are read")]
    TooLarge { bytes: u64, most: u64 },
    #[error("{0}")]
    System(Arc<str>),
}

/// What stands in a folder, in order; names that are not UTF-8 apart.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) files: Vec<String>,
    pub(crate) folders: Vec<String>,
    pub(crate) unnamable: Vec<String>,
}

/// An API description as it was read.
#[derive(Debug)]
pub(crate) struct ReadDescription {
    pub(crate) title: String,
    pub(crate) servers: Vec<String>,
    pub(crate) operations: Arc<[Operation]>,
    /// Whether all of it could be used.
    pub(crate) sound: bool,
    /// With a source that is to be replaced.
    pub(crate) diagnostics: Diagnostics,
}

/// What is remembered of a file.
#[derive(Debug)]
struct Kept {
    stamp: Stamp,
    reading: u64,
    found: Result<Arc<str>, Refusal>,
    document: Option<Result<Arc<Document>, Malformed>>,
    description: Option<(QueryParameters, Arc<ReadDescription>)>,
}

/// If this is the same, the contents are taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    identity: Identity,
}

impl Disk {
    pub(crate) fn new(root: PathBuf, limits: Limits) -> Self {
        Self {
            root,
            limits,
            kept: HashMap::new(),
            reading: 0,
            parsed: 0,
            shape: DefaultHasher::new(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Begins a reading of the whole folder.
    pub(crate) fn begin(&mut self) {
        self.reading += 1;
        self.parsed = 0;
        self.shape = DefaultHasher::new();
    }

    /// Forgets the files that are gone; gives how many there are, how many were read anew, and a
    /// digest of all names.
    pub(crate) fn end(&mut self) -> (usize, usize, u64) {
        let reading = self.reading;
        self.kept.retain(|_, kept| kept.reading == reading);
        (self.kept.len(), self.parsed, self.shape.finish())
    }

    /// What stands in a folder below the root; symbolic links count as what they lead to, hidden
    /// names not at all.
    pub(crate) fn list(&mut self, folder: &Path) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                let shown = entry.file_name().to_string_lossy().into_owned();
                listing.unnamable.push(shown);
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let mut kind = entry.file_type()?;
            if kind.is_symlink() {
                // A link that leads nowhere is a file that cannot be read; that is said later.
                kind = fs::metadata(entry.path()).map_or(kind, |m| m.file_type());
            }
            if kind.is_dir() {
                listing.folders.push(name);
            } else {
                listing.files.push(name);
            }
        }
        listing.files.sort_unstable();
        listing.folders.sort_unstable();
        (folder, &listing.files, &listing.folders).hash(&mut self.shape);
        Ok(listing)
    }

    /// The text of a file below the root.
    pub(crate) fn text(&mut self, path: &Path, most: u64) -> Found {
        match self.fetch(path, most) {
            None => Found::Absent,
            Some(kept) => match &kept.found {
                Ok(text) => Found::Text(Arc::clone(text)),
                Err(refusal) => Found::Refused(refusal.clone()),
            },
        }
    }

    /// The JSON of a file whose text was just fetched.
    pub(crate) fn document(&mut self, path: &Path) -> Option<Result<Arc<Document>, Malformed>> {
        let limits = self.limits.description;
        let kept = self.kept.get_mut(path)?;
        let text = kept.found.as_ref().ok()?;
        let parse = || Document::parse_json(Arc::clone(text), &limits).map(Arc::new);
        Some(kept.document.get_or_insert_with(parse).clone())
    }

    /// The API description of a file whose text was just fetched.
    pub(crate) fn description(
        &mut self,
        path: &Path,
        query_parameters: QueryParameters,
    ) -> Option<Arc<ReadDescription>> {
        let limits = self.limits.description;
        let kept = self.kept.get_mut(path)?;
        let text = kept.found.as_ref().ok()?;
        if let Some((choice, read)) = &kept.description
            && *choice == query_parameters
        {
            return Some(Arc::clone(read));
        }
        let read = Arc::new(describe(Arc::clone(text), query_parameters, &limits));
        kept.description = Some((query_parameters, Arc::clone(&read)));
        Some(read)
    }

    /// Reads descriptions that are about to be asked for, on all cores.
    pub(crate) fn describe_ahead(&mut self, paths: &[PathBuf], query_parameters: QueryParameters) {
        let limits = self.limits.description;
        let mut new = Vec::new();
        for path in paths {
            if let Some(kept) = self.fetch(path, limits.bytes as u64)
                && let (Ok(text), None) = (&kept.found, &kept.description)
            {
                new.push((path, Arc::clone(text)));
            }
        }
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        if threads == 1 || new.len() < FEW {
            return;
        }
        let read = |(path, text): (&PathBuf, Arc<str>)| {
            let read = describe(text, query_parameters, &limits);
            (path.clone(), Arc::new(read))
        };
        let per_thread = new.len().div_ceil(threads);
        let read: Vec<_> = thread::scope(|scope| {
            let mut tasks = Vec::new();
            while !new.is_empty() {
                let share = new.split_off(new.len().saturating_sub(per_thread));
                let task = move || share.into_iter().map(read).collect::<Vec<_>>();
                tasks.push(scope.spawn(task));
            }
            // What a thread did not get done is read when it is asked for.
            let done = tasks.into_iter().filter_map(|task| task.join().ok());
            done.flatten().collect()
        });
        for (path, read) in read {
            if let Some(kept) = self.kept.get_mut(&path) {
                kept.description = Some((query_parameters, read));
            }
        }
    }

    fn fetch(&mut self, path: &Path, most: u64) -> Option<&Kept> {
        let full = self.root.join(path);
        let (stamp, found) = match fs::metadata(&full) {
            Ok(metadata) => {
                let stamp = Stamp::of(&metadata);
                if self.is_kept(path, stamp) {
                    return self.kept.get(path);
                }
                (stamp, read(&full, &metadata, most))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => (Stamp::UNKNOWN, Err(system(&error))),
        };
        self.keep(path, stamp, found);
        self.kept.get(path)
    }

    /// Whether the file is as it was; if so it is marked as still there.
    fn is_kept(&mut self, path: &Path, stamp: Stamp) -> bool {
        let reading = self.reading;
        self.kept
            .get_mut(path)
            .filter(|kept| kept.stamp == stamp)
            .map(|kept| kept.reading = reading)
            .is_some()
    }

    fn keep(&mut self, path: &Path, stamp: Stamp, found: Result<Arc<str>, Refusal>) {
        if let (Some(kept), Ok(text)) = (self.kept.get_mut(path), &found)
            && kept.found.as_ref().is_ok_and(|before| before == text)
        {
            // Touched, not changed: what was made of it stays.
            (kept.stamp, kept.reading) = (stamp, self.reading);
            return;
        }
        self.parsed += 1;
        let kept = Kept {
            stamp,
            reading: self.reading,
            found,
            document: None,
            description: None,
        };
        self.kept.insert(path.to_owned(), kept);
    }
}

fn read(full: &Path, metadata: &Metadata, most: u64) -> Result<Arc<str>, Refusal> {
    let bytes = metadata.len();
    if bytes > most {
        return Err(Refusal::TooLarge { bytes, most });
    }
    if !metadata.is_file() {
        return Err(Refusal::System(Arc::from("it is not a file")));
    }
    let mut contents = Vec::new();
    // It may have grown since it was looked at.
    let file = fs::File::open(full).map_err(|error| system(&error))?;
    let read = file.take(most.saturating_add(1)).read_to_end(&mut contents);
    let bytes = read.map_err(|error| system(&error))? as u64;
    if bytes > most {
        return Err(Refusal::TooLarge { bytes, most });
    }
    let text = String::from_utf8(contents)
        .map_err(|error| Refusal::NotText(error.utf8_error().valid_up_to()))?;
    Ok(Arc::from(text.strip_prefix('\u{feff}').unwrap_or(&text)))
}

fn describe(
    text: Arc<str>,
    query_parameters: QueryParameters,
    limits: &portcullis_spec::limits::Limits,
) -> ReadDescription {
    let mut diagnostics = Diagnostics::default();
    let placeholder = SourceId(u32::MAX);
    let read = portcullis_spec::parse_with(
        text,
        placeholder,
        query_parameters,
        limits,
        &mut diagnostics,
    );
    let sound = read.is_some();
    let (title, servers, operations) = read
        .map(|d| (d.title, d.servers, d.operations))
        .unwrap_or_default();
    ReadDescription {
        title,
        servers,
        operations: Arc::from(operations),
        sound,
        diagnostics,
    }
}

fn system(error: &io::Error) -> Refusal {
    Refusal::System(Arc::from(error.kind().to_string()))
}

impl Stamp {
    /// Of a file that could not even be looked at: no other stamp is equal to it.
    const UNKNOWN: Self = Self {
        bytes: u64::MAX,
        modified: None,
        identity: Identity::UNKNOWN,
    };

    fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            identity: Identity::of(metadata),
        }
    }
}

/// Which file it is and when it was last changed in any way, where the system says so: a file that
/// was replaced by one of the same size and time is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(u64, i64, i64);

impl Identity {
    const UNKNOWN: Self = Self(0, 0, 0);

    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self::UNKNOWN
    }
}
