//! Times as the management API writes them (RFC 3339).

use portcullis_model::time::Timestamp;

const SECOND: i128 = 1_000_000_000;

/// Reads `2024-02-29T12:00:00.5Z` or with an offset; without one it is UTC, a date alone is its
/// first moment.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text
        .split_once(['T', 't', ' '])
        .unwrap_or((text, "00:00:00Z"));
    let [year, month, day] = numbers::<3>(date, '-', &[4, 2, 2])?;
    let (clock, offset) = split_offset(time)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers::<3>(clock, ':', &[2, 2, 2])?;
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    // A leap second counts as the first moment of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let nanoseconds = fraction_of(fraction)?;
    Some(Timestamp(
        i128::from(seconds - offset) * SECOND + nanoseconds,
    ))
}

/// A clock time and its offset from UTC in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else {
        return Some((time, 0));
    };
    let (clock, offset) = time.split_at_checked(at)?;
    let (sign, offset) = offset.split_at_checked(1)?;
    let [hours, minutes] = numbers::<2>(offset, ':', &[2, 2])?;
    let seconds = hours * 3600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some((clock, if sign == "-" { -seconds } else { seconds }))
}

/// Exactly `N` numbers of these many digits.
fn numbers<const N: usize>(text: &str, separator: char, digits: &[usize; N]) -> Option<[i64; N]> {
    let mut found = [0; N];
    let mut parts = text.split(separator);
    for (number, length) in found.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != *length || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn fraction_of(digits: &str) -> Option<i128> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().ok()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts from a March, so that the leap day is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before_month = (153 * month + 2) / 5;
    // 719,468 days lie between the first of March of the year 0 and the beginning of 1970.
    365 * year + leaps + before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_rfc_3339_has_them() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2024-03-01T00:00:00Z", 1_709_251_200),
            ("2024-03-01T01:30:00+01:30", 1_709_251_200),
            ("2024-02-29T19:00:00-05:00", 1_709_251_200),
            ("2024-03-01", 1_709_251_200),
            ("2024-03-01T00:00:00", 1_709_251_200),
            ("1969-12-31T23:59:59Z", -1),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse(text).unwrap().unix_seconds(), seconds, "{text}");
        }
        assert_eq!(
            parse("1970-01-01T00:00:00.25Z"),
            Some(Timestamp(250_000_000))
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "soon",
            "2024-02-30T00:00:00Z",
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+1:00",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
