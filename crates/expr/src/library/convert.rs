//! `System.Convert`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Table, TableKind, m};
use crate::convert::{change_type, to_bool, to_date_time, to_num};
use crate::eval::{Call, convert_num};
use crate::exception::{
    Exception, Outcome, argument_null, argument_plain, format, out_of_range, overflow,
};
use crate::text::Text;
use crate::types::Num;
use crate::value::Value;

pub(super) static CONVERT: Table = Table {
    name: "System.Convert",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m("static sbyte ToSByte(object value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(string value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(bool value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(char value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(sbyte value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(byte value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(short value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(ushort value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(int value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(uint value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(long value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(ulong value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(float value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(double value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m("static sbyte ToSByte(decimal value)", |c| {
            to_num(c.arg(0), Num::SByte)
        }),
        m(
            "static sbyte ToSByte(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::SByte),
        ),
        m(
            "static sbyte ToSByte(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::SByte),
        ),
        m("static sbyte ToSByte(string value, int fromBase)", |c| {
            from_base(c, Num::SByte)
        }),
        m("static byte ToByte(object value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(string value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(bool value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(char value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(sbyte value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(byte value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(short value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(ushort value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(int value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(uint value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(long value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(ulong value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(float value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(double value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m("static byte ToByte(decimal value)", |c| {
            to_num(c.arg(0), Num::Byte)
        }),
        m(
            "static byte ToByte(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Byte),
        ),
        m(
            "static byte ToByte(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Byte),
        ),
        m("static byte ToByte(string value, int fromBase)", |c| {
            from_base(c, Num::Byte)
        }),
        m("static short ToInt16(object value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(string value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(bool value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(char value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(sbyte value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(byte value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(short value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(ushort value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(int value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(uint value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(long value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(ulong value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(float value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(double value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m("static short ToInt16(decimal value)", |c| {
            to_num(c.arg(0), Num::Short)
        }),
        m(
            "static short ToInt16(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Short),
        ),
        m(
            "static short ToInt16(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Short),
        ),
        m("static short ToInt16(string value, int fromBase)", |c| {
            from_base(c, Num::Short)
        }),
        m("static ushort ToUInt16(object value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(string value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(bool value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(char value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(sbyte value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(byte value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(short value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(ushort value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(int value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(uint value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(long value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(ulong value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(float value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(double value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m("static ushort ToUInt16(decimal value)", |c| {
            to_num(c.arg(0), Num::UShort)
        }),
        m(
            "static ushort ToUInt16(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::UShort),
        ),
        m(
            "static ushort ToUInt16(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::UShort),
        ),
        m("static ushort ToUInt16(string value, int fromBase)", |c| {
            from_base(c, Num::UShort)
        }),
        m("static int ToInt32(object value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(string value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(bool value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(char value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(sbyte value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(byte value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(short value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(ushort value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(int value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(uint value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(long value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(ulong value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(float value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(double value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m("static int ToInt32(decimal value)", |c| {
            to_num(c.arg(0), Num::Int)
        }),
        m(
            "static int ToInt32(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Int),
        ),
        m(
            "static int ToInt32(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Int),
        ),
        m("static int ToInt32(string value, int fromBase)", |c| {
            from_base(c, Num::Int)
        }),
        m("static uint ToUInt32(object value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(string value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(bool value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(char value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(sbyte value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(byte value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(short value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(ushort value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(int value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(uint value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(long value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(ulong value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(float value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(double value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m("static uint ToUInt32(decimal value)", |c| {
            to_num(c.arg(0), Num::UInt)
        }),
        m(
            "static uint ToUInt32(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::UInt),
        ),
        m(
            "static uint ToUInt32(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::UInt),
        ),
        m("static uint ToUInt32(string value, int fromBase)", |c| {
            from_base(c, Num::UInt)
        }),
        m("static long ToInt64(object value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(string value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(bool value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(char value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(sbyte value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(byte value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(short value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(ushort value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(int value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(uint value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(long value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(ulong value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(float value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(double value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m("static long ToInt64(decimal value)", |c| {
            to_num(c.arg(0), Num::Long)
        }),
        m(
            "static long ToInt64(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Long),
        ),
        m(
            "static long ToInt64(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Long),
        ),
        m("static long ToInt64(string value, int fromBase)", |c| {
            from_base(c, Num::Long)
        }),
        m("static ulong ToUInt64(object value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(string value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(bool value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(char value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(sbyte value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(byte value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(short value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(ushort value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(int value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(uint value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(long value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(ulong value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(float value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(double value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m("static ulong ToUInt64(decimal value)", |c| {
            to_num(c.arg(0), Num::ULong)
        }),
        m(
            "static ulong ToUInt64(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::ULong),
        ),
        m(
            "static ulong ToUInt64(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::ULong),
        ),
        m("static ulong ToUInt64(string value, int fromBase)", |c| {
            from_base(c, Num::ULong)
        }),
        m("static float ToSingle(object value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(string value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(bool value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(char value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(sbyte value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(byte value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(short value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(ushort value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(int value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(uint value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(long value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(ulong value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(float value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(double value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m("static float ToSingle(decimal value)", |c| {
            to_num(c.arg(0), Num::Float)
        }),
        m(
            "static float ToSingle(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Float),
        ),
        m(
            "static float ToSingle(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Float),
        ),
        m("static double ToDouble(object value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(string value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(bool value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(char value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(sbyte value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(byte value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(short value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(ushort value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(int value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(uint value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(long value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(ulong value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(float value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(double value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m("static double ToDouble(decimal value)", |c| {
            to_num(c.arg(0), Num::Double)
        }),
        m(
            "static double ToDouble(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Double),
        ),
        m(
            "static double ToDouble(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Double),
        ),
        m("static decimal ToDecimal(object value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(string value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(bool value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(char value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(sbyte value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(byte value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(short value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(ushort value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(int value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(uint value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(long value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(ulong value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(float value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(double value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m("static decimal ToDecimal(decimal value)", |c| {
            to_num(c.arg(0), Num::Decimal)
        }),
        m(
            "static decimal ToDecimal(string value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Decimal),
        ),
        m(
            "static decimal ToDecimal(object value, IFormatProvider provider)",
            |c| to_num(c.arg(0), Num::Decimal),
        ),
        m("static bool ToBoolean(object value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(string value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(bool value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(char value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(sbyte value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(byte value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(short value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(ushort value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(int value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(uint value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(long value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(ulong value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(float value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(double value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static bool ToBoolean(decimal value)", |c| {
            to_bool(c.arg(0)).map(Value::Bool)
        }),
        m("static char ToChar(object value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(string value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(char value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(byte value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(short value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(ushort value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(int value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
        m("static char ToChar(long value)", |c| {
            to_num(c.arg(0), Num::Char)
        }),
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
        m("static DateTime ToDateTime(object value)", |c| {
            to_date_time(c.arg(0)).map(Value::DateTime)
        }),
        m("static DateTime ToDateTime(string value)", |c| {
            to_date_time(c.arg(0)).map(Value::DateTime)
        }),
        m("static DateTime ToDateTime(DateTime value)", |c| {
            to_date_time(c.arg(0)).map(Value::DateTime)
        }),
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
        m("static string ToBase64String(byte[] inArray)", |c| {
            let bytes = c.required_bytes(0, "inArray")?;
            Ok(Value::from(STANDARD.encode(bytes)))
        }),
        m(
            "static string ToBase64String(byte[] inArray, Base64FormattingOptions options)",
            |c| {
                let text = STANDARD.encode(c.required_bytes(0, "inArray")?);
                Ok(Value::from(if c.enumerated(1) == 1 {
                    in_lines(&text)
                } else {
                    text
                }))
            },
        ),
        m(
            "static string ToBase64String(byte[] inArray, int offset, int length)",
            |c| {
                let bytes = c.required_bytes(0, "inArray")?;
                let part = part(c, &bytes)?;
                Ok(Value::from(STANDARD.encode(part)))
            },
        ),
        m("static byte[] FromBase64String(string s)", |c| {
            let text = c.required_text(0, "s")?;
            from_base64(&text.to_str()).map(Value::bytes)
        }),
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

fn to_text(c: &mut Call<'_, '_>) -> Outcome {
    let value = c.arg(0).clone();
    match value {
        Value::String(_) => Ok(value),
        // `Convert.ToString((object)null)` is empty; of a `null` string it is `null`.
        Value::Null => Ok(Value::String(Text::empty())),
        other => crate::display::to_text(c.vm, &other).map(Value::String),
    }
}

// === Other bases ===

fn base(c: &Call<'_, '_>) -> Outcome<u32> {
    match c.int(1)? {
        2 => Ok(2),
        8 => Ok(8),
        10 => Ok(10),
        16 => Ok(16),
        _ => Err(argument_plain("Invalid Base.")),
    }
}

fn from_base(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    let base = base(c)?;
    let Some(text) = c.optional_text(0) else {
        return convert_num(&Value::Int(0), num, false);
    };
    let text = text.to_str();
    if base == 10 {
        return to_num(c.arg(0), num);
    }
    if text.is_empty() {
        return Err(Exception::new(
            "System.ArgumentOutOfRangeException",
            "Index was out of range. Must be non-negative and less than the size of the collection.",
        ));
    }
    let digits = if base == 16 {
        text.strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .unwrap_or(&text)
    } else {
        &text
    };
    let known = digits.chars().take_while(|c| c.is_digit(base)).count();
    if known == 0 {
        return Err(format("Could not find any recognizable digits."));
    }
    if known < digits.len() {
        return Err(format(
            "Additional non-parsable characters are at the end of the string.",
        ));
    }
    let too_large = || {
        overflow(format!(
            "Value was either too large or too small for {}.",
            crate::convert::named(num)
        ))
    };
    let number = u64::from_str_radix(digits, base).map_err(|_| too_large())?;
    // The digits are the bits: `Convert.ToInt32("ffffffff", 16)` is -1.
    let (least, most) = num.range().unwrap_or((0, 0));
    if i128::from(number) > most - least {
        return Err(too_large());
    }
    Ok(crate::eval::wrap(i128::from(number), num))
}

fn to_base(c: &mut Call<'_, '_>, bits: u32) -> Outcome {
    let base = base(c)?;
    let number = c.arg(0).as_integer().unwrap_or(0);
    if base == 10 {
        return Ok(Value::from(number.to_string()));
    }
    let bits = number.cast_unsigned() & ((1_u128 << bits) - 1);
    Ok(Value::from(match base {
        2 => format!("{bits:b}"),
        8 => format!("{bits:o}"),
        _ => format!("{bits:x}"),
    }))
}

// === Base 64 ===

/// `Base64FormattingOptions.InsertLineBreaks`: 76 characters a line.
fn in_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(76)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    lines.join("\r\n")
}

/// Reads base64 as .NET does: padded, white space ignored.
pub(crate) fn from_base64(text: &str) -> Outcome<Vec<u8>> {
    let packed: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
        .collect();
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    engine.decode(packed).map_err(|_| {
        format(
            "The input is not a valid Base-64 string as it contains a non-base 64 character, more than \
             two padding characters, or an illegal character among the padding characters.",
        )
    })
}
