//! Refuses requests without a header or with a value of it that is not allowed.
//!
//! # What it does
//!
//! Without `value` the request goes on if it has the header. With one or more of them the header's
//! value must be one of those. A header that is sent in several lines is allowed only if each of
//! them is, since it is not known which of them a backend reads. What many servers take for the same
//! header (`X_Tenant` for `X-Tenant`) is removed from the request.
//!
//! # Where it may stand
//!
//! In `inbound`, in the scopes global, product, API and operation, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <check-header name="X-Tenant" failed-check-httpcode="403" failed-check-error-message="Unknown tenant" ignore-case="true">
//!     <value>contoso</value>
//!     <value>fabrikam</value>
//! </check-header>
//! ```
//!
//! # Differences from Azure
//!
//! The manual calls all attributes required; documents without `ignore-case` or the message run in
//! Azure, so leaving these out is a warning here.
//!
//! # Failure
//!
//! The status of `failed-check-httpcode` with the message as its body, after `on-error`. The reason
//! is `HeaderNotFound` or `HeaderValueNotAllowed`. `context.LastError.Message` has the value that
//! was refused, as in Azure; the log has not, for it may be a credential. An expression that throws
//! ends the section with `ExpressionValueEvaluationFailure`: 500.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, StatusCode};
use portcullis_expr::Value;
use portcullis_model::code::policy as code;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, FaultKind, Flow};
use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};
use crate::header_name::remove_look_alikes;
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::policies::transform::set_status::final_status;
use crate::scheme;
use crate::value::{FromValue, Val};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Check HTTP header",
    summary: "Refuses requests without a header or with a value of it that is not allowed.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::NO_WORKSPACE,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::HeaderName, "the name of the header"),
            required(
                "failed-check-httpcode",
                Kind::Status,
                "the status of the refusal",
            ),
            required(
                "failed-check-error-message",
                Kind::Text,
                "the message of the refusal",
            )
            .expected(),
            required(
                "ignore-case",
                Kind::Bool,
                "whether values are compared without regard to case",
            )
            .or("false")
            .expected(),
        ],
        children: &[ChildSpec::any(&VALUE)],
        ..ElementSpec::new("check-header")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "A value that is allowed.",
    text: TextSpec::optional(Kind::Text, "the value"),
    ..ElementSpec::new("value")
};

/// Refuses requests without a header or with another value of it.
#[derive(Debug)]
struct CheckHeader {
    name: Val<Name>,
    allowed: Box<[Val<Box<str>>]>,
    ignore_case: Val<bool>,
    status: Val<StatusCode>,
    /// `None` is the standard text of a refusal.
    message: Option<Val<Box<str>>>,
}

/// The name of a header, and how the author writes it.
#[derive(Debug, Clone)]
struct Name {
    header: HeaderName,
    shown: Box<str>,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Sensitive,
    Insensitive,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let name = checked.text("name")?.and_then(Name::parse)?;
    let name = cx.value(checked, name);
    let ignore_case = cx.bool(checked, "ignore-case");
    let status = status(checked, cx);
    let message = if checked.has("failed-check-error-message") {
        cx.text(checked, "failed-check-error-message").map(Some)
    } else {
        Some(None)
    };
    // An empty `value` allows the empty value.
    let allowed = checked.children("value").map(|value| match value.body() {
        Some(_) => cx.body(value),
        None => Some(Val::Known(Box::default())),
    });
    let allowed: Vec<_> = allowed.collect();
    Some(Run::sync(CheckHeader {
        name: name?,
        allowed: allowed.into_iter().collect::<Option<_>>()?,
        ignore_case: ignore_case?,
        status: status?,
        message: message?,
    }))
}

fn status(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Val<StatusCode>> {
    let attr = checked.int::<u16>("failed-check-httpcode")?;
    let span = attr.span();
    let status = attr.and_then(|code| StatusCode::from_u16(code).ok())?;
    let status = cx.value(checked, status)?;
    if let Val::Known(known) = &status
        && let Err(why) = final_status(*known)
    {
        let help = "write the status of a refusal, such as `401` or `403`";
        cx.error_with_help(checked, code::WRONG_VALUE, span, why, help);
        return None;
    }
    Some(status)
}

impl Name {
    fn parse(text: String) -> Option<Self> {
        let header = HeaderName::from_bytes(text.as_bytes()).ok()?;
        Some(Self {
            header,
            shown: text.into(),
        })
    }
}

impl FromValue for Name {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let header = HeaderName::from_value(value)?;
        Ok(Self {
            header,
            shown: scheme::to_text(value).unwrap_or_default().into(),
        })
    }
}

/// The first value that is not allowed. A header that is sent in several lines is allowed only if
/// each of them is: which of them a backend reads is not known.
fn first_refused<'h>(
    mut lines: impl Iterator<Item = &'h HeaderValue>,
    allowed: &[Cow<'_, str>],
    case: Case,
) -> Option<&'h HeaderValue> {
    let same = |line: &HeaderValue, text: &str| match case {
        Case::Sensitive => line.as_bytes() == text.as_bytes(),
        Case::Insensitive => line.as_bytes().eq_ignore_ascii_case(text.as_bytes()),
    };
    lines.find(|line| !allowed.iter().any(|text| same(line, text)))
}

impl CheckHeader {
    fn check(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<(), Fault> {
        let computed;
        let name = match &self.name {
            Val::Known(name) => name,
            Val::Computed(_) => {
                computed = self.name.get(ex, host)?;
                &computed
            }
        };
        remove_look_alikes(&mut ex.request_mut().headers, &name.header);
        if !ex.request().headers.contains_key(&name.header) {
            let shown = &name.shown;
            let message = format!("Header {shown} was not found in the request. Access denied.");
            return Err(self.refusal(ex, host, "HeaderNotFound", message)?);
        }
        if self.allowed.is_empty() {
            return Ok(());
        }
        let ignores_case = self.ignore_case.get(ex, host)?;
        let case = if ignores_case {
            Case::Insensitive
        } else {
            Case::Sensitive
        };
        let texts = self.allowed.iter().map(|value| value.text(ex, host));
        let allowed = texts.collect::<Result<Vec<_>, _>>()?;
        let lines = ex.request().headers.get_all(&name.header).iter();
        let Some(refused) = first_refused(lines, &allowed, case) else {
            return Ok(());
        };
        let value = String::from_utf8_lossy(refused.as_bytes());
        let shown = &name.shown;
        let message = format!("Header {shown} value of {value} is not allowed. Access denied.");
        // The service's text names the value; a log is read by more people than may know it.
        let logged = format!("Header {shown} value is not allowed. Access denied.");
        let fault = self.refusal(ex, host, "HeaderValueNotAllowed", message)?;
        Err(fault.logging(logged))
    }

    fn refusal(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
        reason: &'static str,
        message: String,
    ) -> Result<Fault, Fault> {
        let status = final_status(self.status.get(ex, host)?).map_err(Fault::expression)?;
        let fault = Fault::new(FaultKind::Denied(status), reason, message);
        Ok(match &self.message {
            Some(message) => fault.saying(message.text(ex, host)?),
            None => fault,
        })
    }
}

impl SyncStep for CheckHeader {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        self.check(ex, host).map(|()| Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_header_must_be_allowed() {
        use Case::{Insensitive, Sensitive};
        // (lines, allowed, case, first refused)
        for (lines, allowed, case, refused) in [
            (&["a"][..], &["a", "b"][..], Sensitive, None),
            (&["b"], &["a", "b"], Sensitive, None),
            (&["A"], &["a", "b"], Sensitive, Some("A")),
            (&["A"], &["a", "b"], Insensitive, None),
            (&["a", "b"], &["a", "b"], Sensitive, None),
            (&["a", "x"], &["a", "b"], Sensitive, Some("x")),
            (&["a, x"], &["a"], Sensitive, Some("a, x")),
            (&[""], &[""], Sensitive, None),
            (&["a"], &[""], Sensitive, Some("a")),
        ] {
            let lines: Vec<_> = lines.iter().map(|l| HeaderValue::from_static(l)).collect();
            let allowed: Vec<_> = allowed.iter().map(|a| Cow::Borrowed(*a)).collect();
            let got = first_refused(lines.iter(), &allowed, case);
            assert_eq!(
                got.map(HeaderValue::as_bytes),
                refused.map(str::as_bytes),
                "{lines:?}"
            );
        }
    }
}
