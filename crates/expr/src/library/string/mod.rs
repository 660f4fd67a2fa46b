//! `System.String`: the table of its members, and those about its characters.

mod build;
mod compare;
mod part;
mod search;
mod split;

use super::{Table, TableKind, m, outside};
use crate::casing::{lower, upper};
use crate::eval::Call;
use crate::exception::{Outcome, argument, array_index, out_of_range};
use crate::text::Text;
use crate::types::Type;
use crate::value::Value;

pub(super) use build::concat_values;
pub(super) use compare::{Comparison, order};
pub(super) use search::contains;

pub(super) static STRING: Table = Table {
    name: "System.String",
    kind: TableKind::Class,
    parents: &["IEnumerable<char>", "IComparable"],
    documented: true,
    members: &[
        m("new(char c, int count)", repeated),
        m("new(char[] value)", from_chars),
        m(
            "new(char[] value, int startIndex, int length)",
            from_some_chars,
        ),
        m("static string Empty", |_| Ok(Value::String(Text::empty()))),
        m("int Length", |c| {
            let text = c.text(0)?;
            part::charge_wide(c, &text)?;
            length_of(&text)
        }),
        m("char this[int index]", char_at),
        m("static bool IsNullOrEmpty(string value)", |c| {
            Ok(Value::Bool(c.arg(0).as_text().is_none_or(Text::is_empty)))
        }),
        m("static bool IsNullOrWhiteSpace(string value)", |c| {
            let blank = |text: &Text| text.to_str().chars().all(is_white_space);
            Ok(Value::Bool(c.arg(0).as_text().is_none_or(blank)))
        }),
        // Equality and order
        m("bool Equals(string value)", |c| {
            Ok(Value::Bool(crate::value::equals(c.arg(0), c.arg(1))))
        }),
        m(
            "bool Equals(string value, StringComparison comparisonType)",
            compare::equals_as,
        ),
        m("static bool Equals(string a, string b)", |c| {
            Ok(Value::Bool(crate::value::equals(c.arg(0), c.arg(1))))
        }),
        m(
            "static bool Equals(string a, string b, StringComparison comparisonType)",
            compare::equals_as,
        ),
        m("static int Compare(string strA, string strB)", |c| {
            compare::compare(c, Comparison::Culture)
        }),
        m(
            "static int Compare(string strA, string strB, bool ignoreCase)",
            |c| {
                let how = if c.bool(2)? {
                    Comparison::CultureIgnoreCase
                } else {
                    Comparison::Culture
                };
                compare::compare(c, how)
            },
        ),
        m(
            "static int Compare(string strA, string strB, StringComparison comparisonType)",
            |c| {
                let how = Comparison::of(c, 2)?;
                compare::compare(c, how)
            },
        ),
        m(
            "static int Compare(string strA, int indexA, string strB, int indexB, int length)",
            compare::compare_parts,
        ),
        m("static int CompareOrdinal(string strA, string strB)", |c| {
            compare::compare(c, Comparison::Ordinal)
        }),
        m("int CompareTo(string strB)", |c| {
            compare::compare(c, Comparison::Culture)
        }),
        m("int CompareTo(object value)", compare::compare_to_object),
        // Searching
        m("bool Contains(string value)", |c| {
            contains(c, Comparison::Ordinal)
        }),
        m(
            "bool Contains(string value, StringComparison comparisonType)",
            |c| {
                let how = Comparison::of(c, 2)?;
                contains(c, how)
            },
        ),
        m("bool Contains(char value)", |c| {
            contains(c, Comparison::Ordinal)
        }),
        m(
            "bool Contains(char value, StringComparison comparisonType)",
            |c| {
                let how = Comparison::of(c, 2)?;
                contains(c, how)
            },
        ),
        m("bool StartsWith(string value)", |c| {
            search::starts_with(c, Comparison::Culture)
        }),
        m(
            "bool StartsWith(string value, StringComparison comparisonType)",
            |c| {
                let how = Comparison::of(c, 2)?;
                search::starts_with(c, how)
            },
        ),
        m("bool StartsWith(char value)", |c| {
            search::starts_with(c, Comparison::Ordinal)
        }),
        m("bool EndsWith(string value)", |c| {
            search::ends_with(c, Comparison::Culture)
        }),
        m(
            "bool EndsWith(string value, StringComparison comparisonType)",
            |c| {
                let how = Comparison::of(c, 2)?;
                search::ends_with(c, how)
            },
        ),
        m("bool EndsWith(char value)", |c| {
            search::ends_with(c, Comparison::Ordinal)
        }),
        m("int IndexOf(string value)", search::index_of),
        m(
            "int IndexOf(string value, int startIndex)",
            search::index_of,
        ),
        m(
            "int IndexOf(string value, int startIndex, int count)",
            search::index_of,
        ),
        m(
            "int IndexOf(string value, StringComparison comparisonType)",
            search::index_of,
        ),
        m(
            "int IndexOf(string value, int startIndex, StringComparison comparisonType)",
            search::index_of,
        ),
        m("int IndexOf(char value)", search::index_of),
        m("int IndexOf(char value, int startIndex)", search::index_of),
        m(
            "int IndexOf(char value, int startIndex, int count)",
            search::index_of,
        ),
        m(
            "int IndexOf(char value, StringComparison comparisonType)",
            search::index_of,
        ),
        m("int LastIndexOf(string value)", search::last_index_of),
        m(
            "int LastIndexOf(string value, int startIndex)",
            search::last_index_of,
        ),
        m(
            "int LastIndexOf(string value, int startIndex, int count)",
            search::last_index_of,
        ),
        m(
            "int LastIndexOf(string value, StringComparison comparisonType)",
            search::last_index_of,
        ),
        m("int LastIndexOf(char value)", search::last_index_of),
        m(
            "int LastIndexOf(char value, int startIndex)",
            search::last_index_of,
        ),
        m(
            "int LastIndexOf(char value, int startIndex, int count)",
            search::last_index_of,
        ),
        m("int IndexOfAny(char[] anyOf)", search::index_of_any),
        m(
            "int IndexOfAny(char[] anyOf, int startIndex)",
            search::index_of_any,
        ),
        m(
            "int LastIndexOfAny(char[] anyOf)",
            search::last_index_of_any,
        ),
        // Parts
        m("string Substring(int startIndex)", part::substring_from),
        m(
            "string Substring(int startIndex, int length)",
            part::substring,
        ),
        m("string Remove(int startIndex)", part::remove_from),
        m("string Remove(int startIndex, int count)", part::remove),
        m("string Insert(int startIndex, string value)", part::insert),
        m("string Trim()", |c| part::trim(c, (true, true))),
        m("string Trim(char trimChar)", |c| {
            part::trim(c, (true, true))
        }),
        m("string Trim(params char[] trimChars)", |c| {
            part::trim(c, (true, true))
        }),
        m("string TrimStart()", |c| part::trim(c, (true, false))),
        m("string TrimStart(char trimChar)", |c| {
            part::trim(c, (true, false))
        }),
        m("string TrimStart(params char[] trimChars)", |c| {
            part::trim(c, (true, false))
        }),
        m("string TrimEnd()", |c| part::trim(c, (false, true))),
        m("string TrimEnd(char trimChar)", |c| {
            part::trim(c, (false, true))
        }),
        m("string TrimEnd(params char[] trimChars)", |c| {
            part::trim(c, (false, true))
        }),
        m("string PadLeft(int totalWidth)", |c| part::pad(c, true)),
        m("string PadLeft(int totalWidth, char paddingChar)", |c| {
            part::pad(c, true)
        }),
        m("string PadRight(int totalWidth)", |c| part::pad(c, false)),
        m("string PadRight(int totalWidth, char paddingChar)", |c| {
            part::pad(c, false)
        }),
        m("string[] Split(params char[] separator)", split::split),
        m(
            "string[] Split(char separator, StringSplitOptions options = default)",
            split::split,
        ),
        m(
            "string[] Split(char separator, int count, StringSplitOptions options = default)",
            split::split,
        ),
        m(
            "string[] Split(string separator, StringSplitOptions options = default)",
            split::split,
        ),
        m(
            "string[] Split(string separator, int count, StringSplitOptions options = default)",
            split::split,
        ),
        m("string[] Split(char[] separator, int count)", split::split),
        m(
            "string[] Split(char[] separator, StringSplitOptions options)",
            split::split,
        ),
        m(
            "string[] Split(char[] separator, int count, StringSplitOptions options)",
            split::split,
        ),
        m(
            "string[] Split(string[] separator, StringSplitOptions options)",
            split::split,
        ),
        m(
            "string[] Split(string[] separator, int count, StringSplitOptions options)",
            split::split,
        ),
        m("string Replace(string oldValue, string newValue)", |c| {
            search::replace(c, Comparison::Ordinal)
        }),
        m(
            "string Replace(string oldValue, string newValue, StringComparison comparisonType)",
            |c| {
                let how = Comparison::of(c, 3)?;
                search::replace(c, how)
            },
        ),
        m(
            "string Replace(char oldChar, char newChar)",
            search::replace_char,
        ),
        m("string ToUpper()", |c| cased(c, upper)),
        m("string ToUpperInvariant()", |c| cased(c, upper)),
        m("string ToLower()", |c| cased(c, lower)),
        m("string ToLowerInvariant()", |c| cased(c, lower)),
        m("char[] ToCharArray()", |c| {
            let text = c.text(0)?;
            chars(c, &text)
        }),
        m("char[] ToCharArray(int startIndex, int length)", some_chars),
        m("string ToString()", |c| Ok(c.arg(0).clone())),
        m("object Clone()", |c| Ok(c.arg(0).clone())),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(18))
        }),
        // Building
        m("static string Concat(object arg0)", build::concat),
        m(
            "static string Concat(object arg0, object arg1)",
            build::concat,
        ),
        m(
            "static string Concat(object arg0, object arg1, object arg2)",
            build::concat,
        ),
        m(
            "static string Concat(params object[] args)",
            build::concat_array,
        ),
        m(
            "static string Concat(string str0, string str1)",
            build::concat,
        ),
        m(
            "static string Concat(string str0, string str1, string str2)",
            build::concat,
        ),
        m(
            "static string Concat(string str0, string str1, string str2, string str3)",
            build::concat,
        ),
        m(
            "static string Concat(params string[] values)",
            build::concat_array,
        ),
        m(
            "static string Concat(IEnumerable<string> values)",
            build::concat_array,
        ),
        m(
            "static string Concat<T>(IEnumerable<T> values)",
            build::concat_array,
        ),
        m(
            "static string Join(string separator, params string[] value)",
            build::join,
        ),
        m(
            "static string Join(string separator, params object[] values)",
            build::join,
        ),
        m(
            "static string Join(string separator, IEnumerable<string> values)",
            build::join,
        ),
        m(
            "static string Join<T>(string separator, IEnumerable<T> values)",
            build::join,
        ),
        m(
            "static string Join(string separator, string[] value, int startIndex, int count)",
            build::join_part,
        ),
        m(
            "static string Join(char separator, params string[] value)",
            build::join,
        ),
        m(
            "static string Join(char separator, params object[] values)",
            build::join,
        ),
        m(
            "static string Join<T>(char separator, IEnumerable<T> values)",
            build::join,
        ),
        m(
            "static string Format(string format, object arg0)",
            build::format,
        ),
        m(
            "static string Format(string format, object arg0, object arg1)",
            build::format,
        ),
        m(
            "static string Format(string format, object arg0, object arg1, object arg2)",
            build::format,
        ),
        m(
            "static string Format(string format, params object[] args)",
            build::format_array,
        ),
        outside("static string Copy(string str)", |c| {
            Ok(Value::from(c.text(0)?.to_str().as_ref()))
        }),
        outside("static string Intern(string str)", |c| Ok(c.arg(0).clone())),
    ],
};

/// White space as `char.IsWhiteSpace` has it.
pub(super) fn is_white_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1C}'..='\u{1F}')
}

pub(super) fn int(n: usize) -> Value {
    Value::Int(i32::try_from(n).unwrap_or(i32::MAX))
}

fn cased(c: &mut Call<'_, '_>, change: fn(&Text) -> Text) -> Outcome {
    let text = c.text(0)?;
    c.vm.charge_steps(text.size() / 64)?;
    Ok(Value::String(change(&text)))
}

fn length_of(text: &Text) -> Outcome {
    Ok(int(text.length()))
}

/// An index or count that must not be negative.
pub(super) fn index(c: &Call<'_, '_>, at: usize, parameter: &str) -> Outcome<usize> {
    let number = c.int(at)?;
    usize::try_from(number)
        .map_err(|_| out_of_range(&format!("{parameter} cannot be less than zero."), parameter))
}

fn char_at(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    if text.as_ascii().is_none() {
        // Finding a unit of other text takes a walk.
        c.vm.charge_steps(text.size() / 64)?;
    }
    usize::try_from(c.int(1)?)
        .ok()
        .and_then(|index| text.unit(index))
        .map(Value::Char)
        .ok_or_else(array_index)
}

fn repeated(c: &mut Call<'_, '_>) -> Outcome {
    let count = usize::try_from(c.int(1)?)
        .map_err(|_| out_of_range("'count' must be non-negative.", "count"))?;
    c.vm.charge_bytes(count.saturating_mul(3))?;
    Ok(Value::String(Text::from_units(&vec![c.char(0)?; count])))
}

/// The units of a `char[]`.
pub(super) fn units_of(value: &Value) -> Vec<u16> {
    match value {
        Value::Array(array) => array
            .to_values()
            .iter()
            .filter_map(|item| {
                if let Value::Char(unit) = item {
                    Some(*unit)
                } else {
                    None
                }
            })
            .collect(),
        Value::Char(unit) => vec![*unit],
        _ => Vec::new(),
    }
}

fn from_chars(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::String(Text::from_units(&units_of(c.arg(0)))))
}

fn from_some_chars(c: &mut Call<'_, '_>) -> Outcome {
    let units = units_of(&c.required(0, "value")?);
    let start = index(c, 1, "startIndex")?;
    let length = index(c, 2, "length")?;
    match start
        .checked_add(length)
        .and_then(|end| units.get(start..end))
    {
        Some(part) => Ok(Value::String(Text::from_units(part))),
        None => Err(out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        )),
    }
}

fn chars(c: &mut Call<'_, '_>, text: &Text) -> Outcome {
    c.vm.charge_items(text.length())?;
    let units = text.to_units().into_iter().map(Value::Char).collect();
    Ok(Value::array(Type::CHAR, units))
}

fn some_chars(c: &mut Call<'_, '_>) -> Outcome {
    let part = part::part_of(c, "startIndex", "length")?;
    chars(c, &part)
}

/// The argument error of an empty search string.
fn empty_pattern(parameter: &str) -> crate::exception::Exception {
    argument("String cannot be of zero length.", parameter)
}
