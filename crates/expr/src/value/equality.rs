//! `object.Equals` and `GetHashCode`.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::Value;
use crate::types::{DefId, Type};

/// How deep structural equality looks.
const DEPTH: usize = 64;

/// `object.Equals(a, b)`: same type and same value; containers by reference.
pub(crate) fn equals(a: &Value, b: &Value) -> bool {
    equals_within(a, b, DEPTH)
}

fn equals_within(a: &Value, b: &Value, depth: usize) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Char(a), Value::Char(b)) | (Value::UShort(a), Value::UShort(b)) => a == b,
        (Value::SByte(a), Value::SByte(b)) => a == b,
        (Value::Byte(a), Value::Byte(b)) => a == b,
        (Value::Short(a), Value::Short(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::UInt(a), Value::UInt(b)) => a == b,
        (Value::Long(a), Value::Long(b)) => a == b,
        (Value::ULong(a), Value::ULong(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => {
            a.partial_cmp(b) == Some(Ordering::Equal) || (a.is_nan() && b.is_nan())
        }
        (Value::Double(a), Value::Double(b)) => {
            a.partial_cmp(b) == Some(Ordering::Equal) || (a.is_nan() && b.is_nan())
        }
        (Value::Decimal(a), Value::Decimal(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::DateTime(a), Value::DateTime(b)) => a.ticks == b.ticks,
        (Value::DateTimeOffset(a), Value::DateTimeOffset(b)) => a.utc_ticks == b.utc_ticks,
        (Value::TimeSpan(a), Value::TimeSpan(b)) => a == b,
        (Value::Guid(a), Value::Guid(b)) => a == b,
        (Value::Enum(a, m), Value::Enum(b, n)) => a == b && m == n,
        (Value::Record(a), Value::Record(b)) => {
            depth > 0
                && a.ty() == b.ty()
                && a.fields()
                    .iter()
                    .zip(b.fields())
                    .all(|(a, b)| equals_within(a, b, depth - 1))
        }
        (Value::Json(a), Value::Json(b)) => a.equals(b),
        (Value::Xml(a), Value::Xml(b)) => a.same(b),
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Native(a), Value::Native(b)) => a.equals(&**b).unwrap_or_else(|| Rc::ptr_eq(a, b)),
        _ => same(a, b),
    }
}

/// Reference equality of two objects; boxed values are never the same object.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::String(a), Value::String(b)) => a.same(b),
        (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b),
        (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
        (Value::Dictionary(a), Value::Dictionary(b)) => Rc::ptr_eq(a, b),
        (Value::Set(a), Value::Set(b)) => Rc::ptr_eq(a, b),
        (Value::Sequence(a), Value::Sequence(b)) => Rc::ptr_eq(a, b),
        (Value::Record(a), Value::Record(b)) => Rc::ptr_eq(a, b) && is_class(a.ty()),
        (Value::Json(a), Value::Json(b)) => a.same(b),
        (Value::Xml(a), Value::Xml(b)) => a.same(b),
        (Value::Delegate(a), Value::Delegate(b)) => Rc::ptr_eq(a, b),
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Exception(a), Value::Exception(b)) => a.same(b),
        (Value::Host(a), Value::Host(b)) => a == b,
        (Value::Native(a), Value::Native(b)) => Rc::ptr_eq(a, b) || a.equals(&**b).unwrap_or(false),
        _ => false,
    }
}

fn is_class(ty: &Type) -> bool {
    !matches!(ty, Type::Generic(DefId::KEY_VALUE_PAIR, _) | Type::Tuple(_))
}

/// A number that is equal for equal values.
pub(crate) fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(value, &mut hasher, DEPTH);
    hasher.finish()
}

fn feed(value: &Value, hasher: &mut DefaultHasher, depth: usize) {
    match value {
        Value::Bool(v) => v.hash(hasher),
        Value::Float(v) => (v + 0.0).to_bits().hash(hasher),
        Value::Double(v) => (v + 0.0).to_bits().hash(hasher),
        Value::Decimal(v) => v.normalize().hash(hasher),
        Value::String(v) => v.hash(hasher),
        Value::DateTime(v) => v.ticks.hash(hasher),
        Value::DateTimeOffset(v) => v.utc_ticks.hash(hasher),
        Value::TimeSpan(v) => v.hash(hasher),
        Value::Guid(v) => v.hash(hasher),
        Value::Enum(_, n) => n.hash(hasher),
        Value::Record(record) if depth > 0 => {
            for field in record.fields() {
                feed(field, hasher, depth - 1);
            }
        }
        Value::Json(token) => token.hash_into(hasher),
        Value::Array(v) => Rc::as_ptr(v).hash(hasher),
        Value::List(v) => Rc::as_ptr(v).hash(hasher),
        Value::Dictionary(v) => Rc::as_ptr(v).hash(hasher),
        Value::Host(v) => v.hash(hasher),
        Value::Set(v) => Rc::as_ptr(v).hash(hasher),
        Value::Sequence(v) => Rc::as_ptr(v).cast::<u8>().hash(hasher),
        Value::Delegate(v) => Rc::as_ptr(v).hash(hasher),
        Value::Xml(v) => v.hash_into(hasher),
        Value::Type(v) => v.hash(hasher),
        Value::Native(v) => match (v.hash(), v.equals(&**v)) {
            (Some(own), _) => own.hash(hasher),
            // Equal to nothing but itself.
            (None, None) => Rc::as_ptr(v).cast::<u8>().hash(hasher),
            (None, Some(_)) => {}
        },
        other => other.as_integer().hash(hasher),
    }
}
