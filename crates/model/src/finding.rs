//! Everything we conclude: a finding names the events that it rests on, why they matter, what else they may be, and what to
//! do (OCSF "detection finding"). The words for all of it stand with whoever shows it.

use serde::{Deserialize, Serialize};

use crate::event::imported::Handle;
use crate::id::EventId;
use crate::time::Time;

mod attack;
mod vocabulary;
pub use attack::{About, Attack};
pub use vocabulary::{Benign, Fact, Step};

/// How many events a finding that is recorded here names at most.
pub const MOST_EVIDENCE: usize = 16;
/// How many records of another system a finding names at most.
pub const MOST_RECORDS: usize = 256;

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth looking at.
    Medium,
    /// Look at it today.
    High,
    /// Look at it now.
    Critical,
}

impl Severity {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One fact that speaks for a finding, or against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which.
    pub fact: Fact,
    /// What it adds to the score; less than nothing where it speaks against. 0 where the detector counts and does not score.
    #[serde(skip_serializing_if = "is_nothing", default)]
    pub points: i16,
    /// How many, or which: a count, the number of a network, a name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
}

impl Reason {
    /// A fact with its points.
    #[must_use]
    pub const fn scored(fact: Fact, points: i16) -> Self {
        Self { fact, points, value: None }
    }

    /// A fact with its count.
    #[must_use]
    pub fn counted(fact: Fact, count: usize) -> Self {
        Self { fact, points: 0, value: Some(count.to_string()) }
    }
}

/// A conclusion of a detector. A later one of the same detector with the same key, whose events begin at the same time, takes
/// the place of the earlier one: an incident has one finding, which grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which detector: its stable identifier.
    pub detector: String,
    /// How urgent.
    pub severity: Severity,
    /// What it is about, in a stable form (a destination digest, a source address, a user).
    pub key: String,
    /// How many events led to it.
    pub count: u32,
    /// The newest of these events, at most [`MOST_EVIDENCE`].
    pub evidence: Vec<EventId>,
    /// The sum of the points, where the detector scores.
    #[serde(skip_serializing_if = "is_nought", default)]
    pub score: u16,
    /// Why.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reasons: Vec<Reason>,
    /// What else it may be.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub benign: Vec<Benign>,
    /// What to do, in the order in which it works.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub next: Vec<Step>,
    /// The records of another system that it rests on, the first ones and the newest, at most [`MOST_RECORDS`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub records: Vec<Handle>,
    /// When the first of the events was, and the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub span: Option<(Time, Time)>,
}

impl Finding {
    /// A finding of which nothing more is said than this.
    #[must_use]
    pub fn new(detector: &str, severity: Severity, key: String) -> Self {
        Self {
            detector: detector.to_owned(),
            severity,
            key,
            count: 0,
            evidence: Vec::new(),
            score: 0,
            reasons: Vec::new(),
            benign: Vec::new(),
            next: Vec::new(),
            records: Vec::new(),
            span: None,
        }
    }

    /// Whether this fact is among the reasons.
    #[must_use]
    pub fn rests_on(&self, fact: Fact) -> bool {
        self.reasons.iter().any(|reason| reason.fact == fact)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
const fn is_nothing(points: &i16) -> bool {
    *points == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
const fn is_nought(score: &u16) -> bool {
    *score == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_recorded_is_read_and_what_is_not_said_takes_no_room() {
        let old = r#"{"detector":"code_flood","severity":"info","key":"recipient","count":4,"evidence":[]}"#;
        #[expect(clippy::disallowed_methods, reason = "our own text, read back")]
        let finding: Finding = serde_json::from_str(old).unwrap();
        assert_eq!(finding.count, 4);
        assert_eq!(serde_json::to_string(&finding).unwrap(), old);
    }
}
