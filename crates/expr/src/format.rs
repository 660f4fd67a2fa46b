//! `IFormattable.ToString(format)`, `string.Format` and the holes of `$"…"`.

use crate::calendar::{format_span, format_stamp_as};
use crate::display::{enum_text, to_text};
use crate::eval::Vm;
use crate::exception::{Outcome, bad_format, format};
use crate::numbers::format_number;
use crate::text::{Text, TextBuilder};
use crate::value::{Guid, Value};

/// The widest a `{0,n}` may be.
const MAX_WIDTH: i32 = 1_000_000;

/// `value.ToString(pattern)`; values without formats ignore it.
pub(crate) fn formatted(vm: &mut Vm<'_>, value: &Value, pattern: &str) -> Outcome<Text> {
    if pattern.is_empty() {
        return to_text(vm, value);
    }
    if let Some(text) = format_number(value, pattern) {
        return text.map(Text::from);
    }
    let text = match value {
        Value::DateTime(date) => format_stamp_as((*date).into(), pattern)?,
        Value::DateTimeOffset(date) => format_stamp_as((*date).into(), pattern)?,
        Value::TimeSpan(span) => format_span(*span, pattern)?,
        Value::Guid(guid) => format_guid(*guid, pattern)?,
        Value::Enum(ty, number) => match pattern {
            "G" | "g" | "F" | "f" => enum_text(*ty, *number, vm.surface),
            "D" | "d" => number.to_string(),
            "X" | "x" => format!("{number:08X}"),
            _ => {
                return Err(format(
                    "Format string can be only \"G\", \"g\", \"X\", \"x\", \"F\", \"f\", \"D\" or \"d\".",
                ));
            }
        },
        Value::Json(token) => {
            // A JValue formats what it holds.
            return match token.scalar() {
                Some(scalar) if !matches!(scalar, Value::Null) => formatted(vm, &scalar, pattern),
                _ => to_text(vm, value),
            };
        }
        _ => return to_text(vm, value),
    };
    Ok(Text::from(text))
}

/// `Guid.ToString(pattern)`.
pub(crate) fn format_guid(guid: Guid, pattern: &str) -> Outcome<String> {
    Ok(match pattern {
        "" | "D" | "d" => guid.hyphenated(),
        "N" | "n" => guid.hex(),
        "B" | "b" => format!("{{{}}}", guid.hyphenated()),
        "P" | "p" => format!("({})", guid.hyphenated()),
        "X" | "x" => {
            let hex = guid.hex();
            let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
            let bytes: Vec<String> = (16..32)
                .step_by(2)
                .map(|at| format!("0x{}", part(at, at + 2)))
                .collect();
            format!(
                "{{0x{},0x{},0x{},{{{}}}}}",
                part(0, 8),
                part(8, 12),
                part(12, 16),
                bytes.join(",")
            )
        }
        _ => {
            return Err(format(
                "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \
                 \"X\" or \"x\".",
            ));
        }
    })
}

/// One `{value,width:pattern}`.
pub(crate) fn composite_item(
    vm: &mut Vm<'_>,
    value: &Value,
    width: i32,
    pattern: Option<&str>,
) -> Outcome<Text> {
    let text = formatted(vm, value, pattern.unwrap_or_default())?;
    let length = i32::try_from(text.length()).unwrap_or(i32::MAX);
    let missing = usize::try_from(width.saturating_abs().saturating_sub(length)).unwrap_or(0);
    if missing == 0 {
        return Ok(text);
    }
    vm.charge_bytes(missing)?;
    let padding = " ".repeat(missing);
    let mut builder = TextBuilder::default();
    if width > 0 {
        builder.push_str(&padding);
    }
    builder.push(&text);
    if width < 0 {
        builder.push_str(&padding);
    }
    Ok(builder.finish())
}

/// `string.Format`.
pub(crate) fn composite(vm: &mut Vm<'_>, pattern: &Text, values: &[Value]) -> Outcome<Text> {
    let pattern = pattern.to_str();
    let mut out = TextBuilder::default();
    let mut rest: &str = &pattern;
    loop {
        let Some(at) = rest.find(['{', '}']) else {
            out.push_str(rest);
            return Ok(out.finish());
        };
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        if let Some(next) = after.strip_prefix("{{") {
            out.push_str("{");
            rest = next;
        } else if let Some(next) = after.strip_prefix("}}") {
            out.push_str("}");
            rest = next;
        } else {
            let hole = after.strip_prefix('{').ok_or_else(bad_format)?;
            let (item, next) = Item::read(hole).ok_or_else(bad_format)?;
            let value = values.get(item.index).ok_or_else(|| {
                format(
                    "Index (zero based) must be greater than or equal to zero and less than the \
                     size of the argument list.",
                )
            })?;
            let text = composite_item(vm, value, item.width, item.pattern.as_deref())?;
            vm.charge_bytes(text.size())?;
            out.push(&text);
            rest = next;
        }
    }
}

struct Item {
    index: usize,
    width: i32,
    pattern: Option<String>,
}

impl Item {
    /// Reads `0,5:F2}` and gives what follows.
    fn read(text: &str) -> Option<(Self, &str)> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 6 {
            return None;
        }
        let (index, mut rest) = text.split_at_checked(digits)?;
        let index = index.parse().ok()?;
        rest = rest.trim_start_matches(' ');
        let mut width = 0;
        if let Some(after) = rest.strip_prefix(',') {
            let after = after.trim_start_matches(' ');
            let negative = after.starts_with('-');
            let after = after.strip_prefix('-').unwrap_or(after);
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = after.split_at_checked(digits)?;
            width = number.parse().ok().filter(|n: &i32| *n < MAX_WIDTH)?;
            if negative {
                width = -width;
            }
            rest = after.trim_start_matches(' ');
        }
        let mut pattern = None;
        if let Some(after) = rest.strip_prefix(':') {
            let (read, after) = Self::pattern(after)?;
            pattern = Some(read);
            rest = after;
        }
        let rest = rest.strip_prefix('}')?;
        Some((
            Self {
                index,
                width,
                pattern,
            },
            rest,
        ))
    }

    /// Reads a format up to its `}`, doubled braces undone.
    fn pattern(text: &str) -> Option<(String, &str)> {
        let mut pattern = String::new();
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("}}") {
                pattern.push('}');
                rest = after;
            } else if let Some(after) = rest.strip_prefix("{{") {
                pattern.push('{');
                rest = after;
            } else if rest.starts_with('}') {
                return Some((pattern, rest));
            } else {
                let c = rest.chars().next().filter(|c| *c != '{')?;
                pattern.push(c);
                rest = rest.get(c.len_utf8()..)?;
            }
        }
    }
}
