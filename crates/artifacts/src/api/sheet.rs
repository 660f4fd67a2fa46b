//! `apiInformation.json`: what it says about one revision.

use portcullis_model::api::{ApiPath, ApiVersion, KeyNames, Protocols, VersionSet};
use portcullis_model::code::artifact as codes;
use portcullis_model::diagnostic::{SourceId, Span};
use portcullis_model::id::{Revision, VersionSetId};
use portcullis_spec::QueryParameters;

use super::FILE;
use super::kind::{self, Type};
use crate::backend::is_base_url;
use crate::link;
use crate::reading::{Names, Place, Reading, Target};
use crate::record::{Record, Soundness};
use crate::version_set;

/// Members that say nothing to a gateway.
const BESIDES: [&str; 11] = [
    "apiRevisionDescription",
    "apiVersionDescription",
    "authenticationSettings",
    "contact",
    "license",
    "provisioningState",
    "sourceApiId",
    "termsOfServiceUrl",
    "wsdlSelector",
    "format",
    "value",
];

/// What an information file says.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) revision: Revision,
    pub(super) is_current: bool,
    pub(super) is_online: bool,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) path: ApiPath,
    pub(super) path_span: Span,
    pub(super) version: Option<ApiVersion>,
    pub(super) protocols: Protocols,
    pub(super) service_url: Option<String>,
    pub(super) subscription_required: bool,
    pub(super) key_names: KeyNames,
    pub(super) kind: Type,
    pub(super) query_parameters: QueryParameters,
    /// Whether all members could be read; if not, the API is known but must not be served.
    pub(super) soundness: Soundness,
    pub(super) at: (SourceId, Span),
}

/// The version sets read so far; APIs may bring their own.
#[derive(Debug)]
pub(super) struct VersionSets<'s> {
    pub(super) sets: &'s mut Vec<VersionSet>,
    pub(super) names: &'s mut Names,
}

impl Sheet {
    /// Takes over what all revisions have in common from the current one.
    pub(super) fn share(&mut self, current: &Self) {
        self.name.clone_from(&current.name);
        self.kind = current.kind;
        self.description.clone_from(&current.description);
        self.subscription_required = current.subscription_required;
        self.version.clone_from(&current.version);
        self.path = current.path.clone();
        self.protocols = current.protocols;
        if current.soundness == Soundness::Faulty {
            self.soundness = Soundness::Faulty;
        }
    }
}

/// Reads an information file; `revision` is that of the folder's name.
///
/// `None` if the API has no address, so that nothing can answer for it.
pub(super) fn read(
    reading: &mut Reading<'_>,
    place: &Place,
    revision: Option<u32>,
    sets: &mut VersionSets<'_>,
) -> Option<Sheet> {
    let information = reading.information(place, FILE)?;
    let (sheet, soundness) = information.read(&mut reading.diagnostics, |record| {
        record.known(&BESIDES);
        members(record, revision, sets)
    });
    sheet.map(|sheet| Sheet { soundness, ..sheet })
}

fn members(
    record: &mut Record<'_, '_>,
    revision: Option<u32>,
    sets: &mut VersionSets<'_>,
) -> Option<Sheet> {
    // Everything is asked for before anything can end this: what nobody asks for is reported.
    let (revision, folder) = revision_of(record, revision);
    let is_current = current(record, folder);
    let is_online = record.flag("isOnline").unwrap_or(true);
    let name = record.words("displayName");
    let description = record.words("description");
    let path = path(record);
    let path_span = record.place_of("path").unwrap_or_else(|| record.span());
    let version = version(record, sets);
    let protocols = protocols(record);
    let service_url = service_url(record);
    // The service's default is not documented for APIs; it is the closed one here.
    let subscription_required = record.flag("subscriptionRequired").unwrap_or(true);
    let key_names = key_names(record);
    let kind = kind::read(record);
    let query_parameters = query_parameters(record);
    Some(Sheet {
        revision,
        is_current,
        is_online,
        name,
        description,
        path: path?,
        path_span,
        // A version whose set cannot be found leaves the API without an address.
        version: version.ok()?,
        protocols,
        service_url,
        subscription_required,
        key_names,
        kind,
        query_parameters,
        soundness: Soundness::Sound,
        at: (record.source(), record.span()),
    })
}

/// Which folder it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    Current,
    Revision,
}

fn revision_of(record: &mut Record<'_, '_>, folder: Option<u32>) -> (Revision, Folder) {
    let text = record.scalar("apiRevision").filter(|t| !t.value.is_empty());
    let written = text.map(|text| (text.value.parse().ok().filter(|n| *n > 0), text.span));
    if let Some((None, span)) = written {
        let help = "revisions are numbered from 1: write `\"1\"`";
        record.wrong(span, "`apiRevision` is not the number of a revision", help);
    }
    match (folder, written) {
        (Some(folder), Some((Some(written), span))) if folder != written => {
            let message =
                format!("the folder is of revision {folder}, which counts, not {written}");
            record.warn(codes::CONTRADICTION, span, message, "make them agree");
            (Revision(folder), Folder::Revision)
        }
        (Some(folder), _) => (Revision(folder), Folder::Revision),
        (None, Some((Some(written), _))) => (Revision(written), Folder::Current),
        (None, _) => (Revision::default(), Folder::Current),
    }
}

/// The folder without `;rev=` is the current revision unless it says otherwise.
fn current(record: &mut Record<'_, '_>, folder: Folder) -> bool {
    let written = record.flag("isCurrent");
    if folder == Folder::Current && written == Some(false) {
        let span = record
            .place_of("isCurrent")
            .unwrap_or_else(|| record.span());
        let message = "this folder holds the current revision, but says it is not; \
                       it is reached with `;rev=` only";
        record.warn(codes::CONTRADICTION, span, message, "remove `isCurrent`");
    }
    written.unwrap_or(folder == Folder::Current)
}

fn path(record: &mut Record<'_, '_>) -> Option<ApiPath> {
    let text = record.required_text("path")?;
    match ApiPath::parse(text.value) {
        Ok(path) => Some(path),
        Err(invalid) => {
            let message = format!("`{}` is not a path: {invalid}", text.value);
            record.wrong(
                text.span,
                message,
                "write segments joined by `/`: `store/orders`",
            );
            None
        }
    }
}

/// A version and its set. `Err` if the set cannot be found: the API's address is not known then.
fn version(
    record: &mut Record<'_, '_>,
    sets: &mut VersionSets<'_>,
) -> Result<Option<ApiVersion>, ()> {
    let version = record.words("apiVersion");
    let reference = record
        .text("apiVersionSetId")
        .filter(|t| !t.value.is_empty());
    let inline = record.object("apiVersionSet", |set| {
        let id = set.text("id").filter(|t| !t.value.is_empty());
        let display = set.words("name");
        set.known(&["description", "versionHeaderName", "versionQueryName"]);
        let described = set.place_of("versioningScheme").is_some();
        let scheme = described.then(|| version_set::scheme(set)).flatten();
        (id, display, scheme)
    });
    let (inline_id, display, scheme) = inline.unwrap_or_default();
    let Some(id) = reference.or(inline_id) else {
        return without_id(record, version, display, scheme, sets);
    };
    let Some(found) = link::name(id.value, "apiVersionSets") else {
        let message = format!("`{}` is not the id of a version set", id.value);
        record.wrong(id.span, message, "write `/apiVersionSets/NAME`");
        return Err(());
    };
    if let (Target::Missing, Some(scheme)) = (sets.names.find(found), scheme) {
        return sets.add(found, display, scheme, version);
    }
    match sets.names.find(found) {
        Target::Sound => {
            let set = VersionSetId::parse(found).map_err(|_| ())?;
            Ok(Some(ApiVersion { set, name: version }))
        }
        Target::Faulty => Err(()),
        Target::Missing => {
            let message = format!("the version set `{found}` does not exist");
            let help = sets.names.suggestion(found, "add it to `version sets`");
            record.fail(codes::UNKNOWN_REFERENCE, id.span, message, help);
            Err(())
        }
    }
}

/// An API that names no version set: it may describe one without an id, by its name.
fn without_id(
    record: &mut Record<'_, '_>,
    version: Option<String>,
    display: Option<String>,
    scheme: Option<portcullis_model::api::VersionScheme>,
    sets: &mut VersionSets<'_>,
) -> Result<Option<ApiVersion>, ()> {
    if let (Some(display), Some(scheme)) = (display, scheme) {
        let name = portcullis_spec::resource_name(&display);
        return sets.add(&name, Some(display), scheme, version);
    }
    if version.is_some() {
        let span = record
            .place_of("apiVersion")
            .unwrap_or_else(|| record.span());
        let message = "`apiVersion` has no effect without a version set";
        let help = "add `apiVersionSetId`, or remove `apiVersion`";
        record.fail(codes::CONTRADICTION, span, message, help);
    }
    Ok(None)
}

impl VersionSets<'_> {
    /// Adds a set that an API describes itself, unless there is one of that name.
    fn add(
        &mut self,
        name: &str,
        display: Option<String>,
        scheme: portcullis_model::api::VersionScheme,
        version: Option<String>,
    ) -> Result<Option<ApiVersion>, ()> {
        let id = VersionSetId::parse(name).map_err(|_| ())?;
        if self.names.find(name) == Target::Missing {
            self.names.add(name, Soundness::Sound);
            self.sets.push(VersionSet {
                id: id.clone(),
                name: display.unwrap_or_else(|| name.to_owned()),
                scheme,
            });
        }
        Ok(Some(ApiVersion {
            set: id,
            name: version,
        }))
    }
}

/// `https` alone unless the file says otherwise, as the service has it.
fn protocols(record: &mut Record<'_, '_>) -> Protocols {
    let mut protocols = Protocols {
        plain: false,
        secure: false,
    };
    for text in record.texts("protocols") {
        match text.value.to_ascii_lowercase().as_str() {
            "http" | "ws" => protocols.plain = true,
            "https" | "wss" => protocols.secure = true,
            _ => {
                let message = format!("`{}` is not a protocol", text.value);
                let help = "a protocol is `http`, `https`, `ws` or `wss`";
                record.wrong(text.span, message, help);
            }
        }
    }
    protocols.secure |= !protocols.plain;
    protocols
}

/// An empty one is none, and the description's server does not stand in for it.
fn service_url(record: &mut Record<'_, '_>) -> Option<String> {
    let text = record.text("serviceUrl")?;
    let url = text.value.trim().to_owned();
    if url.is_empty() || is_base_url(&url) {
        return Some(url);
    }
    let message = format!("`{url}` is not the base URL of a service");
    record.wrong(
        text.span,
        message,
        "write `https://` and the host of the service",
    );
    None
}

fn key_names(record: &mut Record<'_, '_>) -> KeyNames {
    let written = record.object("subscriptionKeyParameterNames", |names| {
        let header = names.header_name("header");
        (header, names.words("query"))
    });
    let (header, query) = written.unwrap_or_default();
    let defaults = KeyNames::default();
    KeyNames {
        header: header.unwrap_or(defaults.header),
        query: query.unwrap_or(defaults.query),
    }
}

fn query_parameters(record: &mut Record<'_, '_>) -> QueryParameters {
    let words = [
        ("template", QueryParameters::Template),
        ("query", QueryParameters::Query),
    ];
    let chosen = record.choice("translateRequiredQueryParameters", &words);
    chosen.unwrap_or_default()
}
