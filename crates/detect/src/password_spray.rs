//! Does somebody try one password, or a few, with many accounts?
//!
//! One line: eight accounts within an hour or fifteen within a day that fail, while fewer than half as many succeed; twenty
//! within a week where hardly any does. Many lines: the same program fails with fifteen accounts from eight lines within an
//! hour, counted only where the network is strange to the account, so that the typing errors of a whole tenant do not add up.
//!
//! Implements: detection.md §5 D3, §3b. ATT&CK T1110.003 (password spraying). Windows slide: fixed buckets lose what lies
//! across their edges. Known limit: a spray whose program and lines change with every try shows in nothing but its sum.

use std::time::Duration;

use model::event::Subject;
use model::event::imported::{Outcome, Protocol};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::{DAY, HOUR, Time};

use crate::book::{Alarm, Kind, Proof};
use crate::foreign::person;
use crate::foreign::sight::Sight;
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, both};
use crate::{Around, Detector, Watcher};

mod source;
use source::{Source, Try};

const SOURCES: usize = 16_384;
const PROGRAMS: usize = 2048;

/// From one line: within an hour, a day, a week.
const LINE_HOUR: usize = 8;
const LINE_DAY: usize = 15;
const LINE_WEEK: usize = 20;
/// By one program: accounts and lines within an hour, and within a day.
const PROGRAM_HOUR: (usize, usize) = (15, 8);
const PROGRAM_DAY: (usize, usize) = (40, 20);

const KIND: Kind = Kind {
    id: "password_spray",
    benign: &[Benign::SharedAddress, Benign::Script, Benign::Typing],
    next: &[
        Step::LookForSuccess,
        Step::EndSessions,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::ChangePassword,
        Step::BlockNetwork,
        Step::RequireNumbers,
    ],
    quiet: Duration::from_secs(6 * 60 * 60),
};

/// See the module.
#[derive(Debug)]
pub(crate) struct PasswordSpray {
    lines: Kept<Source>,
    programs: Kept<Source>,
}

impl Default for PasswordSpray {
    fn default() -> Self {
        Self { lines: Kept::new(SOURCES), programs: Kept::new(PROGRAMS) }
    }
}

impl Detector for PasswordSpray {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Does somebody try a few passwords with many accounts?"
    }

    fn technique(&self) -> &'static str {
        "T1110.003"
    }

    fn memory(&self) -> Memory {
        self.lines.memory().and(self.programs.memory())
    }
}

/// What a try says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Wrong.
    No,
    /// The password was right, and something else stood in the way.
    Right,
    /// In.
    In,
}

fn said(sight: &Sight<'_>) -> Option<Said> {
    match sight.sign_in.outcome {
        outcome if outcome.is_guess() => Some(Said::No),
        Outcome::PasswordExpired => Some(Said::Right),
        Outcome::Success if sight.interactive() || sight.sign_in.protocol == Some(Protocol::Ropc) => {
            Some(Said::In)
        }
        // What a person at the page is asked next is no sign of an attack, but the end of one.
        _ if sight.sign_in.knew_password() => Some(Said::Right),
        _ => None,
    }
}

impl Watcher for PasswordSpray {
    fn sign_in(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        if sight.from.line == 0 {
            return;
        }
        let Some(said) = said(sight) else {
            // Silent successes of many show that an office is behind the line.
            if sight.succeeded()
                && let Some(line) = self.lines.get(sight.from.line)
            {
                line.passed(sight.at, sight.user);
            }
            return;
        };
        let strange = !around.person.has_used(sight.from.network);
        let line = (sight.from.line, false);
        self.tried(line, said, sight, around);
        if strange {
            let program = u64::from(sight.agent.mark.map_or(0, std::num::NonZero::get)) << 32
                | u64::from(sight.app_mark);
            let ropc = u64::from(sight.sign_in.protocol == Some(Protocol::Ropc));
            self.tried((both(program, ropc), true), said, sight, around);
        }
    }
}

impl PasswordSpray {
    fn tried(
        &mut self,
        (mark, program): (Mark, bool),
        said: Said,
        sight: &Sight<'_>,
        around: &mut Around<'_>,
    ) {
        let table = if program { &mut self.programs } else { &mut self.lines };
        if said == Said::No {
            let one = Try {
                at: sight.at,
                user: sight.user,
                line: sight.from.line,
                id: around.event.id,
                record: sight.record.record.clone(),
            };
            let source = table.entry(mark, Source::default);
            source.failed(one);
            if let Some(found) =
                if program { by_program(source, sight.at) } else { by_line(source, sight.at) }
            {
                tell(source, found, (mark, program), sight, around);
            }
            return;
        }
        let Some(source) = table.get(mark) else { return };
        let tried = source.has_tried(sight.user);
        source.passed(sight.at, sight.user);
        let Some(incident) = source.incident.filter(|incident| around.book.is_open(*incident, sight.at))
        else {
            return;
        };
        // Whoever was tried from there is known there now; an office's others are not meant.
        if tried || !around.person.has_used(sight.from.network) {
            let fact = if said == Said::In { Fact::SignedIn } else { Fact::PasswordRight };
            let reasons =
                vec![Reason { fact, points: 0, value: Some(crate::foreign::sight::name(sight.subject)) }];
            around.doubtful = true;
            around.book.grow(incident, (Severity::Critical, 0), reasons, Proof::of(around.event));
            around.person.alarm = person::Alarm {
                at: sight.at.micros(),
                network: sight.from.network,
                session: sight.session,
                incident,
            };
        }
    }
}

/// Why a source is one of a spray: so many accounts, so many lines.
#[derive(Clone, Copy, Debug)]
struct Found {
    since: Time,
    users: usize,
    lines: usize,
}

fn by_line(source: &Source, now: Time) -> Option<Found> {
    for (length, most, least_failed) in [(HOUR, LINE_HOUR, 2), (DAY, LINE_DAY, 2), (7 * DAY, LINE_WEEK, 10)] {
        let since = Time::from_micros(now.micros().saturating_sub(length));
        let (users, _) = source.tried_since(since);
        // Fewer than half of the accounts succeed there, over a week fewer than a tenth.
        if users >= most && source.passed_since(since) * least_failed < users {
            return Some(Found { since, users, lines: 1 });
        }
    }
    None
}

fn by_program(source: &Source, now: Time) -> Option<Found> {
    for (length, (most, most_lines)) in [(HOUR, PROGRAM_HOUR), (DAY, PROGRAM_DAY)] {
        let since = Time::from_micros(now.micros().saturating_sub(length));
        let (users, lines) = source.tried_since(since);
        if users >= most && lines >= most_lines && source.passed_since(since) * 5 < users {
            return Some(Found { since, users, lines });
        }
    }
    None
}

fn tell(
    source: &mut Source,
    found: Found,
    (mark, program): (Mark, bool),
    sight: &Sight<'_>,
    around: &mut Around<'_>,
) {
    let mut reasons =
        vec![Reason::counted(Fact::ManyAccounts, found.users), Reason::scored(Fact::FewSucceeded, 0)];
    if found.lines > 1 {
        reasons.push(Reason::counted(Fact::ManyAddresses, found.lines));
        reasons.push(Reason {
            fact: Fact::SameProgram,
            points: 0,
            value: sight.record.agent.as_ref().map(ToString::to_string),
        });
    }
    if sight.from.hosting {
        reasons.push(Reason { fact: Fact::HostingNetwork, points: 0, value: sight.from.name() });
    }
    around.doubtful = true;
    if let Some(incident) = source.incident.filter(|incident| around.book.is_open(*incident, sight.at)) {
        around.book.grow(incident, (Severity::High, 0), reasons, Proof::of(around.event));
        return;
    }
    let key = if program {
        format!("program {mark:016x}")
    } else {
        around
            .event
            .address()
            .map_or_else(|| format!("line {mark:016x}"), |address| format!("source {address}"))
    };
    let incident = around.book.raise(Alarm {
        kind: &KIND,
        subject: Subject::Site,
        key,
        severity: Severity::High,
        score: 0,
        reasons,
        proofs: source.proofs(found.since),
    });
    source.incident = Some(incident);
}

#[cfg(test)]
mod tests;
