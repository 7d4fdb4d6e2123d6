//! The incidents that are open: one finding for each, which grows and is told again only when it has become worse.

use std::time::Duration;

use model::event::imported::Handle;
use model::event::{Event, Subject};
use model::finding::{Benign, Finding, MOST_EVIDENCE, MOST_RECORDS, Reason, Severity, Step};
use model::id::EventId;
use model::time::{HOUR, Time, micros};

use crate::kept::Memory;
use crate::mark::{ByMark, Mark, both, text};

/// How many incidents are open at once.
const MOST_OPEN: usize = 8192;

/// What all findings of a detector have in common.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The detector's stable identifier.
    pub(crate) id: &'static str,
    /// What else it may be.
    pub(crate) benign: &'static [Benign],
    /// What to do, in the order in which it works.
    pub(crate) next: &'static [Step],
    /// An incident is over when nothing belonged to it for so long.
    pub(crate) quiet: Duration,
}

/// One event that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// When.
    pub(crate) at: Time,
    /// Which event.
    pub(crate) id: EventId,
    /// Which record of another system, where it is one.
    pub(crate) record: Option<Handle>,
}

impl Proof {
    /// The event as a proof.
    pub(crate) fn of(event: &Event) -> Self {
        Self { at: event.at, id: event.id, record: event.record().map(|record| record.record.clone()) }
    }
}

/// What a detector has to say.
#[derive(Debug)]
pub(crate) struct Alarm {
    /// By which detector.
    pub(crate) kind: &'static Kind,
    /// About whom.
    pub(crate) subject: Subject,
    /// What it is about, in a stable form: with the detector it says which incident it is.
    pub(crate) key: String,
    /// How urgent.
    pub(crate) severity: Severity,
    /// The sum of the points, where it scores.
    pub(crate) score: u16,
    /// Why.
    pub(crate) reasons: Vec<Reason>,
    /// What it rests on, the newest last. To an incident that is open already only what is new in it is added.
    pub(crate) proofs: Vec<Proof>,
}

/// An open incident.
#[derive(Debug)]
struct Incident {
    subject: Subject,
    finding: Finding,
    last: Time,
    quiet: i64,
    /// How urgent it was when it was last told; `None` before that.
    told: Option<Severity>,
    /// Whether anything was added since.
    grown: bool,
}

/// The open incidents.
#[derive(Debug)]
pub(crate) struct Book {
    open: ByMark<Incident>,
    /// What is to be told.
    told: Vec<(Subject, Finding)>,
    /// Whether an incident is told once more when it is over and has grown: where nobody reads on meanwhile.
    to_the_end: bool,
    looked: Time,
    evicted: u64,
}

impl Book {
    /// A book without entries.
    pub(crate) fn new(to_the_end: bool) -> Self {
        Self {
            open: ByMark::default(),
            told: Vec::new(),
            to_the_end,
            looked: Time::from_micros(i64::MIN),
            evicted: 0,
        }
    }

    /// Which incident of a detector this key names.
    pub(crate) fn mark(kind: &Kind, key: &str) -> Mark {
        both(text(kind.id.as_bytes(), 11), text(key.as_bytes(), 12))
    }

    /// Opens an incident, or adds to it. Gives its mark.
    pub(crate) fn raise(&mut self, alarm: Alarm) -> Mark {
        let mark = Self::mark(alarm.kind, &alarm.key);
        let Some(now) = alarm.proofs.last().map(|proof| proof.at) else { return mark };
        if self
            .open
            .get(&mark)
            .is_some_and(|incident| now.micros() > incident.last.micros().saturating_add(incident.quiet))
        {
            self.close(mark);
        }
        if let Some(incident) = self.open.get_mut(&mark) {
            incident.join(alarm);
        } else {
            self.make_room();
            self.open.insert(mark, Incident::new(alarm));
        }
        self.tell(mark);
        mark
    }

    /// Adds to an incident that is open, if it is.
    pub(crate) fn grow(
        &mut self,
        mark: Mark,
        (severity, score): (Severity, i32),
        reasons: Vec<Reason>,
        proof: Proof,
    ) -> bool {
        let Some(incident) = self.open.get_mut(&mark) else { return false };
        incident.finding.severity = incident.finding.severity.max(severity);
        incident.finding.score = incident.finding.score.max(u16::try_from(score).unwrap_or(0));
        incident.reason(reasons);
        incident.prove(proof);
        self.tell(mark);
        true
    }

    /// Whether an incident is open.
    pub(crate) fn is_open(&self, mark: Mark, now: Time) -> bool {
        self.open
            .get(&mark)
            .is_some_and(|incident| now.micros() <= incident.last.micros().saturating_add(incident.quiet))
    }

    /// Closes what is over, now and then.
    pub(crate) fn pass(&mut self, now: Time) {
        if now.micros() < self.looked.micros().saturating_add(HOUR) {
            return;
        }
        self.looked = now;
        let over = |incident: &Incident| now.micros() > incident.last.micros().saturating_add(incident.quiet);
        let mut marks: Vec<Mark> =
            self.open.iter().filter(|(_, incident)| over(incident)).map(|(mark, _)| *mark).collect();
        marks.sort_unstable();
        for mark in marks {
            self.close(mark);
        }
    }

    /// What is to be told since the last time.
    pub(crate) fn drain(&mut self) -> Vec<(Subject, Finding)> {
        std::mem::take(&mut self.told)
    }

    /// Whether there is anything to be told.
    pub(crate) const fn has_news(&self) -> bool {
        !self.told.is_empty()
    }

    /// Closes everything.
    pub(crate) fn finish(&mut self) -> Vec<(Subject, Finding)> {
        let mut marks: Vec<(Time, Mark)> =
            self.open.iter().map(|(mark, incident)| (incident.last, *mark)).collect();
        marks.sort_unstable();
        for (_, mark) in marks {
            self.close(mark);
        }
        self.drain()
    }

    /// How many are open, and how many were closed for want of room.
    pub(crate) fn memory(&self) -> Memory {
        Memory { entries: self.open.len(), evicted: self.evicted }
    }

    /// Tells an incident that is new, or worse than when it was told.
    fn tell(&mut self, mark: Mark) {
        let Some(incident) = self.open.get_mut(&mark) else { return };
        if incident.told.is_none_or(|told| incident.finding.severity > told) {
            incident.told = Some(incident.finding.severity);
            incident.grown = false;
            self.told.push((incident.subject.clone(), incident.finding.clone()));
        }
    }

    fn close(&mut self, mark: Mark) {
        let Some(incident) = self.open.remove(&mark) else { return };
        if self.to_the_end && incident.grown {
            self.told.push((incident.subject, incident.finding));
        }
    }

    /// Where there is no room, the quarter goes to which nothing was added for longest.
    fn make_room(&mut self) {
        if self.open.len() < MOST_OPEN {
            return;
        }
        let mut marks: Vec<(Time, Mark)> =
            self.open.iter().map(|(mark, incident)| (incident.last, *mark)).collect();
        marks.sort_unstable();
        for (_, mark) in marks.into_iter().take(MOST_OPEN / 4) {
            self.evicted += 1;
            self.close(mark);
        }
    }
}

impl Incident {
    fn new(alarm: Alarm) -> Self {
        let Alarm { kind, subject, key, severity, score, reasons, proofs } = alarm;
        let mut finding = Finding::new(kind.id, severity, key);
        finding.score = score;
        finding.reasons = reasons;
        finding.benign = kind.benign.to_vec();
        finding.next = kind.next.to_vec();
        let mut incident = Self {
            subject,
            finding,
            last: Time::from_micros(i64::MIN),
            quiet: micros(kind.quiet),
            told: None,
            grown: false,
        };
        for proof in proofs {
            incident.prove(proof);
        }
        incident
    }

    fn join(&mut self, alarm: Alarm) {
        self.finding.severity = self.finding.severity.max(alarm.severity);
        self.finding.score = self.finding.score.max(alarm.score);
        self.reason(alarm.reasons);
        // What is older than the newest was among the proofs before.
        let (many, last) = (alarm.proofs.len(), self.last);
        for (number, proof) in alarm.proofs.into_iter().enumerate() {
            if proof.at > last || number + 1 == many {
                self.prove(proof);
            }
        }
    }

    /// Adds reasons that are new, and puts larger ones in the place of smaller ones.
    fn reason(&mut self, reasons: Vec<Reason>) {
        self.grown = true;
        for reason in reasons {
            match self.finding.reasons.iter_mut().find(|known| known.fact == reason.fact) {
                Some(known) => *known = reason,
                None => self.finding.reasons.push(reason),
            }
        }
    }

    fn prove(&mut self, proof: Proof) {
        self.grown = true;
        let Proof { at, id, record } = proof;
        // The same event can be told by two detectors of one incident.
        if self.finding.evidence.last() == Some(&id) {
            return;
        }
        let (first, last) = self.finding.span.unwrap_or((at, at));
        // When an incident began does not change any more: by that it is known.
        self.finding.span = Some((if self.told.is_none() { first.min(at) } else { first }, last.max(at)));
        self.last = self.last.max(at);
        self.finding.count = self.finding.count.saturating_add(1);
        if self.finding.evidence.len() >= MOST_EVIDENCE {
            self.finding.evidence.remove(0);
        }
        self.finding.evidence.push(id);
        if let Some(record) = record {
            // The first half stays, of the rest the newest.
            if self.finding.records.len() >= MOST_RECORDS {
                self.finding.records.remove(MOST_RECORDS / 2);
            }
            self.finding.records.push(record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cx::Cx;
    use model::finding::Fact;

    const KIND: Kind =
        Kind { id: "test", benign: &[Benign::Vpn], next: &[Step::Watch], quiet: Duration::from_secs(3600) };

    fn alarm(seconds: i64, severity: Severity) -> Alarm {
        let at = Time::from_micros(seconds * 1_000_000);
        let id = EventId::new(&mut Cx::simulated(at, 1)).unwrap();
        Alarm {
            kind: &KIND,
            subject: Subject::Site,
            key: "key".to_owned(),
            severity,
            score: 50,
            reasons: vec![Reason::counted(Fact::ManyGuesses, usize::try_from(seconds).unwrap())],
            proofs: vec![Proof { at, id, record: None }],
        }
    }

    #[test]
    fn an_incident_is_told_when_it_opens_when_it_gets_worse_and_once_more_at_its_end() {
        let mut book = Book::new(true);
        book.raise(alarm(1, Severity::Medium));
        assert_eq!(book.drain().len(), 1);
        book.raise(alarm(2, Severity::Medium));
        book.raise(alarm(3, Severity::Info));
        assert!(!book.has_news());
        book.raise(alarm(4, Severity::High));
        let told = book.drain();
        assert_eq!((told.len(), told[0].1.severity, told[0].1.count), (1, Severity::High, 4));
        book.raise(alarm(5, Severity::High));
        let end = book.finish();
        assert_eq!((end.len(), end[0].1.count, end[0].1.reasons.len()), (1, 5, 1));
        assert_eq!(end[0].1.span.map(|(first, _)| first.micros()), Some(1_000_000));
        assert!(book.finish().is_empty());
    }

    #[test]
    fn what_comes_after_a_long_silence_is_another_incident() {
        let mut book = Book::new(false);
        book.raise(alarm(1, Severity::Medium));
        book.raise(alarm(3601, Severity::Medium));
        assert_eq!(book.drain().len(), 1);
        book.raise(alarm(3601 + 3601, Severity::Medium));
        assert_eq!(book.drain().len(), 1);
    }

    #[test]
    fn there_are_never_more_open_than_there_is_room_for() {
        let mut book = Book::new(true);
        for n in 0..30_000 {
            let mut alarm = alarm(n, Severity::Medium);
            alarm.key = n.to_string();
            book.raise(alarm);
        }
        assert!(book.memory().entries <= MOST_OPEN);
        assert!(book.memory().evicted > 0);
    }
}
