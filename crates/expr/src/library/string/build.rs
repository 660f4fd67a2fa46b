//! `Concat`, `Join`, `Format`.

use crate::display::to_text;
use crate::eval::{Call, Vm};
use crate::exception::{Outcome, argument_null};
use crate::format::composite;
use crate::text::{Text, TextBuilder};
use crate::value::Value;

/// Puts values together, with a separator between them.
pub(in crate::library) fn concat_values(
    vm: &mut Vm<'_>,
    separator: &Text,
    values: &[Value],
) -> Outcome<Text> {
    let mut builder = TextBuilder::default();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            builder.push(separator);
        }
        match value {
            Value::Null => {}
            Value::String(text) => builder.push(text),
            other => builder.push(&to_text(vm, other)?),
        }
        vm.charge_bytes(separator.size())?;
    }
    Ok(builder.finish())
}

pub(super) fn concat(c: &mut Call<'_, '_>) -> Outcome {
    let values = c.args.to_vec();
    concat_values(c.vm, &Text::empty(), &values).map(Value::String)
}

pub(super) fn concat_array(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(0, "values")?;
    let values = c.vm.collect(&source)?;
    concat_values(c.vm, &Text::empty(), &values).map(Value::String)
}

fn separator(value: &Value) -> Text {
    match value {
        Value::String(text) => text.clone(),
        Value::Char(unit) => Text::from_units(&[*unit]),
        _ => Text::empty(),
    }
}

pub(super) fn join(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(1, "values")?;
    let values = c.vm.collect(&source)?;
    let separator = separator(c.arg(0));
    concat_values(c.vm, &separator, &values).map(Value::String)
}

pub(super) fn join_part(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(1, "value")?;
    let values = c.vm.collect(&source)?;
    let start = super::index(c, 2, "startIndex")?;
    let count = super::index(c, 3, "count")?;
    let part = start
        .checked_add(count)
        .and_then(|end| values.get(start..end))
        .ok_or_else(|| {
            crate::exception::out_of_range(
                "Index and count must refer to a location within the buffer.",
                "startIndex",
            )
        })?;
    let separator = separator(c.arg(0));
    concat_values(c.vm, &separator, part).map(Value::String)
}

pub(super) fn format(c: &mut Call<'_, '_>) -> Outcome {
    let pattern = c.required_text(0, "format")?;
    let values: Vec<Value> = c.args.iter().skip(1).cloned().collect();
    composite(c.vm, &pattern, &values).map(Value::String)
}

pub(super) fn format_array(c: &mut Call<'_, '_>) -> Outcome {
    let pattern = c.required_text(0, "format")?;
    let Value::Array(array) = c.arg(1) else {
        return Err(argument_null("args"));
    };
    let values = array.to_values();
    composite(c.vm, &pattern, &values).map(Value::String)
}
