//! From several streams to one: merged, put in the order of time where they are out of it by minutes, and without what stands
//! in two of them.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::hash::BuildHasher;

use model::event::imported::Did;
use model::event::{Event, Subject};
use model::id::EventId;
use model::time::{MINUTE, SECOND};
use wire::foreign::Format;

use super::quick::Quick;
use super::source::Seen;

/// By how much records may be out of order: exports are written in the order in which records arrive.
pub(super) const DISORDER: i64 = 10 * MINUTE;
/// How far apart two formats may date one event: one of them has no fractions of a second.
const APART: i64 = 2 * SECOND;

/// Where a record stands among all: by time, and in the same microsecond by its identifier, so that the order does not depend on
/// how records are spread over files.
pub(super) const fn place(seen: &Seen) -> (i64, EventId) {
    (seen.event.at.micros(), seen.event.id)
}

/// Puts records in order that are out of it by less than [`DISORDER`].
pub(super) struct Straighten {
    waiting: BinaryHeap<Reverse<(i64, EventId, u32)>>,
    slots: Vec<Option<Seen>>,
    free: Vec<u32>,
    newest: i64,
    released: i64,
    most: usize,
    /// Records that came later than that, and were handed on as they came.
    pub(super) late: u64,
}

impl Straighten {
    /// Holds back at most `most` records.
    pub(super) fn new(most: usize) -> Self {
        Self {
            waiting: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            newest: i64::MIN,
            released: i64::MIN,
            most,
            late: 0,
        }
    }

    /// Takes a record.
    pub(super) fn push(&mut self, seen: Seen) {
        let (at, id) = place(&seen);
        self.late += u64::from(at < self.released);
        self.newest = self.newest.max(at);
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = usize::try_from(slot).ok().and_then(|slot| self.slots.get_mut(slot)) {
            *place = Some(seen);
            self.waiting.push(Reverse((at, id, slot)));
        }
    }

    /// The next record that nothing can come before any more; with `end`, the next one.
    pub(super) fn pop(&mut self, end: bool) -> Option<Seen> {
        let Reverse((at, _, slot)) = *self.waiting.peek()?;
        let due = at < self.newest.saturating_sub(DISORDER);
        if !due && !end && self.waiting.len() <= self.most {
            return None;
        }
        self.waiting.pop();
        self.free.push(slot);
        self.released = self.released.max(at);
        usize::try_from(slot).ok().and_then(|slot| self.slots.get_mut(slot)).and_then(Option::take)
    }
}

/// Leaves out what stands twice: the same record in files that overlap, and the same event in two formats. Of two the one
/// that tells more stays, whichever comes first, so a record waits until time has gone on.
#[derive(Default)]
pub(super) struct Twins {
    waiting: VecDeque<Seen>,
    /// Where the first of those that wait stands in the count of all.
    first: u64,
    /// Where in that count the last record of an identifier stands.
    ids: HashMap<EventId, u64, Quick>,
    /// The same by what several formats tell of one sign-in.
    keys: HashMap<u64, u64, Quick>,
    /// The formats of Microsoft that were seen: only where there are several can they tell of one event twice.
    formats: Vec<Format>,
    /// Records that were left out because the same record had been there.
    pub(super) repeated: u64,
    /// Records that were left out because another format told of the same event.
    pub(super) twins: u64,
}

impl Twins {
    /// Takes the next record; what can be handed on is handed on.
    pub(super) fn push(&mut self, seen: Seen, on: &mut dyn FnMut(Seen)) {
        if !self.formats.contains(&seen.format) && seen.format <= Format::Graph {
            self.formats.push(seen.format);
        }
        let several = self.formats.len() > 1;
        let at = seen.event.at.micros();
        self.release(if several { at - APART } else { at }, on);
        let number = self.first + u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        if let Some(before) = self.waiting_at(self.ids.get(&seen.event.id).copied()) {
            keep_richer(before, seen);
            self.repeated += 1;
            return;
        }
        if several && let Some(key) = key(&seen.event) {
            let known = self.keys.get(&key).copied();
            if let Some(before) = self.waiting_at(known).filter(|before| before.format != seen.format) {
                let id = seen.event.id;
                keep_richer(before, seen);
                self.twins += 1;
                // Where the same record comes once more, it was there.
                self.ids.extend(known.map(|number| (id, number)));
                return;
            }
            self.keys.insert(key, number);
        }
        self.ids.insert(seen.event.id, number);
        self.waiting.push_back(seen);
    }

    fn waiting_at(&mut self, number: Option<u64>) -> Option<&mut Seen> {
        let place = usize::try_from(number?.checked_sub(self.first)?).ok()?;
        self.waiting.get_mut(place)
    }

    fn release(&mut self, before: i64, on: &mut dyn FnMut(Seen)) {
        while let Some(seen) = self.waiting.pop_front_if(|seen| seen.event.at.micros() < before) {
            self.first += 1;
            on(seen);
        }
        let first = self.first;
        if self.ids.len() > 2 * self.waiting.len() + 1024 {
            self.ids.retain(|_, number| *number >= first);
        }
        if self.keys.len() > 2 * self.waiting.len() + 1024 {
            self.keys.retain(|_, number| *number >= first);
        }
    }

    /// Hands on what still waits.
    pub(super) fn finish(&mut self, on: &mut dyn FnMut(Seen)) {
        self.release(i64::MAX, on);
    }
}

/// Puts the one that tells more in the place, and at the time, of the first.
fn keep_richer(before: &mut Seen, seen: Seen) {
    let rank = |seen: &Seen| (seen.format, told(&seen.event));
    let by_rank = rank(&seen).cmp(&rank(before));
    let seen = Seen { event: Event { at: before.event.at, ..seen.event }, ..seen };
    let richer = match by_rank {
        Ordering::Greater => true,
        // An assessment that changed between two exports, say: which of them stays is not left to the order of files.
        Ordering::Equal => seen != *before && text(&seen.event) > text(&before.event),
        Ordering::Less => false,
    };
    if richer {
        *before = seen;
    }
}

/// All that an event says.
fn text(event: &Event) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

/// How much a record tells.
fn told(event: &Event) -> usize {
    let Some(record) = event.record() else { return 0 };
    let of_all =
        [record.session.is_some(), record.asn.is_some(), record.token.is_some(), record.device.is_some()];
    let of_sign_in = record.sign_in().map_or([false; 4], |sign_in| {
        [
            sign_in.protocol.is_some(),
            sign_in.transfer.is_some(),
            sign_in.presented.is_some(),
            sign_in.password.is_some(),
        ]
    });
    of_all.into_iter().chain(of_sign_in).filter(|told| *told).count()
}

/// What both formats tell of one sign-in: who, in which sign-in, and how it ended.
fn key(event: &Event) -> Option<u64> {
    let record = event.record()?;
    let Did::SignIn(sign_in) = &record.what else { return None };
    let Subject::Foreign { user, .. } = &event.subject else { return None };
    let correlation = record.correlation.as_ref()?;
    Some(Quick::default().hash_one((user, correlation.mark(), sign_in.code?, &record.app)))
}

#[cfg(test)]
mod tests {
    use model::event::imported::{Handle, Imported, Outcome, SignIn, System, Word};
    use model::time::Time;
    use proptest::prelude::*;

    use super::*;

    fn seen(at: i64, id: &str, format: Format) -> Seen {
        let sign_in = SignIn { code: Some(0), ..SignIn::new(Outcome::Success) };
        let mut record = Imported::new(Handle::new(id), Did::SignIn(sign_in));
        record.correlation = Some(Handle::new("c"));
        let user = (System::Microsoft, Word::new("a@b.example"));
        Seen { event: Event::imported(Time::from_micros(at), user, None, record), format }
    }

    fn through(all: Vec<Seen>) -> (Vec<Seen>, Twins) {
        let (mut twins, mut on) = (Twins::default(), Vec::new());
        for seen in all {
            twins.push(seen, &mut |seen| on.push(seen));
        }
        twins.finish(&mut |seen| on.push(seen));
        (on, twins)
    }

    #[test]
    fn the_same_record_is_handed_on_once() {
        let (on, twins) = through(vec![
            seen(5, "a", Format::Graph),
            seen(5, "b", Format::Graph),
            seen(5, "a", Format::Graph),
            seen(9 * SECOND, "a", Format::Graph),
        ]);
        assert_eq!((on.len(), twins.repeated, twins.twins), (3, 1, 0));
    }

    #[test]
    fn of_two_exports_of_one_record_the_one_that_tells_more_stays() {
        let poor = seen(5, "a", Format::Graph);
        let mut rich = poor.clone();
        if let model::event::EventKind::Imported { record } = &mut rich.event.kind {
            record.session = Some(Handle::new("s"));
        }
        for all in [vec![poor.clone(), rich.clone()], vec![rich.clone(), poor]] {
            let (on, twins) = through(all);
            assert_eq!((on, twins.repeated), (vec![rich.clone()], 1));
        }
    }

    #[test]
    fn of_two_exports_that_tell_as_much_the_same_one_stays_whichever_comes_first() {
        let (one, mut other) = (seen(5, "a", Format::Graph), seen(5, "a", Format::Graph));
        if let model::event::EventKind::Imported { record } = &mut other.event.kind {
            record.app_name = Some(Word::new("Renamed since"));
        }
        let (first, _) = through(vec![one.clone(), other.clone()]);
        let (second, _) = through(vec![other, one]);
        assert_eq!((first.len(), &first), (1, &second));
    }

    #[test]
    fn of_two_formats_the_richer_one_stays_whichever_comes_first() {
        for (first, second) in
            [(Format::UnifiedAuditLog, Format::Graph), (Format::Graph, Format::UnifiedAuditLog)]
        {
            let one = seen(10 * SECOND, "a", first);
            let (on, twins) = through(vec![
                seen(0, "before", first),
                seen(1, "b", second),
                one.clone(),
                seen(10 * SECOND + 900_000, "c", second),
                seen(19 * SECOND, "far", second),
            ]);
            assert_eq!((on.len(), twins.twins), (4, 1));
            let kept = on.iter().find(|seen| seen.event.at == one.event.at).unwrap();
            assert_eq!(kept.format, Format::Graph);
        }
    }

    #[test]
    fn records_out_of_order_by_minutes_come_in_order_and_later_ones_are_counted() {
        let mut order = Straighten::new(1000);
        let mut out = Vec::new();
        for minute in [0, 5, 2, 9, 20, 15, 12, 40, 1] {
            order.push(seen(minute * MINUTE, "a", Format::Graph));
            while let Some(seen) = order.pop(false) {
                out.push(seen.event.at.micros() / MINUTE);
            }
        }
        assert_eq!(order.late, 1);
        while let Some(seen) = order.pop(true) {
            out.push(seen.event.at.micros() / MINUTE);
        }
        assert_eq!(out, [0, 2, 5, 9, 12, 15, 20, 1, 40]);
    }

    #[test]
    fn no_more_than_so_many_records_are_held_back() {
        let mut order = Straighten::new(10);
        for n in 0..1000 {
            order.push(seen(n, "a", Format::Graph));
            while order.pop(false).is_some() {}
            assert!(order.waiting.len() <= 10);
        }
        assert!(order.slots.len() <= 12);
    }

    proptest! {
        #[test]
        fn shuffling_within_the_window_changes_nothing(shifts in prop::collection::vec(0..DISORDER, 1..60)) {
            // Each record comes at a time of its own, and is written down up to ten minutes later.
            let mut written: Vec<(i64, i64)> = shifts.iter().enumerate().map(|(n, shift)| {
                let at = i64::try_from(n).unwrap() * MINUTE;
                (at + shift, at)
            }).collect();
            written.sort_unstable();
            let mut order = Straighten::new(1000);
            let mut out = Vec::new();
            for (_, at) in written {
                order.push(seen(at, "a", Format::Graph));
                while let Some(seen) = order.pop(false) {
                    out.push(seen.event.at.micros());
                }
            }
            while let Some(seen) = order.pop(true) {
                out.push(seen.event.at.micros());
            }
            prop_assert!(out.is_sorted());
            prop_assert_eq!(order.late, 0);
        }
    }
}
