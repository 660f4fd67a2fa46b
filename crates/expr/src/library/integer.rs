//! The integral types: `System.SByte` to `System.UInt64`.

use super::{Table, TableKind, constant, m, outside};
use crate::convert::parse_num;
use crate::eval::Call;
use crate::exception::{Outcome, format};
use crate::numbers::parse_integer;
use crate::types::Num;
use crate::value::{Value, equals};

const PARENTS: &[&str] = &["System.ValueType", "IComparable", "IFormattable"];

pub(super) static SBYTE: Table = Table {
    name: "System.SByte",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const sbyte MinValue = -128"),
        constant("const sbyte MaxValue = 127"),
        m("static sbyte Parse(string s)", |c| parse(c, Num::SByte)),
        m("static sbyte Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::SByte)
        }),
        m(
            "static sbyte Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::SByte),
        ),
        m(
            "static sbyte Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::SByte),
        ),
        m("static bool TryParse(string s, out sbyte result)", |c| {
            try_parse(c, Num::SByte)
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
        m("bool Equals(sbyte obj)", same),
        m("int CompareTo(sbyte value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(5))),
    ],
};

pub(super) static BYTE: Table = Table {
    name: "System.Byte",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const byte MinValue = 0"),
        constant("const byte MaxValue = 255"),
        m("static byte Parse(string s)", |c| parse(c, Num::Byte)),
        m("static byte Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::Byte)
        }),
        m(
            "static byte Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::Byte),
        ),
        m(
            "static byte Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::Byte),
        ),
        m("static bool TryParse(string s, out byte result)", |c| {
            try_parse(c, Num::Byte)
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
        m("bool Equals(byte obj)", same),
        m("int CompareTo(byte value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(6))),
    ],
};

pub(super) static SHORT: Table = Table {
    name: "System.Int16",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const short MinValue = -32768"),
        constant("const short MaxValue = 32767"),
        m("static short Parse(string s)", |c| parse(c, Num::Short)),
        m("static short Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::Short)
        }),
        m(
            "static short Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::Short),
        ),
        m(
            "static short Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::Short),
        ),
        m("static bool TryParse(string s, out short result)", |c| {
            try_parse(c, Num::Short)
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
        m("bool Equals(short obj)", same),
        m("int CompareTo(short value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(7))),
    ],
};

pub(super) static USHORT: Table = Table {
    name: "System.UInt16",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const ushort MinValue = 0"),
        constant("const ushort MaxValue = 65535"),
        m("static ushort Parse(string s)", |c| parse(c, Num::UShort)),
        m("static ushort Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::UShort)
        }),
        m(
            "static ushort Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::UShort),
        ),
        m(
            "static ushort Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::UShort),
        ),
        m("static bool TryParse(string s, out ushort result)", |c| {
            try_parse(c, Num::UShort)
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
        m("bool Equals(ushort obj)", same),
        m("int CompareTo(ushort value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(8))),
    ],
};

pub(super) static INT: Table = Table {
    name: "System.Int32",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const int MinValue = -2147483648"),
        constant("const int MaxValue = 2147483647"),
        m("static int Parse(string s)", |c| parse(c, Num::Int)),
        m("static int Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::Int)
        }),
        m(
            "static int Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::Int),
        ),
        m(
            "static int Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::Int),
        ),
        m("static bool TryParse(string s, out int result)", |c| {
            try_parse(c, Num::Int)
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
        m("bool Equals(int obj)", same),
        m("int CompareTo(int value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(9))),
    ],
};

pub(super) static UINT: Table = Table {
    name: "System.UInt32",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const uint MinValue = 0"),
        constant("const uint MaxValue = 4294967295"),
        m("static uint Parse(string s)", |c| parse(c, Num::UInt)),
        m("static uint Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::UInt)
        }),
        m(
            "static uint Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::UInt),
        ),
        m(
            "static uint Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::UInt),
        ),
        m("static bool TryParse(string s, out uint result)", |c| {
            try_parse(c, Num::UInt)
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
        m("bool Equals(uint obj)", same),
        m("int CompareTo(uint value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(10))
        }),
    ],
};

pub(super) static LONG: Table = Table {
    name: "System.Int64",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const long MinValue = -9223372036854775808"),
        constant("const long MaxValue = 9223372036854775807"),
        m("static long Parse(string s)", |c| parse(c, Num::Long)),
        m("static long Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::Long)
        }),
        m(
            "static long Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::Long),
        ),
        m(
            "static long Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::Long),
        ),
        m("static bool TryParse(string s, out long result)", |c| {
            try_parse(c, Num::Long)
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
        m("bool Equals(long obj)", same),
        m("int CompareTo(long value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(11))
        }),
    ],
};

pub(super) static ULONG: Table = Table {
    name: "System.UInt64",
    kind: TableKind::Struct,
    parents: PARENTS,
    documented: true,
    members: &[
        constant("const ulong MinValue = 0"),
        constant("const ulong MaxValue = 18446744073709551615"),
        m("static ulong Parse(string s)", |c| parse(c, Num::ULong)),
        m("static ulong Parse(string s, NumberStyles style)", |c| {
            parse_style(c, Num::ULong)
        }),
        m(
            "static ulong Parse(string s, IFormatProvider provider)",
            |c| parse(c, Num::ULong),
        ),
        m(
            "static ulong Parse(string s, NumberStyles style, IFormatProvider provider)",
            |c| parse_style(c, Num::ULong),
        ),
        m("static bool TryParse(string s, out ulong result)", |c| {
            try_parse(c, Num::ULong)
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
        m("bool Equals(ulong obj)", same),
        m("int CompareTo(ulong value)", compare),
        m("int CompareTo(object value)", compare),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(12))
        }),
    ],
};

fn parse(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    let text = c.required_text(0, "s")?;
    parse_num(&text.to_str(), num)
}

/// `Parse` with a style: hexadecimal or decimal.
fn parse_style(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    const HEX: i32 = 0x200;
    if c.enumerated(1) & HEX == 0 {
        return parse(c, num);
    }
    let text = c.required_text(0, "s")?;
    let digits = text.to_str();
    let number = u64::from_str_radix(digits.trim(), 16)
        .map_err(|_| format("Input string was not in a correct format."))?;
    Ok(crate::eval::wrap(i128::from(number), num))
}

fn try_parse(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    let range = num.range().unwrap_or((0, 0));
    let parsed = c
        .optional_text(0)
        .and_then(|text| parse_integer(&text.to_str(), range).ok());
    c.put(1, crate::eval::wrap(parsed.unwrap_or(0), num));
    Ok(Value::Bool(parsed.is_some()))
}

/// `ToString(format)` of any value that has formats.
pub(super) fn to_string(c: &mut Call<'_, '_>) -> Outcome {
    let value = c.arg(0).clone();
    let pattern = c.optional_text(1);
    let pattern = pattern
        .as_ref()
        .map(crate::Text::to_str)
        .unwrap_or_default();
    crate::format::formatted(c.vm, &value, &pattern).map(Value::String)
}

/// `Equals` of two values of one type.
pub(super) fn same(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
}

/// `CompareTo` of two values of one type.
pub(super) fn compare(c: &mut Call<'_, '_>) -> Outcome {
    match super::ordering::compare(c.arg(0), c.arg(1)) {
        Some(order) => Ok(Value::Int(order as i32)),
        None => Err(crate::exception::argument_plain(
            "Object must be of the same type.",
        )),
    }
}
