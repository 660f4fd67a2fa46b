//! Running a compiled expression over an exchange, and what its result becomes.

use portcullis_expr::{Exception, Object, Outcome, Program, Value};

use super::table::Kind;
use super::{ContextHost, body, context, objects, request, response, table, url};
use crate::exchange::{BodyNeeds, Exchange, ResponseParts};
use crate::flow::Fault;
use crate::host::Host;

/// Evaluates a program; an exception it throws, and a limit it breaks, is a fault.
pub(crate) fn evaluate(
    program: &Program,
    ex: &mut Exchange<'_>,
    host: &Host<'_>,
) -> Result<Value, Fault> {
    let mut context = ContextHost::new(ex, host);
    context
        .run(program)
        .map_err(|exception| fault_of(&exception))
}

/// Evaluates a program and gives its result as `ToString()` would show it; `null` is `None`.
pub(crate) fn evaluate_text(
    program: &Program,
    ex: &mut Exchange<'_>,
    host: &Host<'_>,
) -> Result<Option<String>, Fault> {
    let mut context = ContextHost::new(ex, host);
    let value = context
        .run(program)
        .map_err(|exception| fault_of(&exception))?;
    Ok(context.text_of(&value))
}

fn fault_of(exception: &Exception) -> Fault {
    Fault::expression(&exception.message().to_str())
}

/// Which bodies a program reads.
///
/// A body that is only compared with `null` is not read.
pub(crate) fn needs(program: &Program) -> BodyNeeds {
    let uses = |kind: Kind, signature: &str| {
        let wanted = table::member(kind, signature);
        wanted.is_some_and(|wanted| program.members().any(|used| used.member == wanted))
    };
    if !uses(Kind::Body, body::AS) && !uses(Kind::Body, body::AS_FORM) {
        return BodyNeeds::default();
    }
    BodyNeeds {
        request: uses(Kind::Context, context::REQUEST) && uses(Kind::Request, request::BODY),
        response: uses(Kind::Context, context::RESPONSE_PROPERTY)
            && uses(Kind::Response, response::BODY),
    }
}

/// Makes a response that a policy fetched into the `IResponse` that a variable holds.
pub(crate) fn response_value(
    ex: &mut Exchange<'_>,
    response: ResponseParts,
) -> Result<Value, Fault> {
    let kept = ex.objects.keep(objects::Made::Response(Box::new(response)));
    kept.map_err(|exception| fault_of(&exception))
}

/// The response that a variable holds.
pub(crate) fn stored_response<'x>(
    ex: &'x Exchange<'_>,
    value: &Value,
) -> Option<&'x ResponseParts> {
    match value {
        Value::Host(Object { kind, handle }) if *kind == Kind::Response.host_type() => {
            match *handle {
                objects::RESPONSE => ex.response(),
                made => ex.objects.response(made),
            }
        }
        _ => None,
    }
}

impl ContextHost<'_, '_> {
    /// Runs a program within the limits of the service.
    pub(crate) fn run(&mut self, program: &Program) -> Outcome {
        let limits = self.ex.facts().service.limits.expression;
        let value = program.run(self, &limits)?;
        self.settle(value)
    }

    /// A URL or a dictionary of headers leaves as it stands now: a variable that holds it does not
    /// see later changes.
    fn settle(&mut self, value: Value) -> Outcome {
        let Value::Host(Object { kind, handle }) = value else {
            return Ok(value);
        };
        let url = kind == Kind::Url.host_type() || kind == Kind::Query.host_type();
        if url && handle == url::CURRENT {
            let kept = self.current_url();
            let kept = self.ex.objects.keep(objects::Made::Url(Box::new(kept)))?;
            return Ok(match kept {
                Value::Host(Object { handle, .. }) => Value::Host(Object { kind, handle }),
                other => other,
            });
        }
        let message = matches!(handle, objects::REQUEST | objects::RESPONSE);
        if kind == Kind::Headers.host_type() && message {
            let headers = self.headers(handle).cloned().unwrap_or_default();
            return self
                .ex
                .objects
                .keep(objects::Made::Headers(Box::new(headers)));
        }
        Ok(value)
    }

    /// What `ToString()` gives of a value; `None` for `null`.
    fn text_of(&self, value: &Value) -> Option<String> {
        match value {
            Value::Host(Object { kind, handle }) if *kind == Kind::Url.host_type() => {
                self.url_text(*handle)
            }
            other => super::to_text(other),
        }
    }
}
