//! `bench investigate`: records of another system, read and shown to all detectors by the program as it is shipped, in turns with
//! DuckDB, which is asked the same questions one by one in SQL.

mod ours;
mod report;
mod rival;

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use model::time::DAY;
use serde::Serialize;

use crate::frame::Frame;
use crate::tenant;
use crate::tenant::attacks::Set;
use crate::tenant::options::{FIRST_DAY, LINES_A_DAY};
use crate::tenant::stream::Wanted;
use crate::told;
use crate::trouble::Trouble;

use ours::Ours;
use report::Report;
use rival::{LANES, Rival};

/// Records of another system, read and shown to all detectors, beside DuckDB with the same questions.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How many records are made, about 2.2 kB each.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..=1_000_000_000))]
    pub(crate) records: u64,
    /// Of how many people they are.
    #[arg(long, default_value_t = 1500, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    pub(crate) people: u32,
    /// What they are drawn from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Takes this file of Azure Monitor's records in place of making one.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) take: Option<PathBuf>,
    /// How many cores both sides get.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) cores: u8,
    /// Who is asked the same questions; each is installed in target/tools where it is not there.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "duckdb")]
    pub(crate) beside: Vec<Who>,
    /// Asks nobody else, and needs no Python.
    #[arg(long)]
    pub(crate) alone: bool,
    /// How it is done.
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) frame: Frame,
}

/// A database that reads such records as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// DuckDB.
    Duckdb,
    /// ClickHouse in one process; 250 MB to install.
    Chdb,
}

/// Each side, one after the other.
#[derive(Clone, Debug, Serialize)]
struct Round {
    ours: Ours,
    rivals: Vec<Rival>,
}

/// What is read.
#[derive(Clone, Debug, Serialize)]
struct Records {
    many: Option<u64>,
    bytes: u64,
}

/// Measures what was asked for and prints it. Whether everything was read.
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("investigate")?;
    let before = told::load_average();
    let (path, records) = match &options.take {
        Some(path) => {
            let bytes = path.metadata().map_err(Trouble::system("looking at the records"))?.len();
            (path.clone(), Records { many: None, bytes })
        }
        None => {
            let path = place.directory.join("records.ndjson");
            let records = make(options, &path)?;
            (path, records)
        }
    };
    let mut lanes = Vec::new();
    for lane in LANES.iter().filter(|lane| !options.alone && options.beside.contains(&lane.who)) {
        lanes.push((lane, rival::python(lane.who)?));
    }
    // The first to read it should not be the one that fetches it from the disk.
    std::io::copy(
        &mut File::open(&path).map_err(Trouble::system("opening the records"))?,
        &mut std::io::sink(),
    )
    .map_err(Trouble::system("reading the records"))?;
    let mut rounds = Vec::new();
    for _ in 0..options.frame.rounds {
        let ours = ours::measure(&place.program, &path, options.cores)?;
        let rivals = lanes.iter().map(|(lane, python)| rival::measure(python, lane, &path, options.cores));
        rounds.push(Round { ours, rivals: rivals.collect::<Result<_, _>>()? });
    }
    rounds.sort_by(|a, b| a.ours.seconds.total_cmp(&b.ours.seconds));
    let whole = rounds.iter().all(|round| records.many.is_none_or(|many| round.ours.records == many));
    let load_average = [before, told::load_average()];
    let report = Report::new(options.clone(), load_average, records, rounds);
    told::report(&report, options.frame.json)?;
    if !whole {
        eprintln!("bench: not every record was read");
    }
    Ok(whole)
}

/// Makes the records.
fn make(options: &Options, path: &Path) -> Result<Records, Trouble> {
    let days = options.records / (u64::from(options.people) * LINES_A_DAY) + 2;
    let days = u32::try_from(days).unwrap_or(3650).clamp(2, 3650);
    let each = u64::from(options.people) * u64::from(days) / 3000 / 29;
    let wanted = Wanted {
        seed: options.seed,
        people: options.people,
        days,
        from: FIRST_DAY * DAY,
        set: Set::All,
        each: u32::try_from(each).unwrap_or(u32::MAX).max(1),
    };
    let mut file = File::create(path).map_err(Trouble::system("making the records"))?;
    let (many, bytes) = tenant::write_to(&wanted, options.records, &mut file)?;
    Ok(Records { many: Some(many), bytes })
}
