//! `Sum`, `Average`, `Min`, `Max`.

use super::source;
use crate::ast::BinaryOp;
use crate::eval::{Call, arith, convert_num};
use crate::exception::{Outcome, no_elements};
use crate::types::Num;
use crate::value::Value;

/// The numbers, through the selector if there is one.
fn items(c: &mut Call<'_, '_>) -> Outcome<Vec<Value>> {
    let source = source(c)?;
    let items = c.vm.collect(&source)?;
    if c.args.len() < 2 {
        return Ok(items);
    }
    let selector = c.required(1, "selector")?;
    items
        .into_iter()
        .map(|item| c.vm.invoke(&selector, &[item]))
        .collect()
}

fn sum(c: &mut Call<'_, '_>, zero: Value) -> Outcome {
    let mut total = zero;
    for item in items(c)? {
        if !item.is_null() {
            total = arith(BinaryOp::Add, true, &total, &item)?;
        }
    }
    Ok(total)
}

pub(super) fn sum_int(c: &mut Call<'_, '_>) -> Outcome {
    sum(c, Value::Int(0))
}

pub(super) fn sum_long(c: &mut Call<'_, '_>) -> Outcome {
    sum(c, Value::Long(0))
}

pub(super) fn sum_float(c: &mut Call<'_, '_>) -> Outcome {
    sum(c, Value::Float(0.0))
}

pub(super) fn sum_double(c: &mut Call<'_, '_>) -> Outcome {
    sum(c, Value::Double(0.0))
}

pub(super) fn sum_decimal(c: &mut Call<'_, '_>) -> Outcome {
    sum(c, Value::Decimal(crate::value::Decimal::ZERO))
}

fn average(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    let items = items(c)?;
    if items.is_empty() {
        return Err(no_elements());
    }
    let mut total = convert_num(&Value::Int(0), num, false)?;
    for item in &items {
        total = arith(BinaryOp::Add, true, &total, &convert_num(item, num, false)?)?;
    }
    let count = Value::Long(i64::try_from(items.len()).unwrap_or(i64::MAX));
    arith(
        BinaryOp::Divide,
        true,
        &total,
        &convert_num(&count, num, false)?,
    )
}

pub(super) fn average_double(c: &mut Call<'_, '_>) -> Outcome {
    average(c, Num::Double)
}

pub(super) fn average_decimal(c: &mut Call<'_, '_>) -> Outcome {
    average(c, Num::Decimal)
}

fn is_nan(value: &Value) -> bool {
    match value {
        Value::Double(n) => n.is_nan(),
        Value::Float(n) => n.is_nan(),
        _ => false,
    }
}

/// The largest or smallest; `null` is passed over.
pub(super) fn extreme(c: &mut Call<'_, '_>, largest: bool) -> Outcome {
    let ty = if c.args.len() > 1 {
        c.type_arg(1)
    } else {
        c.type_arg(0)
    };
    let mut best: Option<Value> = None;
    for item in items(c)? {
        if item.is_null() {
            continue;
        }
        let Some(current) = &best else {
            best = Some(item);
            continue;
        };
        let order = crate::library::ordering::compare(&item, current).ok_or_else(|| {
            crate::exception::argument_plain("At least one object must implement IComparable.")
        })?;
        // NaN is the smallest of all.
        let better = if largest {
            order.is_gt() || is_nan(current)
        } else {
            order.is_lt() || (is_nan(&item) && !is_nan(current))
        };
        if better {
            best = Some(item);
        }
    }
    match best {
        Some(value) => Ok(value),
        None if crate::relations::can_be_null(&ty, c.vm.surface) => Ok(Value::Null),
        None => Err(no_elements()),
    }
}
