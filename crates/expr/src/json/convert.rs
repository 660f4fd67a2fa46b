//! Conversions between tokens and simple values: Newtonsoft's operators.

use super::{Data, JToken, JsonKind, write};
use crate::convert;
use crate::exception::{Exception, Outcome, argument_null, argument_plain};
use crate::surface::Surface;
use crate::text::Text;
use crate::types::Type;
use crate::value::{DateTime, Value};

/// `token.ToString()`: the plain text of a value, indented JSON of a container.
pub(crate) fn to_display(token: &JToken) -> Text {
    match &*token.data() {
        Data::Value(_, Value::Null) => return Text::empty(),
        Data::Value(JsonKind::Raw, Value::String(text)) => return text.clone(),
        Data::Value(_, value) => return crate::display::plain_text(value, &Surface::empty()),
        _ => {}
    }
    Text::from(write(token, true))
}

/// What kind of `JValue` holds a value; `None` if none does.
pub(crate) fn kind_of(value: &Value) -> Option<JsonKind> {
    Some(match value {
        Value::Null => JsonKind::Null,
        Value::Bool(_) => JsonKind::Boolean,
        Value::String(_) => JsonKind::String,
        Value::Char(_) => return None,
        Value::Float(_) | Value::Double(_) | Value::Decimal(_) => JsonKind::Float,
        Value::DateTime(_) | Value::DateTimeOffset(_) => JsonKind::Date,
        Value::TimeSpan(_) => JsonKind::TimeSpan,
        Value::Guid(_) => JsonKind::Guid,
        Value::Enum(..) => JsonKind::Integer,
        Value::Array(array) if *array.item_type() == Type::BYTE => JsonKind::Bytes,
        Value::Native(object) if object.ty() == Type::URI => JsonKind::Uri,
        Value::Native(_) if value.as_native::<super::BigInteger>().is_some() => JsonKind::Integer,
        other => {
            other.as_integer()?;
            JsonKind::Integer
        }
    })
}

/// `new JValue(value)`, or the token itself.
pub(crate) fn from_value(value: &Value, surface: &Surface) -> Outcome<JToken> {
    if let Value::Json(token) = value {
        return Ok(token.clone());
    }
    match kind_of(value) {
        Some(kind) => Ok(JToken::value(kind, value.clone())),
        None => Err(argument_plain(format!(
            "Could not determine JSON object type for type {}.",
            crate::names::full(&value.runtime_type(), surface)
        ))),
    }
}

/// The value behind a cast: a `JValue`'s, or that of a property's `JValue`.
fn operand(token: &JToken) -> Option<(JsonKind, Value)> {
    if let Data::Value(kind, value) = &*token.data() {
        return Some((*kind, value.clone()));
    }
    if token.kind() == JsonKind::Property {
        let value = token.child(0)?;
        return value.scalar().map(|scalar| (value.kind(), scalar));
    }
    None
}

fn cannot(token: &JToken, to: &str) -> Exception {
    let kind = format!(
        "{:?}",
        operand(token).map_or(token.kind(), |(kind, _)| kind)
    );
    argument_plain(format!("Can not convert {kind} to {to}."))
}

/// The value of a token that is cast, if its kind allows it.
fn value_for(token: &JToken, kinds: &[JsonKind], nullable: bool, to: &str) -> Outcome {
    match operand(token) {
        Some((kind, value)) if kinds.contains(&kind) => Ok(value),
        Some((JsonKind::Null | JsonKind::Undefined, _)) if nullable => Ok(Value::Null),
        _ => Err(cannot(token, to)),
    }
}

const NUMBERS: &[JsonKind] = &[
    JsonKind::Integer,
    JsonKind::Float,
    JsonKind::String,
    JsonKind::Raw,
    JsonKind::Boolean,
];
const STRINGS: &[JsonKind] = &[
    JsonKind::Date,
    JsonKind::Integer,
    JsonKind::Float,
    JsonKind::String,
    JsonKind::Raw,
    JsonKind::Boolean,
    JsonKind::Bytes,
    JsonKind::Guid,
    JsonKind::TimeSpan,
    JsonKind::Uri,
];
const DATES: &[JsonKind] = &[JsonKind::Date, JsonKind::String, JsonKind::Raw];
const OTHERS: &[JsonKind] = &[
    JsonKind::String,
    JsonKind::Raw,
    JsonKind::Guid,
    JsonKind::Bytes,
    JsonKind::TimeSpan,
    JsonKind::Uri,
];

/// `(T)token` for the simple types and their nullable forms. `null` tokens fail unless `T` is nullable.
pub(crate) fn cast(token: &Value, ty: &Type) -> Outcome {
    let nullable = matches!(ty, Type::Nullable(_)) || !matches!(ty, Type::Def(_)) || is_class(ty);
    let token = match token {
        Value::Json(token) => token,
        _ if nullable => return Ok(Value::Null),
        _ => return Err(argument_null("value")),
    };
    let target = ty.underlying();
    let name = crate::names::simple(target, &Surface::empty());
    let value = |kinds: &[JsonKind]| value_for(token, kinds, nullable, &name);
    if let Some(num) = target.num() {
        let value = value(NUMBERS)?;
        return if value.is_null() && nullable {
            Ok(Value::Null)
        } else {
            convert::to_num(&value, num)
        };
    }
    match *target {
        Type::STRING => {
            let value = value(STRINGS)?;
            Ok(to_string(&value))
        }
        Type::BOOL => match value(NUMBERS)? {
            Value::Null if nullable => Ok(Value::Null),
            value => convert::to_bool(&value).map(Value::Bool),
        },
        Type::DATE_TIME => match value(DATES)? {
            Value::Null if nullable => Ok(Value::Null),
            Value::DateTimeOffset(date) => Ok(Value::DateTime(DateTime {
                ticks: date.clock_ticks(),
                kind: crate::value::Kind::Unspecified,
            })),
            value => convert::to_date_time(&value).map(Value::DateTime),
        },
        Type::DATE_TIME_OFFSET => match value(DATES)? {
            Value::Null if nullable => Ok(Value::Null),
            value => crate::library::to_offset(&value),
        },
        Type::TIME_SPAN => match value(OTHERS)? {
            Value::Null => Ok(Value::Null),
            Value::String(text) => crate::calendar::parse_span(&text.to_str()).map(Value::TimeSpan),
            value => Ok(value),
        },
        Type::GUID => match value(OTHERS)? {
            Value::Null => Ok(Value::Null),
            Value::String(text) => crate::library::parse_guid(&text.to_str()).map(Value::Guid),
            value => Ok(value),
        },
        Type::URI => match value(OTHERS)? {
            Value::String(text) => crate::library::make_uri(&text),
            value => Ok(value),
        },
        _ if target.is_byte_array() => bytes(token, value(STRINGS)?),
        _ => Err(cannot(token, &name)),
    }
}

fn is_class(ty: &Type) -> bool {
    matches!(*ty, Type::STRING | Type::URI)
}

/// `Convert.ToString` of what a `JValue` holds; bytes as base64.
fn to_string(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Array(array) => {
            use base64::Engine;
            let bytes = array.bytes().unwrap_or_default();
            Value::from(base64::engine::general_purpose::STANDARD.encode(bytes))
        }
        other => Value::String(crate::display::plain_text(other, &Surface::empty())),
    }
}

fn bytes(token: &JToken, value: Value) -> Outcome {
    match value {
        Value::String(text) => crate::library::from_base64(&text.to_str()).map(Value::bytes),
        Value::Null | Value::Array(_) => Ok(value),
        _ => Err(cannot(token, "Byte[]")),
    }
}

/// `token.Value<T>()`: the token itself, or `Convert.ChangeType` of what it holds.
pub(crate) fn extension_value(token: &Value, ty: &Type, surface: &Surface) -> Outcome {
    let Value::Json(json) = token else {
        return Ok(Value::default_of(ty));
    };
    if crate::eval::is_instance(token, ty, surface) {
        return Ok(token.clone());
    }
    let Data::Value(_, scalar) = &*json.data() else {
        return Err(crate::exception::invalid_cast(format!(
            "Cannot cast {} to {}.",
            crate::names::full(&json.ty(), surface),
            crate::names::full(ty, surface)
        )));
    };
    if scalar.is_null() && matches!(ty, Type::Nullable(_)) {
        return Ok(Value::Null);
    }
    convert::change_type(scalar, ty, surface)
}
