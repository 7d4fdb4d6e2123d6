//! How much may be guessed at codes of devices, and how many such codes there may be.
//!
//! Implements: RFC 8628 §5.1 and §5.2 (guessing), RFC 10027 §6.1.11 (limits per person, not per client alone), threats.md
//! §5.1 ("User codes") and §5.2 row 28.
//!
//! With 3,000 user codes asked for and 100 wrong ones typed in every ten minutes of a day, more than which there never are,
//! one of them is hit with probability 144 · 100 · 3000 / 20⁸ = 0.17 %, and it takes 20 accounts to try. A pairing code is hit
//! in a day of 10,000 guesses in ten minutes with 144 · 10⁴ · W / 20¹² = W · 3.5·10⁻¹⁰ where W windows are open all the time,
//! and then its person still has to type digits that they cannot see.

use std::time::Duration;

use crate::time::{Time, micros};

/// How long a count lasts: so many minutes of the clock.
pub const PERIOD: Duration = Duration::from_secs(10 * 60);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// A user code that somebody typed, and that was none.
    UserCode,
    /// A pairing code that a device brought, and that was none.
    PairingCode,
    /// A user code that a device asked for.
    Asked,
}

impl Counted {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::UserCode, Self::PairingCode, Self::Asked];

    /// What the digests of its counts are made with.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::UserCode => "user code",
            Self::PairingCode => "pairing code",
            Self::Asked => "asked",
        }
    }

    /// How many an account may have in a period; none where nobody knows the account.
    #[must_use]
    pub const fn of_account(self) -> Option<i64> {
        match self {
            Self::UserCode => Some(5),
            Self::PairingCode | Self::Asked => None,
        }
    }

    /// How many may come from one network in a period.
    #[must_use]
    pub const fn of_network(self) -> i64 {
        20
    }

    /// How many there may be in a period in all.
    #[must_use]
    pub const fn of_all(self) -> i64 {
        match self {
            Self::UserCode => 100,
            Self::PairingCode => 10_000,
            Self::Asked => 3_000,
        }
    }
}

/// The number of the period that `now` is in.
#[must_use]
pub fn period(now: Time) -> i64 {
    now.micros().div_euclid(micros(PERIOD))
}

/// When the period ends that `now` is in.
#[must_use]
pub fn period_ends(now: Time) -> Time {
    Time::from_micros(period(now).saturating_add(1).saturating_mul(micros(PERIOD)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn row_28_what_is_promised_of_guesses_is_what_the_numbers_say() {
        let day = 24.0 * 3600.0 / PERIOD.as_secs_f64();
        let chance = |guesses: i64, live: f64, letters: i32| {
            day * f64::from(u32::try_from(guesses).unwrap()) * live / 20_f64.powi(letters)
        };
        let live = f64::from(u32::try_from(Counted::Asked.of_all()).unwrap());
        assert!(chance(Counted::UserCode.of_all(), live, 8) < 0.0018);
        assert!(chance(Counted::PairingCode.of_all(), 1.0, 12) < 3.6e-10);
        let accounts = Counted::UserCode.of_all() / Counted::UserCode.of_account().unwrap();
        assert_eq!(accounts, 20);
    }

    proptest! {
        #[test]
        fn a_period_ends_within_ten_minutes_and_another_one_begins(micros in 0_i64..4_000_000_000_000_000) {
            let now = Time::from_micros(micros);
            let end = period_ends(now);
            prop_assert!(end > now && end.since(now) <= PERIOD);
            prop_assert_eq!(period(end), period(now) + 1);
        }
    }
}
