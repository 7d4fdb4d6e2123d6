//! Does somebody make themselves at home after an alarm about the account?
//!
//! Within a day of a finding about it, or of its owner saying "that was not me": a way in, an address, a device or a consent
//! is added. The owner does such things as well, least of all from a browser that was unknown until then.
//!
//! Implements: threats.md §5.2 row 27. ATT&CK T1098 (account manipulation).

use std::time::Duration;

use model::event::{Event, EventKind};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::{DAY, Time};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::kept::{Kept, Memory};
use crate::mark::{subject_mark, text};
use crate::{Detector, Watcher};

const AFTER: i64 = DAY;
const ACCOUNTS: usize = 32_768;
const QUIET: Duration = Duration::from_secs(24 * 60 * 60);

const KIND: Kind = Kind {
    id: "persistence_after_alarm",
    benign: &[Benign::OwnChange],
    next: &[
        Step::AskPerson,
        Step::EndSessions,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::RevokeConsents,
        Step::ChangePassword,
    ],
    quiet: QUIET,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct PersistenceAfterAlarm {
    /// The last alarm about each account, and the event that it was.
    alarms: Kept<(Time, Proof)>,
    /// Sessions of browsers that were unknown when they began.
    strangers: Kept<()>,
}

impl Default for PersistenceAfterAlarm {
    fn default() -> Self {
        Self { alarms: Kept::new(ACCOUNTS), strangers: Kept::new(ACCOUNTS) }
    }
}

impl Detector for PersistenceAfterAlarm {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody make themselves at home after an alarm about the account?"
    }

    fn technique(&self) -> &'static str {
        "T1098"
    }

    fn horizon(&self) -> Duration {
        QUIET + QUIET
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(
            kind,
            "finding_raised"
                | "sign_in_code_denied"
                | "device_denied"
                | "session_started"
                | "authenticator_added"
                | "recovery_codes_made"
                | "address_added"
                | "device_approved"
                | "grant_given"
        )
    }

    fn memory(&self) -> Memory {
        self.alarms.memory().and(self.strangers.memory())
    }
}

/// What was added, where something was.
fn added(kind: &EventKind) -> Option<Fact> {
    match kind {
        EventKind::AuthenticatorAdded { .. } | EventKind::RecoveryCodesMade { .. } => Some(Fact::EntryAdded),
        EventKind::AddressAdded { .. } => Some(Fact::AddressAdded),
        EventKind::DeviceApproved { .. } => Some(Fact::DeviceAdded),
        EventKind::GrantGiven { remembered: false, .. } => Some(Fact::GrantGiven),
        _ => None,
    }
}

impl Watcher for PersistenceAfterAlarm {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let mark = subject_mark(&event.subject);
        match &event.kind {
            EventKind::FindingRaised { finding } => {
                if finding.severity > Severity::Info && finding.detector != KIND.id {
                    self.alarms.put(mark, (event.at, Proof::of(event)));
                }
            }
            EventKind::SignInCodeDenied | EventKind::DeviceDenied { .. } => {
                self.alarms.put(mark, (event.at, Proof::of(event)));
            }
            EventKind::SessionStarted { known: false, .. } => {
                if let Some(session) = event.session {
                    self.strangers.put(text(session.bytes(), 60), ());
                }
            }
            kind => {
                if let Some(fact) = added(kind) {
                    self.after(mark, fact, event, book);
                }
            }
        }
    }
}

impl PersistenceAfterAlarm {
    fn after(&mut self, mark: u64, fact: Fact, event: &Event, book: &mut Book) {
        let Some((at, alarm)) = self.alarms.get(mark).cloned() else { return };
        if event.subject.account().is_none() || event.at.micros().saturating_sub(at.micros()) >= AFTER {
            return;
        }
        let stranger =
            event.session.is_some_and(|session| self.strangers.peek(text(session.bytes(), 60)).is_some());
        let mut reasons = vec![Reason::scored(Fact::AfterAlarm, 0), Reason::scored(fact, 0)];
        if stranger {
            reasons.push(Reason::scored(Fact::OtherBrowser, 0));
        }
        book.raise(Alarm {
            kind: &KIND,
            subject: event.subject.clone(),
            key: crate::foreign::sight::name(&event.subject),
            severity: if stranger { Severity::High } else { Severity::Medium },
            score: 0,
            reasons,
            proofs: vec![alarm, Proof::of(event)],
        });
    }
}

#[cfg(test)]
mod tests;
