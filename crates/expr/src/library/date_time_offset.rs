//! `System.DateTimeOffset`.

use super::date_time::{compared, parts_of, scaled, today, unreadable};
use super::integer::{compare, same};
use super::object::hash_code;
use super::{Table, TableKind, m};
use crate::calendar::{
    DAY, MINUTE, Parsed, Parts, SECOND, UNIX_EPOCH, add_months, day_of_week, format_stamp_as,
    parse, parse_exact,
};
use crate::eval::Call;
use crate::exception::{Outcome, argument, out_of_range};
use crate::value::{DateTime, DateTimeOffset, Kind, TimeSpan, Value};

pub(super) static DATE_TIME_OFFSET: Table = Table {
    name: "System.DateTimeOffset",
    kind: TableKind::Struct,
    parents: &["System.ValueType", "IComparable", "IFormattable"],
    documented: true,
    members: &[
        m("new(DateTime dateTime)", |c| Ok(of_date(c.date_time(0)?))),
        m("new(DateTime dateTime, TimeSpan offset)", with_offset),
        m("new(long ticks, TimeSpan offset)", |c| {
            let (ticks, offset) = (c.long(0)?, c.time_span(1)?);
            at(ticks, offset)
        }),
        m(
            "new(int year, int month, int day, int hour, int minute, int second, TimeSpan offset)",
            |c| at(parts_of(c, 6)?, c.time_span(6)?),
        ),
        m(
            "new(int year, int month, int day, int hour, int minute, int second, int millisecond, TimeSpan offset)",
            |c| at(parts_of(c, 7)?, c.time_span(7)?),
        ),
        m("static DateTimeOffset MinValue", |_| {
            Ok(Value::DateTimeOffset(DateTimeOffset::MIN))
        }),
        m("static DateTimeOffset MaxValue", |_| {
            Ok(utc(DateTime::MAX_TICKS))
        }),
        m("static DateTimeOffset UnixEpoch", |_| Ok(utc(UNIX_EPOCH))),
        m("static DateTimeOffset UtcNow", |c| {
            Ok(utc(c.vm.host.now().ticks))
        }),
        m("static DateTimeOffset Now", |c| {
            Ok(utc(c.vm.host.now().ticks))
        }),
        m(
            "static DateTimeOffset FromUnixTimeSeconds(long seconds)",
            |c| from_unix(c, SECOND),
        ),
        m(
            "static DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)",
            |c| from_unix(c, 10_000),
        ),
        m("long ToUnixTimeSeconds()", |c| to_unix(c, SECOND)),
        m("long ToUnixTimeMilliseconds()", |c| to_unix(c, 10_000)),
        m("DateTime DateTime", |c| clock(c, Kind::Unspecified)),
        m("DateTime UtcDateTime", |c| {
            Ok(date(c.date_time_offset(0)?.utc_ticks, Kind::Utc))
        }),
        m("DateTime LocalDateTime", |c| {
            Ok(date(c.date_time_offset(0)?.utc_ticks, Kind::Local))
        }),
        m("DateTime Date", |c| {
            let ticks = c.date_time_offset(0)?.clock_ticks();
            Ok(date(ticks - ticks.rem_euclid(DAY), Kind::Unspecified))
        }),
        m("TimeSpan Offset", |c| {
            Ok(Value::TimeSpan(TimeSpan(
                c.date_time_offset(0)?.offset_ticks(),
            )))
        }),
        m("TimeSpan TimeOfDay", |c| {
            Ok(Value::TimeSpan(TimeSpan(
                c.date_time_offset(0)?.clock_ticks().rem_euclid(DAY),
            )))
        }),
        m("long Ticks", |c| {
            Ok(Value::Long(c.date_time_offset(0)?.clock_ticks()))
        }),
        m("long UtcTicks", |c| {
            Ok(Value::Long(c.date_time_offset(0)?.utc_ticks))
        }),
        m("int Year", |c| part(c, |p| p.year)),
        m("int Month", |c| part(c, |p| p.month)),
        m("int Day", |c| part(c, |p| p.day)),
        m("int Hour", |c| part(c, |p| p.hour)),
        m("int Minute", |c| part(c, |p| p.minute)),
        m("int Second", |c| part(c, |p| p.second)),
        m("int Millisecond", |c| {
            part(c, |p| i32::try_from(p.fraction / 10_000).unwrap_or(0))
        }),
        m("int DayOfYear", |c| part(c, Parts::day_of_year)),
        m("DayOfWeek DayOfWeek", |c| {
            Ok(super::enums::day_of_week(day_of_week(
                c.date_time_offset(0)?.clock_ticks(),
            )))
        }),
        m("DateTimeOffset Add(TimeSpan timeSpan)", plus),
        m("DateTimeOffset AddTicks(long ticks)", |c| {
            add(c.date_time_offset(0)?, Some(c.long(1)?))
        }),
        m("DateTimeOffset AddMilliseconds(double milliseconds)", |c| {
            add_scaled(c, 1)
        }),
        m("DateTimeOffset AddSeconds(double seconds)", |c| {
            add_scaled(c, 1000)
        }),
        m("DateTimeOffset AddMinutes(double minutes)", |c| {
            add_scaled(c, 60_000)
        }),
        m("DateTimeOffset AddHours(double hours)", |c| {
            add_scaled(c, 3_600_000)
        }),
        m("DateTimeOffset AddDays(double days)", |c| {
            add_scaled(c, 86_400_000)
        }),
        m("DateTimeOffset AddMonths(int months)", |c| months(c, 1)),
        m("DateTimeOffset AddYears(int years)", |c| months(c, 12)),
        m("TimeSpan Subtract(DateTimeOffset value)", difference),
        m("DateTimeOffset Subtract(TimeSpan value)", minus),
        m("DateTimeOffset ToOffset(TimeSpan offset)", |c| {
            let date = c.date_time_offset(0)?;
            let offset_minutes = minutes_of(c.time_span(1)?)?;
            Ok(Value::DateTimeOffset(DateTimeOffset {
                offset_minutes,
                ..date
            }))
        }),
        m("DateTimeOffset ToUniversalTime()", |c| {
            Ok(utc(c.date_time_offset(0)?.utc_ticks))
        }),
        m("DateTimeOffset ToLocalTime()", |c| {
            Ok(utc(c.date_time_offset(0)?.utc_ticks))
        }),
        m("string ToString(string format)", to_string),
        m(
            "string ToString(IFormatProvider formatProvider)",
            super::object::to_string,
        ),
        m(
            "string ToString(string format, IFormatProvider formatProvider)",
            to_string,
        ),
        m("bool EqualsExact(DateTimeOffset other)", |c| {
            Ok(Value::Bool(
                c.date_time_offset(0)? == c.date_time_offset(1)?,
            ))
        }),
        m("bool Equals(DateTimeOffset other)", same),
        m("int CompareTo(DateTimeOffset other)", compare),
        m("int GetHashCode()", hash_code),
        m(
            "static int Compare(DateTimeOffset first, DateTimeOffset second)",
            compare,
        ),
        m("static DateTimeOffset Parse(string input)", parse_offset),
        m(
            "static DateTimeOffset Parse(string input, IFormatProvider formatProvider)",
            parse_offset,
        ),
        m(
            "static DateTimeOffset Parse(string input, IFormatProvider formatProvider, DateTimeStyles styles)",
            parse_offset,
        ),
        m(
            "static bool TryParse(string input, out DateTimeOffset result)",
            |c| {
                let today = today(c);
                let parsed = c
                    .optional_text(0)
                    .and_then(|text| parse(&text.to_str(), today));
                c.put(
                    1,
                    parsed.map_or(Value::DateTimeOffset(DateTimeOffset::MIN), of_parsed),
                );
                Ok(Value::Bool(parsed.is_some()))
            },
        ),
        m(
            "static DateTimeOffset ParseExact(string input, string format, IFormatProvider formatProvider)",
            exact,
        ),
        m(
            "static DateTimeOffset ParseExact(string input, string format, IFormatProvider formatProvider, DateTimeStyles styles)",
            exact,
        ),
        m("implicit operator DateTimeOffset(DateTime dateTime)", |c| {
            Ok(of_date(c.date_time(0)?))
        }),
        m(
            "static DateTimeOffset operator +(DateTimeOffset dateTimeOffset, TimeSpan timeSpan)",
            plus,
        ),
        m(
            "static DateTimeOffset operator -(DateTimeOffset dateTimeOffset, TimeSpan timeSpan)",
            minus,
        ),
        m(
            "static TimeSpan operator -(DateTimeOffset left, DateTimeOffset right)",
            difference,
        ),
        m(
            "static bool operator ==(DateTimeOffset left, DateTimeOffset right)",
            same,
        ),
        m(
            "static bool operator !=(DateTimeOffset left, DateTimeOffset right)",
            |c| compared(c, |o| o != 0),
        ),
        m(
            "static bool operator <(DateTimeOffset left, DateTimeOffset right)",
            |c| compared(c, |o| o < 0),
        ),
        m(
            "static bool operator <=(DateTimeOffset left, DateTimeOffset right)",
            |c| compared(c, |o| o <= 0),
        ),
        m(
            "static bool operator >(DateTimeOffset left, DateTimeOffset right)",
            |c| compared(c, |o| o > 0),
        ),
        m(
            "static bool operator >=(DateTimeOffset left, DateTimeOffset right)",
            |c| compared(c, |o| o >= 0),
        ),
    ],
};

fn utc(ticks: i64) -> Value {
    Value::DateTimeOffset(DateTimeOffset {
        utc_ticks: ticks,
        offset_minutes: 0,
    })
}

fn date(ticks: i64, kind: Kind) -> Value {
    Value::DateTime(DateTime { ticks, kind })
}

/// A `DateTime` with the offset of its kind, which is zero for all of them.
fn of_date(date: DateTime) -> Value {
    utc(date.ticks)
}

fn minutes_of(offset: TimeSpan) -> Outcome<i16> {
    if offset.0 % MINUTE != 0 {
        return Err(argument(
            "Offset must be specified in whole minutes.",
            "offset",
        ));
    }
    let minutes = offset.0 / MINUTE;
    if minutes.abs() > 14 * 60 {
        return Err(out_of_range(
            "Offset must be within plus or minus 14 hours.",
            "offset",
        ));
    }
    Ok(i16::try_from(minutes).unwrap_or(0))
}

/// A clock reading with its offset.
fn at(ticks: i64, offset: TimeSpan) -> Outcome {
    let offset_minutes = minutes_of(offset)?;
    let utc_ticks = ticks - offset.0;
    if !(0..=DateTime::MAX_TICKS).contains(&utc_ticks) {
        return Err(out_of_range(
            "The UTC time represented when the offset is applied must be between year 0 and 10,000.",
            "offset",
        ));
    }
    Ok(Value::DateTimeOffset(DateTimeOffset {
        utc_ticks,
        offset_minutes,
    }))
}

fn with_offset(c: &mut Call<'_, '_>) -> Outcome {
    let (date, offset) = (c.date_time(0)?, c.time_span(1)?);
    if date.kind != Kind::Unspecified && offset.0 != 0 {
        let what = if date.kind == Kind::Utc {
            "Utc"
        } else {
            "Local"
        };
        return Err(argument(
            &format!("The UTC Offset for {what} DateTime instances must be 0."),
            "offset",
        ));
    }
    at(date.ticks, offset)
}

fn from_unix(c: &mut Call<'_, '_>, unit: i64) -> Outcome {
    let ticks = c
        .long(0)?
        .checked_mul(unit)
        .and_then(|ticks| ticks.checked_add(UNIX_EPOCH));
    match ticks.filter(|ticks| (0..=DateTime::MAX_TICKS).contains(ticks)) {
        Some(ticks) => Ok(utc(ticks)),
        None => Err(out_of_range(
            "Valid values are between -62135596800 and 253402300799, inclusive.",
            "seconds",
        )),
    }
}

fn to_unix(c: &mut Call<'_, '_>, unit: i64) -> Outcome {
    let ticks = c.date_time_offset(0)?.utc_ticks;
    Ok(Value::Long(ticks.div_euclid(unit) - UNIX_EPOCH / unit))
}

fn clock(c: &mut Call<'_, '_>, kind: Kind) -> Outcome {
    Ok(date(c.date_time_offset(0)?.clock_ticks(), kind))
}

fn part(c: &mut Call<'_, '_>, pick: fn(Parts) -> i32) -> Outcome {
    Ok(Value::Int(pick(Parts::of(
        c.date_time_offset(0)?.clock_ticks(),
    ))))
}

fn add(date: DateTimeOffset, ticks: Option<i64>) -> Outcome {
    let sum = ticks
        .and_then(|ticks| date.utc_ticks.checked_add(ticks))
        .filter(|sum| (0..=DateTime::MAX_TICKS).contains(sum))
        .ok_or_else(|| {
            out_of_range(
                "The added or subtracted value results in an un-representable DateTime.",
                "value",
            )
        })?;
    Ok(Value::DateTimeOffset(DateTimeOffset {
        utc_ticks: sum,
        ..date
    }))
}

fn add_scaled(c: &mut Call<'_, '_>, scale: i32) -> Outcome {
    add(c.date_time_offset(0)?, scaled(c.double(1)?, scale))
}

fn months(c: &mut Call<'_, '_>, factor: i64) -> Outcome {
    let date = c.date_time_offset(0)?;
    let months = i64::from(c.int(1)?) * factor;
    let clock = date.clock_ticks();
    let moved = add_months(clock, months).map(|ticks| ticks - clock);
    add(date, moved)
}

fn plus(c: &mut Call<'_, '_>) -> Outcome {
    add(c.date_time_offset(0)?, Some(c.time_span(1)?.0))
}

fn minus(c: &mut Call<'_, '_>) -> Outcome {
    add(c.date_time_offset(0)?, c.time_span(1)?.0.checked_neg())
}

fn difference(c: &mut Call<'_, '_>) -> Outcome {
    let ticks = c.date_time_offset(0)?.utc_ticks - c.date_time_offset(1)?.utc_ticks;
    Ok(Value::TimeSpan(TimeSpan(ticks)))
}

fn to_string(c: &mut Call<'_, '_>) -> Outcome {
    let date = c.date_time_offset(0)?;
    let pattern = c.optional_text(1);
    let pattern = pattern
        .as_ref()
        .map(crate::Text::to_str)
        .unwrap_or_default();
    format_stamp_as(date.into(), &pattern).map(Value::from)
}

fn of_parsed(parsed: Parsed) -> Value {
    Value::DateTimeOffset(DateTimeOffset {
        utc_ticks: parsed.utc_ticks(),
        offset_minutes: parsed.offset.unwrap_or(0),
    })
}

fn parse_offset(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "input")?;
    let text = text.to_str();
    let today = today(c);
    parse(&text, today)
        .map(of_parsed)
        .ok_or_else(|| unreadable(&text))
}

fn exact(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "input")?;
    let pattern = c.required_text(1, "format")?;
    let today = today(c);
    parse_exact(&text.to_str(), &pattern.to_str(), today)
        .map(of_parsed)
        .ok_or_else(|| unreadable(&text.to_str()))
}

/// The `DateTimeOffset` of a date, or of a text that shows one.
pub(crate) fn to_offset(value: &Value) -> Outcome {
    match value {
        Value::DateTimeOffset(_) => Ok(value.clone()),
        Value::DateTime(date) => Ok(of_date(*date)),
        Value::String(text) => {
            let text = text.to_str();
            parse(&text, 0)
                .map(of_parsed)
                .ok_or_else(|| unreadable(&text))
        }
        other => Ok(other.clone()),
    }
}
