//! `System.Convert`: the table of its members, and those that only hand on.

mod base64;
mod radix;

use super::{Table, TableKind, m};
use crate::convert::{change_type, to_bool, to_date_time, to_num};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, out_of_range};
use crate::text::Text;
use crate::types::Num;
use crate::value::Value;
use radix::{from_base, to_base};

pub(crate) use base64::from_base64;

pub(super) static CONVERT: Table = Table {
    name: "System.Convert",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m("static sbyte ToSByte(object value)", to_sbyte),
        m("static sbyte ToSByte(string value)", to_sbyte),
        m("static sbyte ToSByte(bool value)", to_sbyte),
        m("static sbyte ToSByte(char value)", to_sbyte),
        m("static sbyte ToSByte(sbyte value)", to_sbyte),
        m("static sbyte ToSByte(byte value)", to_sbyte),
        m("static sbyte ToSByte(short value)", to_sbyte),
        m("static sbyte ToSByte(ushort value)", to_sbyte),
        m("static sbyte ToSByte(int value)", to_sbyte),
        m("static sbyte ToSByte(uint value)", to_sbyte),
        m("static sbyte ToSByte(long value)", to_sbyte),
        m("static sbyte ToSByte(ulong value)", to_sbyte),
        m("static sbyte ToSByte(float value)", to_sbyte),
        m("static sbyte ToSByte(double value)", to_sbyte),
        m("static sbyte ToSByte(decimal value)", to_sbyte),
        m(
            "static sbyte ToSByte(string value, IFormatProvider provider)",
            to_sbyte,
        ),
        m(
            "static sbyte ToSByte(object value, IFormatProvider provider)",
            to_sbyte,
        ),
        m("static sbyte ToSByte(string value, int fromBase)", |c| {
            from_base(c, Num::SByte)
        }),
        m("static byte ToByte(object value)", to_byte),
        m("static byte ToByte(string value)", to_byte),
        m("static byte ToByte(bool value)", to_byte),
        m("static byte ToByte(char value)", to_byte),
        m("static byte ToByte(sbyte value)", to_byte),
        m("static byte ToByte(byte value)", to_byte),
        m("static byte ToByte(short value)", to_byte),
        m("static byte ToByte(ushort value)", to_byte),
        m("static byte ToByte(int value)", to_byte),
        m("static byte ToByte(uint value)", to_byte),
        m("static byte ToByte(long value)", to_byte),
        m("static byte ToByte(ulong value)", to_byte),
        m("static byte ToByte(float value)", to_byte),
        m("static byte ToByte(double value)", to_byte),
        m("static byte ToByte(decimal value)", to_byte),
        m(
            "static byte ToByte(string value, IFormatProvider provider)",
            to_byte,
        ),
        m(
            "static byte ToByte(object value, IFormatProvider provider)",
            to_byte,
        ),
        m("static byte ToByte(string value, int fromBase)", |c| {
            from_base(c, Num::Byte)
        }),
        m("static short ToInt16(object value)", to_short),
        m("static short ToInt16(string value)", to_short),
        m("static short ToInt16(bool value)", to_short),
        m("static short ToInt16(char value)", to_short),
        m("static short ToInt16(sbyte value)", to_short),
        m("static short ToInt16(byte value)", to_short),
        m("static short ToInt16(short value)", to_short),
        m("static short ToInt16(ushort value)", to_short),
        m("static short ToInt16(int value)", to_short),
        m("static short ToInt16(uint value)", to_short),
        m("static short ToInt16(long value)", to_short),
        m("static short ToInt16(ulong value)", to_short),
        m("static short ToInt16(float value)", to_short),
        m("static short ToInt16(double value)", to_short),
        m("static short ToInt16(decimal value)", to_short),
        m(
            "static short ToInt16(string value, IFormatProvider provider)",
            to_short,
        ),
        m(
            "static short ToInt16(object value, IFormatProvider provider)",
            to_short,
        ),
        m("static short ToInt16(string value, int fromBase)", |c| {
            from_base(c, Num::Short)
        }),
        m("static ushort ToUInt16(object value)", to_ushort),
        m("static ushort ToUInt16(string value)", to_ushort),
        m("static ushort ToUInt16(bool value)", to_ushort),
        m("static ushort ToUInt16(char value)", to_ushort),
        m("static ushort ToUInt16(sbyte value)", to_ushort),
        m("static ushort ToUInt16(byte value)", to_ushort),
        m("static ushort ToUInt16(short value)", to_ushort),
        m("static ushort ToUInt16(ushort value)", to_ushort),
        m("static ushort ToUInt16(int value)", to_ushort),
        m("static ushort ToUInt16(uint value)", to_ushort),
        m("static ushort ToUInt16(long value)", to_ushort),
        m("static ushort ToUInt16(ulong value)", to_ushort),
        m("static ushort ToUInt16(float value)", to_ushort),
        m("static ushort ToUInt16(double value)", to_ushort),
        m("static ushort ToUInt16(decimal value)", to_ushort),
        m(
            "static ushort ToUInt16(string value, IFormatProvider provider)",
            to_ushort,
        ),
        m(
            "static ushort ToUInt16(object value, IFormatProvider provider)",
            to_ushort,
        ),
        m("static ushort ToUInt16(string value, int fromBase)", |c| {
            from_base(c, Num::UShort)
        }),
        m("static int ToInt32(object value)", to_int),
        m("static int ToInt32(string value)", to_int),
        m("static int ToInt32(bool value)", to_int),
        m("static int ToInt32(char value)", to_int),
        m("static int ToInt32(sbyte value)", to_int),
        m("static int ToInt32(byte value)", to_int),
        m("static int ToInt32(short value)", to_int),
        m("static int ToInt32(ushort value)", to_int),
        m("static int ToInt32(int value)", to_int),
        m("static int ToInt32(uint value)", to_int),
        m("static int ToInt32(long value)", to_int),
        m("static int ToInt32(ulong value)", to_int),
        m("static int ToInt32(float value)", to_int),
        m("static int ToInt32(double value)", to_int),
        m("static int ToInt32(decimal value)", to_int),
        m(
            "static int ToInt32(string value, IFormatProvider provider)",
            to_int,
        ),
        m(
            "static int ToInt32(object value, IFormatProvider provider)",
            to_int,
        ),
        m("static int ToInt32(string value, int fromBase)", |c| {
            from_base(c, Num::Int)
        }),
        m("static uint ToUInt32(object value)", to_uint),
        m("static uint ToUInt32(string value)", to_uint),
        m("static uint ToUInt32(bool value)", to_uint),
        m("static uint ToUInt32(char value)", to_uint),
        m("static uint ToUInt32(sbyte value)", to_uint),
        m("static uint ToUInt32(byte value)", to_uint),
        m("static uint ToUInt32(short value)", to_uint),
        m("static uint ToUInt32(ushort value)", to_uint),
        m("static uint ToUInt32(int value)", to_uint),
        m("static uint ToUInt32(uint value)", to_uint),
        m("static uint ToUInt32(long value)", to_uint),
        m("static uint ToUInt32(ulong value)", to_uint),
        m("static uint ToUInt32(float value)", to_uint),
        m("static uint ToUInt32(double value)", to_uint),
        m("static uint ToUInt32(decimal value)", to_uint),
        m(
            "static uint ToUInt32(string value, IFormatProvider provider)",
            to_uint,
        ),
        m(
            "static uint ToUInt32(object value, IFormatProvider provider)",
            to_uint,
        ),
        m("static uint ToUInt32(string value, int fromBase)", |c| {
            from_base(c, Num::UInt)
        }),
        m("static long ToInt64(object value)", to_long),
        m("static long ToInt64(string value)", to_long),
        m("static long ToInt64(bool value)", to_long),
        m("static long ToInt64(char value)", to_long),
        m("static long ToInt64(sbyte value)", to_long),
        m("static long ToInt64(byte value)", to_long),
        m("static long ToInt64(short value)", to_long),
        m("static long ToInt64(ushort value)", to_long),
        m("static long ToInt64(int value)", to_long),
        m("static long ToInt64(uint value)", to_long),
        m("static long ToInt64(long value)", to_long),
        m("static long ToInt64(ulong value)", to_long),
        m("static long ToInt64(float value)", to_long),
        m("static long ToInt64(double value)", to_long),
        m("static long ToInt64(decimal value)", to_long),
        m(
            "static long ToInt64(string value, IFormatProvider provider)",
            to_long,
        ),
        m(
            "static long ToInt64(object value, IFormatProvider provider)",
            to_long,
        ),
        m("static long ToInt64(string value, int fromBase)", |c| {
            from_base(c, Num::Long)
        }),
        m("static ulong ToUInt64(object value)", to_ulong),
        m("static ulong ToUInt64(string value)", to_ulong),
        m("static ulong ToUInt64(bool value)", to_ulong),
        m("static ulong ToUInt64(char value)", to_ulong),
        m("static ulong ToUInt64(sbyte value)", to_ulong),
        m("static ulong ToUInt64(byte value)", to_ulong),
        m("static ulong ToUInt64(short value)", to_ulong),
        m("static ulong ToUInt64(ushort value)", to_ulong),
        m("static ulong ToUInt64(int value)", to_ulong),
        m("static ulong ToUInt64(uint value)", to_ulong),
        m("static ulong ToUInt64(long value)", to_ulong),
        m("static ulong ToUInt64(ulong value)", to_ulong),
        m("static ulong ToUInt64(float value)", to_ulong),
        m("static ulong ToUInt64(double value)", to_ulong),
        m("static ulong ToUInt64(decimal value)", to_ulong),
        m(
            "static ulong ToUInt64(string value, IFormatProvider provider)",
            to_ulong,
        ),
        m(
            "static ulong ToUInt64(object value, IFormatProvider provider)",
            to_ulong,
        ),
        m("static ulong ToUInt64(string value, int fromBase)", |c| {
            from_base(c, Num::ULong)
        }),
        m("static float ToSingle(object value)", to_float),
        m("static float ToSingle(string value)", to_float),
        m("static float ToSingle(bool value)", to_float),
        m("static float ToSingle(char value)", to_float),
        m("static float ToSingle(sbyte value)", to_float),
        m("static float ToSingle(byte value)", to_float),
        m("static float ToSingle(short value)", to_float),
        m("static float ToSingle(ushort value)", to_float),
        m("static float ToSingle(int value)", to_float),
        m("static float ToSingle(uint value)", to_float),
        m("static float ToSingle(long value)", to_float),
        m("static float ToSingle(ulong value)", to_float),
        m("static float ToSingle(float value)", to_float),
        m("static float ToSingle(double value)", to_float),
        m("static float ToSingle(decimal value)", to_float),
        m(
            "static float ToSingle(string value, IFormatProvider provider)",
            to_float,
        ),
        m(
            "static float ToSingle(object value, IFormatProvider provider)",
            to_float,
        ),
        m("static double ToDouble(object value)", to_double),
        m("static double ToDouble(string value)", to_double),
        m("static double ToDouble(bool value)", to_double),
        m("static double ToDouble(char value)", to_double),
        m("static double ToDouble(sbyte value)", to_double),
        m("static double ToDouble(byte value)", to_double),
        m("static double ToDouble(short value)", to_double),
        m("static double ToDouble(ushort value)", to_double),
        m("static double ToDouble(int value)", to_double),
        m("static double ToDouble(uint value)", to_double),
        m("static double ToDouble(long value)", to_double),
        m("static double ToDouble(ulong value)", to_double),
        m("static double ToDouble(float value)", to_double),
        m("static double ToDouble(double value)", to_double),
        m("static double ToDouble(decimal value)", to_double),
        m(
            "static double ToDouble(string value, IFormatProvider provider)",
            to_double,
        ),
        m(
            "static double ToDouble(object value, IFormatProvider provider)",
            to_double,
        ),
        m("static decimal ToDecimal(object value)", to_decimal),
        m("static decimal ToDecimal(string value)", to_decimal),
        m("static decimal ToDecimal(bool value)", to_decimal),
        m("static decimal ToDecimal(char value)", to_decimal),
        m("static decimal ToDecimal(sbyte value)", to_decimal),
        m("static decimal ToDecimal(byte value)", to_decimal),
        m("static decimal ToDecimal(short value)", to_decimal),
        m("static decimal ToDecimal(ushort value)", to_decimal),
        m("static decimal ToDecimal(int value)", to_decimal),
        m("static decimal ToDecimal(uint value)", to_decimal),
        m("static decimal ToDecimal(long value)", to_decimal),
        m("static decimal ToDecimal(ulong value)", to_decimal),
        m("static decimal ToDecimal(float value)", to_decimal),
        m("static decimal ToDecimal(double value)", to_decimal),
        m("static decimal ToDecimal(decimal value)", to_decimal),
        m(
            "static decimal ToDecimal(string value, IFormatProvider provider)",
            to_decimal,
        ),
        m(
            "static decimal ToDecimal(object value, IFormatProvider provider)",
            to_decimal,
        ),
        m("static bool ToBoolean(object value)", to_boolean),
        m("static bool ToBoolean(string value)", to_boolean),
        m("static bool ToBoolean(bool value)", to_boolean),
        m("static bool ToBoolean(char value)", to_boolean),
        m("static bool ToBoolean(sbyte value)", to_boolean),
        m("static bool ToBoolean(byte value)", to_boolean),
        m("static bool ToBoolean(short value)", to_boolean),
        m("static bool ToBoolean(ushort value)", to_boolean),
        m("static bool ToBoolean(int value)", to_boolean),
        m("static bool ToBoolean(uint value)", to_boolean),
        m("static bool ToBoolean(long value)", to_boolean),
        m("static bool ToBoolean(ulong value)", to_boolean),
        m("static bool ToBoolean(float value)", to_boolean),
        m("static bool ToBoolean(double value)", to_boolean),
        m("static bool ToBoolean(decimal value)", to_boolean),
        m("static char ToChar(object value)", to_char),
        m("static char ToChar(string value)", to_char),
        m("static char ToChar(char value)", to_char),
        m("static char ToChar(byte value)", to_char),
        m("static char ToChar(short value)", to_char),
        m("static char ToChar(ushort value)", to_char),
        m("static char ToChar(int value)", to_char),
        m("static char ToChar(long value)", to_char),
        m("static string ToString(object value)", to_text),
        m(
            "static string ToString(object value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(string value)", to_text),
        m(
            "static string ToString(string value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(bool value)", to_text),
        m(
            "static string ToString(bool value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(char value)", to_text),
        m(
            "static string ToString(char value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(sbyte value)", to_text),
        m(
            "static string ToString(sbyte value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(byte value)", to_text),
        m(
            "static string ToString(byte value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(short value)", to_text),
        m(
            "static string ToString(short value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(ushort value)", to_text),
        m(
            "static string ToString(ushort value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(int value)", to_text),
        m(
            "static string ToString(int value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(uint value)", to_text),
        m(
            "static string ToString(uint value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(long value)", to_text),
        m(
            "static string ToString(long value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(ulong value)", to_text),
        m(
            "static string ToString(ulong value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(float value)", to_text),
        m(
            "static string ToString(float value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(double value)", to_text),
        m(
            "static string ToString(double value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(decimal value)", to_text),
        m(
            "static string ToString(decimal value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(DateTime value)", to_text),
        m(
            "static string ToString(DateTime value, IFormatProvider provider)",
            to_text,
        ),
        m("static string ToString(byte value, int toBase)", |c| {
            to_base(c, 8)
        }),
        m("static string ToString(short value, int toBase)", |c| {
            to_base(c, 16)
        }),
        m("static string ToString(int value, int toBase)", |c| {
            to_base(c, 32)
        }),
        m("static string ToString(long value, int toBase)", |c| {
            to_base(c, 64)
        }),
        m("static DateTime ToDateTime(object value)", to_date),
        m("static DateTime ToDateTime(string value)", to_date),
        m("static DateTime ToDateTime(DateTime value)", to_date),
        m(
            "static object ChangeType(object value, Type conversionType)",
            |c| match c.arg(1).clone() {
                Value::Type(ty) => change_type(c.arg(0), &ty, c.vm.surface),
                _ => Err(argument_null("conversionType")),
            },
        ),
        m("static bool IsDBNull(object value)", |_| {
            Ok(Value::Bool(false))
        }),
        m(
            "static string ToBase64String(byte[] inArray)",
            base64::encode,
        ),
        m(
            "static string ToBase64String(byte[] inArray, Base64FormattingOptions options)",
            base64::encode_formatted,
        ),
        m(
            "static string ToBase64String(byte[] inArray, int offset, int length)",
            base64::encode_part,
        ),
        m("static byte[] FromBase64String(string s)", base64::decode),
    ],
};

/// The part of a `byte[]` that the next two arguments say.
pub(super) fn part<'b>(c: &Call<'_, '_>, bytes: &'b [u8]) -> Outcome<&'b [u8]> {
    let number = |at: usize, name: &str| {
        usize::try_from(c.int(at)?).map_err(|_| out_of_range("Non-negative number required.", name))
    };
    let (start, length) = (number(1, "offset")?, number(2, "length")?);
    start
        .checked_add(length)
        .and_then(|end| bytes.get(start..end))
        .ok_or_else(|| {
            out_of_range(
                "Offset and length must refer to a position in the string.",
                "offset",
            )
        })
}

// === To another type ===

fn to_sbyte(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::SByte)
}

fn to_byte(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Byte)
}

fn to_short(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Short)
}

fn to_ushort(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::UShort)
}

fn to_int(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Int)
}

fn to_uint(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::UInt)
}

fn to_long(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Long)
}

fn to_ulong(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::ULong)
}

fn to_float(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Float)
}

fn to_double(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Double)
}

fn to_decimal(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Decimal)
}

fn to_char(c: &mut Call<'_, '_>) -> Outcome {
    to_num(c.arg(0), Num::Char)
}

fn to_boolean(c: &mut Call<'_, '_>) -> Outcome {
    to_bool(c.arg(0)).map(Value::Bool)
}

fn to_date(c: &mut Call<'_, '_>) -> Outcome {
    to_date_time(c.arg(0)).map(Value::DateTime)
}

fn to_text(c: &mut Call<'_, '_>) -> Outcome {
    let value = c.arg(0).clone();
    match value {
        Value::String(_) => Ok(value),
        // `Convert.ToString((object)null)` is empty; of a `null` string it is `null`.
        Value::Null => Ok(Value::String(Text::empty())),
        other => crate::display::to_text(c.vm, &other).map(Value::String),
    }
}
