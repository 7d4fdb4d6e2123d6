//! Does somebody earn by the text messages that leave?
//!
//! Whoever owns numbers that pay has messages sent to many of them: ten different ones behind one country code within an
//! hour, of which hardly any code is used, or thirty in all.
//!
//! Implements: threats.md §5.2 row 41. ATT&CK T1496.003 (SMS pumping).

use std::time::Duration;

use model::event::{Event, EventKind, Subject};
use model::finding::{Benign, Fact, Reason, Severity, Step};

use crate::book::{Alarm, Book, Kind};
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, subject_mark, text};
use crate::several::{Found, Several};
use crate::{Detector, Watcher};

const WINDOW: Duration = Duration::from_secs(60 * 60);
const QUIET: Duration = Duration::from_secs(12 * 60 * 60);
const COUNTRIES: usize = 512;
const PENDING: usize = 8192;
const COUNTRY: usize = 10;
const EVERYWHERE: usize = 30;
/// One code in so many is used at the most.
const USED: usize = 5;

const KIND: Kind = Kind {
    id: "message_pumping",
    benign: &[Benign::Invitations],
    next: &[Step::RaiseGate, Step::BlockNetwork, Step::CheckDelivery],
    quiet: QUIET,
};

/// See the module. Who gets in is counted beside those who are sent something.
#[derive(Debug)]
pub(crate) struct MessagePumping {
    countries: Several,
    site: Several,
    /// The country of the number that somebody was last sent something to.
    pending: Kept<Mark>,
}

impl Default for MessagePumping {
    fn default() -> Self {
        Self {
            countries: Several::new(COUNTRIES, 128, WINDOW),
            site: Several::new(2, 256, WINDOW),
            pending: Kept::new(PENDING),
        }
    }
}

impl Detector for MessagePumping {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody earn by the text messages that leave?"
    }

    fn technique(&self) -> &'static str {
        "T1496.003"
    }

    fn horizon(&self) -> Duration {
        WINDOW + QUIET
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_requested" | "sign_in_code_redeemed")
    }

    fn memory(&self) -> Memory {
        self.countries.memory().and(self.site.memory()).and(self.pending.memory())
    }
}

impl Watcher for MessagePumping {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let whose = subject_mark(&event.subject);
        match &event.kind {
            EventKind::SignInCodeRequested {
                by_text: true, address: Some(number), not_sent: None, ..
            } => {
                let code = number.split(' ').next().unwrap_or_default();
                let country = text(code.as_bytes(), 70);
                self.pending.put(whose, country);
                let one = (text(number.as_bytes(), 71) ^ whose, true);
                let found = self.countries.add(country, one, event);
                if is_pumping(&found, COUNTRY) {
                    raise(book, format!("country {code}"), found);
                }
                let found = self.site.add(1, one, event);
                if is_pumping(&found, EVERYWHERE) {
                    raise(book, "everywhere".to_owned(), found);
                }
            }
            EventKind::SignInCodeRedeemed => {
                if let Some(country) = self.pending.take(whose) {
                    self.countries.add(country, (whose, false), event);
                    self.site.add(1, (whose, false), event);
                }
            }
            _ => {}
        }
    }
}

fn is_pumping(found: &Found, most: usize) -> bool {
    found.meant >= most && (found.different - found.meant) * USED < found.meant
}

fn raise(book: &mut Book, key: String, found: Found) {
    book.raise(Alarm {
        kind: &KIND,
        subject: Subject::Site,
        key,
        severity: Severity::High,
        score: 0,
        reasons: vec![
            Reason::counted(Fact::ManyNumbers, found.meant),
            Reason::counted(Fact::FewUsed, found.different - found.meant),
        ],
        proofs: found.proofs,
    });
}

#[cfg(test)]
mod tests;
