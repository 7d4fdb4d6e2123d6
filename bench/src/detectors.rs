//! `bench detectors`: what each detector finds and misses in generated tenants, beside public rules on the same events, and
//! how fast all detectors are at once.

mod labelled;
pub(crate) mod options;
mod rules;
mod score;
mod speed;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet};

use detect::Bench;
use model::event::Event;
use model::event::imported::{Handle, Operation};
use model::finding::{Finding, Severity};
use model::time::{DAY, Time};

use crate::tenant::attacks::{Kind, Set};
use crate::tenant::draft::Line;
use crate::tenant::options::FIRST_DAY;
use crate::tenant::record::{Leaves, Reader};
use crate::tenant::stream::{Stream, Wanted};
use crate::trouble::Trouble;

use options::{Export, Options};
use rules::{RULES, Rules};
use score::Tally;

/// Each detector, and what it is against; where a detector has two rows, the second is for whoever hunts.
const OURS: [(&str, &str, Option<Kind>); 8] = [
    ("device_code_phishing", "device_code_phishing", Some(Kind::DeviceCode)),
    ("hunt", "  with what is for whoever hunts", Some(Kind::DeviceCode)),
    ("maybe", "  where fields are missing", Some(Kind::DeviceCode)),
    ("approval_bombing", "approval_bombing", Some(Kind::Bombing)),
    ("session_replay", "session_replay", Some(Kind::Replay)),
    ("password_spray", "password_spray", Some(Kind::Spray)),
    ("password_guessing", "password_guessing", Some(Kind::Guessing)),
    ("rogue_device", "rogue_device", None),
];

/// An incident that there was.
#[derive(Clone, Debug)]
struct Meant {
    number: u32,
    kind: Kind,
    variant: String,
    name: String,
}

/// All rows of a table.
struct Rows {
    ours: Vec<Tally>,
    theirs: Vec<Tally>,
}

impl Rows {
    fn new() -> Self {
        Self {
            ours: OURS.iter().map(|(_, name, _)| Tally::new(name)).collect(),
            theirs: RULES.iter().map(|(name, _)| Tally::new(name)).collect(),
        }
    }
}

/// Measures what was asked for.
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    if let Some(folder) = &options.labelled {
        let (events, incidents, days) = labelled::labelled(folder, options.shape)?;
        let mut rows = Rows::new();
        watch(events.into_iter(), &incidents, &mut rows);
        table::print(options, &folder.display().to_string(), days, (&rows.ours, &rows.theirs))?;
    } else if !options.only_speed {
        for (set, name) in
            [(Set::Dev, "the first set of variants"), (Set::Test, "the second set of variants")]
        {
            let mut rows = Rows::new();
            let mut days = 0;
            for seed in &options.seeds {
                days += tenant(options, (set, *seed), &mut rows);
            }
            table::print(options, name, days, (&rows.ours, &rows.theirs))?;
        }
    }
    if let Some(events) = options.speed {
        return speed::run(options, events);
    }
    Ok(true)
}

const fn leaves(export: Export) -> Leaves {
    let all = Leaves {
        out_protocols: false,
        out_silent: false,
        out_networks: false,
        out_sessions: 0,
        out_protocol_alone: false,
    };
    match export {
        Export::Whole => all,
        Export::One => Leaves { out_protocols: true, out_silent: true, ..all },
        Export::Unified => Leaves { out_networks: true, ..all },
        Export::NoProtocol => Leaves { out_protocol_alone: true, ..all },
        Export::HalfTheSessions => Leaves { out_sessions: 50, ..all },
    }
}

/// What is known about incidents while events pass.
#[derive(Default)]
struct Labels {
    /// The incident of each record that belongs to one.
    of: HashMap<Handle, u32>,
    /// When each began, and how many of its records have passed.
    begun: HashMap<u32, (Time, usize)>,
    /// Those in which a device was registered.
    registered: HashSet<u32>,
}

impl Labels {
    fn pass(&mut self, event: &Event, incident: u32) {
        if incident == 0 {
            return;
        }
        if let Some(record) = event.record() {
            self.of.insert(record.record.clone(), incident);
        }
        self.begun.entry(incident).or_insert((event.at, 0)).1 += 1;
        let act = event.record().and_then(|record| record.act());
        if act.is_some_and(|act| act.operation == Operation::DeviceRegistered) {
            self.registered.insert(incident);
        }
    }

    /// The incidents that a finding rests on.
    fn rests_on(&self, finding: &Finding) -> HashSet<u32> {
        finding.records.iter().filter_map(|record| self.of.get(record)).copied().collect()
    }
}

/// A finding as it was last told, and the delay of its first telling.
struct Told {
    finding: Finding,
    /// For each incident when it was first told, and how urgently.
    first: BTreeMap<(u32, bool), (usize, i64)>,
}

/// By detector, key and beginning.
type Findings = HashMap<(String, String, Option<i64>), Told>;

/// One generated tenant. How many days of a person it has.
fn tenant(options: &Options, (set, seed): (Set, u64), rows: &mut Rows) -> u64 {
    let wanted = Wanted {
        seed,
        people: options.people,
        days: options.days,
        from: FIRST_DAY * DAY,
        set,
        each: options.each,
    };
    let (stream, incidents) = Stream::new(&wanted);
    let mut reader = Reader::new(seed, options.people, leaves(options.export));
    let events = stream.filter_map(|(number, line)| {
        let incident = match &line {
            Line::SignIn(draft) => draft.incident,
            Line::Change(change) => change.incident,
        };
        reader.read(number, &line).map(|event| (event, incident))
    });
    let incidents: Vec<Meant> = incidents
        .iter()
        .map(|one| Meant {
            number: one.number,
            kind: one.kind,
            variant: one.variant.to_owned(),
            name: one.name(),
        })
        .collect();
    watch(events, &incidents, rows);
    u64::from(options.people) * u64::from(options.days)
}

/// All detectors and all rules over these events.
fn watch(events: impl Iterator<Item = (Event, u32)>, incidents: &[Meant], rows: &mut Rows) {
    let mut bench = Bench::investigating();
    let mut rules = Rules::default();
    let mut labels = Labels::default();
    let mut findings = Findings::new();
    let mut said: Vec<Vec<u32>> = vec![Vec::new(); RULES.len()];
    let mut now = Time::from_micros(0);
    for (event, incident) in events {
        now = event.at;
        labels.pass(&event, incident);
        for (_, finding) in bench.observe(&event) {
            tell(&mut findings, finding, now, &labels);
        }
        for (rule, of) in rules.observe(&event, incident) {
            if let Some(said) = said.get_mut(rule) {
                said.push(of);
            }
        }
    }
    for (_, finding) in bench.finish() {
        tell(&mut findings, finding, now, &labels);
    }
    for ((id, _, kind), tally) in OURS.iter().zip(&mut rows.ours) {
        count(tally, id, *kind, incidents, (&findings, &labels));
    }
    for (((_, kind), said), tally) in RULES.iter().zip(said).zip(&mut rows.theirs) {
        tally.right += said.iter().filter(|of| **of > 0).count();
        tally.wrong += said.iter().filter(|of| **of == 0).count();
        for incident in incidents.iter().filter(|incident| incident.kind == *kind) {
            tally.incident(&incident.variant, &incident.name, said.contains(&incident.number));
        }
    }
}

fn tell(findings: &mut Findings, finding: Finding, now: Time, labels: &Labels) {
    let key = (finding.detector.clone(), finding.key.clone(), finding.span.map(|(first, _)| first.micros()));
    let urgent = finding.severity > Severity::Info;
    let told =
        findings.entry(key).or_insert_with(|| Told { finding: finding.clone(), first: BTreeMap::new() });
    for incident in labels.rests_on(&finding) {
        let Some((begun, records)) = labels.begun.get(&incident) else { continue };
        let seconds = (now.micros() - begun.micros()) / 1_000_000;
        told.first.entry((incident, urgent)).or_insert((*records, seconds));
    }
    told.finding = finding;
}

/// Whether a finding belongs into a row.
fn belongs(id: &str, finding: &Finding) -> bool {
    let maybe = finding.key.starts_with("maybe ");
    match id {
        "device_code_phishing" => finding.detector == id && finding.severity > Severity::Info,
        "hunt" => finding.detector == "device_code_phishing" && !maybe,
        "maybe" => finding.detector == "device_code_phishing" && maybe,
        _ => finding.detector == id,
    }
}

fn count(
    tally: &mut Tally,
    id: &str,
    kind: Option<Kind>,
    incidents: &[Meant],
    (findings, labels): (&Findings, &Labels),
) {
    let mut found: HashSet<u32> = HashSet::new();
    let urgent = id != "hunt" && id != "maybe";
    for told in findings.values().filter(|told| belongs(id, &told.finding)) {
        let of = labels.rests_on(&told.finding);
        if of.is_empty() {
            tally.wrong += 1;
            let reasons: Vec<String> = told
                .finding
                .reasons
                .iter()
                .map(|reason| format!("{}{:+}", reason.fact.code(), reason.points))
                .collect();
            let at = told.finding.span.map(|(first, _)| first.to_string()).unwrap_or_default();
            tally.wrongly.insert(format!(
                "{} {} {at}: {}",
                told.finding.score,
                told.finding.key,
                reasons.join(" ")
            ));
        } else {
            tally.right += 1;
        }
        let delays = told.first.iter().filter(|((_, told), _)| *told || !urgent);
        for ((incident, _), delay) in delays {
            if found.insert(*incident) {
                tally.delays.push(*delay);
            }
        }
    }
    for incident in incidents {
        let meant = kind.map_or(labels.registered.contains(&incident.number), |kind| incident.kind == kind);
        if meant {
            tally.incident(&incident.variant, &incident.name, found.contains(&incident.number));
        }
    }
}
