//! Are far fewer codes used than usual? Either somebody asks for them who cannot read them, or mail does not arrive.
//!
//! What was asked for within an hour that lies a quarter of an hour back is compared with the two days before it; fifty
//! requests are needed on the one side and two hundred on the other, and a ratio of less than a quarter of the usual one.
//!
//! Implements: threats.md §2.1 (the wave of codes that nobody had asked for). ATT&CK T1621 (multi-factor authentication request
//! generation).

use std::collections::VecDeque;
use std::time::Duration;

use model::event::{Event, EventKind, Subject};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::MINUTE;

use crate::book::{Alarm, Book, Kind, Proof};
use crate::kept::Memory;
use crate::{Detector, Watcher};

/// Counted in steps of so long.
const STEP: i64 = 5 * MINUTE;
/// The hour that is looked at, how far back it ends, and what it is compared with, in steps.
const HOUR: usize = 12;
const BACK: usize = 3;
const BEFORE: usize = 576;
const LEAST: u32 = 50;
const LEAST_BEFORE: u32 = 200;
const QUIET: Duration = Duration::from_secs(6 * 60 * 60);

const KIND: Kind = Kind {
    id: "completion_ratio",
    benign: &[Benign::Invitations, Benign::Impatience],
    next: &[Step::CheckDelivery, Step::RaiseGate, Step::Watch],
    quiet: QUIET,
};

/// What was asked for and what was used in one step.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    asked: u32,
    used: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct CompletionRatio {
    /// The newest last.
    steps: VecDeque<Count>,
    newest: i64,
}

impl Detector for CompletionRatio {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Are far fewer codes used than usual?"
    }

    fn technique(&self) -> &'static str {
        "T1621"
    }

    fn horizon(&self) -> Duration {
        Duration::from_secs(50 * 60 * 60) + QUIET
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_requested" | "sign_in_code_redeemed")
    }

    fn memory(&self) -> Memory {
        Memory { entries: self.steps.len(), evicted: 0 }
    }
}

impl Watcher for CompletionRatio {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let asked = match event.kind {
            // What was not mailed can not be used.
            EventKind::SignInCodeRequested { not_sent: None, .. } => true,
            EventKind::SignInCodeRedeemed => false,
            _ => return,
        };
        let step = event.at.micros().div_euclid(STEP);
        // A code counts where it was asked for, as far as its request's own time tells.
        let of = event.request.map_or(step, |request| request.time().micros().div_euclid(STEP));
        self.go_on(step);
        let Some(count) = self.at(if asked { step } else { of }) else { return };
        if asked {
            count.asked += 1;
        } else {
            count.used += 1;
        }
        if asked {
            self.compare(event, book);
        }
    }
}

impl CompletionRatio {
    fn go_on(&mut self, step: i64) {
        if self.steps.is_empty() {
            self.newest = step;
            self.steps.push_back(Count::default());
        }
        let missing = usize::try_from(step.saturating_sub(self.newest)).unwrap_or(0);
        for _ in 0..missing.min(BEFORE + HOUR + BACK) {
            self.steps.push_back(Count::default());
        }
        self.newest = self.newest.max(step);
        while self.steps.len() > BEFORE + HOUR + BACK {
            self.steps.pop_front();
        }
    }

    fn at(&mut self, step: i64) -> Option<&mut Count> {
        let back = usize::try_from(self.newest.saturating_sub(step)).ok()?;
        let place = self.steps.len().checked_sub(back.checked_add(1)?)?;
        self.steps.get_mut(place)
    }

    fn compare(&self, event: &Event, book: &mut Book) {
        let sum = |counts: &mut dyn Iterator<Item = &Count>| {
            counts.fold(Count::default(), |sum, one| Count {
                asked: sum.asked + one.asked,
                used: sum.used + one.used,
            })
        };
        let now = sum(&mut self.steps.iter().rev().skip(BACK).take(HOUR));
        let before = sum(&mut self.steps.iter().rev().skip(BACK + HOUR));
        if now.asked < LEAST || before.asked < LEAST_BEFORE {
            return;
        }
        // used/asked now < (used/asked before) / 4, without dividing.
        let little =
            u64::from(now.used) * u64::from(before.asked) * 4 < u64::from(before.used) * u64::from(now.asked);
        if !little {
            return;
        }
        let percent =
            |count: Count| format!("{} %", u64::from(count.used) * 100 / u64::from(count.asked.max(1)));
        let reason = Reason {
            fact: Fact::CompletionFell,
            points: 0,
            value: Some(format!("{} < {}", percent(now), percent(before))),
        };
        book.raise(Alarm {
            kind: &KIND,
            subject: Subject::Site,
            key: "site".to_owned(),
            severity: Severity::Medium,
            score: 0,
            reasons: vec![reason],
            proofs: vec![Proof::of(event)],
        });
    }
}

#[cfg(test)]
mod tests;
