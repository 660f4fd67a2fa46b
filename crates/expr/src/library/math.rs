//! `System.Math`.

use super::{Table, TableKind, constant, m};
use crate::ast::BinaryOp;
use crate::eval::{Call, arith, compare};
use crate::exception::{Exception, Outcome, out_of_range, overflow};
use crate::value::{Decimal, Value};

pub(super) static MATH: Table = Table {
    name: "System.Math",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        constant("const double PI = 3.1415926535897931"),
        constant("const double E = 2.7182818284590451"),
        m("static sbyte Abs(sbyte value)", abs),
        m("static short Abs(short value)", abs),
        m("static int Abs(int value)", abs),
        m("static long Abs(long value)", abs),
        m("static float Abs(float value)", abs),
        m("static double Abs(double value)", abs),
        m("static decimal Abs(decimal value)", abs),
        m("static byte Max(byte val1, byte val2)", max),
        m("static decimal Max(decimal val1, decimal val2)", max),
        m("static double Max(double val1, double val2)", max),
        m("static short Max(short val1, short val2)", max),
        m("static int Max(int val1, int val2)", max),
        m("static long Max(long val1, long val2)", max),
        m("static sbyte Max(sbyte val1, sbyte val2)", max),
        m("static float Max(float val1, float val2)", max),
        m("static ushort Max(ushort val1, ushort val2)", max),
        m("static uint Max(uint val1, uint val2)", max),
        m("static ulong Max(ulong val1, ulong val2)", max),
        m("static byte Min(byte val1, byte val2)", min),
        m("static decimal Min(decimal val1, decimal val2)", min),
        m("static double Min(double val1, double val2)", min),
        m("static short Min(short val1, short val2)", min),
        m("static int Min(int val1, int val2)", min),
        m("static long Min(long val1, long val2)", min),
        m("static sbyte Min(sbyte val1, sbyte val2)", min),
        m("static float Min(float val1, float val2)", min),
        m("static ushort Min(ushort val1, ushort val2)", min),
        m("static uint Min(uint val1, uint val2)", min),
        m("static ulong Min(ulong val1, ulong val2)", min),
        m("static int Clamp(int value, int min, int max)", clamp),
        m("static long Clamp(long value, long min, long max)", clamp),
        m(
            "static double Clamp(double value, double min, double max)",
            clamp,
        ),
        m(
            "static decimal Clamp(decimal value, decimal min, decimal max)",
            clamp,
        ),
        m("static decimal Ceiling(decimal d)", |c| {
            whole(c, f64::ceil, |d| d.ceil())
        }),
        m("static double Ceiling(double a)", |c| {
            whole(c, f64::ceil, |d| d.ceil())
        }),
        m("static decimal Floor(decimal d)", |c| {
            whole(c, f64::floor, |d| d.floor())
        }),
        m("static double Floor(double d)", |c| {
            whole(c, f64::floor, |d| d.floor())
        }),
        m("static decimal Truncate(decimal d)", |c| {
            whole(c, f64::trunc, |d| d.trunc())
        }),
        m("static double Truncate(double d)", |c| {
            whole(c, f64::trunc, |d| d.trunc())
        }),
        m("static decimal Round(decimal d)", round),
        m("static decimal Round(decimal d, int decimals)", round),
        m(
            "static decimal Round(decimal d, MidpointRounding mode)",
            round,
        ),
        m(
            "static decimal Round(decimal d, int decimals, MidpointRounding mode)",
            round,
        ),
        m("static double Round(double a)", round),
        m("static double Round(double value, int digits)", round),
        m(
            "static double Round(double value, MidpointRounding mode)",
            round,
        ),
        m(
            "static double Round(double value, int digits, MidpointRounding mode)",
            round,
        ),
        m("static double Pow(double x, double y)", |c| {
            Ok(c.double(0)?.powf(c.double(1)?).into())
        }),
        m("static double Sqrt(double d)", |c| {
            Ok(c.double(0)?.sqrt().into())
        }),
        m("static double Cbrt(double d)", |c| {
            Ok(c.double(0)?.cbrt().into())
        }),
        m("static double Exp(double d)", |c| {
            Ok(c.double(0)?.exp().into())
        }),
        m("static double Log(double d)", |c| {
            Ok(c.double(0)?.ln().into())
        }),
        m("static double Log(double a, double newBase)", log),
        m("static double Log10(double d)", |c| {
            Ok(c.double(0)?.log10().into())
        }),
        m("static double Sin(double a)", |c| {
            Ok(c.double(0)?.sin().into())
        }),
        m("static double Cos(double d)", |c| {
            Ok(c.double(0)?.cos().into())
        }),
        m("static double Tan(double a)", |c| {
            Ok(c.double(0)?.tan().into())
        }),
        m("static double Asin(double d)", |c| {
            Ok(c.double(0)?.asin().into())
        }),
        m("static double Acos(double d)", |c| {
            Ok(c.double(0)?.acos().into())
        }),
        m("static double Atan(double d)", |c| {
            Ok(c.double(0)?.atan().into())
        }),
        m("static double Atan2(double y, double x)", |c| {
            Ok(c.double(0)?.atan2(c.double(1)?).into())
        }),
        m("static double Sinh(double value)", |c| {
            Ok(c.double(0)?.sinh().into())
        }),
        m("static double Cosh(double value)", |c| {
            Ok(c.double(0)?.cosh().into())
        }),
        m("static double Tanh(double value)", |c| {
            Ok(c.double(0)?.tanh().into())
        }),
        m(
            "static double IEEERemainder(double x, double y)",
            ieee_remainder,
        ),
        m("static int Sign(int value)", sign),
        m("static int Sign(long value)", sign),
        m("static int Sign(double value)", sign),
        m("static int Sign(decimal value)", sign),
        m("static long BigMul(int a, int b)", |c| {
            Ok(Value::Long(i64::from(c.int(0)?) * i64::from(c.int(1)?)))
        }),
        m("static int DivRem(int a, int b, out int result)", div_rem),
        m(
            "static long DivRem(long a, long b, out long result)",
            div_rem,
        ),
    ],
};

fn abs(c: &mut Call<'_, '_>) -> Outcome {
    let too_small =
        || overflow("Negating the minimum value of a twos complement number is invalid.");
    Ok(match c.arg(0) {
        Value::SByte(n) => Value::SByte(n.checked_abs().ok_or_else(too_small)?),
        Value::Short(n) => Value::Short(n.checked_abs().ok_or_else(too_small)?),
        Value::Int(n) => Value::Int(n.checked_abs().ok_or_else(too_small)?),
        Value::Long(n) => Value::Long(n.checked_abs().ok_or_else(too_small)?),
        Value::Float(n) => Value::Float(n.abs()),
        Value::Double(n) => Value::Double(n.abs()),
        Value::Decimal(n) => Value::Decimal(n.abs()),
        other => other.clone(),
    })
}

fn is_nan(value: &Value) -> bool {
    match value {
        Value::Double(n) => n.is_nan(),
        Value::Float(n) => n.is_nan(),
        _ => false,
    }
}

fn max(c: &mut Call<'_, '_>) -> Outcome {
    pick(c, BinaryOp::Greater)
}

fn min(c: &mut Call<'_, '_>) -> Outcome {
    pick(c, BinaryOp::Less)
}

fn pick(c: &mut Call<'_, '_>, op: BinaryOp) -> Outcome {
    let (a, b) = (c.arg(0), c.arg(1));
    Ok(if is_nan(a) || (!is_nan(b) && compare(op, a, b)) {
        a.clone()
    } else {
        b.clone()
    })
}

fn clamp(c: &mut Call<'_, '_>) -> Outcome {
    let (value, least, most) = (c.arg(0), c.arg(1), c.arg(2));
    if compare(BinaryOp::Greater, least, most) {
        return Err(crate::exception::argument_plain(
            "'min' cannot be greater than max.",
        ));
    }
    Ok(if compare(BinaryOp::Less, value, least) {
        least.clone()
    } else if compare(BinaryOp::Greater, value, most) {
        most.clone()
    } else {
        value.clone()
    })
}

fn whole(c: &mut Call<'_, '_>, double: fn(f64) -> f64, decimal: fn(Decimal) -> Decimal) -> Outcome {
    Ok(match c.arg(0) {
        Value::Decimal(n) => Value::Decimal(decimal(*n)),
        _ => Value::Double(double(c.double(0)?)),
    })
}

/// `Math.Round`: half to even unless asked otherwise.
pub(super) fn round(c: &mut Call<'_, '_>) -> Outcome {
    let digits = match c.arg(1) {
        Value::Int(digits) => *digits,
        _ => 0,
    };
    let away = c.args.iter().any(|arg| matches!(arg, Value::Enum(_, 1)));
    match c.arg(0) {
        Value::Decimal(n) => {
            let digits = u32::try_from(digits)
                .ok()
                .filter(|d| *d <= 28)
                .ok_or_else(|| {
                    out_of_range(
                        "Decimal can only round to between 0 and 28 digits of precision.",
                        "decimals",
                    )
                })?;
            let strategy = if away {
                rust_decimal::RoundingStrategy::MidpointAwayFromZero
            } else {
                rust_decimal::RoundingStrategy::MidpointNearestEven
            };
            Ok(Value::Decimal(n.round_dp_with_strategy(digits, strategy)))
        }
        _ => round_double(c.double(0)?, digits, away),
    }
}

/// .NET scales, rounds and scales back; `Math.Round(2.675, 2)` is 2.68 though 2.675 is below a half.
fn round_double(n: f64, digits: i32, away: bool) -> Outcome {
    if !(0..=15).contains(&digits) {
        return Err(out_of_range(
            "Rounding digits must be between 0 and 15, inclusive.",
            "digits",
        ));
    }
    let nearest = |n: f64| if away { n.round() } else { n.round_ties_even() };
    if n.abs() >= 1e16 {
        return Ok(Value::Double(n));
    }
    let power = 10_f64.powi(digits);
    Ok(Value::Double(nearest(n * power) / power))
}

fn log(c: &mut Call<'_, '_>) -> Outcome {
    let (a, base) = (c.double(0)?, c.double(1)?);
    if base.partial_cmp(&1.0) == Some(std::cmp::Ordering::Equal) || a.is_nan() || base.is_nan() {
        return Ok(Value::Double(f64::NAN));
    }
    Ok(Value::Double(a.ln() / base.ln()))
}

fn ieee_remainder(c: &mut Call<'_, '_>) -> Outcome {
    let (x, y) = (c.double(0)?, c.double(1)?);
    Ok(Value::Double(x - y * (x / y).round_ties_even()))
}

fn sign(c: &mut Call<'_, '_>) -> Outcome {
    let value = c.arg(0);
    if is_nan(value) {
        return Err(Exception::new(
            "System.ArithmeticException",
            "Function does not accept floating point Not-a-Number values.",
        ));
    }
    let zero = Value::default_of(&value.runtime_type());
    let sign = if compare(BinaryOp::Greater, value, &zero) {
        1
    } else if compare(BinaryOp::Less, value, &zero) {
        -1
    } else {
        0
    };
    Ok(Value::Int(sign))
}

fn div_rem(c: &mut Call<'_, '_>) -> Outcome {
    let remainder = arith(BinaryOp::Remainder, false, c.arg(0), c.arg(1))?;
    let quotient = arith(BinaryOp::Divide, false, c.arg(0), c.arg(1))?;
    c.put(2, remainder);
    Ok(quotient)
}
