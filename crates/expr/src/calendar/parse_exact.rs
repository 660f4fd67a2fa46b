//! `DateTime.ParseExact`.

use super::parse::{Parsed, century, find_name};
use super::{DAYS, MONTHS, Parts, SECOND};

/// Reads a date in exactly this form.
pub(crate) fn parse_exact(text: &str, pattern: &str, today: i64) -> Option<Parsed> {
    let pattern = match pattern {
        "d" => "MM/dd/yyyy",
        "D" => "dddd, dd MMMM yyyy",
        "f" => "dddd, dd MMMM yyyy HH:mm",
        "F" | "U" => "dddd, dd MMMM yyyy HH:mm:ss",
        "g" => "MM/dd/yyyy HH:mm",
        "G" => "MM/dd/yyyy HH:mm:ss",
        "m" | "M" => "MMMM dd",
        "o" | "O" => "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
        "r" | "R" => "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
        "s" => "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
        "t" => "HH:mm",
        "T" => "HH:mm:ss",
        "u" => "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
        "y" | "Y" => "yyyy MMMM",
        other => other,
    };
    let mut reader = Reader {
        rest: text,
        ..Reader::default()
    };
    reader.read(pattern)?;
    if !reader.rest.is_empty() {
        return None;
    }
    reader.finish(today)
}

#[derive(Default)]
struct Reader<'a> {
    rest: &'a str,
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    hour: Option<i32>,
    twelve: Option<i32>,
    afternoon: Option<bool>,
    minute: i32,
    second: i32,
    fraction: i64,
    offset: Option<i16>,
    utc: bool,
    timed: bool,
}

impl Reader<'_> {
    fn read(&mut self, pattern: &str) -> Option<()> {
        let chars: Vec<char> = pattern.chars().collect();
        let mut index = 0;
        while let Some(c) = chars.get(index).copied() {
            let run = chars
                .iter()
                .skip(index)
                .take_while(|other| **other == c)
                .count();
            match c {
                '\'' | '"' => {
                    let length = chars.iter().skip(index + 1).position(|other| *other == c)?;
                    for literal in chars.iter().skip(index + 1).take(length) {
                        self.literal(*literal)?;
                    }
                    index += length + 2;
                }
                '\\' => {
                    self.literal(chars.get(index + 1).copied()?)?;
                    index += 2;
                }
                '%' => index += 1,
                _ => {
                    self.field(c, run)?;
                    index += run;
                }
            }
        }
        Some(())
    }

    fn literal(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(())
    }

    fn number(&mut self, least: usize, most: usize) -> Option<i32> {
        let length = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if length < least {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        digits.parse().ok()
    }

    /// One or two digits after a single letter, exactly two after two.
    fn two(&mut self, run: usize) -> Option<i32> {
        self.number(run.min(2), 2)
    }

    fn name(&mut self, names: &[&str], short: bool) -> Option<i32> {
        let length = self
            .rest
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let length = if short { length.min(3) } else { length };
        let (word, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        find_name(names, word)
    }

    fn field(&mut self, letter: char, run: usize) -> Option<()> {
        match letter {
            'y' if run <= 2 => self.year = Some(century(self.number(run, 2)?, 2)),
            'y' => self.year = Some(self.number(run, run)?),
            'M' if run <= 2 => self.month = Some(self.two(run)?),
            'M' => self.month = Some(self.name(&MONTHS, run == 3)? + 1),
            'd' if run <= 2 => self.day = Some(self.two(run)?),
            'd' => {
                self.name(&DAYS, run == 3)?;
            }
            'H' => self.hour = Some(self.two(run)?),
            'h' => self.twelve = Some(self.two(run)?),
            'm' => self.minute = self.two(run)?,
            's' => self.second = self.two(run)?,
            'f' | 'F' => return self.fraction(letter == 'F', run),
            't' => {
                let pm = self.rest.starts_with(['P', 'p']);
                if !pm && !self.rest.starts_with(['A', 'a']) {
                    return None;
                }
                self.rest = self.rest.get(run.min(2)..)?;
                self.afternoon = Some(pm);
            }
            'K' | 'z' => return self.zone(letter, run),
            'Z' if run == 1 => {
                self.literal('Z')?;
                self.offset = Some(0);
                self.utc = true;
            }
            other => {
                for _ in 0..run {
                    self.literal(other)?;
                }
            }
        }
        self.timed |= matches!(letter, 'H' | 'h' | 'm' | 's');
        Some(())
    }

    fn fraction(&mut self, optional: bool, run: usize) -> Option<()> {
        let length = self
            .rest
            .bytes()
            .take(run)
            .take_while(u8::is_ascii_digit)
            .count();
        if run > 7 || (length != run && !optional) {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.fraction = format!("{digits:0<7}").parse::<i64>().ok()? % SECOND;
        Some(())
    }

    fn zone(&mut self, letter: char, run: usize) -> Option<()> {
        if letter == 'K' && self.rest.is_empty() {
            return Some(());
        }
        if letter == 'K' && self.literal('Z').is_some() {
            self.offset = Some(0);
            self.utc = true;
            return Some(());
        }
        let negative = self.rest.starts_with('-');
        self.literal(if negative { '-' } else { '+' })?;
        let hours = self.number(1, 2)?;
        let minutes = if letter == 'K' || run >= 3 {
            self.literal(':')?;
            self.number(2, 2)?
        } else {
            0
        };
        let total = i16::try_from(hours * 60 + minutes).ok()?;
        self.offset = Some(if negative { -total } else { total });
        Some(())
    }

    fn finish(self, today: i64) -> Option<Parsed> {
        let now = Parts::of(today);
        let dated = self.year.is_some() || self.month.is_some() || self.day.is_some();
        let hour = match (self.hour, self.twelve, self.afternoon) {
            (Some(hour), ..) => hour,
            (None, Some(hour), pm) => hour % 12 + if pm == Some(true) { 12 } else { 0 },
            (None, None, _) => 0,
        };
        let date = |given: Option<i32>, now: i32, first: i32| {
            given.unwrap_or(if dated { first } else { now })
        };
        let parts = Parts {
            year: self.year.unwrap_or(now.year),
            month: date(self.month, now.month, 1),
            day: date(self.day, now.day, 1),
            hour,
            minute: self.minute,
            second: self.second,
            fraction: self.fraction,
        };
        Some(Parsed {
            ticks: parts.ticks()?,
            offset: self.offset,
            utc: self.utc,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::round_trip;

    #[test]
    fn parses_exactly() {
        for (text, pattern, expect) in [
            (
                "2024-02-29T13:05:09Z",
                "yyyy-MM-ddTHH:mm:ssZ",
                "2024-02-29T13:05:09.0000000+00:00",
            ),
            (
                "2024-02-29T13:05:09Z",
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                "2024-02-29T13:05:09.0000000",
            ),
            (
                "2024-02-29T13:05:09.1230000Z",
                "o",
                "2024-02-29T13:05:09.1230000+00:00",
            ),
            (
                "Thu, 29 Feb 2024 13:05:09 GMT",
                "R",
                "2024-02-29T13:05:09.0000000",
            ),
            ("9/2/50", "d/M/yy", "1950-02-09T00:00:00.0000000"),
        ] {
            let parsed = parse_exact(text, pattern, 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(round_trip(parsed.date_time()), expect, "{text}");
        }
        assert_eq!(parse_exact("2024-02-29", "yyyyMMdd", 0), None);
    }
}
