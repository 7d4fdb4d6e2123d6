//! Times of many like things, summed up.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Times as they come in, in microseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<u32>);

/// Milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
pub(crate) struct Summary {
    /// Half took at most this long.
    pub p50_ms: f64,
    /// 99 of 100 took at most this long.
    pub p99_ms: f64,
    /// None took longer.
    pub(crate) max_ms: f64,
}

impl Samples {
    /// Adds one; anything over an hour counts as an hour.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(u32::try_from(time.as_micros()).unwrap_or(3_600_000_000).min(3_600_000_000));
    }

    /// Adds all of another.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many there are.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Percentiles by nearest rank: each is one of the times, none is made up in between.
    #[must_use]
    pub(crate) fn summary(&self) -> Summary {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            f64::from(sorted.get(rank).copied().unwrap_or(0)) / 1000.0
        };
        Summary { p50_ms: at(50), p99_ms: at(99), max_ms: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut samples = Samples::default();
        (1..=200).rev().for_each(|n| samples.add(Duration::from_millis(n)));
        assert_eq!(samples.summary(), Summary { p50_ms: 100.0, p99_ms: 198.0, max_ms: 200.0 });
        assert_eq!(Samples::default().summary(), Summary::default());
        let mut one = Samples::default();
        one.add(Duration::from_micros(1500));
        assert_eq!(one.summary(), Summary { p50_ms: 1.5, p99_ms: 1.5, max_ms: 1.5 });
    }
}
