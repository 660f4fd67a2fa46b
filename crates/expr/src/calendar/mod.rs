//! Dates and times: the calendar, and their text forms in the invariant culture.
//!
//! The gateway's own zone is UTC, so a local time is a universal time with another name.

mod format;
mod parse;
mod parse_exact;
mod span;

pub(crate) use format::{format_stamp, format_stamp_as};
pub(crate) use parse::{Parsed, json_date, parse};
pub(crate) use parse_exact::parse_exact;
pub(crate) use span::{format_span, parse_span, parse_span_exact, span_text};

use crate::value::{DateTime, DateTimeOffset, Kind};

/// Ticks in a second, minute, hour and day.
pub(crate) const SECOND: i64 = 10_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// Ticks between 0001-01-01 and 1970-01-01.
pub(crate) const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(crate) const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A moment taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) year: i32,
    pub(crate) month: i32,
    pub(crate) day: i32,
    pub(crate) hour: i32,
    pub(crate) minute: i32,
    pub(crate) second: i32,
    /// Ticks within the second.
    pub(crate) fraction: i64,
}

/// Whether February has 29 days.
pub(crate) fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub(crate) fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + i32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 0001-01-01 to a date (Howard Hinnant's algorithm, shifted).
fn days_from_civil(year: i32, month: i32, day: i32) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 306
}

fn small(n: i64) -> i32 {
    i32::try_from(n).unwrap_or(0)
}

fn civil_from_days(days: i64) -> (i32, i32, i32) {
    let shifted = days + 306;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (small(year), small(month), small(day))
}

impl Parts {
    /// Takes ticks apart.
    pub(crate) fn of(ticks: i64) -> Self {
        let (year, month, day) = civil_from_days(ticks.div_euclid(DAY));
        let time = ticks.rem_euclid(DAY);
        Self {
            year,
            month,
            day,
            hour: small(time / HOUR),
            minute: small(time / MINUTE % 60),
            second: small(time / SECOND % 60),
            fraction: time % SECOND,
        }
    }

    /// A date at midnight.
    pub(crate) fn date(year: i32, month: i32, day: i32) -> Self {
        Self {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
            fraction: 0,
        }
    }

    /// The ticks, if there is such a moment.
    pub(crate) fn ticks(self) -> Option<i64> {
        let valid = (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..60).contains(&self.second);
        valid.then(|| {
            days_from_civil(self.year, self.month, self.day) * DAY
                + i64::from(self.hour) * HOUR
                + i64::from(self.minute) * MINUTE
                + i64::from(self.second) * SECOND
                + self.fraction
        })
    }

    /// The day of the year, from 1.
    pub(crate) fn day_of_year(self) -> i32 {
        small(
            days_from_civil(self.year, self.month, self.day) - days_from_civil(self.year, 1, 1) + 1,
        )
    }
}

/// The day of the week, Sunday being 0.
pub(crate) fn day_of_week(ticks: i64) -> i32 {
    small((ticks.div_euclid(DAY) + 1).rem_euclid(7))
}

/// Adds months; the day is cut to the month's last. `None` outside year 1 to 9999.
pub(crate) fn add_months(ticks: i64, months: i64) -> Option<i64> {
    let parts = Parts::of(ticks);
    let index = i64::from(parts.year) * 12 + i64::from(parts.month) - 1 + months;
    let year = i32::try_from(index.div_euclid(12)).ok()?;
    let month = small(index.rem_euclid(12)) + 1;
    if !(1..=9999).contains(&year) {
        return None;
    }
    let day = parts.day.min(days_in_month(year, month));
    Parts {
        year,
        month,
        day,
        ..parts
    }
    .ticks()
}

/// `2024-02-29T13:05:09`.
pub(crate) fn sortable(ticks: i64) -> String {
    let p = Parts::of(ticks);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        p.year, p.month, p.day, p.hour, p.minute, p.second
    )
}

/// `+02:00`.
pub(crate) fn offset_text(minutes: i16) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Format `O`.
pub(crate) fn round_trip(date: DateTime) -> String {
    let fraction = date.ticks.rem_euclid(SECOND);
    let zone = match date.kind {
        Kind::Utc => "Z",
        Kind::Local => "+00:00",
        Kind::Unspecified => "",
    };
    format!("{}.{fraction:07}{zone}", sortable(date.ticks))
}

/// Format `O` of a time with an offset.
pub(crate) fn round_trip_offset(date: DateTimeOffset) -> String {
    let ticks = date.clock_ticks();
    let fraction = ticks.rem_euclid(SECOND);
    format!(
        "{}.{fraction:07}{}",
        sortable(ticks),
        offset_text(date.offset_minutes)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_what_it_puts_together() {
        for (year, month, day) in [
            (1, 1, 1),
            (1970, 1, 1),
            (2000, 2, 29),
            (2024, 12, 31),
            (9999, 12, 31),
        ] {
            let ticks = Parts::date(year, month, day).ticks().unwrap();
            let parts = Parts::of(ticks);
            assert_eq!((parts.year, parts.month, parts.day), (year, month, day));
        }
        assert_eq!(Parts::date(1970, 1, 1).ticks(), Some(UNIX_EPOCH));
        assert_eq!(Parts::date(2023, 2, 29).ticks(), None);
        assert_eq!(day_of_week(UNIX_EPOCH), 4);
    }
}
