//! What is asked of a folder before and after something in it is broken.

use std::net::IpAddr;

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use portcullis_model::Configuration;
use portcullis_model::api::{
    Api, KeyNames, Operation, TemplateSegment, TemplateValue, VersionScheme,
};
use portcullis_policy::facts::Scheme;
use portcullis_testkit::request::{CLIENT, RequestDraft};

use crate::site::Site;

/// One request, or the same several times in a row.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) request: RequestDraft,
    pub(crate) times: usize,
    /// The caller's key, wherever it stands: what backends receive of it does not count.
    pub(crate) key: String,
    /// The same probe of a caller who has no key, by its place among the probes.
    pub(crate) stranger: usize,
}

/// Where a key stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presented {
    Nowhere,
    Header,
    /// In the header that has the usual name, where the API gives it another.
    UsualHeader,
    Query,
}

/// A key that is nobody's.
const NOBODYS: &str = "nobodys-key";

/// How an API is asked for: path, and a header or a query parameter.
#[derive(Debug, Clone)]
struct Spelling {
    path: String,
    field: Option<(String, String)>,
    query: Option<String>,
}

/// A caller apart from its credential.
#[derive(Debug, Clone)]
struct Caller {
    from: IpAddr,
    fields: HeaderMap,
    scheme: Scheme,
    times: usize,
}

/// Every probe of a folder that was read without a mistake.
pub(crate) fn all(configuration: &Configuration, site: &Site) -> Vec<Probe> {
    let mut probes = Probes {
        site,
        all: Vec::new(),
    };
    for api in &configuration.apis {
        for operation in api.operations.iter() {
            probes.operation(configuration, api, operation);
        }
    }
    for path in &site.paths {
        for below in ["", "/7", "/a/b"] {
            probes.anonymous(&format!("/{path}{below}"));
        }
    }
    probes.anonymous("/");
    probes.all
}

struct Probes<'s> {
    site: &'s Site,
    all: Vec<Probe>,
}

impl Probes<'_> {
    fn operation(&mut self, configuration: &Configuration, api: &Api, operation: &Operation) {
        let own = own_spelling(configuration, api);
        let callers = self.callers();
        for caller in &callers {
            self.callers_with_keys(api, operation, &own, caller);
        }
        let friend = callers.last().cloned().unwrap();
        let plain = Caller {
            scheme: Scheme::Http,
            ..friend.clone()
        };
        self.callers_with_keys(api, operation, &own, &plain);
        let greedy = Caller {
            times: self.site.most_calls,
            ..friend.clone()
        };
        self.callers_with_keys(api, operation, &own, &greedy);
        for other in other_spellings(configuration, api) {
            self.callers_with_keys(api, operation, &other, &friend);
        }
        let other_method = Operation {
            method: "PROPFIND".to_owned(),
            ..operation.clone()
        };
        self.callers_with_keys(api, &other_method, &own, &friend);
        self.browsers(api, operation, &own, &friend);
    }

    /// From outside and inside of the networks that policies name, without and with the headers that
    /// they ask for. The last is let in wherever anybody is.
    fn callers(&self) -> Vec<Caller> {
        let known = || self.site.headers.clone();
        let inside = self.site.addresses.iter().skip(1);
        let mut callers = vec![(CLIENT, HeaderMap::new()), (CLIENT, known())];
        callers.extend(inside.map(|from| (*from, known())));
        let caller = |(from, fields)| Caller {
            from,
            fields,
            scheme: Scheme::Https,
            times: 1,
        };
        callers.into_iter().map(caller).collect()
    }

    fn callers_with_keys(
        &mut self,
        api: &Api,
        operation: &Operation,
        spelling: &Spelling,
        caller: &Caller,
    ) {
        let every = self.site.keys.len();
        let usual = KeyNames::default().header;
        let renamed = !api.key_names.header.eq_ignore_ascii_case(&usual);
        for (presented, most) in [
            (Presented::Nowhere, 0),
            (Presented::Header, every),
            (Presented::Query, 1),
            (Presented::UsualHeader, usize::from(renamed)),
        ] {
            let stranger = self.all.len();
            let keys = self.site.keys.iter().take(most).map(String::as_str);
            for key in std::iter::once(NOBODYS).chain(keys) {
                let request = request(api, operation, spelling, caller, (presented, key));
                self.all.push(Probe {
                    request,
                    times: caller.times,
                    key: key.to_owned(),
                    stranger,
                });
            }
        }
    }

    /// Preflights and cross-origin calls.
    fn browsers(&mut self, api: &Api, operation: &Operation, spelling: &Spelling, caller: &Caller) {
        let foreign = "https://foreign.example".to_owned();
        for origin in self.site.origins.iter().chain([&foreign]) {
            let origin = HeaderValue::from_str(origin).unwrap();
            let mut asking = caller.clone();
            asking.fields.insert(ORIGIN, origin);
            self.callers_with_keys(api, operation, spelling, &asking);
            let method = HeaderValue::from_str(&operation.method).unwrap();
            asking.fields.insert(ACCESS_CONTROL_REQUEST_METHOD, method);
            let preflight = Operation {
                method: "OPTIONS".to_owned(),
                ..operation.clone()
            };
            self.callers_with_keys(api, &preflight, spelling, &asking);
        }
    }

    fn anonymous(&mut self, path: &str) {
        for from in &self.site.addresses {
            let request = RequestDraft {
                from: *from,
                headers: self.site.headers.clone(),
                ..RequestDraft::new(Method::GET, path)
            };
            let stranger = self.all.len();
            self.all.push(Probe {
                request,
                times: 1,
                key: NOBODYS.to_owned(),
                stranger,
            });
        }
    }
}

fn request(
    api: &Api,
    operation: &Operation,
    spelling: &Spelling,
    caller: &Caller,
    (presented, key): (Presented, &str),
) -> RequestDraft {
    let mut query: Vec<String> = spelling.query.iter().cloned().collect();
    for (name, value) in operation.template.query() {
        let value = match value {
            TemplateValue::Parameter(_) => "7",
            TemplateValue::Literal(text) => text.as_str(),
        };
        query.push(format!("{name}={value}"));
    }
    let mut headers = caller.fields.clone();
    let mut add = |name: &str, value: &str| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    };
    if let Some((name, value)) = &spelling.field {
        add(name, value);
    }
    match presented {
        Presented::Nowhere => {}
        Presented::Header => add(&api.key_names.header, key),
        Presented::UsualHeader => add(&KeyNames::default().header, key),
        Presented::Query => query.push(format!("{}={key}", api.key_names.query)),
    }
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let has_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    if has_body {
        add(CONTENT_TYPE.as_str(), "application/json");
    }
    let path = format!("{}{}", spelling.path, below(operation));
    RequestDraft {
        query: (!query.is_empty()).then(|| query.join("&")),
        headers,
        body: if has_body {
            bytes::Bytes::from_static(b"{\"text\": \"legacy\"}")
        } else {
            bytes::Bytes::new()
        },
        scheme: caller.scheme,
        from: caller.from,
        ..RequestDraft::new(method, &path)
    }
}

/// A path that the operation's template fits.
fn below(operation: &Operation) -> String {
    let segments = operation.template.segments().iter();
    let filled = segments.map(|segment| match segment {
        TemplateSegment::Literal(text) => format!("/{text}"),
        TemplateSegment::Parameter { .. } => "/7".to_owned(),
        TemplateSegment::Rest { .. } => "/a/b".to_owned(),
    });
    filled.collect()
}

/// How this revision of this version is asked for.
fn own_spelling(configuration: &Configuration, api: &Api) -> Spelling {
    let mut spelling = versioned(configuration, api, None);
    if !api.is_current {
        spelling.path = format!("{};rev={}", spelling.path, api.revision.0);
    }
    spelling
}

/// The version that this API is, or another.
fn versioned(configuration: &Configuration, api: &Api, other: Option<&str>) -> Spelling {
    let mut spelling = Spelling {
        path: format!("/{}", api.path.as_str()),
        field: None,
        query: None,
    };
    let Some(version) = &api.version else {
        return spelling;
    };
    let mut sets = configuration.version_sets.iter();
    let set = sets.find(|set| set.id == version.set).unwrap();
    let Some(name) = other.or(version.name.as_deref()).filter(|n| !n.is_empty()) else {
        return spelling;
    };
    match &set.scheme {
        VersionScheme::Segment if spelling.path.ends_with(&format!("/{name}")) => {}
        VersionScheme::Segment => spelling.path = format!("{}/{name}", spelling.path),
        VersionScheme::Header(header) => {
            spelling.field = Some((header.clone(), name.to_owned()));
        }
        VersionScheme::Query(query) => spelling.query = Some(format!("{query}={name}")),
    }
    spelling
}

fn other_spellings(configuration: &Configuration, api: &Api) -> Vec<Spelling> {
    let own = versioned(configuration, api, None);
    let mut spellings: Vec<Spelling> = [api.revision.0, 9]
        .into_iter()
        .map(|revision| Spelling {
            path: format!("{};rev={revision}", own.path),
            ..own.clone()
        })
        .collect();
    if api.version.is_some() {
        spellings.push(versioned(configuration, api, Some("")));
        spellings.push(versioned(configuration, api, Some("v9")));
    }
    if !api.is_current {
        spellings.push(own);
    }
    spellings
}
