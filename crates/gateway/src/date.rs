//! The `Date` header, made once a second.

use http::HeaderValue;
use portcullis_model::time::Timestamp;

/// The current date in IMF-fixdate form (RFC 9110 §5.6.7).
#[derive(Debug)]
pub(crate) struct HttpDate {
    second: i64,
    value: HeaderValue,
}

impl Default for HttpDate {
    fn default() -> Self {
        Self {
            second: i64::MIN,
            value: HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"),
        }
    }
}

impl HttpDate {
    /// The header.
    pub(crate) fn value(&self) -> HeaderValue {
        self.value.clone()
    }

    /// Makes it say `now`.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let second = now.unix_seconds();
        if second != self.second {
            self.second = second;
            if let Ok(value) = HeaderValue::from_str(&imf_fixdate(second)) {
                self.value = value;
            }
        }
    }
}

fn imf_fixdate(unix: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = unix.div_euclid(86_400);
    let second = unix.rem_euclid(86_400);
    let (year, month, day) = civil(days);
    let name = |names: &'static [&'static str], at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| names.get(at))
            .copied()
            .unwrap_or("")
    };
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        name(&DAYS, days.rem_euclid(7)),
        name(&MONTHS, month - 1),
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}

/// RFC 3339 in UTC with microseconds.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let second = at.unix_seconds();
    let (year, month, day) = civil(second.div_euclid(86_400));
    let of_day = second.rem_euclid(86_400);
    let micros = at.0.rem_euclid(1_000_000_000) / 1000;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{micros:06}Z",
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60,
    )
}

/// Year, month, day of a count of days since 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_rfc() {
        assert_eq!(imf_fixdate(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(imf_fixdate(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(imf_fixdate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(
            rfc3339(Timestamp(784_111_777_123_456_789)),
            "1994-11-06T08:49:37.123456Z"
        );
    }
}
