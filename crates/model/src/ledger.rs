//! How long the next code is, so that what strangers may guess within 365 days never comes to more than was promised.
//!
//! A live code of `k` guesses among `S` equally likely codes is guessed with probability at most `k/S`, whoever guesses, from
//! wherever, in whatever order and knowing what came of every guess before. The union bound adds these up: if the sum over
//! all codes whose guesses fall within 365 days is at most ε, so is the chance that any of them was guessed. [`choose`] keeps
//! the sum below ε by never letting one code take more than [`SHARE`] of what is left. It follows that codes get longer as
//! the budget runs low, and that there is a length for the next one long after any mailbox would be full.
//!
//! The share is also what makes it hold when several transactions look at the same sum at once: as many as [`SHARE`] of them
//! together take no more than was left.
//!
//! Implements: `threats.md` §5.1, §5.2 row 5.

use crate::budget::Chance;

/// How many days the promise is about.
pub const PROMISED_DAYS: i64 = 365;

/// How many days the ledger adds up before today: the days whose codes can have a guess within the last 365. One day more
/// than is promised, since a code that goes live in the last minutes of a day is guessed at on the next.
pub const LOOKS_BACK: i64 = PROMISED_DAYS + 1;

/// No code takes more than one part in so many of what is left. More than there are transactions at a time.
pub const SHARE: i64 = 1024;

/// How many letters a longer code has more: a whole group, so that a letter forgotten or typed twice is still seen to be a
/// slip and costs no guess.
pub const STEP: u8 = 4;

/// How often a code may get longer.
pub const STEPS: u8 = 2;

/// Into how many parts the ledger of all together is cut, so that not everybody writes the same row. A destination belongs
/// to one of them for good.
pub const PARTS: i64 = 256;

/// How many days one row of the ledger of all together stands for.
const PERIOD: i64 = 28;

/// What codes there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// How many letters a code has as long as there is plenty left.
    pub shortest: u8,
    /// How often it may get longer.
    pub steps: u8,
    /// One part in so many of what is left is the most that a code takes.
    pub share: i64,
}

impl Lengths {
    /// Codes that begin with `shortest` letters.
    #[must_use]
    pub const fn from(shortest: u8) -> Self {
        Self { shortest, steps: STEPS, share: SHARE }
    }

    /// Each of them, the shortest first.
    pub fn all(self) -> impl Iterator<Item = u8> {
        (0..=self.steps).map(move |step| self.shortest.saturating_add(step.saturating_mul(STEP)))
    }

    /// How many letters the longest code has.
    #[must_use]
    pub const fn longest(self) -> u8 {
        self.shortest.saturating_add(self.steps.saturating_mul(STEP))
    }

    /// Whether a code may have so many letters.
    #[must_use]
    pub fn contain(self, letters: usize) -> bool {
        self.all().any(|length| usize::from(length) == letters)
    }
}

/// What is held for codes of the last 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Spent {
    /// By the account, whichever of its addresses they went to.
    pub account: Chance,
    /// By the destination, whichever account they were for.
    pub destination: Chance,
    /// By the part of all together that the destination belongs to.
    pub part: Chance,
}

impl Spent {
    /// The larger sum of those that are about one owner.
    #[must_use]
    pub fn one(self) -> Chance {
        self.account.max(self.destination)
    }
}

/// Codes of one length, of browsers that are known or of those that are not, of the days that the ledger adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether the browsers that asked were known to the account.
    pub known: bool,
    /// How many letters the codes had.
    pub letters: u8,
    /// How many codes there were.
    pub codes: i64,
    /// How many guesses were made at them or can still be made.
    pub guesses: i64,
    /// The chance that one of these was right.
    pub chance: Chance,
}

/// The chance that one of all these guesses was right.
#[must_use]
pub fn sum(lines: &[Line]) -> Chance {
    lines.iter().fold(Chance::NONE, |sum, line| sum.plus(line.chance))
}

/// What there may be at the most within 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For an account, and for a destination.
    pub one: Chance,
    /// For all together.
    pub all: Chance,
}

impl Limits {
    /// What one part of all together may hold. A limit of certainty is none.
    #[must_use]
    pub const fn part(self) -> Chance {
        let all = self.all.units();
        Chance::from_units(if all < Chance::one_in(1).units() { all / PARTS } else { i64::MAX })
    }

    /// What is left: the least that any of the three sums has left.
    #[must_use]
    pub fn left(self, spent: Spent) -> Chance {
        let left = |limit: Chance, spent: Chance| limit.units().saturating_sub(spent.units()).max(0);
        let one = left(self.one, spent.account).min(left(self.one, spent.destination));
        Chance::from_units(one.min(left(self.part(), spent.part)))
    }
}

/// What a code reserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// How many letters it has.
    pub letters: u8,
    /// The chance that one of its guesses is right.
    pub chance: Chance,
}

/// The shortest code that takes no more than its share of what is left; none where even the longest would take more.
#[must_use]
pub fn choose(left: Chance, guesses: u8, lengths: Lengths) -> Option<Choice> {
    let most = left.units().checked_div(lengths.share).unwrap_or(0);
    lengths
        .all()
        .map(|letters| Choice { letters, chance: Chance::of_guesses(guesses, letters) })
        .find(|choice| choice.chance.units() <= most)
}

/// Under which day what is reserved on `day` stands in the ledger of all together: the last day of its period. It is held
/// until the whole period has passed, some days longer than it must be and never shorter.
#[must_use]
pub const fn last_day_of_period(day: i64) -> i64 {
    day.saturating_sub(day.rem_euclid(PERIOD)).saturating_add(PERIOD - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EPSILON: Chance = Chance::one_in(1_000_000);

    /// A ledger of days beside which nothing else is kept: what `store::guess_ledger` does, in a few lines.
    #[derive(Default)]
    struct Days(Vec<(i64, i64)>);

    impl Days {
        fn sum(&self, today: i64) -> Chance {
            let counted = self.0.iter().filter(|(day, _)| *day >= today - LOOKS_BACK);
            Chance::from_units(counted.map(|(_, units)| units).sum())
        }
    }

    #[test]
    fn a_code_has_eight_letters_until_seven_eighths_of_a_millionth_are_spent() {
        let lengths = Lengths::from(8);
        let letters = |spent: i64| {
            let left = Chance::from_units(EPSILON.units() - spent);
            choose(left, 3, lengths).map(|choice| choice.letters)
        };
        assert_eq!(letters(0), Some(8));
        // 3/20⁸ is 117,187,500 units of 10⁻¹⁸, and 1,024 times that is 12 % of a millionth.
        assert_eq!(letters(EPSILON.units() - 1024 * 117_187_500), Some(8));
        assert_eq!(letters(EPSILON.units() - 1024 * 117_187_500 + 1), Some(12));
        assert_eq!(letters(EPSILON.units() - 1024 * 735), Some(12));
        assert_eq!(letters(EPSILON.units() - 1024 * 735 + 1), Some(16));
        assert_eq!(letters(EPSILON.units() - 1024 * 3), Some(16));
        assert_eq!(letters(EPSILON.units() - 1024 * 3 + 1), None);
        assert_eq!(letters(EPSILON.units()), None);
        assert_eq!(letters(i64::MAX), None);
    }

    #[test]
    fn the_least_that_is_left_of_three_sums_is_what_counts() {
        let limits = Limits { one: Chance::from_units(100), all: Chance::from_units(60 * PARTS) };
        let left = |account, destination, part| {
            let of = Chance::from_units;
            limits.left(Spent { account: of(account), destination: of(destination), part: of(part) }).units()
        };
        assert_eq!(left(0, 0, 0), 60);
        assert_eq!(left(90, 0, 0), 10);
        assert_eq!(left(0, 95, 0), 5);
        assert_eq!(left(0, 0, 59), 1);
        assert_eq!(left(101, 0, 0), 0, "what is over is not less than nothing");
    }

    #[test]
    fn the_parts_of_all_together_never_hold_more_than_all() {
        for all in [0, 1, 255, 256, 257, 100_000_000_000_000_000, 999_999_999_999_999_999] {
            let limits = Limits { one: EPSILON, all: Chance::from_units(all) };
            assert!(limits.part().units().checked_mul(PARTS).unwrap() <= all);
        }
    }

    #[test]
    fn a_period_ends_on_its_last_day_and_holds_what_was_reserved_on_each_of_its_days() {
        for day in [-1, 0, 27, 28, 20_000, 20_001, 20_027] {
            let last = last_day_of_period(day);
            assert!((day..day + PERIOD).contains(&last));
            assert_eq!(last_day_of_period(last), last);
            assert_ne!(last_day_of_period(last + 1), last);
        }
    }

    /// Whatever an operator may set, the mail budget is at its end long before there is no length left: 7,320 codes a year
    /// are the most that a mailbox can get, and an account has no more than 20 addresses.
    #[test]
    fn row_5_no_setting_lets_the_ledger_leave_an_owner_without_a_code() {
        const CODES: i64 = 20 * 366 * 20;
        for (epsilon, guesses, shortest) in [
            (1_000_000_000, 5, 8),
            (1_000_000_000, 5, 16),
            (1_000_000_000_000, 1, 8),
            (1_000_000_000_000_000, 5, 8),
        ] {
            let mut spent = 0;
            for n in 0..CODES {
                let left = Chance::from_units(epsilon - spent);
                let choice = choose(left, guesses, Lengths::from(shortest));
                let choice = choice.unwrap_or_else(|| panic!("no code after {n} at {epsilon}"));
                spent += choice.chance.units();
            }
            assert!(spent <= epsilon);
        }
    }

    #[derive(Clone, Debug)]
    struct Ask {
        /// Minutes since the ask before.
        gap: i64,
        /// How many guesses are made, and how many minutes after the ask.
        guesses: u8,
        after: i64,
    }

    fn asks() -> impl Strategy<Value = Vec<Ask>> {
        let gap = prop_oneof![4 => 0_i64..30, 2 => 0_i64..3000, 1 => 0_i64..600_000];
        let ask = (gap, 0_u8..=3, 0_i64..10);
        prop::collection::vec(ask.prop_map(|(gap, guesses, after)| Ask { gap, guesses, after }), 1..300)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        /// threats.md §5.1: whatever is asked and guessed, and whenever, the guesses that fall within any 365 days add up
        /// to no more than ε. A guess comes up to ten minutes after the ask; what was not guessed is given back.
        #[test]
        fn row_5_no_sequence_of_asks_and_guesses_comes_to_more_than_epsilon(
            asks in asks(), epsilon in 1_i64..4_000_000_000, steps in 0_u8..=2, share in 1_i64..40,
        ) {
            const DAY: i64 = 24 * 60;
            let lengths = Lengths { shortest: 8, steps, share };
            let (mut days, mut now, mut made) = (Days::default(), 100 * DAY, Vec::new());
            for ask in asks {
                now += ask.gap;
                let today = now / DAY;
                let left = Chance::from_units(epsilon - days.sum(today).units());
                let Some(choice) = choose(left, 3, lengths) else { continue };
                let each = choice.chance.units() / 3;
                days.0.push((today, each * i64::from(ask.guesses)));
                made.extend((0..ask.guesses).map(|_| (now + ask.after, each)));
            }
            made.sort_unstable();
            let mut from = 0;
            let mut sum = 0;
            for (at, each) in &made {
                sum += each;
                while made[from].0 <= at - PROMISED_DAYS * DAY {
                    sum -= made[from].1;
                    from += 1;
                }
                prop_assert!(sum <= epsilon, "{sum} of {epsilon} at {at}");
            }
        }

        /// As many transactions as there are shares may look at the same sum at once.
        #[test]
        fn what_is_looked_at_by_many_at_once_is_not_overdrawn(
            left in 0_i64..i64::MAX, guesses in 1_u8..=5, shortest in 1_u8..=16, at_once in 1_i64..=SHARE,
        ) {
            if let Some(choice) = choose(Chance::from_units(left), guesses, Lengths::from(shortest)) {
                prop_assert!(choice.chance.units().checked_mul(at_once).is_some_and(|sum| sum <= left));
            }
        }

        #[test]
        fn less_left_never_makes_a_code_shorter(left in 0_i64..i64::MAX, less in 0_i64..i64::MAX) {
            let letters = |left| {
                choose(Chance::from_units(left), 3, Lengths::from(8)).map_or(u8::MAX, |choice| choice.letters)
            };
            prop_assert!(letters(left.min(less)) >= letters(left.max(less)));
        }
    }
}
