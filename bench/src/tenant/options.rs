//! What can be asked of `bench tenant`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use model::time::DAY;

use super::attacks::Set;
use super::stream::Wanted;

/// The day that everything begins with by itself: Tuesday, 1 September 2026.
pub(crate) const FIRST_DAY: i64 = 20_697;
/// So many lines somebody leaves in a day, on an average of all days.
pub(crate) const LINES_A_DAY: u64 = 8;

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// Azure Monitor: one JSON object a line, in the order of time.
    Azure,
    /// Microsoft Graph beta.
    Beta,
    /// Microsoft Graph v1.0: interactive sign-ins, without protocol, session and network.
    One,
    /// Log Analytics as CSV.
    Portal,
    /// The unified audit log as CSV.
    Unified,
    /// The directory's audits.
    Audits,
}

impl Shape {
    /// What the file is called.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Azure => "azure_monitor.ndjson",
            Self::Beta => "graph_beta_signIns.json",
            Self::One => "graph_v1_interactive_signIns.json",
            Self::Portal => "loganalytics_SigninLogs.csv",
            Self::Unified => "ual_export.csv",
            Self::Audits => "graph_directoryAudits.json",
        }
    }
}

/// The logs of an organisation that does not exist, with attacks among them.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The directory to write to; `-` streams Azure Monitor's shape to the standard output, without labels.
    #[arg(long, default_value = "-")]
    pub(crate) out: PathBuf,
    /// In which shapes; any but `azure` takes the whole log into memory.
    #[arg(long = "shape", value_enum, value_delimiter = ',', default_value = "azure")]
    pub(crate) shapes: Vec<Shape>,
    /// What everything is drawn from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many people.
    #[arg(long, default_value_t = 1500, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    pub(crate) people: u32,
    /// For how many days [default: 14, or as many as the lines need].
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=3650))]
    pub(crate) days: Option<u32>,
    /// How many lines at the most.
    #[arg(long)]
    pub(crate) events: Option<u64>,
    /// Which attacks.
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) set: Set,
    /// How often each variant of an attack [default: so that there is one in 3,000 days of a person].
    #[arg(long)]
    pub(crate) each: Option<u32>,
}

impl Options {
    /// What is to be generated.
    pub(crate) fn wanted(&self) -> Wanted {
        let needed = self.events.map(|events| events / (u64::from(self.people) * LINES_A_DAY) + 2);
        let days = self
            .days
            .unwrap_or_else(|| needed.map_or(14, |days| u32::try_from(days).unwrap_or(3650).clamp(2, 3650)));
        let usual = u64::from(self.people) * u64::from(days) / 3000 / 29;
        Wanted {
            seed: self.seed,
            people: self.people,
            days,
            from: FIRST_DAY * DAY,
            set: self.set,
            each: self.each.unwrap_or_else(|| u32::try_from(usual).unwrap_or(u32::MAX).max(1)),
        }
    }
}
