//! Text → dates: what `DateTime.Parse` understands in the invariant culture.

use super::{DAYS, MONTHS, Parts, SECOND};
use crate::value::{DateTime, Kind};

/// A moment that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// As the clock reads.
    pub(crate) ticks: i64,
    /// Minutes ahead of universal time, if a zone was given.
    pub(crate) offset: Option<i16>,
    /// Whether the zone was `Z` or `GMT`.
    pub(crate) utc: bool,
}

impl Parsed {
    /// Ticks in universal time; the gateway's zone is UTC.
    pub(crate) fn utc_ticks(self) -> i64 {
        self.ticks - i64::from(self.offset.unwrap_or(0)) * super::MINUTE
    }

    /// As `DateTime.Parse` gives it: a zone turns it into local time.
    pub(crate) fn date_time(self) -> DateTime {
        match self.offset {
            Some(_) => DateTime {
                ticks: self.utc_ticks(),
                kind: Kind::Local,
            },
            None => DateTime {
                ticks: self.ticks,
                kind: Kind::Unspecified,
            },
        }
    }
}

/// Reads a date, a time or both. `today` is the date of a time that stands alone.
pub(crate) fn parse(text: &str, today: i64) -> Option<Parsed> {
    let text = text.trim();
    if text.is_empty() || text.len() > 100 {
        return None;
    }
    if let Some(parsed) = iso(text) {
        return Some(parsed);
    }
    loose(text, today)
}

/// Whether a JSON string shows a date to Newtonsoft: ISO 8601 with a time, or `/Date(…)/`.
pub(crate) fn json_date(text: &str) -> Option<DateTime> {
    if let Some(millis) = text
        .strip_prefix("/Date(")
        .and_then(|t| t.strip_suffix(")/"))
    {
        return microsoft_date(millis);
    }
    let bytes = text.as_bytes();
    let shaped = (19..=40).contains(&text.len())
        && bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.get(10) == Some(&b'T')
        && bytes.get(16) == Some(&b':');
    if !shaped {
        return None;
    }
    let mut cursor = Cursor { rest: text };
    let parsed = cursor.iso_date_time()?;
    if !cursor.rest.is_empty() {
        return None;
    }
    Some(match (parsed.utc, parsed.offset) {
        (true, _) => DateTime {
            ticks: parsed.ticks,
            kind: Kind::Utc,
        },
        (false, Some(_)) => {
            let ticks = parsed.utc_ticks();
            if !(0..=DateTime::MAX_TICKS).contains(&ticks) {
                return None;
            }
            DateTime {
                ticks,
                kind: Kind::Local,
            }
        }
        (false, None) => DateTime {
            ticks: parsed.ticks,
            kind: Kind::Unspecified,
        },
    })
}

/// `1709200800000` or `1709200800000+0100`: milliseconds since 1970.
fn microsoft_date(text: &str) -> Option<DateTime> {
    let zone = text.get(1..)?.find(['+', '-']).map(|at| at + 1);
    let millis: i64 = text.get(..zone.unwrap_or(text.len()))?.parse().ok()?;
    let ticks = millis.checked_mul(10_000)?.checked_add(super::UNIX_EPOCH)?;
    let kind = if zone.is_some() {
        Kind::Local
    } else {
        Kind::Utc
    };
    (0..=DateTime::MAX_TICKS)
        .contains(&ticks)
        .then_some(DateTime { ticks, kind })
}

fn iso(text: &str) -> Option<Parsed> {
    let mut cursor = Cursor { rest: text };
    let parsed = cursor.iso_date_time()?;
    cursor.rest.is_empty().then_some(parsed)
}

/// Reads from the front of a text.
struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i32> {
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

    /// `2024-02-29[T10:00[:00[.0]][Z|+02:00]]`
    fn iso_date_time(&mut self) -> Option<Parsed> {
        let year = self.digits(4, 4)?;
        if !self.eat('-') {
            return None;
        }
        let month = self.digits(1, 2)?;
        if !self.eat('-') {
            return None;
        }
        let day = self.digits(1, 2)?;
        let mut parts = Parts::date(year, month, day);
        let separated = self.eat('T') || (self.rest.starts_with(' ') && self.eat(' '));
        if separated {
            self.time(&mut parts)?;
        }
        let mut midnight_after = false;
        if parts.hour == 24 && parts.minute == 0 && parts.second == 0 && parts.fraction == 0 {
            // 24:00 is allowed by Newtonsoft's reader only, and it is not what .NET parses.
            midnight_after = true;
        }
        if midnight_after {
            return None;
        }
        let (offset, utc) = if separated {
            self.zone()?
        } else {
            (None, false)
        };
        Some(Parsed {
            ticks: parts.ticks()?,
            offset,
            utc,
        })
    }

    fn time(&mut self, parts: &mut Parts) -> Option<()> {
        parts.hour = self.digits(1, 2)?;
        if !self.eat(':') {
            return None;
        }
        parts.minute = self.digits(1, 2)?;
        if self.eat(':') {
            parts.second = self.digits(1, 2)?;
            if self.eat('.') {
                parts.fraction = self.fraction()?;
            }
        }
        Some(())
    }

    /// Digits after the seconds, as ticks; what is finer is rounded.
    fn fraction(&mut self) -> Option<i64> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(length)?;
        if digits.is_empty() || digits.len() > 18 {
            return None;
        }
        self.rest = rest;
        let value: i64 = digits.parse().ok()?;
        let scale = 10_i64.checked_pow(u32::try_from(digits.len()).ok()?)?;
        let ticks = i128::from(value) * i128::from(SECOND) * 2 / i128::from(scale);
        i64::try_from((ticks + 1) / 2).ok()
    }

    /// `Z`, `+02:00`, `+0200`, `+02`, or nothing.
    fn zone(&mut self) -> Option<(Option<i16>, bool)> {
        let trimmed = self.rest.trim_start();
        if trimmed.is_empty() {
            self.rest = trimmed;
            return Some((None, false));
        }
        self.rest = trimmed;
        if self.eat('Z') || self.eat('z') {
            return Some((Some(0), true));
        }
        for word in ["GMT", "UTC"] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Some((Some(0), true));
            }
        }
        let negative = match self.rest.chars().next()? {
            '+' => false,
            '-' => true,
            _ => return None,
        };
        self.eat(if negative { '-' } else { '+' });
        let hours = self.digits(1, 2)?;
        self.eat(':');
        let minutes = self.digits(2, 2).unwrap_or(0);
        let total = hours * 60 + minutes;
        if total > 14 * 60 || minutes > 59 {
            return None;
        }
        let total = i16::try_from(if negative { -total } else { total }).ok()?;
        Some((Some(total), false))
    }
}

// === Loose forms ===

/// `29 February 2024 1:05 PM`, `02/29/2024`, `Fri, 29 Feb 2024 13:05:09 GMT`, `2024-02`, `13:05`.
fn loose(text: &str, today: i64) -> Option<Parsed> {
    let mut reader = Loose::default();
    for word in words(text) {
        reader.word(word)?;
    }
    reader.finish(today)
}

/// Splits at white space and commas; a zone or `AM` that touches a number is its own word.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for chunk in text.split([' ', ',', '\t']).filter(|c| !c.is_empty()) {
        let letters = chunk.find(|c: char| c.is_ascii_alphabetic());
        match letters {
            Some(at) if at > 0 && chunk.starts_with(|c: char| c.is_ascii_digit()) => {
                let (number, letters) = chunk.split_at_checked(at).unwrap_or((chunk, ""));
                // `2024T10:00` and the like: the `T` separates.
                words.push(number.trim_end_matches('-'));
                if !letters.eq_ignore_ascii_case("T") {
                    words.push(letters.trim_start_matches('T'));
                }
            }
            _ => words.push(chunk),
        }
    }
    words
}

#[derive(Default)]
struct Loose {
    numbers: Vec<(i32, usize)>,
    month: Option<i32>,
    weekday: Option<i32>,
    time: Option<Parts>,
    afternoon: Option<bool>,
    offset: Option<i16>,
    utc: bool,
    slashed: bool,
}

impl Loose {
    fn word(&mut self, word: &str) -> Option<()> {
        if word.is_empty() {
            return Some(());
        }
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            let (clock, zone) = match word.find(['+', '-']) {
                Some(at) => word.split_at_checked(at)?,
                None => (word, ""),
            };
            let mut parts = Parts::date(1, 1, 1);
            let mut cursor = Cursor { rest: clock };
            cursor.time(&mut parts)?;
            if !cursor.rest.is_empty() || self.time.is_some() {
                return None;
            }
            self.time = Some(parts);
            return if zone.is_empty() {
                Some(())
            } else {
                self.zone(zone)
            };
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.date(word);
        }
        if word.starts_with(['+', '-']) && self.time.is_some() {
            return self.zone(word);
        }
        self.name(word)
    }

    fn zone(&mut self, word: &str) -> Option<()> {
        let mut cursor = Cursor { rest: word };
        let (offset, utc) = cursor.zone()?;
        self.offset = offset;
        self.utc = utc;
        cursor.rest.is_empty().then_some(())
    }

    fn date(&mut self, word: &str) -> Option<()> {
        let separator = word.chars().find(|c| !c.is_ascii_digit());
        if let Some(separator) = separator {
            if !matches!(separator, '/' | '-' | '.') {
                return None;
            }
            self.slashed = true;
            for part in word.split(separator) {
                self.number_or_month(part)?;
            }
            return Some(());
        }
        self.number_or_month(word)
    }

    fn number_or_month(&mut self, part: &str) -> Option<()> {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            if part.is_empty() || part.len() > 4 {
                return None;
            }
            self.numbers.push((part.parse().ok()?, part.len()));
            return (self.numbers.len() <= 3).then_some(());
        }
        self.name(part)
    }

    fn name(&mut self, word: &str) -> Option<()> {
        let word = word.trim_end_matches('.');
        match word.to_ascii_uppercase().as_str() {
            "AM" | "A" => self.afternoon = Some(false),
            "PM" | "P" => self.afternoon = Some(true),
            "GMT" | "UTC" | "Z" if self.time.is_some() => {
                self.offset = Some(0);
                self.utc = true;
            }
            "T" => {}
            _ => {
                if let Some(month) = find_name(&MONTHS, word) {
                    if self.month.replace(month + 1).is_some() {
                        return None;
                    }
                } else if let Some(day) = find_name(&DAYS, word) {
                    self.weekday = Some(day);
                } else {
                    return None;
                }
            }
        }
        Some(())
    }

    fn finish(self, today: i64) -> Option<Parsed> {
        let mut parts = match (self.month, self.numbers.as_slice()) {
            (None, []) if self.time.is_some() && self.weekday.is_none() => Parts::of(today),
            (None, [(y, 4), (m, _), (d, _)]) => Parts::date(*y, *m, *d),
            (None, [(m, _), (d, _), (y, digits)]) => Parts::date(century(*y, *digits), *m, *d),
            (None, [(y, 4), (m, _)]) if self.slashed => Parts::date(*y, *m, 1),
            (None, [(m, _), (y, 4)]) if self.slashed => Parts::date(*y, *m, 1),
            (None, [(m, _), (d, _)]) if self.slashed => Parts::date(Parts::of(today).year, *m, *d),
            (Some(m), [(d, 1 | 2), (y, digits)]) => Parts::date(century(*y, *digits), m, *d),
            (Some(m), [(y, 4), (d, _)]) => Parts::date(*y, m, *d),
            (Some(m), [(y, 4)]) => Parts::date(*y, m, 1),
            (Some(m), [(d, _)]) => Parts::date(Parts::of(today).year, m, *d),
            _ => return None,
        };
        let clock = self.time.unwrap_or(Parts::date(1, 1, 1));
        let hour = match self.afternoon {
            Some(_) if self.time.is_none() || !(1..=12).contains(&clock.hour) => return None,
            Some(pm) => clock.hour % 12 + if pm { 12 } else { 0 },
            None => clock.hour,
        };
        parts = Parts {
            hour,
            minute: clock.minute,
            second: clock.second,
            fraction: clock.fraction,
            ..parts
        };
        let ticks = parts.ticks()?;
        if self
            .weekday
            .is_some_and(|day| day != super::day_of_week(ticks))
        {
            return None;
        }
        Some(Parsed {
            ticks,
            offset: self.offset,
            utc: self.utc,
        })
    }
}

/// Two digits mean 1930 to 2029.
pub(super) fn century(year: i32, digits: usize) -> i32 {
    match digits {
        1 | 2 if year < 30 => 2000 + year,
        1 | 2 => 1900 + year,
        _ => year,
    }
}

/// The place of a full or three-letter name.
pub(super) fn find_name(names: &[&str], word: &str) -> Option<i32> {
    let found = names.iter().position(|name| {
        name.eq_ignore_ascii_case(word)
            || name
                .get(..3)
                .is_some_and(|short| short.eq_ignore_ascii_case(word))
    })?;
    i32::try_from(found).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{round_trip, sortable};

    #[test]
    fn parses_what_dotnet_parses() {
        for (text, expect) in [
            ("2024-02-29T13:05:09Z", "2024-02-29T13:05:09.0000000+00:00"),
            (
                "2024-02-29T13:05:09+02:00",
                "2024-02-29T11:05:09.0000000+00:00",
            ),
            ("29 February 2024 1:05 PM", "2024-02-29T13:05:00.0000000"),
            ("2024-2-9", "2024-02-09T00:00:00.0000000"),
            ("2024-02", "2024-02-01T00:00:00.0000000"),
            ("02/29/2024 10:00:00", "2024-02-29T10:00:00.0000000"),
            (
                "Thu, 29 Feb 2024 13:05:09 GMT",
                "2024-02-29T13:05:09.0000000+00:00",
            ),
        ] {
            let parsed = parse(text, 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(round_trip(parsed.date_time()), expect, "{text}");
        }
        for text in [
            "Fri, 29 Feb 2024 13:05:09 GMT",
            "20240229",
            "2024-02-30",
            "",
            "hello",
            "2024-02-29T24:00:00",
            "nope",
            "12",
        ] {
            assert_eq!(parse(text, 0), None, "{text}");
        }
    }

    #[test]
    fn recognises_dates_in_json() {
        let date = |text| json_date(text).map(|d| (sortable(d.ticks), d.kind));
        assert_eq!(
            date("2024-02-29T10:00:00+02:00"),
            Some(("2024-02-29T08:00:00".to_owned(), Kind::Local))
        );
        assert_eq!(
            date("/Date(1709200800000)/"),
            Some(("2024-02-29T10:00:00".to_owned(), Kind::Utc))
        );
        for text in [
            "2024-02-29T10:00",
            "2024-02-29",
            "2024-02-29T25:00:00Z",
            "hello there, how are you",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
