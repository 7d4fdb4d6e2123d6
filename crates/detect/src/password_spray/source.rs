//! Where tries come from: which accounts failed there lately, from which lines, and which succeeded.

use model::event::imported::Handle;
use model::id::EventId;
use model::time::{DAY, Time};

use crate::book::Proof;
use crate::mark::{Mark, short};

/// Accounts that are remembered of one source, of those that failed and of those that succeeded.
const MOST: usize = 400;
/// How far back.
const LIFE: i64 = 7 * DAY;

/// One failed try.
#[derive(Clone, Debug)]
pub(super) struct Try {
    pub(super) at: Time,
    pub(super) user: Mark,
    pub(super) line: Mark,
    pub(super) id: EventId,
    pub(super) record: Handle,
}

/// One source.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The last try with each account, in the order of time.
    tries: Vec<Try>,
    /// When each account last succeeded.
    passed: Vec<(Time, u32)>,
    /// The incident that was told of it.
    pub(super) incident: Option<Mark>,
}

impl Source {
    /// Remembers a failed try.
    pub(super) fn failed(&mut self, one: Try) {
        let old = Time::from_micros(one.at.micros().saturating_sub(LIFE));
        if let Some(known) = self.tries.iter().position(|known| known.user == one.user) {
            if self.tries.get(known).is_some_and(|known| known.at > one.at) {
                return;
            }
            self.tries.remove(known);
        }
        let place = self.tries.partition_point(|known| known.at <= one.at);
        self.tries.insert(place, one);
        let gone =
            self.tries.partition_point(|known| known.at <= old).max(self.tries.len().saturating_sub(MOST));
        self.tries.drain(..gone);
    }

    /// Remembers a success.
    pub(super) fn passed(&mut self, at: Time, user: Mark) {
        let user = short(user);
        if let Some(known) = self.passed.iter_mut().find(|(_, known)| *known == user) {
            known.0 = known.0.max(at);
            return;
        }
        if self.passed.len() >= MOST {
            let oldest = self.passed.iter_mut().min_by_key(|(at, _)| *at);
            if let Some(oldest) = oldest {
                *oldest = (at, user);
            }
            return;
        }
        self.passed.push((at, user));
    }

    /// Whether somebody failed with this account.
    pub(super) fn has_tried(&self, user: Mark) -> bool {
        self.tries.iter().any(|known| known.user == user)
    }

    /// With how many accounts somebody failed since then, and from how many lines, counted up to 64.
    pub(super) fn tried_since(&self, since: Time) -> (usize, usize) {
        let first = self.tries.partition_point(|known| known.at <= since);
        let recent = self.tries.get(first..).unwrap_or_default();
        let mut lines: Vec<Mark> = Vec::new();
        for known in recent {
            if lines.len() < 64 && !lines.contains(&known.line) {
                lines.push(known.line);
            }
        }
        (recent.len(), lines.len())
    }

    /// How many accounts succeeded since then.
    pub(super) fn passed_since(&self, since: Time) -> usize {
        self.passed.iter().filter(|(at, _)| *at > since).count()
    }

    /// The tries since then.
    pub(super) fn proofs(&self, since: Time) -> Vec<Proof> {
        let recent = self.tries.iter().filter(|known| known.at > since);
        recent.map(|known| Proof { at: known.at, id: known.id, record: Some(known.record.clone()) }).collect()
    }
}
