//! Does a client collect consents that people would not give if they knew it?
//!
//! A client that brought itself in within the last two days, for which nobody vouches: five people allow it something within a
//! day, or three say no to it.
//!
//! Implements: threats.md §5.2 rows 20 and 26. ATT&CK T1528 (steal application access token).

use std::time::Duration;

use model::client::ClientOrigin;
use model::event::{Event, EventKind, Subject};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::{DAY, Time};

use crate::book::{Alarm, Book, Kind};
use crate::kept::{Kept, Memory};
use crate::mark::{both, subject_mark, text};
use crate::several::Several;
use crate::{Detector, Watcher};

const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
const NEW: i64 = 2 * DAY;
const CLIENTS: usize = 8192;
const GIVEN: usize = 5;
const DENIED: usize = 3;

const KIND: Kind = Kind {
    id: "consent_phishing",
    benign: &[Benign::NewRelease, Benign::Onboarding],
    next: &[Step::SuspendClient, Step::RevokeConsents, Step::AskPerson, Step::FindOthers],
    quiet: WINDOW,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct ConsentPhishing {
    /// Since when clients are there that brought themselves in.
    new: Kept<Time>,
    answers: Several,
}

impl Default for ConsentPhishing {
    fn default() -> Self {
        Self { new: Kept::new(CLIENTS), answers: Several::new(CLIENTS, 64, WINDOW) }
    }
}

impl Detector for ConsentPhishing {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does a client collect consents that people would not give if they knew it?"
    }

    fn technique(&self) -> &'static str {
        "T1528"
    }

    fn horizon(&self) -> Duration {
        // A client stays new for two days, an incident open for one.
        WINDOW + WINDOW + KIND.quiet
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "client_added" | "client_verified" | "grant_given" | "grant_denied")
    }

    fn memory(&self) -> Memory {
        self.new.memory().and(self.answers.memory())
    }
}

impl Watcher for ConsentPhishing {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        match &event.kind {
            EventKind::ClientAdded {
                client,
                origin: ClientOrigin::Registration | ClientOrigin::Document,
            } => {
                self.new.put(text(client.as_bytes(), 50), event.at);
            }
            EventKind::ClientVerified { client, verified: true } => {
                self.new.take(text(client.as_bytes(), 50));
            }
            EventKind::GrantGiven { client, remembered: false, .. } => {
                self.answered(client, true, event, book)
            }
            EventKind::GrantDenied { client } => self.answered(client, false, event, book),
            _ => {}
        }
    }
}

impl ConsentPhishing {
    fn answered(&mut self, client: &str, yes: bool, event: &Event, book: &mut Book) {
        let mark = text(client.as_bytes(), 50);
        let since = self.new.peek(mark).copied();
        if since.is_none_or(|since| event.at.micros().saturating_sub(since.micros()) >= NEW) {
            return;
        }
        let one = (subject_mark(&event.subject), true);
        let found = self.answers.add(both(mark, u64::from(yes)), one, event);
        let (most, fact) = if yes { (GIVEN, Fact::ManyConsents) } else { (DENIED, Fact::PersonDenied) };
        if found.different < most {
            return;
        }
        book.raise(Alarm {
            kind: &KIND,
            subject: Subject::Site,
            key: format!("client {client}"),
            severity: if yes { Severity::High } else { Severity::Medium },
            score: 0,
            reasons: vec![Reason::scored(Fact::NewClient, 0), Reason::counted(fact, found.different)],
            proofs: found.proofs,
        });
    }
}

#[cfg(test)]
mod tests;
