//! The small structures: `DateTime`, `DateTimeOffset`, `TimeSpan`, `Guid`.
//!
//! Instants are .NET ticks: 100 nanoseconds since 0001-01-01.

/// Ticks between 0001-01-01 and 1970-01-01.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// What the clock of a [`DateTime`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing is known.
    Unspecified,
    /// Universal time.
    Utc,
    /// The gateway's own zone, which is UTC.
    Local,
}

/// A point in time, without a zone of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// .NET ticks.
    pub ticks: i64,
    /// Which clock.
    pub kind: Kind,
}

impl DateTime {
    /// `DateTime.MinValue`.
    pub const MIN: Self = Self {
        ticks: 0,
        kind: Kind::Unspecified,
    };
    /// `DateTime.MaxValue.Ticks`.
    pub const MAX_TICKS: i64 = 3_155_378_975_999_999_999;

    /// A point in universal time, from nanoseconds since 1970.
    pub fn from_unix_nanos(nanos: i128) -> Self {
        let ticks = i64::try_from(nanos.div_euclid(100)).unwrap_or(0);
        let ticks = UNIX_EPOCH_TICKS
            .saturating_add(ticks)
            .clamp(0, Self::MAX_TICKS);
        Self {
            ticks,
            kind: Kind::Utc,
        }
    }

    /// Nanoseconds since 1970, as if it were universal time.
    pub fn unix_nanos(self) -> i128 {
        i128::from(self.ticks - UNIX_EPOCH_TICKS) * 100
    }

    /// The same clock reading of another kind.
    #[must_use]
    pub fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
}

/// A point in time with its distance from universal time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTimeOffset {
    /// Ticks in universal time.
    pub utc_ticks: i64,
    /// Minutes that the clock is ahead of universal time.
    pub offset_minutes: i16,
}

impl DateTimeOffset {
    /// `DateTimeOffset.MinValue`.
    pub const MIN: Self = Self {
        utc_ticks: 0,
        offset_minutes: 0,
    };

    /// Ticks as the clock reads.
    pub fn clock_ticks(self) -> i64 {
        self.utc_ticks.saturating_add(self.offset_ticks())
    }

    /// The offset in ticks.
    pub fn offset_ticks(self) -> i64 {
        i64::from(self.offset_minutes) * 600_000_000
    }
}

/// A length of time, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeSpan(pub i64);

/// A GUID, in the order in which its text shows the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// `3f2504e0-4f89-41d3-9a0c-0305e82c3301`.
    pub fn hyphenated(self) -> String {
        let hex = self.hex();
        let part = |range| hex.get(range).unwrap_or_default();
        format!(
            "{}-{}-{}-{}-{}",
            part(0..8),
            part(8..12),
            part(12..16),
            part(16..20),
            part(20..32)
        )
    }

    /// The digits alone.
    pub(crate) fn hex(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}
