//! Is somebody asked again and again for a second factor, until the answer is yes? Whoever asks knows the password.
//!
//! Published thresholds (ten and more in ten minutes) miss what is done now: few prompts, slow ones, from networks in turn. So
//! what counts is whose network they come from: four within ten minutes that mostly come from a strange one, eight from
//! anywhere, eight within four hours from strange ones, ten within a day, two from a rented server that were declined and then
//! approved, or one that was reported as fraud.
//!
//! Over our own record see [`ours`].
//!
//! Implements: detection.md §5 D5. ATT&CK T1621 (multi-factor authentication request generation).
//! Known limit: one prompt that is approved at once leaves a record like any other sign-in's.

mod ours;

use std::time::Duration;

use model::event::Event;
use model::event::imported::{Handle, Operation, Outcome};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::id::EventId;
use model::time::{MINUTE, Time};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::foreign::person;
use crate::foreign::sight::{Sight, name};
use crate::kept::{Kept, Memory};
use crate::window::Recent;
use crate::{Around, Deed, Detector, Watcher};
use ours::Ours;

const USERS: usize = 16_384;
const RING: usize = 64;
const SHORT: Duration = Duration::from_secs(10 * 60);
const LONG: Duration = Duration::from_secs(4 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MANY_STRANGE: usize = 4;
const MANY: usize = 8;
const MANY_SLOW: usize = 8;
const MANY_A_DAY: usize = 10;
/// An approval belongs to what was asked before it within that.
const ANSWER: i64 = 10 * MINUTE;
/// From so many sign-ins on a network can be strange.
const KNOWN: u32 = 2;

pub(crate) const KIND: Kind = Kind {
    id: "approval_bombing",
    benign: &[Benign::FlakyPush, Benign::Roaming, Benign::Travel],
    next: &[
        Step::AskPerson,
        Step::EndSessions,
        Step::RemoveMethods,
        Step::RemoveDevices,
        Step::RemoveRules,
        Step::RevokeConsents,
        Step::ChangePassword,
        Step::RequireNumbers,
    ],
    quiet: Duration::from_secs(7 * 24 * 60 * 60),
};

/// One prompt that was not answered with yes.
#[derive(Clone, Debug)]
struct Prompt {
    network: u32,
    strange: bool,
    hosting: bool,
    answer: Outcome,
    id: EventId,
    record: Handle,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct ApprovalBombing(Kept<Recent<Prompt>>, Ours);

impl Default for ApprovalBombing {
    fn default() -> Self {
        Self(Kept::new(USERS), Ours::default())
    }
}

impl Detector for ApprovalBombing {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Is somebody asked for a second factor until the answer is yes?"
    }

    fn technique(&self) -> &'static str {
        "T1621"
    }

    fn horizon(&self) -> Duration {
        DAY + DAY
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "imported" || Ours::wants(kind)
    }

    fn memory(&self) -> Memory {
        self.0.memory().and(self.1.memory())
    }
}

/// Whether an outcome is a prompt that was not answered with yes. A wrong code was typed, not answered.
const fn is_prompt(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::FactorDenied
            | Outcome::FactorUnanswered
            | Outcome::FactorWrongNumber
            | Outcome::FactorReported
            | Outcome::FactorFailed
    )
}

const fn was_refused(answer: Outcome) -> bool {
    matches!(answer, Outcome::FactorDenied | Outcome::FactorWrongNumber | Outcome::FactorReported)
}

impl Watcher for ApprovalBombing {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        self.1.observe(event, book);
    }

    fn sign_in(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        if is_prompt(sight.sign_in.outcome) {
            self.prompted(sight, around);
        } else if sight.succeeded() && sight.interactive() {
            self.approved(sight, around);
        }
    }

    fn act(&mut self, deed: &Deed<'_>, around: &mut Around<'_>) {
        if deed.act.operation == Operation::FraudReported {
            let reasons = vec![Reason::scored(Fact::FraudReported, 0)];
            raise(around.event, around.book, Severity::High, (reasons, vec![Proof::of(around.event)]));
        }
    }
}

impl ApprovalBombing {
    fn prompted(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        let person = &*around.person;
        let from = sight.from;
        // On a device of the user's own it is the user who asks, wherever that is.
        let own = person.is_home(from.network, sight.at) || person.has_device(sight.device);
        let strange = !own && (person.sign_ins >= KNOWN || from.hosting);
        let prompt = Prompt {
            network: from.network,
            strange,
            hosting: from.hosting,
            answer: sight.sign_in.outcome,
            id: around.event.id,
            record: sight.record.record.clone(),
        };
        let recent = self.0.entry(sight.user, Recent::default);
        recent.forget(sight.at, DAY + SHORT);
        let Some(place) = recent.insert(sight.at, prompt, RING) else { return };
        let Some(found) = worst(recent, place) else { return };
        let severity =
            if found.iter().any(|(_, prompt)| prompt.answer == Outcome::FactorReported) || found.len() > 1 {
                Severity::High
            } else {
                Severity::Medium
            };
        let (reasons, proofs) = (reasons(found), proofs(found));
        alarm(sight, around, severity, reasons, proofs);
    }

    /// A sign-in by hand right after prompts: whoever asked has got the answer.
    fn approved(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        let Some(recent) = self.0.get(sight.user) else { return };
        let since = Time::from_micros(sight.at.micros().saturating_sub(ANSWER));
        let before: Vec<_> =
            recent.all().iter().filter(|(at, _)| *at > since && *at <= sight.at).cloned().collect();
        let Some((_, newest)) = before.last() else { return };
        let from_there =
            before.iter().any(|(_, prompt)| prompt.strange && prompt.network == sight.from.network);
        if !from_there {
            return;
        }
        let open = around.book.is_open(Book::mark(&KIND, &name(sight.subject)), sight.at);
        let refused = before.iter().filter(|(_, prompt)| was_refused(prompt.answer)).count();
        let stranger =
            newest.hosting && (before.len() >= 2 || sight.device == 0 && around.person.keeps_to_devices());
        if !(open || stranger && refused > 0) {
            return;
        }
        let mut reasons = reasons(&before);
        reasons.push(Reason::scored(Fact::Approved, 0));
        let mut proofs = proofs(&before);
        proofs.push(Proof::of(around.event));
        around.doubtful = true;
        alarm(sight, around, Severity::Critical, reasons, proofs);
    }
}

/// The first window around the prompt that is too much.
fn worst(recent: &Recent<Prompt>, place: usize) -> Option<&[(Time, Prompt)]> {
    let strange = |window: &[(Time, Prompt)]| window.iter().filter(|(_, prompt)| prompt.strange).count();
    let short = recent.windows(place, SHORT).find(|window| {
        let fraud = window.iter().any(|(_, prompt)| prompt.answer == Outcome::FactorReported);
        fraud || window.len() >= MANY || window.len() >= MANY_STRANGE && strange(window) * 2 > window.len()
    });
    short
        .or_else(|| recent.windows(place, LONG).find(|window| strange(window) >= MANY_SLOW))
        .or_else(|| recent.windows(place, DAY).find(|window| strange(window) >= MANY_A_DAY))
}

fn reasons(found: &[(Time, Prompt)]) -> Vec<Reason> {
    let any = |test: &dyn Fn(&Prompt) -> bool| {
        found.iter().find(|(_, prompt)| test(prompt)).map(|(_, prompt)| prompt)
    };
    let mut reasons = vec![Reason::counted(Fact::ManyPrompts, found.len())];
    let named = |fact, prompt: &Prompt| Reason {
        fact,
        points: 0,
        value: (prompt.network != 0 && prompt.network >> 31 == 0).then(|| format!("AS{}", prompt.network)),
    };
    reasons.extend(any(&|prompt| prompt.strange).map(|prompt| named(Fact::NewNetwork, prompt)));
    reasons.extend(any(&|prompt| prompt.hosting).map(|prompt| named(Fact::HostingNetwork, prompt)));
    for (answer, fact) in [
        (Outcome::FactorDenied, Fact::Declined),
        (Outcome::FactorWrongNumber, Fact::WrongNumber),
        (Outcome::FactorReported, Fact::FraudReported),
    ] {
        let count = found.iter().filter(|(_, prompt)| prompt.answer == answer).count();
        if count > 0 {
            reasons.push(Reason::counted(fact, count));
        }
    }
    reasons
}

fn proofs(found: &[(Time, Prompt)]) -> Vec<Proof> {
    found
        .iter()
        .map(|(at, prompt)| Proof { at: *at, id: prompt.id, record: Some(prompt.record.clone()) })
        .collect()
}

fn alarm(
    sight: &Sight<'_>,
    around: &mut Around<'_>,
    severity: Severity,
    reasons: Vec<Reason>,
    proofs: Vec<Proof>,
) {
    let incident = raise(around.event, around.book, severity, (reasons, proofs));
    // From now on what is done from there is doubtful: the password is known.
    if !around.person.is_home(sight.from.network, sight.at) {
        around.person.alarm = person::Alarm {
            at: sight.at.micros(),
            network: sight.from.network,
            session: sight.session,
            incident,
        };
    }
}

/// Tells of the person whom the event is about, by our own record and by those of other systems alike.
fn raise(
    event: &Event,
    book: &mut Book,
    severity: Severity,
    (reasons, proofs): (Vec<Reason>, Vec<Proof>),
) -> u64 {
    book.raise(Alarm {
        kind: &KIND,
        subject: event.subject.clone(),
        key: name(&event.subject),
        severity,
        score: 0,
        reasons,
        proofs,
    })
}

#[cfg(test)]
mod tests;
