//! Numbers that look drawn, one after the other, from a seed: the same seed gives the same tenant everywhere.

use crate::growth::people::mix;

/// A sequence of its own for each purpose.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The sequence of a purpose; another `salt` gives another one.
    #[must_use]
    pub(crate) const fn new(seed: u64, salt: u64) -> Self {
        Self(mix(seed ^ mix(salt)))
    }

    /// The next number.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`; 0 where `end` is.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(((self.next() >> 32) * u64::from(end)) >> 32).unwrap_or(0)
    }

    /// A time from `from` up to, not including, `to`; `from` where there is none between.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        let part = (u128::from(self.next()) * u128::from(span)) >> 64;
        from + i64::try_from(part).unwrap_or(0)
    }

    /// True in so many of a thousand cases.
    pub(crate) fn in_thousand(&mut self, cases: u32) -> bool {
        self.below(1000) < cases
    }

    /// One of a list; the default of an empty one.
    pub(crate) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = self.below(u32::try_from(list.len()).unwrap_or(u32::MAX));
        list.get(usize::try_from(at).unwrap_or(0)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_spread_and_comes_again() {
        let mut chance = Chance::new(1, 2);
        let mut hits = [0_u32; 10];
        for _ in 0..10_000 {
            hits[usize::try_from(chance.below(10)).unwrap()] += 1;
        }
        assert!(hits.iter().all(|hits| (800..1200).contains(hits)), "{hits:?}");
        assert_eq!(Chance::new(1, 2).next(), Chance::new(1, 2).next());
        assert_ne!(Chance::new(1, 2).next(), Chance::new(1, 3).next());
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.between(5, 5), 5);
        assert_eq!(chance.pick::<u8>(&[]), 0);
    }
}
