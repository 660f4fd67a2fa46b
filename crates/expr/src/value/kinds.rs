//! The type that a value has at run time, and the default value of a type.

use super::{DateTime, DateTimeOffset, Decimal, Guid, TimeSpan, Value};
use crate::library::registry;
use crate::types::{DefId, Type};

impl Value {
    /// `GetType()`; [`Type::Null`] for `null`.
    pub fn runtime_type(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::BOOL,
            Self::Char(_) => Type::CHAR,
            Self::SByte(_) => Type::SBYTE,
            Self::Byte(_) => Type::BYTE,
            Self::Short(_) => Type::SHORT,
            Self::UShort(_) => Type::USHORT,
            Self::Int(_) => Type::INT,
            Self::UInt(_) => Type::UINT,
            Self::Long(_) => Type::LONG,
            Self::ULong(_) => Type::ULONG,
            Self::Float(_) => Type::FLOAT,
            Self::Double(_) => Type::DOUBLE,
            Self::Decimal(_) => Type::DECIMAL,
            Self::String(_) => Type::STRING,
            Self::DateTime(_) => Type::DATE_TIME,
            Self::DateTimeOffset(_) => Type::DATE_TIME_OFFSET,
            Self::TimeSpan(_) => Type::TIME_SPAN,
            Self::Guid(_) => Type::GUID,
            Self::Enum(ty, _) => ty.ty(),
            Self::Array(array) => Type::array(array.item_type().clone()),
            Self::List(list) => list.ty().clone(),
            Self::Dictionary(dictionary) => dictionary.ty().clone(),
            Self::Set(set) => set.ty().clone(),
            Self::Sequence(sequence) => sequence.ty().clone(),
            Self::Record(record) => record.ty().clone(),
            Self::Json(token) => token.ty(),
            Self::Xml(node) => node.ty(),
            Self::Delegate(delegate) => delegate.ty().clone(),
            Self::Type(_) => Type::TYPE,
            Self::Exception(exception) => registry()
                .find_full(exception.type_name())
                .map_or(Type::EXCEPTION, Type::Def),
            Self::Host(object) => Type::Host(object.kind),
            Self::Native(object) => object.ty(),
            Self::Cell(cell) => cell
                .try_borrow()
                .map_or(Type::Unknown, |v| v.runtime_type()),
        }
    }

    /// `default(T)`.
    pub fn default_of(ty: &Type) -> Self {
        let Type::Def(def) = ty else {
            return match ty {
                Type::Generic(DefId::KEY_VALUE_PAIR, types) => match &**types {
                    [key, value] => Self::pair(
                        (key.clone(), value.clone()),
                        Self::default_of(key),
                        Self::default_of(value),
                    ),
                    _ => Self::Null,
                },
                Type::Tuple(types) => {
                    Self::record(ty.clone(), types.iter().map(Self::default_of).collect())
                }
                _ => Self::Null,
            };
        };
        match *def {
            DefId::BOOL => Self::Bool(false),
            DefId::CHAR => Self::Char(0),
            DefId::SBYTE => Self::SByte(0),
            DefId::BYTE => Self::Byte(0),
            DefId::SHORT => Self::Short(0),
            DefId::USHORT => Self::UShort(0),
            DefId::INT => Self::Int(0),
            DefId::UINT => Self::UInt(0),
            DefId::LONG => Self::Long(0),
            DefId::ULONG => Self::ULong(0),
            DefId::FLOAT => Self::Float(0.0),
            DefId::DOUBLE => Self::Double(0.0),
            DefId::DECIMAL => Self::Decimal(Decimal::ZERO),
            DefId::DATE_TIME => Self::DateTime(DateTime::MIN),
            DefId::DATE_TIME_OFFSET => Self::DateTimeOffset(DateTimeOffset::MIN),
            DefId::TIME_SPAN => Self::TimeSpan(TimeSpan(0)),
            DefId::GUID => Self::Guid(Guid([0; 16])),
            other if registry().definition(other).is_enum() => Self::enumerated(other, 0),
            _ => Self::Null,
        }
    }
}
