//! Two sums that bound what strangers can do: the guess ledger and the mail budget (`docs/architecture.md`).
//!
//! A live code of `k` guesses among `S` possible codes is guessed with probability at most `k/S`, which is a
//! [`Chance`]; what is done with it says [`crate::ledger`]. The mail budget bounds how many codes can be live at
//! all, and how many mails a mailbox gets.

use std::time::Duration;

use crate::time::{DAY, Time};

/// A probability in units of 10⁻¹⁸, rounded up: exact enough to add up and small enough for an `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Chance(i64);

/// How many units make certainty.
const CERTAIN: i64 = 1_000_000_000_000_000_000;

impl Chance {
    /// No chance at all.
    pub const NONE: Self = Self(0);

    /// One in `n`; certainty for `n` below one.
    #[must_use]
    pub const fn one_in(n: i64) -> Self {
        if n < 1 { Self(CERTAIN) } else { Self((CERTAIN / n) + if CERTAIN % n == 0 { 0 } else { 1 }) }
    }

    /// The chance of `guesses` distinct guesses at a uniformly drawn code of `length` base-20 characters.
    #[must_use]
    pub const fn of_guesses(guesses: u8, length: u8) -> Self {
        let mut space: i64 = 1;
        let mut n = 0;
        while n < length {
            space = space.saturating_mul(20);
            n += 1;
        }
        let one = Self::one_in(space).0;
        let mut sum: i64 = 0;
        let mut n = 0;
        while n < guesses {
            sum = sum.saturating_add(one);
            n += 1;
        }
        Self(sum)
    }

    /// From a probability between 0 and 1, given in units of 10⁻¹⁸.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// In units of 10⁻¹⁸, as stored.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// The sum of two chances (an upper bound of either happening).
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// In words: "at most 1 in 8.5 billion"; `None` when there was no chance at all.
    #[must_use]
    pub const fn odds(self) -> Option<i64> {
        if self.0 <= 0 { None } else { Some(CERTAIN / self.0) }
    }
}

/// How many mails one destination may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailAllowance {
    /// In any 24 hours.
    pub per_day: u32,
    /// In any 7 days.
    pub per_week: u32,
}

/// When mails left for one destination, oldest first, at most a week back.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MailTimes(Vec<Time>);

/// One mail may leave, or the earliest time at which one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A mail may leave now.
    Free,
    /// None before this time.
    TakenUntil(Time),
}

const fn before(now: Time, length: i64) -> Time {
    Time::from_micros(now.micros().saturating_sub(length))
}

impl MailTimes {
    /// Reads what [`Self::to_bytes`] wrote; bytes beyond the last whole entry are ignored.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(
            bytes
                .as_chunks::<8>()
                .0
                .iter()
                .map(|chunk| Time::from_micros(i64::from_be_bytes(*chunk)))
                .collect(),
        )
    }

    /// For the store: eight bytes a time, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|time| time.micros().to_be_bytes()).collect()
    }

    /// Whether a mail may leave at `now`.
    #[must_use]
    pub fn slot(&self, now: Time, allowance: MailAllowance) -> Slot {
        let next = |allowed: u32, window: i64| {
            let inside: Vec<Time> =
                self.0.iter().copied().filter(|time| *time > before(now, window)).collect();
            let over = inside.len().checked_sub(usize::try_from(allowed).unwrap_or(usize::MAX));
            // The slot opens when enough of the oldest mails have left the window.
            over.map(|over| match inside.get(over) {
                Some(time) => *time + Duration::from_micros(window.unsigned_abs()),
                None => now + Duration::from_micros(window.unsigned_abs()),
            })
        };
        match next(allowance.per_day, DAY).max(next(allowance.per_week, 7 * DAY)) {
            None => Slot::Free,
            Some(until) => Slot::TakenUntil(until),
        }
    }

    /// Records a mail at `now` and forgets what is older than a week.
    pub fn take(&mut self, now: Time) {
        self.0.retain(|time| *time > before(now, 7 * DAY));
        self.0.push(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_guesses_at_eight_characters_are_the_documented_chance() {
        // 3 / 20⁸ = 1.171875·10⁻¹⁰
        assert_eq!(Chance::of_guesses(3, 8).units(), 117_187_500);
        assert_eq!(Chance::of_guesses(1, 8).odds(), Some(25_600_000_000));
        assert_eq!(Chance::NONE.odds(), None);
    }

    #[test]
    fn a_chance_is_rounded_up_and_never_wraps() {
        assert_eq!(Chance::one_in(3).units(), CERTAIN / 3 + 1);
        assert_eq!(Chance::one_in(0), Chance::from_units(CERTAIN));
        assert_eq!(Chance::of_guesses(255, 255).units(), 255);
        assert_eq!(Chance::from_units(i64::MAX).plus(Chance::one_in(1)).units(), i64::MAX);
    }

    #[test]
    fn the_fourth_mail_of_a_day_waits_until_the_first_is_a_day_old() {
        let allowance = MailAllowance { per_day: 3, per_week: 6 };
        let hour = Duration::from_secs(3600);
        let start = Time::from_micros(0) + hour * 1000;
        let mut times = MailTimes::default();
        for n in 0..3 {
            assert_eq!(times.slot(start + hour * n, allowance), Slot::Free);
            times.take(start + hour * n);
        }
        assert_eq!(times.slot(start + hour * 3, allowance), Slot::TakenUntil(start + hour * 24));
        assert_eq!(times.slot(start + hour * 24, allowance), Slot::Free);
        assert_eq!(MailTimes::from_bytes(&times.to_bytes()), times);
    }

    #[test]
    fn an_allowance_of_zero_is_never_free() {
        let none = MailAllowance { per_day: 0, per_week: 0 };
        let now = Time::from_micros(9 * DAY);
        assert_eq!(MailTimes::default().slot(now, none), Slot::TakenUntil(Time::from_micros(16 * DAY)));
    }

    proptest! {
        /// threats.md §5.2 row 2: for any sequence of requests, no window ever holds more than allowed.
        #[test]
        fn row_2_no_window_ever_holds_more_than_allowed(gaps in prop::collection::vec(0_i64..2 * DAY, 1..200)) {
            let allowance = MailAllowance { per_day: 3, per_week: 6 };
            let (mut times, mut now, mut sent) = (MailTimes::default(), Time::from_micros(30 * DAY), Vec::new());
            for gap in gaps {
                now = Time::from_micros(now.micros() + gap);
                match times.slot(now, allowance) {
                    Slot::Free => { times.take(now); sent.push(now); }
                    Slot::TakenUntil(until) => prop_assert!(until > now),
                }
                let inside = |window: i64| sent.iter().filter(|at| at.micros() > now.micros() - window).count();
                prop_assert!(inside(DAY) <= 3 && inside(7 * DAY) <= 6);
            }
        }
    }
}
