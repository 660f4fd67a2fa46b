//! Dates → text: standard and custom formats.

use super::{DAYS, MONTHS, Parts, SECOND, day_of_week, offset_text};
use crate::exception::{Outcome, bad_format};
use crate::value::{DateTime, DateTimeOffset, Kind};

/// What is known about the zone of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Unspecified,
    Utc,
    Local,
    /// Minutes ahead of universal time, of a `DateTimeOffset`.
    Offset(i16),
}

/// A moment to be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    /// As the clock reads.
    pub(crate) ticks: i64,
    pub(crate) zone: Zone,
}

impl From<DateTime> for Stamp {
    fn from(date: DateTime) -> Self {
        let zone = match date.kind {
            Kind::Unspecified => Zone::Unspecified,
            Kind::Utc => Zone::Utc,
            Kind::Local => Zone::Local,
        };
        Self {
            ticks: date.ticks,
            zone,
        }
    }
}

impl From<DateTimeOffset> for Stamp {
    fn from(date: DateTimeOffset) -> Self {
        Self {
            ticks: date.clock_ticks(),
            zone: Zone::Offset(date.offset_minutes),
        }
    }
}

/// `ToString()`.
pub(crate) fn format_stamp(stamp: Stamp) -> String {
    let pattern = match stamp.zone {
        Zone::Offset(_) => "MM/dd/yyyy HH:mm:ss zzz",
        _ => "MM/dd/yyyy HH:mm:ss",
    };
    custom(stamp, pattern).unwrap_or_default()
}

/// `ToString(pattern)`.
pub(crate) fn format_stamp_as(stamp: Stamp, pattern: &str) -> Outcome<String> {
    let mut letters = pattern.chars();
    match (letters.next(), letters.next()) {
        (None, _) => Ok(format_stamp(stamp)),
        (Some(letter), None) => {
            let (stamp, pattern) = standard(stamp, letter)?;
            custom(stamp, pattern)
        }
        _ => custom(stamp, pattern),
    }
}

/// The custom pattern of a standard letter.
fn standard(stamp: Stamp, letter: char) -> Outcome<(Stamp, &'static str)> {
    let offset = matches!(stamp.zone, Zone::Offset(_));
    let utc = match stamp.zone {
        Zone::Offset(minutes) => Stamp {
            ticks: stamp.ticks - i64::from(minutes) * super::MINUTE,
            zone: Zone::Utc,
        },
        _ => stamp,
    };
    Ok(match letter {
        'd' => (stamp, "MM/dd/yyyy"),
        'D' => (stamp, "dddd, dd MMMM yyyy"),
        'f' => (stamp, "dddd, dd MMMM yyyy HH:mm"),
        'F' => (stamp, "dddd, dd MMMM yyyy HH:mm:ss"),
        'U' if !offset => (utc, "dddd, dd MMMM yyyy HH:mm:ss"),
        'g' => (stamp, "MM/dd/yyyy HH:mm"),
        'G' => (stamp, "MM/dd/yyyy HH:mm:ss"),
        'm' | 'M' => (stamp, "MMMM dd"),
        'o' | 'O' => (stamp, "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK"),
        'r' | 'R' => (utc, "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'"),
        's' => (stamp, "yyyy'-'MM'-'dd'T'HH':'mm':'ss"),
        't' => (stamp, "HH:mm"),
        'T' => (stamp, "HH:mm:ss"),
        'u' => (utc, "yyyy'-'MM'-'dd HH':'mm':'ss'Z'"),
        'y' | 'Y' => (stamp, "yyyy MMMM"),
        _ => return Err(bad_format()),
    })
}

fn custom(stamp: Stamp, pattern: &str) -> Outcome<String> {
    let mut writer = Writer {
        stamp,
        parts: Parts::of(stamp.ticks),
        out: String::new(),
    };
    let chars: Vec<char> = pattern.chars().collect();
    let mut index = 0;
    while let Some(c) = chars.get(index).copied() {
        let run = chars
            .iter()
            .skip(index)
            .take_while(|other| **other == c)
            .count();
        match c {
            '\'' | '"' => index = writer.quoted(&chars, index, c)?,
            '\\' => {
                let next = chars.get(index + 1).copied().ok_or_else(bad_format)?;
                writer.out.push(next);
                index += 2;
            }
            '%' => {
                let next = chars.get(index + 1).copied().filter(|n| *n != '%');
                writer.field(next.ok_or_else(bad_format)?, 1)?;
                index += 2;
            }
            _ => {
                writer.field(c, run)?;
                index += run;
            }
        }
    }
    Ok(writer.out)
}

struct Writer {
    stamp: Stamp,
    parts: Parts,
    out: String,
}

impl Writer {
    fn quoted(&mut self, chars: &[char], start: usize, quote: char) -> Outcome<usize> {
        let mut index = start + 1;
        loop {
            match chars.get(index).copied() {
                None => return Err(bad_format()),
                Some(c) if c == quote => return Ok(index + 1),
                Some('\\') => {
                    self.out
                        .push(chars.get(index + 1).copied().ok_or_else(bad_format)?);
                    index += 2;
                }
                Some(c) => {
                    self.out.push(c);
                    index += 1;
                }
            }
        }
    }

    fn number(&mut self, n: i32, width: usize) {
        let digits = format!("{n:0width$}");
        self.out.push_str(&digits);
    }

    fn field(&mut self, letter: char, run: usize) -> Outcome<()> {
        let p = self.parts;
        match letter {
            'y' => match run {
                1 | 2 => self.number(p.year % 100, run),
                _ => self.number(p.year, run),
            },
            'M' => match run {
                1 | 2 => self.number(p.month, run),
                _ => self.name(&MONTHS, p.month - 1, run == 3),
            },
            'd' => match run {
                1 | 2 => self.number(p.day, run),
                _ => self.name(&DAYS, day_of_week(self.stamp.ticks), run == 3),
            },
            'h' => self.number((p.hour + 11) % 12 + 1, run.min(2)),
            'H' => self.number(p.hour, run.min(2)),
            'm' => self.number(p.minute, run.min(2)),
            's' => self.number(p.second, run.min(2)),
            'f' | 'F' => return self.fraction(letter, run),
            't' => {
                let name = if p.hour < 12 { "AM" } else { "PM" };
                self.out.push_str(if run == 1 {
                    name.get(..1).unwrap_or_default()
                } else {
                    name
                });
            }
            'z' => self.offset(run),
            'K' => self.kind(),
            'g' => self.out.push_str("A.D."),
            other => self.out.extend(std::iter::repeat_n(other, run)),
        }
        Ok(())
    }

    fn name(&mut self, names: &[&str], index: i32, short: bool) {
        let name = usize::try_from(index)
            .ok()
            .and_then(|i| names.get(i))
            .copied();
        let name = name.unwrap_or_default();
        self.out.push_str(if short {
            name.get(..3).unwrap_or(name)
        } else {
            name
        });
    }

    fn fraction(&mut self, letter: char, run: usize) -> Outcome<()> {
        if run > 7 {
            return Err(bad_format());
        }
        let digits = format!("{:07}", self.parts.fraction % SECOND);
        let shown = digits.get(..run).unwrap_or(&digits);
        if letter == 'f' {
            self.out.push_str(shown);
            return Ok(());
        }
        let shown = shown.trim_end_matches('0');
        if shown.is_empty() && self.out.ends_with('.') {
            self.out.pop();
        }
        self.out.push_str(shown);
        Ok(())
    }

    fn offset(&mut self, run: usize) {
        let minutes = match self.stamp.zone {
            Zone::Offset(minutes) => minutes,
            _ => 0,
        };
        let text = offset_text(minutes);
        match run {
            1 => {
                let hours = i32::from(minutes) / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                let shown = format!("{sign}{}", hours.abs());
                self.out.push_str(&shown);
            }
            2 => self.out.push_str(text.get(..3).unwrap_or_default()),
            _ => self.out.push_str(&text),
        }
    }

    fn kind(&mut self) {
        match self.stamp.zone {
            Zone::Unspecified => {}
            Zone::Utc => self.out.push('Z'),
            Zone::Local => self.out.push_str("+00:00"),
            Zone::Offset(minutes) => self.out.push_str(&offset_text(minutes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_dotnet() {
        let ticks = Parts {
            year: 2024,
            month: 2,
            day: 9,
            hour: 13,
            minute: 5,
            second: 9,
            fraction: 700_000,
        };
        let stamp = Stamp {
            ticks: ticks.ticks().unwrap(),
            zone: Zone::Utc,
        };
        for (pattern, expect) in [
            ("", "02/09/2024 13:05:09"),
            ("o", "2024-02-09T13:05:09.0700000Z"),
            ("R", "Fri, 09 Feb 2024 13:05:09 GMT"),
            ("u", "2024-02-09 13:05:09Z"),
            ("yyyyMMddTHHmmssZ", "20240209T130509Z"),
            ("d/M/yy h:m:s t", "9/2/24 1:5:9 P"),
            (
                "dddd, dd MMMM yyyy hh:mm tt",
                "Friday, 09 February 2024 01:05 PM",
            ),
            ("yyyy \"year\"", "2024 year"),
            ("%d", "9"),
            ("HH:mm:ss.FFF", "13:05:09.07"),
            ("yyyy-MM-ddTHH:mm:ssK", "2024-02-09T13:05:09Z"),
        ] {
            assert_eq!(
                format_stamp_as(stamp, pattern).unwrap(),
                expect,
                "{pattern}"
            );
        }
        assert!(format_stamp_as(stamp, "Q").is_err());
        assert!(format_stamp_as(stamp, "ffffffff").is_err());
    }
}
