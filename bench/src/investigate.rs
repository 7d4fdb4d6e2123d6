//! `bench investigate`: records of another system, read and shown to all detectors by the program as it is shipped, in turns with
//! DuckDB, which is asked the same questions one by one in SQL. What it may take of memory is asserted.

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

use ours::{Input, Ours};
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
    /// Makes the records while they are read, through a pipe: no disk has to hold them. The cores make them as well, so that only
    /// processor time and memory are those of reading; nobody else is asked.
    #[arg(long, conflicts_with_all = ["take", "beside"])]
    pub(crate) stream: bool,
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
#[derive(Clone, Copy, Debug, Serialize)]
struct Records {
    many: Option<u64>,
    bytes: u64,
}

/// Measures what was asked for and prints it. Whether everything was read, in as much memory as it may take.
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("investigate")?;
    let before = told::load_average();
    let mut records = None;
    let input = match &options.take {
        Some(path) => {
            let bytes = path.metadata().map_err(Trouble::system("looking at the records"))?.len();
            records = Some(Records { many: None, bytes });
            Input::File(path.clone())
        }
        None if options.stream => Input::Stream(wanted(options), options.records),
        None => {
            let path = place.directory.join("records.ndjson");
            records = Some(make(options, &path)?);
            Input::File(path)
        }
    };
    let mut lanes = Vec::new();
    for lane in LANES.iter().filter(|lane| !options.alone && options.beside.contains(&lane.who)) {
        if let Input::File(path) = &input {
            lanes.push((lane, rival::python(lane.who)?, path));
        }
    }
    if let Input::File(path) = &input {
        // The first to read it should not be the one that fetches it from the disk.
        let mut file = File::open(path).map_err(Trouble::system("opening the records"))?;
        std::io::copy(&mut file, &mut std::io::sink()).map_err(Trouble::system("reading the records"))?;
    }
    let mut rounds = Vec::new();
    for _ in 0..options.frame.rounds {
        let (ours, made) = ours::measure(&place.program, &input, options.cores)?;
        let rivals =
            lanes.iter().map(|(lane, python, path)| rival::measure(python, lane, path, options.cores));
        rounds.push(Round { ours, rivals: rivals.collect::<Result<_, _>>()? });
        records = made.or(records);
    }
    let records = records.unwrap_or(Records { many: None, bytes: 0 });
    rounds.sort_by(|a, b| a.ours.seconds.total_cmp(&b.ours.seconds));
    let whole = rounds.iter().all(|round| records.many.is_none_or(|many| round.ours.records == many));
    let load_average = [before, told::load_average()];
    let report = Report::new(options.clone(), load_average, records, rounds);
    told::report(&report, options.frame.json)?;
    if !whole {
        eprintln!("bench: not every record was read");
    }
    if !report.is_bounded() {
        eprintln!("bench: more memory was taken than may be");
    }
    Ok(whole && report.is_bounded())
}

/// What is made.
fn wanted(options: &Options) -> Wanted {
    let days = options.records / (u64::from(options.people) * LINES_A_DAY) + 2;
    let days = u32::try_from(days).unwrap_or(3650).clamp(2, 3650);
    let each = u64::from(options.people) * u64::from(days) / 3000 / 29;
    Wanted {
        seed: options.seed,
        people: options.people,
        days,
        from: FIRST_DAY * DAY,
        set: Set::All,
        each: u32::try_from(each).unwrap_or(u32::MAX).max(1),
    }
}

/// Makes the records.
fn make(options: &Options, path: &Path) -> Result<Records, Trouble> {
    let mut file = File::create(path).map_err(Trouble::system("making the records"))?;
    let (many, bytes) = tenant::write_to(&wanted(options), options.records, &mut file)?;
    Ok(Records { many: Some(many), bytes })
}
