//! What an investigation found: one shape, from which every output is written.

use std::net::IpAddr;

use model::event::Subject;
use model::event::imported::{Handle, Word};
use model::finding::{Finding, Severity};
use model::time::Time;
use serde::Serialize;

use super::archive::Written;
use super::blind::Blind;
use super::policy::Expected;
use super::words;

/// The whole of it. Its JSON is documented in `docs/investigate.md`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Of this shape; a change that a reader must know of makes it larger.
    pub(super) version: u32,
    /// What was read.
    pub(super) read: ReadUp,
    /// What it cannot show.
    pub(super) blind_spots: Vec<Blind>,
    /// What was found, the most urgent first.
    pub(super) incidents: Vec<Incident>,
    /// What detectors had to forget before its time, as their name and how many entries.
    pub(super) forgotten: Vec<(String, u64)>,
    /// The files that the records were written into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<Written>,
}

/// What was read.
#[derive(Debug, Default, Serialize)]
pub(super) struct ReadUp {
    pub(super) inputs: Vec<ReadInput>,
    pub(super) formats: Vec<ReadFormat>,
    /// RFC 3339, the first record and the last.
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) records: u64,
    pub(super) sign_ins: u64,
    pub(super) acts: u64,
    /// The same record in two files, or twice in one.
    pub(super) repeated: u64,
    /// Another format told of the same event.
    pub(super) told_twice: u64,
    /// Records of no person, or of no known kind.
    pub(super) other: u64,
    /// Rows that could not be read.
    pub(super) bad: u64,
    pub(super) first_bad: Vec<BadRow>,
    /// Whether everything was sorted, since it did not come in the order of time.
    pub(super) sorted: bool,
}

/// One input.
#[derive(Debug, Serialize)]
pub(super) struct ReadInput {
    pub(super) name: String,
    pub(super) records: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

/// The records of one format.
#[derive(Debug, Serialize)]
pub(super) struct ReadFormat {
    pub(super) format: &'static str,
    pub(super) name: &'static str,
    pub(super) sign_ins: u64,
    pub(super) acts: u64,
}

/// A row that could not be read.
#[derive(Debug, Serialize)]
pub(super) struct BadRow {
    pub(super) input: String,
    pub(super) at_byte: u64,
    pub(super) why: String,
    /// Its beginning, with everything that could steer a terminal made visible.
    pub(super) row: String,
}

/// One incident.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Incident {
    /// Stable for the same records: the detector, and a digest of what it is about.
    pub(super) id: String,
    pub(super) detector: String,
    pub(super) technique: String,
    pub(super) title: String,
    pub(super) severity: Severity,
    /// What was found before a policy explained it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) explained: Option<Explained>,
    /// The user, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    /// What it is about, in the detector's own form.
    pub(super) key: String,
    pub(super) score: u16,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) count: u32,
    pub(super) reasons: Vec<Why>,
    pub(super) benign: Vec<Said>,
    pub(super) next: Vec<Said>,
    pub(super) records: Vec<Handle>,
    pub(super) timeline: Vec<Moment>,
    /// Other incidents of the same user within a week.
    pub(super) related: Vec<String>,
    #[serde(skip)]
    pub(super) span: Option<(Time, Time)>,
}

/// Why an incident is less urgent than what was found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Explained {
    pub(super) by: &'static str,
    pub(super) was: Severity,
}

/// A reason with its points.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Why {
    pub(super) code: &'static str,
    pub(super) text: &'static str,
    pub(super) points: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<String>,
}

/// A code and its sentence.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Said {
    pub(super) code: &'static str,
    pub(super) text: &'static str,
}

/// One record of an incident.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Moment {
    pub(super) at: String,
    pub(super) record: Handle,
    pub(super) user: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) app: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Handle>,
    /// What happened, as a code and a sentence.
    pub(super) what: &'static str,
    pub(super) text: String,
    #[serde(skip)]
    pub(super) time: Time,
}

impl Incident {
    /// An incident out of what a detector found.
    pub(super) fn of(subject: &Subject, finding: Finding, timeline: Vec<Moment>) -> Self {
        let user = match subject {
            Subject::Foreign { user, .. } => Some(user.to_string()),
            Subject::Address { masked, .. } => Some(masked.clone()),
            Subject::Account(id) => Some(id.to_string()),
            Subject::Site => None,
        };
        let about = words::about(&finding.detector);
        let start = finding.span.map_or(0, |(from, _)| from.micros());
        let mark =
            Handle::Text(format!("{} {} {start}", finding.detector, finding.key).as_str().into()).mark();
        let short = mark.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
        Self {
            id: format!("{}-{short}", finding.detector.replace('_', "-")),
            technique: about.technique.to_owned(),
            title: about.title.to_owned(),
            detector: finding.detector,
            severity: finding.severity,
            explained: None,
            user,
            key: finding.key,
            score: finding.score,
            from: finding.span.map(|(from, _)| from.to_string()),
            to: finding.span.map(|(_, to)| to.to_string()),
            count: finding.count,
            reasons: finding
                .reasons
                .into_iter()
                .map(|reason| Why {
                    code: reason.fact.code(),
                    text: words::fact(reason.fact),
                    points: reason.points,
                    value: reason.value,
                })
                .collect(),
            benign: finding
                .benign
                .into_iter()
                .map(|benign| Said { code: benign.code(), text: words::benign(benign) })
                .collect(),
            next: finding
                .next
                .into_iter()
                .map(|step| Said { code: step.code(), text: words::step(step) })
                .collect(),
            records: finding.records,
            timeline,
            related: Vec::new(),
            span: finding.span,
        }
    }

    /// Makes it less urgent, since a policy says what it is.
    pub(super) fn explain(&mut self, expected: Expected) {
        self.explained = Some(Explained { by: expected.code(), was: self.severity });
        self.severity = Severity::Info;
    }
}
