//! Bounded memory of when something happened: a list in the order of time, and the windows of it that a new event is in.

use std::time::Duration;

use model::time::{Time, micros};

/// The newest few, in the order of time.
#[derive(Clone, Debug)]
pub(crate) struct Recent<T> {
    all: Vec<(Time, T)>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { all: Vec::new() }
    }
}

impl<T> Recent<T> {
    /// Adds an event where it belongs, also when it comes late, and gives its place. The oldest goes when there are more than
    /// `most`; `None`: it was that one itself.
    pub(crate) fn insert(&mut self, at: Time, what: T, most: usize) -> Option<usize> {
        let place = self.all.partition_point(|(then, _)| *then <= at);
        self.all.insert(place, (at, what));
        if self.all.len() > most {
            self.all.remove(0);
            return place.checked_sub(1);
        }
        Some(place)
    }

    /// Forgets what is as old as `length` or older, seen from `now`.
    pub(crate) fn forget(&mut self, now: Time, length: Duration) {
        let old = self.all.partition_point(|(then, _)| *then <= now - length);
        self.all.drain(..old);
    }

    /// Every window shorter than `length` that holds the event at `place` and ends with an event: each as long as it can be.
    /// With events that come in order there is one.
    pub(crate) fn windows(&self, place: usize, length: Duration) -> impl Iterator<Item = &[(Time, T)]> {
        let length = micros(length);
        let from = self.all.get(place).map_or(i64::MAX, |(at, _)| at.micros());
        let ends = self.all.iter().enumerate().skip(place);
        ends.take_while(move |(_, (at, _))| at.micros().saturating_sub(from) < length).filter_map(
            move |(end, (at, _))| {
                let start =
                    self.all.partition_point(|(then, _)| at.micros().saturating_sub(then.micros()) >= length);
                self.all.get(start..=end)
            },
        )
    }

    /// Takes back the newest, as when what looked like an attack turned out to be its owner.
    pub(crate) fn take_back(&mut self) {
        self.all.pop();
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> &[(Time, T)] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    const WINDOW: Duration = Duration::from_secs(600);

    #[test]
    fn the_window_of_an_event_in_order_ends_with_it() {
        let mut recent = Recent::default();
        for seconds in [0, 100, 599, 600, 1300] {
            let place = recent.insert(at(seconds), (), 16).unwrap();
            let windows: Vec<_> = recent.windows(place, WINDOW).map(<[_]>::len).collect();
            let expected = match seconds {
                0 | 1300 => 1,
                100 => 2,
                // 600 is a whole window after 0.
                _ => 3,
            };
            assert_eq!(windows, [expected], "{seconds}");
        }
    }

    #[test]
    fn one_that_comes_late_is_in_every_window_that_it_would_have_been_in() {
        let mut recent = Recent::default();
        for seconds in [100, 200, 599, 700] {
            recent.insert(at(seconds), (), 16);
        }
        let place = recent.insert(at(0), (), 16).unwrap();
        let windows: Vec<_> = recent.windows(place, WINDOW).map(<[_]>::len).collect();
        assert_eq!(windows, [1, 2, 3, 4]);
    }

    #[test]
    fn there_are_never_more_than_there_may_be() {
        let mut recent = Recent::default();
        for seconds in 0..100 {
            assert!(recent.insert(at(seconds), seconds, 8).is_some());
        }
        assert_eq!(recent.all().len(), 8);
        assert!(recent.insert(at(1), 1, 8).is_none(), "too old to be kept");
        recent.forget(at(97), Duration::from_secs(1));
        assert_eq!(recent.all().first().map(|(_, n)| *n), Some(97));
        recent.take_back();
        assert_eq!(recent.all().last().map(|(_, n)| *n), Some(98));
    }
}
