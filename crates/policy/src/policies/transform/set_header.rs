//! Sets, adds to or removes a header of the request or the response.
//!
//! # What it does
//!
//! In `inbound` and `backend` it changes the request that goes to the backend; in `outbound` and
//! `on-error` the response that goes to the caller. `exists-action` says what happens to a header
//! that is there already:
//!
//! - `override` (taken if nothing is said): exactly the values listed here remain;
//! - `skip`: the header stays as it is, and no value is computed;
//! - `append`: the values are added to those that are there;
//! - `delete`: the header is removed; no value is needed, and any is ignored.
//!
//! Several values are sent in one line, joined by commas. These headers get a line for each value:
//! `Cookie`, `Date`, `Expires`, `If-Modified-Since`, `If-Unmodified-Since`, `Last-Modified`,
//! `Proxy-Authenticate`, `Retry-After`, `Set-Cookie`, `User-Agent`, `Warning`, `WWW-Authenticate`.
//!
//! Inside `return-response` and `send-request` it describes a header of that message.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Every `value` may be an expression.
//!
//! # Example
//!
//! ```xml
//! <set-header name="X-Request-Id" exists-action="skip">
//!     <value>@(context.RequestId.ToString())</value>
//! </set-header>
//! ```
//!
//! # Differences from Azure
//!
//! The headers that frame a message (`Connection`, `Content-Length`, `Keep-Alive`,
//! `Transfer-Encoding`) cannot be changed, as in Azure; here a document that names one is refused
//! when it is loaded, and a computed name ends the section.
//!
//! Setting or removing a header of the request also removes what many servers take for the same one
//! (`X_User` for `X-User`), so that a caller cannot send it past the policy.
//!
//! # Failure
//!
//! A name that is no header's name, and a value with a line break, end the section with
//! `ExpressionValueEvaluationFailure`: 500 and `on-error`.

use std::borrow::Cow;

use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, DATE, EXPIRES, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE,
    LAST_MODIFIED, PROXY_AUTHENTICATE, RETRY_AFTER, SET_COOKIE, TRANSFER_ENCODING, USER_AGENT,
    WARNING, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use portcullis_model::Span;
use portcullis_model::code::policy as code;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};
use crate::header_name::remove_look_alikes;
use crate::host::Host;
use crate::parse::{Attr, Checked};
use crate::plan::{Run, SyncStep};
use crate::policies::parts::exists_action::{self, ExistsAction};
use crate::policies::parts::message::Message;
use crate::scheme;
use crate::value::{Val, header_value};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set header",
    summary: "Sets, adds to or removes a header of the request or the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::HeaderName, "the name of the header"),
            exists_action::ATTRIBUTE,
        ],
        children: &[ChildSpec::any(&VALUE)],
        choices: &[Choice::all_unless(
            "exists-action",
            ExistsAction::Delete.word(),
            &["value"],
        )],
        ..ElementSpec::new("set-header")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "One value of the header.",
    text: TextSpec::optional(Kind::Text, "the value"),
    ..ElementSpec::new("value")
};

/// The headers that frame a message: whoever changes them chooses where the message ends.
const FRAMING: [HeaderName; 4] = [
    CONNECTION,
    CONTENT_LENGTH,
    HeaderName::from_static("keep-alive"),
    TRANSFER_ENCODING,
];

/// The headers whose values get a line each; those of all others share one, joined by commas.
const LINE_FOR_EACH: [HeaderName; 12] = [
    USER_AGENT,
    WWW_AUTHENTICATE,
    PROXY_AUTHENTICATE,
    COOKIE,
    SET_COOKIE,
    WARNING,
    DATE,
    EXPIRES,
    IF_MODIFIED_SINCE,
    IF_UNMODIFIED_SINCE,
    LAST_MODIFIED,
    RETRY_AFTER,
];

/// What is done to one header of whatever message.
#[derive(Debug)]
pub(in crate::policies) struct HeaderEdit {
    name: Val<HeaderName>,
    action: Val<ExistsAction>,
    lines: Lines,
}

/// The lines that the listed values come to.
#[derive(Debug)]
enum Lines {
    /// Written as literals; joined already where the name is known.
    Known(Box<[HeaderValue]>),
    /// At least one is computed.
    Computed(Box<[Val<HeaderValue>]>),
}

/// What is done to one header, every value of it computed.
#[derive(Debug)]
pub(in crate::policies) struct HeaderChange<'e> {
    name: Cow<'e, HeaderName>,
    action: ExistsAction,
    lines: Cow<'e, [HeaderValue]>,
}

/// Changes a header of the message that its section is about.
#[derive(Debug)]
struct SetHeader {
    message: Message,
    edit: HeaderEdit,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let edit = HeaderEdit::compile(checked, cx)?;
    Some(Run::sync(SetHeader {
        message: Message::of(cx.section()),
        edit,
    }))
}

impl HeaderEdit {
    /// What a `set-header` element says, in whatever policy it stands.
    pub(in crate::policies) fn compile(
        checked: &Checked<'_>,
        cx: &mut CompileCx<'_>,
    ) -> Option<Self> {
        let name = name(checked, cx);
        let action = exists_action::action(checked, cx)?;
        let written = exists_action::values(checked, &action);
        // Every value is looked at, so that all mistakes are reported.
        let values: Vec<_> = written
            .into_iter()
            .map(|(at, attr)| value(at, attr, cx))
            .collect();
        let values = values.into_iter().collect::<Option<Vec<_>>>()?;
        let name = name?;
        Some(Self {
            lines: Lines::new(values, &name),
            name,
            action,
        })
    }

    /// What it comes to for this request.
    pub(in crate::policies) fn change(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<HeaderChange<'_>, Fault> {
        let name = match &self.name {
            Val::Known(name) => Cow::Borrowed(name),
            Val::Computed(_) => Cow::Owned(self.name.get(ex, host).and_then(changeable)?),
        };
        let lines = match &self.lines {
            Lines::Known(lines) => Cow::Borrowed(&**lines),
            Lines::Computed(values) => Cow::Owned(
                values
                    .iter()
                    .map(|v| line(v, ex, host))
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(HeaderChange {
            action: self.action.get(ex, host)?,
            lines: joined(lines, &name),
            name,
        })
    }

    /// Whether it leaves these headers as they are, so that nothing need be computed.
    fn leaves(&self, headers: &HeaderMap) -> bool {
        match (&self.action, &self.name) {
            (Val::Known(ExistsAction::Skip), Val::Known(name)) => headers.contains_key(name),
            _ => false,
        }
    }
}

fn name(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Val<HeaderName>> {
    let attr = checked.text("name")?;
    let span = attr.span();
    let attr = attr.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok())?;
    let name = cx.value(checked, attr)?;
    if let Val::Known(framing) = &name
        && FRAMING.contains(framing)
    {
        let message = format!("the header `{framing}` frames the message and cannot be changed");
        let help = "remove the policy: the gateway frames every message itself";
        cx.error_with_help(checked, code::WRONG_VALUE, span, message, help);
        return None;
    }
    Some(name)
}

fn changeable(name: HeaderName) -> Result<HeaderName, Fault> {
    if FRAMING.contains(&name) {
        let message = format!("The header `{name}` frames the message and cannot be changed");
        return Err(Fault::expression(&message));
    }
    Ok(name)
}

fn value(
    checked: &Checked<'_>,
    attr: Attr<String>,
    cx: &mut CompileCx<'_>,
) -> Option<Val<HeaderValue>> {
    let attr = match attr {
        Attr::Literal(text, span) => Attr::Literal(literal(checked, text, span, cx)?, span),
        Attr::Expression(source) => Attr::Expression(source),
    };
    cx.value(checked, attr)
}

fn literal(
    checked: &Checked<'_>,
    text: String,
    span: Span,
    cx: &mut CompileCx<'_>,
) -> Option<HeaderValue> {
    let Ok(mut value) = HeaderValue::try_from(text) else {
        let message = "the value of a header has a line break or another control character";
        let help = "write the value in one line";
        cx.error_with_help(checked, code::WRONG_VALUE, span, message, help);
        return None;
    };
    value.set_sensitive(checked.is_body_secret());
    Some(value)
}

fn line(
    value: &Val<HeaderValue>,
    ex: &mut Exchange<'_>,
    host: &Host<'_>,
) -> Result<HeaderValue, Fault> {
    match value {
        Val::Known(value) => Ok(value.clone()),
        Val::Computed(program) => {
            let text = scheme::evaluate_text(program, ex, host)?.unwrap_or_default();
            header_value(text)
        }
    }
}

impl Lines {
    fn new(values: Vec<Val<HeaderValue>>, name: &Val<HeaderName>) -> Self {
        if values.iter().any(Val::is_computed) {
            return Self::Computed(values.into());
        }
        let known = values.into_iter().filter_map(|value| match value {
            Val::Known(value) => Some(value),
            Val::Computed(_) => None,
        });
        let lines = Cow::Owned(known.collect());
        Self::Known(match name {
            Val::Known(name) => joined(lines, name).into(),
            Val::Computed(_) => lines.into(),
        })
    }
}

/// One line of several, unless the header takes a line for each.
fn joined<'l>(lines: Cow<'l, [HeaderValue]>, name: &HeaderName) -> Cow<'l, [HeaderValue]> {
    if lines.len() < 2 || LINE_FOR_EACH.contains(name) {
        return lines;
    }
    let bytes: Vec<&[u8]> = lines.iter().map(HeaderValue::as_bytes).collect();
    // INVARIANT: values joined by commas are a value.
    match HeaderValue::from_bytes(&bytes.join(&b',')) {
        Ok(mut line) => {
            line.set_sensitive(lines.iter().any(HeaderValue::is_sensitive));
            Cow::Owned(vec![line])
        }
        Err(_) => lines,
    }
}

impl HeaderChange<'_> {
    /// Whether nothing is left of the header.
    fn removes(&self) -> bool {
        match self.action {
            ExistsAction::Delete => true,
            ExistsAction::Override => self.lines.is_empty(),
            ExistsAction::Skip | ExistsAction::Append => false,
        }
    }

    /// Does it.
    pub(in crate::policies) fn apply(self, headers: &mut HeaderMap) {
        let Self {
            name,
            action,
            lines,
        } = self;
        match action {
            ExistsAction::Delete => drop(headers.remove(&*name)),
            ExistsAction::Skip if headers.contains_key(&*name) => {}
            ExistsAction::Skip | ExistsAction::Override => put(headers, &name, &lines),
            ExistsAction::Append => {
                let all: Vec<_> = headers
                    .get_all(&*name)
                    .iter()
                    .chain(&*lines)
                    .cloned()
                    .collect();
                put(headers, &name, &joined(Cow::Owned(all), &name));
            }
        }
    }
}

fn put(headers: &mut HeaderMap, name: &HeaderName, lines: &[HeaderValue]) {
    let Some((first, others)) = lines.split_first() else {
        headers.remove(name);
        return;
    };
    headers.insert(name, first.clone());
    for line in others {
        headers.append(name, line.clone());
    }
}

impl SyncStep for SetHeader {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        if self
            .message
            .headers(ex)
            .is_some_and(|headers| self.edit.leaves(headers))
        {
            return Ok(Flow::Continue);
        }
        let change = self.edit.change(ex, host)?;
        if self.message == Message::Request {
            let request = ex.request_mut();
            remove_look_alikes(&mut request.headers, &change.name);
            if change.removes() && !request.removed.contains(&change.name) {
                request.removed.push(change.name.clone().into_owned());
            }
        }
        change.apply(self.message.parts_mut(ex).0);
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers are written as `name: value` lines.
    fn check(before: &[&str], action: ExistsAction, name: &str, values: &[&str], after: &[&str]) {
        let mut headers = HeaderMap::new();
        for line in before {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let name: HeaderName = name.parse().unwrap();
        let lines: Vec<HeaderValue> = values.iter().map(|v| v.parse().unwrap()).collect();
        let lines = joined(Cow::Owned(lines), &name);
        HeaderChange {
            name: Cow::Owned(name),
            action,
            lines,
        }
        .apply(&mut headers);
        let mut left: Vec<String> = headers
            .iter()
            .map(|(n, v)| format!("{n}: {}", v.to_str().unwrap()))
            .collect();
        left.sort();
        assert_eq!(left, after, "{before:?} {action:?} {values:?}");
    }

    #[test]
    fn the_action_decides_what_happens_to_a_header_that_is_there() {
        use ExistsAction::{Append, Delete, Override, Skip};
        let x = &["x: 1", "x: 2", "y: 0"];
        check(x, Override, "X", &["3"], &["x: 3", "y: 0"]);
        check(x, Skip, "X", &["3"], &["x: 1", "x: 2", "y: 0"]);
        check(x, Append, "X", &["3"], &["x: 1,2,3", "y: 0"]);
        check(x, Delete, "X", &[], &["y: 0"]);
        check(x, Override, "X", &[], &["y: 0"]);
        check(&[], Override, "x", &["3"], &["x: 3"]);
        check(&[], Skip, "x", &["3"], &["x: 3"]);
        check(&[], Append, "x", &["3"], &["x: 3"]);
        check(&[], Delete, "x", &["3"], &[]);
    }

    #[test]
    fn values_share_a_line_except_where_that_is_not_allowed() {
        use ExistsAction::{Append, Override};
        let cookies = &["set-cookie: a=1", "set-cookie: b=2"];
        check(
            &[],
            Override,
            "Accept",
            &["a/b", "c/d"],
            &["accept: a/b,c/d"],
        );
        check(&[], Override, "Set-Cookie", &["a=1", "b=2"], cookies);
        check(
            &["set-cookie: a=1"],
            Append,
            "Set-Cookie",
            &["b=2"],
            cookies,
        );
    }

    #[test]
    fn framing_headers_are_nobodys_to_change() {
        for name in [
            "Connection",
            "content-length",
            "Keep-Alive",
            "Transfer-Encoding",
        ] {
            assert!(changeable(name.parse().unwrap()).is_err(), "{name}");
        }
        assert!(changeable(http::header::HOST).is_ok());
    }
}
