//! `apis/<api>[;rev=N]/`: the information file, the description, and the policies of an API.

mod description;
mod kind;
mod sheet;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use portcullis_model::api::{Api, ApiKind, ApiVersion, VersionSet};
use portcullis_model::code::artifact as codes;
use portcullis_model::config::Unaddressed;
use portcullis_model::diagnostic::{SourceId, Span};
use portcullis_model::id::{ApiId, OperationId, Revision};
use portcullis_model::policy::PolicyText;
use portcullis_model::suggest::nearest;
use portcullis_spec::QueryParameters;

use crate::link;
use crate::reading::{Names, OPERATIONS, POLICY, Place, Reading};
use crate::record::Soundness;

use sheet::{Sheet, VersionSets};

pub(crate) const COLLECTION: &str = "apis";
const FILE: &str = "apiInformation.json";

/// Folders within that of an API.
const FOLDERS: [&str; 4] = [OPERATIONS, "diagnostics", "releases", "schemas"];

/// The folders of one API: the current revision and the others by number.
#[derive(Debug)]
struct Family {
    id: ApiId,
    current: Option<Place>,
    others: BTreeMap<u32, Place>,
}

/// APIs that were read, and the names that others may refer to.
#[derive(Debug, Default)]
pub(crate) struct Apis {
    pub(crate) all: Vec<Api>,
    pub(crate) names: Names,
    /// APIs whose URL is not known.
    pub(crate) unaddressed: Vec<Unaddressed>,
    /// Which API is at which address.
    addresses: HashMap<String, ApiId>,
}

/// Reads every revision of every API; version sets that an API carries itself join the others.
pub(crate) fn read(
    reading: &mut Reading<'_>,
    sets: &mut Vec<VersionSet>,
    set_names: &mut Names,
) -> Apis {
    let mut apis = Apis::default();
    let families = families(reading, &mut apis.unaddressed);
    // Most of a folder's text; each is used below, where its information file says how.
    let places = families
        .iter()
        .flat_map(|family| family.current.iter().chain(family.others.values()));
    let descriptions: Vec<_> = places.filter_map(description::path).collect();
    reading
        .disk
        .describe_ahead(&descriptions, QueryParameters::default());
    for family in families {
        let mut version_sets = VersionSets {
            sets,
            names: set_names,
        };
        read_family(reading, &family, &mut version_sets, &mut apis);
    }
    apis
}

fn families(reading: &mut Reading<'_>, unaddressed: &mut Vec<Unaddressed>) -> Vec<Family> {
    let files: Vec<&str> = description::FILES
        .into_iter()
        .chain([FILE, POLICY])
        .collect();
    let places = reading.resources(Path::new(COLLECTION), &files, &FOLDERS);
    let mut families: Vec<Family> = Vec::new();
    let mut by_id: HashMap<ApiId, usize> = HashMap::new();
    for place in places {
        let (name, revision) = match link::revision(&place.name) {
            Ok(parts) => parts,
            Err(reason) => {
                reading.invalid_name(&place, reason);
                unaddressed.push(no_address(reading, &place));
                continue;
            }
        };
        let id = match ApiId::parse(name) {
            Ok(id) => id,
            Err(invalid) => {
                reading.invalid_name(&place, invalid.reason);
                unaddressed.push(no_address(reading, &place));
                continue;
            }
        };
        let at = *by_id.entry(id.clone()).or_insert_with(|| {
            families.push(Family {
                id,
                current: None,
                others: BTreeMap::new(),
            });
            families.len() - 1
        });
        let Some(family) = families.get_mut(at) else {
            continue;
        };
        match revision {
            None => family.current = Some(place),
            Some(number) => {
                family.others.insert(number, place);
            }
        }
    }
    families
}

fn read_family(
    reading: &mut Reading<'_>,
    family: &Family,
    sets: &mut VersionSets<'_>,
    apis: &mut Apis,
) {
    let id = &family.id;
    let current = family.current.as_ref().map(|place| {
        let sheet = sheet::read(reading, place, None, sets);
        (place, sheet)
    });
    let root_is_faulty = matches!(&current, Some((_, None)));
    if let Some((place, None)) = &current {
        apis.unaddressed.push(no_address(reading, place));
    }
    let mut taken = None;
    let mut shared = None;
    if let Some((place, Some(sheet))) = current {
        taken = Some(sheet.revision);
        shared = Some(sheet.clone());
        finish(reading, id, place, sheet, apis);
    }
    for (number, place) in &family.others {
        if root_is_faulty {
            // What it shares with the current revision is not known; that was reported there.
            continue;
        }
        if taken == Some(Revision(*number)) {
            let message = format!("revision {number} stands in the folder of the current one too");
            let help = "remove one of the folders";
            reading.about_folder(codes::REPEATED_API, &place.path, message, help);
            continue;
        }
        if let Some(mut sheet) = sheet::read(reading, place, Some(*number), sets) {
            if let Some(current) = &shared {
                sheet.share(current);
            }
            if sheet.is_current && shared.is_some() {
                let message = "the revision says it is current, but the folder without `;rev=` is";
                let (source, span) = sheet.at;
                let help = "remove `isCurrent`";
                reading.warning(codes::CONTRADICTION, source, span, message, help);
                sheet.is_current = false;
            }
            finish(reading, id, place, sheet, apis);
        } else if shared.is_none() {
            apis.unaddressed.push(no_address(reading, place));
        }
    }
    let read = apis.all.iter().rev().take_while(|api| api.id == *id);
    let (revisions, current) = read.fold((0, 0), |(all, current), api| {
        (all + 1, current + usize::from(api.is_current))
    });
    if revisions == 0 {
        apis.names.add(id.as_str(), Soundness::Faulty);
    } else if family.current.is_none() && current == 0 {
        let source = reading.name_only(&Path::new(COLLECTION).join(id.as_str()));
        let message = format!("`{id}` has no current revision; it is reached with `;rev=` only");
        let help = "add a folder without `;rev=`, or `isCurrent` to one of the revisions";
        reading.warning(codes::MISSING_FILE, source, Span::at(0), message, help);
    }
}

fn no_address(reading: &mut Reading<'_>, place: &Place) -> Unaddressed {
    Unaddressed {
        name: place.name.clone(),
        at: (reading.name_only(&place.path), Span::at(0)),
    }
}

/// Makes an API of its sheet and everything beside the information file.
fn finish(reading: &mut Reading<'_>, id: &ApiId, place: &Place, sheet: Sheet, apis: &mut Apis) {
    if !sheet.is_online {
        // Switched off by its author: it exists, but is not there to be called.
        apis.names.add(id.as_str(), Soundness::Faulty);
        return;
    }
    if sheet.is_current && !apis.claim_address(reading, id, &sheet) {
        return;
    }
    let described = description::read(reading, place, &sheet);
    let kind = match sheet.soundness {
        Soundness::Sound => described.kind,
        Soundness::Faulty => closed("its information file has errors"),
    };
    let own = operation_policies(reading, place, id, &described.operations, &kind);
    let (operation_policies, kind) = match own {
        Some(policies) => (policies, kind),
        None => (
            Vec::new(),
            closed("one of its policies is for an operation that it does not have"),
        ),
    };
    let policy = reading.policy(&place.path, &place.listing);
    let policy = reading.lost_policies(place, OPERATIONS).or(policy);
    apis.names.add(id.as_str(), Soundness::Sound);
    apis.all.push(Api {
        id: id.clone(),
        revision: sheet.revision,
        is_current: sheet.is_current,
        name: sheet
            .name
            .or(described.title)
            .unwrap_or_else(|| id.to_string()),
        description: sheet.description,
        path: sheet.path,
        version: sheet.version,
        protocols: sheet.protocols,
        service_url: sheet.service_url.or(described.service_url),
        subscription_required: sheet.subscription_required,
        key_names: sheet.key_names,
        kind,
        operations: described.operations,
        policy,
        operation_policies,
        at: sheet.at,
    });
}

/// An API that keeps its URL and answers 503.
fn closed(missing: &'static str) -> ApiKind {
    ApiKind::Unsupported {
        kind: "http",
        missing,
    }
}

impl Apis {
    /// Whether no other API has this path and version. Which of two is meant is not known, so neither
    /// is served; the later one is reported.
    fn claim_address(&mut self, reading: &mut Reading<'_>, id: &ApiId, sheet: &Sheet) -> bool {
        let version = sheet
            .version
            .as_ref()
            .and_then(|v: &ApiVersion| v.name.as_deref());
        let address = format!("{}\n{}", sheet.path.as_str(), version.unwrap_or(""));
        match self.addresses.insert(address.to_lowercase(), id.clone()) {
            None => true,
            Some(first) => {
                let path = sheet.path.as_str();
                let message = format!("the path `{path}` is that of the API `{first}`");
                let help = "give one of them another path or version";
                let (source, _) = sheet.at;
                reading.error(codes::REPEATED_API, source, sheet.path_span, message, help);
                for api in self.all.iter_mut().filter(|api| api.id == first) {
                    api.kind = closed("another API has its URL");
                }
                self.addresses.insert(address.to_lowercase(), first);
                self.names.add(id.as_str(), Soundness::Faulty);
                false
            }
        }
    }
}

/// The policies in `operations/<operation>/policy.xml`. `None` if one of them is for an operation that
/// does not exist: then one that does runs without it, and which one is not known.
fn operation_policies(
    reading: &mut Reading<'_>,
    place: &Place,
    api: &ApiId,
    operations: &[portcullis_model::api::Operation],
    kind: &ApiKind,
) -> Option<Vec<(OperationId, PolicyText)>> {
    if !place.listing.folders.iter().any(|f| f == OPERATIONS) {
        return Some(Vec::new());
    }
    let folders = reading.resources(&place.path.join(OPERATIONS), &[POLICY], &[]);
    let known: HashSet<&OperationId> = operations.iter().map(|o| &o.id).collect();
    let mut policies = Vec::with_capacity(folders.len());
    let mut astray = false;
    for folder in folders {
        let Some(policy) = reading.policy(&folder.path, &folder.listing) else {
            continue;
        };
        // Folders carry resource names; an `operationId` as written is understood too.
        let names = [
            folder.name.clone(),
            portcullis_spec::resource_name(&folder.name),
        ];
        let ids = names
            .iter()
            .filter_map(|name| OperationId::parse(name).ok());
        match ids.into_iter().find(|id| known.contains(id)) {
            Some(id) => policies.push((id, policy)),
            None if matches!(kind, ApiKind::Unsupported { .. }) => {}
            None => {
                let ids = operations.iter().map(|o| o.id.as_str());
                let meant = nearest(&folder.name, ids);
                unknown_operation(reading, policy.source, &folder.name, api, meant);
                astray = true;
            }
        }
    }
    (!astray).then_some(policies)
}

fn unknown_operation(
    reading: &mut Reading<'_>,
    source: SourceId,
    operation: &str,
    api: &ApiId,
    meant: Option<&str>,
) {
    let message = format!("the API `{api}` has no operation `{operation}`");
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "add the operation to the description, or remove the folder".to_owned(),
    };
    reading.error(codes::UNKNOWN_OPERATION, source, Span::at(0), message, help);
}
