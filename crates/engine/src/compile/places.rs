//! Where each API is: its URL suffix and version, and which APIs claim the same.

use std::collections::HashMap;

use http::HeaderName;
use portcullis_model::api::{Api, VersionScheme};
use portcullis_model::code::engine as code;
use portcullis_model::id::ApiId;
use portcullis_model::{Configuration, Diagnostic, Diagnostics};
use portcullis_policy::plan::Unavailable;

use crate::route::{Version, fold};

/// Where an API is.
#[derive(Debug)]
pub(super) struct Place {
    /// The segments of its suffix, folded.
    pub(super) segments: Vec<String>,
    /// How a request says that it wants this version.
    pub(super) version: Version,
    /// Why it answers 503 there.
    pub(super) broken: Option<Unavailable>,
}

/// Where an API is. One whose version cannot be told apart from others is broken: without a version
/// it would take calls of all of them.
pub(super) fn of(api: &Api, configuration: &Configuration, found: &mut Diagnostics) -> Place {
    let (version, segment, broken) = match version(api, configuration) {
        Ok((version, segment)) => (version, segment, None),
        Err(why) => {
            let (source, span) = api.at;
            let message = &*why.message;
            found.push(Diagnostic::error(why.code, source, span, message));
            (Version::None, None, Some(why))
        }
    };
    let segments = api.path.segments().chain(segment.as_deref());
    Place {
        segments: segments.map(|s| fold(s).into_owned()).collect(),
        version,
        broken,
    }
}

/// The version of an API, and the segment that names it.
fn version(
    api: &Api,
    configuration: &Configuration,
) -> Result<(Version, Option<String>), Unavailable> {
    let Some(version) = &api.version else {
        return Ok((Version::None, None));
    };
    let mut sets = configuration.version_sets.iter();
    let Some(set) = sets.find(|s| s.id == version.set) else {
        let message = format!(
            "the API `{}` is in the version set `{}`, which does not exist",
            api.id, version.set
        );
        return Err(Unavailable {
            code: code::DANGLING_REFERENCE,
            message: message.into(),
        });
    };
    let name = version.name.as_deref().filter(|n| !n.trim().is_empty());
    match &set.scheme {
        // Folders that were exported carry the version in the path already.
        VersionScheme::Segment => {
            let last = api.path.segments().last();
            let named = last
                .zip(name)
                .is_some_and(|(l, n)| l.eq_ignore_ascii_case(n));
            Ok((Version::None, name.filter(|_| !named).map(str::to_owned)))
        }
        VersionScheme::Header(header) => {
            let header = HeaderName::from_bytes(header.as_bytes()).map_err(|_| Unavailable {
                code: code::DANGLING_REFERENCE,
                message: format!(
                    "the version set `{}` of the API `{}` names the header `{header}`, which cannot be one",
                    set.id, api.id
                )
                .into(),
            })?;
            let version = Version::Header {
                name: header,
                version: name.map(folded),
            };
            Ok((version, None))
        }
        VersionScheme::Query(query) => {
            let version = Version::Query {
                name: folded(query),
                version: name.map(folded),
            };
            Ok((version, None))
        }
    }
}

fn folded(text: &str) -> Box<str> {
    fold(text.trim()).into()
}

/// For each API, why it answers 503 if another claims its calls; each such pair is reported once.
pub(super) fn contested(
    apis: &[Api],
    places: &[Place],
    found: &mut Diagnostics,
) -> Vec<Option<Unavailable>> {
    let mut contested = vec![None; apis.len()];
    let mut by_suffix: HashMap<&[String], Vec<usize>> = HashMap::new();
    for (at, place) in places.iter().enumerate() {
        let here = by_suffix.entry(&place.segments).or_default();
        let rivals = here.iter().filter(|first| {
            let both = |list: &[Place]| Some((list.get(**first)?.version.clone(), place));
            let same = both(places).is_some_and(|(first, own)| overlap(&first, &own.version));
            same && apis
                .get(**first)
                .zip(apis.get(at))
                .is_some_and(|(a, b)| rival(a, b))
        });
        let rivals: Vec<usize> = rivals.copied().collect();
        here.push(at);
        for first in rivals {
            let Some((first_api, api)) = apis.get(first).zip(apis.get(at)) else {
                continue;
            };
            tell(api, &first_api.id, found);
            for (place, other) in [(first, api), (at, first_api)] {
                if let Some(place) = contested.get_mut(place) {
                    *place = Some(claimed_by(&other.id));
                }
            }
        }
    }
    contested
}

/// Whether a call can ask for both.
fn overlap(a: &Version, b: &Version) -> bool {
    // Without a version an API takes calls whatever they ask for.
    a == b || *a == Version::None || *b == Version::None
}

/// Whether two revisions at one place take each other's calls: those of one API are told apart by
/// number, those of two never mean the same.
fn rival(a: &Api, b: &Api) -> bool {
    a.id != b.id || a.revision == b.revision
}

fn tell(api: &Api, first: &ApiId, found: &mut Diagnostics) {
    let message = format!(
        "the API `{}` has the URL of the API `{first}`: neither is served",
        api.id
    );
    let (source, span) = api.at;
    found.push(Diagnostic::error(
        code::DUPLICATE_ROUTE,
        source,
        span,
        message,
    ));
}

fn claimed_by(other: &ApiId) -> Unavailable {
    Unavailable {
        code: code::DUPLICATE_ROUTE,
        message: format!("the API `{other}` has the same URL").into(),
    }
}
