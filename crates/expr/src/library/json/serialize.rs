//! Objects ↔ tokens: what `JsonConvert` and `FromObject` make of values, and `ToObject<T>` of tokens.

use crate::eval::{Call, is_instance, unboxes};
use crate::exception::{Exception, Outcome, argument_null, argument_plain};
use crate::json::{Data, JToken, JsonKind, cast, kind_of};
use crate::library::interfaces::read_only;
use crate::names::full;
use crate::numbers::parse_integer;
use crate::text::Text;
use crate::types::{DefId, Type};
use crate::value::{Comparer, Dictionary, Table, Value};

/// How deep objects are written.
const DEPTH: u32 = 64;

fn serialization(message: impl Into<Text>) -> Exception {
    Exception::new("Newtonsoft.Json.JsonSerializationException", message)
}

// === To tokens ===

/// The token of any value.
pub(super) fn to_token(c: &mut Call<'_, '_>, value: &Value) -> Outcome<JToken> {
    token_within(c, value, DEPTH)
}

fn token_within(c: &mut Call<'_, '_>, value: &Value, depth: u32) -> Outcome<JToken> {
    c.vm.charge_items(4)?;
    if depth == 0 {
        return Err(serialization("Self referencing loop detected."));
    }
    if let Value::Json(token) = value {
        return super::copy(c, token);
    }
    if let Value::Char(unit) = value {
        let text = Text::from_units(&[*unit]);
        return Ok(JToken::value(JsonKind::String, Value::String(text)));
    }
    if let Value::Xml(node) = value {
        return crate::xml::to_json(node, &mut c.vm.meter);
    }
    if let Some(kind) = kind_of(value) {
        return Ok(JToken::value(kind, value.clone()));
    }
    match value {
        Value::Record(record) => {
            let names = field_names(record.ty());
            let object = JToken::object();
            let fields: Vec<Value> = record.fields().to_vec();
            for (name, field) in names.iter().zip(&fields) {
                let token = token_within(c, field, depth - 1)?;
                object.push(JToken::property(Text::from(name.as_str()), token))?;
            }
            Ok(object)
        }
        Value::Dictionary(dictionary) => {
            let object = JToken::object();
            for (key, field) in dictionary.to_entries() {
                let name = crate::display::to_text(c.vm, &key)?;
                let token = token_within(c, &field, depth - 1)?;
                object.set(&name, token)?;
            }
            Ok(object)
        }
        Value::Host(_)
            if crate::relations::item_type(&value.runtime_type(), c.vm.surface).is_none() =>
        {
            Ok(JToken::object())
        }
        Value::Host(_) => host_token(c, value, depth),
        Value::Array(_) | Value::List(_) | Value::Set(_) | Value::Sequence(_) => {
            let array = JToken::array();
            for item in c.vm.collect(value)? {
                let token = token_within(c, &item, depth - 1)?;
                array.push(token)?;
            }
            Ok(array)
        }
        Value::Native(object) => Ok(match object.text() {
            Some(text) => JToken::value(JsonKind::String, Value::String(text)),
            None => JToken::object(),
        }),
        Value::Exception(exception) => {
            let object = JToken::object();
            let message = Value::String(exception.message().clone());
            object.push(JToken::property(
                Text::from("Message"),
                JToken::value(JsonKind::String, message),
            ))?;
            Ok(object)
        }
        _ => Ok(JToken::object()),
    }
}

/// A host's sequence: an object if it is one of pairs, else an array.
fn host_token(c: &mut Call<'_, '_>, value: &Value, depth: u32) -> Outcome<JToken> {
    let items = c.vm.collect(value)?;
    let pairs = items.iter().all(
        |item| matches!(item, Value::Record(record) if matches!(record.ty(), Type::Generic(DefId::KEY_VALUE_PAIR, _))),
    );
    if !pairs {
        let array = JToken::array();
        for item in &items {
            let token = token_within(c, item, depth - 1)?;
            array.push(token)?;
        }
        return Ok(array);
    }
    let object = JToken::object();
    for item in &items {
        if let Value::Record(record) = item
            && let [key, field] = record.fields()
        {
            let name = crate::display::to_text(c.vm, key)?;
            let token = token_within(c, field, depth - 1)?;
            object.set(&name, token)?;
        }
    }
    Ok(object)
}

/// The names under which the fields of a record are written.
fn field_names(ty: &Type) -> Vec<String> {
    match ty {
        Type::Anonymous(shape) => shape.names.iter().map(ToString::to_string).collect(),
        Type::Generic(DefId::KEY_VALUE_PAIR, _) => vec!["Key".to_owned(), "Value".to_owned()],
        other => (1..=other.arguments().len().max(8))
            .map(|n| format!("Item{n}"))
            .collect(),
    }
}

fn required(c: &Call<'_, '_>) -> Outcome {
    c.required(0, "o")
}

/// `JToken.FromObject`.
pub(super) fn from_object(c: &mut Call<'_, '_>) -> Outcome {
    let value = required(c)?;
    to_token(c, &value).map(Value::Json)
}

/// `JObject.FromObject`.
pub(super) fn object_from(c: &mut Call<'_, '_>) -> Outcome {
    checked(c, JsonKind::Object, "JObject")
}

/// `JArray.FromObject`.
pub(super) fn array_from(c: &mut Call<'_, '_>) -> Outcome {
    checked(c, JsonKind::Array, "JArray")
}

fn checked(c: &mut Call<'_, '_>, kind: JsonKind, name: &str) -> Outcome {
    let value = required(c)?;
    let token = to_token(c, &value)?;
    if token.kind() != kind {
        let found = token.kind();
        return Err(argument_plain(format!(
            "Object serialized to {found:?}. {name} instance expected."
        )));
    }
    Ok(Value::Json(token))
}

// === From tokens ===

/// `token.ToObject<T>()`: simple types by the conversion operators, others piece by piece.
pub(super) fn to_object(c: &mut Call<'_, '_>, ty: &Type) -> Outcome {
    let token = c.json(0)?;
    let simple = ty.underlying().num().is_some()
        || matches!(
            *ty.underlying(),
            Type::STRING
                | Type::BOOL
                | Type::DATE_TIME
                | Type::DATE_TIME_OFFSET
                | Type::GUID
                | Type::TIME_SPAN
                | Type::URI
        );
    if simple {
        return cast(&Value::Json(token), ty);
    }
    Reader { from_text: false }.read(c, &token, ty, DEPTH)
}

/// Reads tokens as values of a type.
pub(super) struct Reader {
    /// Whether the tokens were just read from text: numbers are then taken more strictly.
    pub(super) from_text: bool,
}

impl Reader {
    pub(super) fn read(
        &self,
        c: &mut Call<'_, '_>,
        token: &JToken,
        ty: &Type,
        depth: u32,
    ) -> Outcome {
        c.vm.charge_items(2)?;
        if depth == 0 {
            return Err(serialization("The value is nested too deep."));
        }
        if let Type::Nullable(inner) = ty {
            if token.kind() == JsonKind::Null {
                return Ok(Value::Null);
            }
            return self.read(c, token, inner, depth);
        }
        let value = Value::Json(token.clone());
        if crate::relations::is_subtype(ty, &Type::JTOKEN, c.vm.surface) {
            return self.token_as(c, value, ty);
        }
        if *ty == Type::OBJECT {
            return Ok(token.scalar().unwrap_or(value));
        }
        if token.kind() == JsonKind::Null || token.kind() == JsonKind::Undefined {
            return if crate::relations::can_be_null(ty, c.vm.surface) {
                Ok(Value::Null)
            } else {
                Err(serialization(format!(
                    "Error converting value {{null}} to type '{}'.",
                    full(ty, c.vm.surface)
                )))
            };
        }
        match &*token.data() {
            Data::Array(items) => self.sequence(c, items, ty, depth),
            Data::Object(properties) => self.dictionary(c, properties, ty, depth),
            Data::Value(_, scalar) => self.scalar(c, scalar, ty),
            Data::Property(..) => Err(serialization("Cannot read a property as a value.")),
        }
    }

    fn token_as(&self, c: &mut Call<'_, '_>, value: Value, ty: &Type) -> Outcome {
        if is_instance(&value, ty, c.vm.surface) {
            return Ok(match value {
                Value::Json(token) if token.parent().is_some() => {
                    Value::Json(super::copy(c, &token)?)
                }
                other => other,
            });
        }
        if matches!(&value, Value::Json(token) if token.kind() == JsonKind::Null) {
            return Ok(Value::Null);
        }
        let found = full(&value.runtime_type(), c.vm.surface);
        let wanted = full(ty, c.vm.surface);
        Err(if self.from_text {
            serialization(format!(
                "Deserialized JSON type '{found}' is not compatible with expected type '{wanted}'."
            ))
        } else {
            crate::exception::invalid_cast(format!(
                "Unable to cast object of type '{found}' to type '{wanted}'."
            ))
        })
    }

    fn sequence(&self, c: &mut Call<'_, '_>, items: &[JToken], ty: &Type, depth: u32) -> Outcome {
        let item = match ty {
            Type::Array(item) => (**item).clone(),
            Type::Generic(
                DefId::LIST
                | DefId::LIST_INTERFACE
                | DefId::COLLECTION_OF
                | DefId::ENUMERABLE_OF
                | DefId::READ_ONLY_LIST
                | DefId::READ_ONLY_COLLECTION
                | DefId::HASH_SET
                | DefId::READ_ONLY_COLLECTION_CLASS,
                arguments,
            ) => arguments.first().cloned().unwrap_or(Type::OBJECT),
            _ => {
                return Err(serialization(format!(
                    "Cannot deserialize the current JSON array (e.g. [1,2,3]) into type '{}'.",
                    full(ty, c.vm.surface)
                )));
            }
        };
        let mut values = Vec::new();
        for token in items {
            values.push(self.read(c, token, &item, depth - 1)?);
        }
        Ok(match ty {
            Type::Array(_) => Value::array(item, values),
            Type::Generic(DefId::HASH_SET, _) => {
                let mut table = Table::new(Comparer::Default);
                for value in values {
                    table.insert(value, Value::Null);
                }
                Value::Set(crate::value::Set::new(ty.clone(), table).into())
            }
            Type::Generic(DefId::READ_ONLY_COLLECTION_CLASS, _) => read_only(item, values),
            _ => Value::list(item, values),
        })
    }

    fn dictionary(
        &self,
        c: &mut Call<'_, '_>,
        properties: &[JToken],
        ty: &Type,
        depth: u32,
    ) -> Outcome {
        let Type::Generic(
            DefId::DICTIONARY | DefId::DICTIONARY_INTERFACE | DefId::READ_ONLY_DICTIONARY,
            types,
        ) = ty
        else {
            return Err(serialization(format!(
                "Cannot deserialize the current JSON object (e.g. {{\"name\":\"value\"}}) into type '{}'.",
                full(ty, c.vm.surface)
            )));
        };
        let [key, value] = &**types else {
            return Err(argument_null("type"));
        };
        let mut table = Table::new(Comparer::Default);
        for property in properties {
            let (Some(name), Some(token)) = (property.name(), property.child(0)) else {
                continue;
            };
            let name = crate::convert::change_type(&Value::String(name), key, c.vm.surface)?;
            let read = self.read(c, &token, value, depth - 1)?;
            table.insert(name, read);
        }
        let ty = Type::dictionary(key.clone(), value.clone());
        Ok(Value::Dictionary(Dictionary::new(ty, table).into()))
    }

    fn scalar(&self, c: &Call<'_, '_>, scalar: &Value, ty: &Type) -> Outcome {
        if is_instance(scalar, ty, c.vm.surface) {
            return Ok(scalar.clone());
        }
        if let (Value::Bool(value), true, &Type::STRING) = (scalar, self.from_text, ty) {
            return Ok(Value::from(if *value { "true" } else { "false" }));
        }
        if let (Some(num), true) = (ty.num().filter(|num| num.is_integral()), self.from_text) {
            let whole = match scalar {
                Value::Double(_) => None,
                Value::String(text) => num
                    .range()
                    .and_then(|range| parse_integer(&text.to_str(), range).ok()),
                other => other.as_integer(),
            };
            if whole.is_none() {
                let shown = crate::display::plain_text(scalar, c.vm.surface);
                return Err(Exception::new(
                    "Newtonsoft.Json.JsonReaderException",
                    format!("Input string '{shown}' is not a valid integer."),
                ));
            }
        }
        if crate::relations::is_enum(ty, c.vm.surface) {
            let narrow = crate::convert::to_num(scalar, crate::types::Num::Int)?;
            return unboxes(&narrow, ty, c.vm.surface)
                .ok_or_else(|| serialization("Error converting value to an enumeration."));
        }
        let token = JToken::value(kind_of(scalar).unwrap_or(JsonKind::String), scalar.clone());
        cast(&Value::Json(token), ty).map_err(|inner| {
            if self.from_text && ty.num().is_none() {
                let name = full(ty, c.vm.surface);
                serialization(format!("Error converting value to type '{name}'.")).caused_by(inner)
            } else {
                inner
            }
        })
    }
}
