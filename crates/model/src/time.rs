//! A point in time and a length of time, in microseconds; nothing here reads a clock.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

/// One second, in the unit of [`Time`].
pub const SECOND: i64 = 1_000_000;
/// One minute, in the unit of [`Time`].
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in the unit of [`Time`].
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours, in the unit of [`Time`].
pub const DAY: i64 = 24 * HOUR;

impl Time {
    /// The point `micros` microseconds after the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch; zero for anything before it (UUIDv7 cannot say more).
    #[must_use]
    pub fn millis(self) -> u64 {
        u64::try_from(self.0.div_euclid(1000)).unwrap_or(0)
    }

    /// The number of the UTC day, 0 being 1970-01-01.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// A [`Duration`] in the unit of [`Time`], saturating.
#[must_use]
pub fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Time {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(micros(length)))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(micros(length)))
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wire::rfc3339::write(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339() {
        assert_eq!(Time::from_micros(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Time::from_micros(951_782_400 * SECOND).to_string(), "2000-02-29T00:00:00Z");
        assert_eq!(Time::from_micros(1_795_297_599 * SECOND).to_string(), "2026-11-21T21:46:39Z");
        assert_eq!(Time::from_micros(-1).to_string(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn arithmetic_saturates_instead_of_wrapping() {
        let end = Time::from_micros(i64::MAX);
        assert_eq!(end + Duration::from_secs(1), end);
        assert_eq!(Time::from_micros(5).since(end), Duration::ZERO);
    }
}
