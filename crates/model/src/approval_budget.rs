//! How many approvals browsers that an account does not know may ask for with its password: whoever has that should neither keep a
//! question before its owner for ever, nor fill what its owner reads.
//!
//! Implements: RFC 10027 §6.1.11 (limits per person), threats.md §5.2 rows 3 and 15.
//!
//! 1. So many within [`WINDOW`] are asked like any other.
//! 2. What is asked beyond that is held back: nobody sees it but whoever asked, and it is counted.
//! 3. The first of a day that is held back is told at once, and at the end of the day how many they were.
//!
//! Browsers that the account knows have no part in it: nobody else can use up what is theirs.

use std::time::Duration;

use crate::time::Time;

/// The time within which that counts.
pub const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// What was held back within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// When the first was.
    pub since: Time,
    /// How many were.
    pub count: u32,
}

/// What unknown browsers asked for with the password of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalBudget {
    /// When, of those that were not held back, the oldest first; at most [`WINDOW`] back.
    times: Vec<Time>,
    /// What was held back, and not told in sum yet.
    held: Option<Held>,
}

/// What becomes of one that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// It is asked like any other.
    Free,
    /// It is held back.
    Taken {
        /// When the next one is not.
        until: Time,
        /// Whether it is the first of a day, which is told at once.
        first: bool,
    },
}

impl ApprovalBudget {
    /// Reads what [`Self::times`] wrote; bytes beyond the last whole entry are ignored.
    #[must_use]
    pub fn new(times: &[u8], held: Option<Held>) -> Self {
        let all = times.as_chunks::<8>().0.iter();
        Self { times: all.map(|one| Time::from_micros(i64::from_be_bytes(*one))).collect(), held }
    }

    /// For the store: eight bytes a time, big-endian.
    #[must_use]
    pub fn times(&self) -> Vec<u8> {
        self.times.iter().flat_map(|time| time.micros().to_be_bytes()).collect()
    }

    /// What was held back, and not told in sum yet.
    #[must_use]
    pub const fn held(&self) -> Option<Held> {
        self.held
    }

    /// Whether one that is asked for at `now` would be held back.
    #[must_use]
    pub fn is_spent(&self, now: Time, most: u32) -> bool {
        let within = self.times.iter().filter(|at| now < **at + WINDOW).count();
        within >= usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// One is asked for at `now`, where `most` within [`WINDOW`] are not held back.
    pub fn ask(&mut self, now: Time, most: u32) -> Slot {
        self.times.retain(|at| now < *at + WINDOW);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let Some(over) = self.times.len().checked_sub(most) else {
            self.times.push(now);
            return Slot::Free;
        };
        // The next is free when enough of the oldest have left the window.
        let until = self.times.get(over).map_or(now + WINDOW, |at| *at + WINDOW);
        let first = self.held.is_none();
        let before = self.held.unwrap_or(Held { since: now, count: 0 });
        self.held = Some(Held { count: before.count.saturating_add(1), ..before });
        Slot::Taken { until, first }
    }

    /// Takes out what was held back, once its day is over: how many they were is told then.
    pub fn close(&mut self, now: Time) -> Option<Held> {
        let over = self.held.filter(|held| held.since + WINDOW <= now)?;
        self.held = None;
        Some(over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;
    use proptest::prelude::*;

    fn at(second: u64) -> Time {
        Time::from_micros(20_000 * DAY) + Duration::from_secs(second)
    }

    #[test]
    fn row_15_what_is_beyond_the_limit_is_told_at_once_and_in_sum_a_day_later() {
        let mut budget = ApprovalBudget::default();
        assert_eq!((budget.ask(at(0), 2), budget.ask(at(60), 2)), (Slot::Free, Slot::Free));
        let day = WINDOW.as_secs();
        assert_eq!(budget.ask(at(61), 2), Slot::Taken { until: at(day), first: true });
        assert_eq!(budget.ask(at(day - 1), 2), Slot::Taken { until: at(day), first: false });
        assert_eq!(budget.ask(at(day), 2), Slot::Free, "the first has left the window");
        assert_eq!(budget.ask(at(day + 1), 2), Slot::Taken { until: at(day + 60), first: false });
        assert_eq!(budget.close(at(day + 60)), None);
        assert_eq!(budget.close(at(day + 61)), Some(Held { since: at(61), count: 3 }));
        assert_eq!((budget.close(at(day + 61)), budget.held()), (None, None));
        // The limit was lowered meanwhile.
        let mut lowered = ApprovalBudget::new(&budget.times(), None);
        assert_eq!(lowered, budget);
        assert_eq!(lowered.ask(at(day + 62), 1), Slot::Taken { until: at(day * 2), first: true });
        assert_eq!(ApprovalBudget::new(&[1; 15], None).times().len(), 8);
    }

    proptest! {
        #[test]
        fn row_15_no_window_of_a_year_has_more_and_no_more_than_two_lines_a_day_tell_of_the_rest(
            pauses in prop::collection::vec(prop_oneof![8 => 0_u64..600, 2 => 0_u64..90_000], 1..2_000),
            most in 1_u32..12,
        ) {
            let (mut budget, mut now) = (ApprovalBudget::default(), at(0));
            let (mut free, mut lines, mut held, mut told) = (Vec::new(), Vec::new(), 0_u32, 0_u32);
            for pause in pauses {
                now = now + Duration::from_secs(pause);
                if now >= at(365 * WINDOW.as_secs()) {
                    break;
                }
                if let Some(over) = budget.close(now) {
                    told += over.count;
                    lines.push(now);
                }
                let spent = budget.is_spent(now, most);
                let slot = budget.ask(now, most);
                prop_assert_eq!(spent, slot != Slot::Free);
                match slot {
                    Slot::Free => free.push(now),
                    Slot::Taken { until, first } => {
                        held += 1;
                        prop_assert!(now < until && until <= now + WINDOW);
                        lines.extend(first.then_some(now));
                    }
                }
                budget = ApprovalBudget::new(&budget.times(), budget.held());
            }
            let within = |all: &[Time], from: Time| all.iter().filter(|at| from <= **at && **at < from + WINDOW).count();
            for from in free.iter().copied() {
                prop_assert!(within(&free, from) <= usize::try_from(most).unwrap());
            }
            for from in lines.iter().copied() {
                prop_assert!(within(&lines, from) <= 2, "{lines:?}");
            }
            prop_assert_eq!(told + budget.held().map_or(0, |open| open.count), held, "each is counted once");
        }
    }
}
