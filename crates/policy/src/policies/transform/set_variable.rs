//! Sets a context variable to a literal or to the value of an expression.
//!
//! # What it does
//!
//! The variable lives as long as the request; later policies read it as `context.Variables["name"]`
//! or with `context.Variables.GetValueOrDefault<T>("name")`. A literal gives a string; an
//! expression gives whatever its value is, without conversion. A variable that is set already gets
//! the new value. Names are compared exactly.
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
//! <set-variable name="isMobile" value="@(context.Request.Headers.GetValueOrDefault("User-Agent", "").Contains("Mobile"))" />
//! ```
//!
//! # Differences from Azure
//!
//! The documentation lists the types that a variable may have; here it may have any that an
//! expression gives, since documents in use keep JSON objects in variables.
//!
//! # Failure
//!
//! An expression that throws ends the section: 500 and `on-error`.

use portcullis_expr::{Program, SharedText, Text, Value};

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{Category, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, required};
use crate::host::Host;
use crate::names::VarId;
use crate::parse::{Attr, Checked};
use crate::plan::{Run, SyncStep};
use crate::scheme;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set variable",
    summary: "Sets a context variable to a literal or to the value of an expression.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::VariableName, "the name of the variable").literal(),
            required("value", Kind::Text, "the value"),
        ],
        ..ElementSpec::new("set-variable")
    },
};

/// Sets a context variable.
#[derive(Debug)]
struct SetVariable {
    variable: VarId,
    value: Source,
}

/// Where the value comes from. Not a `Val`: the variable keeps the object that the program gives.
#[derive(Debug)]
enum Source {
    Text(SharedText),
    Program(Program),
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let variable = cx.variable(checked, "name")?;
    let value = match checked.text("value")? {
        Attr::Literal(text, _) => Source::Text(SharedText::new(text)),
        Attr::Expression(source) => Source::Program(cx.program(checked, &source)?),
    };
    Some(Run::sync(SetVariable { variable, value }))
}

impl SyncStep for SetVariable {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let value = match &self.value {
            Source::Text(text) => Value::String(Text::from(text.clone())),
            Source::Program(program) => scheme::evaluate(program, ex, host)?,
        };
        ex.variables_mut().set(self.variable, value);
        Ok(Flow::Continue)
    }
}
