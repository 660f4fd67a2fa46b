//! `TimeSpan` ↔ text.

use super::{DAY, HOUR, MINUTE, SECOND};
use crate::exception::{Exception, Outcome, bad_format, format, overflow};
use crate::value::TimeSpan;

struct Pieces {
    negative: bool,
    days: u64,
    hours: u64,
    minutes: u64,
    seconds: u64,
    fraction: u64,
}

fn pieces(span: TimeSpan) -> Pieces {
    let ticks = span.0.unsigned_abs();
    let unit = |n: i64| n.unsigned_abs();
    Pieces {
        negative: span.0 < 0,
        days: ticks / unit(DAY),
        hours: ticks / unit(HOUR) % 24,
        minutes: ticks / unit(MINUTE) % 60,
        seconds: ticks / unit(SECOND) % 60,
        fraction: ticks % unit(SECOND),
    }
}

/// Format `c`: `1.02:03:04.0050000`.
pub(crate) fn span_text(span: TimeSpan) -> String {
    let p = pieces(span);
    let sign = if p.negative { "-" } else { "" };
    let days = if p.days > 0 {
        format!("{}.", p.days)
    } else {
        String::new()
    };
    let fraction = if p.fraction > 0 {
        format!(".{:07}", p.fraction)
    } else {
        String::new()
    };
    format!(
        "{sign}{days}{:02}:{:02}:{:02}{fraction}",
        p.hours, p.minutes, p.seconds
    )
}

/// `ToString(pattern)`.
pub(crate) fn format_span(span: TimeSpan, pattern: &str) -> Outcome<String> {
    let p = pieces(span);
    let sign = if p.negative { "-" } else { "" };
    match pattern {
        "" | "c" | "t" | "T" => Ok(span_text(span)),
        "g" => {
            let days = if p.days > 0 {
                format!("{}:", p.days)
            } else {
                String::new()
            };
            let fraction = format!("{:07}", p.fraction);
            let fraction = fraction.trim_end_matches('0');
            let fraction = if fraction.is_empty() {
                String::new()
            } else {
                format!(".{fraction}")
            };
            Ok(format!(
                "{sign}{days}{}:{:02}:{:02}{fraction}",
                p.hours, p.minutes, p.seconds
            ))
        }
        "G" => Ok(format!(
            "{sign}{}:{:02}:{:02}:{:02}.{:07}",
            p.days, p.hours, p.minutes, p.seconds, p.fraction
        )),
        _ => custom(&p, pattern),
    }
}

fn custom(p: &Pieces, pattern: &str) -> Outcome<String> {
    let chars: Vec<char> = pattern.chars().collect();
    if chars.len() == 1 {
        return Err(bad_format());
    }
    let mut out = String::new();
    let mut index = 0;
    while let Some(c) = chars.get(index).copied() {
        let run = chars
            .iter()
            .skip(index)
            .take_while(|other| **other == c)
            .count();
        let number = |n: u64, run: usize| {
            if run <= 2 {
                Ok(format!("{n:0run$}"))
            } else {
                Err(bad_format())
            }
        };
        match c {
            'd' if run <= 8 => {
                let days = format!("{:0run$}", p.days);
                out.push_str(&days);
            }
            'h' => out.push_str(&number(p.hours, run)?),
            'm' => out.push_str(&number(p.minutes, run)?),
            's' => out.push_str(&number(p.seconds, run)?),
            'f' | 'F' if run <= 7 => {
                let digits = format!("{:07}", p.fraction);
                let shown = digits.get(..run).unwrap_or_default();
                out.push_str(if c == 'F' {
                    shown.trim_end_matches('0')
                } else {
                    shown
                });
            }
            '\\' => {
                out.push(chars.get(index + 1).copied().ok_or_else(bad_format)?);
                index += 2;
                continue;
            }
            '\'' | '"' => {
                let end = chars.iter().skip(index + 1).position(|other| *other == c);
                let end = end.ok_or_else(bad_format)?;
                out.extend(chars.iter().skip(index + 1).take(end));
                index += end + 2;
                continue;
            }
            '%' => {
                index += 1;
                continue;
            }
            _ => return Err(bad_format()),
        }
        index += run;
    }
    Ok(out)
}

fn too_large(text: &str) -> Exception {
    overflow(format!(
        "The TimeSpan string '{text}' could not be parsed because at least one of the numeric \
         components is out of range or contains too many digits."
    ))
}

/// `TimeSpan.Parse`: `[-][d.]hh:mm[:ss[.fffffff]]` or days alone.
pub(crate) fn parse_span(text: &str) -> Outcome<TimeSpan> {
    let bad = || {
        format(format!(
            "String '{text}' was not recognized as a valid TimeSpan."
        ))
    };
    let trimmed = text.trim();
    let (negative, rest) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (clock, fraction) = split_fraction(rest);
    let (days, clock) = match clock.split_once('.') {
        Some((days, clock)) => (Some(days), clock),
        None => (None, clock),
    };
    let numbers: Vec<i64> = days
        .into_iter()
        .chain(clock.split(':'))
        .map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            if digits {
                part.parse().map_err(|_| too_large(text))
            } else {
                Err(bad())
            }
        })
        .collect::<Result<_, _>>()?;
    let (d, h, m, s) = match (numbers.as_slice(), days.is_some()) {
        ([d], false) => (*d, 0, 0, 0),
        ([h, m], false) if *h > 23 => (*h, *m, 0, 0),
        ([h, m], false) => (0, *h, *m, 0),
        ([h, m, s], false) if *h > 23 => (*h, *m, *s, 0),
        ([h, m, s], false) => (0, *h, *m, *s),
        ([d, h, m, s], _) => (*d, *h, *m, *s),
        ([d, h, m], true) => (*d, *h, *m, 0),
        _ => return Err(bad()),
    };
    let ticks = ticks_of(&fraction).ok_or_else(bad)?;
    if h > 23 || m > 59 || s > 59 || d > 10_675_199 {
        return Err(too_large(text));
    }
    let total =
        i128::from(d) * i128::from(DAY) + i128::from(h * HOUR + m * MINUTE + s * SECOND + ticks);
    let total = if negative { -total } else { total };
    i64::try_from(total)
        .map(TimeSpan)
        .map_err(|_| too_large(text))
}

/// The fraction after the seconds.
fn split_fraction(text: &str) -> (&str, String) {
    if let Some((clock, fraction)) = text.rsplit_once('.')
        && clock.contains(':')
        && !fraction.contains(':')
    {
        return (clock, fraction.to_owned());
    }
    (text, String::new())
}

fn ticks_of(fraction: &str) -> Option<i64> {
    if fraction.len() > 7 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<7}").parse().ok()
}

/// `TimeSpan.ParseExact`.
pub(crate) fn parse_span_exact(text: &str, pattern: &str) -> Outcome<TimeSpan> {
    let bad = || {
        format(format!(
            "String '{text}' was not recognized as a valid TimeSpan."
        ))
    };
    if matches!(pattern, "c" | "g" | "G" | "t" | "T") {
        return parse_span(text);
    }
    let chars: Vec<char> = pattern.chars().collect();
    let mut rest = text;
    let mut total: i64 = 0;
    let mut index = 0;
    while let Some(c) = chars.get(index).copied() {
        let run = chars
            .iter()
            .skip(index)
            .take_while(|other| **other == c)
            .count();
        let unit = match c {
            'd' => DAY,
            'h' => HOUR,
            'm' => MINUTE,
            's' => SECOND,
            'f' | 'F' => 0,
            '%' => {
                index += 1;
                continue;
            }
            _ => {
                let (literal, taken) = if c == '\\' {
                    (chars.get(index + 1).copied().ok_or_else(bad)?, 2)
                } else if c == '\'' {
                    index += 1;
                    continue;
                } else {
                    (c, 1)
                };
                rest = rest.strip_prefix(literal).ok_or_else(bad)?;
                index += taken;
                continue;
            }
        };
        let most = if run == 1 { 2 } else { run };
        let length = rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if length == 0 || (run > 1 && length != run) {
            return Err(bad());
        }
        let (digits, after) = rest.split_at_checked(length).ok_or_else(bad)?;
        rest = after;
        total += if unit == 0 {
            ticks_of(digits).ok_or_else(bad)?
        } else {
            digits.parse::<i64>().map_err(|_| bad())? * unit
        };
        index += run;
    }
    if rest.is_empty() {
        Ok(TimeSpan(total))
    } else {
        Err(bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_spans() {
        for (text, expect) in [
            ("01:02:03", "01:02:03"),
            ("1.02:03:04.5", "1.02:03:04.5000000"),
            ("1:2", "01:02:00"),
            ("-1:2:3", "-01:02:03"),
            ("25:00:00", "25.00:00:00"),
            ("1:2:3:4", "1.02:03:04"),
            ("5", "5.00:00:00"),
        ] {
            assert_eq!(span_text(parse_span(text).unwrap()), expect, "{text}");
        }
        assert!(parse_span("00:60:00").is_err());
        assert!(parse_span("x").is_err());
        let span = parse_span("1.02:03:04.005").unwrap();
        assert_eq!(format_span(span, "G").unwrap(), "1:02:03:04.0050000");
        assert_eq!(
            format_span(span, r"d\.hh\:mm\:ss\.fff").unwrap(),
            "1.02:03:04.005"
        );
        assert!(format_span(span, "hh:mm").is_err());
    }
}
