//! Enumerations, and `System.Enum`.

use super::object::{enumeration, flags};
use super::{Table, TableKind, m, registry};
use crate::display::{enum_text, enum_values};
use crate::eval::Call;
use crate::exception::{Outcome, argument, argument_null, argument_plain};
use crate::types::Type;
use crate::value::{EnumType, Kind, Value, equals};

pub(super) static ENUM: Table = Table {
    name: "System.Enum",
    kind: TableKind::Class,
    parents: &["System.ValueType", "IComparable", "IFormattable"],
    documented: true,
    members: &[
        m("static object Parse(Type enumType, string value)", parse),
        m(
            "static object Parse(Type enumType, string value, bool ignoreCase)",
            parse,
        ),
        m("static TEnum Parse<TEnum>(string value)", parse_as),
        m(
            "static TEnum Parse<TEnum>(string value, bool ignoreCase)",
            parse_as,
        ),
        m(
            "static bool TryParse<TEnum>(string value, out TEnum result)",
            |c| try_parse(c, false, 1),
        ),
        m(
            "static bool TryParse<TEnum>(string value, bool ignoreCase, out TEnum result)",
            |c| {
                let ignore_case = c.bool(1)?;
                try_parse(c, ignore_case, 2)
            },
        ),
        m("static string GetName(Type enumType, object value)", name),
        m("static string[] GetNames(Type enumType)", names),
        m(
            "static bool IsDefined(Type enumType, object value)",
            is_defined,
        ),
        m("bool HasFlag(Enum flag)", |c| {
            let flag = c.enumerated(1);
            Ok(Value::Bool(c.enumerated(0) & flag == flag))
        }),
        m("string ToString(string format)", super::integer::to_string),
        m("int CompareTo(object target)", super::integer::compare),
        m("TypeCode GetTypeCode()", |_| Ok(type_code(9))),
    ],
};

pub(super) static STRING_COMPARISON: Table = enumeration(
    "System.StringComparison",
    &[
        ("CurrentCulture", 0),
        ("CurrentCultureIgnoreCase", 1),
        ("InvariantCulture", 2),
        ("InvariantCultureIgnoreCase", 3),
        ("Ordinal", 4),
        ("OrdinalIgnoreCase", 5),
    ],
);

pub(super) static STRING_SPLIT_OPTIONS: Table = flags(
    "System.StringSplitOptions",
    &[("None", 0), ("RemoveEmptyEntries", 1)],
);

pub(super) static DAY_OF_WEEK: Table = enumeration(
    "System.DayOfWeek",
    &[
        ("Sunday", 0),
        ("Monday", 1),
        ("Tuesday", 2),
        ("Wednesday", 3),
        ("Thursday", 4),
        ("Friday", 5),
        ("Saturday", 6),
    ],
);

pub(super) static DATE_TIME_KIND: Table = enumeration(
    "System.DateTimeKind",
    &[("Unspecified", 0), ("Utc", 1), ("Local", 2)],
);

pub(super) static MIDPOINT_ROUNDING: Table = enumeration(
    "System.MidpointRounding",
    &[("ToEven", 0), ("AwayFromZero", 1)],
);

pub(super) static TYPE_CODE: Table = enumeration(
    "System.TypeCode",
    &[
        ("Empty", 0),
        ("Object", 1),
        ("DBNull", 2),
        ("Boolean", 3),
        ("Char", 4),
        ("SByte", 5),
        ("Byte", 6),
        ("Int16", 7),
        ("UInt16", 8),
        ("Int32", 9),
        ("UInt32", 10),
        ("Int64", 11),
        ("UInt64", 12),
        ("Single", 13),
        ("Double", 14),
        ("Decimal", 15),
        ("DateTime", 16),
        ("String", 18),
    ],
);

pub(super) static BASE64_FORMATTING: Table = flags(
    "System.Base64FormattingOptions",
    &[("None", 0), ("InsertLineBreaks", 1)],
);

pub(super) static NUMBER_STYLES: Table = flags(
    "System.Globalization.NumberStyles",
    &[
        ("None", 0),
        ("AllowLeadingWhite", 1),
        ("AllowTrailingWhite", 2),
        ("AllowLeadingSign", 4),
        ("Integer", 7),
        ("AllowDecimalPoint", 32),
        ("AllowThousands", 64),
        ("Number", 111),
        ("AllowExponent", 128),
        ("Float", 167),
        ("AllowHexSpecifier", 512),
        ("HexNumber", 515),
        ("Any", 511),
    ],
);

pub(super) static DATE_TIME_STYLES: Table = flags(
    "System.Globalization.DateTimeStyles",
    &[
        ("None", 0),
        ("AllowLeadingWhite", 1),
        ("AllowTrailingWhite", 2),
        ("AllowInnerWhite", 4),
        ("AllowWhiteSpaces", 7),
        ("NoCurrentDateDefault", 8),
        ("AdjustToUniversal", 16),
        ("AssumeLocal", 32),
        ("AssumeUniversal", 64),
        ("RoundtripKind", 128),
    ],
);

/// A `TypeCode`.
pub(super) fn type_code(number: i32) -> Value {
    of("System.TypeCode", number)
}

/// A `DayOfWeek`.
pub(super) fn day_of_week(number: i32) -> Value {
    of("System.DayOfWeek", number)
}

/// A `DateTimeKind`.
pub(super) fn kind(kind: Kind) -> Value {
    let number = match kind {
        Kind::Unspecified => 0,
        Kind::Utc => 1,
        Kind::Local => 2,
    };
    of("System.DateTimeKind", number)
}

/// A member of the enumeration of that full name.
pub(super) fn of(name: &str, number: i32) -> Value {
    match registry().find_full(name) {
        Some(def) => Value::enumerated(def, number),
        None => Value::Int(number),
    }
}

// === Enum ===

fn enum_of(ty: &Type) -> Outcome<EnumType> {
    match ty {
        Type::Def(def) if registry().definition(*def).is_enum() => Ok(EnumType::Def(*def)),
        Type::Host(host) => Ok(EnumType::Host(*host)),
        _ => Err(argument("Type provided must be an Enum.", "enumType")),
    }
}

fn type_argument(c: &Call<'_, '_>) -> Outcome<EnumType> {
    match c.arg(0) {
        Value::Type(ty) => enum_of(ty),
        _ => Err(argument_null("enumType")),
    }
}

/// Reads names, separated by commas, or a number.
fn read(c: &Call<'_, '_>, ty: EnumType, text: &str, ignore_case: bool) -> Option<i32> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (values, _) = enum_values(ty, c.vm.surface);
    text.split(',').try_fold(0, |sum, name| {
        let name = name.trim();
        let same = |own: &str| own == name || (ignore_case && own.eq_ignore_ascii_case(name));
        values
            .iter()
            .find(|(own, _)| same(own))
            .map(|(_, value)| sum | value)
    })
}

fn parse_text(c: &Call<'_, '_>, ty: EnumType, text: &str, ignore_case: bool) -> Outcome {
    if text.trim().is_empty() {
        return Err(argument(
            "Must specify valid information for parsing in the string.",
            "value",
        ));
    }
    match read(c, ty, text, ignore_case) {
        Some(number) => Ok(Value::Enum(ty, number)),
        None => Err(argument_plain(format!(
            "Requested value '{text}' was not found."
        ))),
    }
}

fn parse(c: &mut Call<'_, '_>) -> Outcome {
    let ty = type_argument(c)?;
    let text = c.required_text(1, "value")?;
    let ignore_case = matches!(c.arg(2), Value::Bool(true));
    parse_text(c, ty, &text.to_str(), ignore_case)
}

fn parse_as(c: &mut Call<'_, '_>) -> Outcome {
    let ty = enum_of(&c.type_arg(0))?;
    let text = c.required_text(0, "value")?;
    let ignore_case = matches!(c.arg(1), Value::Bool(true));
    parse_text(c, ty, &text.to_str(), ignore_case)
}

fn try_parse(c: &mut Call<'_, '_>, ignore_case: bool, out: usize) -> Outcome {
    let ty = enum_of(&c.type_arg(0))?;
    let text = c.optional_text(0);
    let read = text
        .filter(|text| !text.to_str().trim().is_empty())
        .and_then(|text| read(c, ty, &text.to_str(), ignore_case));
    c.put(out, Value::Enum(ty, read.unwrap_or(0)));
    Ok(Value::Bool(read.is_some()))
}

fn number(value: &Value) -> Option<i32> {
    match value {
        Value::Enum(_, number) => Some(*number),
        other => other.as_integer().and_then(|n| i32::try_from(n).ok()),
    }
}

fn name(c: &mut Call<'_, '_>) -> Outcome {
    let ty = type_argument(c)?;
    let (values, _) = enum_values(ty, c.vm.surface);
    let wanted = number(c.arg(1));
    let found = values.iter().find(|(_, value)| Some(*value) == wanted);
    Ok(found.map(|(name, _)| *name).into())
}

fn names(c: &mut Call<'_, '_>) -> Outcome {
    let ty = type_argument(c)?;
    let (values, _) = enum_values(ty, c.vm.surface);
    Ok(Value::strings(values.iter().map(|(name, _)| *name)))
}

fn is_defined(c: &mut Call<'_, '_>) -> Outcome {
    let ty = type_argument(c)?;
    let (values, _) = enum_values(ty, c.vm.surface);
    let wanted = c.arg(1);
    let found = values.iter().any(|(name, value)| {
        number(wanted) == Some(*value)
            || equals(wanted, &Value::from(*name))
            || number(wanted).is_some_and(|n| enum_text(ty, n, c.vm.surface) == *name)
    });
    Ok(Value::Bool(found))
}
