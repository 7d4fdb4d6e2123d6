//! What `bench investigate` found, as tables.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::rival::{Asked, Rival};
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
    /// How often as long each other took as we, by the round in the middle of each.
    ratios: Vec<(String, f64)>,
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
        let names = rounds.first().map(|round| round.rivals.iter().map(|rival| rival.name.clone()).collect());
        let names: Vec<String> = names.unwrap_or_default();
        let ratio = |(at, name)| {
            let theirs = middle(&rounds, |round| round.rivals.get(at).map(Rival::seconds)).unwrap_or(0.0);
            (name, share(theirs, seconds))
        };
        Self {
            megabytes_per_second: share(megabytes, seconds),
            megabytes_per_cpu_second: share(megabytes, cpu),
            peak: rounds.iter().map(|round| round.ours.peak).max().unwrap_or(0),
            ratios: names.into_iter().enumerate().map(ratio).collect(),
            options,
            load_average,
            records,
            rounds,
        }
    }
}

impl Report {
    /// Whether no round took more memory than it may, however many records there are.
    pub(super) const fn is_bounded(&self) -> bool {
        self.peak <= MOST
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
            line(f, "bidden, all detectors", (ours.seconds, ours.cpu_seconds), (megabytes, ours.peak))?;
            for rival in &round.rivals {
                line(f, &rival.name, (rival.seconds(), rival.cpu_seconds()), (megabytes, rival.peak))?;
            }
        }
        self.details(f)?;
        let (by_clock, by_core) = (self.megabytes_per_second, self.megabytes_per_cpu_second);
        if self.options.stream {
            writeln!(f, "\nin each second of a core: {by_core:.0} MB; the cores made the records as well")?;
        } else {
            let met = met(by_clock >= AIM);
            let each = format!("{by_core:.0} for each second of a core");
            writeln!(f, "\naim at least {AIM} MB/s: {by_clock:.0} ({each}), {met}")?;
        }
        let (most, peak) = (MOST >> 20, self.peak >> 20);
        write!(f, "aim at most {most} MiB of memory: {peak} MiB, {}", met(self.is_bounded()))?;
        for (name, ratio) in &self.ratios {
            write!(f, "\naim faster than {name}: {ratio:.2} times as fast, {}", met(*ratio > 1.0))?;
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
        for rival in &round.rivals {
            writeln!(f, "\n{} ({})", rival.name, rival.version)?;
            for Asked { name, seconds, cpu, rows } in &rival.asked {
                writeln!(f, "  {name:<44} {seconds:>9.3} {cpu:>9.3} {rows:>9} rows")?;
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
    let (rate, peak) = (share(megabytes, seconds), peak >> 20);
    writeln!(f, "  {name:<44} {seconds:>9.3} {cpu:>9.2} {rate:>9.1} {peak:>9}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::frame::Frame;

    use super::super::ours::Ours;
    use super::*;

    fn report(peaks: &[u64]) -> Report {
        let options = Options {
            records: 1000,
            people: 20,
            seed: 1,
            take: None,
            stream: true,
            cores: 2,
            beside: Vec::new(),
            alone: true,
            frame: Frame::once(),
        };
        let rounds = peaks.iter().map(|peak| {
            let ours = Ours {
                seconds: 2.0,
                cpu_seconds: 4.0,
                peak: *peak,
                records: 1000,
                incidents: BTreeMap::new(),
            };
            Round { ours, rivals: Vec::new() }
        });
        let records = Records { many: Some(1000), bytes: 2_000_000_000 };
        Report::new(options, [String::new(), String::new()], records, rounds.collect())
    }

    #[test]
    fn one_round_that_takes_too_much_memory_is_told() {
        let (within, beyond) = (report(&[MOST - 1, MOST]), report(&[MOST, MOST + 1, 1]));
        assert!(within.is_bounded() && !beyond.is_bounded());
        assert!(within.to_string().contains("at most 256 MiB of memory: 256 MiB, met"), "{within}");
        assert!(beyond.to_string().contains("256 MiB, NOT met"), "{beyond}");
        // By the clock it is not told, where the cores did something else as well.
        assert!(within.to_string().contains("in each second of a core: 500 MB"), "{within}");
    }
}
