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
use crate::exception::Outcome;
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

/// The token that a value given as content becomes.
fn content(c: &Call<'_, '_>, value: &Value) -> Outcome<JToken> {
    from_value(value, c.vm.surface)
}

/// The token, or `null`.
fn token_or_null(token: Option<JToken>) -> Value {
    token.map_or(Value::Null, Value::Json)
}

/// The token of a `JToken` argument; `null` becomes a JSON null.
fn argument(c: &Call<'_, '_>, index: usize) -> Outcome<JToken> {
    match c.arg(index) {
        Value::Null => Ok(JToken::null()),
        value => content(c, value),
    }
}
