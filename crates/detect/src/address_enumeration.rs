//! Does somebody try out which addresses have an account here?
//!
//! The pages answer the same to all of them, so whoever does it learns nothing; it shows by the addresses that are nobody's:
//! fifteen within an hour behind one line, most of what is asked for there, or a hundred behind all lines together.
//!
//! Implements: threats.md §5.2 rows 1 and 12. ATT&CK T1087 (account discovery).

use std::time::Duration;

use model::event::{Event, EventKind, Subject};
use model::finding::{Benign, Fact, Reason, Severity, Step};

use crate::book::{Alarm, Book, Kind};
use crate::kept::Memory;
use crate::mark::{line, subject_mark};
use crate::several::Several;
use crate::{Detector, Watcher};

const WINDOW: Duration = Duration::from_secs(60 * 60);
const LINES: usize = 4096;
const LINE: usize = 15;
const EVERYWHERE: usize = 100;
const QUIET: Duration = Duration::from_secs(24 * 60 * 60);

const KIND: Kind = Kind {
    id: "address_enumeration",
    benign: &[Benign::SharedAddress, Benign::Typing],
    next: &[Step::Watch, Step::BlockNetwork, Step::RaiseGate],
    quiet: QUIET,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct AddressEnumeration {
    lines: Several,
    site: Several,
}

impl Default for AddressEnumeration {
    fn default() -> Self {
        Self { lines: Several::new(LINES, 64, WINDOW), site: Several::new(2, 512, WINDOW) }
    }
}

impl Detector for AddressEnumeration {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody try out which addresses have an account?"
    }

    fn technique(&self) -> &'static str {
        "T1087"
    }

    fn horizon(&self) -> Duration {
        WINDOW + QUIET
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_requested" | "proof_refused" | "holdings_asked")
    }

    fn memory(&self) -> Memory {
        self.lines.memory().and(self.site.memory())
    }
}

impl Watcher for AddressEnumeration {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let strangers = match &event.kind {
            EventKind::SignInCodeRequested { known, .. } | EventKind::ProofRefused { known, .. } => !known,
            _ => matches!(event.kind, EventKind::HoldingsAsked),
        };
        if !strangers {
            return;
        }
        let one = (subject_mark(&event.subject), matches!(event.subject, Subject::Address { .. }));
        if let Some(address) = event.source.and_then(|source| source.address) {
            let found = self.lines.add(line(address), one, event);
            if found.meant >= LINE && found.meant * 2 > found.different {
                raise(book, format!("source {address}"), found, Severity::Medium);
            }
        }
        let found = self.site.add(1, one, event);
        if found.meant >= EVERYWHERE && found.meant * 3 > found.different * 2 {
            raise(book, "everywhere".to_owned(), found, Severity::Medium);
        }
    }
}

fn raise(book: &mut Book, key: String, found: crate::several::Found, severity: Severity) {
    book.raise(Alarm {
        kind: &KIND,
        subject: Subject::Site,
        key,
        severity,
        score: 0,
        reasons: vec![
            Reason::counted(Fact::ManyRecipients, found.different),
            Reason::counted(Fact::UnknownRecipients, found.meant),
        ],
        proofs: found.proofs,
    });
}

#[cfg(test)]
mod tests;
