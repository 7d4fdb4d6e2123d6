//! What can be asked of `bench detectors`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::tenant::options::Shape;

/// What an export leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Export {
    /// Nothing: Azure Monitor, or Graph beta with everything.
    Whole,
    /// Protocols, sessions, and all that is not interactive: Graph v1.0.
    One,
    /// The numbers of networks: the unified audit log.
    Unified,
    /// `authenticationProtocol`, which some tenants never have.
    NoProtocol,
    /// The session of every second record.
    HalfTheSessions,
}

/// What each detector finds and misses in a generated tenant, beside public rules; and how fast all of them are at once.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How many people.
    #[arg(long, default_value_t = 1500, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub(crate) people: u32,
    /// For how many days.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(2..=365))]
    pub(crate) days: u32,
    /// The seeds of the tenants that are added up.
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    pub(crate) seeds: Vec<u64>,
    /// How often each variant of an attack in each tenant.
    #[arg(long, default_value_t = 3)]
    pub(crate) each: u32,
    /// What the export leaves out.
    #[arg(long, value_enum, default_value = "whole")]
    pub(crate) export: Export,
    /// A folder with a labelled tenant, in place of generated ones.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) labelled: Option<PathBuf>,
    /// In which shape its log is read.
    #[arg(long, value_enum, default_value = "azure", requires = "labelled")]
    #[serde(skip)]
    pub(crate) shape: Shape,
    /// Measures the speed over so many events as well, and the memory at a tenth of them and at their end.
    #[arg(long, value_name = "EVENTS")]
    pub(crate) speed: Option<u64>,
    /// Measures nothing but the speed.
    #[arg(long, requires = "speed")]
    pub(crate) only_speed: bool,
    /// Looks at the memory at 1, 3, 10, 30 and 100 million events on the way, and says whether it stayed flat.
    #[arg(long, requires = "speed")]
    pub(crate) flat: bool,
    /// Lists what was found of each variant.
    #[arg(long)]
    pub(crate) list: bool,
    /// And so many of what was found wrongly.
    #[arg(long, default_value_t = 0)]
    pub(crate) wrong: u8,
    /// Prints the result as JSON instead of a table.
    #[arg(long)]
    #[serde(skip)]
    pub(crate) json: bool,
}
