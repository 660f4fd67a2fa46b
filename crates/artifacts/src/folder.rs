//! The whole folder, into a configuration.

use std::path::{Path, PathBuf};

use portcullis_model::code::artifact as codes;
use portcullis_model::config::Configuration;
use portcullis_model::diagnostic::{Diagnostics, Sources, Span};

use crate::disk::{Disk, Listing};
use crate::limits::Limits;
use crate::reading::{Names, POLICY, Reading};
use crate::subscription::Scopes;
use crate::{api, backend, fragment, group, named_value, product, subscription, version_set};

/// An artefact folder on disk. Keeps what it read, so that a second reading costs what changed.
#[derive(Debug)]
pub struct Folder {
    disk: Disk,
}

/// What a reading of a folder found.
#[derive(Debug)]
pub struct Loaded {
    /// Everything that could be read. Whatever could not is left out, or marked so that it fails
    /// closed; `diagnostics` says so.
    pub configuration: Configuration,
    /// Every text, for diagnostics.
    pub sources: Sources,
    /// What was found, in the order of reading.
    pub diagnostics: Diagnostics,
    /// How many files were read or known from before.
    pub files: usize,
    /// How many of them were read anew because they are new or changed.
    pub parsed: usize,
    /// Resources of kinds that a gateway has no use for: loggers, diagnostics, tags, gateways.
    pub skipped: usize,
    /// A digest of all names: another one means that something came, went, or was renamed. Some
    /// files, such as the links of products, mean something by being there and are not read.
    pub shape: u64,
}

/// Collections that are known, but not to a gateway.
const SKIPPED: [&str; 4] = ["loggers", "diagnostics", "tags", "gateways"];

const WORKSPACES: &str = "workspaces";

/// Collections that are read.
const READ: [&str; 8] = [
    named_value::COLLECTION,
    backend::COLLECTION,
    version_set::COLLECTION,
    group::COLLECTION,
    fragment::COLLECTION,
    api::COLLECTION,
    product::COLLECTION,
    subscription::COLLECTION,
];

impl Folder {
    /// A folder that is read with the default limits. Nothing is read yet.
    pub fn open(root: PathBuf) -> Self {
        Self::with_limits(root, Limits::DEFAULT)
    }

    /// A folder that is read with these limits.
    pub fn with_limits(root: PathBuf, limits: Limits) -> Self {
        Self {
            disk: Disk::new(root, limits),
        }
    }

    /// Where it is, as the author gave it.
    pub fn root(&self) -> &Path {
        self.disk.root()
    }

    /// Reads everything; only files that changed since the last reading are parsed again.
    pub fn read(&mut self) -> Loaded {
        self.disk.begin();
        let mut reading = Reading::new(&mut self.disk);
        let mut skipped = 0;
        let mut configuration = Configuration::default();
        if let Some(listing) = root_listing(&mut reading) {
            skipped = count_skipped(&mut reading, &listing);
            configuration = read_all(&mut reading, &listing);
        }
        let Reading {
            sources,
            diagnostics,
            ..
        } = reading;
        let (files, parsed, shape) = self.disk.end();
        Loaded {
            configuration,
            sources,
            diagnostics,
            files,
            parsed,
            skipped,
            shape,
        }
    }
}

/// What stands in the root, if it is an artefact folder at all.
fn root_listing(reading: &mut Reading<'_>) -> Option<Listing> {
    let root = Path::new("");
    let listing = match reading.disk.list(root) {
        Ok(listing) => listing,
        Err(error) => {
            let message = format!("the folder cannot be read: {}", error.kind());
            let help = "give the folder that contains `apis`";
            reading.about_folder(codes::EMPTY_FOLDER, root, message, help);
            return None;
        }
    };
    let known: Vec<&str> = READ
        .into_iter()
        .chain(SKIPPED)
        .chain([WORKSPACES])
        .collect();
    reading.tell_near_misses(root, &listing, &[POLICY], &known);
    let is_one = listing.files.iter().any(|f| f == POLICY)
        || listing.folders.iter().any(|f| known.contains(&f.as_str()));
    if !is_one {
        let message = "there is neither a `policy.xml` nor a folder `apis` in it";
        let help = "give the folder that contains `apis`, or make one with `portcullis new`";
        reading.about_folder(codes::EMPTY_FOLDER, root, message, help);
    }
    is_one.then_some(listing)
}

/// Reads what others refer to before what refers to it.
fn read_all(reading: &mut Reading<'_>, listing: &Listing) -> Configuration {
    let has = |collection: &str| listing.folders.iter().any(|f| f == collection);
    let mut configuration = Configuration {
        policy: reading.policy(Path::new(""), listing),
        ..Configuration::default()
    };
    if has(named_value::COLLECTION) {
        configuration.named_values = named_value::read(reading);
    }
    if has(backend::COLLECTION) {
        configuration.backends = backend::read(reading);
    }
    if has(fragment::COLLECTION) {
        configuration.fragments = fragment::read(reading);
    }
    let (mut sets, mut set_names) = (Vec::new(), Names::default());
    if has(version_set::COLLECTION) {
        (sets, set_names) = version_set::read(reading);
    }
    let mut group_names = group::system_names();
    if has(group::COLLECTION) {
        configuration.groups = group::read(reading, &mut group_names);
    }
    let mut apis = api::Apis::default();
    if has(api::COLLECTION) {
        apis = api::read(reading, &mut sets, &mut set_names);
    }
    let mut product_names = Names::default();
    if has(product::COLLECTION) {
        (configuration.products, product_names) = product::read(reading, &apis.names, &group_names);
    }
    if Reading::is_misnamed(listing, product::COLLECTION) {
        let lost = product::all_unreadable(reading);
        configuration.products.push(lost);
    }
    if has(subscription::COLLECTION) {
        let scopes = Scopes {
            apis: &apis.names,
            products: &product_names,
        };
        configuration.subscriptions = subscription::read(reading, scopes);
    }
    configuration.version_sets = sets;
    configuration.apis = apis.all;
    configuration.unaddressed = apis.unaddressed;
    configuration
}

/// Counts what a gateway has no use for, and warns of workspaces.
fn count_skipped(reading: &mut Reading<'_>, listing: &Listing) -> usize {
    let mut skipped = 0;
    for collection in SKIPPED {
        if listing.folders.iter().any(|f| f == collection) {
            skipped += reading.list(Path::new(collection)).folders.len();
        }
    }
    if listing.folders.iter().any(|f| f == WORKSPACES) {
        for workspace in reading.list(Path::new(WORKSPACES)).folders {
            let path = Path::new(WORKSPACES).join(&workspace);
            let source = reading.name_only(&path);
            let message = format!("the workspace `{workspace}` is not served yet");
            let help = "its resources are not read";
            let at = Span::at(0);
            reading.warning(codes::UNSERVED_WORKSPACE, source, at, message, help);
        }
    }
    skipped
}
