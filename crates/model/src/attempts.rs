//! How often somebody may be wrong about a password or a code out of an app, and how long the waits grow.
//!
//! Known browsers are counted apart from all others, so that no stranger can use up what the owner has. The first wrong
//! ones cost nothing, as people mistype; then each is followed by a wait, twice as long as the one before, up to a day.
//! What goes on after that is followed by a year, and both counts together never reach the hundred of the standard.
//!
//! Implements: NIST SP 800-63B-4 §3.2.2 (no more than 100 consecutive failures, growing waits, no lock-out of the owner by
//! others), OWASP ASVS 5.0 6.1.1, 6.3.1.

use std::time::Duration;

use crate::method::Method;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(60);
/// The longest that grows.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// What follows when even that did not end it.
const SHUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How many wrong ones in a row are borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// From which one on there is a wait.
    free: i64,
    /// From which one on the wait is a year.
    shut: i64,
    /// After how many nothing is compared any more until something right comes.
    most: i64,
}

impl Limit {
    /// For a method. A code out of an app has a million values, and three of them are right at a time: it gets fewer.
    #[must_use]
    pub const fn of(method: Method) -> Self {
        match method {
            Method::Totp => Self { free: 3, shut: 20, most: 50 },
            Method::Passkey
            | Method::Password
            | Method::MailCode
            | Method::SmsCode
            | Method::Approval
            | Method::RecoveryCode => Self { free: 5, shut: 45, most: 50 },
        }
    }

    /// After how many in a row nothing is compared any more: half of what the standard allows, since there are two counts.
    #[must_use]
    pub const fn most(self) -> i64 {
        self.most
    }

    /// From which one on the wait is a year.
    #[must_use]
    pub const fn shut(self) -> i64 {
        self.shut
    }

    /// How long nothing is compared after so many wrong ones in a row.
    #[must_use]
    pub fn wait(self, failures: i64) -> Duration {
        if failures < self.free {
            return Duration::ZERO;
        }
        if failures >= self.shut {
            return SHUT;
        }
        let doublings = u32::try_from(failures.saturating_sub(self.free)).unwrap_or(u32::MAX).min(16);
        FIRST.saturating_mul(1 << doublings).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Duration = LONGEST;

    fn limits() -> [Limit; 2] {
        [Limit::of(Method::Password), Limit::of(Method::Totp)]
    }

    /// How many can be wrong within `time` if nothing right ever comes and nobody loses a moment.
    fn within(limit: Limit, time: Duration) -> i64 {
        let (mut failures, mut passed) = (0, Duration::ZERO);
        while passed <= time && failures < limit.most {
            failures += 1;
            passed += limit.wait(failures);
        }
        failures
    }

    #[test]
    fn both_counts_together_stay_within_what_the_standard_allows() {
        for limit in limits() {
            assert!(2 * limit.most() <= 100, "{limit:?}");
        }
    }

    #[test]
    fn a_slip_costs_nothing_and_a_row_of_them_costs_more_and_more() {
        let [password, totp] = limits();
        let minutes = |n: u64| Duration::from_secs(n * 60);
        assert_eq!([1, 4, 5, 6, 7].map(|n| password.wait(n)), [0, 0, 1, 2, 4].map(minutes));
        assert_eq!([1, 2, 3, 4, 5].map(|n| totp.wait(n)), [0, 0, 1, 2, 4].map(minutes));
        assert_eq!((password.wait(16), password.wait(44), password.wait(45)), (DAY, DAY, SHUT));
        assert_eq!((totp.wait(14), totp.wait(19), totp.wait(20)), (DAY, DAY, SHUT));
    }

    #[test]
    fn whoever_never_stops_guessing_gets_few_guesses_in_a_day_and_hardly_more_in_a_year() {
        let [password, totp] = limits();
        assert_eq!((within(password, DAY), within(totp, DAY)), (15, 13));
        assert_eq!((within(password, SHUT), within(totp, SHUT)), (45, 20));
        assert_eq!((within(password, SHUT * 100), within(totp, SHUT * 100)), (50, 50));
    }

    proptest! {
        #[test]
        fn waits_only_grow(failures in 0_i64..1000) {
            for limit in limits() {
                prop_assert!(limit.wait(failures) <= limit.wait(failures + 1));
            }
            prop_assert!(Limit::of(Method::Totp).wait(failures) >= Limit::of(Method::Password).wait(failures));
        }
    }
}
