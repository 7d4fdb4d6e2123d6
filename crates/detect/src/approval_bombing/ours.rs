//! The same over approvals that are asked for here.
//!
//! Nothing rings here, so that nobody is worn down by it; but whoever asks again and again knows the password, or sits at a browser of
//! the account's. What counts is every question that an approver could see, or would have but for another one that waited: four within
//! ten minutes from browsers that the account does not know, eight from anywhere, eight within four hours or ten within a day from
//! unknown ones; and that more was asked with the password than its owner is shown in a day.

use model::approval::NotShown;
use model::event::{Event, EventKind};
use model::finding::{Fact, Reason, Severity};
use model::time::Time;

use super::{ANSWER, DAY, KIND, LONG, MANY, MANY_A_DAY, MANY_SLOW, MANY_STRANGE, RING, SHORT, USERS, raise};
use crate::book::{Book, Proof};
use crate::foreign::sight::name;
use crate::kept::{Kept, Memory};
use crate::mark::subject_mark;
use crate::window::Recent;

/// Whether the browser that asked was unknown, and the event.
type Asked = (bool, Proof);

/// See the module.
#[derive(Debug)]
pub(super) struct Ours(Kept<Recent<Asked>>);

impl Default for Ours {
    fn default() -> Self {
        Self(Kept::new(USERS))
    }
}

impl Ours {
    pub(super) fn wants(kind: &str) -> bool {
        matches!(kind, "approval_asked" | "approval_matched" | "approvals_held_back")
    }

    pub(super) fn memory(&self) -> Memory {
        self.0.memory()
    }

    pub(super) fn observe(&mut self, event: &Event, book: &mut Book) {
        match &event.kind {
            EventKind::ApprovalAsked { known, not_shown: None | Some(NotShown::Taken), .. } => {
                self.asked(event, !known, book);
            }
            EventKind::ApprovalMatched { .. } => self.matched(event, book),
            EventKind::ApprovalsHeldBack { count: None, .. } => self.held_back(event, book),
            _ => {}
        }
    }

    fn asked(&mut self, event: &Event, strange: bool, book: &mut Book) {
        let recent = self.0.entry(subject_mark(&event.subject), Recent::default);
        recent.forget(event.at, DAY + SHORT);
        let Some(place) = recent.insert(event.at, (strange, Proof::of(event)), RING) else { return };
        let Some(found) = worst(recent, place) else { return };
        let reasons = vec![Reason::counted(Fact::ManyPrompts, found.len())];
        let proofs = found.iter().map(|(_, (_, proof))| proof.clone()).collect();
        raise(event, book, Severity::High, (reasons, proofs));
    }

    /// What follows is on the record no more: however few the operator lets through, there were too many.
    fn held_back(&self, event: &Event, book: &mut Book) {
        let before = self.0.peek(subject_mark(&event.subject)).map_or(0, |recent| recent.all().len());
        let reasons = vec![Reason::counted(Fact::ManyPrompts, before + 1)];
        raise(event, book, Severity::High, (reasons, vec![Proof::of(event)]));
    }

    /// A yes right after them: whoever asked has got the answer.
    fn matched(&mut self, event: &Event, book: &mut Book) {
        let since = Time::from_micros(event.at.micros().saturating_sub(ANSWER));
        let lately = self.0.peek(subject_mark(&event.subject)).is_some_and(|recent| {
            recent.all().iter().any(|(at, (strange, _))| *strange && *at > since && *at <= event.at)
        });
        if lately && book.is_open(Book::mark(&KIND, &name(&event.subject)), event.at) {
            let reasons = vec![Reason::scored(Fact::Approved, 0)];
            raise(event, book, Severity::Critical, (reasons, vec![Proof::of(event)]));
        }
    }
}

/// The first window around the question that is too much.
fn worst(recent: &Recent<Asked>, place: usize) -> Option<&[(Time, Asked)]> {
    let strange = |window: &[(Time, Asked)]| window.iter().filter(|(_, (strange, _))| *strange).count();
    recent
        .windows(place, SHORT)
        .find(|window| window.len() >= MANY || strange(window) >= MANY_STRANGE)
        .or_else(|| recent.windows(place, LONG).find(|window| strange(window) >= MANY_SLOW))
        .or_else(|| recent.windows(place, DAY).find(|window| strange(window) >= MANY_A_DAY))
}
