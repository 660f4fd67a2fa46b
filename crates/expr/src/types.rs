//! `Type`: the static types of the language.
//!
//! A library type is an index into the registry ([`crate::library`]), a host type an index into the
//! [`crate::Surface`]. Types are compared structurally and cross threads.

use std::sync::Arc;

use crate::surface::HostType;

/// A library type: its place in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefId(pub(crate) u16);

/// A static type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Could not be found out; a problem has been reported, nothing more follows from it.
    Unknown,
    /// The result of a method that returns nothing.
    Void,
    /// The type of the literal `null`.
    Null,
    /// A library type without type arguments.
    Def(DefId),
    /// A library type with type arguments.
    Generic(DefId, Arc<[Type]>),
    /// `T[]`.
    Array(Arc<Type>),
    /// `T?` of a value type.
    Nullable(Arc<Type>),
    /// A type of the host.
    Host(HostType),
    /// `new { … }`.
    Anonymous(Arc<Shape>),
    /// `(int, string)`.
    Tuple(Arc<[Type]>),
    /// A type parameter; occurs in the signatures of generic members only.
    Param(u16),
}

/// The members of an anonymous type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Their names.
    pub names: Box<[Arc<str>]>,
    /// Their types.
    pub types: Box<[Type]>,
}

macro_rules! well_known {
    ($($name:ident = $id:literal, $full:literal;)*) => {
        impl DefId {
            $(pub(crate) const $name: DefId = DefId($id);)*
        }
        impl Type {
            $(#[doc = concat!("`", $full, "`.")] pub const $name: Type = Type::Def(DefId($id));)*
        }
        /// The names that the fixed ids stand for; the registry's order is tested against it.
        pub(crate) const WELL_KNOWN: &[(DefId, &str)] = &[$((DefId::$name, $full)),*];
    };
}

well_known! {
    OBJECT = 0, "System.Object";
    STRING = 1, "System.String";
    BOOL = 2, "System.Boolean";
    CHAR = 3, "System.Char";
    SBYTE = 4, "System.SByte";
    BYTE = 5, "System.Byte";
    SHORT = 6, "System.Int16";
    USHORT = 7, "System.UInt16";
    INT = 8, "System.Int32";
    UINT = 9, "System.UInt32";
    LONG = 10, "System.Int64";
    ULONG = 11, "System.UInt64";
    FLOAT = 12, "System.Single";
    DOUBLE = 13, "System.Double";
    DECIMAL = 14, "System.Decimal";
    DATE_TIME = 15, "System.DateTime";
    DATE_TIME_OFFSET = 16, "System.DateTimeOffset";
    TIME_SPAN = 17, "System.TimeSpan";
    GUID = 18, "System.Guid";
    VALUE_TYPE = 19, "System.ValueType";
    ENUM = 20, "System.Enum";
    ARRAY = 21, "System.Array";
    DELEGATE = 22, "System.Delegate";
    TYPE = 23, "System.Type";
    EXCEPTION = 24, "System.Exception";
    NULLABLE = 25, "System.Nullable<T>";
    ENUMERABLE = 26, "System.Collections.IEnumerable";
    ENUMERABLE_OF = 27, "System.Collections.Generic.IEnumerable<out T>";
    COLLECTION_OF = 28, "System.Collections.Generic.ICollection<T>";
    LIST_INTERFACE = 29, "System.Collections.Generic.IList<T>";
    READ_ONLY_COLLECTION = 30, "System.Collections.Generic.IReadOnlyCollection<out T>";
    READ_ONLY_LIST = 31, "System.Collections.Generic.IReadOnlyList<out T>";
    DICTIONARY_INTERFACE = 32, "System.Collections.Generic.IDictionary<TKey, TValue>";
    READ_ONLY_DICTIONARY = 33, "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>";
    LIST = 34, "System.Collections.Generic.List<T>";
    DICTIONARY = 35, "System.Collections.Generic.Dictionary<TKey, TValue>";
    HASH_SET = 36, "System.Collections.Generic.HashSet<T>";
    KEY_VALUE_PAIR = 37, "System.Collections.Generic.KeyValuePair<TKey, TValue>";
    JTOKEN = 38, "Newtonsoft.Json.Linq.JToken";
    JCONTAINER = 39, "Newtonsoft.Json.Linq.JContainer";
    JOBJECT = 40, "Newtonsoft.Json.Linq.JObject";
    JARRAY = 41, "Newtonsoft.Json.Linq.JArray";
    JPROPERTY = 42, "Newtonsoft.Json.Linq.JProperty";
    JVALUE = 43, "Newtonsoft.Json.Linq.JValue";
    JRAW = 44, "Newtonsoft.Json.Linq.JRaw";
    URI = 45, "System.Uri";
    XOBJECT = 46, "System.Xml.Linq.XObject";
    XNODE = 47, "System.Xml.Linq.XNode";
    XCONTAINER = 48, "System.Xml.Linq.XContainer";
    XELEMENT = 49, "System.Xml.Linq.XElement";
    XDOCUMENT = 50, "System.Xml.Linq.XDocument";
    XATTRIBUTE = 51, "System.Xml.Linq.XAttribute";
    XTEXT = 52, "System.Xml.Linq.XText";
    XCDATA = 53, "System.Xml.Linq.XCData";
    XCOMMENT = 54, "System.Xml.Linq.XComment";
    XINSTRUCTION = 55, "System.Xml.Linq.XProcessingInstruction";
    XDOCTYPE = 56, "System.Xml.Linq.XDocumentType";
    XNAME = 57, "System.Xml.Linq.XName";
    XNAMESPACE = 58, "System.Xml.Linq.XNamespace";
    IGROUPING = 59, "System.Linq.IGrouping<out TKey, out TElement>";
    ORDERED = 60, "System.Linq.IOrderedEnumerable<out TElement>";
    QUEUE = 61, "System.Collections.Generic.Queue<T>";
    STACK = 62, "System.Collections.Generic.Stack<T>";
    FUNC = 63, "System.Func<out TResult>";
    FORMATTABLE = 64, "System.IFormattable";
    COMPARABLE = 65, "System.IComparable";
    SET_INTERFACE = 66, "System.Collections.Generic.ISet<T>";
    JENUMERABLE = 67, "Newtonsoft.Json.Linq.JEnumerable<out T>";
    READ_ONLY_COLLECTION_CLASS = 68, "System.Collections.ObjectModel.ReadOnlyCollection<T>";
}

/// The built-in numeric types, in the order of C#'s promotions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Num {
    SByte,
    Byte,
    Short,
    UShort,
    Char,
    Int,
    UInt,
    Long,
    ULong,
    Float,
    Double,
    Decimal,
}

impl Num {
    /// The type.
    pub(crate) fn ty(self) -> Type {
        match self {
            Self::SByte => Type::SBYTE,
            Self::Byte => Type::BYTE,
            Self::Short => Type::SHORT,
            Self::UShort => Type::USHORT,
            Self::Char => Type::CHAR,
            Self::Int => Type::INT,
            Self::UInt => Type::UINT,
            Self::Long => Type::LONG,
            Self::ULong => Type::ULONG,
            Self::Float => Type::FLOAT,
            Self::Double => Type::DOUBLE,
            Self::Decimal => Type::DECIMAL,
        }
    }

    /// Whether it has no fraction.
    pub(crate) fn is_integral(self) -> bool {
        self < Self::Float
    }

    /// Smallest and largest value, of the integral types.
    pub(crate) fn range(self) -> Option<(i128, i128)> {
        Some(match self {
            Self::SByte => (i8::MIN.into(), i8::MAX.into()),
            Self::Byte => (0, u8::MAX.into()),
            Self::Short => (i16::MIN.into(), i16::MAX.into()),
            Self::UShort | Self::Char => (0, u16::MAX.into()),
            Self::Int => (i32::MIN.into(), i32::MAX.into()),
            Self::UInt => (0, u32::MAX.into()),
            Self::Long => (i64::MIN.into(), i64::MAX.into()),
            Self::ULong => (0, u64::MAX.into()),
            Self::Float | Self::Double | Self::Decimal => return None,
        })
    }

    /// C#'s implicit numeric conversions (§10.2.3), identity included.
    pub(crate) fn widens_to(self, to: Self) -> bool {
        use Num::{
            Byte, Char, Decimal, Double, Float, Int, Long, SByte, Short, UInt, ULong, UShort,
        };
        if self == to {
            return true;
        }
        match self {
            SByte => matches!(to, Short | Int | Long | Float | Double | Decimal),
            Byte => !matches!(to, SByte | Char),
            Short => matches!(to, Int | Long | Float | Double | Decimal),
            UShort => !matches!(to, SByte | Byte | Short | Char),
            Char => !matches!(to, SByte | Byte | Short),
            Int => matches!(to, Long | Float | Double | Decimal),
            UInt => matches!(to, Long | ULong | Float | Double | Decimal),
            Long | ULong => matches!(to, Float | Double | Decimal),
            Float => to == Double,
            Double | Decimal => false,
        }
    }
}

impl Type {
    /// `T[]`.
    pub fn array(item: Type) -> Self {
        Self::Array(Arc::new(item))
    }

    /// `T?`.
    pub(crate) fn nullable(inner: Type) -> Self {
        Self::Nullable(Arc::new(inner))
    }

    /// A library type with type arguments.
    pub(crate) fn generic(def: DefId, arguments: impl Into<Arc<[Type]>>) -> Self {
        Self::Generic(def, arguments.into())
    }

    /// `IEnumerable<T>`.
    pub(crate) fn enumerable(item: Type) -> Self {
        Self::generic(DefId::ENUMERABLE_OF, [item])
    }

    /// `List<T>`.
    pub fn list(item: Type) -> Self {
        Self::generic(DefId::LIST, [item])
    }

    /// `Dictionary<K, V>`.
    pub fn dictionary(key: Type, value: Type) -> Self {
        Self::generic(DefId::DICTIONARY, [key, value])
    }

    /// `KeyValuePair<K, V>`.
    pub fn pair(key: Type, value: Type) -> Self {
        Self::generic(DefId::KEY_VALUE_PAIR, [key, value])
    }

    /// The definition of a library type.
    pub(crate) fn def(&self) -> Option<DefId> {
        match self {
            Self::Def(def) | Self::Generic(def, _) => Some(*def),
            Self::Array(_) => Some(DefId::ARRAY),
            Self::Nullable(_) => Some(DefId::NULLABLE),
            _ => None,
        }
    }

    /// The type arguments: of a library type, an array (`T`) or a nullable (`T`).
    pub(crate) fn arguments(&self) -> &[Type] {
        match self {
            Self::Generic(_, arguments) => arguments,
            Self::Array(item) | Self::Nullable(item) => std::slice::from_ref(&**item),
            _ => &[],
        }
    }

    /// Whether it is `byte[]`.
    pub fn is_byte_array(&self) -> bool {
        matches!(self, Self::Array(item) if **item == Type::BYTE)
    }

    /// The type under `?`, or the type itself.
    pub(crate) fn underlying(&self) -> &Type {
        match self {
            Self::Nullable(inner) => inner,
            other => other,
        }
    }

    /// The built-in numeric type it is.
    pub(crate) fn num(&self) -> Option<Num> {
        let Self::Def(def) = self else { return None };
        Some(match *def {
            DefId::CHAR => Num::Char,
            DefId::SBYTE => Num::SByte,
            DefId::BYTE => Num::Byte,
            DefId::SHORT => Num::Short,
            DefId::USHORT => Num::UShort,
            DefId::INT => Num::Int,
            DefId::UINT => Num::UInt,
            DefId::LONG => Num::Long,
            DefId::ULONG => Num::ULong,
            DefId::FLOAT => Num::Float,
            DefId::DOUBLE => Num::Double,
            DefId::DECIMAL => Num::Decimal,
            _ => return None,
        })
    }

    /// This type with its parameters replaced.
    #[must_use]
    pub(crate) fn substitute(&self, arguments: &[Type]) -> Self {
        if !self.is_open() {
            return self.clone();
        }
        match self {
            Self::Param(index) => match arguments.get(usize::from(*index)) {
                Some(argument) => argument.clone(),
                None => self.clone(),
            },
            Self::Generic(def, own) => {
                Self::Generic(*def, own.iter().map(|t| t.substitute(arguments)).collect())
            }
            Self::Array(item) => Self::array(item.substitute(arguments)),
            Self::Nullable(inner) => Self::nullable(inner.substitute(arguments)),
            Self::Tuple(items) => {
                Self::Tuple(items.iter().map(|t| t.substitute(arguments)).collect())
            }
            other => other.clone(),
        }
    }

    /// Whether it mentions a type parameter.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Param(_) => true,
            Self::Generic(_, arguments) => arguments.iter().any(Self::is_open),
            Self::Array(item) | Self::Nullable(item) => item.is_open(),
            Self::Tuple(items) => items.iter().any(Self::is_open),
            _ => false,
        }
    }

    /// Whether a problem about it has been reported already.
    pub(crate) fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Generic(_, arguments) => arguments.iter().any(Self::is_unknown),
            Self::Array(item) | Self::Nullable(item) => item.is_unknown(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_numbers_as_the_language_says() {
        use Num::{
            Byte, Char, Decimal, Double, Float, Int, Long, SByte, Short, UInt, ULong, UShort,
        };
        for (from, to, expect) in [
            (Int, Long, true),
            (Int, UInt, false),
            (UInt, Long, true),
            (Char, Int, true),
            (Char, UShort, true),
            (UShort, Char, false),
            (SByte, UShort, false),
            (Byte, Short, true),
            (Byte, Char, false),
            (Short, Byte, false),
            (Long, Float, true),
            (ULong, Long, false),
            (Float, Decimal, false),
            (Double, Float, false),
            (Decimal, Decimal, true),
        ] {
            assert_eq!(from.widens_to(to), expect, "{from:?} to {to:?}");
        }
    }
}
