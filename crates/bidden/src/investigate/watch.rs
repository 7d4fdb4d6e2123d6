//! The detectors at the end of the stream, and what they conclude, kept with the records that it rests on.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use detect::Bench;
use model::event::imported::Handle;
use model::event::{Event, Subject};
use model::finding::{Finding, Severity};
use model::time::{DAY, Time};

use super::policy::{Policy, is_one_of};
use super::quick::Quick;
use super::report::{Incident, Moment};
use super::trace::Trace;

/// Events of the past that can still be shown with an incident.
const RECENT: usize = 65_536;
/// Most moments of one incident.
const MOST_MOMENTS: usize = 256;
/// Most moments of all incidents.
const MOST_IN_ALL: usize = 40_000;
/// Most incidents; the least urgent ones go first.
const MOST_INCIDENTS: usize = 10_000;

/// What is looked for.
pub(super) struct Wanted {
    pub(super) since: Option<Time>,
    pub(super) until: Option<Time>,
    pub(super) users: Vec<String>,
    pub(super) least: Severity,
}

/// Which incident a finding belongs to: a later one with the same takes the place of the one before.
type Which = (String, String, i64);

struct Found {
    subject: Subject,
    finding: Finding,
    /// By time and by record.
    moments: BTreeMap<(Time, [u8; 16]), Moment>,
}

/// See the module.
pub(super) struct Watch {
    bench: Bench,
    policy: Policy,
    /// One for each event, also for those of ours, which no incident shows.
    recent: VecDeque<Option<Trace>>,
    /// Where in the count of all events the record of a mark is; what is no longer recent is cleaned up now and then.
    places: HashMap<[u8; 16], u64, Quick>,
    /// How many events are recent no more.
    gone: u64,
    found: HashMap<Which, Found>,
    moments: usize,
    /// Incidents that there was no room for.
    pub(super) left_out: u64,
}

impl Watch {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            bench: Bench::investigating(),
            policy,
            recent: VecDeque::new(),
            places: HashMap::default(),
            gone: 0,
            found: HashMap::new(),
            moments: 0,
            left_out: 0,
        }
    }

    /// Shows the detectors the next event.
    pub(super) fn observe(&mut self, mut event: Event) {
        if !self.policy.is_silent() {
            self.policy.tell(&mut event);
        }
        let concluded = self.bench.observe(&event);
        self.remember(event);
        if !concluded.is_empty() {
            self.conclude(concluded);
        }
    }

    fn remember(&mut self, event: Event) {
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
            self.gone += 1;
        }
        if let Some(record) = event.record() {
            let place = self.gone + u64::try_from(self.recent.len()).unwrap_or(u64::MAX);
            self.places.insert(record.record.mark(), place);
        }
        self.recent.push_back(Trace::of(event));
        if self.places.len() > 2 * RECENT {
            let gone = self.gone;
            self.places.retain(|_, place| *place >= gone);
        }
    }

    /// What is still at hand of a record.
    fn recent(&self, mark: &[u8; 16]) -> Option<&Trace> {
        let place = self.places.get(mark)?.checked_sub(self.gone)?;
        self.recent.get(usize::try_from(place).ok()?)?.as_ref()
    }

    /// Keeps what was concluded, with the records that are still at hand.
    fn conclude(&mut self, concluded: Vec<(Subject, Finding)>) {
        for (subject, finding) in concluded {
            let which = which(&finding);
            if !self.found.contains_key(&which)
                && self.found.len() >= MOST_INCIDENTS
                && !self.make_room(finding.severity)
            {
                self.left_out += 1;
                continue;
            }
            let mut moments = self.found.remove(&which).map_or_else(BTreeMap::new, |found| found.moments);
            let known: HashSet<[u8; 16]> = moments.keys().map(|(_, mark)| *mark).collect();
            let room = MOST_MOMENTS.saturating_sub(known.len()).min(MOST_IN_ALL.saturating_sub(self.moments));
            let new = finding.records.iter().map(Handle::mark).filter(|mark| !known.contains(mark));
            for mark in new.take(room) {
                if let Some(trace) = self.recent(&mark) {
                    moments.insert((trace.at, mark), trace.moment());
                }
            }
            self.moments += moments.len().saturating_sub(known.len());
            self.found.insert(which, Found { subject, finding, moments });
        }
    }

    /// Takes out an incident that is less urgent; false where there is none.
    fn make_room(&mut self, severity: Severity) -> bool {
        let least = self.found.iter().min_by_key(|(which, found)| (found.finding.severity, which.2));
        let Some((which, found)) = least else { return false };
        if found.finding.severity >= severity {
            return false;
        }
        let which = which.clone();
        self.left_out += 1;
        self.found.remove(&which).is_some()
    }

    /// The incidents that are wanted, the most urgent first; and what detectors had to forget.
    pub(super) fn finish(mut self, wanted: &Wanted) -> (Vec<Incident>, Vec<(String, u64)>) {
        let last = self.bench.finish();
        self.conclude(last);
        let Self { bench, policy, recent, places, found, left_out, .. } = self;
        let memory = bench.memory();
        // What is made now takes their room.
        drop((bench, recent, places));
        let mut incidents: Vec<Incident> = Vec::new();
        for found in found.into_values() {
            if !is_one_of(&wanted.users, &found.subject) && !names_one(&wanted.users, &found) {
                continue;
            }
            let span = found.finding.span;
            let before = span.zip(wanted.since).is_some_and(|((_, to), since)| to < since);
            let after = span.zip(wanted.until).is_some_and(|((from, _), until)| from > until);
            if before || after {
                continue;
            }
            let moments = found.moments.into_values().collect();
            let mut incident = Incident::of(&found.subject, found.finding, moments);
            if let Some(expected) = policy.explains(&incident) {
                incident.explain(expected);
            }
            incidents.push(incident);
        }
        incidents.retain(|incident| incident.severity >= wanted.least);
        incidents.sort_by(|a, b| {
            let by = |one: &Incident| (std::cmp::Reverse(one.severity), one.span, one.id.clone());
            by(a).cmp(&by(b))
        });
        relate(&mut incidents);
        let mut forgotten: Vec<(String, u64)> = memory
            .into_iter()
            .filter(|(_, memory)| memory.evicted > 0)
            .map(|(name, memory)| (name.to_owned(), memory.evicted))
            .collect();
        if left_out > 0 {
            forgotten.push(("incidents".to_owned(), left_out));
        }
        (incidents, forgotten)
    }
}

fn which(finding: &Finding) -> Which {
    let start = finding.span.map_or(0, |(from, _)| from.micros());
    (finding.detector.clone(), finding.key.clone(), start)
}

/// Whether a record of an incident is about one of these users: a spray is about nobody, and hits many.
fn names_one(users: &[String], found: &Found) -> bool {
    found.moments.values().any(|moment| {
        let subject =
            Subject::Foreign { system: model::event::imported::System::Microsoft, user: moment.user.clone() };
        is_one_of(users, &subject)
    })
}

/// Names to each incident the others of the same user within a week.
fn relate(incidents: &mut [Incident]) {
    type Known = (String, Option<String>, Option<(Time, Time)>);
    let all: Vec<Known> = incidents.iter().map(|one| (one.id.clone(), one.user.clone(), one.span)).collect();
    let mut by_user: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (_, user, _)) in all.iter().enumerate() {
        if let Some(user) = user {
            by_user.entry(user).or_default().push(at);
        }
    }
    for incident in incidents {
        let Some(others) = incident.user.as_deref().and_then(|user| by_user.get(user)) else { continue };
        let near = |a: Option<(Time, Time)>, b: Option<(Time, Time)>| match (a, b) {
            (Some(a), Some(b)) => {
                a.0.micros() - b.1.micros() <= 7 * DAY && b.0.micros() - a.1.micros() <= 7 * DAY
            }
            _ => false,
        };
        let others = others.iter().filter_map(|at| all.get(*at));
        incident.related = others
            .filter(|(id, _, span)| *id != incident.id && near(incident.span, *span))
            .map(|(id, ..)| id.clone())
            .take(16)
            .collect();
    }
}
