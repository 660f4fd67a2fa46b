//! Allows browsers to call the API from pages of other origins.
//!
//! # What it does
//!
//! A browser asks before it lets a page of one origin read answers of another: with a *preflight*
//! (OPTIONS with `Origin` and `Access-Control-Request-Method`) before a request that is not simple,
//! and by the headers of the answer itself.
//!
//! A preflight whose origin, method and headers are allowed is answered here with 200 and the
//! `Access-Control-*` headers. No other policy runs for it, no key is asked for, and the backend is
//! not called. If the API has an operation for OPTIONS, that operation gets the preflight instead.
//!
//! A request with `Origin` goes on if its origin and method are allowed, and its answer gets the
//! headers that let the page read it. A request without `Origin` is none of its business.
//!
//! What matches nothing is answered with an empty 200 while `terminate-unmatched-request` is
//! `true`, so that nothing happens behind the gateway. With `false` a request goes on without the
//! headers, and a preflight is offered to the `cors` policies of broader scopes. The first that
//! allows it decides.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, once in a section. It must stand directly in the section or in a
//! fragment: in a branch it does not answer preflights.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. An origin is `*` or `scheme://host[:port]`; a slash at its
//! end is ignored, and without a port it has that of its scheme. Methods and headers may be `*`
//! too. Without `allowed-methods` they are GET and POST; HEAD is allowed with GET. The request
//! headers `Accept`, `Accept-Language` and `Content-Language` are always allowed.
//!
//! With `allow-credentials` an answer names the origin that asked, also if every origin is allowed:
//! any page may then use the cookies and credentials of its visitor. Loading warns of that.
//!
//! # Example
//!
//! ```xml
//! <cors allow-credentials="true">
//!     <allowed-origins>
//!         <origin>https://portal.example</origin>
//!     </allowed-origins>
//!     <allowed-methods preflight-result-max-age="300">
//!         <method>*</method>
//!     </allowed-methods>
//!     <allowed-headers>
//!         <header>*</header>
//!     </allowed-headers>
//! </cors>
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls `allowed-headers` required; documents without it run in Azure, so it is
//! optional here and stands for the headers that are always allowed. The manual gives both values
//! for the default of `terminate-unmatched-request`; here it is `true`.
//!
//! # Failure
//!
//! It refuses nobody with an error: what matches nothing is answered as described. An expression
//! that throws ends the section with `ExpressionValueEvaluationFailure`: 500.

mod list;
mod origin;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderName, HeaderValue};
use portcullis_model::code::policy as code;

use self::list::List;
use crate::compile::CompileCx;
use crate::exchange::{Exchange, FinalHeaders, ResponseParts};
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional,
};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Preflight, Run, SyncStep};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "CORS",
    summary: "Allows browsers to call the API from pages of other origins.",
    category: Category::CrossDomain,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::OncePerSection,
    root: ElementSpec {
        attributes: &[
            optional(
                "allow-credentials",
                Kind::Bool,
                "whether a browser may send cookies and credentials",
            )
            .or("false"),
            optional(
                "terminate-unmatched-request",
                Kind::Bool,
                "whether a request that matches nothing is answered here",
            )
            .or("true"),
        ],
        children: &[
            ChildSpec::one(&ALLOWED_ORIGINS),
            ChildSpec::maybe(&ALLOWED_METHODS),
            ChildSpec::maybe(&ALLOWED_HEADERS),
            ChildSpec::maybe(&EXPOSE_HEADERS),
        ],
        ..ElementSpec::new("cors")
    },
};

const ALLOWED_ORIGINS: ElementSpec = ElementSpec {
    meaning: "The origins that may call.",
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "An origin.",
        text: TextSpec::required(Kind::Text, "`*`, or an origin such as `https://host:port`"),
        ..ElementSpec::new("origin")
    })],
    ..ElementSpec::new("allowed-origins")
};

const ALLOWED_METHODS: ElementSpec = ElementSpec {
    meaning: "The methods that may be used.",
    attributes: &[optional(
        "preflight-result-max-age",
        Kind::COUNT,
        "for how many seconds a browser may remember the answer",
    )
    .or("0")],
    children: &[ChildSpec::some(&ElementSpec {
        meaning: "A method.",
        text: TextSpec::required(Kind::Method, "`*`, or a method"),
        ..ElementSpec::new("method")
    })],
    ..ElementSpec::new("allowed-methods")
};

const ALLOWED_HEADERS: ElementSpec = ElementSpec {
    meaning: "The request headers that may be sent.",
    children: &[ChildSpec::some(&HEADER)],
    ..ElementSpec::new("allowed-headers")
};

const EXPOSE_HEADERS: ElementSpec = ElementSpec {
    meaning: "The response headers that a page may read.",
    children: &[ChildSpec::some(&HEADER)],
    ..ElementSpec::new("expose-headers")
};

const HEADER: ElementSpec = ElementSpec {
    meaning: "A header.",
    text: TextSpec::required(Kind::HeaderName, "`*`, or the name of a header"),
    ..ElementSpec::new("header")
};

/// The methods that are allowed if none are listed.
const DEFAULT_METHODS: [&str; 2] = ["GET", "POST"];

/// Headers that any page may send, so that nobody needs to list them (Fetch, "CORS-safelisted
/// request-header"). `Content-Type` is not among them: a browser asks only for what is not safe.
const SAFE_HEADERS: [&str; 4] = ["accept", "accept-language", "content-language", "origin"];

const TRUE: HeaderValue = HeaderValue::from_static("true");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// Answers cross-origin requests.
#[derive(Debug)]
struct Cors {
    credentials: Val<bool>,
    terminate: Val<bool>,
    origins: List,
    methods: List,
    headers: List,
    exposed: List,
    max_age: Option<Val<u64>>,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let credentials = cx.bool(checked, "allow-credentials");
    let terminate = cx.bool(checked, "terminate-unmatched-request");
    let origins = List::compile(checked.child("allowed-origins"), origin::normal, cx);
    let (methods, max_age) = match checked.child("allowed-methods") {
        Some(methods) => (
            List::compile(Some(methods), list::as_written, cx),
            cx.int(methods, "preflight-result-max-age").map(Some),
        ),
        None => (Some(List::of(&DEFAULT_METHODS)), Some(None)),
    };
    let headers = List::compile(checked.child("allowed-headers"), list::as_written, cx);
    let exposed = List::compile(checked.child("expose-headers"), list::as_written, cx);
    let cors = Cors {
        credentials: credentials?,
        terminate: terminate?,
        origins: origins?,
        methods: methods?,
        headers: headers?,
        exposed: exposed?,
        max_age: max_age?,
    };
    if cors.trusts_everybody() {
        let message = "`allow-credentials` together with the origin `*` lets a page of any site \
                       call with its visitor's cookies and read the answer; list the origins";
        let code = code::ANY_ORIGIN_WITH_CREDENTIALS;
        cx.warn(checked, code, checked.span(), message);
    }
    Some(Run::sync(cors))
}

impl Cors {
    /// Whether every origin may send credentials, as far as that is written and not computed.
    fn trusts_everybody(&self) -> bool {
        let credentials = match &self.credentials {
            Val::Known(allowed) => *allowed,
            // It can be `true`.
            Val::Computed(_) => true,
        };
        credentials && self.origins.is_written_as_everything()
    }

    fn allows_origin(
        &self,
        origin: &HeaderValue,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<bool, Fault> {
        let Ok(origin) = origin.to_str() else {
            return Ok(false);
        };
        self.origins.has(origin, ex, host)
    }

    fn allows_method(
        &self,
        method: &str,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<bool, Fault> {
        // A page that may GET may HEAD: the answer tells it less.
        let allowed = self.methods.has(method, ex, host)?;
        Ok(allowed || (method == "HEAD" && self.methods.has("GET", ex, host)?))
    }

    /// Whether every header of the list, as a browser writes it, may be sent.
    fn allows_headers(
        &self,
        wanted: Option<&HeaderValue>,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<bool, Fault> {
        let Some(wanted) = wanted else {
            return Ok(true);
        };
        let Ok(wanted) = wanted.to_str() else {
            return Ok(false);
        };
        for name in wanted
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let safe = SAFE_HEADERS
                .iter()
                .any(|safe| safe.eq_ignore_ascii_case(name));
            if !safe && !self.headers.has(name, ex, host)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The headers that tell a browser that the origin may read the answer.
    fn granted(
        &self,
        origin: HeaderValue,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<FinalHeaders, Fault> {
        let credentials = self.credentials.get(ex, host)?;
        // A browser does not accept `*` together with credentials.
        let anybody = self.origins.is_everything(ex, host)? && !credentials;
        let mut headers = FinalHeaders::with_capacity(4);
        headers.push((
            ACCESS_CONTROL_ALLOW_ORIGIN,
            if anybody { ANY } else { origin },
        ));
        if credentials {
            headers.push((ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE));
        }
        if !anybody {
            headers.push(vary());
        }
        Ok(headers)
    }

    /// The answer to a preflight that is allowed; `None` if it is not.
    fn answer(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<Option<ResponseParts>, Fault> {
        let sent = |name: HeaderName| ex.request().headers.get(name).cloned();
        let (origin, method) = (sent(ORIGIN), sent(ACCESS_CONTROL_REQUEST_METHOD));
        let wanted = sent(ACCESS_CONTROL_REQUEST_HEADERS);
        let (Some(origin), Some(method)) = (origin, method) else {
            return Ok(None);
        };
        let method_text = method.to_str().unwrap_or_default();
        let allowed = self.allows_origin(&origin, ex, host)?
            && self.allows_method(method_text, ex, host)?
            && self.allows_headers(wanted.as_ref(), ex, host)?;
        if !allowed {
            return Ok(None);
        }
        let mut response = ResponseParts::default();
        response.headers.extend(self.granted(origin, ex, host)?);
        let methods = if self.methods.is_everything(ex, host)? {
            Some(method)
        } else {
            self.methods.joined(ex, host)?
        };
        let headers = if self.headers.is_everything(ex, host)? {
            wanted
        } else {
            self.headers.joined(ex, host)?.or(wanted)
        };
        response
            .headers
            .extend(methods.map(|value| (ACCESS_CONTROL_ALLOW_METHODS, value)));
        response
            .headers
            .extend(headers.map(|value| (ACCESS_CONTROL_ALLOW_HEADERS, value)));
        let age = self
            .max_age
            .as_ref()
            .map(|age| age.get(ex, host))
            .transpose()?;
        let age = age.filter(|age| *age > 0).map(HeaderValue::from);
        response
            .headers
            .extend(age.map(|value| (ACCESS_CONTROL_MAX_AGE, value)));
        Ok(Some(response))
    }

    /// The headers for the answer to an actual request; `None` if it is not allowed.
    fn grant(
        &self,
        origin: HeaderValue,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<Option<FinalHeaders>, Fault> {
        let method = ex.facts().original_method.clone();
        let allowed = self.allows_origin(&origin, ex, host)?
            && self.allows_method(method.as_str(), ex, host)?;
        if !allowed {
            return Ok(None);
        }
        let mut headers = self.granted(origin, ex, host)?;
        let exposed = if self.exposed.is_everything(ex, host)? {
            Some(ANY)
        } else {
            self.exposed.joined(ex, host)?
        };
        headers.extend(exposed.map(|value| (ACCESS_CONTROL_EXPOSE_HEADERS, value)));
        Ok(Some(headers))
    }
}

/// The answer depends on the origin, so a cache must not give it to another.
fn vary() -> (HeaderName, HeaderValue) {
    (VARY, HeaderValue::from_static("Origin"))
}

impl SyncStep for Cors {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        // A preflight comes here only if the API has an operation for it, which answers itself. A
        // narrower scope that allowed the request has decided.
        if ex.facts().is_preflight || ex.has_final_header(&ACCESS_CONTROL_ALLOW_ORIGIN) {
            return Ok(Flow::Continue);
        }
        let Some(origin) = ex.request().headers.get(ORIGIN).cloned() else {
            if !self.origins.is_everything(ex, host)? || self.credentials.get(ex, host)? {
                ex.add_final_headers(vec![vary()]);
            }
            return Ok(Flow::Continue);
        };
        match self.grant(origin, ex, host)? {
            Some(headers) => {
                ex.add_final_headers(headers);
                Ok(Flow::Continue)
            }
            None if self.terminate.get(ex, host)? => {
                ex.respond_with(ResponseParts::default());
                Ok(Flow::Respond)
            }
            None => Ok(Flow::Continue),
        }
    }

    fn preflight(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Preflight, Fault> {
        if let Some(response) = self.answer(ex, host)? {
            ex.respond_with(response);
            return Ok(Preflight::Answered);
        }
        if self.terminate.get(ex, host)? {
            ex.respond_with(ResponseParts::default());
            return Ok(Preflight::Answered);
        }
        Ok(Preflight::Unmatched)
    }
}
