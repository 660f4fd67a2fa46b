//! Changes the path and query of the request that goes to the backend.
//!
//! # What it does
//!
//! The template takes the place of the path that follows the backend's address. `{name}` in it
//! stands for a parameter of the operation's URL template, in path or query. The query of the
//! template comes first; after it, unless `copy-unmatched-params` is `false`, come the parameters
//! of the request that neither the operation's template nor the template here names.
//!
//! A computed template is the finished path and query: braces in it mean nothing, and what it takes
//! from a request should go through `Uri.EscapeDataString`, for a `?` or `#` in it ends the path.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. If the template is computed, the whole value is one
//! expression.
//!
//! # Example
//!
//! ```xml
//! <rewrite-uri template="/api/items" copy-unmatched-params="false" />
//! ```
//!
//! # Differences from Azure
//!
//! Azure does not document what happens to a request's parameter of the same name as one in the
//! template's query; here the template's wins.
//!
//! # Failure
//!
//! A `{name}` that is no parameter of the operation is an error when a document at operation scope
//! is loaded; at a broader scope it ends the section: 500 and `on-error`. A value that would lead
//! the path elsewhere (a `..` segment, a slash, nothing at all) is the caller's fault: 400. A computed
//! path with a `.` or `..` segment, however encoded, ends the section: 500 and `on-error`.

use bytes::Bytes;
use portcullis_model::Span;
use portcullis_model::code::policy as code;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, FaultKind, Flow};
use crate::grammar::{
    Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, optional, required,
};
use crate::host::Host;
use crate::parse::{Attr, Checked};
use crate::path;
use crate::plan::{Run, SyncStep};
use crate::policies::parts::query;
use crate::value::Val;

mod template;

use template::{Binding, Template, UnusableTemplate};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Rewrite URL",
    summary: "Changes the path and query of the request that goes to the backend.",
    category: Category::Transformation,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required(
                "template",
                Kind::Filled,
                "the new path and query, with `{name}` for parameters",
            ),
            optional(
                "copy-unmatched-params",
                Kind::Bool,
                "whether other query parameters of the request are kept",
            )
            .or("true"),
        ],
        ..ElementSpec::new("rewrite-uri")
    },
};

/// Changes the path and query of the request to the backend.
#[derive(Debug)]
struct RewriteUri {
    template: Source,
    unmatched: Val<bool>,
}

/// Where the new path and query come from.
#[derive(Debug)]
enum Source {
    Template(Template),
    Computed(Val<Box<str>>),
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let attr = checked.text("template")?;
    let span = attr.span();
    let template = match attr {
        Attr::Literal(text, _) => template(checked, cx, &text, span).map(Source::Template),
        computed @ Attr::Expression(_) => cx.text_of(checked, computed).map(Source::Computed),
    };
    let unmatched = cx.bool(checked, "copy-unmatched-params")?;
    Some(Run::sync(RewriteUri {
        template: template?,
        unmatched,
    }))
}

fn template(
    checked: &Checked<'_>,
    cx: &mut CompileCx<'_>,
    text: &str,
    span: Span,
) -> Option<Template> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(why) => {
            let message = format!("the template is unusable: {why}");
            let help = "write a path such as `/orders/{id}?verbose=true`";
            cx.error_with_help(checked, code::WRONG_VALUE, span, message, help);
            return None;
        }
    };
    // A document at a broader scope meets many operations; there it shows for each request.
    let Some(operation) = cx.template() else {
        return Some(template);
    };
    let known = |name: &str| operation.parameters().any(|p| p.eq_ignore_ascii_case(name));
    let Some(stray) = template
        .parameters()
        .find(|name| !known(name))
        .map(str::to_owned)
    else {
        return Some(template);
    };
    let names: Vec<String> = operation
        .parameters()
        .map(|name| format!("`{name}`"))
        .collect();
    let help = match names.as_slice() {
        [] => format!("the operation has no parameters: remove `{{{stray}}}`"),
        names => format!("`{stray}` is none of {}", names.join(", ")),
    };
    cx.error_with_help(checked, code::WRONG_VALUE, span, template::STRAY, help);
    None
}

/// The query of the template, then what of the request's query neither the operation nor the
/// template names.
fn merged(
    template: Option<Bytes>,
    request: Option<&Bytes>,
    is_bound: impl Fn(&[u8]) -> bool,
) -> Option<Bytes> {
    let Some(request) = request else {
        return template;
    };
    let written = template.as_deref().unwrap_or_default();
    let is_written = |pair: &[u8]| query::pairs(written).any(|own| query::same_name(own, pair));
    let rest = query::without(request, |pair| is_bound(pair) || is_written(pair));
    if rest.is_empty() {
        return template;
    }
    let Some(mut query) = template.map(Vec::from) else {
        return Some(rest);
    };
    query::push(&mut query, &rest);
    Some(query.into())
}

impl RewriteUri {
    /// The new path in normal form, and the query that comes with it.
    fn rewritten(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<(Bytes, Option<Bytes>), Fault> {
        let rewritten = match &self.template {
            Source::Template(template) => {
                let route = &ex.facts().route;
                let operation = route.operation.map(|o| &o.operation.template);
                template.fill(&Binding::new(&route.parameters, operation))
            }
            Source::Computed(url) => computed(&url.text(ex, host)?),
        };
        rewritten.map_err(|why| unusable(&why))
    }
}

/// What an expression gives is the finished path and query: braces in it mean nothing.
fn computed(url: &str) -> Result<(Bytes, Option<Bytes>), UnusableTemplate> {
    let (path, query) = template::split(url);
    let path = template::encoded(&template::rooted(path)).into();
    // An author who adds a caller's value to a path does not mean to go up with it.
    let normal = path::without_dot_segments(&path)?;
    Ok((normal, query.map(|query| template::encoded(query).into())))
}

fn unusable(why: &UnusableTemplate) -> Fault {
    let kind = match why {
        // The caller chose a value that cannot stand where the template puts it.
        UnusableTemplate::Value => FaultKind::Malformed,
        UnusableTemplate::Stray | UnusableTemplate::Brace | UnusableTemplate::Path(_) => {
            FaultKind::Internal
        }
    };
    Fault::new(kind, "UriRewriteFailure", why.to_string())
}

impl SyncStep for RewriteUri {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let (path, template) = self.rewritten(ex, host)?;
        let query = if self.unmatched.get(ex, host)? {
            let operation = ex.facts().route.operation;
            let bound = operation
                .map(|o| o.operation.template.query())
                .unwrap_or_default();
            let is_bound = |pair: &[u8]| bound.iter().any(|(name, _)| query::is_named(pair, name));
            merged(template, ex.request().query.as_ref(), is_bound)
        } else {
            template
        };
        let request = ex.request_mut();
        request.path = path;
        request.query = query.filter(|query| !query.is_empty());
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests;
