//! What `bench investigate` found, as tables.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::rival::Rival;
use super::{Options, Records, Round};
use crate::report::{real, share};

/// Megabytes a second on two cores.
const AIM: f64 = 500.0;
/// Memory, however many records there are.
const MOST: u64 = 256 << 20;

/// Everything, the fastest round of ours first.
#[derive(Serialize)]
pub(super) struct Report {
    options: Options,
    load_average: [String; 2],
    records: Records,
    rounds: Vec<Round>,
    /// Of the round in the middle.
    megabytes_per_second: f64,
    megabytes_per_cpu_second: f64,
    /// The most memory of any round.
    peak: u64,
    /// How often as long DuckDB took as we, by the round in the middle of each.
    table_ratio: Option<f64>,
    file_ratio: Option<f64>,
}

impl Report {
    pub(super) fn new(
        options: Options,
        load_average: [String; 2],
        records: Records,
        rounds: Vec<Round>,
    ) -> Self {
        let megabytes = real(records.bytes) / 1e6;
        let seconds = middle(&rounds, |round| Some(round.ours.seconds)).unwrap_or(0.0);
        let cpu = middle(&rounds, |round| Some(round.ours.cpu_seconds)).unwrap_or(0.0);
        let ratio = |of: fn(&Round) -> Option<&Rival>| {
            middle(&rounds, |round| of(round).map(Rival::seconds)).map(|theirs| share(theirs, seconds))
        };
        Self {
            megabytes_per_second: share(megabytes, seconds),
            megabytes_per_cpu_second: share(megabytes, cpu),
            peak: rounds.iter().map(|round| round.ours.peak).max().unwrap_or(0),
            table_ratio: ratio(|round| round.table.as_ref()),
            file_ratio: ratio(|round| round.file.as_ref()),
            options,
            load_average,
            records,
            rounds,
        }
    }
}

/// The value in the middle.
fn middle(rounds: &[Round], of: impl Fn(&Round) -> Option<f64>) -> Option<f64> {
    let mut all: Vec<f64> = rounds.iter().filter_map(of).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

const fn met(met: bool) -> &'static str {
    if met { "met" } else { "NOT met" }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [before, after] = &self.load_average;
        let megabytes = real(self.records.bytes) / 1e6;
        let many = self.rounds.first().map_or(0, |round| round.ours.records);
        writeln!(
            f,
            "{many} records, {megabytes:.0} MB, {} cores, {} rounds; load average before: {before}; after: {after}\n",
            self.options.cores,
            self.rounds.len()
        )?;
        writeln!(f, "  {:<44} {:>9} {:>9} {:>9} {:>9}", "", "s", "CPU s", "MB/s", "MiB peak")?;
        for round in &self.rounds {
            let ours = &round.ours;
            line(
                f,
                "bidden investigate, all detectors",
                (ours.seconds, ours.cpu_seconds),
                (megabytes, ours.peak),
            )?;
            for (name, rival) in
                [("loaded once, then asked", &round.table), ("each question from the file", &round.file)]
            {
                if let Some(rival) = rival {
                    let name = format!("DuckDB {}, {name}", rival.version);
                    line(f, &name, (rival.seconds(), rival.cpu_seconds()), (megabytes, rival.peak))?;
                }
            }
        }
        self.details(f)?;
        writeln!(
            f,
            "\naim at least {AIM} MB/s: {:.0} ({:.0} for each second of a core), {}",
            self.megabytes_per_second,
            self.megabytes_per_cpu_second,
            met(self.megabytes_per_second >= AIM)
        )?;
        write!(
            f,
            "aim at most {} MiB of memory: {} MiB, {}",
            MOST >> 20,
            self.peak >> 20,
            met(self.peak <= MOST)
        )?;
        if let (Some(table), Some(file)) = (self.table_ratio, self.file_ratio) {
            write!(
                f,
                "\naim faster than DuckDB: {table:.2} times as fast as loading and asking, {file:.2} as asking the file one by \
                 one, {}",
                met(table > 1.0 && file > 1.0)
            )?;
        }
        Ok(())
    }
}

impl Report {
    /// What was found, and what each question took, in the round in the middle.
    fn details(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(round) = self.rounds.get(self.rounds.len() / 2) else { return Ok(()) };
        let found: Vec<String> =
            round.ours.incidents.iter().map(|(detector, many)| format!("{detector} {many}")).collect();
        writeln!(f, "\nbidden found: {}", found.join(", "))?;
        for (name, rival) in [("loaded once, then asked", &round.table), ("from the file", &round.file)] {
            let Some(rival) = rival else { continue };
            writeln!(f, "\nDuckDB, {name}")?;
            for asked in &rival.asked {
                writeln!(
                    f,
                    "  {:<44} {:>9.3} {:>9.3} {:>9} rows",
                    asked.name, asked.seconds, asked.cpu, asked.rows
                )?;
            }
        }
        Ok(())
    }
}

fn line(
    f: &mut Formatter<'_>,
    name: &str,
    (seconds, cpu): (f64, f64),
    (megabytes, peak): (f64, u64),
) -> fmt::Result {
    let rate = share(megabytes, seconds);
    let peak = peak >> 20;
    writeln!(f, "  {name:<44} {seconds:>9.3} {cpu:>9.2} {rate:>9.1} {peak:>9}")
}
