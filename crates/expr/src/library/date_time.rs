//! `System.DateTime`.

use super::integer::{compare, same};
use super::object::hash_code;
use super::{Table, TableKind, m, outside};
use crate::calendar::{
    DAY, Parsed, Parts, SECOND, UNIX_EPOCH, add_months, day_of_week, days_in_month,
    format_stamp_as, is_leap, parse, parse_exact,
};
use crate::convert::no_date;
use crate::eval::Call;
use crate::exception::{Exception, Outcome, argument_null, out_of_range};
use crate::value::{DateTime, Kind, TimeSpan, Value};

pub(super) static DATE_TIME: Table = Table {
    name: "System.DateTime",
    kind: TableKind::Struct,
    parents: &["System.ValueType", "IComparable", "IFormattable"],
    documented: true,
    members: &[
        m("new(long ticks)", from_ticks),
        m("new(long ticks, DateTimeKind kind)", from_ticks),
        m("new(int year, int month, int day)", |c| from_parts(c, 3)),
        m(
            "new(int year, int month, int day, int hour, int minute, int second)",
            |c| from_parts(c, 6),
        ),
        m(
            "new(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind)",
            |c| from_parts(c, 6),
        ),
        m(
            "new(int year, int month, int day, int hour, int minute, int second, int millisecond)",
            |c| from_parts(c, 7),
        ),
        m(
            "new(int year, int month, int day, int hour, int minute, int second, int millisecond, DateTimeKind kind)",
            |c| from_parts(c, 7),
        ),
        m("static DateTime MinValue", |_| {
            Ok(Value::DateTime(DateTime::MIN))
        }),
        m("static DateTime MaxValue", |_| {
            Ok(unspecified(DateTime::MAX_TICKS))
        }),
        m("static DateTime UnixEpoch", |_| {
            Ok(Value::DateTime(DateTime {
                ticks: UNIX_EPOCH,
                kind: Kind::Utc,
            }))
        }),
        m("static DateTime UtcNow", |c| {
            Ok(Value::DateTime(c.vm.host.now().of_kind(Kind::Utc)))
        }),
        m("static DateTime Now", |c| {
            Ok(Value::DateTime(c.vm.host.now().of_kind(Kind::Local)))
        }),
        m("static DateTime Today", |c| {
            let now = c.vm.host.now();
            Ok(Value::DateTime(DateTime {
                ticks: now.ticks - now.ticks % DAY,
                kind: Kind::Local,
            }))
        }),
        m("DateTime Date", |c| {
            let date = c.date_time(0)?;
            Ok(Value::DateTime(DateTime {
                ticks: date.ticks - date.ticks % DAY,
                ..date
            }))
        }),
        m("int Year", |c| part(c, |p| p.year)),
        m("int Month", |c| part(c, |p| p.month)),
        m("int Day", |c| part(c, |p| p.day)),
        m("int Hour", |c| part(c, |p| p.hour)),
        m("int Minute", |c| part(c, |p| p.minute)),
        m("int Second", |c| part(c, |p| p.second)),
        m("int Millisecond", |c| part(c, millisecond)),
        m("int DayOfYear", |c| part(c, Parts::day_of_year)),
        m("DayOfWeek DayOfWeek", |c| {
            Ok(super::enums::day_of_week(day_of_week(
                c.date_time(0)?.ticks,
            )))
        }),
        m("long Ticks", |c| Ok(Value::Long(c.date_time(0)?.ticks))),
        m("TimeSpan TimeOfDay", |c| {
            Ok(Value::TimeSpan(TimeSpan(c.date_time(0)?.ticks % DAY)))
        }),
        m("DateTimeKind Kind", |c| {
            Ok(super::enums::kind(c.date_time(0)?.kind))
        }),
        m("DateTime Add(TimeSpan value)", plus),
        m("DateTime AddTicks(long value)", |c| {
            add(c.date_time(0)?, Some(c.long(1)?))
        }),
        m("DateTime AddMilliseconds(double value)", |c| {
            add_scaled(c, 1)
        }),
        m("DateTime AddSeconds(double value)", |c| add_scaled(c, 1000)),
        m("DateTime AddMinutes(double value)", |c| {
            add_scaled(c, 60_000)
        }),
        m("DateTime AddHours(double value)", |c| {
            add_scaled(c, 3_600_000)
        }),
        m("DateTime AddDays(double value)", |c| {
            add_scaled(c, 86_400_000)
        }),
        m("DateTime AddMonths(int months)", |c| months(c, 1)),
        m("DateTime AddYears(int value)", |c| months(c, 12)),
        m("TimeSpan Subtract(DateTime value)", difference),
        m("DateTime Subtract(TimeSpan value)", minus),
        m("DateTime ToUniversalTime()", |c| {
            Ok(Value::DateTime(c.date_time(0)?.of_kind(Kind::Utc)))
        }),
        m("DateTime ToLocalTime()", |c| {
            Ok(Value::DateTime(c.date_time(0)?.of_kind(Kind::Local)))
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
        m("string ToShortDateString()", |c| shown(c, "d")),
        m("string ToLongDateString()", |c| shown(c, "D")),
        m("string ToShortTimeString()", |c| shown(c, "t")),
        m("string ToLongTimeString()", |c| shown(c, "T")),
        m("double ToOADate()", to_oa_date),
        m("long ToFileTime()", file_time),
        m("long ToFileTimeUtc()", file_time),
        m("bool IsDaylightSavingTime()", |_| Ok(Value::Bool(false))),
        m("int CompareTo(DateTime value)", compare),
        m("bool Equals(DateTime value)", same),
        m("int GetHashCode()", hash_code),
        outside("TypeCode GetTypeCode()", |_| {
            Ok(super::enums::type_code(16))
        }),
        m("static int Compare(DateTime t1, DateTime t2)", compare),
        m("static bool Equals(DateTime t1, DateTime t2)", same),
        m("static int DaysInMonth(int year, int month)", |c| {
            let (year, month) = (c.int(0)?, c.int(1)?);
            if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
                return Err(out_of_range(
                    "Month must be between one and twelve.",
                    "month",
                ));
            }
            Ok(Value::Int(days_in_month(year, month)))
        }),
        m("static bool IsLeapYear(int year)", |c| {
            Ok(Value::Bool(is_leap(c.int(0)?)))
        }),
        m(
            "static DateTime SpecifyKind(DateTime value, DateTimeKind kind)",
            |c| Ok(Value::DateTime(c.date_time(0)?.of_kind(kind_of(c, 1)))),
        ),
        m("static DateTime FromFileTimeUtc(long fileTime)", |c| {
            Ok(Value::DateTime(DateTime {
                ticks: c.long(0)?.saturating_add(FILE_EPOCH),
                kind: Kind::Utc,
            }))
        }),
        m("static DateTime Parse(string s)", parse_date),
        m(
            "static DateTime Parse(string s, IFormatProvider provider)",
            parse_date,
        ),
        m(
            "static DateTime Parse(string s, IFormatProvider provider, DateTimeStyles styles)",
            parse_date,
        ),
        m("static bool TryParse(string s, out DateTime result)", |c| {
            let today = today(c);
            let parsed = c
                .optional_text(0)
                .and_then(|text| parse(&text.to_str(), today));
            put(c, 1, parsed, 0)
        }),
        m(
            "static bool TryParse(string s, IFormatProvider provider, DateTimeStyles styles, out DateTime result)",
            |c| {
                let today = today(c);
                let styles = c.enumerated(2);
                let parsed = c
                    .optional_text(0)
                    .and_then(|text| parse(&text.to_str(), today));
                put(c, 3, parsed, styles)
            },
        ),
        m(
            "static DateTime ParseExact(string s, string format, IFormatProvider provider)",
            exact,
        ),
        m(
            "static DateTime ParseExact(string s, string format, IFormatProvider provider, DateTimeStyles style)",
            exact,
        ),
        m(
            "static bool TryParseExact(string s, string format, IFormatProvider provider, DateTimeStyles style, out DateTime result)",
            |c| {
                let today = today(c);
                let styles = c.enumerated(3);
                let parsed = match (c.optional_text(0), c.optional_text(1)) {
                    (Some(text), Some(pattern)) => {
                        parse_exact(&text.to_str(), &pattern.to_str(), today)
                    }
                    _ => None,
                };
                put(c, 4, parsed, styles)
            },
        ),
        m("static DateTime operator +(DateTime d, TimeSpan t)", plus),
        m("static DateTime operator -(DateTime d, TimeSpan t)", minus),
        m(
            "static TimeSpan operator -(DateTime d1, DateTime d2)",
            difference,
        ),
        m("static bool operator ==(DateTime d1, DateTime d2)", same),
        m("static bool operator !=(DateTime d1, DateTime d2)", |c| {
            compared(c, |o| o != 0)
        }),
        m("static bool operator <(DateTime t1, DateTime t2)", |c| {
            compared(c, |o| o < 0)
        }),
        m("static bool operator <=(DateTime t1, DateTime t2)", |c| {
            compared(c, |o| o <= 0)
        }),
        m("static bool operator >(DateTime t1, DateTime t2)", |c| {
            compared(c, |o| o > 0)
        }),
        m("static bool operator >=(DateTime t1, DateTime t2)", |c| {
            compared(c, |o| o >= 0)
        }),
    ],
};

/// Ticks of 1601-01-01.
const FILE_EPOCH: i64 = 504_911_232_000_000_000;

fn unspecified(ticks: i64) -> Value {
    Value::DateTime(DateTime {
        ticks,
        kind: Kind::Unspecified,
    })
}

fn millisecond(parts: Parts) -> i32 {
    i32::try_from(parts.fraction / 10_000).unwrap_or(0)
}

fn part(c: &mut Call<'_, '_>, pick: fn(Parts) -> i32) -> Outcome {
    Ok(Value::Int(pick(Parts::of(c.date_time(0)?.ticks))))
}

/// Compares two values of one type by a test of their order.
pub(super) fn compared(c: &mut Call<'_, '_>, test: fn(i32) -> bool) -> Outcome {
    let order = super::ordering::compare(c.arg(0), c.arg(1)).map_or(0, |order| order as i32);
    Ok(Value::Bool(test(order)))
}

fn kind_of(c: &Call<'_, '_>, at: usize) -> Kind {
    match c.enumerated(at) {
        1 => Kind::Utc,
        2 => Kind::Local,
        _ => Kind::Unspecified,
    }
}

fn from_ticks(c: &mut Call<'_, '_>) -> Outcome {
    let ticks = c.long(0)?;
    if !(0..=DateTime::MAX_TICKS).contains(&ticks) {
        return Err(out_of_range(
            "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.",
            "ticks",
        ));
    }
    Ok(Value::DateTime(DateTime {
        ticks,
        kind: kind_of(c, 1),
    }))
}

/// Year, month and day, perhaps a time, from the arguments.
pub(super) fn parts_of(c: &Call<'_, '_>, count: usize) -> Outcome<i64> {
    let number = |at: usize| if at < count { c.int(at) } else { Ok(0) };
    let millis = number(6)?;
    let parts = Parts {
        year: number(0)?,
        month: number(1)?,
        day: number(2)?,
        hour: number(3)?,
        minute: number(4)?,
        second: number(5)?,
        fraction: i64::from(millis) * 10_000,
    };
    let ticks = if (0..1000).contains(&millis) {
        parts.ticks()
    } else {
        None
    };
    ticks.ok_or_else(|| {
        Exception::new(
            "System.ArgumentOutOfRangeException",
            "Year, Month, and Day parameters describe an un-representable DateTime.",
        )
    })
}

fn from_parts(c: &mut Call<'_, '_>, count: usize) -> Outcome {
    let ticks = parts_of(c, count)?;
    Ok(Value::DateTime(DateTime {
        ticks,
        kind: kind_of(c, count),
    }))
}

/// The exception of a date before year 1 or after 9999.
fn unrepresentable(parameter: &str) -> Exception {
    out_of_range(
        "The added or subtracted value results in an un-representable DateTime.",
        parameter,
    )
}

fn add(date: DateTime, ticks: Option<i64>) -> Outcome {
    let sum = ticks
        .and_then(|ticks| date.ticks.checked_add(ticks))
        .filter(|sum| (0..=DateTime::MAX_TICKS).contains(sum))
        .ok_or_else(|| unrepresentable("value"))?;
    Ok(Value::DateTime(DateTime { ticks: sum, ..date }))
}

/// So many milliseconds times a number, rounded to the millisecond.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn scaled(value: f64, scale: i32) -> Option<i64> {
    let millis = value * f64::from(scale) + if value >= 0.0 { 0.5 } else { -0.5 };
    (millis.abs() < 315_537_897_600_000.0).then(|| (millis as i64) * 10_000)
}

fn add_scaled(c: &mut Call<'_, '_>, scale: i32) -> Outcome {
    add(c.date_time(0)?, scaled(c.double(1)?, scale))
}

fn months(c: &mut Call<'_, '_>, factor: i64) -> Outcome {
    let date = c.date_time(0)?;
    let months = i64::from(c.int(1)?) * factor;
    let ticks = add_months(date.ticks, months).ok_or_else(|| unrepresentable("months"))?;
    Ok(Value::DateTime(DateTime {
        ticks: ticks + date.ticks % SECOND - ticks % SECOND,
        ..date
    }))
}

fn plus(c: &mut Call<'_, '_>) -> Outcome {
    add(c.date_time(0)?, Some(c.time_span(1)?.0))
}

fn minus(c: &mut Call<'_, '_>) -> Outcome {
    add(c.date_time(0)?, c.time_span(1)?.0.checked_neg())
}

fn difference(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::TimeSpan(TimeSpan(
        c.date_time(0)?.ticks - c.date_time(1)?.ticks,
    )))
}

fn to_string(c: &mut Call<'_, '_>) -> Outcome {
    let date = c.date_time(0)?;
    let pattern = c.optional_text(1);
    let pattern = pattern
        .as_ref()
        .map(crate::Text::to_str)
        .unwrap_or_default();
    format_stamp_as(date.into(), &pattern).map(Value::from)
}

fn shown(c: &mut Call<'_, '_>, pattern: &str) -> Outcome {
    format_stamp_as(c.date_time(0)?.into(), pattern).map(Value::from)
}

#[expect(clippy::cast_precision_loss, reason = "the result is a double")]
fn to_oa_date(c: &mut Call<'_, '_>) -> Outcome {
    /// Ticks of 1899-12-30.
    const OA_EPOCH: i64 = 599_264_352_000_000_000;
    let ticks = c.date_time(0)?.ticks - OA_EPOCH;
    Ok(Value::Double(ticks as f64 / DAY as f64))
}

fn file_time(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Long(c.date_time(0)?.ticks - FILE_EPOCH))
}

// === Parsing ===

/// Midnight today, for a time that stands alone.
pub(super) fn today(c: &mut Call<'_, '_>) -> i64 {
    let now = c.vm.host.now().ticks;
    now - now % DAY
}

/// What the styles make of a date that was read.
fn styled(parsed: Parsed, styles: i32) -> DateTime {
    const ADJUST_TO_UNIVERSAL: i32 = 16;
    const ASSUME_LOCAL: i32 = 32;
    const ASSUME_UNIVERSAL: i32 = 64;
    const ROUNDTRIP: i32 = 128;
    let date = parsed.date_time();
    if styles & ROUNDTRIP != 0 {
        return if parsed.utc {
            date.of_kind(Kind::Utc)
        } else {
            date
        };
    }
    if styles & ADJUST_TO_UNIVERSAL != 0
        && (parsed.offset.is_some() || styles & (ASSUME_UNIVERSAL | ASSUME_LOCAL) != 0)
    {
        return date.of_kind(Kind::Utc);
    }
    if styles & (ASSUME_UNIVERSAL | ASSUME_LOCAL) != 0 {
        return date.of_kind(Kind::Local);
    }
    date
}

fn parse_date(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "s")?;
    let text = text.to_str();
    let today = today(c);
    let parsed = parse(&text, today).ok_or_else(|| unreadable(&text))?;
    Ok(Value::DateTime(styled(parsed, c.enumerated(2))))
}

/// Why a text is no date.
pub(super) fn unreadable(text: &str) -> Exception {
    if text.contains("T24:00:00") {
        return crate::exception::format(format!(
            "The DateTime represented by the string '{text}' is not supported in calendar \
             'System.Globalization.GregorianCalendar'."
        ));
    }
    no_date(text)
}

fn put(c: &mut Call<'_, '_>, at: usize, parsed: Option<Parsed>, styles: i32) -> Outcome {
    c.put(
        at,
        Value::DateTime(parsed.map_or(DateTime::MIN, |parsed| styled(parsed, styles))),
    );
    Ok(Value::Bool(parsed.is_some()))
}

fn exact(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "s")?;
    let Some(pattern) = c.optional_text(1) else {
        return Err(argument_null("format"));
    };
    let today = today(c);
    let parsed = parse_exact(&text.to_str(), &pattern.to_str(), today).ok_or_else(|| {
        crate::exception::format(format!(
            "String '{text}' was not recognized as a valid DateTime."
        ))
    })?;
    Ok(Value::DateTime(styled(parsed, c.enumerated(3))))
}
