//! `Newtonsoft.Json` and `Newtonsoft.Json.Linq`.

mod containers;
mod convert;
mod serialize;
mod token;
mod values;

pub(crate) use containers::pairs;
pub(super) use containers::{JARRAY, JCONTAINER, JENUMERABLE, JOBJECT, array_add, set_named};
pub(super) use convert::{
    FORMATTING, JSON_CONVERT, JSON_CONVERTER, JSON_LOAD_SETTINGS, MERGE_SETTINGS,
    SERIALIZER_SETTINGS,
};
pub(super) use token::{EXTENSIONS, JTOKEN, JTOKEN_TYPE, child_at, child_named, set_child_at};
pub(super) use values::{BIG_INTEGER, JPROPERTY, JRAW, JVALUE};

use crate::eval::Call;
use crate::exception::{Outcome, argument_null};
use crate::json::{JToken, from_value};
use crate::types::Type;
use crate::value::Value;

/// Whether a value given as content is a sequence of contents.
fn is_multi(value: &Value) -> bool {
    match value {
        Value::Array(array) => *array.item_type() != Type::BYTE,
        Value::List(_) | Value::Dictionary(_) | Value::Set(_) | Value::Sequence(_) => true,
        _ => false,
    }
}

/// The token that a value given as content becomes. One that has a parent already will be copied.
fn content(c: &mut Call<'_, '_>, value: &Value) -> Outcome<JToken> {
    let token = from_value(value, c.vm.surface)?;
    if token.parent().is_some() || (token.is_container() && holds_receiver(c, &token)?) {
        token.charge_copy(&mut c.vm.meter)?;
    }
    Ok(token)
}

/// Whether what the method is called on is within a token, which then cannot be put into it as it is.
fn holds_receiver(c: &mut Call<'_, '_>, token: &JToken) -> Outcome<bool> {
    let mut current = match c.arg(0) {
        Value::Json(receiver) if c.args.len() > 1 => Some(receiver.clone()),
        _ => None,
    };
    while let Some(within) = current {
        c.vm.meter.ticks(1)?;
        if within.same(token) {
            return Ok(true);
        }
        current = within.parent();
    }
    Ok(false)
}

/// A copy of a whole tree.
fn copy(c: &mut Call<'_, '_>, token: &JToken) -> Outcome<JToken> {
    token.charge_copy(&mut c.vm.meter)?;
    Ok(token.deep_clone())
}

/// `new(JToken other)`.
fn copied(c: &mut Call<'_, '_>) -> Outcome {
    let other = c.json(0).map_err(|_| argument_null("other"))?;
    copy(c, &other).map(Value::Json)
}

/// Charges for looking through the children of a token, or for moving them.
fn charge_children(c: &mut Call<'_, '_>, token: &JToken) -> Outcome<()> {
    c.vm.meter.ticks(token.children().len())
}

/// Charges for finding a token among its siblings.
fn charge_siblings(c: &mut Call<'_, '_>, token: &JToken) -> Outcome<()> {
    match token.parent() {
        Some(parent) => charge_children(c, &parent),
        None => Ok(()),
    }
}

/// The children as values.
fn children(c: &mut Call<'_, '_>, token: &JToken) -> Outcome<Vec<Value>> {
    c.vm.charge_items(token.children().len())?;
    Ok(token.children().iter().cloned().map(Value::Json).collect())
}

/// The token, or `null`.
fn token_or_null(token: Option<JToken>) -> Value {
    token.map_or(Value::Null, Value::Json)
}

/// The token of a `JToken` argument; `null` becomes a JSON null.
fn argument(c: &mut Call<'_, '_>, index: usize) -> Outcome<JToken> {
    match c.arg(index).clone() {
        Value::Null => Ok(JToken::null()),
        value => content(c, &value),
    }
}
