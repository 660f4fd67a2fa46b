//! Arithmetic, comparison and conversion of numbers, exactly as C# defines them: wrapping unless
//! checked, with the precision of the type.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "C# conversions truncate, wrap and round; the casts here are those conversions"
)]

use std::cmp::Ordering;

use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use crate::ast::BinaryOp;
use crate::exception::{Exception, Outcome, overflow};
use crate::types::Num;
use crate::value::{Decimal, Value};

const OVERFLOW: &str = "Arithmetic operation resulted in an overflow.";

fn divide_by_zero() -> Exception {
    Exception::new(
        "System.DivideByZeroException",
        "Attempted to divide by zero.",
    )
}

macro_rules! integer {
    ($name:ident, $ty:ty, $variant:ident) => {
        fn $name(op: BinaryOp, checked: bool, a: $ty, b: $ty) -> Outcome {
            let done = |result: Option<$ty>, wrapped: $ty| match result {
                Some(value) => Ok(Value::$variant(value)),
                None if checked => Err(overflow(OVERFLOW)),
                None => Ok(Value::$variant(wrapped)),
            };
            match op {
                BinaryOp::Add => done(a.checked_add(b), a.wrapping_add(b)),
                BinaryOp::Subtract => done(a.checked_sub(b), a.wrapping_sub(b)),
                BinaryOp::Multiply => done(a.checked_mul(b), a.wrapping_mul(b)),
                BinaryOp::Divide | BinaryOp::Remainder if b == 0 => Err(divide_by_zero()),
                // The smallest number divided by -1 overflows whatever the context.
                BinaryOp::Divide => a
                    .checked_div(b)
                    .map(Value::$variant)
                    .ok_or_else(|| overflow(OVERFLOW)),
                BinaryOp::Remainder => a
                    .checked_rem(b)
                    .map(Value::$variant)
                    .ok_or_else(|| overflow(OVERFLOW)),
                BinaryOp::And => Ok(Value::$variant(a & b)),
                BinaryOp::Or => Ok(Value::$variant(a | b)),
                BinaryOp::Xor => Ok(Value::$variant(a ^ b)),
                BinaryOp::ShiftLeft => Ok(Value::$variant(a.wrapping_shl(b as u32))),
                BinaryOp::ShiftRight => Ok(Value::$variant(a.wrapping_shr(b as u32))),
                _ => Err(unknown()),
            }
        }
    };
}

integer!(int, i32, Int);
integer!(uint, u32, UInt);
integer!(long, i64, Long);
integer!(ulong, u64, ULong);

/// The binder makes no such operation.
fn unknown() -> Exception {
    crate::exception::invalid_operation("the operator is not defined for these numbers")
}

/// Two numbers of one type. The right operand of a shift is an `int`.
pub(crate) fn arith(op: BinaryOp, checked: bool, a: &Value, b: &Value) -> Outcome {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => int(op, checked, *a, *b),
        (Value::Long(a), Value::Long(b)) => long(op, checked, *a, *b),
        (Value::Double(a), Value::Double(b)) => double(op, *a, *b).map(Value::Double),
        (Value::UInt(a), Value::UInt(b)) => uint(op, checked, *a, *b),
        (Value::ULong(a), Value::ULong(b)) => ulong(op, checked, *a, *b),
        (Value::Float(a), Value::Float(b)) => {
            // One rounding: for these four operations double precision in between is exact enough.
            double(op, f64::from(*a), f64::from(*b)).map(|n| Value::Float(n as f32))
        }
        (Value::Decimal(a), Value::Decimal(b)) => decimal(op, *a, *b).map(Value::Decimal),
        (Value::Long(a), Value::Int(b)) => long(op, checked, *a, i64::from(*b)),
        (Value::UInt(a), Value::Int(b)) => uint(op, checked, *a, *b as u32),
        (Value::ULong(a), Value::Int(b)) => ulong(op, checked, *a, *b as u64),
        _ => Err(unknown()),
    }
}

fn double(op: BinaryOp, a: f64, b: f64) -> Outcome<f64> {
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Remainder => a % b,
        _ => return Err(unknown()),
    })
}

fn decimal(op: BinaryOp, a: Decimal, b: Decimal) -> Outcome<Decimal> {
    let result = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Subtract => a.checked_sub(b),
        BinaryOp::Multiply => a.checked_mul(b),
        BinaryOp::Divide | BinaryOp::Remainder if b.is_zero() => return Err(divide_by_zero()),
        BinaryOp::Divide => a.checked_div(b),
        BinaryOp::Remainder => a.checked_rem(b),
        _ => return Err(unknown()),
    };
    result.ok_or_else(|| overflow("Value was either too large or too small for a Decimal."))
}

/// Compares two numbers of one type; nothing compares with NaN.
pub(crate) fn compare(op: BinaryOp, a: &Value, b: &Value) -> bool {
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        _ => a.as_integer().zip(b.as_integer()).map(|(a, b)| a.cmp(&b)),
    };
    let Some(order) = order else {
        return op == BinaryOp::NotEqual;
    };
    match op {
        BinaryOp::Equal => order == Ordering::Equal,
        BinaryOp::NotEqual => order != Ordering::Equal,
        BinaryOp::Less => order == Ordering::Less,
        BinaryOp::LessEqual => order != Ordering::Greater,
        BinaryOp::Greater => order == Ordering::Greater,
        BinaryOp::GreaterEqual => order != Ordering::Less,
        _ => false,
    }
}

/// `-a`.
pub(crate) fn negate(a: &Value, checked: bool) -> Outcome {
    match a {
        Value::Int(n) => int(BinaryOp::Subtract, checked, 0, *n),
        Value::Long(n) => long(BinaryOp::Subtract, checked, 0, *n),
        Value::Float(n) => Ok(Value::Float(-n)),
        Value::Double(n) => Ok(Value::Double(-n)),
        Value::Decimal(n) => Ok(Value::Decimal(-n)),
        _ => Err(unknown()),
    }
}

/// `~a`.
pub(crate) fn complement(a: &Value) -> Outcome {
    match a {
        Value::Int(n) => Ok(Value::Int(!n)),
        Value::UInt(n) => Ok(Value::UInt(!n)),
        Value::Long(n) => Ok(Value::Long(!n)),
        Value::ULong(n) => Ok(Value::ULong(!n)),
        _ => Err(unknown()),
    }
}

/// `(T)a` between numbers.
pub(crate) fn convert_num(a: &Value, to: Num, checked: bool) -> Outcome {
    match (a, to) {
        (Value::Int(n), Num::Double) => Ok(Value::Double(f64::from(*n))),
        (Value::Int(n), Num::Long) => Ok(Value::Long(i64::from(*n))),
        (Value::Float(n), _) => from_double(f64::from(*n), Some(*n), to, checked),
        (Value::Double(n), _) => from_double(*n, None, to, checked),
        (Value::Decimal(n), _) => from_decimal(*n, to),
        _ => from_integer(a.as_integer().ok_or_else(unknown)?, to, checked),
    }
}

fn from_integer(n: i128, to: Num, checked: bool) -> Outcome {
    if checked && to.range().is_some_and(|(min, max)| n < min || n > max) {
        return Err(overflow(OVERFLOW));
    }
    Ok(wrap(n, to))
}

/// The low bits of a number as another type.
pub(crate) fn wrap(n: i128, to: Num) -> Value {
    match to {
        Num::SByte => Value::SByte(n as i8),
        Num::Byte => Value::Byte(n as u8),
        Num::Short => Value::Short(n as i16),
        Num::UShort => Value::UShort(n as u16),
        Num::Char => Value::Char(n as u16),
        Num::Int => Value::Int(n as i32),
        Num::UInt => Value::UInt(n as u32),
        Num::Long => Value::Long(n as i64),
        Num::ULong => Value::ULong(n as u64),
        Num::Float => Value::Float(n as f32),
        Num::Double => Value::Double(n as f64),
        Num::Decimal => Value::Decimal(Decimal::from_i128_with_scale(n, 0)),
    }
}

fn from_double(n: f64, single: Option<f32>, to: Num, checked: bool) -> Outcome {
    match to {
        Num::Double => return Ok(Value::Double(n)),
        Num::Float => return Ok(Value::Float(n as f32)),
        Num::Decimal => return double_to_decimal(n, single).map(Value::Decimal),
        _ => {}
    }
    let (min, max) = to.range().unwrap_or((0, 0));
    let whole = n.trunc();
    let fits = whole >= min as f64 && whole < max as f64 + 1.0;
    if fits {
        return Ok(wrap(whole as i128, to));
    }
    if checked {
        return Err(overflow(OVERFLOW));
    }
    // Out of range the result is not defined; these are what x64 gives.
    Ok(match to {
        Num::Long | Num::ULong => wrap(i128::from(i64::MIN), to),
        Num::UInt if whole.abs() < 9.2e18 => wrap(whole as i128, to),
        Num::Int | Num::UInt => wrap(i128::from(i32::MIN), to),
        _ if whole.abs() < 2_147_483_648.0 => wrap(whole as i128, to),
        _ => wrap(0, to),
    })
}

/// .NET keeps 15 significant digits of a `double` and 7 of a `float`.
fn double_to_decimal(n: f64, single: Option<f32>) -> Outcome<Decimal> {
    let failed = || overflow("Value was either too large or too small for a Decimal.");
    if !n.is_finite() || n.abs() >= 7.922_816_251_426_434e28 {
        return Err(failed());
    }
    let text = match single {
        Some(single) => format!("{single:.6e}"),
        None => format!("{n:.14e}"),
    };
    let value = Decimal::from_scientific(&text)
        .ok()
        .or_else(|| Decimal::from_f64(n))
        .ok_or_else(failed)?;
    Ok(value.normalize())
}

fn from_decimal(n: Decimal, to: Num) -> Outcome {
    match to {
        Num::Decimal => return Ok(Value::Decimal(n)),
        Num::Double => return Ok(Value::Double(decimal_to_double(n))),
        Num::Float => return Ok(Value::Float(decimal_to_double(n) as f32)),
        _ => {}
    }
    let whole = n.trunc().to_i128().ok_or_else(|| overflow(OVERFLOW))?;
    let (min, max) = to.range().unwrap_or((0, 0));
    if whole < min || whole > max {
        let name = match to {
            Num::SByte => "a signed byte",
            Num::Byte => "an unsigned byte",
            Num::Char => "a character",
            Num::Short => "an Int16",
            Num::UShort => "a UInt16",
            Num::UInt => "a UInt32",
            Num::Long => "an Int64",
            Num::ULong => "a UInt64",
            _ => "an Int32",
        };
        return Err(overflow(format!(
            "Value was either too large or too small for {name}."
        )));
    }
    Ok(wrap(whole, to))
}

/// The nearest `double`.
pub(crate) fn decimal_to_double(n: Decimal) -> f64 {
    n.to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_unless_checked() {
        let max = Value::Int(i32::MAX);
        let one = Value::Int(1);
        assert_eq!(
            arith(BinaryOp::Add, false, &max, &one)
                .unwrap()
                .as_integer(),
            Some(i32::MIN.into())
        );
        assert!(arith(BinaryOp::Add, true, &max, &one).is_err());
        let min = Value::Int(i32::MIN);
        assert!(arith(BinaryOp::Divide, false, &min, &Value::Int(-1)).is_err());
        assert!(arith(BinaryOp::Divide, false, &min, &Value::Int(0)).is_err());
    }

    #[test]
    fn converts_as_csharp_casts() {
        for (from, to, expect) in [
            (Value::Int(300), Num::Byte, "44"),
            (Value::Int(-1), Num::Byte, "255"),
            (Value::Double(3.99), Num::Int, "3"),
            (Value::Double(-3.99), Num::Int, "-3"),
            (Value::Long(4_294_967_297), Num::Int, "1"),
        ] {
            let got = convert_num(&from, to, false).unwrap();
            assert_eq!(got.as_integer().unwrap().to_string(), expect);
        }
        assert!(convert_num(&Value::Double(1e30), Num::Decimal, false).is_err());
        assert!(convert_num(&Value::Int(300), Num::Byte, true).is_err());
    }
}
