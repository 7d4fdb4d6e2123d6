//! Everything we conclude: a finding names the events that it rests on (OCSF "detection finding").

use serde::{Deserialize, Serialize};

use crate::id::EventId;

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// A conclusion of a detector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which detector: its stable identifier.
    pub detector: String,
    /// How urgent.
    pub severity: Severity,
    /// What it is about, in a stable form (a destination digest, a source address).
    pub key: String,
    /// How many events led to it.
    pub count: u32,
    /// The newest of these events, at most sixteen.
    pub evidence: Vec<EventId>,
}
