//! Did a refresh token come that was used up, or one that belongs to another key?
//!
//! The server has decided by then, and has ended the family; a lost answer was forgiven. What is left is to tell.
//!
//! Implements: detection.md §5 D8, RFC 9700 §4.14.2. ATT&CK T1550.001 (application access token).

use std::time::Duration;

use model::event::{Event, EventKind};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::grant_refusal::GrantRefusal;

use crate::book::{Alarm, Book, Kind, Proof};
use crate::kept::Memory;
use crate::{Detector, Watcher};

const QUIET: Duration = Duration::from_secs(24 * 60 * 60);

const KIND: Kind = Kind {
    id: "refresh_replay",
    benign: &[Benign::Retry, Benign::NewRelease],
    next: &[Step::AskPerson, Step::EndSessions, Step::RemoveDevices, Step::SuspendClient],
    quiet: QUIET,
};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct RefreshReplay;

impl Detector for RefreshReplay {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Did a refresh token come that was used up, or that belongs to another key?"
    }

    fn technique(&self) -> &'static str {
        "T1550.001"
    }

    fn horizon(&self) -> Duration {
        QUIET
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "tokens_refused"
    }

    fn memory(&self) -> Memory {
        Memory::default()
    }
}

impl Watcher for RefreshReplay {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let EventKind::TokensRefused { grant, client, because } = &event.kind else { return };
        let (fact, severity) = match because {
            GrantRefusal::Replayed | GrantRefusal::CodeUsed => (Fact::Replayed, Severity::High),
            GrantRefusal::KeyOther => (Fact::OtherKey, Severity::High),
            GrantRefusal::KeyMissing => (Fact::OtherKey, Severity::Medium),
            _ => return,
        };
        book.raise(Alarm {
            kind: &KIND,
            subject: event.subject.clone(),
            key: format!("grant {grant}"),
            severity,
            score: 0,
            reasons: vec![Reason { fact, points: 0, value: Some(client.clone()) }],
            proofs: vec![Proof::of(event)],
        });
    }
}

#[cfg(test)]
mod tests;
