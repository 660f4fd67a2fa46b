//! `System.Char`.

use super::{Table, TableKind, constant, m, outside};
use crate::casing::{lower_unit, upper_unit};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, format, out_of_range};
use crate::text::Text;
use crate::value::Value;

pub(super) static CHAR: Table = Table {
    name: "System.Char",
    kind: TableKind::Struct,
    parents: &["System.ValueType", "IComparable"],
    documented: true,
    members: &[
        constant("const char MinValue = '\\0'"),
        constant("const char MaxValue = '\\uffff'"),
        m("static bool IsDigit(char c)", |c| test(c, is_digit)),
        m("static bool IsDigit(string s, int index)", |c| {
            test(c, is_digit)
        }),
        m("static bool IsNumber(char c)", |c| {
            test(c, char::is_numeric)
        }),
        m("static bool IsNumber(string s, int index)", |c| {
            test(c, char::is_numeric)
        }),
        m("static bool IsLetter(char c)", |c| test(c, is_letter)),
        m("static bool IsLetter(string s, int index)", |c| {
            test(c, is_letter)
        }),
        m("static bool IsLetterOrDigit(char c)", |c| {
            test(c, |c| is_letter(c) || is_digit(c))
        }),
        m("static bool IsLetterOrDigit(string s, int index)", |c| {
            test(c, |c| is_letter(c) || is_digit(c))
        }),
        m("static bool IsWhiteSpace(char c)", |c| {
            test(c, super::string::is_white_space)
        }),
        m("static bool IsWhiteSpace(string s, int index)", |c| {
            test(c, super::string::is_white_space)
        }),
        m("static bool IsUpper(char c)", |c| {
            test(c, char::is_uppercase)
        }),
        m("static bool IsUpper(string s, int index)", |c| {
            test(c, char::is_uppercase)
        }),
        m("static bool IsLower(char c)", |c| {
            test(c, char::is_lowercase)
        }),
        m("static bool IsLower(string s, int index)", |c| {
            test(c, char::is_lowercase)
        }),
        m("static bool IsControl(char c)", |c| {
            test(c, char::is_control)
        }),
        m("static bool IsPunctuation(char c)", |c| {
            test(c, is_punctuation)
        }),
        m("static bool IsSymbol(char c)", |c| test(c, is_symbol)),
        m("static bool IsSeparator(char c)", |c| test(c, is_separator)),
        m("static bool IsSurrogate(char c)", |c| {
            Ok(Value::Bool((0xD800..0xE000).contains(&c.char(0)?)))
        }),
        m("static bool IsHighSurrogate(char c)", |c| {
            Ok(Value::Bool((0xD800..0xDC00).contains(&c.char(0)?)))
        }),
        m("static bool IsLowSurrogate(char c)", |c| {
            Ok(Value::Bool((0xDC00..0xE000).contains(&c.char(0)?)))
        }),
        m("static char ToUpper(char c)", |c| {
            Ok(Value::Char(upper_unit(c.char(0)?)))
        }),
        m("static char ToUpperInvariant(char c)", |c| {
            Ok(Value::Char(upper_unit(c.char(0)?)))
        }),
        m("static char ToLower(char c)", |c| {
            Ok(Value::Char(lower_unit(c.char(0)?)))
        }),
        m("static char ToLowerInvariant(char c)", |c| {
            Ok(Value::Char(lower_unit(c.char(0)?)))
        }),
        m("static string ToString(char c)", |c| {
            Ok(Value::String(Text::from_units(&[c.char(0)?])))
        }),
        m("static char Parse(string s)", parse),
        m("static bool TryParse(string s, out char result)", try_parse),
        m("static double GetNumericValue(char c)", numeric_value),
        m("static int ConvertToUtf32(string s, int index)", to_utf32),
        m("static string ConvertFromUtf32(int utf32)", from_utf32),
        m("bool Equals(char obj)", |c| {
            Ok(Value::Bool(c.char(0)? == c.char(1)?))
        }),
        m("int CompareTo(char value)", |c| {
            Ok(Value::Int(i32::from(c.char(0)?) - i32::from(c.char(1)?)))
        }),
        outside("TypeCode GetTypeCode()", |_| Ok(super::enums::type_code(4))),
    ],
};

fn is_digit(c: char) -> bool {
    // Decimal digits of all scripts come in runs of ten; ASCII and the common ones are enough to tell
    // them from other numbers.
    c.is_ascii_digit()
        || matches!(c, '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' | '\u{7C0}'..='\u{7C9}'
            | '\u{966}'..='\u{96F}' | '\u{9E6}'..='\u{9EF}' | '\u{A66}'..='\u{A6F}'
            | '\u{AE6}'..='\u{AEF}' | '\u{B66}'..='\u{B6F}' | '\u{BE6}'..='\u{BEF}'
            | '\u{C66}'..='\u{C6F}' | '\u{CE6}'..='\u{CEF}' | '\u{D66}'..='\u{D6F}'
            | '\u{E50}'..='\u{E59}' | '\u{ED0}'..='\u{ED9}' | '\u{F20}'..='\u{F29}'
            | '\u{1040}'..='\u{1049}' | '\u{17E0}'..='\u{17E9}' | '\u{1810}'..='\u{1819}'
            | '\u{FF10}'..='\u{FF19}')
}

/// Whether a character is a decimal digit of any script.
pub(crate) fn is_decimal_digit(c: char) -> bool {
    is_digit(c)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, '\u{345}' | '\u{24B6}'..='\u{24E9}' | '\u{2160}'..='\u{2188}')
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '!'..='#' | '%'..='*' | ','..='/' | ':' | ';' | '?' | '@' | '['..=']' | '_' | '{' | '}'
        | '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B6}' | '\u{B7}' | '\u{BB}' | '\u{BF}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}')
}

fn is_symbol(c: char) -> bool {
    matches!(c, '$' | '+' | '<'..='>' | '^' | '`' | '|' | '~' | '\u{A2}'..='\u{A9}' | '\u{AC}'
        | '\u{AE}'..='\u{B1}' | '\u{B4}' | '\u{B8}' | '\u{D7}' | '\u{F7}' | '\u{20A0}'..='\u{20BF}'
        | '\u{2190}'..='\u{23FF}' | '\u{2500}'..='\u{2775}')
        && c != '\u{A7}'
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// Tests a character, or the one at an index of a string.
fn test(c: &mut Call<'_, '_>, accept: fn(char) -> bool) -> Outcome {
    let unit = match c.arg(0) {
        Value::Char(unit) => *unit,
        Value::Null => return Err(argument_null("s")),
        _ => usize::try_from(c.int(1)?)
            .ok()
            .and_then(|index| c.text(0).ok()?.unit(index))
            .ok_or_else(|| out_of_range("Index was out of range.", "index"))?,
    };
    Ok(Value::Bool(
        char::from_u32(u32::from(unit)).is_some_and(accept),
    ))
}

fn parse(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "s")?;
    match (text.unit(0), text.length()) {
        (Some(unit), 1) => Ok(Value::Char(unit)),
        _ => Err(format("String must be exactly one character long.")),
    }
}

fn try_parse(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.optional_text(0);
    let unit = text
        .filter(|text| text.length() == 1)
        .and_then(|text| text.unit(0));
    c.put(1, Value::Char(unit.unwrap_or(0)));
    Ok(Value::Bool(unit.is_some()))
}

fn numeric_value(c: &mut Call<'_, '_>) -> Outcome {
    let unit = c.char(0)?;
    let value = match char::from_u32(u32::from(unit)) {
        Some('½') => 0.5,
        Some('¼') => 0.25,
        Some('¾') => 0.75,
        Some(digit) if is_digit(digit) => {
            let value = digit.to_digit(10).unwrap_or_else(|| u32::from(digit) & 0xF);
            f64::from(value)
        }
        _ => -1.0,
    };
    Ok(Value::Double(value))
}

fn to_utf32(c: &mut Call<'_, '_>) -> Outcome {
    let units = c.required_text(0, "s")?.to_units();
    let index = usize::try_from(c.int(1)?).ok();
    let rest = index
        .and_then(|index| units.get(index..))
        .filter(|rest| !rest.is_empty());
    let rest = rest.ok_or_else(|| out_of_range("Index was out of range.", "index"))?;
    match char::decode_utf16(rest.iter().copied()).next() {
        Some(Ok(found)) => Ok(Value::Int(u32::from(found).cast_signed())),
        _ => Err(crate::exception::argument(
            "Found a surrogate without its pair.",
            "index",
        )),
    }
}

fn from_utf32(c: &mut Call<'_, '_>) -> Outcome {
    let code = u32::try_from(c.int(0)?).ok().and_then(char::from_u32);
    match code {
        Some(found) => Ok(Value::from(found.to_string())),
        None => Err(out_of_range(
            "A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include surrogate codepoint values (0x00d800 ~ 0x00dfff).",
            "utf32",
        )),
    }
}
