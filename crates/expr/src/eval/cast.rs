//! Run-time type checks: `is`, `as`, casts.

use super::Vm;
use crate::exception::{Exception, Outcome, invalid_cast, null_reference};
use crate::names::full;
use crate::relations::{is_subtype, is_value_type};
use crate::surface::Surface;
use crate::types::{DefId, Type};
use crate::value::{EnumType, Value};

/// Whether a value is an object of the type.
pub(crate) fn is_instance(value: &Value, ty: &Type, surface: &Surface) -> bool {
    match (value, ty) {
        (Value::Null, _)
        | (
            Value::String(_),
            Type::Def(DefId::BOOL | DefId::INT | DefId::JOBJECT | DefId::JTOKEN),
        ) => false,
        (_, &Type::OBJECT)
        | (Value::String(_), &Type::STRING)
        | (Value::Bool(_), &Type::BOOL)
        | (Value::Int(_), &Type::INT)
        | (Value::Json(_), &Type::JTOKEN) => true,
        (Value::Host(object), Type::Host(kind)) if object.kind == *kind => true,
        _ => is_subtype(&value.runtime_type(), ty.underlying(), surface),
    }
}

/// Whether a boxed value may be unboxed to a type that is not its own: an enumeration and its number.
pub(crate) fn unboxes(value: &Value, ty: &Type, surface: &Surface) -> Option<Value> {
    match (value, ty.underlying()) {
        (Value::Enum(_, number), &Type::INT) => Some(Value::Int(*number)),
        (Value::Int(number), Type::Def(def))
            if crate::relations::is_enum(ty.underlying(), surface) =>
        {
            Some(Value::Enum(EnumType::Def(*def), *number))
        }
        (Value::Int(number), Type::Host(host))
            if crate::relations::is_enum(ty.underlying(), surface) =>
        {
            Some(Value::Enum(EnumType::Host(*host), *number))
        }
        _ => None,
    }
}

impl Value {
    /// `(T)value` where the static type is `object`: a checked reference conversion, or unboxing,
    /// which is exact.
    pub fn cast(self, ty: &Type, surface: &Surface) -> Outcome {
        if self.is_null() {
            let value_type = is_value_type(ty, surface) && !matches!(ty, Type::Nullable(_));
            return if value_type {
                Err(null_reference())
            } else {
                Ok(Value::Null)
            };
        }
        if is_instance(&self, ty, surface) {
            return Ok(self);
        }
        unboxes(&self, ty, surface).ok_or_else(|| cannot_cast(&self, ty, surface))
    }
}

fn cannot_cast(value: &Value, ty: &Type, surface: &Surface) -> Exception {
    invalid_cast(format!(
        "Unable to cast object of type '{}' to type '{}'.",
        full(&value.runtime_type(), surface),
        full(ty, surface)
    ))
}

impl Vm<'_> {
    /// `(T)value`.
    pub(crate) fn cast(&self, value: Value, ty: &Type) -> Outcome {
        value.cast(ty, self.surface)
    }
}
