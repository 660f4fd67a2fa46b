//! Writes a message into the trace of the request and the log.
//!
//! # What it does
//!
//! The message and its properties are kept with the record of the request. The first 100 entries of
//! a request are kept; of those after that nothing is computed.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <trace source="checkout" severity="information">
//!     <message>@("cart " + context.Request.MatchedParameters["cart"])</message>
//!     <metadata name="Operation" value="New-Order" />
//! </trace>
//! ```
//!
//! # Differences from Azure
//!
//! The page of the policy does not list `on-error`; the page on errors does, so it is accepted.
//!
//! # Failure
//!
//! An expression that throws ends the section: 500 and `on-error`.

use crate::compile::CompileCx;
use crate::exchange::{Exchange, TraceEntry};
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    optional, required,
};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::value::Val;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Trace",
    summary: "Writes a message into the trace of the request and the log.",
    category: Category::Observability,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("source", Kind::Text, "who speaks").literal(),
            optional(
                "severity",
                Kind::OneOf(&["verbose", "information", "error"]),
                "how much it matters",
            )
            .or("verbose")
            .literal(),
        ],
        children: &[ChildSpec::one(&MESSAGE), ChildSpec::any(&METADATA)],
        ..ElementSpec::new("trace")
    },
};

const MESSAGE: ElementSpec = ElementSpec {
    meaning: "What is said.",
    text: TextSpec::required(Kind::Text, "the message"),
    ..ElementSpec::new("message")
};

const METADATA: ElementSpec = ElementSpec {
    meaning: "A property of the message.",
    attributes: &[
        required("name", Kind::Text, "its name").literal(),
        required("value", Kind::Text, "its value"),
    ],
    ..ElementSpec::new("metadata")
};

/// Writes a message into the trace of the request.
#[derive(Debug)]
struct Trace {
    source: Box<str>,
    severity: &'static str,
    message: Val<Box<str>>,
    metadata: Box<[Property]>,
}

/// A named text beside the message.
#[derive(Debug)]
struct Property {
    name: Box<str>,
    value: Val<Box<str>>,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let (source, _) = checked.literal("source")?;
    let severity = *checked.one_of("severity")?.literal()?;
    let message = checked
        .child("message")
        .and_then(|message| cx.body(message));
    // Every property is looked at, so that all mistakes are reported.
    let properties: Vec<_> = checked
        .children("metadata")
        .map(|one| property(one, cx))
        .collect();
    let metadata = properties.into_iter().collect::<Option<_>>()?;
    Some(Run::sync(Trace {
        source: source.into(),
        severity,
        message: message?,
        metadata,
    }))
}

fn property(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Property> {
    let (name, _) = checked.literal("name")?;
    Some(Property {
        name: name.into(),
        value: cx.text(checked, "value")?,
    })
}

impl SyncStep for Trace {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        if !ex.takes_traces() {
            return Ok(Flow::Continue);
        }
        let message = self.message.text(ex, host)?.into_owned();
        let mut metadata = Vec::with_capacity(self.metadata.len());
        for Property { name, value } in &self.metadata {
            metadata.push((name.clone(), value.text(ex, host)?.into_owned()));
        }
        let entry = TraceEntry {
            source: self.source.clone(),
            severity: self.severity,
            message,
            metadata,
        };
        ex.trace(entry);
        Ok(Flow::Continue)
    }
}
