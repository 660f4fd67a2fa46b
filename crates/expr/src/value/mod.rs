//! `Value`: what an expression computes with and gives back.
//!
//! A value knows its own .NET type: boxing costs nothing and unboxing is a check. Values belong to one
//! thread and are cheap to clone; what is shared in C# (arrays, lists, JSON trees) is shared here.

mod collections;
mod equality;
mod grave;
mod kinds;
mod time;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

pub use rust_decimal::Decimal;

pub use collections::{Array, Dictionary, List, Record, Set};
pub(crate) use collections::{Comparer, Items, Table};
pub(crate) use equality::{equals, hash, same};
pub(crate) use grave::bury;
pub use time::{DateTime, DateTimeOffset, Guid, Kind, TimeSpan};

use crate::exception::Exception;
use crate::json::JToken;
use crate::program::Delegate;
use crate::sequence::Sequence;
use crate::surface::HostType;
use crate::text::Text;
use crate::types::{DefId, Type};
use crate::xml::XObject;

/// A C# value, boxed or not.
#[derive(Clone, Default)]
pub enum Value {
    /// `null`, or a `T?` without a value.
    #[default]
    Null,
    /// `bool`.
    Bool(bool),
    /// `char`: one UTF-16 unit.
    Char(u16),
    /// `sbyte`.
    SByte(i8),
    /// `byte`.
    Byte(u8),
    /// `short`.
    Short(i16),
    /// `ushort`.
    UShort(u16),
    /// `int`.
    Int(i32),
    /// `uint`.
    UInt(u32),
    /// `long`.
    Long(i64),
    /// `ulong`.
    ULong(u64),
    /// `float`.
    Float(f32),
    /// `double`.
    Double(f64),
    /// `decimal`.
    Decimal(Decimal),
    /// `string`.
    String(Text),
    /// `DateTime`.
    DateTime(DateTime),
    /// `DateTimeOffset`.
    DateTimeOffset(DateTimeOffset),
    /// `TimeSpan`.
    TimeSpan(TimeSpan),
    /// `Guid`.
    Guid(Guid),
    /// A member of an enumeration.
    Enum(EnumType, i32),
    /// `T[]`.
    Array(Rc<Array>),
    /// `List<T>`, `Queue<T>`, `Stack<T>`.
    List(Rc<List>),
    /// `Dictionary<K, V>`.
    Dictionary(Rc<Dictionary>),
    /// `HashSet<T>`.
    Set(Rc<Set>),
    /// A sequence that is computed while it is read.
    Sequence(Rc<Sequence>),
    /// `KeyValuePair<K, V>`, a tuple, an object of an anonymous type.
    Record(Rc<Record>),
    /// `JObject`, `JArray`, `JProperty`, `JValue`.
    Json(JToken),
    /// `XElement`, `XDocument` and their parts.
    Xml(XObject),
    /// A delegate: a lambda or a method.
    Delegate(Rc<Delegate>),
    /// `System.Type`.
    Type(Rc<Type>),
    /// An exception that was caught or made.
    Exception(Exception),
    /// An object of the host.
    Host(Object),
    /// Any other library object.
    Native(Rc<dyn NativeObject>),
    /// A variable that a lambda captured. Lives in variable slots only.
    #[doc(hidden)]
    Cell(Rc<RefCell<Value>>),
}

/// Whose enumeration a [`Value::Enum`] is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnumType {
    /// The library's.
    Def(DefId),
    /// The host's.
    Host(HostType),
}

impl EnumType {
    /// As a type.
    pub(crate) fn ty(self) -> Type {
        match self {
            Self::Def(def) => Type::Def(def),
            Self::Host(host) => Type::Host(host),
        }
    }
}

/// An object that the host keeps: its type and where to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Object {
    /// The type that was declared to the [`crate::Surface`].
    pub kind: HostType,
    /// The host's own number for the object.
    pub handle: u32,
}

/// A library object that needs no variant of its own: `Regex`, `StringBuilder`, `Uri`, …
pub trait NativeObject: fmt::Debug + std::any::Any {
    /// Its type.
    fn ty(&self) -> Type;

    /// What `ToString()` gives; the type's name if `None`.
    fn text(&self) -> Option<Text> {
        None
    }

    /// `Equals`; reference equality if `None`.
    fn equals(&self, _other: &dyn NativeObject) -> Option<bool> {
        None
    }

    /// `GetHashCode`, for objects that are compared by value.
    fn hash(&self) -> Option<u64> {
        None
    }

    /// The items, of a collection.
    fn items(&self) -> Option<Vec<Value>> {
        None
    }
}

impl Value {
    /// A string.
    pub fn string(text: &str) -> Self {
        Self::String(Text::from(text))
    }

    /// A `T[]`.
    pub fn array(item: Type, items: Vec<Value>) -> Self {
        Self::Array(Rc::new(Array::new(item, Items::Values(items))))
    }

    /// A `byte[]`.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self::Array(Rc::new(Array::new(Type::BYTE, Items::Bytes(bytes))))
    }

    /// A `string[]`.
    pub fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> Self {
        Self::array(Type::STRING, items.into_iter().map(Self::string).collect())
    }

    /// A `List<T>`.
    pub fn list(item: Type, items: Vec<Value>) -> Self {
        Self::List(Rc::new(List::new(Type::list(item), items)))
    }

    /// A `KeyValuePair<K, V>`.
    pub fn pair(types: (Type, Type), key: Value, value: Value) -> Self {
        Self::Record(Rc::new(Record::new(
            Type::pair(types.0, types.1),
            [key, value].into(),
        )))
    }

    /// A `Dictionary<K, V>`; of two equal keys the later value stays.
    pub fn dictionary(
        types: (Type, Type),
        entries: impl IntoIterator<Item = (Value, Value)>,
    ) -> Self {
        let mut table = Table::new(Comparer::Default);
        for (key, value) in entries {
            table.insert(key, value);
        }
        Self::Dictionary(Rc::new(Dictionary::new(
            Type::dictionary(types.0, types.1),
            table,
        )))
    }

    /// Any other library object.
    pub(crate) fn native(object: impl NativeObject) -> Self {
        Self::Native(Rc::new(object))
    }

    /// The library object it is.
    pub(crate) fn as_native<T: NativeObject>(&self) -> Option<&T> {
        match self {
            Self::Native(object) => (&**object as &dyn std::any::Any).downcast_ref(),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The `string` it is.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The `bool` it is.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The whole number it is, of whatever width.
    pub fn as_integer(&self) -> Option<i128> {
        Some(match *self {
            Self::SByte(n) => n.into(),
            Self::Byte(n) => n.into(),
            Self::Short(n) => n.into(),
            Self::UShort(n) | Self::Char(n) => n.into(),
            Self::Int(n) => n.into(),
            Self::UInt(n) => n.into(),
            Self::Long(n) => n.into(),
            Self::ULong(n) => n.into(),
            _ => return None,
        })
    }

    /// The bytes of the `byte[]` it is.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Array(array) => array.bytes(),
            _ => None,
        }
    }

    /// The JSON token it is.
    pub fn as_json(&self) -> Option<&JToken> {
        match self {
            Self::Json(token) => Some(token),
            _ => None,
        }
    }

    /// Whether it can hold other values, so that dropping it may go deep.
    pub(crate) fn is_compound(&self) -> bool {
        matches!(
            self,
            Self::Array(_)
                | Self::List(_)
                | Self::Dictionary(_)
                | Self::Set(_)
                | Self::Sequence(_)
                | Self::Record(_)
                | Self::Delegate(_)
                | Self::Cell(_)
        )
    }

    /// The library definition of an enumeration's member.
    pub(crate) fn enumerated(def: DefId, value: i32) -> Self {
        Self::Enum(EnumType::Def(def), value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Long(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<Text> for Value {
    fn from(value: Text) -> Self {
        Self::String(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::string(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::string(&value)
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Self::Decimal(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => fmt::Debug::fmt(text, f),
            Self::Bool(value) => fmt::Debug::fmt(value, f),
            Self::Double(value) => fmt::Debug::fmt(value, f),
            Self::Json(token) => fmt::Debug::fmt(token, f),
            Self::Null => f.write_str("null"),
            other => match other.as_integer() {
                Some(number) => fmt::Display::fmt(&number, f),
                None => write!(f, "{:?}", other.runtime_type()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_small() {
        assert!(size_of::<Value>() <= 24, "{}", size_of::<Value>());
    }
}
