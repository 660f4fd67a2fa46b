//! `IUrl`: the URL of the request as it came, as it stands, and of the service behind the API.

use std::borrow::Cow;

use portcullis_expr::{HostCall, Outcome, Value};

use super::ContextHost;
use super::dictionary::handle;
use super::library;
use super::table::{Class, Kind, call, get};
use super::throw::null_reference;
use crate::facts::Scheme;
use crate::host::BackendTarget;

/// `context.Request.Url`.
pub(super) const CURRENT: u32 = 0;
/// `context.Request.OriginalUrl`.
pub(super) const ORIGINAL: u32 = 1;
/// `context.Api.ServiceUrl`.
pub(super) const SERVICE: u32 = 2;

pub(super) const CLASS: Class = Class::named(
    "IUrl",
    &[
        get("string Host", |cx, url| {
            part(cx, url, |url| url.shown_host().as_ref().into())
        }),
        get("string Path", |cx, url| {
            part(cx, url, |url| (&*url.path).into())
        }),
        get("int Port", |cx, url| {
            part(cx, url, |url| Value::Int(url.port.into()))
        }),
        get("Query Query", |_, url| Kind::Query.object(url)),
        get("string QueryString", |cx, url| {
            part(cx, url, |url| url.query_string().into())
        }),
        get("string Scheme", |cx, url| {
            part(cx, url, |url| url.scheme.as_str().into())
        }),
        call("string ToString()", to_string),
        call("Uri ToUri()", to_uri).undocumented(),
    ],
);

/// A URL, taken apart.
#[derive(Debug, Clone)]
pub(super) struct UrlParts<'a> {
    scheme: Scheme,
    /// Without brackets.
    host: Cow<'a, str>,
    port: u16,
    path: Cow<'a, str>,
    /// Without `?`.
    pub(super) query: Option<Cow<'a, str>>,
}

impl<'a> UrlParts<'a> {
    fn of_service(target: &'a BackendTarget) -> Self {
        let path: &str = if target.base_path.is_empty() {
            "/"
        } else {
            &target.base_path
        };
        Self {
            scheme: target.scheme,
            host: Cow::Borrowed(&target.host),
            port: target.port,
            path: Cow::Borrowed(path),
            query: target.base_query.as_deref().map(Cow::Borrowed),
        }
    }

    fn original(cx: &'a ContextHost<'_, '_>) -> Self {
        let facts = cx.ex.facts();
        Self {
            scheme: facts.scheme,
            host: Cow::Borrowed(&facts.original.host),
            port: facts.original.port.unwrap_or(facts.scheme.default_port()),
            path: String::from_utf8_lossy(&facts.original.path),
            query: facts.original.query.as_deref().map(String::from_utf8_lossy),
        }
    }

    /// Where the request would be forwarded to, with its path and query as they stand.
    fn current(cx: &'a ContextHost<'_, '_>) -> Self {
        let place = match cx.ex.backend() {
            Some(target) => Self::of_service(target),
            None => Self::original(cx),
        };
        let request = cx.ex.request();
        Self {
            path: String::from_utf8_lossy(&request.path),
            query: request.query.as_deref().map(String::from_utf8_lossy),
            ..place
        }
    }

    fn into_owned(self) -> UrlParts<'static> {
        UrlParts {
            scheme: self.scheme,
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            path: Cow::Owned(self.path.into_owned()),
            query: self.query.map(|query| Cow::Owned(query.into_owned())),
        }
    }

    /// The host; an IPv6 address in brackets.
    fn shown_host(&self) -> Cow<'_, str> {
        if self.host.contains(':') && !self.host.starts_with('[') {
            Cow::Owned(format!("[{}]", self.host))
        } else {
            Cow::Borrowed(&self.host)
        }
    }

    fn query_string(&self) -> String {
        match self.query.as_deref() {
            None | Some("") => String::new(),
            Some(query) => format!("?{query}"),
        }
    }

    fn text(&self) -> String {
        let (scheme, host) = (self.scheme.as_str(), self.shown_host());
        let (path, query) = (&self.path, self.query_string());
        if self.port == self.scheme.default_port() {
            format!("{scheme}://{host}{path}{query}")
        } else {
            format!("{scheme}://{host}:{}{path}{query}", self.port)
        }
    }
}

impl ContextHost<'_, '_> {
    /// The URL with that handle.
    pub(super) fn url(&self, handle: u32) -> Option<UrlParts<'_>> {
        match handle {
            CURRENT => Some(UrlParts::current(self)),
            ORIGINAL => Some(UrlParts::original(self)),
            SERVICE => self
                .ex
                .facts()
                .route
                .api
                .service
                .as_deref()
                .map(UrlParts::of_service),
            made => self.ex.objects.url(made).cloned(),
        }
    }

    /// What `ToString()` gives of the URL with that handle.
    pub(super) fn url_text(&self, handle: u32) -> Option<String> {
        self.url(handle).map(|url| url.text())
    }

    /// The URL as it stands now, for a variable that outlives later changes.
    pub(super) fn current_url(&self) -> UrlParts<'static> {
        UrlParts::current(self).into_owned()
    }
}

fn part(cx: &ContextHost<'_, '_>, handle: u32, read: impl FnOnce(&UrlParts<'_>) -> Value) -> Value {
    cx.url(handle).map_or(Value::Null, |url| read(&url))
}

fn to_string(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    cx.url_text(handle(call.receiver)?)
        .map(Value::from)
        .ok_or_else(null_reference)
}

fn to_uri(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let text = cx
        .url_text(handle(call.receiver)?)
        .ok_or_else(null_reference)?;
    library::uri(&text.into())
}
