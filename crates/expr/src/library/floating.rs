//! `System.Single`, `System.Double`, `System.Decimal`.

use super::integer::{compare, same, to_string};
use super::{Table, TableKind, constant, m, outside};
use crate::ast::BinaryOp;
use crate::convert::parse_num;
use crate::eval::{Call, arith};
use crate::exception::Outcome;
use crate::types::Num;
use crate::value::Value;

const PARENTS: &[&str] = &["System.ValueType", "IComparable", "IFormattable"];

pub(super) static DOUBLE: Table = Table {
    name: "System.Double",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const double MaxValue = 1.7976931348623157E+308"),
        constant("const double MinValue = -1.7976931348623157E+308"),
        constant("const double Epsilon = 5E-324"),
        m("static double NaN", |_| Ok(Value::Double(f64::NAN))),
        m("static double PositiveInfinity", |_| {
            Ok(Value::Double(f64::INFINITY))
        }),
        m("static double NegativeInfinity", |_| {
            Ok(Value::Double(f64::NEG_INFINITY))
        }),
        m("static bool IsNaN(double d)", |c| {
            Ok(Value::Bool(c.double(0)?.is_nan()))
        }),
        m("static bool IsInfinity(double d)", |c| {
            Ok(Value::Bool(c.double(0)?.is_infinite()))
        }),
        m("static bool IsFinite(double d)", |c| {
            Ok(Value::Bool(c.double(0)?.is_finite()))
        }),
        m("static bool IsPositiveInfinity(double d)", |c| {
            Ok(Value::Bool(c.double(0)? == f64::INFINITY))
        }),
        m("static bool IsNegativeInfinity(double d)", |c| {
            Ok(Value::Bool(c.double(0)? == f64::NEG_INFINITY))
        }),
        m("static double Parse(string s)", |c| parse(c, Num::Double)),
        m(
            "static double Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::Double),
        ),
        m(
            "static double Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse(c, Num::Double),
        ),
        m("static bool TryParse(string s, out double result)", |c| {
            try_parse(c, Num::Double)
        }),
        m(
            "static bool TryParse(string s, NumberStyles style, IFormatProvider provider, out double result)",
            |c| try_parse_at(c, Num::Double, 3),
        ),
        m("string ToString(string format)", to_string),
        m(
            "string ToString(IFormatProvider provider)",
            super::object::to_string,
        ),
        m(
            "string ToString(string format, IFormatProvider provider)",
            to_string,
        ),
        m("bool Equals(double obj)", same),
        m("int CompareTo(double value)", compare),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(14))
        }),
    ],
};

pub(super) static SINGLE: Table = Table {
    name: "System.Single",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const float MaxValue = 3.40282347E+38f"),
        constant("const float MinValue = -3.40282347E+38f"),
        constant("const float Epsilon = 1.401298E-45f"),
        m("static float NaN", |_| Ok(Value::Float(f32::NAN))),
        m("static float PositiveInfinity", |_| {
            Ok(Value::Float(f32::INFINITY))
        }),
        m("static float NegativeInfinity", |_| {
            Ok(Value::Float(f32::NEG_INFINITY))
        }),
        m("static bool IsNaN(float f)", |c| {
            Ok(Value::Bool(single(c)?.is_nan()))
        }),
        m("static bool IsInfinity(float f)", |c| {
            Ok(Value::Bool(single(c)?.is_infinite()))
        }),
        m("static float Parse(string s)", |c| parse(c, Num::Float)),
        m("static bool TryParse(string s, out float result)", |c| {
            try_parse(c, Num::Float)
        }),
        m("string ToString(string format)", to_string),
        m(
            "string ToString(IFormatProvider provider)",
            super::object::to_string,
        ),
        m("bool Equals(float obj)", same),
        m("int CompareTo(float value)", compare),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(13))
        }),
    ],
};

pub(super) static DECIMAL: Table = Table {
    name: "System.Decimal",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const decimal MaxValue = 79228162514264337593543950335m"),
        constant("const decimal MinValue = -79228162514264337593543950335m"),
        constant("const decimal Zero = 0m"),
        constant("const decimal One = 1m"),
        constant("const decimal MinusOne = -1m"),
        m("new(int value)", number),
        m("new(long value)", number),
        m("new(double value)", number),
        m("static decimal Parse(string s)", |c| parse(c, Num::Decimal)),
        m(
            "static decimal Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::Decimal),
        ),
        m(
            "static decimal Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse(c, Num::Decimal),
        ),
        m("static bool TryParse(string s, out decimal result)", |c| {
            try_parse(c, Num::Decimal)
        }),
        m("static decimal Add(decimal d1, decimal d2)", |c| {
            operate(c, BinaryOp::Add)
        }),
        m("static decimal Subtract(decimal d1, decimal d2)", |c| {
            operate(c, BinaryOp::Subtract)
        }),
        m("static decimal Multiply(decimal d1, decimal d2)", |c| {
            operate(c, BinaryOp::Multiply)
        }),
        m("static decimal Divide(decimal d1, decimal d2)", |c| {
            operate(c, BinaryOp::Divide)
        }),
        m("static decimal Remainder(decimal d1, decimal d2)", |c| {
            operate(c, BinaryOp::Remainder)
        }),
        m("static decimal Negate(decimal d)", |c| {
            Ok(Value::Decimal(-c.decimal(0)?))
        }),
        m("static decimal Truncate(decimal d)", |c| {
            Ok(Value::Decimal(c.decimal(0)?.trunc()))
        }),
        m("static decimal Floor(decimal d)", |c| {
            Ok(Value::Decimal(c.decimal(0)?.floor()))
        }),
        m("static decimal Ceiling(decimal d)", |c| {
            Ok(Value::Decimal(c.decimal(0)?.ceil()))
        }),
        m("static decimal Round(decimal d)", |c| {
            Ok(Value::Decimal(c.decimal(0)?.round()))
        }),
        m(
            "static decimal Round(decimal d, int decimals)",
            super::math::round,
        ),
        m("static int ToInt32(decimal d)", |c| {
            crate::eval::convert_num(c.arg(0), Num::Int, true)
        }),
        m("static long ToInt64(decimal d)", |c| {
            crate::eval::convert_num(c.arg(0), Num::Long, true)
        }),
        m("static double ToDouble(decimal d)", |c| {
            crate::eval::convert_num(c.arg(0), Num::Double, true)
        }),
        m("string ToString(string format)", to_string),
        m(
            "string ToString(IFormatProvider provider)",
            super::object::to_string,
        ),
        m(
            "string ToString(string format, IFormatProvider provider)",
            to_string,
        ),
        m("bool Equals(decimal value)", same),
        m("int CompareTo(decimal value)", compare),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(15))
        }),
    ],
};

fn single(c: &Call<'_, '_>) -> Outcome<f32> {
    match c.arg(0) {
        Value::Float(n) => Ok(*n),
        _ => Ok(0.0),
    }
}

fn parse(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    let text = c.required_text(0, "s")?;
    parse_num(&text.to_str(), num)
}

fn try_parse(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    try_parse_at(c, num, 1)
}

fn try_parse_at(c: &mut Call<'_, '_>, num: Num, out: usize) -> Outcome {
    let parsed = c
        .optional_text(0)
        .and_then(|text| parse_num(&text.to_str(), num).ok());
    let success = parsed.is_some();
    c.put(out, parsed.unwrap_or_else(|| Value::default_of(&num.ty())));
    Ok(Value::Bool(success))
}

fn number(c: &mut Call<'_, '_>) -> Outcome {
    crate::eval::convert_num(c.arg(0), Num::Decimal, true)
}

fn operate(c: &mut Call<'_, '_>, op: BinaryOp) -> Outcome {
    arith(op, true, c.arg(0), c.arg(1))
}
