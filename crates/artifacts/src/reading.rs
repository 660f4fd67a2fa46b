//! One reading of a folder: what its parts share while it lasts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis_model::code::{Code, artifact as codes};
use portcullis_model::diagnostic::{Diagnostic, Diagnostics, SourceId, Sources, Span};
use portcullis_model::policy::{PolicyFormat, PolicyText};
use portcullis_model::suggest::nearest;
use portcullis_spec::document::{Cause, Document, Kind, Member, Node};

use crate::disk::{Disk, Found, Listing, Refusal};
use crate::limits::Limits;
use crate::record::{Record, Soundness};

/// The name of every policy document.
pub(crate) const POLICY: &str = "policy.xml";

/// The name of the folder in that of an API that holds the policies of its operations.
pub(crate) const OPERATIONS: &str = "operations";

/// Folders that hold policies, or say to which APIs those of a product apply.
const HOLD_POLICIES: [&str; 4] = ["apis", OPERATIONS, "products", "policy fragments"];

/// One reading of a folder.
#[derive(Debug)]
pub(crate) struct Reading<'f> {
    pub(crate) disk: &'f mut Disk,
    pub(crate) limits: Limits,
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Diagnostics,
}

/// The folder of one resource.
#[derive(Debug)]
pub(crate) struct Place {
    /// The resource's name.
    pub(crate) name: String,
    /// Where it is, below the root.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) listing: Listing,
}

/// The information file of a resource.
#[derive(Debug)]
pub(crate) struct Information {
    pub(crate) source: SourceId,
    document: Arc<Document>,
}

/// Names that other resources may refer to, without regard to case, and whether what they name
/// could be read.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, Soundness>);

/// What a reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A resource that was read.
    Sound,
    /// A resource that could not be read; that was reported where it stands.
    Faulty,
    /// Nothing.
    Missing,
}

impl Names {
    pub(crate) fn add(&mut self, name: &str, soundness: Soundness) {
        let key = name.to_ascii_lowercase();
        match soundness {
            Soundness::Sound => self.0.insert(key, soundness),
            // Of several revisions one that can be read is enough.
            Soundness::Faulty => Some(*self.0.entry(key).or_insert(soundness)),
        };
    }

    pub(crate) fn find(&self, name: &str) -> Target {
        match self.0.get(&name.to_ascii_lowercase()) {
            Some(Soundness::Sound) => Target::Sound,
            Some(Soundness::Faulty) => Target::Faulty,
            None => Target::Missing,
        }
    }

    /// A sentence that names the nearest, for help.
    pub(crate) fn suggestion(&self, name: &str, otherwise: &str) -> String {
        match nearest(name, self.0.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => otherwise.to_owned(),
        }
    }
}

impl Information {
    /// Reads the resource's members with `read`.
    pub(crate) fn read<'d, T>(
        &'d self,
        diagnostics: &mut Diagnostics,
        read: impl FnOnce(&mut Record<'_, 'd>) -> T,
    ) -> (T, Soundness) {
        let (properties, wrapper) = self.properties(diagnostics);
        let mut record = Record::new(properties, self.source, diagnostics);
        let value = read(&mut record);
        match record.finish() {
            Soundness::Sound => (value, wrapper),
            Soundness::Faulty => (value, Soundness::Faulty),
        }
    }

    /// The object that has the members, and whether it is what it should be.
    fn properties(&self, diagnostics: &mut Diagnostics) -> (Node<'_>, Soundness) {
        const NAME: &str = "properties";
        let root = self.document.root();
        let mut wrong = |span, message: String, help: &str| {
            let error = Diagnostic::error(codes::WRONG_VALUE, self.source, span, message);
            diagnostics.push(error.with_help(help));
            (root, Soundness::Faulty)
        };
        match root.get(NAME) {
            Some(properties) if properties.kind() == Kind::Object => {
                return (properties, Soundness::Sound);
            }
            Some(other) if other.kind() != Kind::Null => {
                let found = other.kind().described();
                let message = format!("`{NAME}` is an object, this is {found}");
                return wrong(other.span(), message, "write `{…}`");
            }
            Some(_) | None => {}
        }
        let near = |member: &Member<'_>| nearest(member.name, [NAME]).is_some();
        if let Some(meant) = root.members().find(|m| m.name != NAME && near(m)) {
            let message = format!("unknown member `{}`", meant.name);
            return wrong(meant.name_span, message, "did you mean `properties`?");
        }
        if root.members().next().is_some() {
            let start = root.span().start as usize;
            let warning = Diagnostic::warning(
                codes::MISSING_WRAPPER,
                self.source,
                Span::new(start, start + 1),
                "the members do not stand in `properties`",
            );
            diagnostics.push(warning.with_help("write `{\"properties\": {…}}`"));
        }
        (root, Soundness::Sound)
    }
}

impl<'f> Reading<'f> {
    pub(crate) fn new(disk: &'f mut Disk) -> Self {
        let limits = disk.limits();
        Self {
            disk,
            limits,
            sources: Sources::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// The resources in a collection folder, in the order of their names.
    ///
    /// `files` and `folders` are the names that mean something in the folder of one of them.
    pub(crate) fn resources(
        &mut self,
        collection: &Path,
        files: &[&str],
        folders: &[&str],
    ) -> Vec<Place> {
        let names = self.list(collection).folders;
        let mut seen = HashMap::with_capacity(names.len());
        let mut places = Vec::with_capacity(names.len());
        for name in names {
            let path = collection.join(&name);
            if places.len() >= self.limits.resources {
                let most = self.limits.resources;
                let message = format!("there are more than {most} resources of one kind");
                self.about_folder(codes::BEYOND_LIMIT, collection, message, "split the folder");
                break;
            }
            if let Some(first) = seen.insert(name.to_ascii_lowercase(), name.clone()) {
                let message = format!("`{name}` and `{first}` differ only in case");
                self.about_folder(codes::INVALID_NAME, &path, message, "rename one of them");
                continue;
            }
            let listing = self.list(&path);
            self.tell_near_misses(&path, &listing, files, folders);
            places.push(Place {
                name,
                path,
                listing,
            });
        }
        places
    }

    /// What is in a folder; what cannot be listed is reported and counts as empty.
    pub(crate) fn list(&mut self, folder: &Path) -> Listing {
        match self.disk.list(folder) {
            Ok(listing) => {
                for shown in &listing.unnamable {
                    let message = format!("the name `{shown}` is not UTF-8");
                    self.about_folder(codes::INVALID_NAME, folder, message, "rename it");
                }
                listing
            }
            Err(error) => {
                let message = format!("the folder cannot be read: {}", error.kind());
                let help = "check its permissions";
                self.about_folder(codes::UNREADABLE_FILE, folder, message, help);
                Listing::default()
            }
        }
    }

    /// Tells of names that are almost those that mean something here: a warning, or an error where a
    /// policy is lost with the name.
    pub(crate) fn tell_near_misses(
        &mut self,
        folder: &Path,
        listing: &Listing,
        files: &[&str],
        folders: &[&str],
    ) {
        for (names, known, kind) in [
            (&listing.files, files, "file"),
            (&listing.folders, folders, "folder"),
        ] {
            for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
                if let Some(meant) = nearest(name, known.iter().copied()) {
                    let source = self.name_only(&folder.join(name));
                    let message = format!("the {kind} `{name}` is not read");
                    let at = Span::at(0);
                    let code = codes::NEAR_MISS;
                    let told = if loses_policies(listing, meant) {
                        Diagnostic::error(code, source, at, message)
                    } else {
                        Diagnostic::warning(code, source, at, message)
                    };
                    self.diagnostics
                        .push(told.with_help(format!("did you mean `{meant}`?")));
                }
            }
        }
    }

    /// The information file of a resource; without it the resource is reported.
    pub(crate) fn information(&mut self, place: &Place, file: &str) -> Option<Information> {
        let information = self.optional_information(place, file);
        if information.is_none() && !place.listing.files.iter().any(|f| f == file) {
            let message = format!("`{file}` is missing");
            let help = "add it, or remove the folder";
            self.about_folder(codes::MISSING_FILE, &place.path, message, help);
        }
        information
    }

    /// The information file of a resource that can do without one.
    pub(crate) fn optional_information(
        &mut self,
        place: &Place,
        file: &str,
    ) -> Option<Information> {
        if !place.listing.files.iter().any(|f| f == file) {
            return None;
        }
        let path = place.path.join(file);
        let source = self
            .text(&path, self.limits.information_bytes)?
            .ok()?
            .source;
        match self.disk.document(&path)? {
            Ok(document) if document.root().kind() == Kind::Object => {
                Some(Information { source, document })
            }
            Ok(document) => {
                let found = document.root().kind().described();
                let message = format!("an information file is an object, this is {found}");
                let span = document.root().span();
                let help = "write `{\"properties\": {…}}`";
                self.error(codes::MALFORMED_INFORMATION, source, span, message, help);
                None
            }
            Err(malformed) => {
                let help = match malformed.cause {
                    Cause::Syntax => "mend the JSON at this place",
                    Cause::Limit => "an information file is small: this is not one",
                };
                let code = codes::MALFORMED_INFORMATION;
                self.error(code, source, malformed.span, malformed.message, help);
                None
            }
        }
    }

    /// The policy document of a folder, if it has one. One that cannot be read, or that has almost
    /// the right name, is not the same as none: whatever it stands for fails closed.
    pub(crate) fn policy(&mut self, folder: &Path, listing: &Listing) -> Option<PolicyText> {
        let path = folder.join(POLICY);
        if !has(&listing.files, POLICY) {
            if has(&listing.folders, POLICY) {
                let message = "a policy is a file, this is a folder";
                let help = "put the document in its place, or rename the folder";
                let source = self.name_only(&path);
                self.error(codes::UNREADABLE_FILE, source, Span::at(0), message, help);
                return Some(PolicyText::unreadable(source));
            }
            // It was told with the other near misses.
            return self.lost(folder, near(&listing.files, POLICY));
        }
        match self.text(&path, self.limits.policy_bytes) {
            Some(Ok(read)) => Some(PolicyText {
                source: read.source,
                text: read.text,
                format: PolicyFormat::Raw,
            }),
            Some(Err(source)) => Some(PolicyText::unreadable(source)),
            None => {
                let source = self.name_only(&path);
                let message = "the file is gone since the folder was listed";
                let help = "read the folder again";
                self.error(codes::UNREADABLE_FILE, source, Span::at(0), message, help);
                Some(PolicyText::unreadable(source))
            }
        }
    }

    /// What stands for the policies of an API when the folder that holds those of its operations has
    /// almost its name: which operations they are for is not known, so all of them fail closed.
    pub(crate) fn lost_policies(&mut self, place: &Place, meant: &str) -> Option<PolicyText> {
        let Place { path, listing, .. } = place;
        self.lost(path, near(&listing.folders, meant))
    }

    /// Whether a folder that means something here has almost its name, and is not read.
    pub(crate) fn is_misnamed(listing: &Listing, meant: &str) -> bool {
        near(&listing.folders, meant).is_some()
    }

    fn lost(&mut self, folder: &Path, name: Option<&str>) -> Option<PolicyText> {
        let source = self.name_only(&folder.join(name?));
        Some(PolicyText::unreadable(source))
    }

    /// The text of a file; `Err` names the source of one that was reported.
    pub(crate) fn text(&mut self, path: &Path, most: u64) -> Option<Result<Read, SourceId>> {
        let refusal = match self.disk.text(path, most) {
            Found::Absent => return None,
            Found::Text(text) => {
                let source = self.sources.add(self.shown(path), Arc::clone(&text));
                return Some(Ok(Read { source, text }));
            }
            Found::Refused(refusal) => refusal,
        };
        let source = self.name_only(path);
        let (code, help) = match refusal {
            Refusal::TooLarge { .. } => (codes::BEYOND_LIMIT, "split it"),
            Refusal::NotText(_) => (codes::UNREADABLE_FILE, "save it as UTF-8"),
            Refusal::System(_) => (codes::UNREADABLE_FILE, "check its permissions"),
        };
        let message = format!("the file cannot be read: {refusal}");
        self.error(code, source, Span::at(0), message, help);
        Some(Err(source))
    }

    /// Reports an error.
    pub(crate) fn error(
        &mut self,
        code: Code,
        source: SourceId,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let error = Diagnostic::error(code, source, span, message);
        self.diagnostics.push(error.with_help(help));
    }

    /// Reports a warning.
    pub(crate) fn warning(
        &mut self,
        code: Code,
        source: SourceId,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let warning = Diagnostic::warning(code, source, span, message);
        self.diagnostics.push(warning.with_help(help));
    }

    /// Reports an error about a folder as such.
    pub(crate) fn about_folder(
        &mut self,
        code: Code,
        folder: &Path,
        message: impl Into<String>,
        help: &str,
    ) {
        let source = self.name_only(folder);
        self.error(code, source, Span::at(0), message, help);
    }

    /// Reports a folder name that cannot be the name of a resource.
    pub(crate) fn invalid_name(&mut self, place: &Place, reason: &str) {
        let message = format!("`{}` cannot be a resource name: {reason}", place.name);
        self.about_folder(
            codes::INVALID_NAME,
            &place.path,
            message,
            "rename the folder",
        );
    }

    /// A source without a text, for what is to be said about a file or folder as such.
    pub(crate) fn name_only(&mut self, path: &Path) -> SourceId {
        self.sources.add(self.shown(path), "")
    }

    /// A path as the author gave it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        self.disk.root().join(path).display().to_string()
    }
}

/// Whether a policy is lost if this name is written wrong. A copy of a document beside the document
/// itself loses nothing.
fn loses_policies(listing: &Listing, meant: &str) -> bool {
    HOLD_POLICIES.contains(&meant) || (meant == POLICY && !has(&listing.files, POLICY))
}

fn has(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| name == wanted)
}

/// A name that is almost the one that is meant.
fn near<'n>(names: &'n [String], meant: &str) -> Option<&'n str> {
    let mut names = names.iter().map(String::as_str);
    names.find(|name| *name != meant && nearest(name, [meant]).is_some())
}

/// A text that was read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) source: SourceId,
    pub(crate) text: Arc<str>,
}
