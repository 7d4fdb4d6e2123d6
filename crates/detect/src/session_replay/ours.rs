//! The same over sessions of our own: something is done in a session by another browser than the one that began it.
//!
//! The cookie of a session does not change hands by itself. Another network alone is a journey; another browser, or another
//! system, is another machine.

use std::time::Duration;

use model::event::{Event, EventKind};
use model::finding::{Fact, Reason, Severity};
use model::source::{Source, browser_code};

use super::OURS;
use crate::book::{Alarm, Book, Proof};
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, line, text};

const SESSIONS: usize = 65_536;
pub(super) const HORIZON: Duration = Duration::from_secs(48 * 60 * 60);

/// Where a session began.
#[derive(Clone, Copy, Debug)]
struct Begun {
    browser: Mark,
    line: Mark,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Ours(Kept<Begun>);

impl Default for Ours {
    fn default() -> Self {
        Self(Kept::new(SESSIONS))
    }
}

fn begun(source: Source) -> Begun {
    Begun { browser: text(browser_code(source.browser).as_bytes(), 20), line: source.address.map_or(0, line) }
}

impl Ours {
    pub(super) fn wants(kind: &str) -> bool {
        matches!(
            kind,
            "session_started"
                | "session_raised"
                | "authenticator_added"
                | "authenticator_changed"
                | "authenticator_removed"
                | "recovery_codes_made"
                | "address_added"
                | "address_removed"
                | "methods_changed"
                | "grant_given"
                | "device_approved"
                | "pairing_opened"
                | "data_downloaded"
                | "profile_changed"
        )
    }

    pub(super) fn memory(&self) -> Memory {
        self.0.memory()
    }

    pub(super) fn observe(&mut self, event: &Event, book: &mut Book) {
        let (Some(session), Some(source)) = (event.session, event.source) else { return };
        let mark = text(session.bytes(), 21);
        let now = begun(source);
        if matches!(event.kind, EventKind::SessionStarted { .. }) {
            self.0.put(mark, now);
            return;
        }
        let first = *self.0.entry(mark, || now);
        if first.browser == now.browser {
            return;
        }
        let mut reasons = vec![Reason::scored(Fact::OtherBrowser, 0)];
        if first.line != now.line && first.line != 0 && now.line != 0 {
            reasons.push(Reason::scored(Fact::OtherNetwork, 0));
        }
        book.raise(Alarm {
            kind: &OURS,
            subject: event.subject.clone(),
            key: format!("session {session}"),
            severity: if reasons.len() > 1 { Severity::High } else { Severity::Medium },
            score: 0,
            reasons,
            proofs: vec![Proof::of(event)],
        });
    }
}
