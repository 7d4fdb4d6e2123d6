//! Bounded memory by mark: what was not looked at for longest goes first, and what went is counted.
//!
//! Two generations: what is looked at moves to the young one; when that is half full, the old one goes and the young one
//! becomes it. So nothing is forgotten that was looked at among the last `most / 2`, and nothing needs a list.

use crate::mark::{ByMark, Mark};

/// How much a detector remembers, and how much it had to forget before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Entries now.
    pub entries: usize,
    /// Entries that went because there was no room. What rested on them was not seen.
    pub evicted: u64,
}

impl Memory {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            entries: self.entries.saturating_add(other.entries),
            evicted: self.evicted.saturating_add(other.evicted),
        }
    }
}

/// What is remembered of each mark.
#[derive(Debug)]
pub(crate) struct Kept<V> {
    young: ByMark<V>,
    old: ByMark<V>,
    most: usize,
    evicted: u64,
}

impl<V> Kept<V> {
    /// Room for so many.
    pub(crate) fn new(most: usize) -> Self {
        Self { young: ByMark::default(), old: ByMark::default(), most, evicted: 0 }
    }

    /// What is remembered.
    pub(crate) fn get(&mut self, mark: Mark) -> Option<&mut V> {
        if !self.young.contains_key(&mark) {
            let moved = self.old.remove(&mark)?;
            self.put(mark, moved);
        }
        self.young.get_mut(&mark)
    }

    /// What is remembered, without counting as a look.
    pub(crate) fn peek(&self, mark: Mark) -> Option<&V> {
        self.young.get(&mark).or_else(|| self.old.get(&mark))
    }

    /// Remembers something.
    pub(crate) fn put(&mut self, mark: Mark, value: V) {
        if let Some(known) = self.young.get_mut(&mark) {
            *known = value;
            return;
        }
        if self.young.len() >= self.most / 2 {
            self.turn();
        }
        self.old.remove(&mark);
        self.young.insert(mark, value);
    }

    /// Forgets something, and says what it was.
    pub(crate) fn take(&mut self, mark: Mark) -> Option<V> {
        self.young.remove(&mark).or_else(|| self.old.remove(&mark))
    }

    /// What is remembered, or something new.
    pub(crate) fn entry(&mut self, mark: Mark, new: impl FnOnce() -> V) -> &mut V {
        // While there is room and nothing old, one look is enough; the old generation is seldom the one that has it.
        let full = self.young.len() >= self.most / 2;
        if (full || !self.old.is_empty()) && !self.young.contains_key(&mark) {
            match self.old.remove(&mark) {
                Some(moved) => self.put(mark, moved),
                None if full => self.turn(),
                None => {}
            }
        }
        self.young.entry(mark).or_insert_with(new)
    }

    /// The old generation goes, the young one becomes it.
    fn turn(&mut self) {
        self.evicted = self.evicted.saturating_add(u64::try_from(self.old.len()).unwrap_or(u64::MAX));
        self.old = std::mem::take(&mut self.young);
    }

    /// How much it is.
    pub(crate) fn memory(&self) -> Memory {
        Memory { entries: self.young.len() + self.old.len(), evicted: self.evicted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mark::mix;

    #[test]
    fn there_are_never_more_than_there_is_room_for_and_what_goes_is_counted() {
        let mut kept = Kept::new(1000);
        for n in 0..100_000_u64 {
            *kept.entry(mix(n), || 0_u32) += 1;
            assert!(kept.memory().entries <= 1000);
        }
        let memory = kept.memory();
        assert_eq!(u64::try_from(memory.entries).unwrap() + memory.evicted, 100_000);
    }

    #[test]
    fn what_is_looked_at_stays_and_what_is_not_goes() {
        let mut kept = Kept::new(1000);
        kept.put(mix(7_000_000), "stays");
        kept.put(mix(8_000_000), "goes");
        for n in 0..10_000_u64 {
            kept.put(mix(n), "new");
            assert_eq!(kept.get(mix(7_000_000)), Some(&mut "stays"));
        }
        assert!(kept.peek(mix(8_000_000)).is_none());
        assert_eq!(kept.take(mix(7_000_000)), Some("stays"));
        assert!(kept.get(mix(7_000_000)).is_none());
    }

    #[test]
    fn an_entry_of_the_old_generation_is_found_again_with_its_value() {
        let mut kept = Kept::new(4);
        *kept.entry(mix(1), || 0) = 5;
        for n in 2..4 {
            kept.entry(mix(n), || 0);
        }
        assert_eq!(*kept.entry(mix(1), || 0), 5);
    }
}
