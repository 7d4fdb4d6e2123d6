//! Does somebody try codes of one account?
//!
//! Counted by account and not by challenge, so that asking for another code does not begin anew: eight wrong ones within ten
//! minutes from unknown browsers, sixteen from anywhere, or thirty-three within a day: by then the chance that one of six
//! digits was met is 1 in 10,000 with the neighbours that count.
//!
//! Implements: detection.md §5 D2, threats.md §5.2 rows 5 and 6. ATT&CK T1110.001 (password guessing).

use std::time::Duration;

use model::event::{Event, EventKind, NotProved, Subject, WrongBecause};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::method::Method;
use model::time::{MINUTE, Time};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::kept::{Kept, Memory};
use crate::mark::subject_mark;
use crate::window::Recent;
use crate::{Detector, Watcher};

const SHORT: Duration = Duration::from_secs(10 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ACCOUNTS: usize = 32_768;
const RING: usize = 64;
const STRANGERS: usize = 8;
const ANYBODY: usize = 16;
const A_DAY: usize = 33;
/// A success belongs to the guesses before it within that.
const ANSWER: i64 = 5 * MINUTE;

const KIND: Kind = Kind {
    id: "code_guessing",
    benign: &[Benign::Typing, Benign::WrongClock],
    next: &[Step::AskPerson, Step::EndSessions, Step::RemoveMethods, Step::ChangePassword, Step::RaiseGate],
    quiet: DAY,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct CodeGuessing(Kept<Recent<(bool, Proof)>>);

impl Default for CodeGuessing {
    fn default() -> Self {
        Self(Kept::new(ACCOUNTS))
    }
}

impl Detector for CodeGuessing {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody try codes of one account?"
    }

    fn technique(&self) -> &'static str {
        "T1110.001"
    }

    fn horizon(&self) -> Duration {
        DAY + DAY
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_refused" | "proof_refused" | "sign_in_code_redeemed" | "session_started")
    }

    fn memory(&self) -> Memory {
        self.0.memory()
    }
}

/// Whether a code was wrong, and whether the browser was unknown.
pub(crate) fn wrong_code(kind: &EventKind) -> Option<bool> {
    match kind {
        // Whose browser it was is not told; the right one has few guesses.
        EventKind::SignInCodeRefused {
            because: WrongBecause::Mismatch | WrongBecause::ForeignBrowser,
            ..
        } => Some(true),
        EventKind::ProofRefused {
            method: Method::Totp | Method::RecoveryCode | Method::MailCode | Method::SmsCode,
            because: NotProved::Mismatch,
            known,
        } => Some(!known),
        _ => None,
    }
}

impl Watcher for CodeGuessing {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let mark = subject_mark(&event.subject);
        let Some(strange) = wrong_code(&event.kind) else {
            self.right(event, book);
            return;
        };
        let recent = self.0.entry(mark, Recent::default);
        recent.forget(event.at, DAY + SHORT);
        let Some(place) = recent.insert(event.at, (strange, Proof::of(event)), RING) else { return };
        let short = recent.windows(place, SHORT).find(|window| {
            window.len() >= ANYBODY || window.iter().filter(|(_, (strange, _))| *strange).count() >= STRANGERS
        });
        let long = || recent.windows(place, DAY).find(|window| window.len() >= A_DAY);
        let Some(found) = short.or_else(long) else { return };
        let reasons = vec![Reason::counted(Fact::WrongCodes, found.len())];
        let proofs = found.iter().map(|(_, (_, proof))| proof.clone()).collect();
        raise(book, &event.subject, Severity::High, reasons, proofs);
    }
}

impl CodeGuessing {
    /// A right code, or a session in an unknown browser, right after the wrong ones.
    fn right(&mut self, event: &Event, book: &mut Book) {
        if matches!(event.kind, EventKind::SessionStarted { known: true, .. }) {
            return;
        }
        let incident = Book::mark(&KIND, &key(&event.subject));
        let since = Time::from_micros(event.at.micros().saturating_sub(ANSWER));
        let recent = self.0.get(subject_mark(&event.subject));
        let lately = recent.is_some_and(|recent| {
            recent.all().iter().any(|(at, (strange, _))| *strange && *at > since && *at <= event.at)
        });
        if lately && book.is_open(incident, event.at) {
            let reasons = vec![Reason::scored(Fact::CodeUsed, 0)];
            raise(book, &event.subject, Severity::Critical, reasons, vec![Proof::of(event)]);
        }
    }
}

fn key(subject: &Subject) -> String {
    crate::foreign::sight::name(subject)
}

fn raise(book: &mut Book, subject: &Subject, severity: Severity, reasons: Vec<Reason>, proofs: Vec<Proof>) {
    book.raise(Alarm {
        kind: &KIND,
        subject: subject.clone(),
        key: key(subject),
        severity,
        score: 0,
        reasons,
        proofs,
    });
}

#[cfg(test)]
mod tests;
