//! The operation that a request leads to, however its path is read.

use bytes::Bytes;
use http::Method;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;
use portcullis_model::api::TemplateSegment;
use portcullis_model::id::Revision;
use portcullis_policy::facts::{InboundRequest, RouteMatch, Scheme};
use portcullis_policy::path::{Cuts, decode_segment, is_unmistakable, readings};

use super::{Matched, Spelling, Version, bare, fold, query_values};
use crate::snapshot::{CompiledApi, Lost, Routed, Serving, Snapshot};

/// A request as routing looks at it.
#[derive(Clone, Copy)]
struct Asked<'r> {
    request: &'r InboundRequest,
    query: Option<&'r str>,
}

/// Where one reading of a path leads.
struct Way<'p> {
    /// The API's place.
    api: usize,
    /// The path below the API.
    rest: &'p str,
    /// The revision that the path names.
    revision: Option<Revision>,
    /// What stands there, if anything does.
    end: Option<End>,
}

/// What stands at the end of a way.
struct End {
    /// The operation; none if the API as a whole answers.
    matched: Option<Matched>,
    is_preflight: bool,
}

impl Snapshot {
    /// The operation that a request leads to.
    pub(crate) fn find(&self, request: &InboundRequest) -> Result<Routed<'_>, Lost> {
        let path = std::str::from_utf8(&request.path).map_err(|_| Lost::NoApi)?;
        let query = request.query.as_deref();
        let query = query.and_then(|q| std::str::from_utf8(q).ok());
        let asked = Asked { request, query };
        let way = self.way(asked, path, Spelling::Lenient);
        let way = way.ok_or(Lost::NoApi)?;
        let api = self.apis.get(way.api).ok_or(Lost::NoApi)?;
        let spoken = match request.scheme {
            Scheme::Http => api.protocols.plain,
            Scheme::Https => api.protocols.secure,
        };
        if !spoken {
            return Err(Lost::NoApi);
        }
        if way.end.is_some()
            && !is_unmistakable(path.as_bytes())
            && self.misleads(asked, path, &way)
        {
            return Err(Lost::InTwoWays);
        }
        // What is left of the path, as a slice of it; an API called without a path is called with `/`.
        let rest = match way.rest {
            "" => Bytes::from_static(b"/"),
            rest => request.path.slice(request.path.len() - rest.len()..),
        };
        match way.end.and_then(|end| api.routed(end, rest.clone())) {
            Some(routed) => Ok(routed),
            None => Err(Lost::NoOperation { api: way.api, rest }),
        }
    }

    /// Whether a server might take the path for one that leads elsewhere than `way`.
    ///
    /// A reading that leads to no API is nobody's: the plainly written path is no way in either.
    fn misleads(&self, asked: Asked<'_>, path: &str, way: &Way<'_>) -> bool {
        let (suffix, rest) = path
            .split_at_checked(path.len() - way.rest.len())
            .unwrap_or((path, ""));
        let cuts = self.cuts(way);
        let plain = without_parameters(suffix);
        // What leads to the API is not forwarded: nobody reads it but the gateway.
        let named = match way.revision {
            None => plain.clone(),
            Some(_) if self.is_of_another_api(asked, (&plain, rest), cuts, way) => return true,
            Some(Revision(number)) if plain.is_empty() => format!("/;rev={number}"),
            Some(Revision(number)) => format!("{plain};rev={number}"),
        };
        // Where there is too much to look at, nothing is looked at.
        let Ok(mut readings) = readings(&named, rest, cuts) else {
            return true;
        };
        let literal = format!("{named}{rest}");
        let literally = [path, &literal];
        let times = if path == literal { 1 } else { 2 };
        let leads_elsewhere = |other: Way<'_>| other.end.is_some() && !other.is_same(way);
        if literally
            .into_iter()
            .take(times)
            .filter_map(|path| self.way(asked, path, Spelling::Exact))
            .any(leads_elsewhere)
        {
            return true;
        }
        readings.any(|reading| {
            let Some(other) = self.way(asked, &reading.path, Spelling::Exact) else {
                return false;
            };
            match other.end {
                // What is not there must not be reached by another spelling.
                None => other.api != way.api || reading.is_fullest,
                Some(_) => !other.is_same(way),
            }
        })
    }

    /// Whether a path belongs to another API as soon as it does not say which revision of this one it
    /// means: the revision ends the suffix, and what the backend gets no longer shows it.
    fn is_of_another_api(
        &self,
        asked: Asked<'_>,
        (plain, rest): (&str, &str),
        cuts: Cuts,
        way: &Way<'_>,
    ) -> bool {
        let id = |at: usize| self.apis.get(at).map(|api| &api.facts.id);
        let Ok(readings) = readings(plain, rest, cuts) else {
            return true;
        };
        let paths = readings.map(|reading| reading.path);
        std::iter::once(format!("{plain}{rest}"))
            .chain(paths)
            .filter_map(|path| Some(self.way(asked, &path, Spelling::Exact)?.api))
            .any(|api| id(api) != id(way.api))
    }

    /// Where the value of an operation's parameter may be cut off.
    fn cuts(&self, way: &Way<'_>) -> Cuts {
        let matched = way.end.as_ref().and_then(|end| end.matched.as_ref());
        let operation = matched.and_then(|m| self.apis.get(way.api)?.operations.get(m.operation));
        let last = operation.and_then(|o| o.facts.operation.template.segments().last());
        match last {
            Some(TemplateSegment::Literal(_) | TemplateSegment::Parameter { .. }) => {
                Cuts::LastSegment
            }
            Some(TemplateSegment::Rest { .. }) | None => Cuts::Anywhere,
        }
    }

    /// Where a path leads; nowhere if there is no such API, version or revision.
    fn way<'p>(&self, asked: Asked<'_>, path: &'p str, spelling: Spelling) -> Option<Way<'p>> {
        let suffix = self.suffixes.find(path, spelling)?;
        let entry = suffix.entries.iter().find(|entry| {
            let revision = suffix
                .revision
                .map_or(entry.is_current, |r| r == entry.revision);
            revision && asks_for(&entry.version, asked.request, asked.query)
        })?;
        let api = self.apis.get(entry.api)?;
        Some(Way {
            api: entry.api,
            rest: suffix.rest,
            revision: suffix.revision,
            end: api.end(asked, suffix.rest, spelling),
        })
    }
}

impl Way<'_> {
    /// Whether the same plan decides.
    fn is_same(&self, other: &Self) -> bool {
        let decides = |way: &Self| {
            let end = way.end.as_ref()?;
            let operation = end.matched.as_ref().map(|m| m.operation);
            Some((operation, end.is_preflight))
        };
        self.api == other.api && decides(self) == decides(other)
    }
}

impl CompiledApi {
    fn end(&self, asked: Asked<'_>, path: &str, spelling: Spelling) -> Option<End> {
        let end = |matched, is_preflight| {
            Some(End {
                matched,
                is_preflight,
            })
        };
        if self.serving == Serving::Nothing {
            return end(None, false);
        }
        let Asked { request, query } = asked;
        if let Some(matched) = self.table.find(&request.method, path, query, spelling) {
            return end(Some(matched), false);
        }
        if !request.is_preflight() {
            return None;
        }
        let wanted = request.headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        let wanted = Method::from_bytes(wanted.as_bytes()).ok()?;
        end(self.table.find(&wanted, path, query, spelling), true)
    }

    fn routed(&self, end: End, rest: Bytes) -> Option<Routed<'_>> {
        let End {
            matched,
            is_preflight,
        } = end;
        let Some(matched) = matched else {
            return Some(self.without_operation(rest, is_preflight));
        };
        let operation = self.operations.get(matched.operation)?;
        let names = operation.parameters.iter();
        let parameters = names
            .zip(matched.values)
            .filter_map(|(name, value)| Some((name.as_deref()?, value)))
            .collect();
        let route = RouteMatch {
            api: &self.facts,
            operation: Some(&operation.facts),
            parameters,
            rest,
        };
        Some(Routed {
            api: self,
            route,
            plans: &operation.plans,
            is_preflight,
        })
    }

    fn without_operation(&self, rest: Bytes, is_preflight: bool) -> Routed<'_> {
        let route = RouteMatch {
            api: &self.facts,
            operation: None,
            parameters: Vec::new(),
            rest,
        };
        Routed {
            api: self,
            route,
            plans: &self.plans,
            is_preflight,
        }
    }
}

/// The part of a path that leads to an API, without the parameters of its segments.
fn without_parameters(suffix: &str) -> String {
    let mut plain = String::with_capacity(suffix.len());
    for segment in suffix.split('/') {
        let segment = decode_segment(segment);
        let name = bare(&segment).unwrap_or(&segment);
        if !name.is_empty() {
            plain.push('/');
            plain.push_str(&name.replace('%', "%25"));
        }
    }
    plain
}

/// Whether the request asks for this version.
fn asks_for(version: &Version, request: &InboundRequest, query: Option<&str>) -> bool {
    let (asked, version) = match version {
        Version::None => return true,
        Version::Header { name, version } => {
            let value = request.headers.get(name).and_then(|v| v.to_str().ok());
            (value.map(str::to_owned), version)
        }
        Version::Query { name, version } => {
            (query.and_then(|q| query_values(q, name).next()), version)
        }
    };
    match (asked.as_deref(), version) {
        (None | Some(""), None) => true,
        (Some(asked), Some(version)) => *fold(asked.trim()) == **version,
        (None, Some(_)) | (Some(_), None) => false,
    }
}
