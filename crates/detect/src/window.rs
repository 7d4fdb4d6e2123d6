//! Bounded memory of when something happened, per key: a ring of times, the least recently used key forgotten.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use model::id::EventId;
use model::time::Time;

/// The last few events of each key.
#[derive(Debug)]
pub(crate) struct Recent<K> {
    keys: HashMap<K, VecDeque<(Time, EventId)>>,
    /// Keys in the order of their last use, with how often each was used since; lazily cleaned.
    order: VecDeque<(K, Time)>,
    most_keys: usize,
    ring: usize,
}

impl<K: Hash + Eq + Clone> Recent<K> {
    /// Remembers at most `ring` events of at most `most_keys` keys.
    pub(crate) fn new(most_keys: usize, ring: usize) -> Self {
        Self { keys: HashMap::new(), order: VecDeque::new(), most_keys, ring }
    }

    /// Adds an event.
    pub(crate) fn push(&mut self, key: &K, at: Time, id: EventId) {
        let ring = self.keys.entry(key.clone()).or_default();
        ring.push_back((at, id));
        if ring.len() > self.ring {
            ring.pop_front();
        }
        self.order.push_back((key.clone(), at));
        while self.keys.len() > self.most_keys || self.order.len() > self.most_keys.saturating_mul(4) {
            let Some((old, then)) = self.order.pop_front() else { break };
            // Only a key that was not used since is the least recently used one.
            if self.keys.get(&old).and_then(VecDeque::back).is_some_and(|(last, _)| *last <= then) {
                self.keys.remove(&old);
            }
        }
    }

    /// Takes the newest event of a key back, as when what looked like an attack turned out to be its owner.
    pub(crate) fn forget_one(&mut self, key: &K) {
        if let Some(ring) = self.keys.get_mut(key) {
            ring.pop_back();
        }
    }

    /// The events of a key later than `since`, oldest first.
    pub(crate) fn since(&self, key: &K, since: Time) -> Vec<EventId> {
        let ring = self.keys.get(key).into_iter().flatten();
        ring.filter(|(at, _)| *at > since).map(|(_, id)| *id).collect()
    }

    /// How many keys are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cx::Cx;

    #[test]
    fn memory_stays_bounded_however_many_keys_there_are() {
        let mut recent = Recent::new(100, 4);
        for n in 0..10_000_i64 {
            let now = Time::from_micros(n * 1000);
            let id = EventId::new(&mut Cx::simulated(now, 1)).unwrap();
            recent.push(&(n % 5_000), now, id);
            recent.push(&-1, now, id);
        }
        assert!(recent.len() <= 101);
        assert_eq!(recent.since(&-1, Time::from_micros(0)).len(), 4);
    }
}
