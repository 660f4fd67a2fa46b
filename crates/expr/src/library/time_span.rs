//! `System.TimeSpan`.

use super::date_time::compared;
use super::integer::{compare, same, to_string};
use super::{Table, TableKind, constant, m};
use crate::calendar::{DAY, HOUR, MINUTE, SECOND, parse_span, parse_span_exact};
use crate::eval::Call;
use crate::exception::{Exception, Outcome, argument_plain, overflow};
use crate::value::{TimeSpan, Value};

pub(super) static TIME_SPAN: Table = Table {
    name: "System.TimeSpan",
    kind: TableKind::Struct,
    parents: &["System.ValueType", "IComparable", "IFormattable"],
    documented: true,
    members: &[
        m("new(long ticks)", |c| span(Some(c.long(0)?.into()))),
        m("new(int hours, int minutes, int seconds)", |c| {
            span(Some(sum(&[
                (c.int(0)?, HOUR),
                (c.int(1)?, MINUTE),
                (c.int(2)?, SECOND),
            ])))
        }),
        m("new(int days, int hours, int minutes, int seconds)", |c| {
            span(Some(sum(&[
                (c.int(0)?, DAY),
                (c.int(1)?, HOUR),
                (c.int(2)?, MINUTE),
                (c.int(3)?, SECOND),
            ])))
        }),
        m(
            "new(int days, int hours, int minutes, int seconds, int milliseconds)",
            |c| {
                span(Some(sum(&[
                    (c.int(0)?, DAY),
                    (c.int(1)?, HOUR),
                    (c.int(2)?, MINUTE),
                    (c.int(3)?, SECOND),
                    (c.int(4)?, 10_000),
                ])))
            },
        ),
        m("static TimeSpan Zero", |_| Ok(Value::TimeSpan(TimeSpan(0)))),
        m("static TimeSpan MaxValue", |_| {
            Ok(Value::TimeSpan(TimeSpan(i64::MAX)))
        }),
        m("static TimeSpan MinValue", |_| {
            Ok(Value::TimeSpan(TimeSpan(i64::MIN)))
        }),
        constant("const long TicksPerMillisecond = 10000"),
        constant("const long TicksPerSecond = 10000000"),
        constant("const long TicksPerMinute = 600000000"),
        constant("const long TicksPerHour = 36000000000"),
        constant("const long TicksPerDay = 864000000000"),
        m("static TimeSpan FromTicks(long value)", |c| {
            span(Some(c.long(0)?.into()))
        }),
        m("static TimeSpan FromMilliseconds(double value)", |c| {
            from_double(c, 10_000)
        }),
        m("static TimeSpan FromSeconds(double value)", |c| {
            from_double(c, SECOND)
        }),
        m("static TimeSpan FromMinutes(double value)", |c| {
            from_double(c, MINUTE)
        }),
        m("static TimeSpan FromHours(double value)", |c| {
            from_double(c, HOUR)
        }),
        m("static TimeSpan FromDays(double value)", |c| {
            from_double(c, DAY)
        }),
        m("long Ticks", |c| Ok(Value::Long(c.time_span(0)?.0))),
        m("int Days", |c| unit(c, DAY, i64::MAX)),
        m("int Hours", |c| unit(c, HOUR, 24)),
        m("int Minutes", |c| unit(c, MINUTE, 60)),
        m("int Seconds", |c| unit(c, SECOND, 60)),
        m("int Milliseconds", |c| unit(c, 10_000, 1000)),
        m("double TotalDays", |c| total(c, DAY)),
        m("double TotalHours", |c| total(c, HOUR)),
        m("double TotalMinutes", |c| total(c, MINUTE)),
        m("double TotalSeconds", |c| total(c, SECOND)),
        m("double TotalMilliseconds", |c| total(c, 10_000)),
        m("TimeSpan Add(TimeSpan ts)", plus),
        m("TimeSpan Subtract(TimeSpan ts)", minus),
        m("TimeSpan Negate()", negate),
        m("TimeSpan Duration()", |c| {
            span(Some(i128::from(c.time_span(0)?.0).abs()))
        }),
        m("TimeSpan Multiply(double factor)", |c| scaled(c, 0, 1)),
        m("TimeSpan Divide(double divisor)", divided),
        m("string ToString(string format)", to_string),
        m(
            "string ToString(string format, IFormatProvider formatProvider)",
            to_string,
        ),
        m("int CompareTo(TimeSpan value)", compare),
        m("bool Equals(TimeSpan obj)", same),
        m("static int Compare(TimeSpan t1, TimeSpan t2)", compare),
        m("static bool Equals(TimeSpan t1, TimeSpan t2)", same),
        m("static TimeSpan Parse(string s)", parse),
        m(
            "static TimeSpan Parse(string input, IFormatProvider formatProvider)",
            parse,
        ),
        m("static bool TryParse(string s, out TimeSpan result)", |c| {
            let parsed = c
                .optional_text(0)
                .and_then(|text| parse_span(&text.to_str()).ok());
            c.put(1, Value::TimeSpan(parsed.unwrap_or(TimeSpan(0))));
            Ok(Value::Bool(parsed.is_some()))
        }),
        m(
            "static TimeSpan ParseExact(string input, string format, IFormatProvider formatProvider)",
            |c| {
                let (text, pattern) = (c.required_text(0, "input")?, c.required_text(1, "format")?);
                parse_span_exact(&text.to_str(), &pattern.to_str()).map(Value::TimeSpan)
            },
        ),
        m("static TimeSpan operator +(TimeSpan t1, TimeSpan t2)", plus),
        m(
            "static TimeSpan operator -(TimeSpan t1, TimeSpan t2)",
            minus,
        ),
        m("static TimeSpan operator -(TimeSpan t)", negate),
        m("static TimeSpan operator +(TimeSpan t)", |c| {
            Ok(c.arg(0).clone())
        }),
        m(
            "static TimeSpan operator *(TimeSpan timeSpan, double factor)",
            |c| scaled(c, 0, 1),
        ),
        m(
            "static TimeSpan operator *(double factor, TimeSpan timeSpan)",
            |c| scaled(c, 1, 0),
        ),
        m(
            "static TimeSpan operator /(TimeSpan timeSpan, double divisor)",
            divided,
        ),
        m("static double operator /(TimeSpan t1, TimeSpan t2)", ratio),
        m("static bool operator ==(TimeSpan t1, TimeSpan t2)", same),
        m("static bool operator !=(TimeSpan t1, TimeSpan t2)", |c| {
            compared(c, |o| o != 0)
        }),
        m("static bool operator <(TimeSpan t1, TimeSpan t2)", |c| {
            compared(c, |o| o < 0)
        }),
        m("static bool operator <=(TimeSpan t1, TimeSpan t2)", |c| {
            compared(c, |o| o <= 0)
        }),
        m("static bool operator >(TimeSpan t1, TimeSpan t2)", |c| {
            compared(c, |o| o > 0)
        }),
        m("static bool operator >=(TimeSpan t1, TimeSpan t2)", |c| {
            compared(c, |o| o >= 0)
        }),
    ],
};

fn too_long() -> Exception {
    overflow("TimeSpan overflowed because the duration is too long.")
}

fn sum(parts: &[(i32, i64)]) -> i128 {
    parts
        .iter()
        .map(|(count, unit)| i128::from(*count) * i128::from(*unit))
        .sum()
}

fn span(ticks: Option<i128>) -> Outcome {
    ticks
        .and_then(|ticks| i64::try_from(ticks).ok())
        .map(|ticks| Value::TimeSpan(TimeSpan(ticks)))
        .ok_or_else(too_long)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "as .NET converts"
)]
fn from_ticks(ticks: f64) -> Outcome {
    if ticks.is_nan() {
        return Err(argument_plain(
            "TimeSpan does not accept floating point Not-a-Number values.",
        ));
    }
    if ticks.abs() > i64::MAX as f64 {
        return Err(too_long());
    }
    Ok(Value::TimeSpan(TimeSpan(ticks as i64)))
}

#[expect(clippy::cast_precision_loss, reason = "as .NET converts")]
fn from_double(c: &mut Call<'_, '_>, unit: i64) -> Outcome {
    from_ticks(c.double(0)? * unit as f64)
}

fn unit(c: &mut Call<'_, '_>, unit: i64, modulus: i64) -> Outcome {
    let count = c.time_span(0)?.0 / unit % modulus;
    Ok(Value::Int(i32::try_from(count).unwrap_or(0)))
}

#[expect(clippy::cast_precision_loss, reason = "the result is a double")]
fn total(c: &mut Call<'_, '_>, unit: i64) -> Outcome {
    Ok(Value::Double(c.time_span(0)?.0 as f64 / unit as f64))
}

fn plus(c: &mut Call<'_, '_>) -> Outcome {
    span(Some(
        i128::from(c.time_span(0)?.0) + i128::from(c.time_span(1)?.0),
    ))
}

fn minus(c: &mut Call<'_, '_>) -> Outcome {
    span(Some(
        i128::from(c.time_span(0)?.0) - i128::from(c.time_span(1)?.0),
    ))
}

fn negate(c: &mut Call<'_, '_>) -> Outcome {
    span(Some(-i128::from(c.time_span(0)?.0)))
}

#[expect(clippy::cast_precision_loss, reason = "as .NET converts")]
fn scaled(c: &mut Call<'_, '_>, span: usize, factor: usize) -> Outcome {
    from_ticks((c.time_span(span)?.0 as f64 * c.double(factor)?).round_ties_even())
}

#[expect(clippy::cast_precision_loss, reason = "as .NET converts")]
fn divided(c: &mut Call<'_, '_>) -> Outcome {
    from_ticks((c.time_span(0)?.0 as f64 / c.double(1)?).round_ties_even())
}

#[expect(clippy::cast_precision_loss, reason = "as .NET converts")]
fn ratio(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Double(
        c.time_span(0)?.0 as f64 / c.time_span(1)?.0 as f64,
    ))
}

fn parse(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "s")?;
    parse_span(&text.to_str()).map(Value::TimeSpan)
}
