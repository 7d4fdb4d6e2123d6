//! Does somebody try a few codes with many accounts?
//!
//! Each account sees one or two wrong codes, as from anybody who mistypes; together they come from one line, for eight
//! accounts within an hour, or there are forty accounts within an hour and hardly anybody gets in.
//!
//! Implements: threats.md §5.1 (spray over M accounts), §5.2 row 5. ATT&CK T1110.003 (password spraying).

use std::time::Duration;

use model::event::{Event, EventKind, NotProved, Subject};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::method::Method;

use crate::book::{Alarm, Book, Kind};
use crate::code_guessing::wrong_code;
use crate::kept::Memory;
use crate::mark::{line, subject_mark};
use crate::several::{Found, Several};
use crate::{Detector, Watcher};

const WINDOW: Duration = Duration::from_secs(60 * 60);
const QUIET: Duration = Duration::from_secs(12 * 60 * 60);
const LINES: usize = 8192;
const LINE: usize = 8;
const EVERYWHERE: usize = 40;

const KIND: Kind = Kind {
    id: "code_spraying",
    benign: &[Benign::SharedAddress, Benign::Typing],
    next: &[Step::LookForSuccess, Step::EndSessions, Step::RaiseGate, Step::BlockNetwork],
    quiet: QUIET,
};

/// See the module. Those who fail are meant, those who get in are counted beside them.
#[derive(Debug)]
pub(crate) struct CodeSpraying {
    lines: Several,
    site: Several,
}

impl Default for CodeSpraying {
    fn default() -> Self {
        Self { lines: Several::new(LINES, 64, WINDOW), site: Several::new(2, 512, WINDOW) }
    }
}

impl Detector for CodeSpraying {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody try a few codes with many accounts?"
    }

    fn technique(&self) -> &'static str {
        "T1110.003"
    }

    fn horizon(&self) -> Duration {
        WINDOW + QUIET
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_refused" | "proof_refused" | "session_started")
    }

    fn memory(&self) -> Memory {
        self.lines.memory().and(self.site.memory())
    }
}

/// Whether somebody failed with a code or a password, or got in.
fn failed(kind: &EventKind) -> Option<bool> {
    match kind {
        EventKind::SessionStarted { .. } => Some(false),
        EventKind::ProofRefused { method: Method::Password, because: NotProved::Mismatch, .. } => Some(true),
        _ => wrong_code(kind).map(|_| true),
    }
}

impl Watcher for CodeSpraying {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        let Some(failed) = failed(&event.kind) else { return };
        // Who failed and who got in are counted apart: one person can do both.
        let one = (subject_mark(&event.subject) ^ u64::from(failed), failed);
        if let Some(address) = event.source.and_then(|source| source.address) {
            let found = self.lines.add(line(address), one, event);
            if failed && found.meant >= LINE && found.different - found.meant < found.meant.div_ceil(2) {
                raise(book, format!("source {address}"), found);
            }
        }
        let found = self.site.add(1, one, event);
        if failed && found.meant >= EVERYWHERE && (found.different - found.meant) * 5 < found.meant {
            raise(book, "everywhere".to_owned(), found);
        }
    }
}

fn raise(book: &mut Book, key: String, found: Found) {
    book.raise(Alarm {
        kind: &KIND,
        subject: Subject::Site,
        key,
        severity: Severity::High,
        score: 0,
        reasons: vec![
            Reason::counted(Fact::ManyAccounts, found.meant),
            Reason::counted(Fact::FewSucceeded, found.different - found.meant),
        ],
        proofs: found.proofs,
    });
}

#[cfg(test)]
mod tests;
