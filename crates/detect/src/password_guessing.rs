//! Does somebody try many passwords, or many codes of a second factor, of one account?
//!
//! Fifteen within ten minutes, unless all come from one line in a network of the user's own: that is a program with an old
//! password. Twenty-five within a day from eight strange lines in three networks, or forty from one.
//!
//! Implements: detection.md §5 D4, §3b (which codes are guesses: interrupts never are). ATT&CK T1110.001 (password guessing).

use std::time::Duration;

use model::event::imported::{Handle, Outcome};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::id::EventId;
use model::time::{MINUTE, Time};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::foreign::person;
use crate::foreign::sight::{Sight, name};
use crate::kept::{Kept, Memory};
use crate::mark::Mark;
use crate::window::Recent;
use crate::{Around, Detector, Watcher};

const USERS: usize = 16_384;
const RING: usize = 128;
const SHORT: Duration = Duration::from_secs(10 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MANY: usize = 15;
const MANY_A_DAY: usize = 25;
const LINES_A_DAY: usize = 8;
const NETWORKS: usize = 3;
const MANY_FROM_ONE: usize = 40;
/// A success belongs to the guesses before it within that.
const ANSWER: i64 = 10 * MINUTE;

const KIND: Kind = Kind {
    id: "password_guessing",
    benign: &[Benign::StaleClient, Benign::Typing, Benign::WrongClock],
    next: &[
        Step::LookForSuccess,
        Step::AskPerson,
        Step::EndSessions,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::ChangePassword,
        Step::BlockNetwork,
    ],
    quiet: Duration::from_secs(12 * 60 * 60),
};

/// One wrong guess.
#[derive(Clone, Debug)]
struct Guess {
    line: Mark,
    network: u32,
    /// Whether the network is not the user's own.
    strange: bool,
    hosting: bool,
    phone: bool,
    code: bool,
    id: EventId,
    record: Handle,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct PasswordGuessing(Kept<Recent<Guess>>);

impl Default for PasswordGuessing {
    fn default() -> Self {
        Self(Kept::new(USERS))
    }
}

impl Detector for PasswordGuessing {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody try many passwords or codes of one account?"
    }

    fn technique(&self) -> &'static str {
        "T1110.001"
    }

    fn memory(&self) -> Memory {
        self.0.memory()
    }
}

impl Watcher for PasswordGuessing {
    fn sign_in(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        // Where the log does not say how the second factor failed, only a machine fails so often.
        let code = matches!(sight.sign_in.outcome, Outcome::FactorWrongCode | Outcome::FactorFailed);
        if code || matches!(sight.sign_in.outcome, Outcome::WrongPassword | Outcome::LockedOut) {
            self.guessed(sight, around, code);
        } else if sight.sign_in.knew_password()
            || sight.sign_in.outcome == Outcome::PasswordExpired
            || sight.succeeded() && sight.interactive()
        {
            self.right(sight, around);
        }
    }
}

impl PasswordGuessing {
    fn guessed(&mut self, sight: &Sight<'_>, around: &mut Around<'_>, code: bool) {
        let strange = !around.person.has_used(sight.from.network);
        let guess = Guess {
            line: sight.from.line,
            network: sight.from.network,
            strange,
            hosting: sight.from.hosting,
            phone: sight.agent.phone,
            code,
            id: around.event.id,
            record: sight.record.record.clone(),
        };
        let recent = self.0.entry(sight.user, Recent::default);
        recent.forget(sight.at, DAY + SHORT);
        let Some(place) = recent.insert(sight.at, guess, RING) else { return };
        let Some(found) = worst(recent, place) else { return };
        let (reasons, proofs) = (reasons(found), proofs(found));
        raise(sight, around, Severity::Medium, reasons, proofs);
    }

    /// The password is right now, or somebody is in.
    fn right(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        let incident = Book::mark(&KIND, &name(sight.subject));
        let Some(recent) = self.0.get(sight.user) else { return };
        let since = Time::from_micros(sight.at.micros().saturating_sub(ANSWER));
        let after_guesses = recent.all().iter().any(|(at, guess)| {
            *at > since
                && *at <= sight.at
                && guess.network == sight.from.network
                && (guess.strange || guess.code)
        });
        if !after_guesses || !around.book.is_open(incident, sight.at) {
            return;
        }
        let fact = if sight.succeeded() { Fact::SignedIn } else { Fact::PasswordRight };
        around.doubtful = true;
        raise(
            sight,
            around,
            Severity::Critical,
            vec![Reason::scored(fact, 0)],
            vec![Proof::of(around.event)],
        );
        around.person.alarm = person::Alarm {
            at: sight.at.micros(),
            network: sight.from.network,
            session: sight.session,
            incident,
        };
    }
}

/// The first window around the guess that is too much.
fn worst(recent: &Recent<Guess>, place: usize) -> Option<&[(Time, Guess)]> {
    let short = recent.windows(place, SHORT).find(|window| {
        window.len() >= MANY && {
            let one_line = lines(window.iter(), usize::MAX) == 1;
            !(one_line && window.iter().all(|(_, guess)| !guess.strange && !guess.code))
        }
    });
    short.or_else(|| {
        recent.windows(place, DAY).find(|window| {
            let strange = || window.iter().filter(|(_, guess)| guess.strange);
            // A telephone with an old password comes from many addresses, of one or two networks.
            let networks = || networks(strange()) >= NETWORKS || strange().any(|(_, guess)| guess.hosting);
            strange().filter(|(_, guess)| !guess.phone).count() >= MANY_FROM_ONE
                || strange().count() >= MANY_A_DAY
                    && lines(strange(), LINES_A_DAY) >= LINES_A_DAY
                    && networks()
        })
    })
}

/// How many different networks there are.
fn networks<'a>(of: impl Iterator<Item = &'a (Time, Guess)>) -> usize {
    let mut seen: Vec<u32> = of.map(|(_, guess)| guess.network).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// How many different lines there are, counted up to `most`.
fn lines<'a>(of: impl Iterator<Item = &'a (Time, Guess)>, most: usize) -> usize {
    let mut seen: Vec<Mark> = Vec::new();
    for (_, guess) in of {
        if seen.len() >= most {
            break;
        }
        if !seen.contains(&guess.line) {
            seen.push(guess.line);
        }
    }
    seen.len()
}

fn reasons(found: &[(Time, Guess)]) -> Vec<Reason> {
    let mut reasons = vec![Reason::counted(Fact::ManyGuesses, found.len())];
    let lines = lines(found.iter(), usize::MAX);
    if lines > 1 {
        reasons.push(Reason::counted(Fact::ManyAddresses, lines));
    }
    let codes = found.iter().filter(|(_, guess)| guess.code).count();
    if codes > 0 {
        reasons.push(Reason::counted(Fact::CodesGuessed, codes));
    }
    if found.iter().any(|(_, guess)| guess.strange) {
        reasons.push(Reason::scored(Fact::NewNetwork, 0));
    }
    reasons
}

fn proofs(found: &[(Time, Guess)]) -> Vec<Proof> {
    found
        .iter()
        .map(|(at, guess)| Proof { at: *at, id: guess.id, record: Some(guess.record.clone()) })
        .collect()
}

fn raise(
    sight: &Sight<'_>,
    around: &mut Around<'_>,
    severity: Severity,
    reasons: Vec<Reason>,
    proofs: Vec<Proof>,
) {
    around.book.raise(Alarm {
        kind: &KIND,
        subject: sight.subject.clone(),
        key: name(sight.subject),
        severity,
        score: 0,
        reasons,
        proofs,
    });
}

#[cfg(test)]
mod tests;
